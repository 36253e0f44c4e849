//! What the Train screen wants done: a thread that owns the trainer, and threads that read runs from disk.

mod job;
mod reading;

use crate::{
    config::{Override, Paths, recipes},
    engine::How,
    train::{
        Command, Trainer, compute, mailbox,
        setup::{self, Base},
    },
    tui::app::{
        Msg, Notice,
        train::{Effect, Msg as Said},
    },
};
use job::{Handle, Outbox};
use std::{
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use tokio::sync::mpsc::Sender;

/// The driver's part for the Train screen.
pub struct Train {
    inbox: Sender<Msg>,
    runs: PathBuf,
    recipes: PathBuf,
    /// Where and how runs compute, if the command line says so.
    compute: Vec<Override>,
    job: Option<Handle>,
}

impl Train {
    pub fn new(inbox: Sender<Msg>, paths: &Paths, how: &How) -> Self {
        Self {
            inbox,
            runs: paths.runs(),
            recipes: paths.recipes(),
            compute: compute::overrides(how.place, how.keep),
            job: None,
        }
    }

    pub fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Begin(recipe, mut changes) => {
                changes.extend_from_slice(&self.compute);
                let (recipes, runs) = (self.recipes.clone(), self.runs.clone());
                self.start(move || begin(&recipe, &changes, &recipes, &runs));
            }
            Effect::Resume(root) => {
                let changes = self.compute.clone();
                self.start(move || setup::resume(&root, &changes).map_err(|e| e.to_string()));
            }
            Effect::Tell(command) => {
                if let Some(job) = &self.job {
                    job.tell(command);
                }
            }
            Effect::Again => {
                if let Some(job) = &self.job {
                    job.again();
                }
            }
            Effect::List => {
                let (recipes, runs) = (self.recipes.clone(), self.runs.clone());
                self.read(move || Said::Listed(Box::new(reading::list(&recipes, &runs))));
            }
            Effect::Open(root) => self.read(move || Said::Opened(reading::history(&root))),
            Effect::Follow(root, from) => self.read(move || {
                let read = reading::grown(&root, from);
                Said::Grown(root, read)
            }),
            Effect::Lay(root) => self.read(move || Said::Laid(reading::history(&root))),
            Effect::Read(root, kept, step) => self.read(move || {
                let samples = reading::traces(&root, kept, step);
                Said::Traces(root, kept, step, samples)
            }),
            Effect::Emergence(root, habit, curve) => self.read(move || {
                let found = reading::emergence(&root, habit, &curve);
                Said::Emerged(root, found)
            }),
        }
    }

    /// Reads something on a thread of its own.
    fn read(&self, work: impl FnOnce() -> Said + Send + 'static) {
        let inbox = self.inbox.clone();
        let work = move || {
            // Waits while the inbox is full: nothing hangs on this thread. A screen that is gone needs nothing.
            let _ = inbox.blocking_send(Msg::Train(work()));
        };
        self.spawn("runs", work);
    }

    fn spawn(&self, name: &str, work: impl FnOnce() + Send + 'static) {
        if let Err(error) = thread::Builder::new().name(name.into()).spawn(work) {
            let text = format!("The system gives no thread: {error}; try again.");
            let _ = self.inbox.try_send(Msg::Notice(Notice::error(text)));
        }
    }

    /// Starts the thread of a run.
    fn start(&mut self, make: impl FnOnce() -> Result<Trainer, String> + Send + 'static) {
        if self.job.as_ref().is_some_and(Handle::goes_on) {
            let text = "A run goes on; it must be stopped before another one can begin.";
            let _ = self.inbox.try_send(Msg::Notice(Notice::warning(text)));
            return;
        }
        let (remote, commands) = mailbox();
        let (handle, line) = job::connect(remote, commands);
        let mut says = Outbox::new(self.inbox.clone());
        self.job = Some(handle);
        self.spawn("trainer", move || job::work(make, line, &mut says));
    }

    /// Stops the run that goes on and waits for it to save, but no longer than `patience`. Whether it is over.
    pub fn stop(&mut self, patience: Duration) -> bool {
        self.job.as_ref().is_none_or(|job| {
            job.tell(Command::Stop);
            job.again();
            job.wait(patience)
        })
    }
}

/// A new run of a recipe, in a directory of its own.
fn begin(name: &str, changes: &[Override], recipes: &Path, runs: &Path) -> Result<Trainer, String> {
    let recipe = recipes::find(name, recipes, changes).map_err(|error| error.to_string())?;
    let base = Base::find(&recipe.init).map_err(|error| error.to_string())?;
    let root = runs.join(setup::run_name(&recipe.name));
    let place = |key: &str| recipes::place(name, recipes, changes, key);
    setup::begin(&root, recipe, base).map_err(|error| error.located(place).to_string())
}

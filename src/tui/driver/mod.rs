//! Performs what the state machine asks for: talks to engines, finds and reads problems, saves. Never blocks the
//! screen: whatever takes time happens on an engine's or a reader's thread, and answers come as messages.

mod compare;
mod explore;
mod files;
mod problems;
mod reader;
mod running;
mod save;
mod tape;
mod train;

pub use files::Files;

use super::app::{Effect, ModelEntry, Msg, Notice, Problem, Unread};
use crate::{
    config::Paths,
    engine::{How, Recorder, Recording},
    model::{Source, source::bundled_names},
    task::countdown,
    tui::runtime::Driver,
};
use compare::Compare;
use explore::Explore;
use files::Reading;
use save::Store;
use std::{
    fs::File,
    io::BufWriter,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tape::Tape;
use tokio::sync::mpsc::Sender;
use train::Train;

/// The driver of the real program: a part for each screen, and what they share.
pub struct Workbench {
    inbox: Sender<Msg>,
    store: Store,
    explore: Explore,
    compare: Compare,
    train: Train,
    reading: Reading,
}

impl Workbench {
    /// A driver whose answers go to `inbox`. `recording` is played instead of a model, on Compare too when it holds lanes;
    /// what engines say goes to `recorder` too; `key` names the environment variable with the API key of servers; models
    /// are opened as `how` says.
    #[must_use]
    pub fn new(
        inbox: Sender<Msg>,
        paths: &Paths,
        recording: Option<Recording>,
        recorder: Option<Recorder<BufWriter<File>>>,
        key: &str,
        how: &How,
    ) -> Self {
        let tape = Tape::new(recorder);
        let lanes = recording.as_ref().map(Recording::lanes).unwrap_or_default();
        let alone = recording.map(|recording| recording.alone().unwrap_or(recording));
        Self {
            inbox: inbox.clone(),
            store: Store::new(paths),
            compare: Compare::new(inbox.clone(), lanes, tape.clone(), key, how),
            train: Train::new(inbox.clone(), paths, how),
            explore: Explore::new(inbox, alone, tape, key, how),
            reading: Reading::default(),
        }
    }

    /// What the screen begins with: the model, and its example problem unless `problem` is given.
    pub fn begin(&mut self, model: &str, problem: Option<&str>) {
        self.compare.begin();
        self.explore.begin(model, problem);
    }

    /// Loads the model without a problem: the screen begins with traces from files.
    pub fn stand_by(&mut self, model: &str) {
        self.compare.begin();
        self.explore.stand_by(model);
    }

    /// Reads on in files whose first trace is on the screen; `unread` is what could not be read before it.
    pub fn read(&mut self, files: Files, unread: Unread) {
        match Reading::start(files, unread, self.inbox.clone()) {
            Ok(reading) => self.reading = reading,
            Err(error) => {
                let sentence =
                    format!("Only the first trace is open, there is no thread to read more: {error}");
                self.tell(Msg::Notice(Notice::error(sentence)));
            }
        }
    }

    /// What could not be read of those files so far.
    #[must_use]
    pub fn complaints(&self) -> Unread {
        self.reading.complaints()
    }

    /// Whether the hints of the first start were never dismissed.
    #[must_use]
    pub fn is_first_start(&self) -> bool {
        self.store.is_first_start()
    }

    /// Stops the training run that goes on, if one does, and waits for it to save, but no longer than `patience`. Whether
    /// it is over.
    pub fn stop_training(&mut self, patience: Duration) -> bool {
        self.train.stop(patience)
    }

    /// Says something to the screen; a screen that is gone needs nothing.
    fn tell(&self, msg: Msg) {
        let _ = self.inbox.try_send(msg);
    }
}

impl Driver for Workbench {
    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Generate(request) => self.explore.generate(*request),
            Effect::RandomProblem(_) => self.explore.random_problem(),
            Effect::ReadProblem(text) => self.explore.read_problem(&text),
            Effect::LoadModel(name) => self.explore.load(name),
            Effect::NameTokens(ids) => self.explore.name_tokens(ids),
            Effect::AskLayers {
                run,
                sample,
                problem,
                text,
            } => self.explore.ask_layers((run, sample), problem, text),
            Effect::ReadOn => self.reading.go_on(),
            Effect::ListModels => self.tell(Msg::Models(entries())),
            Effect::Save(traces) => {
                let notice = self.store.save(&traces);
                self.tell(Msg::Notice(notice));
            }
            Effect::Compare(effect) => self.compare.perform(effect),
            Effect::Train(effect) => self.train.perform(effect),
            Effect::ForgetHints => self.store.forget_hints(),
            // The runtime's own.
            Effect::Stop(_) | Effect::Copy(_) | Effect::Suspend | Effect::Redraw | Effect::Quit => {}
        }
    }
}

/// The models people can choose from.
fn entries() -> Vec<ModelEntry> {
    bundled_names()
        .filter_map(|name| Source::find(name).ok())
        .map(|source| ModelEntry {
            name: source.name,
            summary: source.card.map(|card| card.summary).unwrap_or_default(),
            needs: None,
        })
        .collect()
}

/// The problems of traces from files, as the screen shows them.
#[must_use]
pub fn shown(problem: Option<&countdown::Problem>, prompt: Option<&str>) -> Problem {
    problems::shown(problem, prompt)
}

fn next(counter: &Mutex<u64>) -> u64 {
    let mut counter = lock(counter);
    *counter += 1;
    *counter
}

/// A thread that panicked left nothing half-done behind these locks.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

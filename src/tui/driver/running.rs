//! A model at work: its engine, and the thread that reads along.

use super::{reader::Reader, tape::Tape};
use crate::{
    base::{cancel::Cancel, memory, sampler::Sampler},
    engine::{
        self, Command, EngineHandle, Event, EventKind, How, LoadedModel, LocalEngine, Request,
        batch::MAX_BATCH, remote,
    },
    model::{Source, generation::Generation, hub::Progress},
    task::countdown::Problem,
    trace::record::ModelRef,
    train::{manner::Manner, measure},
    tui::app::{ModelInfo, ModelState, Msg, Notice},
};
use std::{
    io,
    sync::{Arc, Mutex},
};
use tokio::sync::mpsc::Sender;

/// Events that may wait between the engine and the reader.
pub const EVENTS: usize = 256;

/// An engine with what reads along. The engine ends when this is dropped.
pub struct Running {
    commands: engine::Commands,
    reader: Reader,
    /// The model, once it is read.
    model: Slot,
    /// Puts an end to a download that nobody waits for any more.
    loading: Cancel,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.loading.cancel();
    }
}

type Slot = Arc<Mutex<Option<Arc<LoadedModel>>>>;

impl Running {
    /// Starts to load a model; `ready` is told how that ended, on the engine's thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn load(
        source: Source,
        inbox: &Sender<Msg>,
        tape: Tape,
        ready: impl FnOnce(ModelState) + Send + 'static,
    ) -> io::Result<Self> {
        let model = Slot::default();
        let (slot, progress, dropped) = (Arc::clone(&model), inbox.clone(), Cancel::default());
        let cancel = dropped.clone();
        let load = move || {
            let mut tell = |step: Progress| {
                // A screen that is busy misses a step; there are more.
                let _ = progress.try_send(Msg::Notice(Notice::info(fetching(&step))));
            };
            let how = How {
                cancel,
                ..How::default()
            };
            let loaded = engine::open_with(&source, &how, &mut tell)
                .map(Arc::new)
                .map_err(|error| error.to_string());
            ready(match &loaded {
                Ok(loaded) => {
                    *super::lock(&slot) = Some(Arc::clone(loaded));
                    ModelState::Ready(Box::new(info(loaded)))
                }
                Err(error) => ModelState::Failed(source.name.clone(), error.clone()),
            });
            loaded
        };
        let mut running = Self::start(LocalEngine::spawn(load, MAX_BATCH, EVENTS)?, model, inbox, tape)?;
        running.loading = dropped;
        Ok(running)
    }

    /// Reads along with a server.
    ///
    /// # Errors
    /// A sentence: its name makes no sense, there is no key, or the system gives no thread.
    pub fn serve(
        name: &str,
        key: &str,
        inbox: &Sender<Msg>,
        tape: Tape,
    ) -> Result<(Self, ModelState), String> {
        let handle = remote::serve(name, key, EVENTS).map_err(|error| error.to_string())?;
        let info = ModelInfo {
            record: ModelRef::served(name),
            sampler: Generation::default().sampler(true),
            manner: Manner::Conversation,
        };
        let running = Self::start(handle, Slot::default(), inbox, tape).map_err(|error| error.to_string())?;
        Ok((running, ModelState::Ready(Box::new(info))))
    }

    /// Reads along with an engine that has no model.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn play(handle: EngineHandle, inbox: &Sender<Msg>, tape: Tape) -> io::Result<Self> {
        Self::start(handle, Slot::default(), inbox, tape)
    }

    fn start(handle: EngineHandle, model: Slot, inbox: &Sender<Msg>, tape: Tape) -> io::Result<Self> {
        Ok(Self {
            commands: handle.commands.clone(),
            reader: Reader::spawn(handle, inbox.clone(), tape)?,
            model,
            loading: Cancel::default(),
        })
    }

    /// Generates; `problem` is what the answer is checked against. A refusal comes as an event of the run.
    pub fn generate(&self, request: Request, problem: Option<Problem>, inbox: &Sender<Msg>) {
        let (run, cancel) = (request.run, request.cancel.clone());
        self.reader.expect(run, problem);
        if let Err(error) = self.commands.send(Command::Start(Box::new(request))) {
            cancel.cancel();
            let kind = EventKind::Failed(format!("{error}."));
            let _ = inbox.try_send(Msg::Engine(Event { run, kind }));
        }
    }

    /// The model, once it is read.
    pub fn model(&self) -> Option<Arc<LoadedModel>> {
        super::lock(&self.model).clone()
    }
}

/// How a download goes, for the line of notices.
fn fetching(step: &Progress) -> String {
    format!(
        "Fetching {}: {:.0} % of {}.",
        step.file,
        100.0 * step.all_done as f64 / step.all_total.max(1) as f64,
        memory::words(step.all_total)
    )
}

/// The sentence for an engine that the system does not let start.
pub fn refused(error: &io::Error) -> Msg {
    Msg::Notice(Notice::error(format!(
        "The engine could not be started: {error}."
    )))
}

/// What the screen knows of a model whose recording is played.
pub fn recorded(model: &str) -> ModelState {
    ModelState::Ready(Box::new(ModelInfo {
        record: ModelRef::recorded(model),
        sampler: Sampler::default(),
        manner: Manner::default(),
    }))
}

/// What the screen knows of a model that is ready.
pub fn info(loaded: &LoadedModel) -> ModelInfo {
    ModelInfo {
        record: measure::reference(loaded),
        sampler: loaded.sampler.clone(),
        manner: Manner::of(loaded),
    }
}

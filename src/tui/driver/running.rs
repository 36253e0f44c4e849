//! A model at work: its engine, and the thread that reads along.

use super::{reader::Reader, tape::Tape};
use crate::{
    base::sampler::Sampler,
    engine::{
        self, Command, EngineHandle, Event, EventKind, LoadedModel, LocalEngine, Request, batch::MAX_BATCH,
        remote,
    },
    model::{Source, generation::Generation},
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
        let slot = Arc::clone(&model);
        let load = move || {
            let loaded = engine::open(&source)
                .map(Arc::new)
                .map_err(|error| error.to_string());
            ready(match &loaded {
                Ok(loaded) => {
                    *super::lock(&slot) = Some(Arc::clone(loaded));
                    ModelState::Ready(Box::new(info(loaded, &source)))
                }
                Err(error) => ModelState::Failed(source.name.clone(), error.clone()),
            });
            loaded
        };
        Self::start(LocalEngine::spawn(load, MAX_BATCH, EVENTS)?, model, inbox, tape)
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
        })
    }

    /// Generates; `problem` is what the answer is checked against. A refusal comes as an event of the run.
    pub fn generate(&self, request: Request, problem: Option<Problem>, inbox: &Sender<Msg>) {
        let (run, cancel) = (request.run, request.cancel.clone());
        self.reader.expect(run, problem);
        if let Err(error) = self.commands.send(Command::Start(request)) {
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
pub fn info(loaded: &LoadedModel, source: &Source) -> ModelInfo {
    ModelInfo {
        record: measure::reference(loaded),
        sampler: source.sampler(),
        manner: Manner::of(loaded),
    }
}

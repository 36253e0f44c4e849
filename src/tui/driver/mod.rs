//! Performs what the state machine asks for: talks to the engine, finds and reads problems, saves. Never blocks the
//! screen: whatever takes time happens on the engine's or the reader's thread, and answers come as messages.

mod problems;
mod reader;
mod save;
mod tape;

use super::app::{Effect, ModelEntry, ModelInfo, ModelState, Msg, Notice, Problem};
use crate::{
    base::cancel::Cancel,
    config::Paths,
    engine::{
        self, Command, EngineHandle, LoadedModel, LocalEngine, Recorder, Recording, ScriptedEngine, Speed,
        batch::MAX_BATCH,
    },
    model::{Source, source::bundled_names},
    task::countdown,
    trace::record::ModelRef,
    tui::runtime::Driver,
};
use problems::Problems;
use reader::Reader;
use save::Store;
use std::{
    fs::File,
    io::BufWriter,
    sync::{Arc, Mutex, PoisonError},
};
use tape::Tape;
use tokio::sync::mpsc::Sender;

/// Events that may wait between the engine and the reader.
const EVENTS: usize = 256;

/// The driver of the real program.
pub struct Workbench {
    inbox: Sender<Msg>,
    problems: Problems,
    store: Store,
    engine: Option<Running>,
    /// Played instead of any model.
    recording: Option<Recording>,
    /// Where everything the engine says is written down.
    tape: Tape,
    /// Loads asked for so far: a model that was overtaken while it was read keeps quiet.
    asked: Arc<Mutex<u64>>,
}

/// The current engine with what reads along.
struct Running {
    commands: engine::Commands,
    reader: Reader,
    /// The model, once it is read.
    model: Arc<Mutex<Option<Arc<LoadedModel>>>>,
}

impl Workbench {
    /// A driver whose answers go to `inbox`. `recording` is played instead of a model; what the engine says
    /// goes to `recorder` too.
    #[must_use]
    pub fn new(
        inbox: Sender<Msg>,
        paths: &Paths,
        recording: Option<Recording>,
        recorder: Option<Recorder<BufWriter<File>>>,
    ) -> Self {
        Self {
            inbox,
            problems: Problems::new(),
            store: Store::new(paths),
            engine: None,
            recording,
            tape: Tape::new(recorder),
            asked: Arc::default(),
        }
    }

    /// What the screen begins with: the model, and its example problem unless `problem` is given.
    pub fn begin(&mut self, model: &str, problem: Option<&str>) {
        let typed = match (problem, &self.recording) {
            (Some(text), _) => Some(text.to_owned()),
            (None, Some(recording)) => recording
                .takes
                .first()
                .and_then(|take| problems::typed(&take.prompt)),
            (None, None) => None,
        };
        self.problems.follow(Source::find(model).ok().as_ref());
        let first = match typed {
            Some(text) => self.problems.read(&text),
            None => self.problems.example(),
        };
        self.tell(Msg::Problem(first.map(Box::new)));
        self.tell(Msg::Models(entries()));
        self.load(model.to_owned());
    }

    /// Loads the model without a problem: the screen begins with traces from files.
    pub fn stand_by(&mut self, model: &str) {
        self.tell(Msg::Models(entries()));
        self.load(model.to_owned());
    }

    /// Whether the hints of the first start were never dismissed.
    #[must_use]
    pub fn is_first_start(&self) -> bool {
        self.store.is_first_start()
    }

    /// Says something to the screen; a screen that is gone needs nothing.
    fn tell(&self, msg: Msg) {
        let _ = self.inbox.try_send(msg);
    }

    fn load(&mut self, name: String) {
        self.tell(Msg::Model(ModelState::Loading(name.clone())));
        // The old engine ends when its handle is dropped with the reader's thread.
        self.engine = None;
        if let Some(recording) = self.recording.clone() {
            return self.play(recording);
        }
        let source = match Source::find(&name) {
            Ok(source) => source,
            Err(error) => return self.tell(Msg::Model(ModelState::Failed(name, error.to_string()))),
        };
        self.problems.follow(Some(&source));
        let model: Arc<Mutex<Option<Arc<LoadedModel>>>> = Arc::default();
        let (inbox, slot, asked) = (self.inbox.clone(), Arc::clone(&model), Arc::clone(&self.asked));
        let turn = next(&asked);
        let load = move || {
            let loaded = engine::open(&source)
                .map(Arc::new)
                .map_err(|error| error.to_string());
            if *lock(&asked) == turn {
                let state = match &loaded {
                    Ok(loaded) => {
                        *lock(&slot) = Some(Arc::clone(loaded));
                        ModelState::Ready(Box::new(info(loaded, &source)))
                    }
                    Err(error) => ModelState::Failed(source.name.clone(), error.clone()),
                };
                // Waits while the inbox is full: this is the engine's thread.
                let _ = inbox.blocking_send(Msg::Model(state));
            }
            loaded
        };
        self.run(LocalEngine::spawn(load, MAX_BATCH, EVENTS), model);
    }

    fn play(&mut self, recording: Recording) {
        let info = ModelInfo {
            record: ModelRef::recorded(&recording.model),
            sampler: crate::base::sampler::Sampler::default(),
            bundled_language: false,
        };
        self.run(
            ScriptedEngine::spawn(recording, Speed::Times(1.0), EVENTS),
            Arc::default(),
        );
        self.tell(Msg::Model(ModelState::Ready(Box::new(info))));
    }

    fn run(&mut self, handle: std::io::Result<EngineHandle>, model: Arc<Mutex<Option<Arc<LoadedModel>>>>) {
        let started = handle.and_then(|handle| {
            let commands = handle.commands.clone();
            Ok(Running {
                commands,
                reader: Reader::spawn(handle, self.inbox.clone(), self.tape.clone())?,
                model,
            })
        });
        match started {
            Ok(running) => self.engine = Some(running),
            Err(error) => self.tell(Msg::Notice(Notice::error(format!(
                "The engine could not be started: {error}."
            )))),
        }
    }

    fn generate(&mut self, request: engine::Request) {
        let Some(running) = &self.engine else {
            return self.tell(Msg::Notice(Notice::error("There is no engine; choose a model.")));
        };
        let (run, cancel): (_, Cancel) = (request.run, request.cancel.clone());
        let problem = self.problems.asked(&request.prompt);
        let outside = problem
            .as_ref()
            .and_then(|problem| self.problems.outside(problem));
        running.reader.expect(run, problem);
        // A problem that came with a trace was never weighed against the model; one that was typed is told the same.
        if let Some(sentence) = outside.filter(|_| self.recording.is_none()) {
            self.tell(Msg::Notice(Notice::warning(sentence)));
        }
        if let Some(notice) = self.tape.asked(&request) {
            self.tell(Msg::Notice(notice));
        }
        if let Err(error) = running.commands.send(Command::Start(request)) {
            cancel.cancel();
            let kind = engine::EventKind::Failed(format!("{error}."));
            self.tell(Msg::Engine(engine::Event { run, kind }));
        }
    }

    fn name_tokens(&self, ids: Vec<u32>) {
        let model = self
            .engine
            .as_ref()
            .and_then(|running| lock(&running.model).clone());
        let texts = ids.into_iter().map(|id| {
            let bytes = model
                .as_ref()
                .map_or(&[][..], |model| model.tokenizer.token_bytes(id));
            (id, String::from_utf8_lossy(bytes).into_owned())
        });
        self.tell(Msg::TokenTexts(texts.collect()));
    }
}

impl Driver for Workbench {
    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Generate(request) => self.generate(*request),
            Effect::RandomProblem(_) => {
                let problem = self.problems.random();
                self.tell(Msg::Problem(problem.map(Box::new)));
            }
            Effect::ReadProblem(text) => {
                let problem = self.problems.read(&text);
                self.tell(Msg::Problem(problem.map(Box::new)));
            }
            Effect::LoadModel(name) => self.load(name),
            Effect::ListModels => self.tell(Msg::Models(entries())),
            Effect::NameTokens(ids) => self.name_tokens(ids),
            Effect::Save(traces) => {
                let notice = self.store.save(&traces);
                self.tell(Msg::Notice(notice));
            }
            Effect::ForgetHints => self.store.forget_hints(),
            // The runtime's own.
            Effect::Stop(_) | Effect::Copy(_) | Effect::Suspend | Effect::Quit => {}
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

fn info(loaded: &LoadedModel, source: &Source) -> ModelInfo {
    ModelInfo {
        record: ModelRef {
            name: loaded.name.clone(),
            hash: Some(loaded.hash.clone()),
            tokenizer: Some(loaded.tokenizer.hash().to_owned()),
            dtype: Some("f32".to_owned()),
            device: Some("cpu".to_owned()),
        },
        sampler: source
            .card
            .as_ref()
            .map(|card| card.sampler.clone())
            .unwrap_or_default(),
        // A card is what training leaves here, and it only ever taught that language.
        bundled_language: source.card.is_some(),
    }
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

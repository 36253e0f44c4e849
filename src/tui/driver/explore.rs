//! What the Explore screen wants done: a model to be loaded, text, problems, the words of tokens.

use super::{
    entries, lock, next,
    problems::{self, Problems},
    running::{EVENTS, Running, recorded, refused},
    tape::Tape,
};
use crate::{
    behavior::{Detector, Layer},
    engine::{How, Recording, Request, RunId, ScriptedEngine, Speed, remote},
    model::Source,
    trace::{Subject, Trace},
    tui::app::{LayersFound, ModelState, Msg, Notice, Problem},
};
use std::{
    sync::{Arc, Mutex},
    thread,
};
use tokio::sync::mpsc::Sender;

/// The driver's part for the Explore screen.
pub struct Explore {
    inbox: Sender<Msg>,
    problems: Problems,
    engine: Option<Running>,
    /// Played instead of any model.
    recording: Option<Recording>,
    /// Where everything the engine says is written down.
    tape: Tape,
    /// The environment variable with the API key of servers.
    key: String,
    /// How models are opened.
    how: How,
    /// Loads asked for so far: a model that was overtaken while it was read keeps quiet.
    asked: Arc<Mutex<u64>>,
}

impl Explore {
    pub fn new(inbox: Sender<Msg>, recording: Option<Recording>, tape: Tape, key: &str, how: &How) -> Self {
        Self {
            inbox,
            problems: Problems::new(),
            engine: None,
            recording,
            tape,
            key: key.to_owned(),
            how: how.clone(),
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

    /// Says something to the screen; a screen that is gone needs nothing.
    fn tell(&self, msg: Msg) {
        let _ = self.inbox.try_send(msg);
    }

    pub fn load(&mut self, name: String) {
        self.tell(Msg::Model(ModelState::Loading(name.clone())));
        // The old engine ends when its handle is dropped with the reader's thread.
        self.engine = None;
        if let Some(recording) = self.recording.clone() {
            return self.play(recording);
        }
        if remote::is_server(&name) {
            self.problems.follow(None);
            let started = Running::serve(&name, &self.key, &self.inbox, self.tape.clone());
            let state = match started {
                Ok((running, state)) => {
                    self.engine = Some(running);
                    state
                }
                Err(sentence) => ModelState::Failed(name, sentence),
            };
            return self.tell(Msg::Model(state));
        }
        let source = match Source::find(&name) {
            Ok(source) => source,
            Err(error) => return self.tell(Msg::Model(ModelState::Failed(name, error.to_string()))),
        };
        self.problems.follow(Some(&source));
        let (inbox, asked) = (self.inbox.clone(), Arc::clone(&self.asked));
        let turn = next(&asked);
        let ready = move |state| {
            if *lock(&asked) == turn {
                // Waits while the inbox is full: this is the engine's thread.
                let _ = inbox.blocking_send(Msg::Model(state));
            }
        };
        self.run(Running::load(
            source,
            &self.how,
            &self.inbox,
            self.tape.clone(),
            ready,
        ));
    }

    fn play(&mut self, recording: Recording) {
        let state = recorded(&recording.model);
        let handle = ScriptedEngine::spawn(recording, Speed::Times(1.0), EVENTS);
        self.run(handle.and_then(|handle| Running::play(handle, &self.inbox, self.tape.clone())));
        self.tell(Msg::Model(state));
    }

    fn run(&mut self, started: std::io::Result<Running>) {
        match started {
            Ok(running) => self.engine = Some(running),
            Err(error) => self.tell(refused(&error)),
        }
    }

    pub fn generate(&mut self, request: Request) {
        let Some(running) = &self.engine else {
            return self.tell(Msg::Notice(Notice::error("There is no engine; choose a model.")));
        };
        if let Some(notice) = self.tape.asked(&request, None) {
            self.tell(Msg::Notice(notice));
        }
        let problem = self.problems.asked(&request.prompt);
        let outside = problem
            .as_ref()
            .and_then(|problem| self.problems.outside(problem));
        // A problem that came with a trace was never weighed against the model; one that was typed is told the same.
        if let Some(sentence) = outside.filter(|_| self.recording.is_none()) {
            self.tell(Msg::Notice(Notice::warning(sentence)));
        }
        running.generate(request, problem, &self.inbox);
    }

    pub fn random_problem(&mut self) {
        let problem = self.problems.random();
        self.tell(Msg::Problem(problem.map(Box::new)));
    }

    pub fn read_problem(&mut self, text: &str) {
        let problem = self.problems.read(text);
        self.tell(Msg::Problem(problem.map(Box::new)));
    }

    /// Lets every layer of detectors look at a text, on a thread of its own.
    pub fn ask_layers(&self, (run, sample): (RunId, u64), problem: Arc<Problem>, text: Box<str>) {
        let inbox = self.inbox.clone();
        let work = move || {
            let head = Trace {
                task: (!problem.task.is_empty()).then(|| problem.task.clone()),
                problem: Some(problem.value.clone()),
                prompt: Some(problem.prompt.clone()),
                ..Trace::default()
            };
            let (_, behaviors) = Detector::of(Layer::All).follow(Subject::of(&head), &text);
            let found = LayersFound {
                run,
                sample,
                behaviors,
            };
            let _ = inbox.blocking_send(Msg::Layers(found));
        };
        if let Err(error) = thread::Builder::new().name("layers".into()).spawn(work) {
            self.tell(refused(&error));
        }
    }

    pub fn name_tokens(&self, ids: Vec<u32>) {
        let model = self.engine.as_ref().and_then(Running::model);
        let texts = ids.into_iter().map(|id| {
            let bytes = model
                .as_ref()
                .map_or(&[][..], |model| model.tokenizer.token_bytes(id));
            (id, String::from_utf8_lossy(bytes).into_owned())
        });
        self.tell(Msg::TokenTexts(texts.collect()));
    }
}

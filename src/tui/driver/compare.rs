//! What the Compare screen wants done: an engine a lane, problems, and the table, which has a thread of its own. Lanes that
//! were recorded are played; a table is not recorded.

use super::{
    lock,
    problems::{self, Problems},
    running::{EVENTS, Running, info, recorded, refused},
    tape::Tape,
};
use crate::{
    base::cancel::Cancel,
    engine::{Recording, ScriptedEngine, Speed, recording, remote},
    experiment::{
        self, CompareError, Plan,
        compare::{ProblemSet, Writer},
    },
    model::{Card, Source},
    task::countdown::{Generator, Settings, Split},
    trace::record::ModelRef,
    tui::app::{
        ModelState, Msg, Notice, Problem,
        compare::{Effect, Found, LaneId, Msg as Said, Order},
    },
};
use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use tokio::sync::mpsc::Sender;

/// How often progress is told at most.
const EVERY: Duration = Duration::from_millis(50);

/// The seed of the problems a table is made over: the command line's own.
const SEED: u64 = 0;

/// The driver's part for the Compare screen.
pub struct Compare {
    inbox: Sender<Msg>,
    problems: Problems,
    lanes: HashMap<LaneId, Lane>,
    /// What lanes wrote that were recorded, and which lane of the screen plays it.
    recorded: Vec<Recorded>,
    /// Problems asked for while a recording is played.
    asked: usize,
    /// Where everything that lanes write is written down.
    tape: Tape,
    /// The environment variable with the API key of servers.
    key: String,
}

struct Lane {
    /// The model; none where a recording is played.
    source: Option<Source>,
    /// As recordings name it.
    voice: recording::Lane,
    running: Running,
    /// Set once another model takes the lane: this one keeps quiet then.
    overtaken: Cancel,
}

struct Recorded {
    lane: recording::Lane,
    takes: Recording,
    played_by: Option<LaneId>,
}

impl Compare {
    pub fn new(inbox: Sender<Msg>, lanes: Vec<(recording::Lane, Recording)>, tape: Tape, key: &str) -> Self {
        let recorded = lanes.into_iter().map(|(lane, takes)| Recorded {
            lane,
            takes,
            played_by: None,
        });
        Self {
            inbox,
            problems: Problems::new(),
            lanes: HashMap::new(),
            recorded: recorded.collect(),
            asked: 0,
            tape,
            key: key.to_owned(),
        }
    }

    /// Says which lanes there are in the recording that is played: of each the model it began with.
    pub fn begin(&self) {
        let mut lanes: Vec<_> = self.recorded.iter().map(|recorded| &recorded.lane).collect();
        // As they stood, whichever was asked first.
        lanes.sort_by_key(|lane| lane.id);
        lanes.dedup_by_key(|lane| lane.id);
        let models: Vec<String> = lanes.iter().map(|lane| lane.model.clone()).collect();
        if !models.is_empty() {
            self.say(Said::Recorded(models));
        }
    }

    pub fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Load(id, name) => self.load(id, name),
            Effect::Drop(id) => self.forget(id),
            Effect::Generate(id, request) => {
                self.follow(id);
                if let Some(lane) = self.lanes.get(&id) {
                    if let Some(notice) = self.tape.asked(&request, Some(&lane.voice)) {
                        let _ = self.inbox.try_send(Msg::Notice(notice));
                    }
                    let problem = self.problems.asked(&request.prompt);
                    lane.running.generate(*request, problem, &self.inbox);
                }
            }
            Effect::RandomProblem(id) => {
                self.follow(id);
                let problem = match self.next_recorded() {
                    Some(typed) => self.problems.read(&typed),
                    None => self.problems.random(),
                };
                self.say(Said::Problem(problem.map(Box::new)));
            }
            Effect::ReadProblem(id, text) => {
                self.follow(id);
                let problem = self.problems.read(&text);
                self.say(Said::Problem(problem.map(Box::new)));
            }
            Effect::Compare(order) => self.compare(order),
        }
    }

    fn say(&self, said: Said) {
        let _ = self.inbox.try_send(Msg::Compare(said));
    }

    /// Problems are for the task of this lane's model.
    fn follow(&mut self, id: LaneId) {
        let source = self.lanes.get(&id).and_then(|lane| lane.source.as_ref());
        self.problems.follow(source);
    }

    /// The next problem of the recording that is played, as a person would type it.
    fn next_recorded(&mut self) -> Option<String> {
        let mut prompts: Vec<&str> = Vec::new();
        for take in self.recorded.iter().flat_map(|recorded| &recorded.takes.takes) {
            if !prompts.contains(&take.prompt.as_str()) {
                prompts.push(&take.prompt);
            }
        }
        let prompt = prompts.get(self.asked % prompts.len().max(1))?;
        self.asked += 1;
        problems::typed(prompt)
    }

    fn forget(&mut self, id: LaneId) {
        for recorded in &mut self.recorded {
            recorded.played_by.take_if(|by| *by == id);
        }
        if let Some(lane) = self.lanes.remove(&id) {
            lane.overtaken.cancel();
        }
    }

    fn load(&mut self, id: LaneId, name: String) {
        self.forget(id);
        let free = |recorded: &&mut Recorded| recorded.played_by.is_none() && recorded.lane.model == name;
        if let Some(recorded) = self.recorded.iter_mut().find(free) {
            recorded.played_by = Some(id);
            let takes = recorded.takes.clone();
            return self.play(id, takes);
        }
        if remote::is_server(&name) {
            let started = Running::serve(&name, &self.key, &self.inbox, self.tape.clone());
            return match started {
                Ok((running, state)) => {
                    self.run(id, name, None, Ok(running), Cancel::default());
                    self.say(Said::Lane(id, state));
                }
                Err(sentence) => self.say(Said::Lane(id, ModelState::Failed(name, sentence))),
            };
        }
        let source = match Source::find(&name) {
            Ok(source) => source,
            Err(error) => return self.say(Said::Lane(id, ModelState::Failed(name, error.to_string()))),
        };
        let overtaken = Cancel::default();
        let (inbox, quiet) = (self.inbox.clone(), overtaken.clone());
        let ready = move |state| {
            if !quiet.is_cancelled() {
                // Waits while the inbox is full: this is the engine's thread.
                let _ = inbox.blocking_send(Msg::Compare(Said::Lane(id, state)));
            }
        };
        let running = Running::load(source.clone(), &self.inbox, self.tape.clone(), ready);
        self.run(id, name, Some(source), running, overtaken);
    }

    fn play(&mut self, id: LaneId, takes: Recording) {
        let model = takes.model.clone();
        let state = recorded(&model);
        let handle = ScriptedEngine::spawn(takes, Speed::Times(1.0), EVENTS);
        let running = handle.and_then(|handle| Running::play(handle, &self.inbox, self.tape.clone()));
        self.run(id, model, None, running, Cancel::default());
        self.say(Said::Lane(id, state));
    }

    fn run(
        &mut self,
        id: LaneId,
        model: String,
        source: Option<Source>,
        running: io::Result<Running>,
        overtaken: Cancel,
    ) {
        match running {
            Ok(running) => {
                let lane = Lane {
                    source,
                    voice: recording::Lane { id, model },
                    running,
                    overtaken,
                };
                self.lanes.insert(id, lane);
            }
            Err(error) => {
                let _ = self.inbox.try_send(refused(&error));
            }
        }
    }

    /// Who writes in a lane, for a table, and the card of the model.
    fn writer(&self, lane: &Lane) -> Result<(Writer, ModelRef, Option<Card>), &'static str> {
        let name = &lane.voice.model;
        match (&lane.source, lane.running.model()) {
            (Some(source), Some(model)) => {
                let record = info(&model).record;
                Ok((Writer::Local(model), record, source.card.clone()))
            }
            (Some(_), None) => Err("A lane has no model yet."),
            (None, _) if remote::is_server(name) => {
                let (name, key) = (name.clone(), self.key.clone());
                Ok((
                    Writer::Server { name, key },
                    ModelRef::served(&lane.voice.model),
                    None,
                ))
            }
            (None, _) => Err(
                "A recording holds what the lanes wrote and no table; give both lanes a model to make one.",
            ),
        }
    }

    fn compare(&self, order: Order) {
        let mut lanes = Vec::new();
        let mut tasks = Vec::new();
        for (id, sampler) in order.lanes {
            let writer = self
                .lanes
                .get(&id)
                .ok_or("A lane has no model yet.")
                .and_then(|lane| self.writer(lane));
            let (writer, record, card) = match writer {
                Ok(writer) => writer,
                Err(sentence) => return self.say(Said::Found(order.turn, Err(sentence.to_owned()))),
            };
            // A server's model was made for no task: problems are another lane's, or the usual ones.
            tasks.extend(card.map(|card| Settings::from_card(&card.task).unwrap_or_default()));
            lanes.push(experiment::Lane {
                record,
                writer,
                sampler,
            });
        }
        let task = tasks.first().cloned().unwrap_or_default();
        if let Some(at) = tasks.iter().position(|other| *other != task) {
            let name = lanes.get(at).map_or("", |lane| lane.record.name.as_str());
            let _ = self.inbox.try_send(Msg::Notice(Notice::warning(format!(
                "{name} was trained on other problems: they are drawn for the first lane."
            ))));
        }
        let (inbox, turn) = (self.inbox.clone(), order.turn);
        let told = Mutex::new(Instant::now());
        let work = move || {
            let go_on = |done, all| {
                let mut told = lock(&told);
                if told.elapsed() >= EVERY {
                    *told = Instant::now();
                    // A full inbox has other worries than progress.
                    let _ = inbox.try_send(Msg::Compare(Said::Progress(turn, done, all)));
                }
                !order.cancel.is_cancelled() && !inbox.is_closed()
            };
            let result = make(lanes, &task, (order.count, order.samples), &go_on);
            let _ = inbox.blocking_send(Msg::Compare(Said::Found(turn, result)));
        };
        if let Err(error) = thread::Builder::new().name("compare".into()).spawn(work) {
            let _ = self.inbox.try_send(refused(&error));
        }
    }
}

/// Draws the problems, a count of them with samples of each, and makes the table.
fn make(
    lanes: Vec<experiment::Lane>,
    task: &Settings,
    (count, samples): (usize, usize),
    go_on: &(dyn Fn(usize, usize) -> bool + Sync),
) -> Result<Box<Found>, String> {
    let generator = Generator::new(task, SEED, Split::Heldout).map_err(|error| format!("{error}."))?;
    let problems: Vec<_> = generator.take(count).collect();
    let plan = Plan {
        lanes,
        set: ProblemSet {
            generator: problems.first().and_then(|problem| problem.generator.clone()),
            split: Some(Split::Heldout),
            seed: Some(SEED),
        },
        problems,
        samples,
    };
    let comparison = experiment::compare(&plan, go_on).map_err(|error: CompareError| format!("{error}."))?;
    let shown = comparison.problems.iter().zip(0..).map(|(problem, index)| {
        Arc::new(Problem {
            index,
            ..problems::shown(Some(problem), None)
        })
    });
    Ok(Box::new(Found {
        problems: shown.collect(),
        comparison,
    }))
}

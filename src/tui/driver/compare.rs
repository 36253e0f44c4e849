//! What the Compare screen wants done: an engine a lane, problems, and the table, which has a thread of its own.

use super::{
    lock,
    problems::{self, Problems},
    running::{Running, info, refused},
    tape::Tape,
};
use crate::{
    base::cancel::Cancel,
    experiment::{self, CompareError, Plan, compare::ProblemSet},
    model::Source,
    task::countdown::{Generator, Settings, Split},
    tui::app::{
        ModelState, Msg, Notice, Problem,
        compare::{Effect, Found, LaneId, Msg as Said, Order},
    },
};
use std::{
    collections::HashMap,
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
}

struct Lane {
    source: Source,
    running: Running,
    /// Set once another model takes the lane: this one keeps quiet then.
    overtaken: Cancel,
}

impl Compare {
    pub fn new(inbox: Sender<Msg>) -> Self {
        Self {
            inbox,
            problems: Problems::new(),
            lanes: HashMap::new(),
        }
    }

    pub fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Load(id, name) => self.load(id, name),
            Effect::Drop(id) => self.forget(id),
            Effect::Generate(id, request) => {
                self.follow(id);
                if let Some(lane) = self.lanes.get(&id) {
                    let problem = self.problems.asked(&request.prompt);
                    lane.running.generate(*request, problem, &self.inbox);
                }
            }
            Effect::RandomProblem(id) => {
                self.follow(id);
                let problem = self.problems.random();
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
        let source = self.lanes.get(&id).map(|lane| &lane.source);
        self.problems.follow(source);
    }

    fn forget(&mut self, id: LaneId) {
        if let Some(lane) = self.lanes.remove(&id) {
            lane.overtaken.cancel();
        }
    }

    fn load(&mut self, id: LaneId, name: String) {
        self.forget(id);
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
        match Running::load(source.clone(), &self.inbox, Tape::new(None), ready) {
            Ok(running) => {
                let lane = Lane {
                    source,
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

    fn compare(&self, order: Order) {
        let mut lanes = Vec::new();
        let mut tasks = Vec::new();
        for (id, sampler) in order.lanes {
            let lane = self.lanes.get(&id);
            let Some((lane, model)) = lane.and_then(|lane| Some((lane, lane.running.model()?))) else {
                let sentence = "A lane has no model yet.".to_owned();
                return self.say(Said::Found(order.turn, Err(sentence)));
            };
            let card = lane.source.card.as_ref();
            tasks.push(
                card.and_then(|card| Settings::from_card(&card.task))
                    .unwrap_or_default(),
            );
            lanes.push(experiment::Lane {
                record: info(&model, &lane.source).record,
                model,
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

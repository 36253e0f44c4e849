//! Problems to finished traces: by a model on this machine, or by whoever answers at the other end of an engine's mailbox.

use super::{
    manner::Manner,
    measure::{finish, reference, take},
};
use crate::{
    base::{cancel::Cancel, pace::Pace, sampler::Sampler},
    behavior::Observer,
    engine::{Batch, Command, EngineHandle, Event, EventKind, LoadedModel, PromptKind, Request, RunId},
    task::countdown::Problem,
    trace::{Trace, live::Live, record::ModelRef},
};
use rayon::prelude::*;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Samples generated together.
const BATCH: usize = 64;

/// Bytes of weights above which a second reader of them costs more than it brings.
const LARGE: usize = 32 << 20;

/// Problems an engine works on at once; fewer than commands may wait for it.
const AHEAD: usize = 32;

/// What is to be sampled.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The problems, asked as number `first`, `first + 1`, …: with the sampler's seed that fixes the random numbers.
    pub problems: &'a [Problem],
    /// Number of the first one.
    pub first: u64,
    /// Samples of each.
    pub samples: u64,
    /// How tokens are drawn.
    pub sampler: &'a Sampler,
}

/// The samples of a plan as finished, observed traces: problem by problem, sample by sample.
///
/// # Errors
/// What the engine says when it cannot go on.
pub fn sample(model: &Arc<LoadedModel>, plan: Plan<'_>) -> Result<Vec<Observer>, String> {
    Ok(sample_while(model, plan, &|_| true)?.unwrap_or_default())
}

/// As [`sample`], on all threads of the current pool; what a sample says does not depend on them. `go_on` hears how many
/// traces have ended whenever one does, and may put an end to it all: then there is no result.
///
/// # Errors
/// What the engine says when it cannot go on.
pub fn sample_while(
    model: &Arc<LoadedModel>,
    plan: Plan<'_>,
    go_on: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Option<Vec<Observer>>, String> {
    let ended = AtomicUsize::new(0);
    let one_more = || go_on(ended.fetch_add(1, Ordering::Relaxed) + 1);
    // A small model runs once on every thread; one that does not fit in a cache runs once, on all of them.
    let runs = if model.fast.bytes() > LARGE {
        1
    } else {
        rayon::current_num_threads()
    };
    let share = plan.problems.len().div_ceil(runs).max(1);
    let parts = plan.problems.par_chunks(share).enumerate();
    let parts: Vec<Option<Vec<Observer>>> = parts
        .map(|(part, problems)| {
            let first = plan.first + (part * share) as u64;
            let plan = Plan {
                problems,
                first,
                ..plan
            };
            sample_on_one_thread(model, plan, &one_more)
        })
        .collect::<Result<_, _>>()?;
    let parts: Option<Vec<Vec<Observer>>> = parts.into_iter().collect();
    Ok(parts.map(|parts| parts.into_iter().flatten().collect()))
}

fn sample_on_one_thread(
    model: &Arc<LoadedModel>,
    plan: Plan<'_>,
    one_more: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Vec<Observer>>, String> {
    let ask = |problem: &Problem| {
        Manner::ask(model, problem, plan.sampler.thinking).map_err(|error| error.to_string())
    };
    let mut reading = Reading::new(plan, &reference(model), ask)?;
    let mut batch = Batch::new(Arc::clone(model), BATCH);
    let mut events = Vec::new();
    for request in std::mem::take(&mut reading.requests) {
        batch.start(request, &mut events);
    }
    loop {
        batch.collect(&mut events);
        for event in events.drain(..) {
            if reading.hear(event)? && !one_more() {
                return Ok(None);
            }
        }
        if batch.is_idle() {
            return Ok(Some(reading.observers));
        }
        batch.step(&mut events);
    }
}

/// As [`sample_while`], by the engine behind `handle`, which `record` describes and which is asked in `manner`.
///
/// # Errors
/// What the engine says when it cannot go on.
pub fn sample_from(
    mut handle: EngineHandle,
    (record, manner): (&ModelRef, Manner),
    plan: Plan<'_>,
    go_on: &dyn Fn(usize) -> bool,
) -> Result<Option<Vec<Observer>>, String> {
    let mut reading = Reading::new(plan, record, |problem| Ok(manner.prompt(problem)))?;
    let mut requests = std::mem::take(&mut reading.requests).into_iter();
    let (mut open, mut ended) = (0, 0);
    loop {
        for request in requests.by_ref().take(AHEAD - open) {
            let sent = handle.commands.send(Command::Start(Box::new(request)));
            sent.map_err(|error| error.to_string())?;
            open += 1;
        }
        if open == 0 {
            return Ok(Some(reading.observers));
        }
        let Some(event) = handle.events.blocking_recv() else {
            return Err("the engine has stopped".to_owned());
        };
        open -= usize::from(event.kind == EventKind::Done);
        if reading.hear(event)? {
            ended += 1;
            if !go_on(ended) {
                reading.cancel.cancel();
                return Ok(None);
            }
        }
    }
}

/// The traces of a plan while they are written.
struct Reading {
    requests: Vec<Request>,
    observers: Vec<Observer>,
    /// Samples of each problem.
    samples: usize,
    /// Of all requests.
    cancel: Cancel,
}

impl Reading {
    fn new(
        plan: Plan<'_>,
        model: &ModelRef,
        ask: impl Fn(&Problem) -> Result<(String, PromptKind), String>,
    ) -> Result<Self, String> {
        let samples = usize::try_from(plan.samples).map_err(|e| e.to_string())?;
        let mut reading = Self {
            requests: Vec::new(),
            observers: Vec::new(),
            samples,
            cancel: Cancel::default(),
        };
        for (place, problem) in (0u64..).zip(plan.problems) {
            let index = plan.first + place;
            let (text, kind) = ask(problem)?;
            let head = Trace {
                index: usize::try_from(index).unwrap_or(usize::MAX),
                model: Some(model.clone()),
                strategy: Some("chain".to_owned()),
                sampler: Some(plan.sampler.clone()),
                prompt: Some(text.clone()),
                ..Trace::default()
            };
            reading.observers.extend((0..samples).map(|sample| {
                let head = Trace {
                    sample,
                    ..head.clone()
                };
                Observer::new(Live::new(head, Some(problem.clone())))
            }));
            reading.requests.push(Request {
                run: RunId(place),
                prompt: text,
                kind,
                known: Vec::new(),
                prefix: Vec::new(),
                sampler: plan.sampler.clone(),
                index,
                samples: (0..plan.samples).collect(),
                top: 0,
                cancel: reading.cancel.clone(),
                pace: Pace::default(),
            });
        }
        Ok(reading)
    }

    /// Takes in an event; whether it ended a trace.
    fn hear(&mut self, event: Event) -> Result<bool, String> {
        let run = usize::try_from(event.run.0).unwrap_or(usize::MAX);
        let of_run = self
            .observers
            .chunks_exact_mut(self.samples.max(1))
            .nth(run)
            .unwrap_or_default();
        let place = |sample: u64| usize::try_from(sample).unwrap_or(usize::MAX);
        match event.kind {
            EventKind::Started { prompt_tokens } => of_run
                .iter_mut()
                .for_each(|observer| observer.live_mut().set_prompt_tokens(prompt_tokens)),
            EventKind::Tokens { sample, batch } => {
                if let Some(observer) = of_run.get_mut(place(sample)) {
                    take(observer, batch);
                }
            }
            EventKind::Finished { sample, reason } => {
                if let Some(observer) = of_run.get_mut(place(sample)) {
                    observer.finish(Some(finish(reason)), None);
                }
                return Ok(true);
            }
            EventKind::Failed(reason) => return Err(reason),
            EventKind::Done => {}
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::{LocalEngine, open},
        model::Source,
        task::countdown::{Generator, Settings, Split},
    };

    #[test]
    fn an_engine_behind_a_mailbox_writes_what_the_model_writes() {
        let model = Arc::new(open(&Source::find("scout").unwrap()).unwrap());
        let generator = Generator::new(&Settings::default(), 3, Split::Heldout).unwrap();
        let problems: Vec<Problem> = generator.take(AHEAD + 3).collect();
        let sampler = Sampler::default();
        let plan = Plan {
            problems: &problems,
            first: 5,
            samples: 2,
            sampler: &sampler,
        };
        let here = sample(&model, plan).unwrap();
        let record = reference(&model);
        let from = |go_on: &dyn Fn(usize) -> bool| {
            let model = Arc::clone(&model);
            let handle = LocalEngine::spawn(|| Ok(model), 8, 16).unwrap();
            sample_from(handle, (&record, Manner::Language), plan, go_on).unwrap()
        };
        let there = from(&|_| true).unwrap();
        let texts = |observers: &[Observer]| -> Vec<Trace> {
            let of = |observer: &Observer| Trace {
                id: String::new(),
                created: String::new(),
                ..observer.to_trace(true)
            };
            observers.iter().map(of).collect()
        };
        assert_eq!(texts(&here), texts(&there));
        assert!(from(&|ended| ended < 3).is_none(), "somebody stopped it");
    }
}

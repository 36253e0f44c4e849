//! How good a model is at its task: problems sampled, read, judged and counted. Used for rollouts, while training, and for
//! the figures on a model's card.

use super::manner::Manner;
use crate::{
    base::{cancel::Cancel, pace::Pace, sampler::Sampler, stats::wilson},
    behavior::{Habit, Observer},
    engine::{Batch, EventKind, LoadedModel, Request, RunId, StopReason, TokenBatch},
    task::countdown::Problem,
    trace::{
        Trace,
        facts::Summary,
        live::Live,
        record::{Finish, ModelRef, TokenStats},
    },
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Samples generated together.
const BATCH: usize = 64;

/// Bytes of weights above which a second reader of them costs more than it brings.
const LARGE: usize = 32 << 20;

/// What a model does on a set of problems.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Problems, one sample each.
    pub problems: usize,
    /// Share with a right answer.
    pub solved: f64,
    /// 95 % Wilson interval of `solved`.
    pub solved_interval: [f64; 2],
    /// Share with a right answer *and* every line true.
    pub sound: f64,
    /// Share that ended by itself.
    pub ended: f64,
    /// Share of the stated calculations that are true.
    pub arithmetic_true: f64,
    /// Calculations stated.
    pub arithmetic: usize,
    /// Share of the returns that lead to a state that exists.
    pub returns_known: f64,
    /// Returns.
    pub returns: usize,
    /// Generated tokens, mean.
    pub tokens_mean: f64,
    /// Each habit, mean per trace.
    pub habits: BTreeMap<String, f64>,
}

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
    // A small model runs once on every thread; one that does not fit in a cache runs once, on all of them, and so does one
    // whose threads are not ours.
    let runs = if model.forward.wants_one_thread() || model.forward.bytes() > LARGE {
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
    let mut batch = Batch::new(Arc::clone(model), BATCH);
    let mut events = Vec::new();
    let mut observers = Vec::new();
    let samples = usize::try_from(plan.samples).map_err(|e| e.to_string())?;
    for (place, problem) in (0u64..).zip(plan.problems) {
        let index = plan.first + place;
        let (text, kind) = Manner::ask(model, problem).map_err(|e| e.to_string())?;
        let head = Trace {
            index: usize::try_from(index).unwrap_or(usize::MAX),
            model: Some(reference(model)),
            strategy: Some("chain".to_owned()),
            sampler: Some(plan.sampler.clone()),
            prompt: Some(text.clone()),
            ..Trace::default()
        };
        observers.extend((0..samples).map(|sample| {
            let head = Trace {
                sample,
                ..head.clone()
            };
            Observer::new(Live::new(head, Some(problem.clone())))
        }));
        let request = Request {
            run: RunId(place),
            prompt: text,
            kind,
            known: Vec::new(),
            prefix: Vec::new(),
            sampler: plan.sampler.clone(),
            index,
            samples: (0..plan.samples).collect(),
            top: 0,
            cancel: Cancel::default(),
            pace: Pace::default(),
        };
        batch.start(request, &mut events);
    }
    loop {
        batch.collect(&mut events);
        for event in events.drain(..) {
            let run = usize::try_from(event.run.0).unwrap_or(usize::MAX);
            let of_run = observers
                .chunks_exact_mut(samples.max(1))
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
                    if !one_more() {
                        return Ok(None);
                    }
                }
                EventKind::Failed(reason) => return Err(reason),
                EventKind::Done => {}
            }
        }
        if batch.is_idle() {
            return Ok(Some(observers));
        }
        batch.step(&mut events);
    }
}

/// Which weights wrote a trace.
#[must_use]
pub fn reference(model: &LoadedModel) -> ModelRef {
    ModelRef {
        name: model.name.clone(),
        hash: Some(model.hash.clone()),
        tokenizer: Some(model.tokenizer.hash().to_owned()),
        dtype: Some(model.forward.dtype().to_owned()),
        device: Some(model.forward.place().to_owned()),
    }
}

/// Hands a batch of tokens to the trace they belong to.
pub fn take(observer: &mut Observer, batch: TokenBatch) {
    let given = batch.given > 0;
    let stats = TokenStats {
        // A server's tokens have no ids.
        ids: (batch.ids.len() == batch.ends.len()).then_some(batch.ids),
        ends: batch.ends,
        logprob: batch.logprob,
        entropy: batch.entropy,
        top: batch.top,
    };
    observer.push(&batch.text, stats, given);
}

/// Why a sample ended, as traces record it.
#[must_use]
pub fn finish(reason: StopReason) -> Finish {
    match reason {
        StopReason::Stop => Finish::Stop,
        StopReason::Length => Finish::Length,
        StopReason::Cancelled => Finish::Cancelled,
    }
}

/// The figures of a set of finished traces.
#[must_use]
pub fn summarize<'a>(observers: impl IntoIterator<Item = &'a Observer>) -> Measured {
    let observers: Vec<&Observer> = observers.into_iter().collect();
    let n = observers.len();
    let share = |count: usize, of: usize| if of == 0 { 0.0 } else { count as f64 / of as f64 };
    let summaries: Vec<Summary> = observers.iter().map(|o| o.live().tree().summary()).collect();
    let sum = |of: fn(&Summary) -> usize| summaries.iter().map(of).sum::<usize>();
    let solved = observers.iter().filter(|o| o.is_correct()).count();
    let sound = observers.iter().filter(|o| o.is_sound()).count();
    let ended = observers
        .iter()
        .filter(|o| o.live().record().finish == Some(Finish::Stop))
        .count();
    let tokens: usize = observers.iter().map(|o| o.live().stats().ends.len()).sum();
    let mut habits = BTreeMap::new();
    for (i, habit) in Habit::ALL.into_iter().enumerate() {
        let found: usize = observers.iter().filter_map(|o| o.counts().get(i).copied()).sum();
        habits.insert(habit.name().to_owned(), share(found, n));
    }
    Measured {
        problems: n,
        solved: share(solved, n),
        solved_interval: wilson(solved, n),
        sound: share(sound, n),
        ended: share(ended, n),
        arithmetic_true: share(sum(|s| s.arithmetic_true), sum(|s| s.arithmetic)),
        arithmetic: sum(|s| s.arithmetic),
        returns_known: share(sum(|s| s.returns_to_known), sum(|s| s.returns)),
        returns: sum(|s| s.returns),
        tokens_mean: share(tokens, n),
        habits,
    }
}

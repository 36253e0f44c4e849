//! How good a model is at its task: one sample of each problem, read, judged and counted. Used while training, and for
//! the figures on a model's card.

use crate::{
    base::{cancel::Cancel, pace::Pace, sampler::Sampler, stats::wilson},
    behavior::{Habit, Observer},
    engine::{Batch, EventKind, LoadedModel, Request, RunId, StopReason, TokenBatch},
    task::countdown::Problem,
    trace::{
        Trace,
        facts::Summary,
        language::prompt,
        live::Live,
        record::{Finish, TokenStats},
    },
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// Samples generated together.
const BATCH: usize = 64;

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

/// One sample of each problem, as observed traces in problem order.
///
/// # Errors
/// What the engine says when it cannot go on.
pub fn sample(
    model: &Arc<LoadedModel>,
    problems: &[Problem],
    sampler: &Sampler,
) -> Result<Vec<Observer>, String> {
    let head = Trace::default();
    let observers = sample_many(model, problems, sampler, 1, &head, &mut |_| true)?;
    Ok(observers.unwrap_or_default())
}

/// Samples `0..samples` of each problem, as observed traces by problem, then by sample. `head` says what all records
/// begin with; `go_on` hears of every trace that ended, how many there are by then, and may put an end to it all: then
/// there is no result.
///
/// # Errors
/// What the engine says when it cannot go on.
pub fn sample_many(
    model: &Arc<LoadedModel>,
    problems: &[Problem],
    sampler: &Sampler,
    samples: usize,
    head: &Trace,
    go_on: &mut dyn FnMut(usize) -> bool,
) -> Result<Option<Vec<Observer>>, String> {
    let mut observers = Vec::with_capacity(problems.len() * samples);
    for (index, problem) in problems.iter().enumerate() {
        for sample in 0..samples {
            let head = Trace {
                index,
                sample,
                prompt: Some(prompt(problem)),
                ..head.clone()
            };
            observers.push(Observer::new(Live::new(head, Some(problem.clone()))));
        }
    }
    let mut ended = 0;
    let mut batch = Batch::new(Arc::clone(model), BATCH);
    let mut events = Vec::new();
    for (index, problem) in (0u64..).zip(problems) {
        let request = Request {
            run: RunId(index),
            prompt: prompt(problem),
            prefix: Vec::new(),
            sampler: sampler.clone(),
            index,
            samples: (0..samples as u64).collect(),
            top: 0,
            cancel: Cancel::default(),
            pace: Pace::default(),
        };
        batch.start(request, &mut events);
    }
    loop {
        batch.collect(&mut events);
        for event in events.drain(..) {
            let first = usize::try_from(event.run.0)
                .unwrap_or(usize::MAX)
                .saturating_mul(samples);
            let at = |sample: u64| first.saturating_add(usize::try_from(sample).unwrap_or(usize::MAX));
            match event.kind {
                EventKind::Started { prompt_tokens } => {
                    for observer in observers.iter_mut().skip(first).take(samples) {
                        observer.live_mut().set_prompt_tokens(prompt_tokens);
                    }
                }
                EventKind::Tokens { sample, batch } => {
                    if let Some(observer) = observers.get_mut(at(sample)) {
                        take(observer, batch);
                    }
                }
                EventKind::Finished { sample, reason } => {
                    if let Some(observer) = observers.get_mut(at(sample)) {
                        observer.finish(Some(finish(reason)), None);
                        ended += 1;
                    }
                    if !go_on(ended) {
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

/// Hands a batch of tokens to the trace they belong to.
pub fn take(observer: &mut Observer, batch: TokenBatch) {
    let given = batch.given > 0;
    let stats = TokenStats {
        ids: Some(batch.ids),
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
pub fn summarize(observers: &[Observer]) -> Measured {
    let n = observers.len();
    let share = |count: usize, of: usize| if of == 0 { 0.0 } else { count as f64 / of as f64 };
    let summaries: Vec<Summary> = observers.iter().map(|o| o.live().tree().summary()).collect();
    let sum = |of: fn(&Summary) -> usize| summaries.iter().map(of).sum::<usize>();
    let correct = |o: &Observer| {
        o.live()
            .record()
            .outcome
            .as_ref()
            .is_some_and(|outcome| outcome.correct)
    };
    let solved = observers.iter().filter(|o| correct(o)).count();
    let sound = observers
        .iter()
        .zip(&summaries)
        .filter(|(o, s)| correct(o) && s.sound)
        .count();
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

//! How good a model is at its task: finished traces counted. Used while training and for the figures on a model's card.

use crate::{
    base::stats::wilson,
    behavior::{Habit, Observer},
    engine::{LoadedModel, StopReason, TokenBatch},
    trace::{
        facts::Summary,
        record::{Finish, ModelRef, TokenStats},
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
        top_text: batch.top_text,
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

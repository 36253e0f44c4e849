//! What a completion is rewarded for: functions of the finished trace, each with a weight.

use crate::{
    behavior::{Habit, Observer},
    config::recipe::Reward,
    trace::record::Finish,
};
use std::collections::BTreeMap;

/// What one completion got.
#[derive(Clone, Debug, PartialEq)]
pub struct Rewards {
    /// Each function's value, unweighted.
    pub values: BTreeMap<Reward, f64>,
    /// The weighted sum.
    pub total: f64,
}

impl Rewards {
    /// The rewards of a finished trace that had a budget of `max_tokens`.
    #[must_use]
    pub fn of(observer: &Observer, weights: &BTreeMap<Reward, f64>, max_tokens: usize) -> Self {
        let values: BTreeMap<Reward, f64> = weights
            .keys()
            .map(|function| (*function, value(*function, observer, max_tokens)))
            .collect();
        let total = values.values().zip(weights.values()).map(|(v, w)| v * w).sum();
        Self { values, total }
    }
}

/// The value of one function.
#[must_use]
pub fn value(function: Reward, observer: &Observer, max_tokens: usize) -> f64 {
    let live = observer.live();
    let outcome = live.record().outcome.as_ref();
    let score = |name: &str| {
        outcome
            .and_then(|outcome| outcome.scorers.get(name).copied())
            .unwrap_or_default()
    };
    let shows = |habit: Habit| observer.behaviors().iter().any(|b| b.behavior == habit.name());
    let share = |holds: bool| if holds { 1.0 } else { 0.0 };
    match function {
        Reward::Exact => share(observer.is_correct()),
        Reward::ExactSound => share(observer.is_sound()),
        Reward::Tinyzero => score("tinyzero"),
        Reward::ReasoningGym => score("reasoning_gym"),
        Reward::Format => {
            share(live.record().finish == Some(Finish::Stop) && outcome.is_some_and(|o| o.answer.is_some()))
        }
        Reward::Sound => share(live.tree().is_sound()),
        Reward::Length => -(live.stats().ends.len() as f64) / max_tokens.max(1) as f64,
        Reward::Verification => share(shows(Habit::Verification)),
        Reward::Backtracking => share(shows(Habit::Backtracking)),
        Reward::SubgoalSetting => share(shows(Habit::SubgoalSetting)),
        Reward::BackwardChaining => share(shows(Habit::BackwardChaining)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        task::countdown::Problem,
        trace::{Trace, live::Live, record::TokenStats},
    };

    fn observed(text: &str, finish: Finish) -> Observer {
        let problem = Problem::parse("18 7 4 -> 15").unwrap();
        let mut observer = Observer::new(Live::new(Trace::default(), Some(problem)));
        let tokens = TokenStats {
            ends: vec![text.len(); 10],
            ..TokenStats::default()
        };
        observer.push(text, tokens, false);
        observer.finish(Some(finish), None);
        observer
    }

    #[test]
    fn a_right_answer_that_rests_on_a_false_line_is_right_and_not_sound() {
        let faked = observed(
            "try 18-7=12 left 12 4\ncheck 12+4=15 yes\nanswer (18-7)+4\n",
            Finish::Stop,
        );
        let honest = observed(
            "try 18-7=11 left 11 4\ncheck 11+4=15 yes\nanswer (18-7)+4\n",
            Finish::Stop,
        );
        for (trace, sound) in [(&faked, 0.0), (&honest, 1.0)] {
            assert_eq!(value(Reward::Exact, trace, 20), 1.0);
            assert_eq!(value(Reward::Sound, trace, 20), sound);
            assert_eq!(value(Reward::ExactSound, trace, 20), sound);
        }
    }

    #[test]
    fn weights_add_up_and_the_values_stay_unweighted() {
        let trace = observed("check 18-7=11 not 15\nanswer 18\n", Finish::Stop);
        let weights = BTreeMap::from([
            (Reward::Exact, 1.0),
            (Reward::Format, 0.1),
            (Reward::Length, 0.2),
            (Reward::Verification, 0.5),
            (Reward::Backtracking, 7.0),
        ]);
        let rewards = Rewards::of(&trace, &weights, 20);
        assert_eq!(rewards.values[&Reward::Format], 1.0);
        assert_eq!(rewards.values[&Reward::Length], -0.5);
        assert!((rewards.total - (0.1 - 0.1 + 0.5)).abs() < 1e-12);
        let cut = observed("check 18-7=11 not 15\n", Finish::Length);
        assert_eq!(value(Reward::Format, &cut, 20), 0.0);
    }
}

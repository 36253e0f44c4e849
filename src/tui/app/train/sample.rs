//! A trace of a run, as lists show it.

use crate::{
    behavior::Habit,
    trace::{Trace, record::Finish},
    tui::app::Problem,
};
use std::sync::Arc;

/// A trace of a run with its problem.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What was asked.
    pub problem: Arc<Problem>,
    /// What was written.
    pub trace: Trace,
}

impl Sample {
    /// Whether the answer is right.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.trace.outcome.as_ref().is_some_and(|outcome| outcome.correct)
    }

    /// Whether the answer is right and rests on a false statement.
    #[must_use]
    pub fn is_faked(&self) -> bool {
        self.is_right() && self.trace.tree.as_ref().is_some_and(|tree| !tree.is_sound())
    }

    /// Whether it ran out of tokens.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.trace.finish == Some(Finish::Length)
    }

    /// A number of what it was worth: `reward`, `advantage`.
    #[must_use]
    pub fn worth(&self, name: &str) -> Option<f64> {
        self.trace.rollout.as_ref()?.get(name)?.as_f64()
    }

    /// Tokens generated.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.trace.tokens.map_or(0, |tokens| tokens.generated)
    }

    /// How often each habit was found, in the order of [`Habit::ALL`].
    #[must_use]
    pub fn habits(&self) -> [usize; 4] {
        Habit::ALL.map(|habit| {
            let found = self.trace.behaviors.iter();
            found.filter(|behavior| behavior.behavior == habit.name()).count()
        })
    }
}

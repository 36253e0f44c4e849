//! What each condition promises, and how the teacher must search to keep the promise.

use crate::{behavior::Habit, config::recipe::Condition, trace::language::Style};
use Habit::{Backtracking as B, BackwardChaining as C, SubgoalSetting as S, Verification as V};

/// The habits a set shows. Every one of them must appear in it and no other may.
#[must_use]
pub fn promised(condition: Condition) -> &'static [Habit] {
    match condition {
        Condition::All | Condition::Incorrect => &[V, B, S, C],
        Condition::Backtracking => &[B],
        Condition::BacktrackingVerification => &[V, B],
        Condition::BacktrackingSubgoal => &[B, S],
        Condition::BacktrackingBackward => &[B, C],
        Condition::Direct | Condition::Empty | Condition::Filler => &[],
        Condition::Reversed => &[C],
    }
}

/// Habits that may appear beside the promised ones: a search that fails must turn back.
#[must_use]
pub fn tolerated(condition: Condition) -> &'static [Habit] {
    match condition {
        Condition::Reversed => &[B],
        _ => &[],
    }
}

/// Whether every answer must be right (`true`) or wrong (`false`); `None` when both may be.
#[must_use]
pub fn solved(condition: Condition) -> Option<bool> {
    match condition {
        Condition::Direct => Some(true),
        Condition::Incorrect => Some(false),
        _ => None,
    }
}

/// How the teacher searches for a condition with `patience` attempts. `empty` and `filler` cut their text out of what `all`
/// writes, and `reversed` is searched by another teacher.
pub(super) fn style(condition: Condition, [low, high]: [usize; 2]) -> Style {
    let shows = |habit| promised(condition).contains(&habit);
    let full = matches!(condition, Condition::Empty | Condition::Filler);
    if condition == Condition::Direct {
        return Style {
            patience: vec![1.0],
            intuition: 1.0,
            backward: 0.0,
            verify: false,
            ..Style::default()
        };
    }
    let backward = full || shows(C);
    // Evenly from `low` to `high`.
    let mut patience = vec![0.0; low.saturating_sub(1)];
    let choices = (high + 1).saturating_sub(low).max(1);
    patience.resize(patience.len() + choices, 1.0 / choices as f64);
    Style {
        patience,
        intuition: 0.03,
        backward: if backward { 0.45 } else { 0.0 },
        subgoal: if full || shows(S) { 0.8 } else { 0.0 },
        // Without steps back, the steps forward must be what is aimed for.
        aim: if shows(S) && !backward { 0.8 } else { 0.0 },
        verify: full || shows(V),
        wrong: condition == Condition::Incorrect,
        ..Style::default()
    }
}

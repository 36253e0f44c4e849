//! Which step another one takes the place of, or stands beside.

use super::{Attempt, Discourse, cues::Turn, given::Condition, verdict::has_value};
use crate::trace::{NodeId, Span};

/// Conditions inside conditions at most.
const MOST_GIVENS: usize = 8;

/// What a step takes the place of, or stands beside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub start: NodeId,
    /// Where that is given up.
    pub left: Option<Span>,
}

impl Attempt {
    /// Whether it has a number, as the one has that `turn` announces.
    pub(super) fn is_before(&self, turn: Turn) -> bool {
        match turn {
            Turn::Case => self.by == Turn::Case,
            Turn::Attempt | Turn::Way => matches!(self.by, Turn::Attempt | Turn::Way),
            _ => false,
        }
    }
}

impl Discourse {
    /// What a step takes the place of that tries another value, makes another attempt after one that was judged to be wrong,
    /// or has something given as one before it has.
    pub(super) fn place(
        &self,
        turn: Option<Turn>,
        subject: Option<&str>,
        given: Option<&Condition>,
        begins: bool,
    ) -> Option<Place> {
        if let Some(Turn::Try | Turn::Case) = turn {
            let is_same = |attempt: &&Attempt| attempt.subject.as_deref() == subject;
            let valued = subject.is_some_and(has_value);
            let same = self.attempts.iter().rfind(is_same).filter(|_| valued);
            let left = self.last.against();
            let innermost = || {
                let innermost = self.attempts.last()?;
                let tries = matches!(innermost.by, Turn::Try | Turn::Instead | Turn::Or);
                (tries && turn == Some(Turn::Try) && left.is_some()).then_some(innermost)
            };
            let start = same.or_else(innermost)?.start;
            return Some(Place { start, left });
        }
        let given = given.filter(|given| match turn {
            None | Some(Turn::Then) => begins || !given.checks,
            Some(Turn::Check) => given.checks,
            _ => false,
        })?;
        // What was given before a case is none of it.
        let mut cases = self.attempts.iter().filter(|attempt| attempt.by == Turn::Case);
        let case = cases.next_back().map_or(0, |case| case.start);
        // In the middle of a paragraph only what it began with goes on to another case.
        let is_beside = |(start, before): &&(NodeId, Condition)| {
            *start > case && (begins || *start == self.here) && before.is_beside(given)
        };
        let (start, _) = self.givens.iter().rfind(is_beside)?;
        let left = self.last.against();
        Some(Place { start: *start, left })
    }

    /// The step has something given.
    pub(super) fn give(&mut self, given: Condition) {
        if self.givens.len() >= MOST_GIVENS {
            self.givens.remove(0);
        }
        self.givens.push((self.here, given));
    }
}

//! Which step another one takes the place of, or stands beside.

use super::{Attempt, Discourse, cues::Turn, given::Condition, verdict::has_value};
use crate::trace::{NodeId, Span};

/// Conditions inside conditions at most.
const MOST_GIVENS: usize = 8;

/// Steps after which a condition is no longer one of a row.
const NEAR: usize = 20;

/// What a step takes the place of, or stands beside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub start: NodeId,
    /// Where that is given up.
    pub left: Option<Span>,
    /// Whether it is an attempt.
    pub tries: bool,
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
            let valued =
                |attempt: &&Attempt| subject.is_some_and(has_value) && attempt.subject.as_deref() == subject;
            let left = self.last.against();
            if let Some(attempt) = self.attempts.iter().rfind(valued) {
                let start = attempt.start;
                return Some(Place {
                    start,
                    left,
                    tries: true,
                });
            }
            let innermost = self.attempts.last().filter(|_| turn == Some(Turn::Try))?;
            let left = match innermost.by {
                Turn::Try | Turn::Instead | Turn::Or => left,
                Turn::Case => self.last.refuted(innermost.subject.as_deref()),
                _ => None,
            };
            let start = innermost.start;
            return left.is_some().then_some(Place {
                start,
                left,
                tries: true,
            });
        }
        let given = given.filter(|given| match turn {
            None | Some(Turn::Then) => begins || !given.checks,
            Some(Turn::Check) => given.checks,
            _ => false,
        })?;
        // `Let me try x = 2: too small. Maybe x = 3?`
        let left = self.last.against();
        let valued =
            |attempt: &&Attempt| given.valued().is_some() && given.valued() == attempt.subject.as_deref();
        if left.is_some()
            && let Some(attempt) = self.attempts.iter().rfind(valued)
        {
            let start = attempt.start;
            return Some(Place {
                start,
                left,
                tries: true,
            });
        }
        // What was given before a case is none of it.
        let mut cases = self.attempts.iter().filter(|attempt| attempt.by == Turn::Case);
        let case = cases.next_back().map_or(0, |case| case.start);
        // In the middle of a paragraph only what it began with goes on to another case.
        let far = self.tree.nodes.len().saturating_sub(NEAR);
        let is_beside = |(start, before): &&(NodeId, Condition)| {
            *start > case && *start >= far && (begins || *start == self.here) && before.is_beside(given)
        };
        let (start, before) = self.givens.iter().rfind(is_beside)?;
        let start = *start;
        let left = left.or_else(|| self.last.refuted(Some(before.subject())));
        Some(Place {
            start,
            left,
            tries: false,
        })
    }

    /// The step has something given.
    pub(super) fn give(&mut self, given: Condition) {
        if self.givens.len() >= MOST_GIVENS {
            self.givens.remove(0);
        }
        self.givens.push((self.here, given));
    }
}

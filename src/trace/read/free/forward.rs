//! A step backward that is written forward: `7 * 116 = 812. Can I make 116?`
//!
//! Where a calculation takes a number that is not there it is a move like any other, until the text asks for that number:
//! then it has been taken from the goal.

use super::Free;
use crate::{
    task::countdown::Number,
    trace::{
        NodeId, Span,
        prose::{Expression, Sentence},
        walk::{Equation, Walk},
    },
};

/// Words that ask for a number…
const ASKS: [&str; 14] = [
    "need", "needs", "needed", "make", "get", "obtain", "form", "reach", "find", "create", "produce",
    "build", "achieve", "making",
];

/// …so many words behind them at most…
const BETWEEN: usize = 4;

/// …unless one of these stands there: `but we cannot make 116`.
const DENIES: [&str; 8] = ["not", "no", "t", "cannot", "never", "without", "instead", "avoid"];

/// A move that takes a number that is not there, and would be a step backward.
#[derive(Clone, Copy, Debug)]
pub(super) struct Forward {
    node: NodeId,
    /// The state that the step would be taken in, its goal…
    of: NodeId,
    goal: Number,
    /// …the number that is set aside…
    known: Number,
    /// …and the one to be made.
    need: Number,
    span: Span,
    /// The sentence, and where the move ends in it.
    sentence: Span,
    end: usize,
}

impl Free {
    /// After a calculation, `equation` the last move of it: that may turn out to be a step backward.
    pub(super) fn may_be_backward(
        &mut self,
        walk: &Walk,
        sentence: &Sentence<'_>,
        equation: Equation,
        end: usize,
    ) {
        let node = walk.here();
        let lacks = walk
            .tree()
            .nodes
            .get(node)
            .is_some_and(|node| node.available == Some(false));
        if !lacks || !equation.holds() {
            return;
        }
        let Equation {
            a, b, result, span, ..
        } = equation;
        let meant = |of: NodeId| {
            let (goal, there) = (walk.goal_of(of)?, |number: Number| walk.holds_all(of, &[number]));
            let (known, need) = match goal {
                _ if there(goal) => return None,
                goal if goal == result && there(a) => (a, b),
                goal if goal == result && there(b) => (b, a),
                goal if goal == a && there(result) => (result, b),
                goal if goal == b && there(result) => (result, a),
                _ => return None,
            };
            let missing = known == need || !there(need);
            let forward = Forward {
                node,
                of,
                goal,
                known,
                need,
                span,
                sentence: sentence.span,
                end,
            };
            (missing && walk.numbers_of(of).len() > 1).then_some(forward)
        };
        let enough = |forward: &Forward| walk.numbers_of(forward.of).len() > 2;
        let all = || walk.above(node).filter_map(meant);
        self.forward = all().find(enough).or_else(|| all().next());
    }

    /// Whether a number alone is what the last move lacked, and is asked for: then that was a step backward.
    pub(super) fn asks_for(&mut self, walk: &mut Walk, sentence: &Sentence<'_>, number: &Expression) {
        let Some(forward) = self.forward.filter(|forward| number.value == Some(forward.need)) else {
            return;
        };
        let from = if forward.sentence == sentence.span {
            forward.end
        } else {
            0
        };
        let (words, behind) = (
            sentence.text.get(from..number.start).unwrap_or_default(),
            sentence.text.get(number.end..).unwrap_or_default(),
        );
        if !asks(words) && !is_asked(behind) || !walk.was_need(forward.node, forward.of, forward.span) {
            return;
        }
        let Forward {
            goal,
            known,
            need,
            span,
            ..
        } = forward;
        walk.need(goal, known, need, true, span);
        self.attempt.began = walk.here();
        self.moved(Vec::new(), false);
    }

    /// A sentence is over: what comes behind the next one with numbers asks for nothing of before.
    pub(super) fn forgets_forward(&mut self, sentence: &Sentence<'_>) {
        let old = |forward: &Forward| forward.sentence != sentence.span && !sentence.expressions.is_empty();
        if self.forward.as_ref().is_some_and(old) {
            self.forward = None;
        }
    }
}

/// Whether words before a number ask for it.
fn asks(words: &str) -> bool {
    let lower = words.to_ascii_lowercase();
    let words = lower
        .rsplit(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty());
    has(words.take(BETWEEN + 1), &ASKS)
}

/// Whether words behind a number do: `3 would be needed`.
fn is_asked(words: &str) -> bool {
    let lower = words.to_ascii_lowercase();
    let clause = lower.split([',', '.', ';', ':']).next().unwrap_or_default();
    has(
        clause.split_ascii_whitespace().take(BETWEEN),
        &["needed", "required"],
    )
}

/// Whether one of `wanted` is among some words, and none of those that deny it.
fn has<'a>(words: impl Iterator<Item = &'a str>, wanted: &[&str]) -> bool {
    let words: Vec<&str> = words.collect();
    words.iter().any(|word| wanted.contains(word)) && !words.iter().any(|word| DENIES.contains(word))
}

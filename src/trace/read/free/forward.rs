//! A step backward that is written forward: `7 * 116 = 812. Can I make 116?`
//!
//! Where a calculation takes a number that is not there it is a move like any other, until the text asks for that number:
//! then it has been taken from the goal.

use super::Free;
use crate::{
    task::countdown::Number,
    trace::{
        NodeId, Span,
        prose::{Expression, Link, Sentence},
        walk::{Equation, Walk, contains, take},
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

/// A move to the goal that takes two numbers that are not there: `60 - 10 = 50`, before `60 = 12 * 5`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    move_: Equation,
    /// The node it opened, unless that has been taken back, and the state it was made in.
    node: Option<NodeId>,
    of: NodeId,
    /// The last sentence about it.
    sentence: Span,
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
        let Some(of) = walk.above(node).next().filter(|_| self.forward.is_none()) else {
            return;
        };
        let there = |number: Number| walk.holds_all(of, &[number]);
        if walk.goal_of(of) == Some(result) && !there(a) && !there(b) {
            self.plan = Some(Plan {
                move_: equation,
                node: Some(node),
                of,
                sentence: sentence.span,
            });
        }
    }

    /// Whether a chain tells what a number was made of that was not there before: `35 + 6 = 41. 6 = 8 - 2.` Then the move with
    /// it was a step backward, or one that can be made once its numbers are there; and whether nothing is left to do.
    pub(super) fn explains_before(
        &mut self,
        walk: &mut Walk,
        sentence: &Sentence<'_>,
        chain: &[Expression],
    ) -> bool {
        let (number, made) = match chain {
            [number, made] if number.steps.is_empty() && !made.steps.is_empty() => (number, made),
            [made, number] if number.steps.is_empty() && !made.steps.is_empty() => (number, made),
            _ => return false,
        };
        let linked = chain.last().is_some_and(|last| last.link == Link::Equal) && number.value == made.value;
        let Some(value) = number.value.filter(|_| linked) else {
            return false;
        };
        if contains(walk.numbers_of(walk.here()), &made.operands)
            && self.forward.is_none()
            && self.plan.is_none()
        {
            return false;
        }
        let place = Span::new(
            sentence.span.start + chain.first().map_or(0, |first| first.start),
            sentence.span.start + chain.last().map_or(0, |last| last.end),
        );
        if self.makes_known(walk, sentence, (number, made), place) {
            return true;
        }
        if let Some(forward) = self.forward.filter(|forward| forward.need == value) {
            let rest = take(walk.numbers_of(forward.of), &[forward.known]).unwrap_or_default();
            if contains(&rest, &made.operands) {
                self.was_need(walk, &forward);
            }
            return false;
        }
        let Some(plan) = self
            .plan
            .filter(|plan| [plan.move_.a, plan.move_.b].contains(&value))
        else {
            return false;
        };
        let here = if plan.node.is_some() { plan.of } else { walk.here() };
        if !walk.holds_all(here, &made.operands) {
            return false;
        }
        if let Some(node) = plan.node {
            if !walk.was_need(node, plan.of, plan.move_.span) {
                return false;
            }
            self.moved(Vec::new(), false);
        }
        let (mut made, mut number) = (made.clone(), number.clone());
        (made.link, number.link) = (Link::None, Link::Equal);
        let turned = [made, number];
        self.calculate(walk, sentence, &turned, (&turned, false), place);
        let Equation { a, b, .. } = plan.move_;
        if walk.holds_all(walk.here(), &[a, b]) {
            walk.forward(plan.move_, None, plan.move_.span);
            self.moved(Vec::new(), false);
        } else {
            self.plan = Some(Plan {
                node: None,
                sentence: sentence.span,
                ..plan
            });
        }
        true
    }

    /// The last move was a step backward: it is made as that.
    fn was_need(&mut self, walk: &mut Walk, forward: &Forward) -> bool {
        let Forward {
            node,
            of,
            goal,
            known,
            need,
            span,
            ..
        } = *forward;
        if !walk.was_need(node, of, span) {
            return false;
        }
        walk.need(goal, known, need, true, span);
        self.attempt.began = walk.here();
        self.moved(Vec::new(), false);
        true
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
        if asks(words) || is_asked(behind) {
            self.was_need(walk, &forward);
        }
    }

    /// A sentence is over: what comes behind the next one with numbers asks for nothing of before.
    pub(super) fn forgets_forward(&mut self, sentence: &Sentence<'_>) {
        let old = |forward: &Forward| forward.sentence != sentence.span && !sentence.expressions.is_empty();
        if self.forward.as_ref().is_some_and(old) {
            self.forward = None;
        }
        let old = |plan: &Plan| plan.sentence != sentence.span && !sentence.expressions.is_empty();
        if self.plan.as_ref().is_some_and(old) {
            self.plan = None;
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
    let made = [
        "can be made from",
        "can't be made from",
        "cannot be made from",
        "must be made from",
        "has to come from",
    ];
    has(
        clause.split_ascii_whitespace().take(BETWEEN),
        &["needed", "required"],
    ) || made
        .iter()
        .any(|words| clause.trim_start().replace('\u{2019}', "'").starts_with(words))
}

/// Whether one of `wanted` is among some words, and none of those that deny it.
fn has<'a>(words: impl Iterator<Item = &'a str>, wanted: &[&str]) -> bool {
    let words: Vec<&str> = words.collect();
    words.iter().any(|word| wanted.contains(word)) && !words.iter().any(|word| DENIES.contains(word))
}

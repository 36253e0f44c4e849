//! State evidence in free text: arithmetic that only makes sense as reasoning from the target back.
//!
//! `237 - 193 = 44` with the target 237, `624 = 24 × 26`, `326 + 26 = 352` where there is no 26.

use super::{
    Habit,
    detector::{behavior, shows},
};
use crate::{
    task::countdown::{Number, Op},
    trace::{
        Tree,
        prose::{Expression, Link, Sentence, Step},
        record::Behavior,
    },
};
use foldhash::fast::RandomState;
use std::collections::HashSet;

/// Calculations that may stand in a sentence before one from a number that is not there: at the end of a longer row it is
/// a slip and no step back.
const MOST_BEFORE: usize = 1;

/// Numbers remembered at most; a text that names more has other things to show.
const MOST_KNOWN: usize = 10_000;

/// The numbers that are there or have been made.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    known: HashSet<Number, RandomState>,
    /// Whether the problem has been looked at…
    begun: bool,
    /// …and its goal…
    goal: Option<Number>,
    /// …which is one of the given numbers.
    given: bool,
    /// The last calculation came to the goal.
    made: bool,
}

impl Evidence {
    /// Adds a span when the sentence's arithmetic goes from the target back. Where a rule has said so behind `from` that
    /// stands already: then what the states prove is handed back, for whoever lays the layers side by side.
    pub fn read(
        &mut self,
        sentence: &Sentence<'_>,
        tree: &Tree,
        checking: bool,
        found: &mut Vec<Behavior>,
        from: usize,
    ) -> Option<Box<Behavior>> {
        if sentence.expressions.is_empty() {
            return None;
        }
        if !std::mem::replace(&mut self.begun, true) {
            self.goal = tree.goal();
            self.known.extend(tree.given());
            self.given = self.goal.is_some_and(|goal| self.known.contains(&goal));
        }
        let goal = self.goal?;
        let habit = Habit::BackwardChaining;
        let proof = self.reason(sentence, tree, goal, checking);
        let proof =
            proof.map(|(rule, evidence)| behavior(habit, sentence.span, "state", rule, evidence, 0.9));
        let beside = match proof {
            Some(proof) if shows(found, from, habit.name()) => Some(Box::new(proof)),
            news => {
                found.extend(news);
                None
            }
        };
        for expression in sentence.expressions {
            self.learn(expression);
        }
        // An attempt that is only written down brings its numbers: what follows works it out.
        if let [attempt] = sentence.expressions
            && attempt.steps.len() > 1
            && self.known.len() < MOST_KNOWN
        {
            self.known.extend(&attempt.operands);
        }
        if let Some(last) = sentence.calculations().last() {
            self.made = last.value == Some(goal);
        }
        beside
    }

    fn reason(
        &self,
        sentence: &Sentence<'_>,
        tree: &Tree,
        goal: Number,
        checking: bool,
    ) -> Option<(&'static str, String)> {
        let written = |e: &Expression| sentence.text.get(e.start..e.end).unwrap_or_default();
        // A target that is a given number or has just been made is a number like another.
        let sought = |e: &&Expression| !self.given && !self.made && !goes_on(sentence, e);
        let new = !self.known.contains(&goal);
        let takes_away = |step: &Step| matches!(step.op, Op::Sub | Op::Div);
        for e in sentence.calculations().filter(sought) {
            let from_target = e.steps.first().is_some_and(|step| step.a == Some(goal))
                && e.steps.iter().all(takes_away)
                && (new || e.steps.len() == 1);
            // With nothing left, how far an attempt has come from it is no way to it.
            let to_target = matches!(e.steps.as_slice(), [step] if step.op == Op::Sub && step.b == Some(goal)
                && step.a.is_none_or(|reached| !is_all(tree, sentence, reached)));
            let needs = || e.operands.contains(&goal) && is_need(tree, sentence);
            if from_target || to_target || needs() {
                return Some((
                    "backward_chaining.from-target",
                    format!("calculates with the target: {}", written(e)),
                ));
            }
        }
        for pair in sentence.expressions.windows(2) {
            let [left, right] = pair else { continue };
            if left.steps.is_empty()
                && left.value == Some(goal)
                && left.link == Link::None
                && matches!(right.link, Link::Equal | Link::Near)
                && right.operands.iter().any(|n| !self.known.contains(n))
                && begins_with_target(sentence.shape)
            {
                return Some((
                    "backward_chaining.taken-apart",
                    format!("takes the target apart: {}", written(right)),
                ));
            }
        }
        if checking || sentence.shape.starts_with('=') || lacks(sentence.shape) {
            return None;
        }
        self.missing(sentence, goal)
    }

    /// `326 + 26 = 352`: the target from a number that is not there.
    fn missing(&self, sentence: &Sentence<'_>, goal: Number) -> Option<(&'static str, String)> {
        let mut made = Self::default();
        let mut before = 0;
        for pair in sentence.expressions.windows(2) {
            let [left, right] = pair else { continue };
            let there = |n: &Number| self.known.contains(n) || made.known.contains(n);
            if let [_] = left.steps.as_slice()
                && before <= MOST_BEFORE
                && left.value == Some(goal)
                && right.value == Some(goal)
                && !goes_on(sentence, left)
                && (right.link == Link::Equal || supposed_equal(between(sentence, left, right)))
                && let Some(absent) = left.operands.iter().find(|n| !there(n))
            {
                return Some((
                    "backward_chaining.missing-number",
                    format!("needs {absent}, which is not there"),
                ));
            }
            // What a sum reaches on its way is there, too.
            made.learn(left);
            before += usize::from(!left.steps.is_empty() && right.link == Link::Equal);
        }
        None
    }

    fn learn(&mut self, expression: &Expression) {
        if self.known.len() >= MOST_KNOWN {
            return;
        }
        let result = expression.steps.is_empty() && expression.link == Link::Equal;
        self.known.extend(
            expression
                .value
                .filter(|_| result || !expression.steps.is_empty()),
        );
        self.known
            .extend(expression.steps.iter().filter_map(|step| step.result));
    }
}

/// Whether a number is all that was left before a sentence.
fn is_all(tree: &Tree, sentence: &Sentence<'_>, number: Number) -> bool {
    let mut nodes = tree.nodes.iter().rev();
    let before = nodes.find(|node| node.span.start < sentence.span.start);
    before.is_some_and(|node| node.state.parse() == Ok(number))
}

/// Nodes that one sentence opens, as far as they are looked at.
const MOST_OPENED: usize = 8;

/// Whether the reader has understood a sentence as a step backward: `65 + 7 = 72`, `(77 + 3) / 4 = 20`.
fn is_need(tree: &Tree, sentence: &Sentence<'_>) -> bool {
    let opened = tree.nodes.iter().rev().take(MOST_OPENED);
    let mut own = opened.take_while(|node| node.span.start >= sentence.span.start);
    own.any(|node| node.step.as_deref().is_some_and(|step| step.starts_with("need ")))
}

/// Whether it is said that a number is not there: `30 * 2 = 60, but we don't have a 2` gives the thought up.
fn lacks(shape: &str) -> bool {
    ["n't have a", "not have a", "no longer have"]
        .iter()
        .any(|words| shape.contains(words))
}

/// Whether an expression only goes on with the calculation before it: `53 - 22` in `(84 - 31) - 22 = 53 - 22`.
fn goes_on(sentence: &Sentence<'_>, expression: &Expression) -> bool {
    let at = sentence
        .expressions
        .partition_point(|e| e.start < expression.start);
    let before = at
        .checked_sub(1)
        .and_then(|before| sentence.expressions.get(before));
    expression.link == Link::Equal && before.map_or(sentence.shape.starts_with('='), |e| !e.steps.is_empty())
}

/// What stands between two expressions.
fn between<'a>(sentence: &Sentence<'a>, left: &Expression, right: &Expression) -> &'a str {
    sentence
        .text
        .get(left.end..right.start)
        .unwrap_or_default()
        .trim()
}

/// `71 plus 15 would be 86`, `if we do 88 * 4, we get 352`: what the reader of the arithmetic does not take for a result.
fn supposed_equal(words: &str) -> bool {
    let would = |words: &str| {
        words
            .strip_prefix("would ")
            .is_some_and(|verb| ["be", "give", "equal", "make", "get to"].contains(&verb))
    };
    would(words) || [", we get", ", i get", ", we would get", ", that gives"].contains(&words)
}

/// Whether the sentence, or what follows its colon, begins with the target.
fn begins_with_target(shape: &str) -> bool {
    let head = shape.split_once('@').map_or(shape, |(head, _)| head).trim_end();
    head.is_empty()
        || head.ends_with([':', ',', '.'])
        || [
            "so",
            "now",
            "note",
            "notice",
            "since",
            "because",
            "but",
            "maybe",
            "perhaps",
            "hmm",
            "to get",
            "to make",
            "to reach",
            "target",
            "could write",
            "can write",
            "i need",
            "we need",
        ]
        .iter()
        .any(|word| head.ends_with(word))
}

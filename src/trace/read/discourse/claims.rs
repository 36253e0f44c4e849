//! Whether the calculations that a text states are true: `17 * 20 = 340`.
//!
//! Only what is plainly stated is judged, and where a number may be meant otherwise than it stands (rounded, of another base,
//! around a clock, of another unit) nothing is: a false accusation is worse than a missed one.

use super::{
    Discourse,
    plain::{denies, doubts, is_begun, is_ended, is_odd, is_plain, says_other_unit},
};
use crate::{
    task::countdown::{Number, Op},
    trace::{
        ClaimKind, Span,
        prose::{Expression, Link, Sentence, Step},
        read::rounding::{MOST_DECIMALS, is_rounded, left_out, places},
        tree::Claim,
    },
};
use std::cell::LazyCell;

/// Words between a calculation and its result.
const EQUALS: [&str; 10] = [
    "=",
    "is",
    "equals",
    "is equal to",
    "gives",
    "makes",
    "which is",
    ", which is",
    "which equals",
    "which gives",
];

/// What is counted from the beginning again: bits, weekdays, digits, hours, letters, minutes, degrees.
const CYCLES: [i64; 7] = [2, 7, 10, 12, 24, 26, 60];

/// Bytes of a question that are remembered.
const MOST_ASKED: usize = 4096;

impl Discourse {
    /// The text is over: nothing takes back what it stated last.
    pub fn end(&mut self) {
        self.settle(|_| false);
    }

    /// Takes down the calculations that the step states, and whether they are right.
    pub(super) fn calculate(&mut self, sentence: &Sentence<'_>) {
        // Most sentences neither follow a statement nor make one.
        if !self.stated.is_empty() {
            self.settle(|claim| !claim.holds && denies(sentence.shape));
        }
        let states = |expression: &Expression| expression.link == Link::Equal;
        if !sentence.expressions.iter().any(states) {
            return;
        }
        for (span, fault) in self.asked.calculations(sentence) {
            let claim = Claim::new(ClaimKind::Arithmetic, span, self.here, fault);
            self.stated.push(claim);
        }
    }

    /// What the last sentence stated is recorded, but for what the text takes back: `3 + 4 = 8. This is false.`
    fn settle(&mut self, takes_back: impl Fn(&Claim) -> bool) {
        for claim in self.stated.drain(..).filter(|claim| !takes_back(claim)) {
            if let Some(node) = self.tree.nodes.get_mut(claim.node) {
                node.arithmetic = Some(node.arithmetic != Some(false) && claim.holds);
            }
            self.tree.claims.push(claim);
        }
    }
}

/// What a question has to do with the arithmetic of its answer.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// It is about another arithmetic than everybody's.
    odd: bool,
    /// Its words without the blanks, when an equation may be among them.
    given: String,
}

impl Asked {
    pub fn new(question: &str) -> Self {
        let question = question
            .get(..question.floor_char_boundary(MOST_ASKED))
            .unwrap_or_default();
        let odd = is_odd(&question.to_ascii_lowercase());
        let given = match question.contains('=') {
            true => question.split_whitespace().collect(),
            false => String::new(),
        };
        Self { odd, given }
    }

    /// The calculations that a sentence states: where, and what is wrong with those that are false.
    pub fn calculations(&self, sentence: &Sentence<'_>) -> impl Iterator<Item = (Span, Option<String>)> {
        let behind = sentence.expressions.get(1..).unwrap_or_default();
        let pairs = sentence.expressions.iter().zip(behind);
        let stated = pairs.filter(|(left, right)| right.link == Link::Equal && !left.steps.is_empty());
        // Asked once, or a line with many of them would be read as often.
        let doubtful = LazyCell::new(|| self.odd || doubts(sentence.text));
        stated.filter_map(move |(left, right)| {
            let (span, fault) = self.judge(sentence.text, left, right)?;
            let span = Span::new(sentence.span.start + span.start, sentence.span.start + span.end);
            (fault.is_none() || !*doubtful).then_some((span, fault))
        })
    }

    /// Where an equation of a text stands, and what is wrong with it; nothing when it is not to be judged.
    fn judge(&self, text: &str, left: &Expression, right: &Expression) -> Option<(Span, Option<String>)> {
        let (value, said) = (left.value?, right.value?);
        let start = left.start - lead(left, text);
        if left.partial || right.partial || !is_begun(text.get(..start)?) || !is_ended(text.get(right.end..)?)
        {
            return None;
        }
        let span = Span::new(start, right.end);
        if value == said || right.steps.is_empty() && is_rounded(said, Some(value)) {
            return Some((span, None));
        }
        let is_false = self.is_false(text, (left, value), (right, said));
        is_false.then(|| (span, Some(fault(value, said))))
    }

    /// Whether an equation whose sides have different values can mean nothing that is true.
    fn is_false(
        &self,
        text: &str,
        (left, value): (&Expression, Number),
        (right, said): (&Expression, Number),
    ) -> bool {
        let side = |side: &Expression| {
            text.get(side.start - lead(side, text)..side.end)
                .unwrap_or_default()
        };
        let link = text
            .get(left.end..right.start - lead(right, text))
            .unwrap_or_default();
        let link = link.trim_matches([' ', '$', '*']);
        let written = || text.get(left.start..right.end).unwrap_or_default();
        let given = || written().split_whitespace().collect::<String>();
        EQUALS.contains(&link)
            // `18-25 is`: a range; `9/11 is`: a date.
            && (link == "=" || side(left).contains([' ', '*', '\u{d7}', '\\']))
            && !is_run_on(value, right)
            && [left, right].into_iter().all(|expression| is_plain(side(expression), expression.steps.len()))
            && is_missed(left, value, right, said)
            && !is_cut(value, said)
            && !is_fraction(left, side(left), value, said)
            && !is_length(left, value, said)
            && !comes_round(value, said)
            && !is_in_other_base(left, said)
            && !is_read_otherwise(left, said)
            && !says_other_unit(text.get(right.end..).unwrap_or_default())
            && (self.given.is_empty() || !self.given.contains(&given()))
    }
}

/// What is wrong with a calculation: to so many places as the text gives, and two more, where it has decimals.
fn fault(value: Number, said: Number) -> String {
    match places(said).filter(|_| !value.is_integer()) {
        Some(power) => format!("it is about {:.*}", power.ilog10() as usize + 2, value.to_f64()),
        None => Claim::misses(Some(value)),
    }
}

/// The length of what stands before an expression and belongs to it: the sign of a number below zero, the command of a
/// fraction.
fn lead(expression: &Expression, text: &str) -> usize {
    const LEADS: [&str; 5] = ["-", "\u{2212}", "\\frac", "\\dfrac", "\\tfrac"];
    let (before, own) = text.split_at_checked(expression.start).unwrap_or_default();
    let negative = expression
        .operands
        .first()
        .is_some_and(|first| *first < Number::ZERO);
    let leads = match (negative, own.starts_with('{')) {
        (true, false) => LEADS.get(..2),
        (false, true) => LEADS.get(2..),
        _ => None,
    };
    let mut leads = leads.unwrap_or_default().iter();
    leads
        .find(|lead| before.ends_with(**lead))
        .map_or(0, |lead| lead.len())
}

/// Whether two values are further apart than what both sides leave out: places of decimals, the remainder of a division,
/// the last digits of a large number.
fn is_missed(left: &Expression, value: Number, right: &Expression, said: Number) -> bool {
    let operands = || left.operands.iter().chain(&right.operands);
    let decimals = || operands().filter(|operand| !operand.is_integer());
    if decimals().count() > MOST_DECIMALS || decimals().any(|decimal| places(*decimal).is_none()) {
        return false;
    }
    let mut slack = left_out(left, value) + left_out(right, said);
    if let Some(power) = places(said) {
        slack += 1.0 / power as f64;
    }
    if !value.is_integer() && said.is_integer() {
        slack += 1.0;
    }
    // `1/3 + 1/3 + 1/3 = 0.99`: rounded on the way.
    let broken = |step: &Step| step.op == Op::Div && step.result.is_none_or(|result| !result.is_integer());
    if left.steps.len() > 1 && left.steps.iter().any(broken) {
        slack += value.to_f64().abs() / 100.0;
    }
    if let Some(said) = said.to_integer().filter(|said| said % 100 == 0 && *said != 0) {
        let mut unit = 100;
        while said % (unit * 10) == 0 {
            unit *= 10;
        }
        slack += (unit / 2) as f64;
    }
    (value.to_f64() - said.to_f64()).abs() > slack * (1.0 + f64::EPSILON.sqrt())
}

/// `13728 / 16 = 85`: the text ends, or goes on to something else, in the middle of the number.
fn is_cut(value: Number, said: Number) -> bool {
    let (value, said) = (value.to_integer(), said.to_integer());
    let of = |value: i64, said: i64| value.to_string().starts_with(&said.to_string());
    value.zip(said).is_some_and(|(value, said)| of(value, said))
}

/// `3 + 4 = 7 * 2`: what follows the sign goes on with the result.
fn is_run_on(value: Number, right: &Expression) -> bool {
    !right.steps.is_empty() && right.operands.first() == Some(&value)
}

/// `1/6 = 1/36`: a number rather than a division.
fn is_fraction(left: &Expression, text: &str, value: Number, said: Number) -> bool {
    let single = matches!(left.steps.as_slice(), [step] if step.op == Op::Div);
    let small = value.to_f64().abs() < 1.0 || !said.is_integer();
    single && small && !text.contains([' ', '\u{f7}'])
}

/// `480 - 488 = 9`: as many as there are from one number to another.
fn is_length(left: &Expression, value: Number, said: Number) -> bool {
    let single = matches!(left.steps.as_slice(), [step] if step.op == Op::Sub);
    let sum = value.checked_add(said);
    single && value < Number::ZERO && (sum == Some(Number::ZERO) || sum == Number::new(1, 1))
}

/// Whether a value is what was said after a number of rounds: `10 + 5 = 3` on a clock, `7 + 8 = 5` in a column.
fn comes_round(value: Number, said: Number) -> bool {
    let (Some(value), Some(said)) = (value.to_integer(), said.to_integer()) else {
        return false;
    };
    let round =
        |cycle: &i64| (0..=*cycle).contains(&said) && value.checked_sub(said).is_some_and(|d| d % cycle == 0);
    CYCLES.iter().any(round)
}

/// Whether a single operation is right in a base below ten: `1 + 1 = 10`.
fn is_in_other_base(left: &Expression, said: Number) -> bool {
    let [step] = left.steps.as_slice() else {
        return false;
    };
    let holds = |base: i64| {
        let number =
            |written: Option<Number>| in_base(written?.to_integer()?, base).and_then(|n| Number::new(n, 1));
        let (a, b) = (number(step.a)?, number(step.b)?);
        Some(step.op.apply(a, b)? == number(Some(said))?)
    };
    (2..10).any(|base| holds(base) == Some(true))
}

/// Whether an expression has that value when it is read from left to right (`5 + 7 * 2 = 24`), or put together
/// (`2 + 2 = 22`).
fn is_read_otherwise(left: &Expression, said: Number) -> bool {
    let value = match left.steps.as_slice() {
        [first, last] if left.operands.first().copied() == last.a && last.b == first.result => {
            let (a, b, c) = (last.a, first.a, first.b);
            let before = a.zip(b).and_then(|(a, b)| last.op.apply(a, b));
            before.zip(c).and_then(|(before, c)| first.op.apply(before, c))
        }
        [
            Step {
                a: Some(a),
                op: Op::Add,
                b: Some(b),
                ..
            },
        ] => format!("{a}{b}").parse().ok(),
        _ => None,
    };
    value == Some(said)
}

/// The number whose digits in a base are these.
fn in_base(mut written: i64, base: i64) -> Option<i64> {
    let (mut value, mut place) = (0_i64, 1_i64);
    while written > 0 {
        let digit = written % 10;
        if digit >= base {
            return None;
        }
        value = value.checked_add(digit.checked_mul(place)?)?;
        (written, place) = (written / 10, place.checked_mul(base)?);
    }
    (written == 0).then_some(value)
}

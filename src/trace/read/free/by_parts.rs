//! A calculation that is worked out by parts: `13 * 7: 10 * 7 = 70 and 3 * 7 = 21, total 91`, `73 + 27 = 100 (73 + 20 = 93,
//! 93 + 7 = 100)`. It is one move; what helps with it is none, though what it states is judged.

use super::{Free, forget};
use crate::{
    task::countdown::{Number, Op},
    trace::{
        prose::Expression,
        walk::{Equation, Walk},
    },
};

/// Powers of ten by which a number is cut into parts.
const PLACES: [i64; 3] = [10, 100, 1000];

/// Tenths of its place that a round number is above another at most.
const MOST_LESS: i64 = 3;

/// Steps of an expression that may be worked out by parts.
const MOST_STEPS: usize = 6;

/// What is being worked out.
#[derive(Debug, Default)]
pub(super) struct ByParts {
    /// The steps of the last expression.
    of: Vec<Equation>,
    /// Its value.
    value: Option<Number>,
    /// What has come of its parts so far.
    made: Vec<Number>,
    /// The last part that was multiplied.
    part: Option<Number>,
}

impl ByParts {
    /// Another expression is calculated.
    fn begins(&mut self, value: Option<Number>, steps: &[Equation]) {
        self.made.clear();
        self.part = None;
        self.of.clear();
        self.of.extend(steps.iter().take(MOST_STEPS));
        self.value = value;
    }

    /// The value of the expression, while its parts are calculated.
    pub fn value(&self) -> Option<Number> {
        self.value.filter(|_| !self.made.is_empty())
    }

    /// Whether a step calculates with parts of what is being worked out, or puts together what has come of them.
    fn helps(&mut self, walk: &Walk, step: &Equation) -> bool {
        let part = self.of.iter().find_map(|of| multiplied(of, step));
        let before = self.part;
        self.part = part.map(|(part, _)| part);
        // `10 * 7 = 70, 3 * 7 = 21`, though there is a 3.
        if let Some(((part, whole), before)) = part.zip(before)
            && [before.checked_add(part), before.checked_sub(part)].contains(&Some(whole))
        {
            return true;
        }
        let is_made = |number: Number| self.made.contains(&number);
        let joins = matches!(step.op, Op::Add | Op::Sub) && is_made(step.a) && is_made(step.b);
        let numbers = [step.a, step.b];
        let there = || walk.up_from(walk.here()).any(|id| walk.holds_all(id, &numbers));
        (joins || self.takes_part(step, is_made)) && !there() && walk.elsewhere(&numbers).is_none()
    }

    /// Whether a step calculates with parts of what is being worked out.
    fn takes_part(&self, step: &Equation, is_made: impl Fn(Number) -> bool) -> bool {
        self.of.iter().any(|of| match of.op {
            _ if undoes(of, step) => true,
            Op::Mul => {
                // `300 - 12`, where the twelve is one of the factors: `12 * 24` as `12 * 25` less one twelve.
                let once = matches!(step.op, Op::Add | Op::Sub) && [of.a, of.b].contains(&step.b);
                multiplied(of, step).is_some() || once && is_made(step.a)
            }
            Op::Add | Op::Sub => {
                let side = |number: Number, whole: Number| number == whole || is_part(number, whole);
                let both = |a: Number, b: Number| side(a, of.a) && side(b, of.b) && (a, b) != (of.a, of.b);
                let part = |number: Number| is_part(number, of.a) || is_part(number, of.b);
                let more = |made: Number, number: Number| is_made(made) && part(number);
                match step.op {
                    Op::Add => {
                        let ways = [(step.a, step.b), (step.b, step.a)];
                        ways.iter().any(|(a, b)| both(*a, *b) || more(*a, *b))
                    }
                    Op::Sub => both(step.a, step.b) || more(step.a, step.b),
                    Op::Mul | Op::Div => false,
                }
            }
            Op::Div => false,
        })
    }
}

/// Whether a step tells why a calculation is right: `12 * 13 = 156` behind `156 / 12 = 13`.
fn undoes(of: &Equation, step: &Equation) -> bool {
    let numbers = [(step.a, step.b), (step.b, step.a)];
    let multiplies = (of.op, step.op) == (Op::Div, Op::Mul) && step.result == of.a;
    multiplies && numbers.contains(&(of.b, of.result))
}

/// The part of a factor that a step multiplies in its place, and that factor.
fn multiplied(of: &Equation, step: &Equation) -> Option<(Number, Number)> {
    if (of.op, step.op) != (Op::Mul, Op::Mul) {
        return None;
    }
    let ways = [
        (step.a, step.b, of.a, of.b),
        (step.a, step.b, of.b, of.a),
        (step.b, step.a, of.a, of.b),
        (step.b, step.a, of.b, of.a),
    ];
    let found = ways
        .into_iter()
        .find(|(part, same, whole, other)| same == other && is_part(*part, *whole));
    found.map(|(part, _, whole, _)| (part, whole))
}

impl Free {
    /// Whether an expression only helps with the one that is being worked out; if not, it is what is worked out next.
    pub(super) fn helps(&mut self, walk: &Walk, expression: &Expression, steps: &[Equation]) -> bool {
        let helps = matches!(steps, [step] if self.by_parts.helps(walk, step));
        if helps {
            self.by_parts.made.extend(expression.value);
            forget(&mut self.by_parts.made);
        } else {
            self.by_parts.begins(expression.value, steps);
        }
        helps
    }
}

/// Whether a number is a part of another one: its first places or its last ones (`10` and `3` of 13, `100`, `40`, `47` of 147), or
/// the round number that is a little above it and what that is more (`100` and `2` of 98).
fn is_part(part: Number, whole: Number) -> bool {
    let (true, true) = (part.is_integer(), whole.is_integer()) else {
        return false;
    };
    let (part, whole) = (part.numerator(), whole.numerator());
    if part <= 0 || whole < PLACES[0] || part == whole {
        return false;
    }
    PLACES
        .iter()
        .take_while(|place| **place <= whole.saturating_mul(10))
        .any(|place| {
            let (below, behind) = (whole - whole % place, whole % place);
            let less = place - behind;
            let above = below.saturating_add(*place);
            let round = 10 * less <= MOST_LESS * place && [above, less].contains(&part);
            round || [below, behind, behind - behind % PLACES[0]].contains(&part)
        })
}

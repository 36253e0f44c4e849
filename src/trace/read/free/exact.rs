//! What a text's calculation is exactly: of decimals the values they stand for, of numbers that are not there what they
//! were made of.

use super::{Free, forget};
use crate::{
    task::countdown::{Number, Op},
    trace::{
        Span,
        prose::{Expression, Sentence, Step},
        read::rounding::{evaluated, is_rounded},
        walk::{Equation, Walk, contains},
    },
};
use std::borrow::Cow;

/// Numbers of which a sum that is only said can be one.
const MOST_PARTS: usize = 6;

impl Free {
    /// Remembers a number that is called a sum (`their sum is 123`): it may be calculated with.
    pub(super) fn hear_sums(&mut self, sentence: &Sentence<'_>) {
        if let [only] = sentence.expressions
            && only.steps.is_empty()
            && has_word(sentence.shape, &["sum", "sums", "total", "totals"])
        {
            self.sums.extend(only.value);
            forget(&mut self.sums);
        }
    }
}

/// Whether one of `words` stands in a shape as a word: "their sum", not "I assume".
fn has_word(shape: &str, words: &[&str]) -> bool {
    shape
        .split(|c: char| !c.is_ascii_alphabetic())
        .any(|word| words.contains(&word))
}

/// The moves that evaluate an expression; the last has the result that the text claims.
pub(super) fn equations(expression: &Expression, claimed: Option<Number>, span: Span) -> Vec<Equation> {
    let last = expression.steps.len().saturating_sub(1);
    let steps = expression.steps.iter().enumerate();
    let equation = |(number, step): (usize, &Step)| {
        let claimed = claimed.filter(|claimed| number == last && !is_rounded(*claimed, step.result));
        Some(Equation {
            a: step.a?,
            op: step.op,
            b: step.b?,
            result: claimed.or(step.result)?,
            span,
        })
    };
    steps.map_while(equation).collect()
}

/// The expression with its decimals taken as the numbers that stand there, where they are those rounded: after
/// `67 / 9 = 7.44` the `7.44`. `stated` are results as the text gave them, with what they are. And `516 - 60` where -60
/// stands is a sum.
pub(super) fn exact<'a>(
    expression: &'a Expression,
    numbers: &[Number],
    stated: &[(Number, Number)],
) -> Cow<'a, Expression> {
    if let Some(sum) = sum_with_negative(expression, numbers) {
        return Cow::Owned(sum);
    }
    let meant = |decimal: &Number| {
        let mut fractions = numbers.iter().filter(|number| !number.is_integer());
        let there = decimal.is_integer() || numbers.contains(decimal);
        let is_stated = |number: &Number| stated.contains(&(*decimal, *number));
        fractions.find(|number| !there && (is_stated(number) || is_rounded(*decimal, Some(**number))))
    };
    if expression.operands.iter().all(|operand| meant(operand).is_none()) {
        return Cow::Borrowed(expression);
    }
    Cow::Owned(evaluated(expression, |written| meant(written).copied()))
}

fn sum_with_negative(expression: &Expression, numbers: &[Number]) -> Option<Expression> {
    let ([step], [a, b]) = (&expression.steps[..], &expression.operands[..]) else {
        return None;
    };
    let negative = Number::ZERO.checked_sub(*b)?;
    if step.op != Op::Sub || numbers.contains(b) || !contains(numbers, &[*a, negative]) {
        return None;
    }
    let mut sum = expression.clone();
    sum.operands = vec![*a, negative];
    let step = Step {
        op: Op::Add,
        b: Some(negative),
        ..*step
    };
    sum.steps = vec![step];
    Some(sum)
}

/// The expression with operands that are not among `numbers` made of such as are: the way the text has made them before,
/// or as the sum that it has said they are (`sums`). None when that is not all it lacks.
pub(super) fn as_made(
    walk: &Walk,
    expression: &Expression,
    numbers: &[Number],
    sums: &[Number],
) -> Option<Expression> {
    let mut rest = numbers.to_vec();
    let mut missing: Vec<Number> = Vec::new();
    for operand in &expression.operands {
        match rest.iter().position(|number| number == operand) {
            Some(at) => drop(rest.remove(at)),
            None => missing.push(*operand),
        }
    }
    // Something of it must be there, or it is about something else.
    if missing.is_empty() || missing.len() == expression.operands.len() {
        return None;
    }
    let mut made = expression.clone();
    made.steps.clear();
    for number in missing {
        let parts = match walk.made_of(number, &rest) {
            Some(made) => vec![Step {
                a: Some(made.a),
                op: made.op,
                b: Some(made.b),
                result: Some(made.result),
            }],
            None if sums.contains(&number) => sum_of(number, &rest)?,
            None => return None,
        };
        let at = made.operands.iter().position(|operand| *operand == number)?;
        let results: Vec<Number> = parts.iter().filter_map(|step| step.result).collect();
        let used = parts.iter().flat_map(|step| [step.a, step.b]).flatten();
        let used: Vec<Number> = used.filter(|used| !results.contains(used)).collect();
        for used in &used {
            let at = rest.iter().position(|number| number == used)?;
            rest.remove(at);
        }
        made.operands.splice(at..=at, used);
        made.steps.extend(parts);
    }
    made.steps.extend(&expression.steps);
    contains(numbers, &made.operands).then_some(made)
}

/// The additions that make `sum` of some of `numbers`.
fn sum_of(sum: Number, numbers: &[Number]) -> Option<Vec<Step>> {
    let numbers = numbers.get(..MOST_PARTS.min(numbers.len()))?;
    (1_u32..1 << numbers.len()).find_map(|chosen| {
        let parts = numbers.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1);
        let mut total: Option<Number> = None;
        let mut steps = Vec::new();
        for (_, part) in parts {
            let result = match total {
                None => *part,
                Some(total) => {
                    let result = total.checked_add(*part)?;
                    steps.push(Step {
                        a: Some(total),
                        op: Op::Add,
                        b: Some(*part),
                        result: Some(result),
                    });
                    result
                }
            };
            total = Some(result);
        }
        (total == Some(sum) && !steps.is_empty()).then_some(steps)
    })
}

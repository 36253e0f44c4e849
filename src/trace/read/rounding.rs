//! Decimals that stand for other numbers: rounded, or with their last places left out.

use crate::{task::countdown::Number, trace::prose::Expression};

/// Decimals of an expression that are looked at.
pub(super) const MOST_DECIMALS: usize = 6;

/// Places of a decimal that are looked at.
const MOST_PLACES: u32 = 12;

/// The power of ten that one of a decimal's last place is a part of; none for an integer.
pub(super) fn places(decimal: Number) -> Option<i64> {
    let mut powers = (1..=MOST_PLACES).map(|places| 10_i64.pow(places));
    let power = powers.find(|power| power % decimal.denominator() == 0);
    power.filter(|_| !decimal.is_integer())
}

/// What doubles get wrong.
const SLACK: f64 = 1e-9;

/// Whether a decimal is a value with its last places left out or rounded.
pub(super) fn is_rounded(decimal: Number, value: Option<Number>) -> bool {
    let Some((value, power)) = value.zip(places(decimal)) else {
        return false;
    };
    let (decimal, value, unit) = (decimal.to_f64(), value.to_f64(), 1.0 / power as f64);
    let slack = SLACK * unit * value.abs().max(1.0);
    let left_out = (value - decimal) * decimal.signum();
    (value - decimal).abs() <= unit / 2.0 + slack || (0.0..unit - slack).contains(&left_out)
}

/// Whether an expression with decimals has a value that the places left out may make: of each no more than one of its
/// last place.
pub(super) fn is_near(expression: &Expression, before: Number, value: Number) -> bool {
    if expression.steps.is_empty() {
        return is_rounded(value, Some(before));
    }
    (before.to_f64() - value.to_f64()).abs() <= left_out(expression, value) * (1.0 + SLACK)
}

/// How far the places that the decimals of an expression leave out may move its value.
pub(super) fn left_out(expression: &Expression, value: Number) -> f64 {
    let decimals = expression.operands.iter().filter(|o| !o.is_integer());
    let moved = decimals.take(MOST_DECIMALS).map(|decimal| {
        let one = places(*decimal).and_then(|power| Number::new(1, power));
        let next = one.and_then(|one| decimal.checked_add(one));
        let other = evaluated(expression, |written| next.filter(|_| written == decimal));
        (other.value.unwrap_or(value).to_f64() - value.to_f64()).abs()
    });
    moved.sum()
}

/// The expression with other numbers in the place of those that `meant` knows.
pub(super) fn evaluated(expression: &Expression, meant: impl Fn(&Number) -> Option<Number>) -> Expression {
    let mut exact = expression.clone();
    // What a value of the text is meant to be.
    let mut values: Vec<(Number, Number)> = Vec::new();
    for operand in &mut exact.operands {
        if let Some(number) = meant(operand) {
            values.push((*operand, number));
            *operand = number;
        }
    }
    for step in &mut exact.steps {
        let is = |value: Option<Number>| {
            let of = values.iter().rev().find(|(written, _)| Some(*written) == value);
            of.map_or(value, |(_, meant)| Some(*meant))
        };
        let (a, b) = (is(step.a), is(step.b));
        let result = a.zip(b).and_then(|(a, b)| step.op.apply(a, b));
        values.extend(step.result.zip(result));
        (step.a, step.b, step.result) = (a, b, result);
        exact.value = result;
    }
    exact
}

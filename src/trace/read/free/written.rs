//! What a text writes shorter than it calculates: `12 * 5 = 60, - 7 = 53` goes on with a sign alone, `12 * 5 = 60 - 7 = 53`
//! in one run.

use crate::{
    task::countdown::{Number, Op},
    trace::prose::{Expression, Link, Sentence, Step},
};

/// Signs between a number and what comes of it.
const ARROWS: [&str; 3] = ["->", "\u{2192}", "\u{21d2}"];

/// Words before a sign that goes on with the last result.
const LEADS: [&str; 7] = ["then", "and", "now", "next", "finally", "so", "again"];

/// The expressions of a sentence with all that they calculate, when that is more than is written. `before` is the last result.
pub(super) fn in_full(
    sentence: &Sentence<'_>,
    expressions: &[Expression],
    before: Option<Number>,
) -> Option<Vec<Expression>> {
    let mut pairs = expressions.windows(2);
    if !pairs.any(|pair| matches!(pair, [a, b] if may_be_short(sentence, a, b))) {
        return None;
    }
    let (mut full, mut value): (Option<Vec<Expression>>, _) = (None, before);
    for (at, expression) in expressions.iter().enumerate() {
        let last = at.checked_sub(1).and_then(|last| expressions.get(last));
        let next = expressions.get(at + 1);
        let so_far = || expressions.get(..at).unwrap_or_default().to_vec();
        if let Some(first) = last.and_then(|last| runs_on(sentence, last, expression)) {
            let full = full.get_or_insert_with(so_far);
            let mut expression = expression.clone();
            expression.link = Link::None;
            full.extend([first, expression]);
        } else if let Some(whole) = next.and_then(|next| goes_on(sentence, expression, next, value)) {
            full.get_or_insert_with(so_far).push(whole);
        } else if let Some(full) = &mut full {
            let mut expression = expression.clone();
            // `\u{2212}7 \u{2192} 53`: what the arrow leads to.
            let result = full
                .last()
                .filter(|last| expression.steps.is_empty() && last.value == expression.value);
            if let Some(last) = result
                && expression.link == Link::None
                && !last.steps.is_empty()
                && is_arrow(sentence, last.end, expression.start)
            {
                expression.link = Link::Equal;
            }
            full.push(expression);
        }
        if let Some(last) = full.as_ref().and_then(|full| full.last()) {
            value = last.value;
        } else if !expression.steps.is_empty() || expression.link == Link::Equal {
            value = expression.value;
        }
    }
    full
}

/// Whether either may be for two expressions behind each other; nearly all are not.
fn may_be_short(sentence: &Sentence<'_>, expression: &Expression, next: &Expression) -> bool {
    if expression.steps.is_empty() {
        let before = sentence
            .text
            .as_bytes()
            .get(..expression.start)
            .unwrap_or_default();
        let sign = before.iter().rev().find(|byte| **byte != b' ');
        next.steps.is_empty()
            && sign.is_some_and(|sign| matches!(sign, b'x' | b'X' | b'*' | b'/' | b'+' | b'-' | 0x80..))
    } else {
        next.link == Link::Equal && !next.steps.is_empty() && next.value != expression.value
    }
}

/// `12 * 5 = 60 - 7`: the number that is the result of the one and the first of the other.
fn runs_on(sentence: &Sentence<'_>, last: &Expression, expression: &Expression) -> Option<Expression> {
    let first = *expression.operands.first()?;
    let runs = expression.link == Link::Equal
        && !expression.steps.is_empty()
        && !last.steps.is_empty()
        && last.value == Some(first)
        && expression.value != last.value;
    let own = sentence
        .text
        .get(expression.start..expression.end)
        .filter(|_| runs)?;
    let digits = own
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let length = digits.count();
    let mut result = expression.clone();
    result.steps.clear();
    result.end = expression.start + length;
    (result.operands, result.value) = (vec![first], Some(first));
    (length > 0).then_some(result)
}

/// `- 7`, which `next` says to be what is left of the last result.
fn goes_on(
    sentence: &Sentence<'_>,
    expression: &Expression,
    next: &Expression,
    before: Option<Number>,
) -> Option<Expression> {
    if !expression.steps.is_empty() || !next.steps.is_empty() || expression.link == Link::Equal {
        return None;
    }
    let says = next.link == Link::Equal || is_arrow(sentence, expression.end, next.start);
    let (before, number) = before.filter(|_| says).zip(expression.value)?;
    let ahead = sentence.text.get(..expression.start)?.trim_end();
    let sign = ahead.chars().next_back()?;
    let op = match sign {
        'x' | 'X' => Op::Mul,
        sign => Op::from_symbol(sign)?,
    };
    let number = match number < Number::ZERO {
        true => Number::ZERO.checked_sub(number)?,
        false => number,
    };
    let value = op.apply(before, number)?;
    let lead = ahead.strip_suffix(sign)?.trim_end();
    let word = lead
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let begins =
        word.is_empty() && !lead.ends_with(')') || LEADS.iter().any(|lead| lead.eq_ignore_ascii_case(word));
    if !begins || Some(value) != next.value {
        return None;
    }
    let mut whole = expression.clone();
    whole.start = ahead.len() - sign.len_utf8();
    whole.steps.push(Step {
        a: Some(before),
        op,
        b: Some(number),
        result: Some(value),
    });
    (whole.operands, whole.value, whole.link) = (vec![before, number], Some(value), Link::None);
    Some(whole)
}

/// Whether nothing but an arrow stands between two places of a sentence.
fn is_arrow(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    let between = sentence.text.get(from..to).unwrap_or_default();
    ARROWS.contains(&between.trim_matches([' ', '$']))
}

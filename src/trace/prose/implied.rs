//! Signs that a text leaves out, and brackets it uses for parentheses: `2(7 - 1)`, `(5 + 7)(6 / 3)`, `[(5 + 7) * 2] - 3`.
//!
//! A number before a parenthesis may be anything (`step 2 (7 - 1 = 6)`, `R1 (2)`): it multiplies where the parenthesis
//! follows it at once and holds nothing but arithmetic.

use super::{
    arithmetic::{Kind, Token},
    symbols::operation,
};
use crate::task::countdown::{Number, Op};

/// Words before a number that it counts something for: `option 2(18 - 7)`.
const LABELS: [&str; 16] = [
    "step", "steps", "option", "options", "case", "attempt", "try", "part", "method", "approach", "equation",
    "line", "example", "rule", "number", "way",
];

/// Bytes of a bracket that may be one of an expression.
const LONGEST: usize = 80;

/// Puts the signs into a run of `text` that stand between its factors without being written.
pub(super) fn multiply(run: &mut Vec<Token>, text: &str) {
    let is_calculated = states(run, text);
    let mut at = 1;
    while at < run.len() {
        if is_product(run, at, text, is_calculated) == Some(true)
            && let Some(place) = run.get(at).map(|token| token.start)
        {
            run.insert(
                at,
                Token {
                    kind: Kind::Op(Op::Mul),
                    start: place,
                    end: place,
                },
            );
            at += 1;
        }
        at += 1;
    }
}

/// Puts mixed numbers of a run of `text` together: `3 - 2 2/3`, `= 2 2/3`.
pub(super) fn mix(run: &mut Vec<Token>, text: &str) {
    let mut at = 0;
    while at < run.len() {
        if let Some((number, end)) = mixed(run, at, text)
            && let Some(token) = run.get_mut(at)
        {
            (token.kind, token.end) = (Kind::Number(Some(number)), end);
            run.drain(at + 1..at + 4);
        }
        at += 1;
    }
}

/// The mixed number that a run has at `at`, and its end: an operand, or what something is said to be.
fn mixed(run: &[Token], at: usize, text: &str) -> Option<(Number, usize)> {
    let [whole, above, sign, below, ..] = run.get(at..)? else {
        return None;
    };
    let (Kind::Number(Some(a)), Kind::Number(Some(b)), Kind::Number(Some(c))) =
        (whole.kind, above.kind, below.kind)
    else {
        return None;
    };
    let zero = Number::ZERO;
    let proper = a > zero && zero < b && b < c && a.is_integer() && b.is_integer() && c.is_integer();
    let tight =
        above.end == sign.start && sign.end == below.start && text.get(whole.end..above.start)? == " ";
    if sign.kind != Kind::Op(Op::Div) || !proper || !tight {
        return None;
    }
    let stands = match at.checked_sub(1).and_then(|before| run.get(before)) {
        Some(before) => matches!(before.kind, Kind::Op(_) | Kind::Open),
        None => {
            let before = text.get(..whole.start)?.trim_end();
            ["=", " is", "\u{2248}"].iter().any(|sign| before.ends_with(sign))
        }
    };
    let number = a.checked_add(Op::Div.apply(b, c)?)?;
    stands.then_some((number, below.end))
}

/// Whether the parenthesis at `at` of a run is multiplied with what stands before it. Around lone numbers it must be
/// calculated.
fn is_product(run: &[Token], at: usize, text: &str, is_calculated: bool) -> Option<bool> {
    let (before, opened) = (run.get(at.checked_sub(1)?)?, run.get(at)?);
    let is_group = match before.kind {
        Kind::Close => true,
        Kind::Number(_) => false,
        Kind::Op(_) | Kind::Open => return None,
    };
    if opened.kind != Kind::Open {
        return None;
    }
    let works = |tokens: &[Token]| tokens.iter().any(|token| matches!(token.kind, Kind::Op(_)));
    let own = works(run.get(at..closing(run, at)?)?);
    let gap = text.get(before.end..opened.start)?;
    if is_tight(gap) {
        let fraction = text.get(opened.start..)?.starts_with('{');
        // `2\frac{1}{2}` is two and a half.
        return Some((own || is_calculated) && (is_group || !fraction && !is_label(run, at, text)));
    }
    // `(5 + 7) (6 / 3)`, but no number and what is said of it.
    Some(own && gap.trim().is_empty() && is_group && works(run.get(opening(run, at - 1)?..at)?))
}

/// Whether nothing but TeX that typesets what follows stands between two tokens.
fn is_tight(mut gap: &str) -> bool {
    const TYPESET: [&str; 5] = ["\\left", "\\,", "\\frac", "\\dfrac", "\\tfrac"];
    while let Some(rest) = TYPESET.iter().find_map(|command| gap.strip_prefix(command)) {
        gap = rest;
    }
    gap.is_empty()
}

/// Where the parenthesis at `at` is closed.
fn closing(run: &[Token], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    run.iter()
        .skip(at)
        .position(|token| {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Number(_) | Kind::Op(_) => {}
            }
            depth == 0
        })
        .map(|length| at + length)
}

/// Where the parenthesis was opened that is closed at `at`.
fn opening(run: &[Token], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    run.iter().take(at + 1).rposition(|token| {
        match token.kind {
            Kind::Close => depth += 1,
            Kind::Open => depth = depth.saturating_sub(1),
            Kind::Number(_) | Kind::Op(_) => {}
        }
        depth == 0
    })
}

/// Whether a run is part of a calculation: it has an operation, or a `=` stands beside it.
fn states(run: &[Token], text: &str) -> bool {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return false;
    };
    let before = text.get(..first.start).unwrap_or_default().trim_end();
    let behind = text.get(last.end..).unwrap_or_default().trim_start();
    run.iter().any(|token| matches!(token.kind, Kind::Op(_)))
        || before.ends_with('=')
        || behind.starts_with(['=', '\u{2248}'])
}

/// Whether the number before the parenthesis at `at` is the first of its run and stands behind a word that it counts.
fn is_label(run: &[Token], at: usize, text: &str) -> bool {
    let before = match run {
        [first, ..] if at == 1 => text.get(..first.start).unwrap_or_default().trim_end(),
        _ => return false,
    };
    let word = before
        .rfind(|c: char| !c.is_ascii_alphabetic())
        .map_or(0, |end| end + 1);
    let word = before.get(word..).unwrap_or_default();
    LABELS.iter().any(|label| label.eq_ignore_ascii_case(word))
}

/// Whether the bracket that `text` begins with holds an expression and nothing else.
pub(super) fn is_parenthesis(text: &str) -> bool {
    let Some(mut rest) = text
        .get(..text.floor_char_boundary(LONGEST))
        .and_then(|text| text.strip_prefix('['))
    else {
        return false;
    };
    let mut calculates = false;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            ']' => return calculates,
            '0'..='9' | ' ' | '.' | '(' | ')' => 1,
            _ => match operation(rest, true) {
                Some((_, length)) => {
                    calculates = true;
                    length
                }
                None => return false,
            },
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

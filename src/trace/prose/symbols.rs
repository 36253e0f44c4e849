//! What an expression is made of: numbers, signs and words of operations, and the blanks and TeX between them.

use super::arithmetic::Kind;
use crate::task::countdown::{Number, Op};

/// The number a text begins with, and its length: `18`, `1,898`, `41.5`.
pub(super) fn number(text: &str) -> Option<(Kind, usize)> {
    let bytes = text.as_bytes();
    let mut value = Some(0_i64);
    let mut end = digits(bytes, 0, &mut value);
    if (1..=3).contains(&end) {
        let mut longer = value;
        while bytes.get(end) == Some(&b',') && digits(bytes, end + 1, &mut longer) == 3 {
            (value, end) = (longer, end + 4);
        }
    }
    let mut denominator = Some(1_i64);
    match bytes.get(end) {
        Some(b'.') => {
            let decimals = digits(bytes, end + 1, &mut value);
            if decimals > 0 {
                denominator = u32::try_from(decimals).ok().and_then(|d| 10_i64.checked_pow(d));
                end += 1 + decimals;
            }
        }
        Some(0x80..) if end > 0 => {
            if let Some((sign, above, below)) = vulgar(text.get(end..)?) {
                denominator = Some(below);
                let whole = value.and_then(|whole| whole.checked_mul(below));
                value = whole.and_then(|whole| whole.checked_add(above));
                end += sign;
            }
        }
        _ => {}
    }
    if end == 0 {
        return None;
    }
    let number = value
        .zip(denominator)
        .and_then(|(value, d)| Number::new(value, d));
    Some((Kind::Number(number), end))
}

/// The fraction that `text` begins with as one sign, and the length of that.
fn vulgar(text: &str) -> Option<(usize, i64, i64)> {
    const SIGNS: [(char, i64, i64); 11] = [
        ('\u{bd}', 1, 2),
        ('\u{bc}', 1, 4),
        ('\u{be}', 3, 4),
        ('\u{2153}', 1, 3),
        ('\u{2154}', 2, 3),
        ('\u{2155}', 1, 5),
        ('\u{2156}', 2, 5),
        ('\u{2157}', 3, 5),
        ('\u{2158}', 4, 5),
        ('\u{2159}', 1, 6),
        ('\u{215b}', 1, 8),
    ];
    let first = text.chars().next()?;
    let found = SIGNS.iter().find(|(sign, ..)| *sign == first);
    found.map(|(sign, above, below)| (sign.len_utf8(), *above, *below))
}

/// A number with a minus before it.
pub(super) fn negated((kind, length): (Kind, usize)) -> (Kind, usize) {
    match kind {
        Kind::Number(number) => {
            let negative = number.and_then(|number| Number::ZERO.checked_sub(number));
            (Kind::Number(negative), length)
        }
        other => (other, length),
    }
}

/// Whether the number at byte `at` has a minus of its own before it: `= -9`, `= - 9`, not `2-9`.
pub(super) fn is_negative(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    if let Some(apart) = before.strip_suffix(' ') {
        // Behind these it can be nothing else.
        let before = apart.strip_suffix(['-', '\u{2212}']).map(str::trim_end);
        return before.is_some_and(|before| before.ends_with(['=', '\u{2248}']));
    }
    let before = before.strip_suffix(['-', '\u{2212}']);
    before.is_some_and(|before| {
        !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | ']' | '}' | '-' | '#'))
    })
}

/// How many digits stand in `bytes` from `from` on; they are appended to `value`, which is none when it does not fit.
fn digits(bytes: &[u8], from: usize, value: &mut Option<i64>) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    let mut count = 0;
    for digit in digits {
        *value = value
            .and_then(|value| value.checked_mul(10))
            .and_then(|value| value.checked_add(i64::from(digit - b'0')));
        count += 1;
    }
    count
}

/// Words for operations, between two operands.
const WORDS: [(&str, Op); 6] = [
    ("times ", Op::Mul),
    ("multiplied by ", Op::Mul),
    ("divided by ", Op::Div),
    ("plus ", Op::Add),
    ("minus ", Op::Sub),
    ("over ", Op::Div),
];

/// TeX for operations.
const COMMANDS: [(&str, Op); 3] = [("\\times", Op::Mul), ("\\cdot", Op::Mul), ("\\div", Op::Div)];

/// The operation a text begins with, and its length. Words and `x` only count after an operand and before one.
pub(super) fn operation(text: &str, after_operand: bool) -> Option<(Kind, usize)> {
    let first = text.chars().next()?;
    if first == '\\' {
        let (command, op) = COMMANDS.iter().find(|(command, _)| text.starts_with(command))?;
        return Some((Kind::Op(*op), command.len()));
    }
    if !first.is_ascii_alphabetic() {
        return Op::from_symbol(first).map(|op| (Kind::Op(op), first.len_utf8()));
    }
    if !after_operand {
        return None;
    }
    if let Some(length) = multiplier(text, 0) {
        return Some((Kind::Op(Op::Mul), length));
    }
    let (word, op) = WORDS.iter().find(|(word, _)| text.starts_with(word))?;
    let operand = text
        .get(word.len()..)?
        .starts_with(|c: char| c.is_ascii_digit() || c == '(');
    operand.then_some((Kind::Op(*op), word.len()))
}

/// The length of an `x` at `at` that multiplies: `5 x 3`, `5x(3`. A number of an expression stands on its other side.
pub(super) fn multiplier(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix(['x', 'X'])?;
    let next = rest.trim_start();
    let multiplies = next.starts_with(|c: char| c.is_ascii_digit() || c == '(');
    (multiplies && !is_size(text, at)).then_some(1)
}

/// `9x9`, `2x2`: the size of a grid.
fn is_size(text: &str, at: usize) -> bool {
    let mut before = text.get(..at).unwrap_or_default().bytes().rev();
    let mut after = text.get(at + 1..).unwrap_or_default().bytes();
    let (left, right) = (before.next(), after.next());
    let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
    left == right && digit(left) && !digit(before.next()) && !digit(after.next())
}

/// The length of what does not end an expression: blanks, and TeX that only spaces or begins a formula.
pub(super) fn blank(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if first != '\\' {
        return (first.is_whitespace() || first == '$').then(|| first.len_utf8());
    }
    [
        "\\left", "\\right", "\\(", "\\)", "\\[", "\\]", "\\,", "\\;", "\\ ",
    ]
    .iter()
    .find(|command| text.starts_with(*command))
    .map(|command| command.len())
}

/// The length of a TeX fraction's command.
pub(super) fn fraction(text: &str) -> Option<usize> {
    if !text.starts_with('\\') {
        return None;
    }
    ["\\frac", "\\dfrac", "\\tfrac"]
        .iter()
        .find(|command| {
            text.strip_prefix(**command)
                .is_some_and(|rest| rest.starts_with('{'))
        })
        .map(|command| command.len())
}

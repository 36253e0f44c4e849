//! Expressions within prose, with what the prose says they come to: `So **3 × 5 + 7 = 22**, done.` holds one.
//!
//! Simplification: an expression and its value stand on one line, and what is longer than an expression may be is none.

use super::answer::bare;
use crate::task::countdown::{
    MAX_DEPTH, Op, Problem,
    parser::{self, ExprError, MAX_BYTES, Written},
};
use std::ops::Range;

/// Words between an expression and its value.
const COMES_TO: [&str; 14] = [
    "is equal to ",
    "is exactly ",
    "is ",
    "equals ",
    "gives us ",
    "gives ",
    "makes ",
    "yields ",
    "results in ",
    "evaluates to ",
    "which is ",
    "which equals ",
    "which gives ",
    "that's ",
];
/// Signs between them that are no operations.
const ARROWS: [char; 3] = ['>', '\u{2192}', '\u{21d2}'];
/// How an expression may begin, besides with a digit or a parenthesis.
const OPENING: [&str; 4] = ["\\left", "\\frac", "\\dfrac", "\\tfrac"];
/// Bytes of a parenthesis that follows an operand.
const LONGEST_GROUP: usize = 80;
/// Marks around what is announced, which may stand anywhere in an equation.
const BOX: &str = "\\boxed";

/// An equation, or an expression alone.
#[derive(Clone, Debug)]
pub(super) struct Equation {
    /// The side that has most to it.
    pub(super) written: Written,
    /// What it is said to come to.
    pub(super) claim: Option<i64>,
    /// Its bytes in the text it was found in, all sides of it.
    pub(super) place: Range<usize>,
}

impl Equation {
    /// What stands in `place` of `line`, read.
    pub(super) fn read(line: &str, place: Range<usize>) -> Option<Self> {
        let run = line.get(place.clone())?;
        if run.len() > MAX_BYTES {
            return None;
        }
        let written = most(sides(run)).ok()?;
        let claim = claim(line, &place);
        Some(Self {
            written,
            claim,
            place,
        })
    }

    /// The same with its place in a text that has `start` bytes before the one it was found in.
    pub(super) fn behind(self, start: usize) -> Self {
        Self {
            place: start + self.place.start..start + self.place.end,
            ..self
        }
    }

    /// Whether it has something to work out.
    pub(super) fn is_calculation(&self) -> bool {
        self.written.expr.numbers().len() > 1
    }
}

/// The equations of a line, in order.
pub(super) fn equations(line: &str) -> impl Iterator<Item = Equation> {
    let places = runs(line).into_iter();
    places.filter_map(move |place| Equation::read(line, place))
}

/// What the expression at `place` of `line` is said to come to, in its own equation or by the words behind it.
pub(super) fn claim(line: &str, place: &Range<usize>) -> Option<i64> {
    let run = line.get(place.clone())?;
    let stated = run
        .contains('=')
        .then(|| run.split('=').filter_map(lone).next_back());
    stated.flatten().or_else(|| said_behind(line.get(place.end..)?))
}

/// The side of an equation that has most to it, or the whole text when there is no `=`, with nothing around it but marks.
pub(super) fn written(text: &str) -> Result<Written, ExprError> {
    most(text.split('=').map(|side| parser::parse(bare(side))))
}

/// The side that has most to it.
fn most(mut sides: impl Iterator<Item = Result<Written, ExprError>>) -> Result<Written, ExprError> {
    let first = sides.next().unwrap_or(Err(ExprError::Unfinished));
    sides.fold(first, |best, side| match (best, side) {
        (Ok(best), Ok(side)) if side.expr.numbers().len() <= best.expr.numbers().len() => Ok(best),
        (best, Err(_)) => best,
        (_, side) => side,
    })
}

/// The sides of an equation in prose, without what stands around them.
pub(super) fn sides(text: &str) -> impl Iterator<Item = Result<Written, ExprError>> {
    text.split('=').map(|side| {
        let side = bare(side);
        parser::parse(side).or_else(|_| parser::parse(trimmed(side)))
    })
}

/// How many digits an expression has that uses every number exactly once.
pub(super) fn digits(problem: &Problem) -> usize {
    let numbers = problem.numbers.iter();
    numbers.map(|number| count_digits(&number.to_string())).sum()
}

pub(super) fn count_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Whether an expression uses every number of a problem exactly once.
pub(super) fn uses_all(problem: &Problem, written: &Written) -> bool {
    problem.has_just(written.expr.numbers())
}

/// Where a line has only what equations are made of. Two operands that follow each other belong to different ones.
pub(super) fn runs(line: &str) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut runs = Vec::new();
    let mut at = 0;
    while let Some(skipped) = line
        .get(at..)
        .and_then(|rest| rest.find(|c| matches!(c, '0'..='9' | '(' | '[' | '\\')))
    {
        let start = at + skipped;
        let (mut depth, mut operand, mut digits) = (0_usize, false, false);
        at = start;
        while let Some(rest) = line.get(at..) {
            let adjacent = at > start && is_digit(at - 1);
            let length = match bytes.get(at) {
                Some(b'0'..=b'9') if !operand || adjacent => 1,
                Some(b'(') if !operand || is_factor(line, start, at) => 1,
                Some(b'[') if !operand && is_group(rest) => 1,
                Some(b')') if depth > 0 => 1,
                Some(b']') if depth > 0 && line.get(start..at).is_some_and(|run| run.contains('[')) => 1,
                Some(b'0'..=b'9' | b'(' | b')' | b'[' | b']') | None => 0,
                // No integer, which whoever parses it must see.
                Some(b'.' | b',') if adjacent && is_digit(at + 1) => 1,
                Some(_) => piece(rest, operand),
            };
            match bytes.get(at) {
                _ if length == 0 => break,
                Some(b'(' | b'[') => (depth, operand) = (depth + 1, false),
                Some(b')' | b']') => (depth, operand) = (depth - 1, true),
                Some(b'0'..=b'9') => (operand, digits) = (true, true),
                Some(b' ' | b'\t' | b'$') => {}
                _ => operand = false,
            }
            at += length;
        }
        if digits {
            runs.push(start..at);
        }
        if at == start {
            at += 1;
        }
    }
    runs
}

/// Whether the parenthesis at `at` is multiplied without a sign with what stands before it in a run: `2(7 - 1)`,
/// `(5 + 7) (6 / 3)`.
fn is_factor(line: &str, start: usize, at: usize) -> bool {
    let (before, rest) = (
        line.get(start..at).unwrap_or_default(),
        line.get(at..).unwrap_or_default(),
    );
    let number = before.trim_end_matches(|c: char| c.is_ascii_digit());
    // `R1(2)`
    let in_word = number.is_empty()
        && line
            .get(..start)
            .is_some_and(|line| line.ends_with(char::is_alphanumeric));
    let follows = number.len() < before.len() && !in_word || before.trim_end().ends_with([')', ']']);
    follows && is_group(rest)
}

/// Whether the parenthesis that `rest` begins with is closed and holds nothing but an expression.
fn is_group(rest: &str) -> bool {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = rest.get(at..).filter(|_| at < LONGEST_GROUP) {
        at += match rest.bytes().next() {
            Some(b'(' | b'[') => {
                depth += 1;
                1
            }
            Some(b')' | b']') if depth == 1 => return true,
            Some(b')' | b']') => {
                depth -= 1;
                1
            }
            Some(b'0'..=b'9') => 1,
            Some(b'=') | None => return false,
            Some(_) => match piece(rest, true) {
                0 => return false,
                length => length,
            },
        };
    }
    false
}

/// How many bytes at the start of `rest`, besides digits and parentheses, can belong to an equation. `operand`: one stands
/// before them.
fn piece(rest: &str, operand: bool) -> usize {
    match rest.chars().next() {
        Some(' ' | '\t' | '{' | '}' | '=' | '$' | '&') => 1,
        Some('x' | 'X') if operand && parser::is_operand(rest.get(1..).unwrap_or_default()) => 1,
        Some('\\') if rest.starts_with(BOX) => BOX.len(),
        Some('\\') => parser::command(rest).map_or(0, str::len),
        Some(c) if Op::from_symbol(c).is_some() => c.len_utf8(),
        _ => 0,
    }
}

/// Whether a side of an equation has exactly so many digits, as one has that uses all the numbers. Others need not be parsed.
pub(super) fn has_side(run: &str, digits: usize) -> bool {
    run.split('=').any(|side| count_digits(side) == digits)
}

/// Without a list's dash before it, a tick behind it, a bracket around more than it.
fn trimmed(side: &str) -> &str {
    let mut side = side;
    // What has more brackets than this is no expression.
    for _ in 0..=MAX_DEPTH {
        let before = side;
        while !side.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '(' | '['))
            && !OPENING.iter().any(|opening| side.starts_with(opening))
            && let Some(c) = side.chars().next()
        {
            side = side.get(c.len_utf8()..).unwrap_or_default();
        }
        side = side.trim_end_matches(|c: char| !c.is_ascii_digit() && !matches!(c, ')' | '}' | ']'));
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            let count = |sign: char| side.matches(sign).count();
            side = match count(open).cmp(&count(close)) {
                std::cmp::Ordering::Greater => side.strip_prefix(open).unwrap_or(side),
                std::cmp::Ordering::Less => side.strip_suffix(close).unwrap_or(side),
                std::cmp::Ordering::Equal => side,
            };
        }
        if side == before {
            break;
        }
    }
    side
}

/// A number that stands alone on a side.
fn lone(side: &str) -> Option<i64> {
    let side = bare(side).trim_matches(|c: char| matches!(c, '*' | '$' | '&' | ' ' | '(' | ')' | '{' | '}'));
    let side = side
        .strip_prefix(BOX)
        .map_or(side, |side| side.trim_start_matches('{'));
    let negative = side.strip_prefix(['-', '\u{2212}']);
    let number: i64 = negative.unwrap_or(side).parse().ok()?;
    Some(if negative.is_some() { -number } else { number })
}

/// The value that the words behind an expression give it.
fn said_behind(rest: &str) -> Option<i64> {
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && !ARROWS.contains(&c));
    let number = rest.strip_prefix(ARROWS).or_else(|| {
        let is_said = |words: &&&str| {
            rest.get(..words.len())
                .is_some_and(|rest| rest.eq_ignore_ascii_case(words))
        };
        rest.get(COMES_TO.iter().find(is_said)?.len()..)
    })?;
    let number = number.trim_start_matches([' ', '*', '$', '`']);
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The expressions of a line with what they are said to be.
    fn shown(line: &str) -> Vec<String> {
        let calculations = equations(line).filter(Equation::is_calculation);
        calculations
            .map(|found| match found.claim {
                Some(claim) => format!("{}={claim}", found.written.ascii),
                None => found.written.ascii,
            })
            .collect()
    }

    #[test]
    fn expressions_are_found_within_prose_and_typesetting() {
        for (line, found) in [
            ("The answer is 3 * 5 + 7.", &["3*5+7"][..]),
            ("7*5 = 35. 35 - 3 = 32, too big.", &["7*5=35", "35-3=32"]),
            ("- **3 \u{d7} 5 + 7 = 22** (yes)", &["3*5+7=22"]),
            ("1) (3*5)+7 = 15+7 = 22 \u{2713}", &["(3*5)+7=22"]),
            (r"is $5 \times (5 - \frac{1}{5}) = 24$", &["5*(5-(1/5))=24"]),
            (r"\[ 3 \times 5 + 7 = \boxed{22} \]", &["3*5+7=22"]),
            ("(it is 18 - 7 + 4)", &["18-7+4"]),
            ("{\"answer\": \"3*5+7\"}", &["3*5+7"]),
            ("22 = 3 x 5 + 7, an exact match", &["3*5+7=22"]),
            (r"3 \* 5 + 7 which equals **22**", &["3*5+7=22"]),
            ("3*5+7 -> 22, 3+5 \u{2192} 8", &["3*5+7=22", "3+5=8"]),
            ("3 5 7 (3 + 5)", &["(3+5)"]),
            ("(5 + 7)(6 / 3) = 12 * 2 = 24", &["(5+7)*(6/3)=24"]),
            ("so 2(7 - 1) = 2(6) = 12", &["2*(7-1)=12"]),
            (r"2\left(7 - 1\right) = 12", &["2*(7-1)=12"]),
            (
                "[(5 + 7) \u{d7} (6 \u{f7} 3)] = 12 \u{d7} 2 = 24",
                &["((5+7)*(6/3))=24"],
            ),
            ("step 2 (7 - 1 = 6)", &["7-1=6"]),
            ("step 2(7 - 1 = 6)", &["7-1=6"]),
            (
                "options 3(see above), R1(2), [3+5], [3, 5 + 7]",
                &["(3+5)", "5+7"],
            ),
            ("3 - 5 = -2", &["3-5=-2"]),
            ("1.5 * 4 and 1,000 + 2 and x + 3", &[]),
        ] {
            assert_eq!(shown(line), found, "{line}");
        }
    }

    proptest! {
        #[test]
        fn places_are_those_of_any_text(line in r"([0-9x+*/().,={}$& −×é-]|\\frac|\\boxed|is|->){0,60}") {
            for found in equations(&line) {
                prop_assert!(line.get(found.place).is_some());
            }
        }
    }
}

//! What the words between expressions, and beside them, say of them.

use super::scan::{Expression, Link};
use crate::task::countdown::{Number, Op};

/// Words between two expressions that call them equal.
const EQUAL: [&str; 22] = [
    "=",
    "is",
    "gives",
    "gives us",
    "equals",
    "makes",
    "yields",
    "which is",
    "that's",
    "we get",
    "get",
    "to get",
    "gets us",
    "is equal to",
    "results in",
    "which gives",
    "which equals",
    "gives you",
    "->",
    "\u{2192}",
    "\u{21d2}",
    ", which is",
];

/// Signs that also stand between a result and the next step.
const ARROWS: [&[u8]; 3] = [b"->", "\u{2192}".as_bytes(), "\u{21d2}".as_bytes()];

/// Words behind a number that say that it, or so many, are left…
const LEFT: [&str; 7] = [
    "left",
    "remain",
    "remains",
    "remaining",
    "number",
    "numbers",
    "unused",
];

/// …unless these, or [`EXTENTS`], follow: `26 remains too big`, `26 left me puzzled`.
const STAYS: [&str; 7] = ["too", "very", "a", "an", "the", "me", "us"];

/// Words behind a number that make it a difference: `574, which is 14 less than 588`…
const DIFFERENCES: [&str; 9] = [
    "less", "more", "away", "short", "greater", "bigger", "fewer", "smaller", "larger",
];

/// …those that do so in front of what it differs from: `14 below 588`, but `26 from above`…
const SIDES: [&str; 6] = ["off", "over", "under", "below", "above", "from"];

/// …and those behind `too`: `14 too small`, but `26 too`.
const EXTENTS: [&str; 8] = ["small", "big", "low", "high", "large", "much", "many", "few"];

/// Signs behind an expression that make it a part of something else…
const BEHIND: [char; 6] = ['^', '%', '\u{b2}', '\u{b3}', '\u{b0}', '\u{221a}'];

/// …and in front of it.
const BEFORE: [&str; 5] = ["^", "^{", "\u{221a}", "sqrt", "\\sqrt{"];

/// TeX commands that call a function of what follows them.
const FUNCTIONS: [&str; 14] = [
    "sqrt", "log", "ln", "lg", "exp", "sin", "cos", "tan", "max", "min", "gcd", "det", "arcsin", "arctan",
];

/// Finds out what the shape says between neighbours, and what is only a part.
pub(super) fn link(expressions: &mut [Expression], shape: &str, text: &str, goal: Option<Number>) {
    let mut before: Option<Before> = None;
    // Where the fraction of a mixed number begins: `2 and 2/3`.
    let mut fraction = None;
    for at in 0..expressions.len() {
        let (done, rest) = expressions.split_at_mut(at);
        let Some(expression) = rest.first_mut() else {
            break;
        };
        let from = before.map_or(0, |before| before.mark + 1);
        let between = shape.get(from..expression.mark).unwrap_or_default().as_bytes();
        let words = bare(between);
        expression.link = match before {
            None if !words.starts_with(b"=") => Link::None,
            _ => link_of(words),
        };
        if let Some(before) = before.filter(|before| before.value != expression.value)
            && expression.link == Link::Equal
        {
            if ARROWS.contains(&words) && !before.makes(expression, text)
                || words != b"=" && is_difference(expression, text, before.value.zip(goal))
            {
                expression.link = Link::None;
            } else if !before.calculates {
            } else if is_said_rounded(expression, text) {
                expression.link = Link::Near;
            } else if let Some(end) = whole_part(expression, before.value, text) {
                (expression.link, fraction) = (Link::Near, end);
            } else if let Some(head) = done.last_mut() {
                head.divides_by_fraction(expression.value);
            }
        }
        if let [label] = done
            && is_label(label, expression, text)
        {
            expression.link = Link::None;
        }
        expression.partial = is_partial(expression, text) || fraction == Some(expression.start);
        before = Some(Before {
            mark: expression.mark,
            value: expression.value,
            calculates: !expression.steps.is_empty(),
        });
    }
}

/// Words that a sentence begins with which number what follows.
const LABELS: [&str; 16] = [
    "result",
    "step",
    "option",
    "attempt",
    "try",
    "trial",
    "equation",
    "expression",
    "combination",
    "sum",
    "product",
    "case",
    "line",
    "idea",
    "solution",
    "approach",
];

/// Whether the number that a sentence begins with behind a word only numbers what it is said to be: `Result 1 = 25 + 3`.
fn is_label(label: &Expression, next: &Expression, text: &str) -> bool {
    let numbers = label.steps.is_empty() && next.link == Link::Equal && label.value != next.value;
    numbers && numbers_what_follows(text, label.start)
}

/// Whether nothing but a word that numbers what follows stands before byte `at` of a sentence.
pub(super) fn numbers_what_follows(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let word = before.trim_matches(['*', ' ', '#', '$']);
    before.ends_with([' ', '#']) && LABELS.iter().any(|label| label.eq_ignore_ascii_case(word))
}

/// Words and signs behind a number that say that it is not all of it: `8.\overline{3}`, `8 (rounded down)`.
const ROUNDED: [&str; 16] = [
    "overline{",
    "dot{",
    "(rounded",
    "rounded",
    "(truncated",
    "truncated",
    "(approx",
    "approximately",
    "approx",
    "or so",
    "(floor",
    "(integer division",
    "(integer part",
    "(repeating",
    "repeating",
    "(recurring",
];

/// Bytes between a number and them: blanks, a point, what begins or ends a formula.
const MOST_BETWEEN: usize = 6;

/// Whether the words behind a number say that it is rounded.
fn is_said_rounded(expression: &Expression, text: &str) -> bool {
    if !expression.steps.is_empty() {
        return false;
    }
    let behind = text.get(expression.end..).unwrap_or_default();
    // Nearly every number is followed by another word.
    let first = behind.bytes().find(|byte| !b" .,$\\)".contains(byte));
    if !first.is_some_and(|first| b"odrta(".contains(&first)) {
        return false;
    }
    let words = behind.trim_start_matches([' ', '.', ',', '$', '\\', ')']);
    behind.len() - words.len() <= MOST_BETWEEN
        && behind.len() > words.len()
        && ROUNDED.iter().any(|rounded| words.starts_with(rounded))
}

/// Bytes in which a remainder is said.
const LONGEST_REMAINDER: usize = 24;

/// Words before what a division leaves.
const REMAINDERS: [&str; 8] = [
    "remainder ",
    "remainder: ",
    "rem ",
    "r ",
    "with remainder ",
    "with a remainder of ",
    "with remainder of ",
    "and remainder ",
];

/// Whether an expression is only the whole part of the value before it, and the rest is said behind it: `8 / 3 = 2 remainder
/// 2`, `8 / 3 is 2 and 2/3`. When it is, maybe where the fraction begins.
fn whole_part(expression: &Expression, before: Option<Number>, text: &str) -> Option<Option<usize>> {
    const AND: &str = " and ";
    let (whole, value) = (expression.value?, before?);
    let one = whole.checked_add(Number::from(1))?;
    if !expression.steps.is_empty() || !whole.is_integer() || value <= whole || value >= one {
        return None;
    }
    let behind = text.get(expression.end..)?;
    if let Some(fraction) = behind.strip_prefix(AND) {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let above = digits(fraction);
        let below = fraction.get(above..)?.strip_prefix('/')?;
        return (above > 0 && digits(below) > 0).then(|| Some(expression.end + AND.len()));
    }
    let said = behind.trim_start_matches([' ', ',']);
    let said = said
        .get(..said.floor_char_boundary(LONGEST_REMAINDER))?
        .to_ascii_lowercase();
    let digit = |words: &str| {
        said.strip_prefix(words)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    REMAINDERS.iter().any(|words| digit(words)).then_some(None)
}

impl Expression {
    /// `8 / 1/3` is said to be `claimed`: when only eight by a third is that, it is meant.
    fn divides_by_fraction(&mut self, claimed: Option<Number>) {
        let ([first, second], [a, above, below]) = (&mut self.steps[..], &self.operands[..]) else {
            return;
        };
        if (first.op, second.op) != (Op::Div, Op::Div) || first.a != Some(*a) {
            return;
        }
        let fraction = Op::Div.apply(*above, *below);
        let value = fraction.and_then(|fraction| Op::Div.apply(*a, fraction));
        if value.is_some() && value == claimed && value != self.value {
            (first.a, first.b, first.result) = (Some(*above), Some(*below), fraction);
            (second.a, second.b, second.result) = (Some(*a), fraction, value);
            self.value = value;
        }
    }
}

/// The expression before.
#[derive(Clone, Copy)]
struct Before {
    mark: usize,
    value: Option<Number>,
    calculates: bool,
}

impl Before {
    /// Whether an arrow leads from it to its result: `18 + 7 \u{2192} 26`, but not in `18 + 7 = 25 \u{2192} 25 - 4 = 21`, nor to the
    /// numbers that are left: `18 + 7 \u{2192} 4, 25`, `18 + 7 \u{2192} 4 left`. A question states nothing.
    fn makes(self, expression: &Expression, text: &str) -> bool {
        let behind = text.get(expression.end..).unwrap_or_default();
        let next = behind.trim_start_matches([',', ';', '|', ' ']);
        let next = next.strip_prefix("and ").unwrap_or(next);
        let list = next.starts_with(|c: char| c.is_ascii_digit()) || is_left(next);
        self.calculates && expression.steps.is_empty() && !list && !behind.starts_with('?')
    }
}

/// The word that `text` begins with, and what follows it.
fn first_word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric());
    text.split_at(end.unwrap_or(text.len()))
}

/// Whether `words` behind a number say that it is left.
fn is_left(words: &str) -> bool {
    let (first, behind) = first_word(words);
    let (next, _) = first_word(behind.strip_prefix(' ').unwrap_or_default());
    LEFT.contains(&first) && !STAYS.contains(&next) && !EXTENTS.contains(&next)
}

/// Whether the words behind a number make it a difference. `ends` are the value before it and the goal: between them no
/// word has to say what it differs from.
fn is_difference(expression: &Expression, text: &str, ends: Option<(Number, Number)>) -> bool {
    let behind = text.get(expression.end..).unwrap_or_default();
    let Some(rest) = behind.strip_prefix(' ') else {
        return false;
    };
    let mut words = rest.split(|c: char| !c.is_ascii_alphanumeric());
    let word = words.next().unwrap_or_default();
    let distance = || {
        let (before, goal) = ends?;
        let (less, more) = (before.checked_sub(goal), goal.checked_sub(before));
        Some(expression.value == less || expression.value == more)
    };
    let next = words.next().unwrap_or_default();
    let numbered = next.starts_with(|c: char| c.is_ascii_digit());
    let object = numbered || matches!(words.next(), Some("target" | "goal"));
    match word {
        "too" => EXTENTS.contains(&next),
        word if SIDES.contains(&word) => object || distance().unwrap_or(true),
        word => DIFFERENCES.contains(&word),
    }
}

fn is_partial(expression: &Expression, text: &str) -> bool {
    let before = text.get(..expression.start).unwrap_or_default();
    let behind = text.get(expression.end..).unwrap_or_default();
    let own = text.get(expression.start..expression.end).unwrap_or_default();
    is_behind(before, own) || is_before(behind)
}

/// Whether what stands before an expression makes it a part: a root, a power, a function.
fn is_behind(before: &str, own: &str) -> bool {
    let is_letter = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphabetic());
    let ends_in_word = |text: &str| is_letter(text.bytes().next_back());
    // What stands around it: parentheses of its own, a sign, TeX.
    let outer = before.trim_end_matches(['(', '-', ' ', '\u{2212}']);
    let opened = before
        .get(outer.len()..)
        .is_some_and(|opened| opened.starts_with('('));
    let outer = without_commands(outer);
    let function = own.starts_with('(') && ends_in_word(without_commands(before));
    function || opened && ends_in_word(outer) || BEFORE.iter().any(|sign| outer.ends_with(sign))
}

/// Whether what stands behind an expression makes it a part: a power, a percentage.
fn is_before(behind: &str) -> bool {
    let inside = [')', '}', ' '];
    let behind = behind.trim_start_matches(inside);
    if behind.starts_with(|c: char| c.is_ascii() && c != '\\' && !BEHIND.contains(&c)) {
        return false;
    }
    let behind = behind.strip_prefix("\\right").unwrap_or(behind);
    let behind = behind.trim_start_matches(inside);
    behind.strip_prefix('\\').unwrap_or(behind).starts_with(BEHIND)
}

/// `before` without the TeX commands at its end, which only set what follows (`\left`, `\quad`) or are signs (`\times`);
/// one that names a function is kept.
fn without_commands(mut before: &str) -> &str {
    loop {
        let letters = before.bytes().rev().take_while(u8::is_ascii_alphabetic).count();
        let (outer, command) = before
            .split_at_checked(before.len() - letters)
            .unwrap_or((before, ""));
        match outer.strip_suffix('\\') {
            Some(outer) if !command.is_empty() && !FUNCTIONS.contains(&command) => before = outer,
            _ => return before,
        }
    }
}

/// What words between two expressions, in lower case, say of them.
pub(super) fn link_of(words: &[u8]) -> Link {
    match bare(words) {
        b"" => Link::None,
        b"=" => Link::Equal,
        b"~" => Link::Near,
        b"!=" => Link::Unequal,
        words if EQUAL.iter().any(|equal| equal.as_bytes() == words) => Link::Equal,
        _ => Link::None,
    }
}

/// Words between two expressions without the signs around them.
fn bare(words: &[u8]) -> &[u8] {
    let words = trimmed(words, &[], b"-").trim_ascii();
    trimmed(words, b")(:", b")(:").trim_ascii()
}

/// `words` without these bytes at its beginning and its end.
fn trimmed<'a>(mut words: &'a [u8], left: &[u8], right: &[u8]) -> &'a [u8] {
    while let [first, rest @ ..] = words
        && left.contains(first)
    {
        words = rest;
    }
    while let [rest @ .., last] = words
        && right.contains(last)
    {
        words = rest;
    }
    words
}

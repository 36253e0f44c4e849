//! Sentences of free text, each with its *shape*: the sentence in lower case where arithmetic is written `%`, a number
//! `#` and the goal `@`. `Let me try: 18 × 7 = 126 (too big)` has the shape `let me try: % = # (too big)`.
//!
//! Readers follow the expressions, rules look for phrases in the shape; both are found in one pass over a line.
//! Simplification: a sentence ends at its line's end, whatever the punctuation.

mod arithmetic;
mod implied;
mod links;
mod scan;
mod split;
mod spoken;
mod symbols;

pub use scan::{Expression, Link, Scanner, Step};
pub(in crate::trace) use split::is_result;
pub use spoken::{VERBS, spoken};

use super::Span;

/// One sentence, as the scanner understands it. It borrows from the scanner: copy what must last.
#[derive(Debug)]
pub struct Sentence<'a> {
    /// Its bytes in the trace, without a list's dash or number before it.
    pub span: Span,
    /// Its words as they stand in the trace: the bytes of `span`.
    pub text: &'a str,
    /// Its words in lower case, with `%` for arithmetic, `#` for a number and `@` for the goal.
    pub shape: &'a str,
    /// Its numbers and expressions, in text order.
    pub expressions: &'a [Expression],
    /// What stands before it on its line.
    pub marker: Marker,
    /// Whether it is the first of its line.
    pub first: bool,
}

/// What stands before a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marker {
    /// A list's dash, star or number.
    pub list: bool,
    /// It is a heading, by hashes or by being bold as a whole.
    pub heading: bool,
}

/// Whether a shape says anything: bare arithmetic does not.
#[must_use]
pub fn says(shape: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || byte == b'@';
    shape.bytes().any(word)
}

impl Sentence<'_> {
    /// The expression whose sign stands at a byte of the shape.
    #[must_use]
    pub fn at_mark(&self, mark: usize) -> Option<&Expression> {
        self.expressions.iter().find(|expression| expression.mark == mark)
    }

    /// What the shape says between two of its expressions; none when they are not of the sentence as it is written.
    #[must_use]
    pub fn between(&self, left: &Expression, right: &Expression) -> Option<&str> {
        let is_own = |expression: &&Expression| self.expressions.contains(expression);
        let (left, right) = (Some(left).filter(is_own)?, Some(right).filter(is_own)?);
        self.shape.get(left.mark + 1..right.mark)
    }

    /// The expressions that have an operation.
    pub fn calculations(&self) -> impl Iterator<Item = &Expression> {
        self.expressions
            .iter()
            .filter(|expression| !expression.steps.is_empty())
    }
}

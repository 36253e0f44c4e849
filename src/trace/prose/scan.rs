//! One pass over a line: its sentences, their shapes, their numbers and expressions.

use super::{
    Sentence,
    arithmetic::{Arithmetic, Kind, Token},
    split,
    symbols::{blank, fraction, multiplier, number, operation},
};
use crate::{
    task::countdown::{Number, Op},
    trace::Span,
};

/// Longest expression in tokens; what is longer goes on as another one, so that hostile text stays cheap.
const LONGEST_RUN: usize = 512;

/// A number or an expression as the text writes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expression {
    /// Its first byte in the sentence…
    pub start: usize,
    /// …and one past its last.
    pub end: usize,
    /// The numbers in it, from left to right.
    pub operands: Vec<Number>,
    /// Its operations, innermost first; none for a number alone.
    pub steps: Vec<Step>,
    /// Its value; `None` on division by zero and overflow.
    pub value: Option<Number>,
    /// What stands between the expression before and this one.
    pub link: Link,
    /// Where its sign stands in the shape.
    pub(super) mark: usize,
}

/// One operation of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Left operand.
    pub a: Option<Number>,
    /// Operation.
    pub op: Op,
    /// Right operand.
    pub b: Option<Number>,
    /// Its true result.
    pub result: Option<Number>,
}

/// What the text says of two expressions that follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nothing that is understood.
    #[default]
    None,
    /// `=`, `is`, `gives us`…
    Equal,
    /// `≈`
    Near,
    /// `≠`
    Unequal,
}

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

/// Reads lines; its memory is used again for the next.
#[derive(Clone, Debug, Default)]
pub struct Scanner {
    shape: String,
    run: Vec<Token>,
    expressions: Vec<Expression>,
    arithmetic: Arithmetic,
}

impl Scanner {
    /// Hands on every sentence of `line`, which begins at byte `offset` of the trace. `goal` is written `@` in shapes.
    pub fn read(
        &mut self,
        line: &str,
        offset: usize,
        goal: Option<Number>,
        each: &mut impl FnMut(&Sentence<'_>),
    ) {
        for (number, range) in split::sentences(line).enumerate() {
            let whole = line.get(range.clone()).unwrap_or_default();
            let (length, marker) = if number == 0 {
                split::marker(whole)
            } else {
                (0, super::Marker::default())
            };
            let text = whole.get(length..).unwrap_or_default();
            self.scan(text, goal);
            each(&Sentence {
                span: Span::new(offset + range.start + length, offset + range.end),
                text,
                shape: &self.shape,
                expressions: &self.expressions,
                marker,
                first: number == 0,
            });
        }
    }

    fn scan(&mut self, text: &str, goal: Option<Number>) {
        self.shape.clear();
        self.run.clear();
        self.arithmetic.take_back(&mut self.expressions);
        let bytes = text.as_bytes();
        // Text before this byte has been written to the shape.
        let mut written = 0;
        let mut at = 0;
        let mut fractions = 0_usize;
        loop {
            if self.run.is_empty() && fractions == 0 {
                at = next_beginning(bytes, at);
            }
            let Some(&byte) = bytes.get(at) else { break };
            let rest = text.get(at..).unwrap_or_default();
            let wants_operand = matches!(
                self.run.last().map(|token| token.kind),
                None | Some(Kind::Op(_) | Kind::Open)
            );
            let token = match byte {
                b'0'..=b'9' | b'.' => number(rest),
                b'(' => Some((Kind::Open, 1)),
                b')' => Some((Kind::Close, 1)),
                b'{' if fractions > 0 => Some((Kind::Open, 1)),
                b'}' if fractions > 0 => Some((Kind::Close, 1)),
                _ => operation(rest, !wants_operand),
            };
            match token {
                Some((kind, length)) => {
                    let before_letter = bytes.get(at + length).is_some_and(u8::is_ascii_alphabetic);
                    let word = matches!(kind, Kind::Number(_))
                        && before_letter
                        && multiplier(text, at + length).is_none();
                    if word || self.run.len() >= LONGEST_RUN {
                        // `2nd`, `9x9`: a number that belongs to a word.
                        self.end_run(text, &mut written, goal);
                        fractions = 0;
                        self.push_text(text.get(written..at).unwrap_or_default());
                        self.shape.push('#');
                        written = at + length;
                        at = after_word(bytes, written);
                        continue;
                    }
                    if byte == b'}' && rest.starts_with("}{") {
                        let end = at + 1;
                        self.token(Kind::Close, at, end);
                        self.token(Kind::Op(Op::Div), at, end);
                        at = end;
                        continue;
                    }
                    if byte == b'}' {
                        fractions = fractions.saturating_sub(1);
                    }
                    // A run begins with a number or a parenthesis.
                    if !self.run.is_empty() || matches!(kind, Kind::Number(_) | Kind::Open) {
                        self.token(kind, at, at + length);
                    }
                    at += length;
                }
                None => {
                    if let Some(length) = blank(rest) {
                        at += length;
                    } else if let Some(length) = fraction(rest) {
                        fractions += 1;
                        at += length;
                    } else {
                        self.end_run(text, &mut written, goal);
                        fractions = 0;
                        at = if byte.is_ascii_alphabetic() {
                            after_word(bytes, at)
                        } else {
                            at + rest.chars().next().map_or(1, char::len_utf8)
                        };
                    }
                }
            }
        }
        self.end_run(text, &mut written, goal);
        self.push_text(text.get(written..).unwrap_or_default());
        while self.shape.ends_with(' ') {
            self.shape.pop();
        }
        self.link(text);
    }

    fn token(&mut self, kind: Kind, start: usize, end: usize) {
        self.run.push(Token { kind, start, end });
    }

    /// Cuts what has been collected into expressions and writes the text up to the last of them.
    fn end_run(&mut self, text: &str, written: &mut usize, goal: Option<Number>) {
        if self.run.is_empty() {
            return;
        }
        let from = self.expressions.len();
        let run = std::mem::take(&mut self.run);
        self.arithmetic.cut(&run, &mut self.expressions);
        self.run = run;
        self.run.clear();
        for index in from..self.expressions.len() {
            let Some(expression) = self.expressions.get(index) else {
                break;
            };
            let (start, end) = (expression.start, expression.end);
            let sign = match expression.value {
                _ if !expression.steps.is_empty() => '%',
                value if value.is_some() && value == goal => '@',
                _ => '#',
            };
            self.push_text(text.get(*written..start).unwrap_or_default());
            *written = end;
            if let Some(expression) = self.expressions.get_mut(index) {
                expression.mark = self.shape.len();
            }
            self.shape.push(sign);
        }
    }

    /// Appends words to the shape: in lower case, single blanks, without what only typesets.
    fn push_text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let (plain, special) = rest.split_at(self.plain(rest.as_bytes()));
            let from = self.shape.len();
            self.shape.push_str(plain);
            if let Some(words) = self.shape.get_mut(from..) {
                words.make_ascii_lowercase();
            }
            rest = self.push_special(special);
        }
        if !text.contains('\\') {
            return;
        }
        for (command, sign) in [("\\approx", " ~ "), ("\\neq", " != ")] {
            if text.contains(command)
                && let Some(at) = self.shape.rfind(command)
            {
                self.shape.replace_range(at..at + command.len(), sign);
            }
        }
    }

    /// The bytes a text begins with that go to the shape as they are, but for their case.
    fn plain(&self, text: &[u8]) -> usize {
        let mut after_blank = self.shape.is_empty() || self.shape.ends_with(' ');
        let special = |byte: &u8| match byte {
            b' ' => std::mem::replace(&mut after_blank, true),
            b'*' | b'$' | b'\\' | b'!' | b'\t'..=b'\r' | 0x80.. => true,
            _ => {
                after_blank = false;
                false
            }
        };
        text.iter().position(special).unwrap_or(text.len())
    }

    /// Appends the first character of `text`, which may not go to the shape as it is. Returns what follows it.
    fn push_special<'a>(&mut self, text: &'a str) -> &'a str {
        let mut chars = text.chars();
        let Some(c) = chars.next() else { return text };
        let next = chars.clone().next();
        match c {
            '*' if next == Some('*') => {
                chars.next();
            }
            '$' => {}
            '\\' if matches!(next, Some('(' | ')' | '[' | ']')) => {
                chars.next();
            }
            '\u{2019}' | '\u{2018}' => self.shape.push('\''),
            '\u{2248}' => self.spaced("~"),
            '\u{2260}' => self.spaced("!="),
            '!' if next == Some('=') => {
                chars.next();
                self.spaced("!=");
            }
            c if c.is_whitespace() => {
                if !self.shape.is_empty() && !self.shape.ends_with(' ') {
                    self.shape.push(' ');
                }
            }
            c => self.shape.push(c),
        }
        chars.as_str()
    }

    fn spaced(&mut self, sign: &str) {
        if !self.shape.ends_with(' ') {
            self.shape.push(' ');
        }
        self.shape.push_str(sign);
        self.shape.push(' ');
    }

    /// Finds out what the shape says between neighbours, and which numbers are negative.
    fn link(&mut self, text: &str) {
        let mut before: Option<usize> = None;
        for expression in &mut self.expressions {
            let from = before.map_or(0, |mark| mark + 1);
            let between = self.shape.get(from..expression.mark).unwrap_or_default();
            let negative = expression.steps.is_empty()
                && between.ends_with('-')
                && text
                    .get(..expression.start)
                    .is_some_and(|text| text.ends_with(['-', '\u{2212}']));
            let words = between
                .trim_end_matches('-')
                .trim()
                .trim_matches([')', '(', ':'])
                .trim();
            expression.link = match words {
                _ if before.is_none() && !words.starts_with('=') => Link::None,
                "~" => Link::Near,
                "!=" => Link::Unequal,
                words if EQUAL.contains(&words) => Link::Equal,
                _ => Link::None,
            };
            if negative {
                expression.value = expression.value.and_then(|value| Number::ZERO.checked_sub(value));
                expression.operands.clear();
                expression.operands.extend(expression.value);
            }
            before = Some(expression.mark);
        }
    }
}

/// The next byte from `at` on where an expression can begin: a digit that belongs to no word, a parenthesis, TeX.
fn next_beginning(bytes: &[u8], mut at: usize) -> usize {
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => at = after_word(bytes, at),
            b'0'..=b'9' | b'(' | b'\\' => break,
            b'.' if is_digit(at + 1) => break,
            _ => at += 1,
        }
    }
    at
}

/// One past the letters and digits from `at` on.
fn after_word(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric())
        .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests;

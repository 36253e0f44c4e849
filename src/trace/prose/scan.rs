//! One pass over a line: its sentences, their shapes, their numbers and expressions.

use super::{
    Sentence,
    arithmetic::{Arithmetic, Kind, Token},
    implied,
    links::{link, numbers_what_follows},
    split,
    symbols::{blank, fraction, is_negative, multiplier, negated, number, operation},
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
    /// It is only a part of what the text writes, which is not understood: of a power, a root, a percentage. Nothing
    /// follows from its value.
    pub partial: bool,
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

/// Reads lines; its memory is used again for the next.
#[derive(Clone, Debug, Default)]
pub struct Scanner {
    shape: String,
    /// Whether the sentence's words go to the shape as they are, but for capitals.
    plain: bool,
    run: Vec<Token>,
    /// Whether a parenthesis of the run follows an operand without a sign.
    omits: bool,
    /// Whether a number of the run follows another.
    mixes: bool,
    arithmetic: Arithmetic,
    /// The value with which the last sentence that has one ended.
    before: Option<Number>,
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
            let (mut length, mut marker) = if number == 0 {
                split::marker(whole)
            } else {
                (0, super::Marker::default())
            };
            let mut text = whole.get(length..).unwrap_or_default();
            self.scan(text, goal);
            // `-18 + 7 = 25`: a list's dash, not a sign, when only that makes it true and no negative number was made before.
            if number == 0
                && self.holds() == Some(false)
                && self
                    .first_operand()
                    .is_none_or(|first| Some(first) != self.before)
                && let Some(item) = text.strip_prefix('-')
                && item.starts_with(|c: char| c.is_ascii_digit())
            {
                self.scan(item, goal);
                if self.holds() == Some(true) {
                    length += 1;
                    marker.list = true;
                    text = item;
                } else {
                    self.scan(text, goal);
                }
            }
            let last = self.arithmetic.expressions().last();
            // A sentence without a number makes none: `3 - 8 = -5.`, `That is negative.`, `-5 + 2 = -3.`
            self.before = last.map_or(self.before, |last| last.value);
            each(&Sentence {
                span: Span::new(offset + range.start + length, offset + range.end),
                text,
                shape: &self.shape,
                expressions: self.arithmetic.expressions(),
                marker,
                first: number == 0,
            });
        }
    }

    /// The first number of the sentence.
    fn first_operand(&self) -> Option<Number> {
        self.arithmetic.expressions().first()?.operands.first().copied()
    }

    /// Whether the sentence's first calculation has the value that is said of it; none when nothing is said.
    fn holds(&self) -> Option<bool> {
        match self.arithmetic.expressions() {
            [first, second, ..] if !first.steps.is_empty() && second.link == Link::Equal => {
                Some(first.value == second.value)
            }
            _ => None,
        }
    }

    fn scan(&mut self, text: &str, goal: Option<Number>) {
        self.shape.clear();
        self.run.clear();
        self.arithmetic.clear();
        let bytes = text.as_bytes();
        self.plain = is_plain(bytes);
        // Text before this byte has been written to the shape.
        let mut written = 0;
        let mut at = 0;
        let (mut fractions, mut brackets) = (0_usize, 0_usize);
        loop {
            if self.run.is_empty() && fractions == 0 {
                at = next_beginning(bytes, at);
            }
            let Some(&byte) = bytes.get(at) else { break };
            // Nearly every other byte of an expression: what is not blank takes longer to understand.
            if byte == b' ' {
                at += 1;
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let token = match byte {
                b'0'..=b'9' | b'.' if self.run.is_empty() && is_negative(text, at) => {
                    number(rest).map(negated)
                }
                b'0'..=b'9' | b'.' => number(rest),
                b'(' => Some((Kind::Open, 1)),
                b'[' if implied::is_parenthesis(rest) => {
                    brackets += 1;
                    Some((Kind::Open, 1))
                }
                b']' if brackets > 0 => {
                    brackets -= 1;
                    Some((Kind::Close, 1))
                }
                b')' => Some((Kind::Close, 1)),
                b'+' => Some((Kind::Op(Op::Add), 1)),
                b'-' => Some((Kind::Op(Op::Sub), 1)),
                b'*' => Some((Kind::Op(Op::Mul), 1)),
                b'/' => Some((Kind::Op(Op::Div), 1)),
                b'{' if fractions > 0 => Some((Kind::Open, 1)),
                b'}' if fractions > 0 => Some((Kind::Close, 1)),
                _ if ENDS[usize::from(byte)] => {
                    self.end_run(text, &mut written, goal);
                    (fractions, brackets) = (0, 0);
                    at = match byte.is_ascii_alphabetic() {
                        true => after_word(bytes, at),
                        false => at + 1,
                    };
                    continue;
                }
                _ => operation(rest, !self.wants_operand()),
            };
            if let Some((Kind::Op(Op::Sub), length)) = token
                && self.wants_operand()
                && let sign =
                    length + usize::from(rest.get(length..).is_some_and(|rest| rest.starts_with(' ')))
                && let Some((kind, digits)) = number(rest.get(sign..).unwrap_or_default()).map(negated)
            {
                // `12 * -3`: the sign of a number.
                self.token(kind, at + sign, at + sign + digits);
                at += sign + digits;
                continue;
            }
            match token {
                Some((kind, length)) => {
                    let before_letter = bytes.get(at + length).is_some_and(u8::is_ascii_alphabetic);
                    let word = matches!(kind, Kind::Number(_))
                        && before_letter
                        && multiplier(text, at + length).is_none();
                    if word || self.run.len() >= LONGEST_RUN {
                        // `2nd`, `9x9`: a number that belongs to a word.
                        self.end_run(text, &mut written, goal);
                        (fractions, brackets) = (0, 0);
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
                        (fractions, brackets) = (0, 0);
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
        self.shape.truncate(self.shape.trim_end_matches(' ').len());
        self.shape.make_ascii_lowercase();
        link(self.arithmetic.expressions_mut(), &self.shape, text, goal);
    }

    fn wants_operand(&self) -> bool {
        let before = self.run.last().map(|token| token.kind);
        matches!(before, None | Some(Kind::Op(_) | Kind::Open))
    }

    fn token(&mut self, kind: Kind, start: usize, end: usize) {
        match kind {
            Kind::Open => self.omits |= !self.wants_operand(),
            Kind::Number(_) => self.mixes |= self.run.last().is_some_and(Token::is_number),
            Kind::Op(_) | Kind::Close => {}
        }
        self.run.push(Token { kind, start, end });
    }

    /// Cuts what has been collected into expressions and writes the text up to the last of them.
    fn end_run(&mut self, text: &str, written: &mut usize, goal: Option<Number>) {
        if self.run.is_empty() {
            return;
        }
        let from = self.arithmetic.expressions().len();
        // `Option 2 - 25 * 3 = 75`: the dash stands behind a label.
        if let [number, dash, next, ..] = &self.run[..]
            && from == 0
            && number.is_number()
            && dash.kind == Kind::Op(Op::Sub)
            && dash.start > number.end
            && next.start > dash.end
            && numbers_what_follows(text, number.start)
        {
            self.arithmetic.cut(&self.run[..1], false);
            self.run.drain(..2);
        }
        if std::mem::take(&mut self.mixes) {
            implied::mix(&mut self.run, text);
        }
        if std::mem::take(&mut self.omits) {
            implied::multiply(&mut self.run, text);
        }
        let behind = self.run.last().and_then(|last| text.get(last.end..));
        let broken = behind.is_some_and(|behind| behind.starts_with("..") || behind.starts_with('\u{2026}'));
        self.arithmetic.cut(&self.run, broken);
        self.run.clear();
        for index in from..self.arithmetic.expressions().len() {
            let Some(expression) = self.arithmetic.expressions().get(index) else {
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
            if let Some(expression) = self.arithmetic.expressions_mut().get_mut(index) {
                expression.mark = self.shape.len();
            }
            self.shape.push(sign);
        }
    }

    /// Appends words to the shape: with single blanks, without what only typesets.
    fn push_text(&mut self, text: &str) {
        if self.plain {
            self.push_plain(text);
            return;
        }
        let mut rest = text;
        while !rest.is_empty() {
            let length = rest.bytes().take_while(|byte| PLAIN[usize::from(*byte)]).count();
            let (plain, special) = rest.split_at_checked(length).unwrap_or((rest, ""));
            let mut words = plain;
            while let Some(twice) = words.as_bytes().windows(2).position(|pair| pair == b"  ") {
                let (said, blanks) = words.split_at_checked(twice + 1).unwrap_or((words, ""));
                self.push_plain(said);
                words = blanks.trim_start_matches(' ');
            }
            self.push_plain(words);
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

    /// Appends words that go to the shape as they are, with single blanks between them.
    fn push_plain(&mut self, words: &str) {
        let blank = words.starts_with(' ') && self.after_blank();
        self.shape
            .push_str(words.get(usize::from(blank)..).unwrap_or_default());
    }

    /// Whether another blank would say nothing.
    fn after_blank(&self) -> bool {
        self.shape.bytes().next_back().is_none_or(|last| last == b' ')
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
                if !self.after_blank() {
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
}

/// Whether the words of a sentence go to its shape as they are, but for capitals. Without a branch it goes many bytes at
/// a time.
fn is_plain(bytes: &[u8]) -> bool {
    let special =
        |byte: u8| !byte.is_ascii() | (byte == b'$') | (byte == b'\\') | (byte.wrapping_sub(b'\t') < 5);
    let single = bytes.iter().fold(false, |found, byte| found | special(*byte));
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let twice = pairs.fold(false, |found, (a, b)| {
        found | (a == b) & ((*a == b' ') | (*a == b'*')) | (*a == b'!') & (*b == b'=')
    });
    !single & !twice
}

/// Per byte: whether it goes to the shape as it is, whatever follows it.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 1;
    while byte < 128 {
        plain[byte] = !matches!(byte as u8, b'*' | b'$' | b'\\' | b'!' | b'\t'..=b'\r');
        byte += 1;
    }
    plain
};

/// Per byte: whether it ends an expression, whatever follows it and whatever it is no part of.
const ENDS: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        ends[byte] = !matches!(
            byte as u8,
            // What words of operations begin with, TeX, blanks, and what is looked at before.
            b'x' | b'X' | b't' | b'm' | b'd' | b'p' | b'o' | b'\\' | b'$' | b'\t'..=b'\r' | b' '
        );
        byte += 1;
    }
    ends
};

/// The next byte from `at` on where an expression can begin: a digit that belongs to no word, a parenthesis, TeX. No word
/// goes on at `at`.
fn next_beginning(bytes: &[u8], mut at: usize) -> usize {
    let begins = |byte: &u8| {
        byte.is_ascii_digit() | (*byte == b'.') | (*byte == b'(') | (*byte == b'[') | (*byte == b'\\')
    };
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        // Without a branch sixteen bytes are looked at as one.
        let none = |bytes: &[u8; 16]| !bytes.iter().fold(false, |found, byte| found | begins(byte));
        let far = 16 * rest.as_chunks().0.iter().take_while(|bytes| none(bytes)).count();
        let Some(next) = rest.iter().skip(far).position(begins).map(|next| far + next) else {
            return bytes.len();
        };
        let before = next.checked_sub(1).and_then(|before| rest.get(before));
        let number = rest.get(next + 1).is_some_and(u8::is_ascii_digit);
        at += next;
        match rest.get(next) {
            Some(b'.') if !number => at += 1,
            Some(b'0'..=b'9') if before.is_some_and(u8::is_ascii_alphabetic) => at = after_word(bytes, at),
            _ => return at,
        }
    }
}

/// One past the letters and digits from `at` on.
fn after_word(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count()
}

#[cfg(test)]
mod tests;

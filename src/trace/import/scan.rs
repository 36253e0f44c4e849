//! Cuts a stream of JSON into its values without reading all of it: elements of a list, members of an object.
//!
//! Only brackets and strings are looked at; whether a value is JSON is for whoever parses it. Memory is one value.

use std::io::{self, BufRead};

/// What one value turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// Its bytes.
    Whole(Vec<u8>),
    /// The input ended inside it.
    Cut(Vec<u8>),
    /// It was longer than allowed; it has been passed over.
    TooLong,
}

/// A cursor over JSON.
#[derive(Debug)]
pub(super) struct Scanner<R> {
    input: R,
    /// The line of the next byte, from 1.
    pub(super) line: usize,
}

impl<R: BufRead> Scanner<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, line: 1 }
    }

    /// The next byte that is no space; it stays where it is.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let bytes = self.input.fill_buf()?;
            let Some(&first) = bytes.first() else {
                return Ok(None);
            };
            if !first.is_ascii_whitespace() {
                return Ok(Some(first));
            }
            let spaces = bytes.iter().take_while(|b| b.is_ascii_whitespace());
            let (count, lines) = spaces.fold((0, 0), |(count, lines), b| {
                (count + 1, lines + usize::from(*b == b'\n'))
            });
            self.line += lines;
            self.input.consume(count);
        }
    }

    /// Passes over the byte that was peeked at.
    pub(super) fn skip(&mut self) {
        self.input.consume(1);
    }

    /// Passes over all up to a line that begins with a bracket.
    pub(super) fn seek_bracket(&mut self) -> io::Result<()> {
        let mut begins = false;
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                return Ok(());
            }
            let (mut used, mut over) = (0, false);
            for &byte in bytes {
                over = begins && matches!(byte, b'{' | b'[');
                if over {
                    break;
                }
                used += 1;
                begins = byte == b'\n';
                self.line += usize::from(begins);
            }
            self.input.consume(used);
            if over {
                return Ok(());
            }
        }
    }

    /// The next value, at most `most` bytes of it. At least one byte is passed over.
    pub(super) fn value(&mut self, most: usize) -> io::Result<Raw> {
        self.peek()?;
        self.read(State::default(), Vec::new(), most)
    }

    /// The rest of a value whose first bracket was passed over; that bracket is part of it again.
    pub(super) fn rest(&mut self, bracket: u8, most: usize) -> io::Result<Raw> {
        let mut state = State::default();
        state.take(bracket);
        self.read(state, vec![bracket], most)
    }

    fn read(&mut self, mut state: State, mut raw: Vec<u8>, most: usize) -> io::Result<Raw> {
        let mut long = false;
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                return Ok(if long { Raw::TooLong } else { Raw::Cut(raw) });
            }
            let mut used = 0;
            let mut over = false;
            for &byte in bytes {
                match state.take(byte) {
                    Step::Within => used += 1,
                    Step::Last => {
                        used += 1;
                        over = true;
                        break;
                    }
                    Step::Behind => {
                        over = true;
                        break;
                    }
                }
            }
            let piece = bytes.get(..used).unwrap_or_default();
            self.line += piece.iter().filter(|b| **b == b'\n').count();
            long |= raw.len() + used > most;
            if long {
                raw = Vec::new();
            } else {
                raw.extend_from_slice(piece);
            }
            self.input.consume(used);
            if over {
                return Ok(if long { Raw::TooLong } else { Raw::Whole(raw) });
            }
        }
    }
}

/// How deep in a value one is.
#[derive(Default)]
struct State {
    begun: bool,
    depth: usize,
    quoted: bool,
    escaped: bool,
}

enum Step {
    Within,
    Last,
    Behind,
}

impl State {
    fn take(&mut self, byte: u8) -> Step {
        let first = !std::mem::replace(&mut self.begun, true);
        if self.quoted {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.quoted = false;
                    return self.end();
                }
                _ => {}
            }
            return Step::Within;
        }
        match byte {
            b'"' if first || self.depth > 0 => self.quoted = true,
            b'{' | b'[' if first || self.depth > 0 => self.depth += 1,
            b'}' | b']' if self.depth > 0 => {
                self.depth -= 1;
                return self.end();
            }
            // A bare word, or nonsense, ends where something else begins.
            _ if self.depth == 0 && !first && (byte.is_ascii_whitespace() || b",:{}[]\"".contains(&byte)) => {
                return Step::Behind;
            }
            _ => {}
        }
        Step::Within
    }

    fn end(&self) -> Step {
        if self.depth == 0 { Step::Last } else { Step::Within }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn whole(text: &str) -> Raw {
        Raw::Whole(text.as_bytes().to_vec())
    }

    #[test]
    fn values_are_cut_where_they_end_and_lines_are_counted() {
        let mut scan = Scanner::new(&b" {\"a\":\"}\\\"\"}\n, 12\n\"x\" [1,[2]]tail"[..]);
        assert_eq!(scan.value(99).unwrap(), whole(r#"{"a":"}\""}"#));
        assert_eq!(scan.peek().unwrap(), Some(b','));
        scan.skip();
        assert_eq!((scan.value(99).unwrap(), scan.line), (whole("12"), 2));
        assert_eq!((scan.value(99).unwrap(), scan.line), (whole("\"x\""), 3));
        assert_eq!(scan.value(99).unwrap(), whole("[1,[2]]"));
        assert_eq!(scan.value(99).unwrap(), Raw::Cut(b"tail".to_vec()));
        assert_eq!(scan.peek().unwrap(), None);
    }

    #[test]
    fn a_line_that_begins_with_a_bracket_is_found_again() {
        let mut scan = Scanner::new(&b"x {\n  {\n}\n[1]\n{\"a\":1}"[..]);
        scan.seek_bracket().unwrap();
        assert_eq!((scan.value(99).unwrap(), scan.line), (whole("[1]"), 4));
        scan.seek_bracket().unwrap();
        assert_eq!((scan.value(99).unwrap(), scan.line), (whole(r#"{"a":1}"#), 5));
        scan.seek_bracket().unwrap();
        assert_eq!(scan.peek().unwrap(), None);
    }

    #[test]
    fn a_value_that_is_too_long_is_passed_over() {
        let mut scan = Scanner::new(&b"[1,2,3,4]7 "[..]);
        assert_eq!(scan.value(5).unwrap(), Raw::TooLong);
        assert_eq!(scan.value(5).unwrap(), whole("7"));
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut scan = Scanner::new(&bytes[..]);
            let mut values = 0;
            while scan.peek().unwrap().is_some() {
                scan.value(10).unwrap();
                values += 1;
            }
            prop_assert!(values <= bytes.len());
        }

        #[test]
        fn what_is_json_is_one_value(text in "[a\"\\\\{}\\[\\],:é ]{0,20}") {
            let json = serde_json::json!([text, {"k": text}]).to_string();
            let Raw::Whole(raw) = Scanner::new(json.as_bytes()).value(999).unwrap() else { panic!() };
            let value: Value = serde_json::from_slice(&raw).unwrap();
            prop_assert_eq!(value[0].as_str(), Some(text.as_str()));
        }
    }
}

//! JSON lines: one row on each, so that a broken one hides no other.

use super::{Item, MOST_BYTES, Place, RowError, TOO_LONG, row, shape::Object};
use std::{
    collections::VecDeque,
    io::{self, BufRead, Read},
};

/// Reads rows one line after the other.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    about: Object,
    place: Place,
    line: usize,
    waiting: VecDeque<Item>,
}

/// One line.
enum Line {
    Whole(Vec<u8>),
    TooLong,
    End,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R, place: Place, about: Object) -> Self {
        Self {
            input,
            about,
            place,
            line: 0,
            waiting: VecDeque::new(),
        }
    }

    fn read_line(&mut self) -> io::Result<Line> {
        let mut bytes = Vec::new();
        let most = MOST_BYTES as u64;
        let read = self.input.by_ref().take(most).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(Line::End);
        }
        self.line += 1;
        if bytes.len() < MOST_BYTES || bytes.ends_with(b"\n") {
            return Ok(Line::Whole(bytes));
        }
        drop(bytes);
        self.input.skip_until(b'\n')?;
        Ok(Line::TooLong)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Some(item);
            }
            let line = match self.read_line() {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            let place = self.place.at_line(self.line);
            match line {
                Line::End => return None,
                Line::Whole(bytes) => {
                    let body = bytes.trim_ascii();
                    if !body.is_empty() {
                        self.waiting.extend(row::parse(body, &self.about, place));
                    }
                }
                Line::TooLong => {
                    let reason = TOO_LONG.to_owned();
                    return Some(Ok(Err(RowError { place, reason })));
                }
            }
        }
    }
}

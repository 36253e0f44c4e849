//! JSON lines: one row on each, so that a broken one hides no other; and the events of a recorded stream (`data: {…}`).

use super::{
    MOST_BYTES, Place, TOO_LONG, json,
    shape::Object,
    steps::{Found, Steps},
    stream::Streams,
};
use std::io::{self, BufRead, Read};

/// What a stream ends with.
pub(super) const DONE: &[u8] = b"[DONE]";
/// How lines of events begin that hold no data.
const OTHER_FIELDS: [&[u8]; 4] = [b"event:", b"id:", b"retry:", b":"];

/// Reads rows one line after the other.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    about: Object,
    place: Place,
    line: usize,
    /// Whether lines are fields of events.
    events: bool,
    streams: Streams,
    found: Found,
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
            events: false,
            streams: Streams::default(),
            found: Found::default(),
        }
    }

    /// The same, of lines that are fields of server-sent events.
    pub(super) fn of_events(self) -> Self {
        Self { events: true, ..self }
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

    /// Takes in what stands on a line.
    fn take(&mut self, line: &[u8]) {
        let place = self.place.at_line(self.line);
        let body = line.trim_ascii();
        let body = match field(body) {
            Some(data) if self.events => data.trim_ascii(),
            None if self.events && is_other_field(body) => return,
            _ => body,
        };
        if body.is_empty() {
            return;
        }
        if self.events && body == DONE {
            return self.found.extend(self.streams.close(&self.about));
        }
        match json::parse(body) {
            Ok((value, repaired)) => {
                let place = place.repaired(repaired);
                let rows = self.streams.rows(value, body.len(), &self.about, place);
                self.found.extend(rows);
            }
            Err(reason) => self.found.lost(place, reason),
        }
    }
}

/// What a `data` field holds.
pub(super) fn field(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(b"data:")
}

/// Whether a line is another field of an event, or a comment.
pub(super) fn is_other_field(line: &[u8]) -> bool {
    OTHER_FIELDS.iter().any(|name| line.starts_with(name))
}

impl<R: BufRead> Steps for Lines<R> {
    fn step(&mut self) -> io::Result<bool> {
        match self.read_line() {
            Ok(Line::Whole(line)) => self.take(&line),
            Ok(Line::TooLong) => self.found.lost(self.place.at_line(self.line), TOO_LONG),
            end => {
                self.found.extend(self.streams.end(&self.about));
                return end.map(|_| false);
            }
        }
        Ok(true)
    }

    fn found(&mut self) -> &mut Found {
        &mut self.found
    }
}

//! JSON lines: one row on each, so that a broken one hides no other; and the events of a recorded stream (`data: {…}`).

use super::{
    MOST_BYTES, Place, TOO_LONG, json,
    scan::{Raw, Scanner},
    shape::Object,
    steps::{Found, Steps},
    stream::Streams,
};
use serde_json::Value;
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
        let body = unseparated(line).trim_ascii_end();
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
            Ok((value, repaired)) => self.rows(value, body.len(), place.repaired(repaired)),
            Err(reason) => match several(body).as_slice() {
                [] => self.found.lost(place, reason),
                [only] => self.piece(only, place),
                pieces => {
                    for (number, piece) in (1..).zip(pieces) {
                        self.piece(piece, place.inside(number));
                    }
                }
            },
        }
    }

    /// Takes in one of the values that stand on a line.
    fn piece(&mut self, piece: &[u8], place: Place) {
        match json::parse(piece) {
            Ok((value, repaired)) => self.rows(value, piece.len(), place.repaired(repaired)),
            Err(reason) => self.found.lost(place, reason),
        }
    }

    fn rows(&mut self, value: Value, bytes: usize, place: Place) {
        let rows = self.streams.rows(value, bytes, &self.about, place);
        self.found.extend(rows);
    }
}

/// The values on a line where a comma stands behind the first one, as in a list that lost its brackets, or the next one; none
/// where it is no JSON.
fn several(line: &[u8]) -> Vec<Vec<u8>> {
    let mut scan = Scanner::new(line);
    let mut pieces = Vec::new();
    while let Ok(Some(next)) = scan.peek() {
        if next == b',' && !pieces.is_empty() {
            scan.skip();
            continue;
        }
        match scan.value(MOST_BYTES) {
            Ok(Raw::Whole(piece) | Raw::Cut(piece)) => pieces.push(piece),
            Ok(Raw::TooLong) | Err(_) => return Vec::new(),
        }
        // A row that is one as far as it goes, and has no other behind it, is broken.
        if let [only] = pieces.as_slice()
            && !(matches!(scan.peek(), Ok(Some(b',' | b'{' | b'['))) && json::parse(only).is_ok())
        {
            return Vec::new();
        }
    }
    pieces
}

/// A line without the comma that rows of a list have behind them.
pub(super) fn without_comma(line: &[u8]) -> &[u8] {
    line.strip_suffix(b",").unwrap_or(line)
}

/// A line, or a file, without spaces and the separators of records (RFC 7464) that it begins with.
pub(super) fn unseparated(line: &[u8]) -> &[u8] {
    const SEPARATOR: u8 = 0x1e;
    let is_other = |byte: &u8| !byte.is_ascii_whitespace() && *byte != SEPARATOR;
    let begin = line.iter().position(is_other).unwrap_or(line.len());
    line.get(begin..).unwrap_or_default()
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

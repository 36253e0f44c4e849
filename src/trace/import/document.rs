//! Whole JSON documents: a list of rows, or an object that is one row or holds a list of them. Rows are cut out and read
//! one at a time, so a document may be larger than memory and a broken row hides no other.

use super::{
    MOST_BYTES, Place, TOO_LONG, json, row,
    scan::{Raw, Scanner},
    shape::{self, Object},
    steps::{Found, Steps},
    stream::Streams,
};
use serde_json::Value;
use std::io::{self, BufRead};

/// Members of an object that may be lists of rows.
const LISTS: [&str; 3] = ["samples", "results", "rows"];

/// Reads rows out of documents.
#[derive(Debug)]
pub(super) struct Document<R> {
    scan: Scanner<R>,
    place: Place,
    state: State,
    /// The members of the object so far; those before a list say what holds for its rows.
    about: Object,
    /// Elements that are one row together: messages, sentences.
    gathered: Vec<Value>,
    gathered_bytes: usize,
    gathered_repaired: usize,
    /// Whether the list is one of texts.
    texts: bool,
    /// Whether the object's rows have been read out of a list in it.
    listed: bool,
    /// Rows of lists so far: a file may hold several, and a row's number must say which it is.
    row: usize,
    /// Those of the documents before this one.
    before: usize,
    /// The line in which it begins.
    begun: usize,
    streams: Streams,
    found: Found,
}

/// Where in a document one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Between,
    Members,
    /// In a list; within an object or not.
    Elements {
        inner: bool,
    },
    Done,
}

impl<R: BufRead> Document<R> {
    pub(super) fn new(input: R, place: Place, about: Object) -> Self {
        Self {
            scan: Scanner::new(input),
            place,
            state: State::Between,
            about,
            gathered: Vec::new(),
            gathered_bytes: 0,
            gathered_repaired: 0,
            texts: false,
            listed: false,
            row: 0,
            before: 0,
            begun: 0,
            streams: Streams::default(),
            found: Found::default(),
        }
    }

    /// Something is wrong with what stands here.
    fn complain(&mut self, reason: &str) {
        self.found.lost(self.place.at_line(self.scan.line), reason);
    }

    /// The same, and nothing behind it can be read.
    fn stop(&mut self, reason: &str) {
        self.complain(reason);
        self.state = State::Done;
    }

    /// The same, and what is read next is the document that begins on a line of its own.
    fn go_on(&mut self, reason: &str) -> io::Result<()> {
        self.complain(reason);
        self.about = Object::new();
        self.state = State::Between;
        self.scan.seek_bracket()
    }

    fn read(&mut self) -> io::Result<()> {
        let next = self.scan.peek()?;
        match self.state {
            State::Between => match next {
                Some(b'{') => self.begin(State::Members),
                Some(b'[') => self.begin(State::Elements { inner: false }),
                // Rows of a list that lost its brackets have commas between them.
                Some(b',') => self.scan.skip(),
                Some(_) => self.go_on("what stands here is no JSON list or object")?,
                None => self.state = State::Done,
            },
            State::Members => match next {
                Some(b'}') => {
                    self.scan.skip();
                    self.end_object();
                }
                Some(b',') => self.scan.skip(),
                Some(b'"') => self.member()?,
                Some(_) => self.go_on("this is no JSON: a name in quotes is missing here")?,
                None => self.cut(),
            },
            State::Elements { inner } => match next {
                Some(b']') => {
                    self.scan.skip();
                    self.end_list();
                    self.state = if inner { State::Members } else { State::Between };
                }
                Some(b',') => self.scan.skip(),
                Some(_) => self.element()?,
                None => self.cut(),
            },
            State::Done => {}
        }
        Ok(())
    }

    fn enter(&mut self, state: State) {
        self.scan.skip();
        self.state = state;
    }

    /// A document begins; several may stand one behind the other.
    fn begin(&mut self, state: State) {
        (self.listed, self.texts) = (false, false);
        (self.before, self.begun) = (self.row, self.scan.line);
        self.enter(state);
    }

    /// The file ends too early: what is there already counts.
    fn cut(&mut self) {
        self.end_list();
        self.stop("the file ends in the middle: it was cut off, or is still being written");
    }

    fn member(&mut self) -> io::Result<()> {
        let name = match self.scan.value(MOST_BYTES)? {
            Raw::Whole(bytes) => json::parse(&bytes)
                .ok()
                .and_then(|(name, _)| name.as_str().map(str::to_owned)),
            Raw::Cut(_) | Raw::TooLong => None,
        };
        let (Some(name), Some(b':')) = (name, self.scan.peek()?) else {
            return self.go_on("this is no JSON: a member's name or the colon behind it is broken");
        };
        self.scan.skip();
        if LISTS.contains(&name.as_str()) && self.scan.peek()? == Some(b'[') {
            self.scan.skip();
            // A list of anything but objects is a member like others.
            if matches!(self.scan.peek()?, Some(b'{' | b']')) {
                self.listed = true;
                self.state = State::Elements { inner: true };
                return Ok(());
            }
            let raw = self.scan.rest(b'[', MOST_BYTES)?;
            self.keep(name, raw);
            return Ok(());
        }
        let raw = self.scan.value(MOST_BYTES)?;
        self.keep(name, raw);
        Ok(())
    }

    /// A member that holds for the whole object.
    fn keep(&mut self, name: String, raw: Raw) {
        match raw {
            Raw::Whole(bytes) => match json::parse(&bytes) {
                Ok((value, _)) => {
                    self.about.insert(name, value);
                }
                Err(reason) => self.complain(&format!("`{name}` is left out: {reason}")),
            },
            Raw::TooLong => self.complain(&format!("`{name}` is left out: {TOO_LONG}")),
            Raw::Cut(_) => self.cut(),
        }
    }

    fn element(&mut self) -> io::Result<()> {
        self.row += 1;
        let line = self.scan.line;
        let bytes = match self.scan.value(MOST_BYTES)? {
            Raw::Whole(bytes) => bytes,
            Raw::Cut(_) => {
                self.cut();
                return Ok(());
            }
            Raw::TooLong => {
                self.complain(TOO_LONG);
                return Ok(());
            }
        };
        let mut place = self.place.at_row(self.row);
        place.line = Some(line);
        match json::parse(&bytes) {
            Ok((value, repaired)) if !self.gathered.is_empty() || self.is_piece(&value) => {
                self.gathered_repaired += repaired;
                self.gathered_bytes += bytes.len();
                if self.gathered_bytes <= MOST_BYTES {
                    self.gathered.push(value);
                }
            }
            // Among objects a text is a row that lost its shape.
            Ok((Value::String(text), repaired)) if self.texts || self.is_first() => {
                self.texts = true;
                self.found.extend([row::text(text, place.repaired(repaired))]);
            }
            Ok((value, repaired)) => {
                let place = place.repaired(repaired);
                let rows = self.streams.rows(value, bytes.len(), &self.about, place);
                self.found.extend(rows);
            }
            Err(reason) => self.found.lost(place, reason),
        }
        Ok(())
    }

    /// Whether the first element of a list says that all of them are one row.
    fn is_piece(&self, value: &Value) -> bool {
        self.is_first() && shape::is_one(std::slice::from_ref(value))
    }

    /// Whether an element is the first of a list that is a document by itself.
    fn is_first(&self) -> bool {
        self.row == self.before + 1 && !self.listed
    }

    fn end_list(&mut self) {
        self.found.extend(self.streams.end(&self.about));
        let gathered = std::mem::take(&mut self.gathered);
        if self.gathered_bytes > MOST_BYTES {
            self.complain(TOO_LONG);
        }
        self.gathered_bytes = 0;
        let repaired = std::mem::take(&mut self.gathered_repaired);
        if !gathered.is_empty() {
            let place = self.place.clone().repaired(repaired);
            self.row = self.before + 1;
            self.found
                .extend(row::read(Value::Array(gathered), &self.about, place));
        }
    }

    fn end_object(&mut self) {
        self.state = State::Between;
        let object = std::mem::take(&mut self.about);
        if self.listed && self.row > self.before {
            return;
        }
        let place = self.place.at_line(self.begun);
        self.found
            .extend(row::read(Value::Object(object), &Object::new(), place));
    }
}

impl<R: BufRead> Steps for Document<R> {
    fn step(&mut self) -> io::Result<bool> {
        let read = self.read();
        if read.is_err() {
            self.end_list();
        }
        read.map(|()| self.state != State::Done)
    }

    fn found(&mut self) -> &mut Found {
        &mut self.found
    }
}

//! Traces that somebody else wrote down, as rows: [`Rows`] opens a file or a stream, tells by its content what it is, and
//! reads one row after the other, each a trace of ours with its `source`.
//!
//! Logs of Inspect, rollouts of verl, TRL, verifiers and TinyZero, rows of reasoning-gym, cognitive-behaviors and
//! thought-anchors, chats as the APIs speak or stream them, rows with a `text`, plain texts. What cannot be read is reported with its
//! place and reason and never hides what can. Text is taken as it is, but for bytes that are no UTF-8: they become U+FFFD
//! and are counted. Of any one row at most 256 MiB are read, whatever it unpacks to.

mod beginning;
mod document;
mod draft;
mod faults;
mod inspect;
mod json;
mod lines;
mod logprobs;
mod open;
mod packed;
mod place;
mod prompted;
mod rendered;
mod row;
mod scale;
mod scan;
mod separated;
mod shape;
mod speech;
mod stated;
mod steps;
mod stream;
mod table;
mod verdict;

pub use faults::{Faults, Kind, Places, TOLD};
pub use place::Place;

use super::{Trace, record::Finish};
use crate::{base::id, task::countdown::Problem};
use std::{
    fmt,
    io::{self, BufRead},
    ops::{Deref, DerefMut},
    path::Path,
};

/// Bytes that unpacking may yield in all, and for each packed byte: text packs well, but not better than this.
const MOST_UNPACKED: u64 = 1 << 30;
const MOST_PER_BYTE: u64 = 300;
/// Bytes that one row may have.
const MOST_BYTES: usize = 256 << 20;
/// The sentence about a row that has more.
const TOO_LONG: &str = "it is longer than 256 MiB and has been passed over: cut it into pieces";

/// One row of a file: a trace, as far as the row says, and its problem, when the row says all of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The row as a trace; tree, habits and verdict are not computed here.
    pub trace: Trace,
    /// The problem, when it is whole.
    pub problem: Option<Problem>,
    /// The score that it had before it came to us, from 1 on for right.
    pub recorded: Option<f64>,
    /// Whether it is a problem that no model has written anything to.
    pub unwritten: bool,
    /// What had to be mended before it could be read, and where.
    pub mended: Option<RowError>,
}

/// A row before all is known of it.
#[derive(Debug)]
struct Read {
    row: Row,
    /// A column that says how good it is as a whole, on a scale that the file's other rows tell, and what it says.
    graded: Option<(String, f64)>,
}

impl Deref for Read {
    type Target = Row;

    fn deref(&self) -> &Row {
        &self.row
    }
}

impl DerefMut for Read {
    fn deref_mut(&mut self) -> &mut Row {
        &mut self.row
    }
}

impl Row {
    /// One more thing that had to be mended, or made do with.
    fn remark(&mut self, place: &Place, what: &str) {
        match &mut self.mended {
            Some(before) => {
                before.reason.push_str("; ");
                before.reason.push_str(what);
            }
            None => {
                self.mended = Some(RowError {
                    place: place.clone(),
                    reason: what.to_owned(),
                });
            }
        }
    }
}

/// A row that could not be read, or only after mending.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct RowError {
    /// Where it stands.
    pub place: Place,
    /// What is wrong with it.
    pub reason: String,
}

/// Bytes at the beginning and at the end of a reason that are told: JSON's complaints hold the whole value.
const ENDS: [usize; 2] = [240, 120];

/// A reason without the middle of one that is very long.
fn told(reason: String) -> String {
    let [first, last] = ENDS;
    if reason.len() <= first + last {
        return reason;
    }
    let beginning = reason.get(..reason.floor_char_boundary(first));
    let end = reason.get(reason.ceil_char_boundary(reason.len() - last)..);
    format!(
        "{}\u{2026}{}",
        beginning.unwrap_or_default(),
        end.unwrap_or_default()
    )
}

impl RowError {
    /// A row that cannot be read for a reason that may have its words from the row.
    fn new(place: Place, reason: String) -> Self {
        Self {
            place,
            reason: told(reason),
        }
    }

    /// The line that stands in the output for the row that is missing.
    #[must_use]
    pub fn to_trace(&self, index: usize) -> Trace {
        Trace {
            id: id::new(&self.to_string()),
            created: id::now(),
            index,
            source: Some(self.place.to_value()),
            finish: Some(Finish::Error),
            error: Some(self.reason.clone()),
            ..Trace::default()
        }
    }
}

/// What reading yields: a row, the reason why there is none, or that the input itself failed.
type Item = io::Result<Result<Read, RowError>>;

/// Reads rows one after the other.
pub struct Rows<'a>(State<'a>);

/// Nothing is read before somebody asks.
enum State<'a> {
    Fresh(open::Input<'a>, String),
    Reading(scale::Scaled<'a>),
    Over,
}

impl<'a> Rows<'a> {
    /// The rows of a stream; `file` is its name in reports.
    pub fn new(input: impl BufRead + Send + 'a, file: &str) -> Self {
        Self(State::Fresh(Box::new(input), file.to_owned()))
    }

    /// The rows of a file, or of a directory that verifiers wrote.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Rows<'static>> {
        Ok(Rows(State::Reading(scale::Scaled::new(open::path(path)?))))
    }
}

impl Iterator for Rows<'_> {
    type Item = io::Result<Result<Row, RowError>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let State::Fresh(..) = self.0
            && let State::Fresh(input, file) = std::mem::replace(&mut self.0, State::Over)
        {
            match open::stream(input, &file, shape::Object::new()) {
                Ok(reader) => self.0 = State::Reading(scale::Scaled::new(reader)),
                Err(error) => return Some(Err(error)),
            }
        }
        match &mut self.0 {
            State::Reading(reader) => reader.next(),
            State::Fresh(..) | State::Over => None,
        }
    }
}

impl fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Fresh(..) => "Rows(fresh)",
            State::Reading(_) => "Rows(reading)",
            State::Over => "Rows(over)",
        })
    }
}

#[cfg(test)]
mod tests;

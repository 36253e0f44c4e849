//! Faults of rows by their kind: of many that are alike, the first ones say what it is, and of all of them the places are
//! known.

use super::{Place, RowError};
use crate::base::words::counted;
use std::{collections::HashMap, fmt, ops::RangeInclusive};

/// Rows with the same fault that are told one by one.
pub const TOLD: usize = 5;

/// The faults of some rows, in the order their kinds came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    kinds: Vec<Kind>,
    /// Where each stands, by its reason without what belongs to a row alone.
    known: HashMap<String, usize>,
}

/// A kind of fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Where it came first.
    pub first: RowError,
    /// The next ones that are told.
    others: Vec<RowError>,
    /// How many rows have it…
    pub count: usize,
    /// …and whether all say so in the same words.
    pub same: bool,
    /// Where all of them are.
    pub places: Vec<Places>,
}

impl Faults {
    /// One more row that has a fault; how many have this one by now.
    pub fn add(&mut self, error: &RowError) -> usize {
        let name = kind(&error.reason);
        let place = self.known.get(&name);
        if let Some(kind) = place.and_then(|place| self.kinds.get_mut(*place)) {
            kind.add(error);
            return kind.count;
        }
        self.known.insert(name, self.kinds.len());
        self.kinds.push(Kind {
            first: error.clone(),
            others: Vec::new(),
            count: 1,
            same: true,
            places: vec![Places::of(&error.place)],
        });
        1
    }

    /// The kinds of faults.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// How many rows have one.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.kinds.iter().map(|kind| kind.count).sum()
    }
}

impl Kind {
    fn add(&mut self, error: &RowError) {
        self.count += 1;
        self.same &= self.first.reason == error.reason;
        if self.count <= TOLD {
            self.others.push(error.clone());
        }
        let next = Places::of(&error.place);
        match self.places.last_mut() {
            Some(last) if last.what == next.what && !next.numbers.is_empty() => last.go_on(&next.numbers),
            _ => self.places.push(next),
        }
    }

    /// The first rows that have it, [`TOLD`] at most.
    pub fn told(&self) -> impl Iterator<Item = &RowError> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// How many more have it, as a sentence; none when all of them are told.
    #[must_use]
    pub fn more(&self) -> Option<String> {
        let more = self.count.checked_sub(TOLD).filter(|more| *more > 0)?;
        let same = if self.same {
            "the same fault"
        } else {
            "such a fault"
        };
        Some(format!(
            "\u{2026} and {} with {same}: {}",
            counted(more, "more row"),
            self.first.reason
        ))
    }
}

/// Rows that differ in their last number alone, in the order they came: `a.jsonl, lines 2, 4-9`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// What the numbers are numbers of.
    what: String,
    /// Empty for a row that is known by a name.
    numbers: Vec<RangeInclusive<usize>>,
}

impl Places {
    /// How many numbers and names it takes to say them.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.numbers.len().max(1)
    }

    fn of(place: &Place) -> Self {
        let (mut what, number) = (place.to_string(), place.number());
        let digits = number.map_or(0, |number| number.to_string().len());
        what.truncate(what.len() - digits);
        Self {
            what,
            numbers: number.map(|number| number..=number).into_iter().collect(),
        }
    }

    fn go_on(&mut self, next: &[RangeInclusive<usize>]) {
        for range in next {
            match self.numbers.last_mut() {
                Some(last) if last.end().checked_add(1) == Some(*range.start()) => {
                    *last = *last.start()..=*range.end();
                }
                _ => self.numbers.push(range.clone()),
            }
        }
    }
}

impl fmt::Display for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = self.numbers.iter().all(|range| range.start() == range.end()) && self.numbers.len() < 2;
        if one {
            f.write_str(&self.what)?;
        } else {
            write!(f, "{}s ", self.what.trim_end())?;
        }
        for (at, range) in self.numbers.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{}", range.start())?;
            if range.start() < range.end() {
                write!(f, "-{}", range.end())?;
            }
        }
        Ok(())
    }
}

/// Words before a value that is quoted with backticks; elsewhere a format's own names are.
const UNKNOWN: [&str; 2] = ["unknown variant ", "unknown field "];

/// A reason without what belongs to its row alone: numbers, quoted values, and the names of fields in parentheses.
fn kind(reason: &str) -> String {
    let mut kind = String::with_capacity(reason.len());
    let mut rest = reason;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        // The sign that stands for all of it, and what follows that.
        let (sign, after) = match c {
            '"' => ('"', quoted(behind)),
            '`' if UNKNOWN.iter().any(|words| kind.ends_with(words)) => {
                let quote = behind.split_once("`, ").or_else(|| behind.split_once('`'));
                ('`', quote.map(|(_, after)| after))
            }
            '(' => ('(', behind.split_once(')').map(|(_, after)| after)),
            '0'..='9' => ('#', Some(behind.trim_start_matches(|c: char| c.is_ascii_digit()))),
            other => (other, None),
        };
        kind.push(sign);
        rest = after.unwrap_or(behind);
    }
    kind
}

/// What follows a quoted value, which may have quotes of its own behind a backslash.
fn quoted(text: &str) -> Option<&str> {
    let mut escaped = false;
    let ends = |byte: &u8| {
        let is_end = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        is_end
    };
    let end = text.as_bytes().iter().position(ends)?;
    text.get(end + 1..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(reasons: &[&str]) -> (Vec<usize>, Vec<String>) {
        let mut faults = Faults::default();
        let place = Place::file("jsonl", "f");
        let counts = reasons.iter().map(|reason| {
            faults.add(&RowError {
                place: place.clone(),
                reason: (*reason).to_owned(),
            })
        });
        let counts = counts.collect();
        (counts, faults.kinds().iter().filter_map(Kind::more).collect())
    }

    #[test]
    fn reasons_that_differ_in_their_rows_values_alone_are_of_one_kind() {
        let fields = |n: usize| format!("there is no `text`, and the fields (a, b{n}) are of no format");
        let reasons: Vec<String> = (0..7).map(fields).collect();
        let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
        let (counts, more) = told(&reasons);
        assert_eq!(counts, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(
            more,
            [
                "\u{2026} and 2 more rows with such a fault: there is no `text`, and the fields (a, b0) are of no format"
            ]
        );
        let (counts, _) = told(&[
            "invalid type: string \"x\", expected struct Tokens",
            "invalid type: string \"a longer (one\", expected struct Tokens",
            "invalid type: string \"x\", expected a map",
            "invalid type: string \"\\\"((\\\\\", expected a map",
            "this is no JSON: expected ident at column 11",
            "this is no JSON: expected ident at column 9",
            "`text` is not a string",
            "`trace` is not a string",
            "unknown variant `stop_a`, expected `stop` or `length`",
            "unknown variant `stop_`b`, expected `stop` or `length`",
            "unknown variant `stop_a`, expected `stop` or `end`",
            "unknown field `a`, there are no fields",
            "unknown field `b`, there are no fields",
        ]);
        assert_eq!(counts, [1, 2, 1, 2, 1, 2, 1, 1, 1, 2, 1, 1, 2]);
        let (_, more) = told(&["`text` is not a string"; 6]);
        assert_eq!(
            more,
            ["\u{2026} and 1 more row with the same fault: `text` is not a string"]
        );
    }

    #[test]
    fn every_row_of_a_kind_is_named_and_those_in_a_row_are_named_together() {
        let file = Place::file("jsonl", "my 7");
        let line = |line| file.at_line(line);
        let sample = |name: &str| Place {
            sample: Some(name.to_owned()),
            ..file.clone()
        };
        let places = [
            line(2),
            line(4),
            line(5),
            line(6),
            line(9),
            line(12).inside(1),
            line(12).inside(2),
            line(12).inside(3).inside(1),
            Place::file("jsonl", "b").at_line(10),
            sample("7"),
            sample("8"),
            file.clone(),
            file.clone(),
        ];
        let mut faults = Faults::default();
        for place in &places {
            let reason = "`text` is not a string".to_owned();
            faults.add(&RowError {
                place: place.clone(),
                reason,
            });
        }
        let [kind] = faults.kinds() else {
            panic!("one kind: {faults:?}")
        };
        let said: Vec<String> = kind.places.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "my 7, lines 2, 4-6, 9",
                "my 7, line 12, rows 1-2",
                "my 7, line 12, row 3, item 1",
                "b, line 10",
                "my 7, sample 7",
                "my 7, sample 8",
                "my 7",
                "my 7",
            ]
        );
        assert_eq!((faults.rows(), kind.told().count()), (places.len(), TOLD));
    }
}

//! Rows that cannot be read, on standard error: when many of a file have the same fault, the first few say what it is.

use super::{complain, counted};
use crate::trace::import::RowError;
use std::collections::HashMap;

/// Rows of a file with the same fault that are told one by one.
const TOLD: usize = 5;

/// The faults of the file that is being read, in the order they came, and how many rows have each.
#[derive(Default)]
pub(super) struct Faults {
    faults: Vec<Fault>,
    /// Where each stands, by its kind.
    places: HashMap<String, usize>,
}

/// A kind of fault.
struct Fault {
    /// Where it came first.
    first: RowError,
    /// How many rows have it…
    count: usize,
    /// …and whether all say so in the same words.
    same: bool,
}

impl Faults {
    /// Tells of a row, unless enough have told the same.
    pub fn tell(&mut self, error: &RowError) {
        if self.count(error) <= TOLD {
            complain(&error.to_string());
        }
    }

    /// How many rows of the file have this row's fault by now.
    fn count(&mut self, error: &RowError) -> usize {
        let kind = kind(&error.reason);
        let place = self.places.get(&kind);
        if let Some(fault) = place.and_then(|place| self.faults.get_mut(*place)) {
            fault.count += 1;
            fault.same &= fault.first.reason == error.reason;
            return fault.count;
        }
        self.places.insert(kind, self.faults.len());
        self.faults.push(Fault {
            first: error.clone(),
            count: 1,
            same: true,
        });
        1
    }

    /// The file is over: says how many rows were not told of.
    pub fn end(&mut self) {
        self.more().iter().for_each(|sentence| complain(sentence));
        *self = Self::default();
    }

    fn more(&self) -> Vec<String> {
        let more = self.faults.iter().filter(|fault| fault.count > TOLD);
        let sentence = |fault: &Fault| {
            let rows = counted(fault.count - TOLD, "more row");
            let same = if fault.same {
                "the same fault"
            } else {
                "such a fault"
            };
            format!(
                "{}: \u{2026} and {rows} with {same}: {}",
                fault.first.place.file, fault.first.reason
            )
        };
        more.map(sentence).collect()
    }
}

/// A reason without what belongs to its row alone: numbers, quoted values, and the names of fields in parentheses.
fn kind(reason: &str) -> String {
    let mut kind = String::with_capacity(reason.len());
    let mut rest = reason;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        // The sign that stands for all of it, and what follows that.
        let (sign, after) = match c {
            '"' => ('"', behind.split_once('"').map(|(_, after)| after)),
            '(' => ('(', behind.split_once(')').map(|(_, after)| after)),
            '0'..='9' => ('#', Some(behind.trim_start_matches(|c: char| c.is_ascii_digit()))),
            other => (other, None),
        };
        kind.push(sign);
        rest = after.unwrap_or(behind);
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::import::Place;

    fn told(reasons: &[&str]) -> (Vec<usize>, Vec<String>) {
        let mut faults = Faults::default();
        let place = Place::file("jsonl", "f");
        let counts = reasons.iter().map(|reason| {
            faults.count(&RowError {
                place: place.clone(),
                reason: (*reason).to_owned(),
            })
        });
        (counts.collect(), faults.more())
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
                "f: \u{2026} and 2 more rows with such a fault: there is no `text`, and the fields (a, b0) are of no format"
            ]
        );
        let (counts, _) = told(&[
            "invalid type: string \"x\", expected struct Tokens",
            "invalid type: string \"a longer (one\", expected struct Tokens",
            "invalid type: string \"x\", expected a map",
            "this is no JSON: expected ident at column 11",
            "this is no JSON: expected ident at column 9",
            "`text` is not a string",
            "`trace` is not a string",
        ]);
        assert_eq!(counts, [1, 2, 1, 1, 2, 1, 1]);
        let (_, more) = told(&["`text` is not a string"; 6]);
        assert_eq!(
            more,
            ["f: \u{2026} and 1 more row with the same fault: `text` is not a string"]
        );
    }
}

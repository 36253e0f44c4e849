//! Rows that cannot be read, on standard error: when many of a file have the same fault, the first few say what it is.

use super::complain;
use crate::trace::import::{self, Kind, RowError, TOLD};

/// The faults of the file that is being read.
#[derive(Default)]
pub(super) struct Faults(import::Faults);

impl Faults {
    /// Tells of a row, unless enough have told the same.
    pub fn tell(&mut self, error: &RowError) {
        if self.0.add(error) <= TOLD {
            complain(&error.to_string());
        }
    }

    /// The file is over: says how many rows were not told of.
    pub fn end(&mut self) {
        self.more().iter().for_each(|sentence| complain(sentence));
        *self = Self::default();
    }

    fn more(&self) -> Vec<String> {
        let sentence = |kind: &Kind| Some(format!("{}: {}", kind.first.place.file, kind.more()?));
        self.0.kinds().iter().filter_map(sentence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::import::Place;

    #[test]
    fn the_rows_that_are_not_told_are_counted_by_file() {
        let mut faults = Faults::default();
        for line in 1..8 {
            faults.0.add(&RowError {
                place: Place::file("jsonl", "f").at_line(line),
                reason: "`text` is not a string".to_owned(),
            });
        }
        assert_eq!(
            faults.more(),
            ["f: \u{2026} and 2 more rows with the same fault: `text` is not a string"]
        );
    }
}

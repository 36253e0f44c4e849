//! Rows that cannot be read, on standard error: when many of a file have the same fault, the first few say what it is.

use super::{complain, counted};
use crate::trace::import::RowError;
use std::collections::HashMap;

/// Rows of a file with the same fault that are told one by one.
const TOLD: usize = 5;

/// The faults of the file that is being read, in the order they came, and how many rows have each.
#[derive(Default)]
pub(super) struct Faults {
    faults: Vec<(RowError, usize)>,
    /// Where each stands, by its reason.
    places: HashMap<String, usize>,
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
        let place = self.places.get(&error.reason);
        if let Some((_, count)) = place.and_then(|place| self.faults.get_mut(*place)) {
            *count += 1;
            return *count;
        }
        self.places.insert(error.reason.clone(), self.faults.len());
        self.faults.push((error.clone(), 1));
        1
    }

    /// The file is over: says how many rows were not told of.
    pub fn end(&mut self) {
        self.more().iter().for_each(|sentence| complain(sentence));
        *self = Self::default();
    }

    fn more(&self) -> Vec<String> {
        let more = self.faults.iter().filter(|(_, count)| *count > TOLD);
        let sentence = |(first, count): &(RowError, usize)| {
            let rows = counted(count - TOLD, "more row");
            format!(
                "{}: \u{2026} and {rows} with the same fault: {}",
                first.place.file, first.reason
            )
        };
        more.map(sentence).collect()
    }
}

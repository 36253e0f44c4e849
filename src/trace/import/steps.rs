//! Reading step by step: a step may find no row, one, or several.

use super::{Item, Place, RowError};
use std::{collections::VecDeque, io};

/// Whoever reads so.
pub(super) trait Steps {
    /// Takes in the next piece; `false` when there is none.
    fn step(&mut self) -> io::Result<bool>;

    /// Where it puts the rows that it finds.
    fn found(&mut self) -> &mut Found;
}

/// Rows that were found and have not been asked for yet.
#[derive(Debug, Default)]
pub(super) struct Found(VecDeque<Item>);

impl Found {
    pub(super) fn extend(&mut self, rows: impl IntoIterator<Item = Item>) {
        self.0.extend(rows);
    }

    /// Where a row should be there is none.
    pub(super) fn lost(&mut self, place: Place, reason: impl Into<String>) {
        let reason = reason.into();
        self.0.push_back(Ok(Err(RowError { place, reason })));
    }
}

/// The rows, one after the other; that reading failed comes behind those that were there before.
pub(super) fn rows(mut steps: impl Steps) -> impl Iterator<Item = Item> {
    let mut done = false;
    std::iter::from_fn(move || {
        loop {
            if let Some(item) = steps.found().0.pop_front() {
                return Some(item);
            }
            if done {
                return None;
            }
            let more = steps.step();
            done = !matches!(more, Ok(true));
            steps.found().0.extend(more.err().map(Err));
        }
    })
}

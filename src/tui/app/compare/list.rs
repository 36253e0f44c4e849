//! The problems behind a number.

use super::{Found, grid};
use crate::experiment::compare::{Cell, Who};

/// A list of problems, one of them selected.
#[derive(Clone, Debug)]
pub struct List {
    /// The number they are behind.
    pub cell: Cell,
    /// What it counts, for people.
    pub title: String,
    /// The problems, by place in the comparison.
    pub problems: Vec<usize>,
    /// The selected entry.
    pub selected: usize,
    /// Which of the problem's samples is shown.
    pub sample: usize,
    /// The first entry on the screen.
    pub top: usize,
}

impl List {
    /// The problems behind `cell`.
    #[must_use]
    pub fn of(found: &Found, cell: Cell) -> Self {
        Self {
            cell,
            title: grid::title(cell),
            problems: found.comparison.behind(cell),
            selected: 0,
            sample: 0,
            top: 0,
        }
    }

    /// The next of the four: only A right, only B, both, none; of the pair at hand, or of the lane's first.
    #[must_use]
    pub fn next(found: &Found, now: Option<Cell>, lane: usize) -> Self {
        let cell = match now {
            Some(Cell::Pair(a, b, who)) => {
                let at = Who::ALL.iter().position(|other| *other == who).unwrap_or(0);
                let next = Who::ALL.iter().cycle().nth(at + 1).copied();
                Cell::Pair(a, b, next.unwrap_or(who))
            }
            _ if lane > 0 => Cell::Pair(0, lane, Who::OnlyA),
            _ => Cell::Pair(0, 1, Who::OnlyA),
        };
        Self::of(found, cell)
    }

    /// Moves the selection.
    pub fn select(&mut self, by: isize) {
        let last = self.problems.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// Keeps the selection on a page of this many rows.
    pub fn settle(&mut self, page: usize) {
        let lowest = (self.selected + 1).saturating_sub(page.max(1));
        self.top = self.top.clamp(lowest, self.selected);
    }
}

//! The table as lines of cells that can be selected.

use super::{Found, letter};
use crate::experiment::compare::{Cell, Measure, Table, Who};

/// Lines of a table of two lanes and the usual budgets, before it is there.
pub const EXPECTED: usize = 13;

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A measure, a cell a lane.
    Measure(Measure),
    /// Two lanes against each other: only the first right, only the second, both, none.
    Pair(usize, usize),
}

/// The lines of a table.
#[must_use]
pub fn lines(table: &Table) -> Vec<Line> {
    let measures = Measure::all(table).into_iter().map(Line::Measure);
    let pairs = table.paired.iter().map(|pair| Line::Pair(pair.a, pair.b));
    measures.chain(pairs).collect()
}

impl Line {
    /// The number in a column.
    #[must_use]
    pub fn cell(self, column: usize) -> Option<Cell> {
        match self {
            Self::Measure(measure) => Some(Cell::Lane(measure, column)),
            Self::Pair(a, b) => Some(Cell::Pair(a, b, *Who::ALL.get(column)?)),
        }
    }

    /// How many columns it has.
    #[must_use]
    pub fn columns(self, table: &Table) -> usize {
        match self {
            Self::Measure(_) => table.lanes.len(),
            Self::Pair(..) => Who::ALL.len(),
        }
    }
}

/// What a number counts, for people: `only A right`, `solved by A`.
#[must_use]
pub fn title(cell: Cell) -> String {
    match cell {
        Cell::Lane(measure, lane) => format!("{}: {}", letter(lane), measure.name()),
        Cell::Pair(a, b, who) => {
            let (a, b) = (letter(a), letter(b));
            match who {
                Who::OnlyA => format!("{a} right, {b} wrong"),
                Who::OnlyB => format!("{a} wrong, {b} right"),
                Who::Both => format!("{a} and {b} right"),
                Who::Nobody => format!("{a} and {b} wrong"),
            }
        }
    }
}

/// The selected line and column, kept within the table.
#[must_use]
pub fn clamp(found: &Found, (line, column): (usize, usize)) -> (usize, usize) {
    let table = &found.comparison.table;
    let lines = lines(table);
    let line = line.min(lines.len().saturating_sub(1));
    let columns = lines.get(line).map_or(1, |line| line.columns(table));
    (line, column.min(columns.saturating_sub(1)))
}

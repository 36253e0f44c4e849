//! Rows that follow each other in lines: a grid once there are enough of them.

use crate::{
    task::sudoku::{Shape, Written, is_divider, row},
    trace::Span,
};

/// A cell with its value and the bytes that write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub cell: usize,
    pub value: u8,
    pub span: Span,
}

/// Rows collected so far.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Each row's cells, with bytes of the trace.
    rows: Vec<Vec<Written>>,
}

/// What a line has come to.
#[derive(Debug)]
pub(super) enum Line {
    /// It is part of a grid that goes on.
    Part,
    /// It completes a grid.
    Grid(Vec<Vec<Written>>),
    /// It is no part of any grid.
    Other,
}

impl Lines {
    /// Takes in a line that begins at byte `start` of the trace. `shape` is the grid's, when it is known.
    pub fn read(&mut self, line: &str, start: usize, shape: Option<Shape>) -> Line {
        if !self.rows.is_empty() && is_divider(line) {
            return Line::Part;
        }
        let Some(mut cells) = row(line) else {
            return Line::Other;
        };
        for cell in &mut cells {
            cell.at += start;
        }
        let width = cells.len();
        if let Some(whole) = Shape::ALL.into_iter().find(|shape| shape.cells() == width) {
            let fits = shape.is_none_or(|shape| shape == whole) && self.rows.is_empty();
            let rows = cells.chunks(whole.size()).map(<[Written]>::to_vec).collect();
            return if fits { Line::Grid(rows) } else { Line::Other };
        }
        let wide = Shape::of(width).is_some_and(|here| shape.is_none_or(|shape| shape == here));
        let same = self.rows.first().is_none_or(|first| first.len() == width);
        let fits = cells
            .iter()
            .all(|cell| cell.value.is_none_or(|value| usize::from(value) <= width));
        if !wide || !same || !fits {
            return Line::Other;
        }
        self.rows.push(cells);
        if self.rows.len() == width {
            return Line::Grid(self.take());
        }
        Line::Part
    }

    /// The rows that never became a grid.
    pub fn take(&mut self) -> Vec<Vec<Written>> {
        std::mem::take(&mut self.rows)
    }
}

/// The marks of rows from row `first` on; empty cells mark nothing.
pub(super) fn marks(rows: &[Vec<Written>], first: usize, size: usize) -> Vec<Mark> {
    let of_row = |(number, cells): (usize, &Vec<Written>)| {
        let from = (first + number) * size;
        let mark = move |(column, cell): (usize, &Written)| {
            Some(Mark {
                cell: from + column,
                value: cell.value?,
                span: Span::new(cell.at, cell.at + 1),
            })
        };
        cells.iter().enumerate().filter_map(mark).collect::<Vec<_>>()
    };
    rows.iter().enumerate().flat_map(of_row).collect()
}

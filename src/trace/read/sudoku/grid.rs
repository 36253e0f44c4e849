//! Rows that follow each other in lines: a grid once there are enough of them.

use super::Sudoku;
use crate::{
    task::sudoku::{Shape, Written, grids, has_environment, is_divider, pieces, row},
    trace::Span,
};
use std::{borrow::Cow, ops::Range};

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

    /// Whether rows were collected that are no grid yet.
    pub fn are_open(&self) -> bool {
        !self.rows.is_empty()
    }

    /// The rows that never became a grid.
    pub fn take(&mut self) -> Vec<Vec<Written>> {
        std::mem::take(&mut self.rows)
    }
}

impl Sudoku {
    /// Follows a line with marks of TeX, which may hold several rows and words around them; whether it had nothing but rows.
    pub(super) fn tex(&mut self, line: &str, from: usize) -> bool {
        let pieces: Vec<_> = pieces(line)
            .filter(|(_, piece)| !piece.trim().is_empty())
            .collect();
        let says = |(_, piece): &(usize, Cow<'_, str>)| row(piece).is_none() && !is_divider(piece);
        let Some(first) = pieces.iter().position(says) else {
            // Nothing but marks is a line between rows.
            return match pieces.is_empty() {
                true => self.lines.are_open(),
                false => self.pieces(&pieces, from),
            };
        };
        let last = pieces.iter().rposition(says).unwrap_or(first);
        let (before, behind) = (pieces.get(..first), pieces.get(last + 1..));
        // A whole grid behind words is followed where it stands in their sentence.
        if first > 0 || self.in_tex(line).is_none() {
            self.pieces(before.unwrap_or_default(), from);
            self.finish();
            // So are the words before rows that the next lines go on with.
            let behind = behind.unwrap_or_default();
            let width = behind
                .first()
                .and_then(|(_, piece)| row(piece))
                .map_or(0, |row| row.len());
            if behind.len() < width && Shape::of(width).is_some() {
                self.pieces(behind, from);
            }
        } else {
            self.finish();
        }
        false
    }

    /// Follows rows in pieces of the line that begins at byte `from`; whether all were. No sentence reads them again.
    fn pieces(&mut self, pieces: &[(usize, Cow<'_, str>)], from: usize) -> bool {
        let rows = pieces.iter().map(|(at, piece)| self.piece(piece, from + at));
        let rows: Vec<bool> = rows.collect();
        if let (Some((first, _)), Some((at, last))) = (pieces.first(), pieces.last()) {
            self.taken.push(from + first..from + at + last.len());
        }
        !rows.contains(&false)
    }

    /// The cells of the last whole grid that a text writes in TeX.
    pub(super) fn in_tex(&self, text: &str) -> Option<Vec<Written>> {
        if !has_environment(text) {
            return None;
        }
        let known = self.position.shape();
        let shapes = Shape::ALL.into_iter();
        let mut shapes = shapes.filter(|shape| known.is_none_or(|known| known == *shape));
        shapes
            .find_map(|shape| grids(text, shape).pop())
            .map(|grid| grid.cells)
    }
}

/// The bytes from the first of some cells to the last.
pub(super) fn range(cells: &[Written]) -> Option<Range<usize>> {
    Some(cells.first()?.at..cells.last()?.at + 1)
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

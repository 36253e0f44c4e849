//! Sudoku: fill a grid so that every row, column and box holds each value once.
//!
//! [`Board`] is a grid of 4, 6 or 9 rows and its rules, [`row`] reads the ways grids are written, [`solve`] knows what can
//! still become of one. Simplification: boxes are 2x2, 2x3 (two rows high) and 3x3, as nearly all puzzles have them.

mod board;
mod grids;
mod parse;
pub mod score;
mod solver;
mod tex;

pub use board::{Board, Shape, Unit, repeated};
pub use grids::{Grid, grids};
pub use parse::{BoardError, Written, in_words, is_divider, problem, question, recorded, row};
pub use solver::{Solutions, solution, solve};
pub use tex::{has_environment, is_tex, pieces};

//! What is to be solved, and is this answer right? One folder per task, with exact solvers and scorers.

pub mod countdown;
pub mod sudoku;

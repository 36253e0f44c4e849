//! What is to be solved, and is this answer right? One folder per task, with exact solvers and scorers.

pub mod answer;
pub mod countdown;
pub mod court;
pub mod sudoku;
mod turns;

pub use turns::{is_turn, next_turn, turns};

//! What several models do on the same problems, with the statistics to say whether they differ.
//!
//! An experiment ends in a table, and every number of it in the traces it was counted from.

pub mod compare;
pub mod four_habits;
pub mod judge;

pub use compare::{CompareError, Comparison, Lane, Plan, compare};

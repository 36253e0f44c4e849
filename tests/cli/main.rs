//! The program as scripts see it: what it prints where, and what its exit status says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod analyze;
mod behaviors;
mod compare;
mod generate;
mod home;
mod judge;
mod lists;
mod models;
mod refusals;
mod rl;
mod train;
mod verdicts;

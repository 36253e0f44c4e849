//! The scriptable face: every subcommand, for scripts, CI and remote machines.
//!
//! Standard output holds the answer and nothing else; logs, progress and complaints go to standard error. Exit status:
//! 0 success, 1 the work failed, 2 bad usage or bad input.

mod analyze;
mod args;
mod output;
mod version;

pub use args::{Cli, Command};
pub use output::Failure;

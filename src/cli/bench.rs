//! `backtrail bench`: how fast this machine is.

use super::{args::Bench, output::Outcome};

/// Runs the command.
pub(super) fn run(_args: &Bench) -> Outcome {
    Ok(())
}

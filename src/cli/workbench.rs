//! Without a subcommand: the workbench.

use super::{
    args::Workbench,
    output::{Failure, Outcome},
};
use crate::config::{Paths, Settings, Warning};
use std::{io::IsTerminal, path::PathBuf};

/// Opens the workbench.
pub(super) fn run(
    _files: &[PathBuf],
    _args: &Workbench,
    _settings: &Settings,
    _paths: &Paths,
    _warnings: &[Warning],
) -> Outcome {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(Failure::input(
            "the workbench needs a terminal. In scripts use a command, for instance `backtrail generate --json`; \
             `backtrail --help` lists them",
        ));
    }
    Ok(())
}

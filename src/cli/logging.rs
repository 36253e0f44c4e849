//! The log file: one a day in the log directory, the last seven kept. Never the terminal.

use crate::config::Paths;
use std::fs;
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::EnvFilter;

/// Starts logging at `level`; what it returns writes the last lines when dropped. Without a place to write to the
/// program works all the same.
pub(super) fn start(paths: &Paths, level: &str) -> Option<WorkerGuard> {
    if level == "off" {
        return None;
    }
    // The appender looks for old files before it makes the directory, and complains on standard error if there is none.
    fs::create_dir_all(&paths.log).ok()?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("backtrail")
        .filename_suffix("log")
        .max_log_files(7)
        .build(&paths.log)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_new(format!("backtrail={level}")).ok()?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(false)
        .try_init()
        .ok()?;
    tracing::info!(version = super::version::long(), "started");
    Some(guard)
}

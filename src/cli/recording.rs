//! Recordings of `--record` and `--play`, by their path.

use super::output::Failure;
use crate::engine::{Recorder, Recording};
use std::{
    fs::{self, File},
    io::BufWriter,
    path::Path,
};

/// Reads a recording.
///
/// # Errors
/// What is wrong with the file.
pub fn open(path: &Path) -> Result<Recording, Failure> {
    let place = path.display();
    let text =
        fs::read_to_string(path).map_err(|e| Failure::input(format!("{place} cannot be read: {e}")))?;
    Recording::read(&text).map_err(|e| Failure::input(format!("{place}: {e}")))
}

/// Begins a recording of `model`; a file that is there is replaced.
///
/// # Errors
/// When the file cannot be written.
pub fn create(path: &Path, model: &str) -> Result<Recorder<BufWriter<File>>, Failure> {
    let begin = || Recorder::new(BufWriter::new(File::create(path)?), model);
    begin().map_err(|e| Failure::work(format!("{} cannot be written: {e}", path.display())))
}

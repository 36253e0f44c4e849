//! `--record FILE` and `--play FILE`: a generation written down, and one played instead of a model.

use super::output::Failure;
use crate::engine::{Batch, Event, Player, Recorder, Recording, Request, Speed};
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
    time::Instant,
};

/// A recorder of either face.
pub(super) type FileRecorder = Recorder<Box<dyn Write + Send>>;

/// Reads a recording.
///
/// # Errors
/// What is wrong with the file, and in which line.
pub(super) fn recording(path: &Path) -> Result<Recording, Failure> {
    let place = path.display();
    let text =
        fs::read_to_string(path).map_err(|e| Failure::input(format!("{place} cannot be read: {e}")))?;
    Recording::read(&text).map_err(|e| Failure::input(format!("{place}: {e}")))
}

/// Begins a recording of `model` in a new file.
///
/// # Errors
/// What the file system says.
pub(super) fn recorder(path: &Path, model: &str) -> Result<FileRecorder, Failure> {
    File::create(path)
        .and_then(|file| Recorder::new(Box::new(BufWriter::new(file)) as Box<dyn Write + Send>, model))
        .map_err(|e| Failure::work(format!("{} cannot be written: {e}", path.display())))
}

/// Who answers: a model, or a recording.
pub(super) enum Speaker {
    /// A model.
    Model(Box<Batch>),
    /// A recording.
    Recording(Player),
}

impl Speaker {
    /// A recording, as fast as it can be read.
    pub(super) fn of(recording: Recording) -> Self {
        Self::Recording(Player::new(recording, Speed::Unlimited))
    }
}

/// A speaker and the recorder that may listen.
pub(super) struct Talk {
    speaker: Speaker,
    recorder: Option<FileRecorder>,
}

impl Talk {
    /// A talk with `speaker`, written down by `recorder`.
    pub(super) fn new(speaker: Speaker, recorder: Option<FileRecorder>) -> Self {
        Self { speaker, recorder }
    }

    /// Asks.
    pub(super) fn start(&mut self, request: Request, events: &mut Vec<Event>) -> io::Result<()> {
        if let Some(recorder) = &mut self.recorder {
            recorder.asked(&request, Instant::now())?;
        }
        match &mut self.speaker {
            Speaker::Model(batch) => batch.start(request, events),
            Speaker::Recording(player) => player.start(request, Instant::now()),
        }
        Ok(())
    }

    /// Whether nothing more will be said.
    pub(super) fn is_over(&self) -> bool {
        match &self.speaker {
            Speaker::Model(batch) => batch.is_idle(),
            Speaker::Recording(player) => player.is_idle(),
        }
    }

    /// Goes on a step and hands over all that was said since the last one.
    pub(super) fn step(&mut self, mut events: Vec<Event>) -> io::Result<Vec<Event>> {
        match &mut self.speaker {
            Speaker::Model(batch) => {
                if !batch.is_idle() {
                    batch.step(&mut events);
                }
                batch.collect(&mut events);
            }
            Speaker::Recording(player) => {
                player.play(Instant::now(), &mut events);
            }
        }
        if let Some(recorder) = &mut self.recorder {
            for event in &events {
                recorder.said(event, Instant::now())?;
            }
        }
        Ok(events)
    }
}

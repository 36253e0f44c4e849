//! `--record`: what the engine is asked and says, written down on the way to the screen.

use crate::{
    engine::{Event, Recorder, Request, recording::Lane},
    tui::app::Notice,
};
use std::{
    fs::File,
    io::{self, BufWriter},
    sync::{Arc, Mutex},
    time::Instant,
};

type Out = Recorder<BufWriter<File>>;

/// A recorder that several threads write to; without one nothing is written.
#[derive(Clone)]
pub struct Tape(Arc<Mutex<Option<Out>>>);

impl Tape {
    pub fn new(recorder: Option<Out>) -> Self {
        Self(Arc::new(Mutex::new(recorder)))
    }

    /// Notes a request, of a lane if it is one's. When that fails the recording ends, and the notice says why.
    pub fn asked(&self, request: &Request, lane: Option<&Lane>) -> Option<Notice> {
        self.write(|out| out.asked(request, lane, Instant::now()))
    }

    /// Notes an event, likewise.
    pub fn said(&self, event: &Event) -> Option<Notice> {
        self.write(|out| out.said(event, Instant::now()))
    }

    fn write(&self, note: impl FnOnce(&mut Out) -> io::Result<()>) -> Option<Notice> {
        let mut out = super::lock(&self.0);
        let error = note(out.as_mut()?).err()?;
        *out = None;
        Some(Notice::error(format!(
            "The recording cannot be written and has ended: {error}."
        )))
    }
}

//! How a download or a judge goes, on standard error: one line that changes where a terminal is, else nothing but its end.

use crate::{base::memory, model::hub};
use std::io::{IsTerminal as _, Write as _, stderr};

/// What was written so far.
#[derive(Default)]
pub(super) struct Progress {
    written: bool,
}

impl Progress {
    /// Shows how far it is.
    pub fn tell(&mut self, step: &hub::Progress) {
        if !stderr().is_terminal() {
            return;
        }
        let share = 100.0 * step.all_done as f64 / step.all_total.max(1) as f64;
        // A message that cannot be shown is no reason to stop.
        let _ = write!(
            stderr(),
            "\r\x1b[Kfetching {}: {share:.0} % of {}",
            step.file,
            memory::words(step.all_total)
        );
        self.written = true;
    }

    /// Shows how many are done.
    pub fn count(&mut self, what: &str, done: usize, all: usize) {
        if !stderr().is_terminal() {
            return;
        }
        let _ = write!(stderr(), "\r\x1b[K{what}: {done} of {all}");
        self.written = true;
    }

    /// Takes the line away.
    pub fn end(&mut self) {
        if self.written {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

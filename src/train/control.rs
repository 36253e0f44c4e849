//! How a run is steered from another thread: commands that are looked at between steps.

use crate::config::Override;
use std::sync::mpsc::{Receiver, Sender, channel};

/// What a run can be told.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Wait before the next step.
    Pause,
    /// Go on.
    Resume,
    /// Save and end.
    Stop,
    /// Save after the current step.
    Save,
    /// Change a knob from the next step on; see [`crate::config::Recipe::changed`].
    Set(Override),
}

/// The end that tells. Clones speak to the same run.
#[derive(Clone, Debug)]
pub struct Remote(Sender<Command>);

/// The end that listens.
#[derive(Debug)]
pub struct Inbox(Receiver<Command>);

/// A mailbox for one run.
#[must_use]
pub fn mailbox() -> (Remote, Inbox) {
    let (sender, receiver) = channel();
    (Remote(sender), Inbox(receiver))
}

impl Remote {
    /// Tells the run something; one that has ended needs nothing.
    pub fn tell(&self, command: Command) {
        let _ = self.0.send(command);
    }
}

impl Inbox {
    /// The next command, if there is one. `wait` until there is; `None` then means that nobody is left to tell anything.
    pub(super) fn next(&self, wait: bool) -> Option<Command> {
        if wait {
            self.0.recv().ok()
        } else {
            self.0.try_recv().ok()
        }
    }
}

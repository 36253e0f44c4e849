//! What can reach the state machine. Everything it knows came in one of these, the time included.

use super::{
    compare, explore,
    problem::{ModelEntry, ModelState, Problem},
    train,
};
use crate::{
    engine::{Event, RunId},
    trace::{
        Span, Trace, Tree,
        record::{Behavior, Outcome},
    },
};
use crossterm::event::{KeyEvent, MouseEvent};
use std::time::Duration;

/// One message.
#[derive(Clone, Debug)]
pub enum Msg {
    /// The time since the program began; sent before whatever else a turn of the loop brings.
    Clock(Duration),
    /// About a second passed in which something on the screen was being written by another process.
    Alarm,
    /// A key press.
    Key(KeyEvent),
    /// A click, a drag or a turn of the wheel.
    Mouse(MouseEvent),
    /// Text pasted by the terminal.
    Paste(String),
    /// The terminal's size in columns and rows.
    Resize(u16, u16),
    /// Traces from elsewhere, each with its problem as it is to be shown; the first one is looked at.
    Open(Vec<(Problem, Trace)>),
    /// More traces from the files that are open; what is looked at stays.
    Rows(Vec<(Problem, Trace)>),
    /// Whether there is more in those files that is not read yet.
    More(bool),
    /// What could not be read of those files so far.
    Unread(explore::Unread),
    /// Reading them pauses, and why, or is over; what could not be read is told with it.
    ReadSoFar(Option<String>),
    /// An engine said something.
    Engine(Event),
    /// The readers and detectors have looked at a trace up to some point.
    Parsed(Box<Parsed>),
    /// The answer to [`Effect::RandomProblem`](super::Effect) or `ReadProblem`, or the problem to begin with.
    Problem(Result<Box<Problem>, String>),
    /// The state of the current model changed.
    Model(ModelState),
    /// The answer to `ListModels`.
    Models(Vec<ModelEntry>),
    /// The answer to `NameTokens`.
    TokenTexts(Vec<(u32, String)>),
    /// The answer to `AskLayers`.
    Layers(explore::Found),
    /// Something for the Compare screen.
    Compare(compare::Msg),
    /// Something for the Train screen.
    Train(train::Msg),
    /// A sentence for the status line.
    Notice(Notice),
}

/// What was found in one sample's text so far. Facts about the beginning of a text stay when more is appended.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Whose text.
    pub run: RunId,
    /// Which sample of the run.
    pub sample: u64,
    /// The states; nodes keep their ids from one message to the next.
    pub tree: Tree,
    /// The habits.
    pub behaviors: Vec<Behavior>,
    /// The verdict, once there is one.
    pub outcome: Option<Outcome>,
    /// Where the text says it is thinking.
    pub thinking: Vec<Span>,
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something was done.
    Info,
    /// Something was not as it should be.
    Warning,
    /// Something could not be done.
    Error,
}

/// A sentence for the status line. It stays until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// What is wrong, where, and what to do.
    pub text: String,
}

impl Notice {
    /// Something was done.
    #[must_use]
    pub fn info(text: impl Into<String>) -> Self {
        Self {
            level: Level::Info,
            text: text.into(),
        }
    }

    /// Something was not as it should be.
    #[must_use]
    pub fn warning(text: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            text: text.into(),
        }
    }

    /// Something could not be done.
    #[must_use]
    pub fn error(text: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            text: text.into(),
        }
    }
}

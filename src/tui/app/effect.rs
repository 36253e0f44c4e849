//! What the state machine wants done. The runtime serves the terminal's own; everything else goes to the
//! [`Driver`](crate::tui::runtime::Driver), whose answers come back as messages.

use super::{Problem, compare, train};
use crate::{
    base::cancel::Cancel,
    engine::{Request, RunId},
    trace::Trace,
};
use std::sync::Arc;

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Generate with the model that was last reported ready. Answered by engine events, and by what is parsed from them.
    Generate(Box<Request>),
    /// Stop a run at its next token.
    Stop(Cancel),
    /// Find problem number `n` of this session for the current model's task. Answered by `Msg::Problem`.
    RandomProblem(u64),
    /// Understand a problem that a person typed. Answered by `Msg::Problem`.
    ReadProblem(String),
    /// Load a model. Answered by `Msg::Model`, more than once.
    LoadModel(String),
    /// Say which models there are. Answered by `Msg::Models`.
    ListModels,
    /// Read on in the files that are open, if there is more. Answered by `Msg::Rows`.
    ReadOn,
    /// Say what these tokens of the current model are as text. Answered by `Msg::TokenTexts`.
    NameTokens(Vec<u32>),
    /// Find out what each layer of detectors says of a text. Answered by `Msg::Layers`.
    AskLayers {
        /// Whose text.
        run: RunId,
        /// Which sample of the run.
        sample: u64,
        /// What was to be solved.
        problem: Arc<Problem>,
        /// The text.
        text: Box<str>,
    },
    /// Save traces as JSON lines. Answered by a notice that says where.
    Save(Vec<Trace>),
    /// Never show the hints of the first start again.
    ForgetHints,
    /// What the Compare screen wants done.
    Compare(compare::Effect),
    /// What the Train screen wants done.
    Train(train::Effect),
    /// Put text on the clipboard (the runtime's).
    Copy(String),
    /// Leave the terminal to the shell until it wakes us (the runtime's).
    Suspend,
    /// Draw the next frame whole (the runtime's).
    Redraw,
    /// Leave (the runtime's).
    Quit,
}

//! The Explore screen: one problem, one trace, its tree, and everything a person may do at the cursor.

mod alternatives;
mod asked;
mod generate;
mod keys;
mod layers;
mod layout;
mod mouse;
mod traces;
mod unread;
mod update;

pub use alternatives::Choice;
pub use keys::{accept, act};
pub(in crate::tui::app) use layers::ask as ask_layers;
pub use layers::{Found, Layers, WIDE, hear as hear_layers};
pub use layout::{Layout, Pane};
pub use mouse::point;
pub use traces::{FoundTraces, Sought, is_pattern};
pub use unread::Unread;
pub use update::{add, model, open, problem, read_so_far, unread};

use super::{Effect, Frame, Live, ModelState, Problem};
use crate::{
    base::{cancel::Cancel, sampler::Sampler},
    engine::RunId,
};
use std::{collections::BTreeMap, sync::Arc};

/// The state of the Explore screen.
#[derive(Clone, Debug)]
pub struct Explore {
    /// What is to be solved next.
    pub problem: Option<Arc<Problem>>,
    /// Random problems taken so far.
    pub drawn: u64,
    /// Who solves it.
    pub model: ModelState,
    /// How tokens are drawn from now on.
    pub sampler: Sampler,
    /// The traces of this session, oldest first.
    pub traces: Vec<Live>,
    /// Which one is on the screen.
    pub shown: usize,
    /// Whether the files that are open hold more that is not read yet.
    pub more: bool,
    /// The rows of the files that are open which could not be read.
    pub unread: Unread,
    /// Whether traces were brought along and the model that is being loaded was not asked to write.
    pub only_looking: bool,
    /// Runs that may still say something.
    pub runs: Vec<(RunId, Cancel)>,
    /// Tokens as text, as far as they were asked for.
    pub token_texts: BTreeMap<u32, String>,
    /// Whether the layers of detectors stand beside the text.
    pub layers: bool,
    /// Which pane the keys move in.
    pub focus: Pane,
    /// The text pane's share of the width in thousandths: fine enough for the rule to stay under the pointer.
    pub split: u16,
    /// Whether the rule between the panes is being dragged.
    pub dragging: bool,
    /// The column that moving up and down keeps to.
    pub column: Option<usize>,
    /// What is searched for; empty when nothing is.
    pub search: String,
    /// What the texts of the traces are searched for while the list of them is open, in small letters.
    pub(super) sought: String,
    /// The problem typed last, to be corrected when it cannot be understood.
    pub typed: String,
    /// Whether the hints of the first start are shown.
    pub hints: bool,
}

impl Explore {
    /// The screen before anything is known. `hints`: whether this is the first start.
    #[must_use]
    pub fn new(hints: bool) -> Self {
        Self {
            problem: None,
            drawn: 0,
            model: ModelState::None,
            sampler: Sampler::default(),
            traces: Vec::new(),
            shown: 0,
            more: false,
            unread: Unread::default(),
            only_looking: false,
            runs: Vec::new(),
            token_texts: BTreeMap::new(),
            focus: Pane::Trace,
            split: 500,
            dragging: false,
            column: None,
            search: String::new(),
            sought: String::new(),
            typed: String::new(),
            hints,
            layers: false,
        }
    }

    /// Where everything is on a terminal of this size.
    #[must_use]
    pub fn layout(&self, size: (u16, u16)) -> Layout {
        let beside = if self.layers {
            layers::width(self.trace())
        } else {
            0
        };
        Layout::new(Frame::new(size).body, self.focus, self.split, self.hints).with_beside(beside)
    }

    /// The trace on the screen.
    #[must_use]
    pub fn trace(&self) -> Option<&Live> {
        self.traces.get(self.shown)
    }

    /// The trace on the screen, to be changed.
    pub fn trace_mut(&mut self) -> Option<&mut Live> {
        self.traces.get_mut(self.shown)
    }

    /// Whether anything is being generated.
    #[must_use]
    pub fn is_generating(&self) -> bool {
        !self.runs.is_empty()
    }

    /// Stops everything that runs.
    #[must_use]
    pub fn stop(&self) -> Vec<Effect> {
        let stop = |(_, cancel): &(RunId, Cancel)| Effect::Stop(cancel.clone());
        self.runs.iter().map(stop).collect()
    }

    /// Brings what is derived up to date before a frame; see [`App::settle`](super::App::settle).
    pub fn settle(&mut self, size: (u16, u16)) {
        let layout = self.layout(size);
        if let Some(live) = self.trace_mut() {
            live.settle(layout.text_width(), layout.page());
        }
    }
}

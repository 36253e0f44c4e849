//! Everything the screen knows.

use super::{
    layout::{Layout, Pane},
    live::Live,
    msg::Notice,
    overlay::Overlay,
    problem::{ModelEntry, ModelState, Problem},
};
use crate::{
    base::{cancel::Cancel, pace::Pace, sampler::Sampler},
    engine::RunId,
    tui::{
        keymap::{Chord, Keymap},
        text::Rows,
    },
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// The state of the workbench.
#[derive(Clone, Debug)]
pub struct App {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// When the program began; with `now` it dates what is made.
    pub began: jiff::Timestamp,
    /// Time since then.
    pub now: Duration,
    /// Which key does what.
    pub keymap: Keymap,
    /// Keys of a sequence typed so far.
    pub pending: Vec<Chord>,
    /// What is to be solved next.
    pub problem: Option<Arc<Problem>>,
    /// Random problems taken so far.
    pub drawn: u64,
    /// Who solves it.
    pub model: ModelState,
    /// The models to choose from, once somebody asked.
    pub models: Vec<ModelEntry>,
    /// How tokens are drawn from now on.
    pub sampler: Sampler,
    /// How fast they appear.
    pub pace: Pace,
    /// The traces of this session, oldest first.
    pub traces: Vec<Live>,
    /// Which one is on the screen.
    pub shown: usize,
    /// Whether traces were brought along and the model that is being loaded was not asked to write.
    pub only_looking: bool,
    /// Runs that may still say something.
    pub runs: Vec<(RunId, Cancel)>,
    /// Runs asked for so far.
    pub asked: u64,
    /// Tokens as text, as far as they were asked for.
    pub token_texts: BTreeMap<u32, String>,
    /// Which pane the keys move in.
    pub focus: Pane,
    /// The text pane's share of the width in thousandths: fine enough for the rule to stay under the pointer.
    pub split: u16,
    /// Whether the terminal reports the mouse to us.
    pub mouse: bool,
    /// Whether the rule between the panes is being dragged.
    pub dragging: bool,
    /// The column that moving up and down keeps to.
    pub column: Option<usize>,
    /// What is searched for; empty when nothing is.
    pub search: String,
    /// The problem typed last, to be corrected when it cannot be understood.
    pub typed: String,
    /// What lies on top.
    pub overlay: Option<Overlay>,
    /// The sentence in the status line.
    pub notice: Option<Notice>,
    /// Whether the hints of the first start are shown.
    pub hints: bool,
    dirty: bool,
}

impl App {
    /// The workbench before anything is known. `hints`: whether this is the first start.
    #[must_use]
    pub fn new(keymap: Keymap, size: (u16, u16), began: jiff::Timestamp, hints: bool) -> Self {
        Self {
            size,
            began,
            now: Duration::ZERO,
            keymap,
            pending: Vec::new(),
            problem: None,
            drawn: 0,
            model: ModelState::None,
            models: Vec::new(),
            sampler: Sampler::default(),
            pace: Pace::default(),
            traces: Vec::new(),
            shown: 0,
            only_looking: false,
            runs: Vec::new(),
            asked: 0,
            token_texts: BTreeMap::new(),
            focus: Pane::Trace,
            split: 500,
            mouse: false,
            dragging: false,
            column: None,
            search: String::new(),
            typed: String::new(),
            overlay: None,
            notice: None,
            hints,
            dirty: true,
        }
    }

    /// Where everything is.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout::new(self.size, self.focus, self.split, self.hints)
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

    /// Says something in the status line.
    pub fn say(&mut self, notice: Notice) {
        self.notice = Some(notice);
    }

    /// Marks the screen as out of date.
    pub fn touch(&mut self) {
        self.dirty = true;
    }

    /// Whether the screen is out of date; asking resets it.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Brings what is derived up to date before a frame: the lines of the tree, and the first row on the screen, so
    /// that the cursor is seen. Costs what the rows on the screen cost.
    pub fn settle(&mut self) {
        let layout = self.layout();
        let page = usize::from(layout.page()).max(1);
        let Some(live) = self.trace_mut() else {
            return;
        };
        let rows = Rows::new(&live.text, layout.text_width());
        let here = rows.at(live.cursor.byte).start;
        let top = rows.at(live.top).start;
        let lowest = rows.above(here, page - 1).start;
        // Following keeps the end on the last row; otherwise the text stays where it is as long as the cursor is seen.
        live.top = if live.follow {
            lowest
        } else {
            top.clamp(lowest, here)
        };
        live.outline.settle();
        let line = live.cursor.node.map_or(0, |node| live.outline.line(node));
        let last_top = live.outline.lines().len().saturating_sub(page);
        live.tree_top = live
            .tree_top
            .min(last_top)
            .clamp((line + 1).saturating_sub(page), line);
    }

    /// Forgets what [`settle`](Self::settle) can find out again.
    pub fn forget(&mut self) {
        for live in &mut self.traces {
            live.outline.forget();
        }
    }
}

//! Everything the screens share, and the state of each.

use super::{
    compare::Compare,
    effect::Effect,
    explore::Explore,
    live::Live,
    msg::Notice,
    overlay::Overlay,
    problem::{ModelEntry, ModelState},
    screen::Screen,
    train::Train,
};
use crate::{
    base::{pace::Pace, sampler::Sampler},
    engine::RunId,
    tui::keymap::{Chord, Keymap},
};
use std::time::Duration;

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
    /// The screen one looks at.
    pub screen: Screen,
    /// The Explore screen.
    pub explore: Explore,
    /// The Compare screen.
    pub compare: Compare,
    /// The Train screen.
    pub train: Train,
    /// The models to choose from, once somebody asked.
    pub models: Vec<ModelEntry>,
    /// How fast tokens appear.
    pub pace: Pace,
    /// Whether the terminal reports the mouse to us.
    pub mouse: bool,
    /// Runs asked for so far, by any screen.
    pub asked: u64,
    /// What lies on top.
    pub overlay: Option<Overlay>,
    /// The sentence in the status line.
    pub notice: Option<Notice>,
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
            screen: Screen::Explore,
            explore: Explore::new(hints),
            compare: Compare::default(),
            train: Train::default(),
            models: Vec::new(),
            pace: Pace::default(),
            mouse: false,
            asked: 0,
            overlay: None,
            notice: None,
            dirty: true,
        }
    }

    /// A name for a run that no other run has or will have.
    pub fn next_run(&mut self) -> RunId {
        let run = RunId(self.asked);
        self.asked += 1;
        run
    }

    /// The time as traces are dated.
    #[must_use]
    pub fn timestamp(&self) -> jiff::Timestamp {
        self.began + jiff::SignedDuration::try_from(self.now).unwrap_or_default()
    }

    /// The sampling settings of the screen, when it has any now.
    #[must_use]
    pub fn sampler(&self) -> Option<&Sampler> {
        match self.screen {
            Screen::Explore => Some(&self.explore.sampler),
            Screen::Compare => self.compare.lane().map(|lane| &lane.sampler),
            Screen::Train => None,
        }
    }

    /// The sampling settings of the screen, to be changed.
    pub fn sampler_mut(&mut self) -> Option<&mut Sampler> {
        match self.screen {
            Screen::Explore => Some(&mut self.explore.sampler),
            Screen::Compare => self.compare.lane_mut().map(|lane| &mut lane.sampler),
            Screen::Train => None,
        }
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

    /// Brings what is derived up to date before a frame: the lines of the trees, and the first rows on the screen, so
    /// that the cursor is seen. Costs what the rows on the screen cost; while the list of traces is searched, a little more.
    pub fn settle(&mut self) {
        self.wrap_popup();
        if let Some(Overlay::Traces(field, _)) = &self.overlay {
            self.explore.seek(field.text());
        }
        match self.screen {
            Screen::Explore => self.explore.settle(self.size),
            Screen::Compare => self.compare.settle(self.size),
            Screen::Train => self.train.settle(self.size),
        }
    }

    /// Forgets what [`settle`](Self::settle) can find out again.
    pub fn forget(&mut self) {
        self.traces_mut().for_each(Live::forget);
        self.train.forget();
    }

    /// The traces of all screens that engines write.
    pub fn traces_mut(&mut self) -> impl Iterator<Item = &mut Live> {
        self.explore.traces.iter_mut().chain(self.compare.traces_mut())
    }

    /// Stops whatever runs, on every screen: nothing goes on generating for nobody.
    pub fn stop(&self) {
        for effect in self.stops() {
            if let Effect::Stop(cancel) = effect {
                cancel.cancel();
            }
        }
    }

    /// What stops whatever runs.
    #[must_use]
    pub fn stops(&self) -> Vec<Effect> {
        let mut effects = self.explore.stop();
        effects.extend(self.compare.stop());
        effects
    }

    /// The model that the keys of the screen are about.
    #[must_use]
    pub fn model(&self) -> &ModelState {
        match self.screen {
            Screen::Explore | Screen::Train => &self.explore.model,
            Screen::Compare => self.compare.lane().map_or(&ModelState::None, |lane| &lane.model),
        }
    }
}

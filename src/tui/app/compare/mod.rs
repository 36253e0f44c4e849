//! The Compare screen: two to four lanes on the same problem, then a table over a set of problems, and the traces behind
//! its numbers.

mod grid;
mod keys;
mod layout;
mod list;
mod run;

pub use grid::Line;
pub use keys::{accept, act, enter};
pub use layout::{Focus, Layout};
pub use list::List;
pub use run::{meet, update};

use super::{Live, ModelState, Problem};
use crate::{
    base::{cancel::Cancel, sampler::Sampler},
    engine::{Request, RunId},
    experiment::Comparison,
};
use std::sync::Arc;

/// Problems a table is made over unless a person says otherwise.
pub const COUNT: usize = 200;

/// Names a lane while it is there; never used twice.
pub type LaneId = u64;

/// What this screen wants done.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Load a model for a lane. Answered by `Msg::Lane`, more than once.
    Load(LaneId, String),
    /// Forget a lane and its model.
    Drop(LaneId),
    /// Generate in a lane. Answered by engine events.
    Generate(LaneId, Box<Request>),
    /// Find a problem for the first lane's task. Answered by `Msg::Problem`.
    RandomProblem(LaneId),
    /// Understand a problem that a person typed. Answered by `Msg::Problem`.
    ReadProblem(LaneId, String),
    /// Make a table. Answered by `Msg::Progress` and `Msg::Found`.
    Compare(Order),
}

/// The table that is wanted.
#[derive(Clone, Debug)]
pub struct Order {
    /// Which one; answers to an older one are not heard.
    pub turn: u64,
    /// The lanes and how they are sampled.
    pub lanes: Vec<(LaneId, Sampler)>,
    /// How many held-out problems of the first lane's task.
    pub count: usize,
    /// Samples of each problem; with several there is pass@k.
    pub samples: usize,
    /// Stops it.
    pub cancel: Cancel,
}

/// What this screen is told.
#[derive(Clone, Debug)]
pub enum Msg {
    /// The models of the lanes of the recording that is played.
    Recorded(Vec<String>),
    /// The state of a lane's model changed.
    Lane(LaneId, ModelState),
    /// A problem for all lanes, or why there is none.
    Problem(Result<Box<Problem>, String>),
    /// So many traces of so many are there.
    Progress(u64, usize, usize),
    /// The table, or why there is none.
    Found(u64, Result<Box<Found>, String>),
}

/// A finished comparison.
#[derive(Clone, Debug)]
pub struct Found {
    /// The table and the traces.
    pub comparison: Comparison,
    /// Its problems as they are shown.
    pub problems: Vec<Arc<Problem>>,
}

/// One lane.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Its name.
    pub id: LaneId,
    /// Who writes in it.
    pub model: ModelState,
    /// How tokens are drawn from now on.
    pub sampler: Sampler,
    /// What it writes.
    pub live: Option<Live>,
}

/// A table that is being made.
#[derive(Clone, Debug)]
pub struct Making {
    /// Which one.
    pub turn: u64,
    /// Traces there are.
    pub done: usize,
    /// Traces there will be; 0 while nobody has counted.
    pub all: usize,
    /// Stops it.
    pub cancel: Cancel,
}

/// The state of the Compare screen.
#[derive(Clone, Debug, Default)]
pub struct Compare {
    /// The lanes; none before the screen was first looked at.
    pub lanes: Vec<Lane>,
    /// The models to begin with, when a recording is played that holds lanes.
    pub recorded: Vec<String>,
    /// The lane that keys are about.
    pub at: usize,
    /// Where the keys move.
    pub focus: Focus,
    /// What all lanes solve.
    pub problem: Option<Arc<Problem>>,
    /// Which sample of it.
    pub sample: u64,
    /// Runs that may still say something.
    pub runs: Vec<(RunId, Cancel)>,
    /// The table that is being made.
    pub making: Option<Making>,
    /// The last table.
    pub found: Option<Arc<Found>>,
    /// The line and column of the table that is selected.
    pub cell: (usize, usize),
    /// The problems behind a number, laid over the table.
    pub list: Option<List>,
    /// What is searched for in the lanes; empty when nothing is.
    pub search: String,
    /// The problem typed last, to be corrected when it cannot be understood.
    pub typed: String,
    /// Tables asked for so far.
    turns: u64,
    /// Lanes made so far.
    made: u64,
    /// The column that moving up and down keeps to.
    column: Option<usize>,
}

impl Compare {
    /// The lane that keys are about.
    #[must_use]
    pub fn lane(&self) -> Option<&Lane> {
        self.lanes.get(self.at)
    }

    /// The same, to be changed.
    pub fn lane_mut(&mut self) -> Option<&mut Lane> {
        self.lanes.get_mut(self.at)
    }

    /// What the lanes write.
    pub fn traces_mut(&mut self) -> impl Iterator<Item = &mut Live> {
        self.lanes.iter_mut().filter_map(|lane| lane.live.as_mut())
    }

    /// Whether anything is being generated for the lanes or a table.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.runs.is_empty() || self.making.is_some()
    }

    /// Stops everything that runs.
    #[must_use]
    pub fn stop(&self) -> Vec<super::Effect> {
        let runs = self.runs.iter().map(|(_, cancel)| cancel);
        let making = self.making.iter().map(|making| &making.cancel);
        runs.chain(making)
            .map(|cancel| super::Effect::Stop(cancel.clone()))
            .collect()
    }

    /// How many samples there are of a problem of the list that is open; 1 when none is.
    #[must_use]
    pub fn samples(&self) -> usize {
        match (&self.list, &self.found) {
            (Some(_), Some(found)) => found.comparison.samples.max(1),
            _ => 1,
        }
    }

    /// The lines of the table.
    #[must_use]
    pub fn entries(&self) -> Vec<Line> {
        let found = self.found.as_ref();
        found
            .map(|found| grid::lines(&found.comparison.table))
            .unwrap_or_default()
    }

    /// Where everything is on a terminal of this size.
    #[must_use]
    pub fn layout(&self, size: (u16, u16)) -> Layout {
        // The list takes the table's place, so that nothing moves when it opens.
        let lines = match (&self.found, &self.making) {
            (Some(found), _) => grid::lines(&found.comparison.table).len(),
            (None, Some(_)) => grid::EXPECTED,
            (None, None) => 1,
        };
        Layout::new(size, self.lanes.len(), self.at, lines, self.focus)
    }

    /// Brings what is derived up to date before a frame; see [`App::settle`](super::App::settle).
    pub fn settle(&mut self, size: (u16, u16)) {
        let layout = self.layout(size);
        for (number, area) in layout.lanes.iter().copied() {
            if let Some(live) = self.lanes.get_mut(number).and_then(|lane| lane.live.as_mut()) {
                live.settle(Layout::text_width(area), Layout::page(area));
            }
        }
        if let Some(list) = &mut self.list {
            list.settle(layout.table.height.saturating_sub(1).into());
        }
    }
}

/// The letter of a lane.
#[must_use]
pub fn letter(lane: usize) -> char {
    ['A', 'B', 'C', 'D'].get(lane).copied().unwrap_or('?')
}

#[cfg(test)]
mod tests;

//! The Train screen: recipes and runs in a list; a run as curves and samples; one sample with its tree; and the first
//! traces that showed a habit beside those before.

mod curves;
mod follow;
mod job;
mod keys;
mod layout;
mod list;
mod run;
mod sample;
mod steer;
mod update;

pub use curves::{Curve, Unit};
pub use follow::{Follow, is_watching, look_again};
pub use job::{Job, State};
pub use keys::{accept, act, enter};
pub use layout::{Focus, Layout, beside};
pub use list::{Entry, Listing, RecipeEntry, RunEntry};
pub use run::{Row as SampleRow, Run};
pub use sample::Sample;
pub use update::update;

use super::{Live, Pane};
use crate::{
    behavior::Habit,
    config::Override,
    train::{Command, History, Kept, history::Row},
};
use std::path::PathBuf;

/// What this screen wants done.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Say which recipes and runs there are. Answered by `Msg::Listed`.
    List,
    /// Begin a run of a recipe, changed. Answered by `Msg::Began`, then by what happens.
    Begin(String, Vec<Override>),
    /// Go on with a run from its newest checkpoint. Answered like `Begin`.
    Resume(PathBuf),
    /// Tell the run that goes on something.
    Tell(Command),
    /// Let the run that paused by itself try again.
    Again,
    /// Read a run. Answered by `Msg::Opened`.
    Open(PathBuf),
    /// Read what was written in a run since so many bytes of its metrics. Answered by `Msg::Grown`.
    Follow(PathBuf, u64),
    /// Read a run to lay it over the one that is shown. Answered by `Msg::Laid`.
    Lay(PathBuf),
    /// Read the traces of a step. Answered by `Msg::Traces`.
    Read(PathBuf, Kept, u64),
    /// Find the first traces that show a habit; its curve over the evaluated steps. Answered by `Msg::Emerged`.
    Emergence(PathBuf, Habit, Vec<(u64, f64)>),
}

/// What this screen is told.
#[derive(Clone, Debug)]
pub enum Msg {
    /// The recipes and runs there are.
    Listed(Box<Listing>),
    /// The run that was asked for begins, or cannot.
    Began(Result<Box<History>, String>),
    /// A step was made; how much of the run is done, and the seconds left.
    Step(Row, f64, f64),
    /// The traces a step learnt from are kept; none here when the screen fell behind.
    Rollouts(u64, Vec<Sample>),
    /// The model was evaluated.
    Evaluated(Row),
    /// The checkpoint of a step is complete.
    Saved(u64),
    /// The run waits, or goes on.
    Waiting(bool),
    /// A knob was changed from the next step on.
    Changed(Override),
    /// A knob was not changed: a sentence.
    Refused(String),
    /// The finished model is measured for its card.
    Measuring,
    /// The run ended.
    Ended(State),
    /// A run was read.
    Opened(Result<Box<History>, String>),
    /// What was written in a run that another process trains.
    Grown(PathBuf, Result<Box<History>, String>),
    /// A run to lay over the other one was read.
    Laid(Result<Box<History>, String>),
    /// The traces of a step of a run.
    Traces(PathBuf, Kept, u64, Result<Vec<Sample>, String>),
    /// The first traces that show a habit, or why there are none.
    Emerged(PathBuf, Result<Box<Emerged>, String>),
}

/// First appearances of a habit.
#[derive(Clone, Debug)]
pub struct Emerged {
    /// Which habit.
    pub habit: Habit,
    /// The evaluated step after which its curve bends upward most.
    pub bend: Option<u64>,
    /// Pairs of samples of the same prompt with their steps: before, and the first that shows it.
    pub pairs: Vec<[(u64, Sample); 2]>,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Recipes and runs.
    #[default]
    List,
    /// Curves and samples of a run.
    Run,
    /// One sample.
    Sample,
    /// A habit's first appearances.
    Emergence,
}

/// The pairs of a habit, one of them looked at.
#[derive(Clone, Debug)]
pub struct Pairs {
    /// What was found.
    pub found: Emerged,
    /// Which pair is looked at.
    pub at: usize,
    /// The pair as it is drawn: before, after.
    pub texts: Option<Box<[Live; 2]>>,
    /// Whether both are drawn as texts or as trees.
    pub pane: Pane,
}

/// The state of the Train screen.
#[derive(Clone, Debug)]
pub struct Train {
    /// What is looked at.
    pub view: View,
    /// Recipes and runs, once they are known.
    pub listing: Option<Listing>,
    /// The selected entry of the list: recipes, then runs.
    pub selected: usize,
    /// The first entry on the screen.
    pub top: usize,
    /// Whether the list chooses the run that is laid over the shown one.
    pub laying: bool,
    /// The run this workbench trains, or trained last.
    pub job: Option<Job>,
    /// Another run, read from disk.
    pub opened: Option<Run>,
    /// How far it was read, when another process trains it.
    pub follow: Option<Follow>,
    /// Whether the run looked at is the job's.
    pub at_job: bool,
    /// A run laid over the shown one.
    pub laid: Option<Run>,
    /// Where the keys move in a run.
    pub focus: Focus,
    /// Where the keys move in a sample.
    pub pane: Pane,
    /// The column that moving up and down in a sample keeps to.
    pub column: Option<usize>,
    /// A habit's first appearances.
    pub pairs: Option<Pairs>,
}

impl Default for Train {
    fn default() -> Self {
        Self {
            view: View::List,
            listing: None,
            selected: 0,
            top: 0,
            laying: false,
            job: None,
            opened: None,
            follow: None,
            at_job: false,
            laid: None,
            focus: Focus::Samples,
            pane: Pane::Trace,
            column: None,
            pairs: None,
        }
    }
}

impl Train {
    /// The run that is looked at.
    #[must_use]
    pub fn run(&self) -> Option<&Run> {
        if self.at_job {
            self.job.as_ref().map(|job| &job.run)
        } else {
            self.opened.as_ref()
        }
    }

    /// The same, to be changed.
    pub fn run_mut(&mut self) -> Option<&mut Run> {
        if self.at_job {
            self.job.as_mut().map(|job| &mut job.run)
        } else {
            self.opened.as_mut()
        }
    }

    /// The run that goes on, if one does.
    #[must_use]
    pub fn active(&self) -> Option<&Job> {
        self.job.as_ref().filter(|job| job.state.is_active())
    }

    /// The job, when it is what is looked at.
    #[must_use]
    pub fn shown_job(&self) -> Option<&Job> {
        self.job.as_ref().filter(|_| self.at_job)
    }

    /// How the run that is looked at is followed, when another process trains it or did.
    #[must_use]
    pub fn followed(&self) -> Option<&Follow> {
        self.follow.as_ref().filter(|_| !self.at_job)
    }

    /// Brings what is derived up to date before a frame; see [`App::settle`](super::App::settle).
    pub fn settle(&mut self, size: (u16, u16)) {
        let (view, focus, pane) = (self.view, self.focus, self.pane);
        match view {
            View::List => {
                let page = usize::from(Layout::list(size)[0].height).max(1);
                let row = self
                    .listing
                    .as_ref()
                    .map_or(0, |listing| listing.row(self.selected));
                self.top = self.top.clamp((row + 1).saturating_sub(page), row);
                if row <= 1 {
                    self.top = 0;
                }
            }
            View::Run => {
                let layout = Layout::new(size, focus);
                if let Some(run) = self.run_mut() {
                    run.settle(&layout);
                }
            }
            View::Sample => {
                let layout = super::Layout::new(super::Frame::new(size).body, pane, 50, false);
                if let Some(live) = self.run_mut().and_then(|run| run.live.as_mut()) {
                    live.settle(layout.text_width(), layout.page());
                }
            }
            View::Emergence => {
                let [left, right] = beside(size);
                let texts = self.pairs.as_mut().and_then(|pairs| pairs.texts.as_mut());
                for (live, area) in texts
                    .into_iter()
                    .flat_map(|texts| texts.iter_mut())
                    .zip([left, right])
                {
                    live.settle(Layout::text_width(area), Layout::page(area));
                }
            }
        }
    }

    /// Forgets what [`settle`](Self::settle) can find out again.
    pub fn forget(&mut self) {
        if let Some(live) = self.run_mut().and_then(|run| run.live.as_mut()) {
            live.forget();
        }
    }
}

#[cfg(test)]
mod tests;

//! The run this workbench trains.

use super::Run;

/// How a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Model and data are read.
    Preparing,
    /// Steps are made.
    Training,
    /// Somebody made it wait.
    Waiting,
    /// It was asked to stop, and first finishes its step and saves.
    Stopping,
    /// It cannot go on by itself: the sentence says why and what to do.
    Paused(String),
    /// All steps are done; the finished model is measured for its card.
    Measuring,
    /// It came to its end.
    Done,
    /// It was stopped, and is saved.
    Stopped,
    /// It could not begin, or its card could not be written: a sentence.
    Failed(String),
}

impl State {
    /// Whether the run's thread is there.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !matches!(self, Self::Done | Self::Stopped | Self::Failed(_))
    }

    /// One word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Training => "training",
            Self::Waiting => "waiting",
            Self::Stopping => "stopping",
            Self::Paused(_) => "paused",
            Self::Measuring => "measuring",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed(_) => "failed",
        }
    }

    /// Why it is as it is, when that needs a sentence.
    #[must_use]
    pub fn sentence(&self) -> Option<&str> {
        match self {
            Self::Paused(sentence) | Self::Failed(sentence) => Some(sentence),
            _ => None,
        }
    }
}

/// The run this workbench trains, or trained last.
#[derive(Clone, Debug)]
pub struct Job {
    /// What is known of it.
    pub run: Run,
    /// How it stands.
    pub state: State,
    /// How much of it is done, 0 to 1.
    pub progress: f64,
    /// Seconds until it is done.
    pub seconds_left: Option<f64>,
}

impl Job {
    /// A run that begins.
    #[must_use]
    pub fn new(run: Run) -> Self {
        let all = run.recipe.steps.filter(|all| *all > 0);
        Self {
            progress: all.map_or(0.0, |all| (run.last as f64 / all as f64).min(1.0)),
            run,
            state: State::Preparing,
            seconds_left: None,
        }
    }
}

//! What can go wrong in training, as sentences.

use crate::{
    config::RecipeError,
    model::{device::PlaceError, fast::FastError, weights::WeightsError},
};
use std::{io, path::PathBuf};

/// Why a run cannot start, or why it paused.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The loss, the gradient or the moved weights are not numbers any more. The weights are those before the step.
    #[error(
        "the {what} of step {step} is {value} (learning rate {learning_rate:.2e}): the run diverged; resume it with a lower \
         `learning_rate` or a smaller `optimizer.clip`"
    )]
    Diverged {
        /// `loss`, `gradient` or `norm of the weights`.
        what: &'static str,
        /// The step.
        step: u64,
        /// Its value.
        value: f64,
        /// The rate it would have been made with.
        learning_rate: f64,
    },
    /// A file of the run directory cannot be written or read.
    #[error("{}: {error}; make room or check the permissions, then go on with --resume", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// A file of the run directory does not hold what it should.
    #[error("{}: {what}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The directory is in use.
    #[error(
        "{} already holds a training run: continue it with --resume, or choose another directory with --out", .0.display()
    )]
    Occupied(PathBuf),
    /// Somebody trains there.
    #[error(
        "another backtrail is training in {}: wait until it is done, stop it, or choose another directory with --out", .0.display()
    )]
    Busy(PathBuf),
    /// There is no run there.
    #[error("{} holds no training run to resume: it has no recipe.toml", .0.display())]
    NoRun(PathBuf),
    /// There is no checkpoint there.
    #[error("{} holds no complete checkpoint: start the run again in another directory", .0.display())]
    NoCheckpoint(PathBuf),
    /// Nothing to train on.
    #[error(
        "stage {stage}: no example fits in {context} tokens: raise `model.context` or change the stage's mix"
    )]
    NoExamples {
        /// The stage, counted from 0 as `--set` does.
        stage: usize,
        /// The longest that fits.
        context: usize,
    },
    /// The weights and the optimiser's state are of different models.
    #[error("the optimiser's state does not fit the weights: {0}")]
    State(String),
    /// The recipe asks for something that cannot be.
    #[error("{0}")]
    Setup(String),
    /// What a recipe says of its task or its data makes no sense.
    #[error("{key}: {what}")]
    Key {
        /// The path of the key, as `--set` names it.
        key: String,
        /// What is wrong.
        what: String,
    },
    /// The recipe in a run directory cannot be used.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// The evaluation failed.
    #[error("the evaluation after step {step} failed: {what}")]
    Evaluation {
        /// The step.
        step: u64,
        /// What it said.
        what: String,
    },
    /// Completions cannot be sampled or read.
    #[error(
        "the rollouts of step {step} failed: {what}. If the run diverged, go back to an earlier checkpoint with a lower \
         `learning_rate`"
    )]
    Rollouts {
        /// The step.
        step: u64,
        /// What was said.
        what: String,
    },
    /// There is no sense in going on: the sentence says why.
    #[error("{0}")]
    Halt(String),
    /// The device that was asked for is not there.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The model cannot be made ready to generate.
    #[error(transparent)]
    Generate(#[from] FastError),
    /// The weights are not those of the configuration.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A tensor operation failed: not enough memory, a device that is gone.
    #[error("computing failed: {0}")]
    Compute(#[from] candle_core::Error),
}

impl TrainError {
    /// The same; of a key it is told by `place` where that got its value.
    #[must_use]
    pub fn located(self, place: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Key { key, what } => {
                let place = place(&key);
                RecipeError::Content { place, what }.into()
            }
            other => other,
        }
    }

    /// For `map_err` on file operations.
    pub(super) fn disk(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |error| Self::Disk { path, error }
    }
}

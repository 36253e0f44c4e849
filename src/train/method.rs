//! What a training loop repeats: a method makes one update of a learner at a time.

use super::{
    checkpoint::Progress,
    compute::Compute,
    error::TrainError,
    optimizer::{AdamW, Gradients},
};
use crate::{
    config::Recipe,
    model::{Config, Decoder},
    trace::Trace,
};
use candle_core::Tensor;
use std::collections::BTreeMap;

/// A model that learns, and how it is moved.
pub struct Learner {
    /// The recipe, with what was changed since.
    pub recipe: Recipe,
    /// The model's shape.
    pub config: Config,
    /// Where and how it computes.
    pub compute: Compute,
    /// The model.
    pub decoder: Decoder,
    /// What moves it.
    pub optimizer: AdamW,
}

/// One update, as it will be reported.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// The loss before the update.
    pub loss: f64,
    /// Norm of all gradients together, before clipping.
    pub grad_norm: f64,
    /// Learning rate of the step.
    pub learning_rate: f64,
    /// Tokens learnt from, prompts included and padding not.
    pub tokens: u64,
    /// What else there is to tell, with the names `metrics.jsonl` uses.
    pub metrics: BTreeMap<String, f64>,
    /// The traces it learnt from, when it made them itself.
    pub rollouts: Vec<Trace>,
    /// Why the run should pause after this step: a sentence.
    pub pause: Option<String>,
}

/// A way to learn.
pub trait Method: Send {
    /// Makes one update and counts it in `progress`. When it fails nothing has changed.
    ///
    /// # Errors
    /// [`TrainError`]; [`TrainError::Diverged`] when loss, gradient or weights are not finite numbers.
    fn step(&mut self, learner: &mut Learner, progress: &mut Progress) -> Result<Made, TrainError>;

    /// How much of the run is done, from 0 to 1; whatever `steps` of the recipe says.
    fn done(&self, progress: &Progress) -> f64;
}

impl Learner {
    /// `value`, unless it is not a finite number.
    pub(super) fn finite(
        what: &'static str,
        value: f64,
        step: u64,
        learning_rate: f64,
    ) -> Result<f64, TrainError> {
        if value.is_finite() {
            return Ok(value);
        }
        Err(TrainError::Diverged {
            what,
            step,
            value,
            learning_rate,
        })
    }

    /// Moves the weights if `loss` and gradients are finite and the weights stay so. The loss, and the norm of the
    /// gradients: a device is waited for once before the update and once after it.
    pub(super) fn descend(
        &mut self,
        loss: &Tensor,
        gradients: &Gradients,
        step: u64,
        learning_rate: f64,
    ) -> Result<(f64, f64), TrainError> {
        let (loss, norm) = gradients.norm_with(loss)?;
        Self::finite("loss", loss, step, learning_rate)?;
        Ok((loss, self.update(gradients, norm, step, step, learning_rate)?))
    }

    /// Moves the weights if `norm`, that of the gradients, is finite and the weights stay so; the norm.
    pub(super) fn update(
        &mut self,
        gradients: &Gradients,
        norm: f64,
        update: u64,
        step: u64,
        learning_rate: f64,
    ) -> Result<f64, TrainError> {
        let norm = Self::finite("gradient", norm, step, learning_rate)?;
        let weights = self.optimizer.step(gradients, norm, learning_rate, update)?;
        Self::finite("norm of the weights", weights, step, learning_rate)?;
        Ok(norm)
    }
}

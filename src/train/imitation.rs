//! Next-token training on an endless supply of examples, in stages: how the bundled models are made.

use super::{
    batch::{Batch, Batches, Examples},
    checkpoint::Progress,
    error::TrainError,
    method::{Learner, Made, Method},
    schedule,
};
use crate::{config::Recipe, model::cross_entropy};
use candle_core::Tensor;

/// Learns to write what the examples of a `pretrain` recipe say.
pub struct Imitation {
    batches: Batches,
    /// Tokens of each stage.
    stages: Vec<u64>,
}

impl Imitation {
    /// Goes on at `progress`. Examples longer than `context` tokens are left out.
    #[must_use]
    pub fn new(recipe: &Recipe, context: usize, examples: Box<dyn Examples>, progress: &Progress) -> Self {
        Self {
            batches: Batches::new(examples, recipe.seed, context, progress.position),
            stages: recipe.stages.iter().map(|stage| stage.tokens).collect(),
        }
    }
}

impl Method for Imitation {
    fn step(&mut self, learner: &mut Learner, progress: &mut Progress) -> Result<Made, TrainError> {
        let Some(stage) = learner.recipe.stages.get(progress.position.stage) else {
            return Err(TrainError::Setup("all stages of the recipe are done".into()));
        };
        let peak = learner.recipe.learning_rate_of(stage);
        let learning_rate = schedule::learning_rate(stage, peak, progress.stage_steps, progress.stage_tokens);
        let stage_tokens = stage.tokens;
        let step = progress.step + 1;
        let batch = self.batches.current(learner.recipe.batch_tokens_of(stage))?;
        let (loss, grad_norm) = update(learner, &batch, step, learning_rate)?;

        progress.step = step;
        progress.tokens += batch.tokens;
        progress.stage_steps += 1;
        progress.stage_tokens += batch.tokens;
        if progress.stage_tokens >= stage_tokens {
            self.batches.next_stage();
            progress.stage_steps = 0;
            progress.stage_tokens = 0;
        } else {
            self.batches.advance();
        }
        progress.position = self.batches.position();
        Ok(Made {
            loss,
            grad_norm,
            learning_rate,
            tokens: batch.tokens,
            ..Made::default()
        })
    }

    fn done(&self, progress: &Progress) -> f64 {
        let sum = |tokens: &[u64]| tokens.iter().fold(0.0, |sum, tokens| sum + *tokens as f64);
        let stage = progress.position.stage.min(self.stages.len());
        let (before, _) = self.stages.split_at(stage);
        (sum(before) + progress.stage_tokens as f64) / sum(&self.stages).max(1.0)
    }
}

/// One forward, backward and update. Loss and norm of the gradients, both finite, or nothing has changed.
///
/// # Errors
/// What computing failed with, or what was not finite.
pub fn update(
    learner: &mut Learner,
    batch: &Batch,
    step: u64,
    learning_rate: f64,
) -> Result<(f64, f64), TrainError> {
    let ops = learner.compute.ops;
    let ids = Tensor::from_slice(&batch.ids, (batch.rows, batch.width), &learner.compute.device)?;
    let logits = learner.decoder.forward(&ids, ops)?.flatten(0, 1)?; // [B, T, V] -> [B T, V]
    let loss = cross_entropy(&logits, &batch.targets, &batch.weights, ops)?;
    let gradients = learner.optimizer.gradients(&loss.backward()?)?;
    learner.descend(&loss, &gradients, step, learning_rate)
}

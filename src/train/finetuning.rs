//! Fine-tuning on a fixed set of rows: loss on the completions only, a warm-up, then a cosine down to nothing
//! (Gandhi et al. 2025, section 4, and their `scripts/sft.sh`: 10 % warm-up, clipping at 1).

use super::{
    Example,
    checkpoint::Progress,
    error::TrainError,
    method::{Learner, Made, Method},
    optimizer::Gradients,
    packed::{Piece, pieces},
    schedule,
};
use crate::{base::rng, config::Recipe};
use candle_core::Tensor;
use rand::seq::SliceRandom;

/// Imitates rows, epoch after epoch, each epoch in a new order.
pub struct Finetuning {
    rows: Vec<Example>,
    seed: u64,
    batch: usize,
    epochs: u64,
    /// Share of the steps in which the learning rate rises.
    warmup: f64,
}

impl Finetuning {
    /// Of a `prime` recipe whose `[data]` became `rows`.
    ///
    /// # Errors
    /// When there is no row.
    pub fn new(recipe: &Recipe, rows: Vec<Example>) -> Result<Self, TrainError> {
        if rows.is_empty() {
            return Err(TrainError::Setup("there is no row to imitate".into()));
        }
        Ok(Self {
            seed: recipe.seed,
            batch: recipe.batch.unwrap_or(1).clamp(1, rows.len()),
            epochs: recipe.data.as_ref().map_or(1, |data| data.epochs),
            warmup: recipe.data.as_ref().map_or(0.0, |data| data.warmup),
            rows,
        })
    }

    fn steps_per_epoch(&self) -> u64 {
        self.rows.len().div_ceil(self.batch) as u64
    }

    fn steps(&self) -> u64 {
        self.epochs * self.steps_per_epoch()
    }

    /// The rows of the step after `made` steps.
    fn rows_of(&self, made: u64) -> Vec<Example> {
        let (epoch, at) = (made / self.steps_per_epoch(), made % self.steps_per_epoch());
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.shuffle(&mut rng::stream("priming", self.seed, &[epoch]));
        let first = usize::try_from(at)
            .unwrap_or(usize::MAX)
            .saturating_mul(self.batch);
        let places = order.iter().skip(first).take(self.batch);
        places
            .filter_map(|place| self.rows.get(*place).cloned())
            .collect()
    }
}

impl Method for Finetuning {
    fn step(&mut self, learner: &mut Learner, progress: &mut Progress) -> Result<Made, TrainError> {
        let step = progress.step + 1;
        let total = learner
            .recipe
            .steps
            .map_or(self.steps(), |most| most.min(self.steps()));
        let learning_rate =
            learner.recipe.learning_rate * schedule::cosine(progress.step, total, self.warmup);
        let rows = self.rows_of(progress.step);
        let pieces = pieces(&rows, learner.recipe.accumulation_tokens);
        let tokens: usize = pieces
            .iter()
            .flat_map(|piece| &piece.completions)
            .map(ExactSizeIterator::len)
            .sum();
        let mut sums: Option<(Tensor, Gradients)> = None;
        for piece in &pieces {
            let part = self.loss(learner, piece, tokens)?;
            let found = learner.optimizer.gradients(&part.backward()?)?;
            let part = part.detach();
            sums = Some(match sums {
                None => (part, found),
                Some((loss, before)) => ((loss + part)?, found.plus(&before)?),
            });
        }
        let (loss, grad_norm) = match &sums {
            Some((loss, gradients)) => learner.descend(loss, gradients, step, learning_rate)?,
            None => (0.0, 0.0),
        };
        let seen: u64 = rows.iter().map(|row| row.ids.len() as u64).sum();
        progress.step = step;
        progress.tokens += seen;
        Ok(Made {
            loss,
            grad_norm,
            learning_rate,
            tokens: seen,
            ..Made::default()
        })
    }

    fn done(&self, progress: &Progress) -> f64 {
        progress.step as f64 / self.steps().max(1) as f64
    }
}

impl Finetuning {
    /// The piece's part of the mean negative log-probability of all `tokens` completion tokens of the batch.
    fn loss(&self, learner: &Learner, piece: &Piece, tokens: usize) -> Result<Tensor, TrainError> {
        let log_probs = piece.log_probs(&learner.decoder, 1.0, &learner.compute)?;
        let count: usize = piece.completions.iter().map(ExactSizeIterator::len).sum();
        let share = -1.0 / tokens.max(1) as f32;
        let weights = Tensor::from_vec(
            piece.to_rows(&vec![share; count]),
            piece.ids.len(),
            &learner.compute.device,
        )?;
        Ok((log_probs * weights)?.sum_all()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn priming(rows: u32, overrides: &[&str]) -> Finetuning {
        let text = "name = 'x'\nsummary = ''\nkind = 'prime'\ninit = 'guesser'\n";
        let overrides: Vec<_> = overrides.iter().map(|o| o.parse().unwrap()).collect();
        let recipe = Recipe::parse(text, "x.toml", &overrides).unwrap();
        let row = |id| Example {
            ids: vec![id; 3],
            prompt_tokens: 1,
        };
        Finetuning::new(&recipe, (0..rows).map(row).collect()).unwrap()
    }

    #[test]
    fn every_row_comes_once_an_epoch_in_a_new_order() {
        let priming = priming(30, &["batch=8", "data.epochs=3"]);
        assert_eq!((priming.steps_per_epoch(), priming.steps()), (4, 12));
        let epoch = |n: u64| -> Vec<u32> {
            (4 * n..4 * n + 4)
                .flat_map(|step| priming.rows_of(step))
                .map(|row| row.ids[0])
                .collect()
        };
        for n in 0..3 {
            let mut rows = epoch(n);
            assert_ne!(rows, epoch(n + 1));
            rows.sort_unstable();
            assert_eq!(rows, (0..30).collect::<Vec<_>>());
        }
    }

    #[test]
    fn fewer_rows_than_a_batch_are_one_batch() {
        let priming = priming(3, &["batch=24", "data.epochs=2"]);
        assert_eq!((priming.steps(), priming.rows_of(1).len()), (2, 3));
    }
}

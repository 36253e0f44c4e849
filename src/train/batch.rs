//! Batches of next-token examples: texts of similar length together, so that little is padding.
//!
//! Examples are taken in pools of a few thousand, sorted by length and cut into batches, which are then shuffled. A pool
//! depends on the seed, the stage and the pool's number alone, so [`Position`] is all that a resumed run needs.

use super::error::TrainError;
use crate::base::rng;
use rand::{Rng as _, seq::SliceRandom};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A text to learn: a prompt that is given and a completion that is to be predicted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// Prompt and completion.
    pub ids: Vec<u32>,
    /// How many of them are prompt.
    pub prompt_tokens: usize,
}

/// An endless, repeatable supply of examples.
pub trait Examples: Send + Sync {
    /// Example `index` of a stage: always the same for the same arguments. One without completion is left out.
    fn example(&self, stage: usize, index: u64) -> Example;
}

/// One step's worth of examples, as `[rows, width]` in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Examples, B.
    pub rows: usize,
    /// Tokens of the longest one but the last, which nothing follows, T.
    pub width: usize,
    /// What the model reads, `[B, T]`; padding is token 0 and lies behind everything that counts.
    pub ids: Vec<u32>,
    /// The token that follows each, `[B, T]`.
    pub targets: Vec<u32>,
    /// 1 where the following token belongs to a completion, else 0, `[B, T]`.
    pub weights: Vec<f32>,
    /// Tokens of the examples, padding not counted.
    pub tokens: u64,
}

impl Batch {
    /// Pads the examples to one width.
    #[must_use]
    pub fn new(examples: &[Example]) -> Self {
        let rows = examples.len();
        let width = longest(examples).saturating_sub(1);
        let mut batch = Self {
            rows,
            width,
            ids: vec![0; rows * width],
            targets: vec![0; rows * width],
            weights: vec![0.0; rows * width],
            tokens: examples.iter().map(|example| example.ids.len() as u64).sum(),
        };
        let width = width.max(1);
        let places = batch
            .ids
            .chunks_exact_mut(width)
            .zip(batch.targets.chunks_exact_mut(width))
            .zip(batch.weights.chunks_exact_mut(width));
        for (example, ((ids, targets), weights)) in examples.iter().zip(places) {
            let pairs = example.ids.iter().zip(example.ids.iter().skip(1)).enumerate();
            for ((at, (id, next)), ((i, t), w)) in pairs.zip(ids.iter_mut().zip(targets).zip(weights)) {
                (*i, *t) = (*id, *next);
                *w = if at + 1 >= example.prompt_tokens { 1.0 } else { 0.0 };
            }
        }
        batch
    }
}

fn longest(examples: &[Example]) -> usize {
    examples
        .iter()
        .map(|example| example.ids.len())
        .max()
        .unwrap_or(0)
}

/// Where in the stream of batches a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The stage, counted from 0.
    pub stage: usize,
    /// The pool within the stage.
    pub pool: u64,
    /// The batch within the pool.
    pub batch: usize,
}

/// The batches of a run, one at a time.
pub struct Batches {
    examples: Box<dyn Examples>,
    seed: u64,
    context: usize,
    position: Position,
    pool: Option<Vec<Vec<Example>>>,
}

impl Batches {
    /// The batches from `position` on, of examples of at most `context` tokens.
    #[must_use]
    pub fn new(examples: Box<dyn Examples>, seed: u64, context: usize, position: Position) -> Self {
        Self {
            examples,
            seed,
            context,
            position,
            pool: None,
        }
    }

    /// Where the current batch is.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The current batch: about `batch_tokens` tokens, padding included, at least one example.
    ///
    /// # Errors
    /// [`TrainError::NoExamples`] when a whole pool has none that fits.
    pub fn current(&mut self, batch_tokens: usize) -> Result<Batch, TrainError> {
        let Position { stage, pool, batch } = self.position;
        let batches = match self.pool.take() {
            Some(batches) => batches,
            None => self.fill(stage, pool, batch_tokens),
        };
        let batches = self.pool.insert(batches);
        let examples = batches.get(batch).ok_or(TrainError::NoExamples {
            stage,
            context: self.context,
        })?;
        Ok(Batch::new(examples))
    }

    /// Goes to the next batch of the stage.
    pub fn advance(&mut self) {
        self.position.batch += 1;
        if self
            .pool
            .as_ref()
            .is_none_or(|pool| self.position.batch >= pool.len())
        {
            self.position.pool += 1;
            self.position.batch = 0;
            self.pool = None;
        }
    }

    /// Goes to the first batch of the next stage.
    pub fn next_stage(&mut self) {
        self.position = Position {
            stage: self.position.stage + 1,
            ..Position::default()
        };
        self.pool = None;
    }

    fn fill(&self, stage: usize, pool: u64, batch_tokens: usize) -> Vec<Vec<Example>> {
        // Enough that a batch finds neighbours of its own length, few enough to be ready in a moment.
        let size = (batch_tokens as u64 / 4).clamp(2048, 65_536);
        let first = pool * size;
        let mut rng = rng::stream("pool", self.seed, &[stage as u64, pool]);
        let examples: Vec<Example> = (first..first + size)
            .into_par_iter()
            .map(|index| self.examples.example(stage, index))
            .filter(|example| {
                let length = example.ids.len();
                (2..=self.context).contains(&length) && example.prompt_tokens < length
            })
            .collect();
        // A little noise, so that texts of one exact length are not always together.
        let mut keyed: Vec<(f64, Example)> = examples
            .into_iter()
            .map(|example| (example.ids.len() as f64 + rng.random_range(0.0..8.0), example))
            .collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut batches = cut(keyed.into_iter().map(|(_, example)| example), batch_tokens);
        batches.shuffle(&mut rng);
        batches
    }
}

/// Consecutive examples together while they fit.
fn cut(examples: impl Iterator<Item = Example>, batch_tokens: usize) -> Vec<Vec<Example>> {
    let mut batches = Vec::new();
    let mut current: Vec<Example> = Vec::new();
    let mut width = 0;
    for example in examples {
        let wider = width.max(example.ids.len());
        if !current.is_empty() && (current.len() + 1) * wider > batch_tokens {
            batches.push(std::mem::take(&mut current));
            width = 0;
        }
        width = width.max(example.ids.len());
        current.push(example);
    }
    if !current.is_empty() {
        batches.push(current);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of 4 to 43 tokens that say who they are.
    struct Counting;
    impl Examples for Counting {
        fn example(&self, stage: usize, index: u64) -> Example {
            let length = 4 + (index * 7 % 40) as usize;
            Example {
                ids: vec![(stage as u32) * 100_000 + index as u32; length],
                prompt_tokens: 3,
            }
        }
    }

    fn batches(position: Position) -> Batches {
        Batches::new(Box::new(Counting), 5, 40, position)
    }

    #[test]
    fn only_completion_tokens_count_and_padding_does_not() {
        let example = |ids: &[u32], prompt_tokens| Example {
            ids: ids.into(),
            prompt_tokens,
        };
        let batch = Batch::new(&[example(&[5, 6, 7, 8], 2), example(&[1, 2], 1)]);
        assert_eq!((batch.rows, batch.width, batch.tokens), (2, 3, 6));
        assert_eq!(batch.ids, [5, 6, 7, 1, 0, 0]);
        assert_eq!(batch.targets, [6, 7, 8, 2, 0, 0]);
        assert_eq!(batch.weights, [0.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn every_short_enough_example_of_a_pool_comes_once_in_batches_that_fit() {
        let mut stream = batches(Position::default());
        let mut seen = Vec::new();
        while stream.position().pool == 0 {
            let batch = stream.current(256).unwrap();
            assert!(batch.rows == 1 || batch.rows * (batch.width + 1) <= 256);
            seen.extend(batch.ids.chunks(batch.width).map(|row| row[0]));
            stream.advance();
        }
        seen.sort_unstable();
        let fitting: Vec<u32> = (0..2048).filter(|i| 4 + i * 7 % 40 <= 40).collect();
        assert_eq!(seen, fitting);
    }

    #[test]
    fn a_stream_resumed_anywhere_gives_the_same_batches() {
        let mut whole = batches(Position::default());
        for step in 0..400 {
            let batch = whole.current(512).unwrap();
            if step % 97 == 0 {
                assert_eq!(batches(whole.position()).current(512).unwrap(), batch);
            }
            whole.advance();
        }
        assert!(whole.position().pool > 0);
        whole.next_stage();
        assert!(
            whole
                .current(512)
                .unwrap()
                .ids
                .iter()
                .all(|id| *id == 0 || *id >= 100_000)
        );
    }

    #[test]
    fn a_pool_without_a_usable_example_is_an_error_and_not_a_loop() {
        let mut stream = Batches::new(Box::new(Counting), 5, 3, Position::default());
        assert!(matches!(
            stream.current(64),
            Err(TrainError::NoExamples { context: 3, .. })
        ));
    }
}

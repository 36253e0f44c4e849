//! What the bundled models are trained on: Countdown problems of the training split, searched and written down by the
//! teacher ([`crate::trace::language::Writer`]) in the styles a recipe mixes.
//!
//! Example `i` of a stage depends on the seed, the stage and `i` alone, so a run can be resumed from a counter. The
//! problems of the split are drawn once (all of them when they are few, as on the bundled task) and come back with their
//! numbers in another order and another search.

use super::batch::{Example, Examples};
use crate::{
    base::rng::{self, Rng},
    model::Tokenizer,
    task::countdown::{Generator, Problem, Settings, SettingsError, Split},
    trace::language::{END, Style, StyleError, Writer, prompt},
};
use rand::{Rng as _, seq::SliceRandom};

/// Most problems that are kept in memory; a task with more is sampled.
const MOST_PROBLEMS: usize = 200_000;

/// Draws of a problem before a style is given up as impossible.
const ATTEMPTS: usize = 1_000;

/// The styles of one stage with their weights.
struct Mix {
    writers: Vec<(f64, Writer)>,
    total: f64,
}

/// An endless, repeatable supply of training examples.
pub struct Corpus {
    problems: Vec<Problem>,
    stages: Vec<Mix>,
    tokenizer: Tokenizer,
    end: u32,
    seed: u64,
}

/// Why there is nothing to train on.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The task makes no sense.
    #[error(transparent)]
    Task(#[from] SettingsError),
    /// A style makes no sense.
    #[error("stage {stage}, mix {mix}: {error}")]
    Style {
        /// Which stage, from 0.
        stage: usize,
        /// Which entry of its mix, from 0.
        mix: usize,
        /// What is wrong with it.
        error: StyleError,
    },
    /// A weight that cannot be one.
    #[error("stage {stage}: the weights of its mix must be 0 or more and not all 0")]
    Weights {
        /// Which stage, from 0.
        stage: usize,
    },
    /// The tokenizer is for something else.
    #[error("the tokenizer has no token `{END}`: it is not of the bundled language")]
    Tokenizer,
}

impl Corpus {
    /// The examples of a recipe: its task, the mix of each stage as `(weight, style)`, and its seed.
    ///
    /// # Errors
    /// [`CorpusError`] says what cannot be trained on.
    pub fn new(
        settings: &Settings,
        stages: Vec<Vec<(f64, Style)>>,
        tokenizer: Tokenizer,
        seed: u64,
    ) -> Result<Self, CorpusError> {
        let end = tokenizer.special(END).ok_or(CorpusError::Tokenizer)?;
        let problems: Vec<Problem> = Generator::new(settings, seed, Split::Train)?
            .take(MOST_PROBLEMS)
            .collect();
        if problems.is_empty() {
            return Err(SettingsError::Empty.into());
        }
        let mix = |(stage, mix)| Mix::new(stage, mix);
        let stages = stages
            .into_iter()
            .enumerate()
            .map(mix)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            problems,
            stages,
            tokenizer,
            end,
            seed,
        })
    }

    /// A problem of the split with its numbers in a random order.
    fn draw(&self, rng: &mut Rng) -> Option<Problem> {
        let mut problem = self
            .problems
            .get(rng.random_range(0..self.problems.len()))?
            .clone();
        problem.numbers.shuffle(rng);
        Some(problem)
    }

    fn text(&self, stage: usize, rng: &mut Rng) -> Option<(String, String)> {
        let mix = self.stages.get(stage)?;
        let mut draw = rng.random_range(0.0..mix.total);
        let writer = mix.writers.iter().find(|(weight, _)| {
            draw -= weight;
            draw < 0.0
        });
        let (_, writer) = writer.or(mix.writers.last())?;
        (0..ATTEMPTS).find_map(|_| {
            let problem = self.draw(rng)?;
            writer
                .write(&problem, rng)
                .map(|written| (prompt(&problem), written.text))
        })
    }
}

impl Mix {
    fn new(stage: usize, mix: Vec<(f64, Style)>) -> Result<Self, CorpusError> {
        let total: f64 = mix.iter().map(|(weight, _)| weight).sum();
        if !(total.is_finite() && total > 0.0) || mix.iter().any(|(weight, _)| *weight < 0.0) {
            return Err(CorpusError::Weights { stage });
        }
        let writers = mix
            .into_iter()
            .enumerate()
            .map(|(i, (weight, style))| match Writer::new(style) {
                Ok(writer) => Ok((weight, writer)),
                Err(error) => Err(CorpusError::Style { stage, mix: i, error }),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { writers, total })
    }
}

impl Examples for Corpus {
    fn example(&self, stage: usize, index: u64) -> Example {
        let mut rng = rng::stream("corpus", self.seed, &[stage as u64, index]);
        // A style that no problem of the task allows (checked when a run starts) gives empty examples, which count nothing.
        let (prompt, completion) = self.text(stage, &mut rng).unwrap_or_default();
        let mut ids = self.tokenizer.encode(&prompt).unwrap_or_default();
        let prompt_tokens = ids.len();
        ids.extend(self.tokenizer.encode(&completion).unwrap_or_default());
        ids.push(self.end);
        Example { ids, prompt_tokens }
    }
}

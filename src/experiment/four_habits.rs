//! "Cognitive Behaviors that Enable Self-Improving Reasoners" (Gandhi et al. 2025) in miniature: what a model gains from
//! reinforcement learning, by the habits it starts with.
//!
//! Every condition starts from a bundled model, is primed or not, and then learns by the same recipe with several seeds.
//! Each run is kept whole; one that is there already is not made again, and one that was killed goes on.

mod claims;
mod condition;
mod published;
mod run;
mod table;

pub use claims::{Claim, Verdict};
pub use condition::{CONDITIONS, ConditionSpec};
pub use published::{Point, Published};
pub use table::{ConditionRow, Report};

use crate::{
    config::{Override, Paths, Recipe, RecipeError, recipes},
    train::TrainError,
};
use rayon::prelude::*;
use run::{Finished, Job};
use std::{ops::RangeInclusive, path::PathBuf};

/// The experiment's name.
pub const NAME: &str = "four-habits";

/// What is to be done.
pub struct Plan {
    /// The conditions, in the order of the table.
    pub conditions: Vec<&'static ConditionSpec>,
    /// Seeds of each.
    pub seeds: RangeInclusive<u64>,
    /// Where every run is kept: `<condition>/seed-N/`.
    pub root: PathBuf,
    /// How all of them learn.
    pub rl: Recipe,
    /// How those that are primed are primed; the condition replaces `data.condition`.
    pub prime: Recipe,
}

/// Why it cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum ReproduceError {
    /// A recipe does not fit.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// A run failed or paused.
    #[error("{condition}, seed {seed}: {error}")]
    Run {
        /// The condition.
        condition: &'static str,
        /// Its seed.
        seed: u64,
        /// What happened.
        error: TrainError,
    },
    /// Threads cannot be started.
    #[error("the threads of the runs cannot be started: {0}")]
    Threads(String),
}

/// Something that happened in a run.
#[derive(Clone, Debug)]
pub struct News {
    /// The condition.
    pub condition: &'static str,
    /// Its seed.
    pub seed: u64,
    /// What happened, in a few words.
    pub what: String,
}

impl Plan {
    /// The experiment in `root`: the four conditions of the quick set in 60 steps, or all of them in 150. `overrides` change
    /// the recipe of reinforcement learning, those that begin with `prime.` that of priming; `gated` rewards an answer only when every statement of its trace is true.
    ///
    /// # Errors
    /// What makes no sense in the overrides.
    pub fn new(
        root: PathBuf,
        quick: bool,
        gated: bool,
        seeds: RangeInclusive<u64>,
        overrides: &[Override],
        paths: &Paths,
    ) -> Result<Self, RecipeError> {
        let set = |text: &str| text.parse::<Override>();
        let mut changes = vec![set("threads=1")?];
        if quick {
            changes.extend([set("steps=60")?, set("eval_every=20")?]);
        }
        if gated {
            changes.extend([set("reward.exact_sound=1")?, set("reward.exact=0")?]);
        }
        let mut priming = vec![set("threads=1")?];
        for change in overrides {
            match change.key.split_first() {
                Some((first, rest)) if first == "prime" && !rest.is_empty() => priming.push(Override {
                    key: rest.to_vec(),
                    value: change.value.clone(),
                }),
                _ => changes.push(change.clone()),
            }
        }
        let rl = recipes::find("grpo", &paths.recipes(), &changes)?;
        let mut prime = recipes::find("prime", &paths.recipes(), &priming)?;
        // The same problems everywhere.
        prime.task = rl.task.clone();
        prime.eval_problems = rl.eval_problems;
        prime.eval_first = rl.eval_first;
        Ok(Self {
            conditions: CONDITIONS.iter().filter(|spec| spec.quick || !quick).collect(),
            seeds,
            root,
            rl,
            prime,
        })
    }

    /// Makes every run that is not there yet, several at once, each on one thread, and counts what came out.
    ///
    /// # Errors
    /// The first run that cannot go on; the others are kept.
    pub fn run(&self, threads: usize, tell: &(dyn Fn(News) + Sync)) -> Result<Report, ReproduceError> {
        let jobs: Vec<Job<'_>> = self
            .conditions
            .iter()
            .flat_map(|spec| {
                self.seeds.clone().map(|seed| Job {
                    plan: self,
                    spec,
                    seed,
                })
            })
            .collect();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| ReproduceError::Threads(error.to_string()))?;
        let finished: Vec<Finished> = pool.install(|| {
            jobs.par_iter()
                .with_max_len(1)
                .map(|job| {
                    job.run(tell).map_err(|error| ReproduceError::Run {
                        condition: job.spec.name,
                        seed: job.seed,
                        error,
                    })
                })
                .collect::<Result<_, _>>()
        })?;
        Ok(Report::new(self, &finished))
    }
}

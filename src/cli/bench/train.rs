//! How fast the shape of the bundled models is trained: whole steps of `train` (read, forward, backward, update) on the
//! texts that `scout` learns from, and whole steps of `rl grpo` (sample, score, update) on `novice`.

use super::{Failure, Rate};
use crate::{
    base::id,
    config::{Override, recipes},
    engine::How,
    train::{
        Trainer, compute,
        setup::{self, Base},
    },
};
use serde::Serialize;
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The recipe that is measured.
const RECIPE: &str = "scout";

/// A model to be trained: the recipe's own, or one about five times as large.
struct Shape {
    name: &'static str,
    keys: &'static [&'static str],
}

const SHAPES: [Shape; 2] = [
    Shape {
        name: "0.6m",
        keys: &[],
    },
    Shape {
        name: "3m",
        keys: &[
            "model.hidden_size=256",
            "model.layers=4",
            "model.heads=8",
            "model.kv_heads=4",
            "model.intermediate_size=688",
        ],
    },
];

/// One way of training.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) shape: &'static str,
    pub(super) parameters: usize,
    pub(super) threads: usize,
    pub(super) device: &'static str,
    pub(super) dtype: &'static str,
    /// Tokens of a step, padding included.
    pub(super) batch_tokens: usize,
    /// Of the fastest repeat; padding is not counted.
    pub(super) tokens_per_second: f64,
    pub(super) tokens_per_second_median: f64,
}

/// Each shape with one thread and with `threads`, with the small steps of the recipe and with large ones.
pub(super) fn rows(threads: usize, quick: bool, how: &How) -> Result<Vec<Row>, Failure> {
    let mut counts = vec![1, threads];
    counts.dedup();
    let sizes: &[usize] = if quick { &[1024] } else { &[2048, 8192] };
    let mut rows = Vec::new();
    for shape in &SHAPES {
        for &batch_tokens in sizes {
            for &threads in &counts {
                rows.push(row(shape, threads, batch_tokens, quick, how)?);
            }
        }
    }
    Ok(rows)
}

fn row(shape: &Shape, threads: usize, batch_tokens: usize, quick: bool, how: &How) -> Result<Row, Failure> {
    let (repeats, steps) = if quick { (1, 1) } else { (5, 32_768 / batch_tokens) };
    let scratch = Scratch::new(&format!("{}-{threads}-{batch_tokens}", shape.name));
    let mut trainer = begin(&scratch.0, shape, threads, batch_tokens, how)?;
    let mut train = |steps: usize| {
        let before = trainer.tokens();
        for _ in 0..steps {
            trainer.step().map_err(Failure::work)?;
        }
        Ok(trainer.tokens() - before)
    };
    // The first step writes a few thousand examples; a run does that every hundred steps.
    train(1)?;
    let rate = Rate::of(repeats, || train(steps))?;
    Ok(Row {
        shape: shape.name,
        parameters: trainer.config().parameters(),
        threads,
        device: trainer.compute().place(),
        dtype: trainer.compute().dtype().as_str(),
        batch_tokens,
        tokens_per_second: rate.best,
        tokens_per_second_median: rate.median,
    })
}

fn begin(
    root: &Path,
    shape: &Shape,
    threads: usize,
    batch_tokens: usize,
    how: &How,
) -> Result<Trainer, Failure> {
    let mut keys = vec![
        format!("threads={threads}"),
        format!("stage.0.batch_tokens={batch_tokens}"),
    ];
    keys.extend(shape.keys.iter().map(|&key| key.to_owned()));
    let overrides = parsed(&keys, how)?;
    // Recipes of the user are not looked at: the figures are to be compared between machines.
    let recipe = recipes::find(RECIPE, Path::new(""), &overrides).map_err(Failure::work)?;
    setup::begin(root, recipe, None).map_err(Failure::work)
}

/// A way of reinforcement learning.
#[derive(Debug, Serialize)]
pub(super) struct GrpoRow {
    pub(super) model: String,
    pub(super) rollouts: usize,
    /// A completion has this many tokens at most…
    pub(super) max_tokens: usize,
    /// …and this many on average.
    pub(super) tokens_mean: f64,
    pub(super) threads: usize,
    pub(super) device: &'static str,
    pub(super) dtype: &'static str,
    /// Of the fastest step.
    pub(super) seconds_per_step: f64,
    pub(super) seconds_per_step_median: f64,
}

/// Steps with 64 rollouts of up to 150 tokens.
pub(super) fn grpo_rows(threads: usize, quick: bool, how: &How) -> Result<Vec<GrpoRow>, Failure> {
    let (rollouts, max_tokens, steps) = (64, 150, if quick { 2 } else { 8 });
    let scratch = Scratch::new("grpo");
    let overrides = [
        format!("threads={threads}"),
        format!("batch={rollouts}"),
        format!("sampler.max_tokens={max_tokens}"),
    ];
    let overrides = parsed(&overrides, how)?;
    let recipe = recipes::find("grpo", Path::new(""), &overrides).map_err(Failure::work)?;
    let base = Base::find(&recipe.init).map_err(Failure::work)?;
    let model = recipe.init.clone();
    let mut trainer = setup::begin(&scratch.0, recipe, base).map_err(Failure::work)?;
    let mut lengths = Vec::new();
    let rate = Rate::of(steps, || {
        let (report, _) = trainer.step().map_err(Failure::work)?;
        lengths.extend(report.metrics.get("completions/mean_length").copied());
        Ok(1)
    })?;
    Ok(vec![GrpoRow {
        model,
        rollouts,
        max_tokens,
        tokens_mean: lengths.iter().sum::<f64>() / lengths.len().max(1) as f64,
        threads,
        device: trainer.compute().place(),
        dtype: trainer.compute().dtype().as_str(),
        seconds_per_step: 1.0 / rate.best,
        seconds_per_step_median: 1.0 / rate.median,
    }])
}

/// `keys`, and those that `--device` and `--dtype` change.
fn parsed(keys: &[String], how: &How) -> Result<Vec<Override>, Failure> {
    let keys = keys.iter().map(|key| key.parse().map_err(Failure::work));
    let chosen = compute::overrides(how.place, how.keep).into_iter().map(Ok);
    keys.chain(chosen).collect()
}

/// A run directory that goes away again.
struct Scratch(PathBuf);

impl Scratch {
    fn new(purpose: &str) -> Self {
        Self(env::temp_dir().join(format!("backtrail-bench-{}", id::new(purpose))))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed lies where systems tidy up.
        let _ = fs::remove_dir_all(&self.0);
    }
}

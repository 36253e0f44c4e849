//! How fast the shape of the bundled models is trained: whole steps of `train` (read, forward, backward, update) on the
//! texts that `scout` learns from.

use super::{Failure, Rate};
use crate::{
    base::id,
    config::{Override, recipes},
    train::{Trainer, setup},
};
use serde::Serialize;
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The recipe that is measured.
const RECIPE: &str = "scout";

/// One way of training.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) parameters: usize,
    pub(super) threads: usize,
    /// Tokens of a step, padding included.
    pub(super) batch_tokens: usize,
    /// Of the fastest repeat; padding is not counted.
    pub(super) tokens_per_second: f64,
    pub(super) tokens_per_second_median: f64,
}

/// With one thread and with `threads`, with the small steps of the recipe and with large ones.
pub(super) fn rows(threads: usize, quick: bool) -> Result<Vec<Row>, Failure> {
    let mut counts = vec![1, threads];
    counts.dedup();
    let sizes: &[usize] = if quick { &[1024] } else { &[2048, 8192] };
    let mut rows = Vec::new();
    for &batch_tokens in sizes {
        for &threads in &counts {
            rows.push(row(threads, batch_tokens, quick)?);
        }
    }
    Ok(rows)
}

fn row(threads: usize, batch_tokens: usize, quick: bool) -> Result<Row, Failure> {
    let (repeats, steps) = if quick { (1, 1) } else { (5, 32_768 / batch_tokens) };
    let scratch = Scratch::new(&format!("{threads}-{batch_tokens}"));
    let mut trainer = begin(&scratch.0, threads, batch_tokens)?;
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
        parameters: trainer.config().parameters(),
        threads,
        batch_tokens,
        tokens_per_second: rate.best,
        tokens_per_second_median: rate.median,
    })
}

fn begin(root: &Path, threads: usize, batch_tokens: usize) -> Result<Trainer, Failure> {
    let set = |key: String| key.parse::<Override>().map_err(Failure::work);
    let overrides = [
        set(format!("threads={threads}"))?,
        set(format!("stage.0.batch_tokens={batch_tokens}"))?,
    ];
    // Recipes of the user are not looked at: the figures are to be compared between machines.
    let recipe = recipes::find(RECIPE, Path::new(""), &overrides).map_err(Failure::work)?;
    setup::begin(root, recipe, None).map_err(Failure::work)
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

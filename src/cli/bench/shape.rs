//! How fast a model of a shape that somebody names is trained: whole updates (forward, backward, AdamW) on random tokens,
//! from random weights.
//!
//! Of the directory only `config.json` is read, and nothing is written: this is for shapes that take gigabytes. The rows of
//! a batch are of one length, so that other programs can be given the same work; `benches/pytorch.py` gives it to PyTorch.

use super::{Rate, machine::Machine};
use crate::{
    base::rng,
    cli::{args::BatchSize, output::Failure},
    config::Recipe,
    engine::How,
    model::{Decoder, checkpoint::read_config},
    train::{Compute, Example, batch::Batch, compute, imitation, method::Learner, optimizer::AdamW},
};
use rand::Rng as _;
use serde::Serialize;
use std::path::Path;

/// Name and version of the shape of `--json`.
const SCHEMA: &str = "backtrail.bench_train/1";

/// As a run would be described.
const RECIPE: &str = "name = 'bench'\nsummary = ''\nkind = 'pretrain'\nlearning_rate = 1e-5\n[[stage]]\n\
                      tokens = 1_000_000_000_000\n[[stage.mix]]\n";

/// What was measured.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    schema: &'static str,
    machine: Machine,
    model: String,
    parameters: usize,
    device: &'static str,
    dtype: &'static str,
    threads: usize,
    /// Sequences of a step, and tokens that each has the next one predicted for.
    rows: usize,
    tokens: usize,
    /// Of the fastest step.
    tokens_per_second: f64,
    tokens_per_second_median: f64,
    /// Of the last step.
    loss: f64,
}

/// `rows` texts of `length` random tokens.
fn noise(rng: &mut rng::Rng, vocabulary: u32, rows: usize, length: usize) -> Batch {
    let mut example = || Example {
        ids: (0..length).map(|_| rng.random_range(0..vocabulary)).collect(),
        prompt_tokens: 1,
    };
    let examples: Vec<Example> = (0..rows).map(|_| example()).collect();
    Batch::new(&examples)
}

/// Measures the shape in the directory `path`.
pub(super) fn report(path: &Path, size: BatchSize, how: &How, quick: bool) -> Result<Report, Failure> {
    let BatchSize { rows, tokens } = size;
    let config = read_config(path).map_err(Failure::input)?;
    if tokens > config.max_position_embeddings {
        return Err(Failure::Input(format!(
            "--train {size}: the model has {} positions",
            config.max_position_embeddings
        )));
    }
    let overrides = compute::overrides(how.place, how.keep);
    let recipe = Recipe::parse(RECIPE, "bench", &overrides).map_err(Failure::input)?;
    let compute = Compute::of(&recipe, &config).map_err(Failure::input)?;
    let decoder = Decoder::random(config.clone(), 0, &compute.device).map_err(Failure::work)?;
    let optimizer =
        AdamW::new(decoder.variables(), recipe.optimizer.clone(), compute.ops).map_err(Failure::work)?;
    let mut learner = Learner {
        recipe,
        config,
        compute,
        decoder,
        optimizer,
    };
    let vocabulary = u32::try_from(learner.config.vocab_size).unwrap_or(u32::MAX);
    let (mut rng, mut steps, mut loss) = (rng::stream("bench", 0, &[]), 0, f64::NAN);
    let mut step = || {
        let batch = noise(&mut rng, vocabulary, rows, tokens + 1);
        steps += 1;
        let rate = learner.recipe.learning_rate;
        (loss, _) = imitation::update(&mut learner, &batch, steps, rate).map_err(Failure::work)?;
        Ok((rows * tokens) as u64)
    };
    // The first step warms up what there is to warm up.
    step()?;
    let rate = Rate::of(if quick { 2 } else { 10 }, step)?;
    Ok(Report {
        schema: SCHEMA,
        machine: Machine::look(),
        model: path.display().to_string(),
        parameters: learner.config.parameters(),
        device: learner.compute.place(),
        dtype: learner.compute.dtype().as_str(),
        threads: rayon::current_num_threads(),
        rows,
        tokens,
        tokens_per_second: rate.best,
        tokens_per_second_median: rate.median,
        loss,
    })
}

/// The report for a person.
pub(super) fn text(report: &Report) -> String {
    format!(
        "{}, {:.1}M parameters, {} x {} tokens a step, on {} in {}, {} threads\n\
         {:.0} tokens/s in the fastest step, {:.0} in the middle one\n",
        report.model,
        report.parameters as f64 / 1e6,
        report.rows,
        report.tokens,
        report.device,
        report.dtype,
        report.threads,
        report.tokens_per_second,
        report.tokens_per_second_median,
    )
}

//! How fast a bundled model writes: alone, and as one of many.

use super::{Failure, Rate};
use crate::{
    base::{cancel::Cancel, pace::Pace, sampler::Sampler},
    cli::models::{self, Opened},
    engine::{How, PromptKind, Request, RunId, answers},
    task::countdown::{Generator, Problem, Split},
    trace::language::prompt,
    train::setup::HELDOUT_SEED,
};
use serde::Serialize;

/// The model that is measured: the one people meet first.
const MODEL: &str = "scout";

/// Samples generated together when there are many.
const TOGETHER: usize = 64;

/// One way of generating.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) model: &'static str,
    /// Samples generated together.
    pub(super) batch: usize,
    /// Length of their texts, mean.
    tokens_per_sample: f64,
    /// Of the fastest repeat; reading the prompts is included.
    pub(super) tokens_per_second: f64,
    pub(super) tokens_per_second_median: f64,
}

/// Opens the model and generates one token: the model, and how many seconds that took.
pub(super) fn first_token() -> Result<(Opened, f64), Failure> {
    let began = std::time::Instant::now();
    let opened = models::open(MODEL, &How::default())?;
    let problems = problems(&opened, 1)?;
    generate(&opened, &problems, 1, 1)?;
    Ok((opened, began.elapsed().as_secs_f64()))
}

/// One sample after the other, and many together.
pub(super) fn rows(opened: &Opened, quick: bool) -> Result<Vec<Row>, Failure> {
    let (repeats, alone, max_tokens) = if quick { (1, 1, 24) } else { (5, 16, 256) };
    let problems = problems(opened, TOGETHER)?;
    let row = |(batch, count): (usize, usize)| {
        let problems = problems.get(..count).unwrap_or(&problems);
        let mut tokens = 0;
        let rate = Rate::of(repeats, || {
            tokens = generate(opened, problems, batch, max_tokens)?;
            Ok(tokens)
        })?;
        Ok(Row {
            model: MODEL,
            batch,
            tokens_per_sample: tokens as f64 / problems.len().max(1) as f64,
            tokens_per_second: rate.best,
            tokens_per_second_median: rate.median,
        })
    };
    [(1, alone), (TOGETHER, TOGETHER)].into_iter().map(row).collect()
}

fn problems(opened: &Opened, count: usize) -> Result<Vec<Problem>, Failure> {
    let generator = Generator::new(&opened.task, HELDOUT_SEED, Split::Heldout).map_err(Failure::work)?;
    Ok(generator.take(count).collect())
}

/// Generates one sample of each problem, at temperature 1; how many tokens that made.
fn generate(opened: &Opened, problems: &[Problem], batch: usize, max_tokens: usize) -> Result<u64, Failure> {
    let request = |(index, problem): (u64, &Problem)| Request {
        run: RunId(index),
        prompt: prompt(problem),
        kind: PromptKind::Raw,
        known: Vec::new(),
        prefix: Vec::new(),
        sampler: Sampler {
            temperature: 1.0,
            max_tokens,
            ..Sampler::default()
        },
        index,
        samples: vec![0],
        top: 0,
        cancel: Cancel::default(),
        pace: Pace::default(),
    };
    let requests = (0..).zip(problems).map(request).collect();
    let answers = answers(&opened.model, batch, requests).map_err(Failure::work)?;
    Ok(answers.iter().map(|answer| answer.tokens.len() as u64).sum())
}

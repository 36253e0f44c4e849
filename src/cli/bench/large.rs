//! How fast one model that somebody names generates: loading, one sequence, many, and a fork of a long prefix.
//!
//! Tokens are fed as numbers, so the model needs no tokenizer. The limit of one sequence is memory bandwidth: every weight
//! is read once a token.

use super::machine::{self, Machine};
use crate::{
    base::memory,
    cli::output::Failure,
    engine::How,
    model::{Cache, Forward, ModelFiles, Place, Row, Shape, Shards, checkpoint::read_shape, gguf::GgufFile},
};
use serde::Serialize;
use std::{path::Path, time::Instant};

/// Name and version of the shape of `--json`.
const SCHEMA: &str = "backtrail.bench_model/1";

/// Sequences that generate together in the second row.
const TOGETHER: usize = 32;
/// Tokens before the fork, and branches of it.
const PREFIX: usize = 1000;
const BRANCHES: usize = 16;
/// Tokens that are read before anything is timed.
const PROMPT: usize = 16;

/// What was measured. Rates are the best of three.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    schema: &'static str,
    machine: Machine,
    model: String,
    dtype: &'static str,
    threads: usize,
    weights_bytes: usize,
    /// From the file to packed weights; the file's hash is not counted.
    load_seconds: f64,
    /// The most memory that was resident when the model was loaded.
    loaded_bytes: Option<u64>,
    /// Bytes read per second from memory by a plain loop on as many threads.
    bandwidth: f64,
    decode: Vec<Decode>,
    /// Prompt tokens read per second.
    prefill_tokens_per_second: f64,
    fork: Option<Fork>,
}

#[derive(Debug, Serialize)]
struct Decode {
    batch: usize,
    tokens_per_second: f64,
    /// Bytes of weights read per second, as a share of `bandwidth`.
    share_of_bandwidth: f64,
}

/// From asking for branches of a prefix that is in the cache to the first new token of all of them.
#[derive(Debug, Serialize)]
struct Fork {
    prefix: usize,
    branches: usize,
    seconds: f64,
    /// The same in steps of as many sequences.
    decode_steps: f64,
}

/// Measures the model at `path`: a `.gguf` file, or a directory with `config.json` and weights.
pub(super) fn report(path: &Path, how: &How, quick: bool) -> Result<Report, Failure> {
    let machine = Machine::look();
    let began = Instant::now();
    let files = files(path)?;
    let device = match how.place {
        Place::Auto => files.best_device(how.keep),
        named => named.device().map_err(Failure::input)?,
    };
    let model = Forward::load(&files, how.keep, &device)
        .map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
    let load_seconds = began.elapsed().as_secs_f64();
    let loaded_bytes = machine::peak_memory();
    let bandwidth = bandwidth();
    let steps = if quick { 8 } else { 32 };
    let (prefill, alone) = decode(&model, 1, steps, bandwidth)?;
    let (_, together) = decode(&model, TOGETHER, steps.div_ceil(4), bandwidth)?;
    Ok(Report {
        schema: SCHEMA,
        machine,
        model: path.display().to_string(),
        dtype: model.dtype(),
        threads: rayon::current_num_threads(),
        weights_bytes: model.bytes(),
        load_seconds,
        loaded_bytes,
        bandwidth,
        decode: vec![alone, together],
        prefill_tokens_per_second: prefill,
        fork: fork(&model)?,
    })
}

/// Shape and weights of the model at `path`.
fn files(path: &Path) -> Result<ModelFiles, Failure> {
    if path.is_dir() {
        return Ok(ModelFiles {
            shape: read_shape(path).map_err(Failure::input)?,
            tensors: Box::new(Shards::open(path).map_err(Failure::input)?),
        });
    }
    let file =
        GgufFile::open(path).map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
    Ok(ModelFiles {
        shape: Shape::Own(file.config.clone()),
        tensors: Box::new(file),
    })
}

/// A step, whose logits are not looked at.
fn step(model: &Forward, cache: &mut Cache, rows: &[Row], logits: &mut Vec<f32>) -> Result<(), Failure> {
    model.step(rows, cache, logits).map_err(Failure::work)
}

fn row(model: &Forward, slot: usize, place: usize, want_logits: bool) -> Row {
    Row {
        slot,
        token: (place * 7919 % model.vocab_size().max(1)) as u32,
        want_logits,
    }
}

/// Prompt tokens a second, and new tokens a second of `batch` sequences.
fn decode(model: &Forward, batch: usize, steps: usize, bandwidth: f64) -> Result<(f64, Decode), Failure> {
    let (mut cache, mut logits) = (model.cache(), Vec::new());
    let slots: Vec<usize> = (0..batch).map(|_| cache.open()).collect();
    let began = Instant::now();
    let prompts = (0..PROMPT).flat_map(|place| slots.iter().map(move |slot| (*slot, place)));
    let rows: Vec<Row> = prompts
        .map(|(slot, place)| row(model, slot, place, false))
        .collect();
    step(model, &mut cache, &rows, &mut logits)?;
    let prefill = rows.len() as f64 / began.elapsed().as_secs_f64();
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let began = Instant::now();
        for place in 0..steps {
            let rows: Vec<Row> = slots.iter().map(|slot| row(model, *slot, place, true)).collect();
            step(model, &mut cache, &rows, &mut logits)?;
        }
        best = best.min(began.elapsed().as_secs_f64() / steps as f64);
    }
    let decode = Decode {
        batch,
        tokens_per_second: batch as f64 / best,
        share_of_bandwidth: model.bytes() as f64 / best / bandwidth,
    };
    Ok((prefill, decode))
}

fn fork(model: &Forward) -> Result<Option<Fork>, Failure> {
    if model.context() < PREFIX + 8 {
        return Ok(None);
    }
    let (mut cache, mut logits) = (model.cache(), Vec::new());
    let trunk = cache.open();
    let rows: Vec<Row> = (0..PREFIX).map(|place| row(model, trunk, place, false)).collect();
    step(model, &mut cache, &rows, &mut logits)?;
    let began = Instant::now();
    let slots: Vec<usize> = (0..BRANCHES).map(|_| cache.fork(trunk, PREFIX - 1)).collect();
    let first: Vec<Row> = slots
        .iter()
        .map(|slot| row(model, *slot, PREFIX - 1, true))
        .collect();
    step(model, &mut cache, &first, &mut logits)?;
    let seconds = began.elapsed().as_secs_f64();
    let mut best = f64::INFINITY;
    for place in 0..3 {
        let began = Instant::now();
        let rows: Vec<Row> = slots.iter().map(|slot| row(model, *slot, place, true)).collect();
        step(model, &mut cache, &rows, &mut logits)?;
        best = best.min(began.elapsed().as_secs_f64());
    }
    Ok(Some(Fork {
        prefix: PREFIX,
        branches: BRANCHES,
        seconds,
        decode_steps: seconds / best,
    }))
}

/// Bytes a second that a plain loop reads from memory, on the threads of the pool, best of three.
fn bandwidth() -> f64 {
    use rayon::prelude::*;
    let numbers: Vec<u64> = vec![1; 64 << 20];
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let began = Instant::now();
        let parts = numbers.par_chunks(numbers.len() / rayon::current_num_threads());
        let sum: u64 = parts
            .map(|part| part.iter().fold(0, |sum: u64, x| sum.wrapping_add(*x)))
            .sum();
        std::hint::black_box(sum);
        best = best.min(began.elapsed().as_secs_f64());
    }
    (8 * numbers.len()) as f64 / best
}

/// The report for a person: ratios first.
pub(super) fn text(report: &Report) -> String {
    let mut lines = vec![
        format!(
            "{} in {}, {} of weights, {} thread{} of {} ({})",
            report.model,
            report.dtype,
            memory::words(report.weights_bytes as u64),
            report.threads,
            if report.threads == 1 { "" } else { "s" },
            report.machine.processor.as_deref().unwrap_or("this processor"),
            report.machine.kernels
        ),
        format!(
            "memory reads at {:.1} GB/s; load {:.2} s, resident {}",
            report.bandwidth / 1e9,
            report.load_seconds,
            report.loaded_bytes.map_or("?".into(), memory::words)
        ),
        String::new(),
        "share of bandwidth   sequences   tokens/s".into(),
    ];
    for row in &report.decode {
        lines.push(format!(
            "{:>17.0} %   {:>9}   {:>8.1}",
            100.0 * row.share_of_bandwidth,
            row.batch,
            row.tokens_per_second
        ));
    }
    lines.push(format!(
        "prompt: {:.0} tokens/s",
        report.prefill_tokens_per_second
    ));
    if let Some(fork) = &report.fork {
        lines.push(format!(
            "fork of {} tokens into {}: first new token after {:.2} steps",
            fork.prefix, fork.branches, fork.decode_steps
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}

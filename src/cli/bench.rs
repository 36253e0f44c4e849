//! `backtrail bench`: how fast this machine is.
//!
//! Nothing is simulated: each figure comes from the code that people use, on problems, texts and batches like theirs. What
//! is fast enough is for the reader to judge; the bars beside the table are those of a release build.

mod analyze;
mod decode;
mod large;
mod machine;
mod shape;
mod table;
mod train;

use super::{
    args::Bench,
    output::{Failure, Outcome, Output, complain},
};
use crate::{
    engine::How,
    tui::bench::{FrameTimes, frames},
};
use machine::Machine;
use serde::Serialize;
use std::time::Instant;

/// Name and version of the shape of `--json`.
const SCHEMA: &str = "backtrail.bench/1";

/// Everything that was measured.
#[derive(Debug, Serialize)]
struct Report {
    schema: &'static str,
    machine: Machine,
    /// Whether it was measured in a hurry: less work, fewer repeats, a smaller trace on the screen.
    quick: bool,
    decode: Vec<decode::Row>,
    train: Vec<train::Row>,
    grpo_step: Vec<train::GrpoRow>,
    analyze: analyze::Report,
    frame: Frame,
    first_token_seconds: f64,
    memory: Memory,
    /// Size of the program on disk; null when the system does not say.
    binary_bytes: Option<u64>,
}

/// How long a frame takes; see [`frames`].
#[derive(Debug, Serialize)]
struct Frame {
    frames: usize,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    text_bytes: usize,
    nodes: usize,
}

/// The most memory that was resident at once, in bytes; null when the system does not say.
#[derive(Debug, Serialize)]
struct Memory {
    /// With a model, and the trace of [`Frame`] on the screen.
    workbench_bytes: Option<u64>,
    /// With training too.
    peak_bytes: Option<u64>,
}

/// Work per second, over repeats of the same work.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rate {
    /// The fastest repeat: what the machine can do when nobody disturbs it.
    best: f64,
    /// The middle one: what it did.
    median: f64,
}

impl Rate {
    /// Times `work`, which says how much it has done, `repeats` times.
    fn of(repeats: usize, mut work: impl FnMut() -> Result<u64, Failure>) -> Result<Self, Failure> {
        let mut rates = Vec::with_capacity(repeats);
        for _ in 0..repeats {
            let began = Instant::now();
            let done = work()?;
            rates.push(done as f64 / began.elapsed().as_secs_f64().max(1e-9));
        }
        rates.sort_by(f64::total_cmp);
        Ok(Self {
            best: rates.last().copied().unwrap_or_default(),
            median: rates.get(rates.len() / 2).copied().unwrap_or_default(),
        })
    }
}

/// Runs the command. `threads`: of the rows that use all; one per core when not given.
pub(super) fn run(args: &Bench, threads: Option<usize>, how: &How) -> Outcome {
    if let (Some(path), Some(size)) = (&args.model, args.train) {
        let report = shape::report(path, size, how, args.quick)?;
        let mut output = Output::open(None)?;
        return if args.json {
            output.json(&report)
        } else {
            output.text(&shape::text(&report))
        };
    }
    if let Some(path) = &args.model {
        let report = large::report(path, how, args.quick)?;
        let mut output = Output::open(None)?;
        return if args.json {
            output.json(&report)
        } else {
            output.text(&large::text(&report))
        };
    }
    let report = measure(args.quick, threads, how)?;
    let mut output = Output::open(None)?;
    if args.json {
        output.json(&report)
    } else {
        output.text(&table::of(&report))
    }
}

fn measure(quick: bool, threads: Option<usize>, how: &How) -> Result<Report, Failure> {
    let machine = Machine::look();
    // In this order: the first token comes from a program that has done nothing yet, and what training needs would
    // hide what the workbench needs.
    complain("measuring the first token");
    let (opened, first_token_seconds) = decode::first_token()?;
    complain("measuring generation");
    let decode = decode::rows(&opened, quick)?;
    complain("measuring analysis");
    let analyze = analyze::report(&opened.task, quick)?;
    complain("measuring frames");
    let frame = frame(quick);
    let workbench_bytes = machine::peak_memory();
    complain("measuring training");
    let threads = threads.unwrap_or(machine.cores);
    let train = train::rows(threads, quick, how)?;
    let grpo_step = train::grpo_rows(threads, quick, how)?;
    Ok(Report {
        schema: SCHEMA,
        machine,
        quick,
        decode,
        train,
        grpo_step,
        analyze,
        frame,
        first_token_seconds,
        memory: Memory {
            workbench_bytes,
            peak_bytes: machine::peak_memory(),
        },
        binary_bytes: machine::binary_size(),
    })
}

fn frame(quick: bool) -> Frame {
    let (count, bytes, nodes) = if quick {
        (60, 200_000, 4_000)
    } else {
        (1_000, 5_000_000, 100_000)
    };
    let FrameTimes {
        p50,
        p99,
        max,
        text_bytes,
        nodes,
    } = frames(count, bytes, nodes);
    Frame {
        frames: count,
        p50_ms: p50.as_secs_f64() * 1e3,
        p99_ms: p99.as_secs_f64() * 1e3,
        max_ms: max.as_secs_f64() * 1e3,
        text_bytes,
        nodes,
    }
}

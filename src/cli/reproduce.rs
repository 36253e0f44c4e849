//! `backtrail reproduce`: a published experiment in miniature, with its table and a verdict per claim.

mod table;

use super::{
    args::{Reproduce, TableFormat},
    output::{Failure, Outcome, Output, complain},
    overrides::changes,
};
use crate::{
    base::nearest::hint,
    config::Paths,
    engine::How,
    experiment::four_habits::{self, NAME, Plan, Report, ReproduceError},
    model::Place,
    train::{TrainError, compute},
};
use std::{path::Path, time::Instant};

/// Runs the command.
pub(super) fn run(args: &Reproduce, threads: Option<usize>, how: &How, paths: &Paths) -> Outcome {
    if args.name != NAME {
        return Err(Failure::Input(format!(
            "there is no experiment `{}`{}; this version reproduces `{NAME}`",
            args.name,
            hint(&args.name, [NAME])
        )));
    }
    let mut overrides = changes(&args.set)?;
    // Who is asked for by name answers before anything begins.
    if how.place != Place::Auto {
        how.place.device().map_err(Failure::input)?;
    }
    // Priming computes where reinforcement learning does.
    for change in compute::overrides(how.place, how.keep) {
        let mut priming = change.clone();
        priming.key.insert(0, "prime".to_owned());
        overrides.extend([change, priming]);
    }
    let began = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S");
    let root = args
        .out
        .clone()
        .unwrap_or_else(|| paths.runs().join(format!("{NAME}-{began}")));
    let seeds = args.first_seed..=args.first_seed + args.seeds - 1;
    let plan = |root: &Path, gated| {
        Plan::new(
            root.to_owned(),
            args.quick,
            gated,
            seeds.clone(),
            &overrides,
            paths,
        )
        .map_err(Failure::input)
    };
    let (plain, gated) = (plan(&root, false)?, plan(&root.join("gated"), true)?);
    let threads = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    complain(&format!("the runs are kept in {}", root.display()));
    let mut output = Output::open(None)?;
    let mut report = go(&plain, threads)?;
    // A table for people is printed when it is there: the next one takes as long again.
    let format = args.print.format();
    let told = match format {
        TableFormat::Text => Some(table::text as fn(&Report) -> String),
        TableFormat::Md => Some(table::markdown as fn(&Report) -> String),
        TableFormat::Csv | TableFormat::Json => None,
    };
    if let Some(write) = told {
        output.text(&write(&report))?;
    }
    if args.gated || !args.quick {
        complain("now the same with right answers rewarded only when every statement of the trace is true");
        let second = go(&gated, threads)?;
        if let Some(write) = told {
            output.text(&format!("\n{}", write(&second)))?;
        }
        report.gated = Some(Box::new(second));
    }
    match told {
        Some(_) => Ok(()),
        None if format == TableFormat::Json => output.json(&report),
        None => output.text(&table::csv(&report)),
    }
}

/// Makes the runs, with a line on standard error for every evaluation.
fn go(plan: &Plan, threads: usize) -> Result<Report, Failure> {
    let began = Instant::now();
    let tell = |news: four_habits::News| {
        complain(&format!(
            "{:>5.0} s  {} seed {}: {}",
            began.elapsed().as_secs_f64(),
            news.condition,
            news.seed,
            news.what
        ));
    };
    plan.run(threads, &tell).map_err(|error| match &error {
        ReproduceError::Recipe(_) => Failure::input(error),
        // A directory that holds something else is the caller's.
        ReproduceError::Run {
            error:
                TrainError::Recipe(_)
                | TrainError::Key { .. }
                | TrainError::Occupied(_)
                | TrainError::Place(_)
                | TrainError::Setup(_),
            ..
        } => Failure::input(error),
        _ => Failure::work(error),
    })
}

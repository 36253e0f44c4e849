//! The scriptable face: every subcommand, for scripts, CI and remote machines.
//!
//! Standard output holds the answer and nothing else; logs, progress and complaints go to standard error. Exit status:
//! 0 success, 1 the work failed, 2 bad usage or bad input.

mod analyze;
mod args;
mod behaviors;
mod bench;
mod compare;
mod doctor;
mod generate;
mod judge;
mod logging;
mod models;
mod output;
mod overrides;
mod problems;
mod progress;
mod recipes;
mod recording;
mod reproduce;
mod train;
mod version;
mod workbench;

pub use args::{Cli, Command};
pub use output::Failure;

use crate::behavior::Layer;
use crate::config::{Override, Paths, Settings, recipe::Kind};
use crate::{
    engine::How,
    model::{Keep, Place},
};
use clap::Parser;
use std::{env, process::ExitCode};

/// Reads the command line, does what it says, and tells the exit status.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            ExitCode::from(failure.status())
        }
    }
}

fn run(cli: &Cli) -> output::Outcome {
    let paths = Paths::find(|name| env::var_os(name)).map_err(Failure::input)?;
    let file = cli.common.config.clone().unwrap_or_else(|| paths.settings());
    if cli.common.config.is_some() && !file.is_file() {
        return Err(Failure::Input(format!(
            "--config {}: there is no such file",
            file.display()
        )));
    }
    let how = How {
        keep: match cli.common.dtype.as_deref() {
            None | Some("auto") => Keep::AsStored,
            Some("f32") => Keep::F32,
            Some(other) => {
                return Err(Failure::Input(format!(
                    "--dtype {other}: this version computes with `auto` (as the file has it) or `f32`"
                )));
            }
        },
        place: match cli.common.device.as_deref() {
            None => Place::Auto,
            Some(name) => name.parse().map_err(Failure::input)?,
        },
        ..How::default()
    };
    if cli.common.threads == Some(0) {
        return Err(Failure::input("--threads is 0: nothing could be computed"));
    }
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let (settings, warnings) = Settings::load(&file, variables, &flags(cli));
    for warning in &warnings {
        output::complain(&warning.to_string());
    }
    compute_with(cli, &settings);
    let _log = logging::start(&paths, &settings.log_level);
    behaviors::install(&paths);
    let means = judge::Means {
        how: &how,
        key: &settings.api_key_env,
        paths: &paths,
    };
    match &cli.command {
        None => workbench::run(&cli.files, &cli.workbench, &how, &settings, &paths, &warnings),
        Some(Command::Generate(args)) => generate::run(args, means),
        Some(Command::Analyze(args)) => analyze::run(args, means),
        Some(Command::Compare(args)) => compare::run(args, &settings.api_key_env, &how),
        Some(Command::Models(args)) => models::run(&args.names, args.json, &how),
        Some(Command::Recipes(args)) => recipes::run(args.json, &paths),
        Some(Command::Train(args)) => train::run(args, None, cli.common.threads, &how, &paths),
        Some(Command::Prime(args)) => train::run(args, Some(Kind::Prime), cli.common.threads, &how, &paths),
        Some(Command::Rl(args)) => train::run(args, Some(Kind::Rl), cli.common.threads, &how, &paths),
        Some(Command::Reproduce(args)) => reproduce::run(args, cli.common.threads, &how, &paths),
        Some(Command::Behaviors(args)) => behaviors::run(args, means, &settings.theme),
        Some(Command::Doctor(args)) => doctor::run(args.json, &paths, &settings, &warnings),
        Some(Command::Bench(args)) => bench::run(args, cli.common.threads, &how),
    }
}

/// Gives products as many threads as are asked for; the workbench keeps a core for itself unless it is told otherwise.
fn compute_with(cli: &Cli, settings: &Settings) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = match (settings.threads, &cli.command) {
        (0, None) => cores.saturating_sub(1).max(1),
        (0, Some(_)) => cores,
        (n, _) => n,
    };
    // Fails only when a pool is there already, which is as good.
    let _ = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global();
}

/// Refuses an option with a choice of one when something else was chosen.
fn only(option: &str, chosen: Option<&str>, known: &str) -> output::Outcome {
    match chosen.filter(|chosen| *chosen != known) {
        None => Ok(()),
        Some(other) => Err(Failure::Input(format!(
            "{option} {other}: this version knows `{known}` only"
        ))),
    }
}

/// The findings that `--detector` asks for.
fn layer(chosen: Option<&str>) -> Result<Layer, Failure> {
    let name = chosen.unwrap_or("best");
    name.parse().map_err(|_| {
        Failure::Input(format!(
            "--detector {name}: this version knows best, state, rules, probe, judge and all"
        ))
    })
}

/// The settings that options of the command line change.
fn flags(cli: &Cli) -> Vec<Override> {
    let set = |key: &str, value: toml::Value| Override {
        key: vec![key.to_owned()],
        value,
    };
    let mut flags = Vec::new();
    flags.extend(
        cli.common
            .log_level
            .as_ref()
            .map(|level| set("log_level", level.as_str().into())),
    );
    flags.extend(
        cli.common
            .threads
            .map(|n| set("threads", i64::try_from(n).unwrap_or(i64::MAX).into())),
    );
    flags.extend(
        cli.workbench
            .model
            .as_ref()
            .map(|model| set("model", model.as_str().into())),
    );
    if cli.workbench.ascii {
        flags.push(set("ascii", true.into()));
    }
    flags
}

//! `backtrail train`: runs a recipe, with its progress on standard error and, with `--json`, its metrics on standard
//! output. At the end a card is written beside the weights.

use super::{
    args::{RowsFormat, Train},
    output::{Failure, Outcome, Output, complain},
    overrides::changes,
};
use crate::{
    base::duration,
    config::{Override, Paths, Recipe, recipe::Kind, recipes},
    engine::How,
    train::{
        Command, Outcome as Ended, Remote, Report, TrainError, TrainEvent, Trainer, compute,
        heldout::{Heldout, write_card},
        mailbox,
        priming::{Format, to_jsonl},
        setup::{self, Base},
    },
};
use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Runs the command: `train`, or one of its kin that takes recipes of one `kind` only.
pub(super) fn run(
    args: &Train,
    kind: Option<Kind>,
    threads: Option<usize>,
    how: &How,
    paths: &Paths,
) -> Outcome {
    let overrides = overrides(args, threads, how)?;
    if let (Some(file), Some(name)) = (&args.rows, &args.recipe) {
        return rows(file, name, args.rows_format, &overrides, paths);
    }
    let mut trainer = match (&args.recipe, args.resume) {
        (_, true) => {
            let root = args
                .out
                .clone()
                .ok_or_else(|| Failure::input("--resume needs --out DIR, the run to go on with"))?;
            setup::resume(&root, &overrides).map_err(input)?
        }
        (Some(name), false) => begin(name, kind, args, &overrides, paths)?,
        (None, false) => {
            return Err(Failure::input(
                "name a recipe (see `backtrail recipes`), or --resume --out DIR",
            ));
        }
    };
    let (remote, inbox) = mailbox();
    stop_on_interrupt(remote.clone())?;
    let mut heldout = Heldout::new(trainer.recipe(), trainer.tokenizer().to_vec()).map_err(input)?;
    let mut output = Output::open(None)?;
    let mut progress = Progress::new();
    let root = trainer.dir().root().to_owned();
    complain(&format!(
        "training {} on {} in {}",
        trainer.recipe().name,
        trainer.compute(),
        root.display()
    ));
    let mut written = Ok(());
    let ended = trainer.run(&inbox, Some(&mut heldout), &mut |event| {
        if let (TrainEvent::Step(report), true) = (&event, args.json)
            && written.is_ok()
        {
            written = output.json(report);
            // Who reads no more wants no more.
            if written.is_err() {
                remote.tell(Command::Stop);
            }
        }
        progress.tell(&event);
    });
    written?;
    match ended {
        Ended::Done => finish(&trainer, &mut heldout),
        Ended::Stopped => {
            complain(&format!(
                "stopped and saved; go on with --resume --out {}",
                root.display()
            ));
            Ok(())
        }
        Ended::Paused(sentence) => Err(Failure::Work(sentence)),
    }
}

/// Writes what a `prime` recipe imitates to `file`, and how it is made up to standard error.
fn rows(file: &Path, name: &str, format: RowsFormat, overrides: &[Override], paths: &Paths) -> Outcome {
    let recipe = find(name, Some(Kind::Prime), overrides, paths)?;
    let base = Base::find(&recipe.init).map_err(input)?;
    let place = |key: &str| recipes::place(name, &paths.recipes(), overrides, key);
    let dataset = setup::rows(&recipe, base.as_ref()).map_err(|error| input(error.located(place)))?;
    let format = match format {
        RowsFormat::Trl => Format::Trl,
        RowsFormat::Query => Format::Query,
    };
    let text = to_jsonl(dataset.rows(), format).map_err(Failure::work)?;
    let mut output = Output::open((file != Path::new("-")).then_some(file))?;
    output.text(&text)?;
    complain(&dataset.report().to_string());
    Ok(())
}

/// The recipe `name`, which must be of `kind` if there is one.
fn find(name: &str, kind: Option<Kind>, overrides: &[Override], paths: &Paths) -> Result<Recipe, Failure> {
    let recipe = recipes::find(name, &paths.recipes(), overrides).map_err(Failure::input)?;
    match kind.filter(|kind| *kind != recipe.kind) {
        None => Ok(recipe),
        Some(kind) => Err(Failure::Input(format!(
            "`backtrail {kind}` runs recipes of kind `{kind}`, and `{name}` is of kind `{}`; `backtrail train` runs any",
            recipe.kind
        ))),
    }
}

/// A failure before the run begins is bad input, unless it is the machine's.
fn input(error: TrainError) -> Failure {
    match error {
        TrainError::Disk { .. } | TrainError::Compute(_) | TrainError::Generate(_) => Failure::work(error),
        error => Failure::input(error),
    }
}

fn overrides(args: &Train, threads: Option<usize>, how: &How) -> Result<Vec<Override>, Failure> {
    let mut overrides = changes(&args.set)?;
    if let Some(threads) = threads {
        overrides.extend(format!("threads={threads}").parse::<Override>());
    }
    overrides.extend(compute::overrides(how.place, how.keep));
    Ok(overrides)
}

fn begin(
    name: &str,
    kind: Option<Kind>,
    args: &Train,
    overrides: &[Override],
    paths: &Paths,
) -> Result<Trainer, Failure> {
    let recipe = find(name, kind, overrides, paths)?;
    let root = args
        .out
        .clone()
        .unwrap_or_else(|| default_root(&recipe.name, paths));
    let base = Base::find(&recipe.init).map_err(input)?;
    let place = |key: &str| recipes::place(name, &paths.recipes(), overrides, key);
    setup::begin(&root, recipe, base).map_err(|error| input(error.located(place)))
}

/// A directory of its own for every run: the recipe's name and the time.
fn default_root(name: &str, paths: &Paths) -> PathBuf {
    paths.runs().join(setup::run_name(name))
}

/// Measures the finished model and writes its card.
fn finish(trainer: &Trainer, heldout: &mut Heldout) -> Outcome {
    complain("measuring the finished model on held-out problems");
    let path = write_card(trainer, heldout).map_err(Failure::work)?;
    complain(&format!("done: {}", path.display()));
    Ok(())
}

/// The first Ctrl-C or termination request saves and stops.
fn stop_on_interrupt(remote: Remote) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            runtime.block_on(async {
                let Ok(mut terminate) =
                    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
                else {
                    return;
                };
                tokio::select! {
                    _ = tokio::signal::ctrl_c() => {}
                    _ = terminate.recv() => {}
                }
                remote.tell(Command::Stop);
            });
        })?;
    Ok(())
}

/// The progress line: overwritten on a terminal, now and then a line of its own elsewhere.
struct Progress {
    terminal: bool,
    last: Option<Instant>,
}

impl Progress {
    fn new() -> Self {
        Self {
            terminal: io::stderr().is_terminal(),
            last: None,
        }
    }

    fn tell(&mut self, event: &TrainEvent) {
        let mut err = io::stderr();
        // If standard error is closed there is nobody to tell.
        let _ = match event {
            TrainEvent::Step(report) => self.step(report, &mut err),
            TrainEvent::Eval { step, metrics } => {
                let of = |name: &str| metrics.get(name).copied().unwrap_or(f64::NAN);
                writeln!(
                    err,
                    "{}step {step}: held-out accuracy {:.3}, sound {:.3}, {:.0} tokens a trace, n = {:.0}",
                    if self.terminal { "\r\x1b[K" } else { "" },
                    of("eval/accuracy"),
                    of("eval/sound"),
                    of("eval/tokens_mean"),
                    of("eval/n"),
                )
            }
            TrainEvent::Refused(sentence) => writeln!(err, "{sentence}"),
            TrainEvent::Rollouts { .. } | TrainEvent::Waiting(_) | TrainEvent::Changed(_) => Ok(()),
            TrainEvent::Saved { .. } | TrainEvent::Paused(_) | TrainEvent::Done => {
                if self.terminal {
                    write!(err, "\r\x1b[K")
                } else {
                    Ok(())
                }
            }
        };
    }

    fn step(&mut self, report: &Report, err: &mut io::Stderr) -> io::Result<()> {
        let every = if self.terminal {
            Duration::from_millis(200)
        } else {
            Duration::from_secs(10)
        };
        if self.last.is_some_and(|last| last.elapsed() < every) {
            return Ok(());
        }
        self.last = Some(Instant::now());
        let speed = format!("{:.0} tokens/s", report.tokens_per_second);
        let how_well = match report.metrics.get("reward") {
            Some(reward) => {
                let of = |name: &str| report.metrics.get(name).copied().unwrap_or(f64::NAN);
                format!(
                    "reward {reward:.3}  right {:.2}  sound {:.2}  length {:.0}  entropy {:.2}  {:.2} s/step",
                    of("rollouts/accuracy"),
                    of("rollouts/sound"),
                    of("completions/mean_length"),
                    of("entropy"),
                    report.step_time,
                )
            }
            None => format!("loss {:.4}  {speed}", report.loss),
        };
        let line = format!(
            "step {}  {:>3.0} %  {how_well}  {} left",
            report.step,
            100.0 * report.progress,
            duration::text(report.seconds_left),
        );
        if self.terminal {
            write!(err, "\r\x1b[K{line}")?;
            err.flush()
        } else {
            writeln!(err, "{line}")
        }
    }
}

//! `backtrail compare`: two to four models on the same problems, as a table.

mod table;

use super::{
    args::{Compare, TableFormat},
    models, only,
    output::{Failure, Outcome, Output, apart, complain},
    overrides::Overrides,
};
use crate::{
    base::{file::write_atomic, json},
    engine::{
        How,
        remote::{self, Server},
    },
    experiment::{
        Comparison, Lane, Plan, compare,
        compare::{LANES, ProblemSet, Writer},
    },
    model::generation::Generation,
    task::countdown::Settings,
    trace::record::ModelRef,
};
use std::{ffi::OsStr, fs, io, io::Write, path::Path};

/// How lanes are called in options and tables.
const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// Runs the command. `key` names the environment variable with the API key of servers.
pub(super) fn run(args: &Compare, key: &str, how: &How) -> Outcome {
    only("--task", args.wanted.task.as_deref(), "countdown")?;
    if !LANES.contains(&args.models.len()) {
        return Err(Failure::Input(format!(
            "--models names {}: a comparison takes two to four, as in --models scout,guesser",
            args.models.len()
        )));
    }
    let (settings, lanes) = lanes(args, key, how)?;
    let wanted = &args.wanted;
    let problems = wanted.find(&settings)?;
    let drawn = wanted.problem.is_empty() && wanted.problems.is_none();
    let first = problems.first().filter(|_| drawn);
    let set = ProblemSet {
        generator: first.and_then(|problem| problem.generator.clone()),
        split: first.and_then(|problem| problem.split),
        seed: drawn.then_some(wanted.seed),
    };
    let plan = Plan {
        lanes,
        problems,
        set,
        samples: usize::try_from(wanted.samples).unwrap_or(usize::MAX),
    };
    plan.check().map_err(Failure::input)?;
    // A directory that cannot be written is known before the work is done, not after.
    if let Some(dir) = &args.out {
        fs::create_dir_all(dir).map_err(|e| unwritable(dir, &e))?;
        let entries = fs::read_dir(dir).map_err(|e| unwritable(dir, &e))?;
        for entry in entries.flatten().filter(|entry| is_kept(&entry.file_name())) {
            apart("--out", Some(&entry.path()), wanted.problems.as_deref())?;
        }
    }
    let found = compare(&plan, &|_, _| true).map_err(Failure::work)?;
    if let Some(dir) = &args.out {
        keep(&found, dir)?;
    }
    let mut output = Output::open(None)?;
    match args.print.format() {
        TableFormat::Json => output.json(&found.table),
        TableFormat::Text => output.text(&table::text(&found.table)),
        TableFormat::Md => output.text(&table::markdown(&found.table)),
        TableFormat::Csv => output.text(&table::csv(&found.table)),
    }
}

/// The lanes, and the task of the first.
fn lanes(args: &Compare, key: &str, how: &How) -> Result<(Settings, Vec<Lane>), Failure> {
    let sets = split(&args.set, args.models.len())?;
    let mut task: Option<Settings> = None;
    let mut lanes = Vec::new();
    for (name, set) in args.models.iter().zip(&sets) {
        let overrides = Overrides::parse(set)?;
        if remote::is_server(name) {
            // Known before the other lanes' work is done, not after.
            Server::parse(name).map_err(|error| Failure::Input(format!("{name}: {error}")))?;
            lanes.push(Lane {
                record: ModelRef::served(name),
                sampler: overrides.sampler(&Generation::default().sampler(true))?,
                writer: Writer::Server {
                    name: name.clone(),
                    key: key.to_owned(),
                },
            });
            continue;
        }
        let opened = models::open(name, how)?;
        let settings = overrides.task(&opened.task)?;
        match &task {
            None => task = Some(settings),
            Some(first) if *first != settings => complain(&format!(
                "{name} was trained on other problems than {}: they are drawn for {0}",
                args.models.first().map_or("the first model", String::as_str)
            )),
            Some(_) => {}
        }
        lanes.push(Lane {
            record: opened.reference(),
            sampler: overrides.sampler(&opened.sampler)?,
            writer: Writer::Local(opened.model),
        });
    }
    Ok((task.unwrap_or_default(), lanes))
}

/// The settings of each lane: those of all, and those that begin with its letter.
fn split(set: &[String], lanes: usize) -> Result<Vec<Vec<String>>, Failure> {
    let mut sets = vec![Vec::new(); lanes];
    for text in set {
        let lane = text
            .split_once('.')
            .and_then(|(letter, rest)| Some((NAMES.iter().position(|name| *name == letter)?, rest)));
        match lane {
            None => sets.iter_mut().for_each(|set| set.push(text.clone())),
            Some((lane, rest)) => match sets.get_mut(lane) {
                Some(_) if rest.starts_with("task.") => {
                    return Err(Failure::Input(format!(
                        "--set {text}: all lanes get the same problems; leave the letter out"
                    )));
                }
                Some(set) => set.push(rest.to_owned()),
                None => {
                    return Err(Failure::Input(format!(
                        "--set {text}: there are only {lanes} lanes"
                    )));
                }
            },
        }
    }
    Ok(sets)
}

/// Whether a file of this name may be one of those that are kept.
fn is_kept(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let is_lane = |name: &str| NAMES.iter().any(|lane| name.starts_with(&format!("{lane}-")));
    name == TABLE || name.ends_with(".jsonl") && is_lane(&name)
}

/// The table among them.
const TABLE: &str = "compare.json";

/// The traces of every lane as JSON lines, and the table.
fn keep(found: &Comparison, dir: &Path) -> Outcome {
    for (index, (row, traces)) in found.table.lanes.iter().zip(&found.traces).enumerate() {
        let path = dir.join(format!("{}-{}.jsonl", letter(index), file_name(&row.model)));
        let mut lines = Vec::new();
        for trace in traces {
            let line = json::to_line(trace).map_err(Failure::work)?;
            writeln!(lines, "{line}")?;
        }
        write_atomic(&path, &lines).map_err(|e| unwritable(&path, &e))?;
    }
    let path = dir.join(TABLE);
    let line = json::to_line(&found.table).map_err(Failure::work)? + "\n";
    write_atomic(&path, line.as_bytes()).map_err(|e| unwritable(&path, &e))
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::Work(format!("--out {}: {error}", path.display()))
}

/// A lane's letter.
fn letter(index: usize) -> &'static str {
    NAMES.get(index).copied().unwrap_or("?")
}

/// The last part of a model's name, with nothing in it that file systems mind.
fn file_name(model: &str) -> String {
    let last = Path::new(model).file_name().unwrap_or_default().to_string_lossy();
    let safe = |c: char| {
        if c.is_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '_'
        }
    };
    last.chars().map(safe).collect()
}

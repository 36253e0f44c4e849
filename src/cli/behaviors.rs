//! `backtrail behaviors`: what is looked for, and how right the detectors are.

use super::{
    args::{Behaviors, ScoreArgs},
    judge::{Means, Sitting, TOGETHER, protocol},
    layer,
    output::{Failure, Outcome, Output, complain},
};
use crate::{
    base::words::counted,
    behavior::{
        Detector, Habit, Layer, gold,
        judge::{Case, Protocol},
        rules::{self, BUNDLED, Rules},
        score::{self, Figures, Score},
    },
    config::Paths,
    trace::record::Behavior,
};
use serde_json::json;
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

/// Runs the command.
pub(super) fn run(args: &Behaviors, means: Means<'_>) -> Outcome {
    match args {
        Behaviors::List(args) => list(args.json, means.paths),
        Behaviors::Score(args) => measure(args, means),
    }
}

/// Makes the user's own behaviors those of this process. A file that cannot be used is passed over with a sentence.
pub(super) fn install(paths: &Paths) {
    let own = own_files(&paths.behaviors());
    if own.is_empty() {
        return;
    }
    let mut files: Vec<(String, String)> = BUNDLED
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let mut rules = None;
    for file in own {
        files.push(file);
        match Rules::load(&files) {
            Ok(loaded) => rules = Some(loaded),
            Err(error) => {
                complain(&format!("{error}; the file is passed over"));
                files.pop();
            }
        }
    }
    if let Some(rules) = rules {
        rules::install(rules);
    }
}

/// The user's behavior files, by name.
fn own_files(directory: &Path) -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        match fs::read_to_string(&path) {
            Ok(text) => files.push((path.display().to_string(), text)),
            Err(error) => complain(&format!("{} cannot be read: {error}", path.display())),
        }
    }
    files
}

fn list(as_json: bool, paths: &Paths) -> Outcome {
    let mut output = Output::open(None)?;
    let rules = rules::current();
    let own: Vec<String> = own_files(&paths.behaviors())
        .into_iter()
        .filter_map(|(path, text)| {
            let table: toml::Table = text.parse().ok()?;
            Some(format!("{}\n{path}", table.get("name")?.as_str()?))
        })
        .collect();
    for spec in rules.behaviors() {
        let path = own.iter().find_map(|entry| {
            let (name, path) = entry.split_once('\n')?;
            (name == spec.name).then_some(path)
        });
        if as_json {
            let names: Vec<&str> = spec.rules.iter().map(|rule| rule.name.as_str()).collect();
            output.json(&json!({
                "schema": "backtrail.behavior/1",
                "name": spec.name,
                "letter": spec.letter,
                "color": spec.color,
                "path": path,
                "about": spec.about,
                "rules": names,
            }))?;
        } else {
            output.text(&format!(
                "{} {:<18} {:>3}   {:<8} {}\n",
                spec.letter.unwrap_or(' '),
                spec.name,
                counted(spec.rules.len(), "rule"),
                path.unwrap_or("bundled"),
                spec.about
            ))?;
        }
    }
    Ok(())
}

fn measure(args: &ScoreArgs, means: Means<'_>) -> Outcome {
    let layer = layer(args.detector.as_deref())?;
    if protocol(&args.judging)? == Protocol::Count {
        return Err(Failure::input(
            "--judge-protocol count: people labelled sentences, so only `spans` can be scored against them",
        ));
    }
    let judge = Sitting::open(&args.judging, layer, means)?;
    let path = args.gold.display();
    let text =
        fs::read_to_string(&args.gold).map_err(|e| Failure::input(format!("{path} cannot be read: {e}")))?;
    let (mut rows, mut bad) = (Vec::new(), 0);
    for row in gold::read(&text) {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => {
                bad += 1;
                complain(&format!("{path}, {error}"));
            }
        }
    }
    if rows.is_empty() {
        return Err(match bad {
            0 => Failure::Input(format!("{path} has no labelled traces")),
            _ => Failure::Input(format!(
                "none of the {} of {path} could be read",
                counted(bad, "row")
            )),
        });
    }
    let mut found: Vec<Vec<Behavior>> = rows
        .iter()
        .map(|row| Detector::of(layer.own()).follow(row.subject(), &row.text).1)
        .collect();
    let mut name = layer.to_string();
    if let Some(mut judge) = judge {
        name = match layer {
            Layer::Judge => judge.title(),
            _ => format!("{layer} with {}", judge.title()),
        };
        for (rows, found) in rows.chunks(TOGETHER).zip(found.chunks_mut(TOGETHER)) {
            let cases: Vec<Case> = rows
                .iter()
                .map(|row| Case::of_gold(row, judge.prompts()))
                .collect();
            let judged = judge.find(&cases, found)?;
            for (all, judged) in found.iter_mut().zip(judged) {
                all.extend(judged);
            }
        }
        judge.end()?;
    }
    for found in &mut found {
        found.retain(|found| layer.keeps(found));
    }
    let score = score::score(&name, &rows, |row| {
        let mut pairs = rows.iter().zip(&found);
        let own = pairs.find(|(other, _)| std::ptr::eq(*other, row));
        own.map(|(_, found)| found.clone()).unwrap_or_default()
    });
    let mut output = Output::open(None)?;
    if args.json {
        output.json(&score)
    } else {
        output.text(&table(&score, !args.quiet))
    }
}

/// The figures for a person: all, by task, by model, and the errors.
fn table(score: &Score, with_errors: bool) -> String {
    let mut text = format!(
        "detector {}   {}, {}\n\n",
        score.detector,
        counted(score.traces, "trace"),
        counted(score.units, "unit")
    );
    text += "  habit                precision  recall     F1   [95 %]        labelled\n";
    for habit in Habit::ALL {
        if let Some(figures) = score.habits.get(habit.name()) {
            let interval = figures
                .interval
                .map_or_else(String::new, |[low, high]| format!("[{low:.2} {high:.2}]"));
            let _ = writeln!(
                text,
                "{} {:<22} {:>7} {:>7} {:>6}   {interval:<13} {:>7}",
                habit.letter(),
                habit.name(),
                share(figures.precision),
                share(figures.recall),
                share(figures.f1),
                figures.support
            );
        }
    }
    for (title, groups) in [("by task", &score.by_task), ("by model", &score.by_model)] {
        text += &part(title, groups);
    }
    if with_errors {
        let _ = writeln!(text, "\n{}", counted(score.errors.len(), "error"));
        for error in &score.errors {
            let what = match &error.rule {
                _ if error.missed => "missed".to_owned(),
                rule => format!("wrong  {}", rule.as_deref().unwrap_or_default()),
            };
            let line: String = error.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let line: String = line.chars().take(160).collect();
            let _ = writeln!(
                text,
                "  {} unit {}  {:<18} {what}\n      {line}",
                error.id, error.unit, error.habit
            );
        }
    }
    text
}

fn part(title: &str, groups: &BTreeMap<String, BTreeMap<String, Figures>>) -> String {
    let mut text = format!("\n  F1 {title:<37} V     B     S     C\n");
    for (name, habits) in groups {
        let cells: Vec<String> = Habit::ALL
            .iter()
            .map(|habit| format!("{:>5}", share(habits.get(habit.name()).and_then(|f| f.f1))))
            .collect();
        let name: String = name.chars().take(38).collect();
        let _ = writeln!(text, "  {name:<38} {}", cells.join(" "));
    }
    text
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

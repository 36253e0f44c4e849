//! `backtrail behaviors`: what is looked for, and how right the detectors are.

mod list;
mod probes;
mod test;
mod train;

use super::{
    args::{Behaviors, ScoreArgs},
    judge::{Means, Sitting, TOGETHER, protocol},
    layer,
    output::{Failure, Outcome, Output, apart, complain},
};
use crate::{
    base::words::counted,
    behavior::{
        Detector, Habit, Layer,
        gold::{self, Labelled},
        judge::{Case, Protocol},
        probe::{self, Probe},
        rules::{self, BUNDLED, Rules},
        score::{self, Figures, Score},
    },
    config::{self, Paths},
    trace::record::Behavior,
    tui::theme::{Depth, Theme},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, io,
    path::Path,
};

/// The name of a user's own probe among their behaviors.
const PROBE: &str = "probe.json";

/// Runs the command.
pub(super) fn run(args: &Behaviors, means: Means<'_>, theme: &str) -> Outcome {
    let colors = |rules: &Rules| complain_of_colors(rules, theme, means.paths);
    match args {
        Behaviors::List(args) => list::run(args, means.paths, &colors),
        Behaviors::Score(args) => measure(args, means),
        Behaviors::Test(args) => test::run(args, means.paths, &colors),
        Behaviors::Train(args) => train::run(args, means.paths),
    }
}

/// Says which colours of behaviors the workbench cannot show, or not apart.
fn complain_of_colors(rules: &Rules, theme: &str, paths: &Paths) {
    let user = |name: &str| {
        let name = format!("themes/{name}.toml");
        let text = fs::read_to_string(paths.config.join(&name)).ok()?;
        Some(config::File::new(&name, text))
    };
    // What is wrong with the theme itself is said where it is used.
    let (mut theme, _) = Theme::load(theme, Depth::True, &user);
    for why in theme.color_behaviors(rules, Depth::True) {
        complain(&why);
    }
}

/// Makes the user's own behaviors those of this process. A file that cannot be used is passed over with a sentence.
pub(super) fn install(paths: &Paths) {
    install_probe(&paths.behaviors().join(PROBE));
    let own = own_files(&paths.behaviors());
    if own.is_empty() {
        return;
    }
    let (_, rules) = usable(own, |error| {
        complain(&format!("{error}; the file is passed over"));
    });
    if let Some(rules) = rules {
        rules::install(rules);
    }
}

/// Our behavior files and those of the user's that make sense with them, and what all of them come to.
fn usable(
    own: Vec<(String, String)>,
    passed_over: impl Fn(rules::Problem),
) -> (Vec<(String, String)>, Option<Rules>) {
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
                passed_over(error);
                files.pop();
            }
        }
    }
    (files, rules)
}

/// Makes the user's own probe that of this process.
fn install_probe(path: &Path) {
    let Ok(text) = fs::read_to_string(path) else {
        return;
    };
    match Probe::read(&text) {
        Ok(probe) => probe::install(probe),
        Err(error) => complain(&format!("{}: {error}; the file is passed over", path.display())),
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

/// The labelled traces of a file; those that cannot be read are counted and named.
fn labelled(path: &Path) -> Result<Vec<Labelled>, Failure> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::input(match error.kind() {
            io::ErrorKind::InvalidData => format!(
                "{name} is no text in UTF-8: labelled traces are JSON lines, as they are and not packed"
            ),
            _ => format!("{name} cannot be read: {error}"),
        })
    })?;
    let (mut rows, mut bad) = (Vec::new(), 0);
    for row in gold::read(&text) {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => {
                bad += 1;
                complain(&format!("{name}, {error}"));
            }
        }
    }
    let read = rows.len();
    rows.retain(Labelled::is_judged);
    let without = read - rows.len();
    if read > 0 && rows.is_empty() {
        return Err(Failure::Input(format!(
            "none of the {} of {name} has labels: give each its `units`, as in \
             {{\"trace\":\"3 + 4 = 8?\",\"units\":[{{\"start\":0,\"end\":10,\"labels\":\"V\"}}]}}",
            counted(read, "row")
        )));
    }
    if without > 0 {
        complain(&format!(
            "{name}: {} without `units` left out",
            counted(without, "row")
        ));
    }
    match (rows.is_empty(), bad) {
        (true, 0) => Err(Failure::Input(format!("{name} has no labelled traces"))),
        (true, _) => Err(Failure::Input(format!(
            "none of the {} of {name} could be read",
            counted(bad, "row")
        ))),
        (false, 0) => Ok(rows),
        (false, _) => {
            complain(&format!("{name}: {} could not be read", counted(bad, "row")));
            Ok(rows)
        }
    }
}

fn measure(args: &ScoreArgs, means: Means<'_>) -> Outcome {
    let layer = layer(args.detector.as_deref())?;
    if protocol(&args.judging)? == Protocol::Count {
        return Err(Failure::input(
            "--judge-protocol count: people labelled sentences, so only `spans` can be scored against them",
        ));
    }
    args.judging.apart([args.gold.as_path()])?;
    let judge = Sitting::open(&args.judging, layer, means)?;
    let rows = labelled(&args.gold)?;
    let score = if args.cross_validate {
        let name = layer.to_string();
        let Some(number) = probe::DETECTORS.iter().position(|detector| *detector == name) else {
            let known = probe::DETECTORS.join("`, `");
            return Err(Failure::Input(format!(
                "--cross-validate --detector {name}: only `{known}` can be cross-validated"
            )));
        };
        let found = probe::cross_validate(&rows, 0).map_err(Failure::input)?;
        let models: BTreeSet<&str> = rows.iter().map(|row| row.model.as_str()).collect();
        let by = probe::left_out(models.len());
        score::score(&format!("{name}, cross-validated by {by}"), &rows, |row| {
            let place = rows.iter().position(|other| std::ptr::eq(other, row));
            let found = place.and_then(|place| found.get(place)?.get(number));
            found.cloned().unwrap_or_default()
        })
    } else {
        let (name, found) = look(&rows, layer, judge)?;
        let mut found = found.into_iter();
        score::score(&name, &rows, |_| found.next().unwrap_or_default())
    };
    let mut output = Output::open(None)?;
    if args.json {
        output.json(&score)?;
    } else {
        output.text(&table(&score, !args.quiet))?;
    }
    if layer.asks_probe() && !args.cross_validate {
        warn_in_sample(&rows, layer);
    }
    Ok(())
}

/// What a layer finds in each row, and what it is called; a judge is asked if there is one.
fn look(
    rows: &[Labelled],
    layer: Layer,
    judge: Option<Sitting>,
) -> Result<(String, Vec<Vec<Behavior>>), Failure> {
    let own = |row: &Labelled| Detector::of(layer.own()).follow(row.subject(), &row.text).1;
    let mut found: Vec<Vec<Behavior>> = rows.iter().map(own).collect();
    let Some(mut judge) = judge else {
        return Ok((layer.to_string(), found));
    };
    let name = match layer {
        Layer::Judge => judge.title(),
        _ => format!("{layer} with {}", judge.title()),
    };
    for (rows, found) in rows.chunks(TOGETHER).zip(found.chunks_mut(TOGETHER)) {
        let case = |row| Case::of_gold(row, judge.prompts());
        let cases: Vec<Case> = rows.iter().map(case).collect();
        let judged = judge.find(&cases, found)?;
        for (all, judged) in found.iter_mut().zip(judged) {
            all.extend(judged);
            all.retain(|found| layer.keeps(found));
        }
    }
    judge.end()?;
    Ok((name, found))
}

/// Says when the probe was trained on some of the rows, and what it reaches on models it has not seen.
fn warn_in_sample(rows: &[Labelled], layer: Layer) {
    let probe = match layer {
        Layer::Best => probe::deciding(),
        _ => probe::current(),
    };
    let Some(probe) = probe else { return };
    let seen = rows.iter().filter(|row| probe.has_seen(&row.text)).count();
    if seen == 0 {
        return;
    }
    let detector = if layer == Layer::Probe { "probe" } else { "best" };
    let habits = Habit::ALL.iter().filter_map(|habit| {
        let figures = probe
            .file()
            .habits
            .get(habit.name())?
            .cross_validated
            .get(detector)?;
        Some(format!("{} {}", habit.letter(), share(figures.f1)))
    });
    complain(&format!(
        "{seen} of these {} were in the probe's training: these figures are in-sample; on models left out of the training F1 is {}",
        counted(rows.len(), "trace"),
        habits.collect::<Vec<_>>().join(", ")
    ));
}

/// Precision, recall, F1, interval and support, as columns.
fn columns(figures: &Figures) -> String {
    let interval = figures
        .interval
        .map_or_else(String::new, |[low, high]| format!("[{low:.2} {high:.2}]"));
    format!(
        "{:>11} {:>7} {:>6}   {interval:<13} {:>7}",
        share(figures.precision),
        share(figures.recall),
        share(figures.f1),
        figures.support
    )
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
            let _ = writeln!(
                text,
                "{} {:<18} {}",
                habit.letter(),
                habit.name(),
                columns(figures)
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

/// Columns that a model's name has at most.
const WIDEST_NAME: usize = 64;

fn part(title: &str, groups: &BTreeMap<String, BTreeMap<String, Figures>>) -> String {
    let longest = groups.keys().map(|name| name.chars().count()).max();
    let width = longest.unwrap_or_default().clamp(38, WIDEST_NAME);
    let mut text = format!("\n  F1 {title:<0$} V     B     S     C\n", width - 1);
    for (name, habits) in groups {
        let cells: Vec<String> = Habit::ALL
            .iter()
            .map(|habit| format!("{:>5}", share(habits.get(habit.name()).and_then(|f| f.f1))))
            .collect();
        let mut short: String = name.chars().take(width).collect();
        if short.len() < name.len() {
            short.pop();
            short.push('\u{2026}');
        }
        let _ = writeln!(text, "  {short:<width$} {}", cells.join(" "));
    }
    text
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

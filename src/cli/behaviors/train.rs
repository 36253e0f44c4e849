//! `backtrail behaviors train`: a probe from labelled traces, and what it will decide.

use super::{Failure, Outcome, Output, PROBE, apart, columns, labelled, share};
use crate::{
    base::{
        file::write_atomic,
        words::{counted, enumerated},
    },
    behavior::{
        Habit,
        gold::Labelled,
        probe::{self, Probe},
    },
    cli::args::TrainProbe,
    config::Paths,
};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Trains a probe, writes it and says what it came to.
pub(super) fn run(args: &TrainProbe, paths: &Paths) -> Outcome {
    let path = args.out.clone().unwrap_or_else(|| paths.behaviors().join(PROBE));
    apart("--out", Some(&path), args.rows.iter().map(PathBuf::as_path))?;
    let mut rows = Vec::new();
    for path in &args.rows {
        rows.extend(labelled(path)?);
    }
    let labelled = |row: &Labelled| row.units.iter().any(|unit| !unit.labels.is_empty());
    if !rows.iter().any(labelled) {
        return Err(Failure::input(
            "no unit of these rows has a label, so there is nothing to learn: write habits' letters (V, B, S, C) in their `labels`",
        ));
    }
    let file = probe::train(&rows, args.seed, &args.note).map_err(Failure::input)?;
    let text = serde_json::to_string(&file).map_err(Failure::work)?;
    if let Some(directory) = path
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty())
    {
        fs::create_dir_all(directory)
            .map_err(|e| Failure::work(format!("{} cannot be made: {e}", directory.display())))?;
    }
    write_atomic(&path, text.as_bytes())
        .map_err(|e| Failure::work(format!("{} cannot be written: {e}", path.display())))?;
    let mut output = Output::open(None)?;
    if args.json {
        return output.json(&file);
    }
    output.text(&learnt(&file, &path))?;
    let probe = Probe::read(&text).map_err(Failure::work)?;
    let in_force = path == paths.behaviors().join(PROBE);
    output.text(&says_in_best(Arc::new(probe), &rows, in_force))
}

/// What a training came to: every habit by every detector, on models left out.
fn learnt(file: &probe::file::File, path: &Path) -> String {
    let trained = &file.trained;
    let mut text = format!(
        "probe {}   {}, {} of {}; each {} left out once{}\n\n  habit                detector  precision  recall     F1   [95 %]        labelled\n",
        file.version,
        counted(trained.traces, "trace"),
        counted(trained.units, "unit"),
        counted(trained.models.len(), "model"),
        probe::left_out(trained.models.len()),
        match trained.models.len() {
            0 | 1 => ": what it finds in texts of other models is not known",
            _ => "",
        },
    );
    for habit in Habit::ALL {
        for detector in probe::DETECTORS {
            let head = file.habits.get(habit.name());
            let Some(figures) = head.and_then(|head| head.cross_validated.get(detector)) else {
                continue;
            };
            let _ = writeln!(
                text,
                "{} {:<18} {detector:<8} {}",
                habit.letter(),
                habit.name(),
                columns(figures)
            );
        }
    }
    let _ = writeln!(text, "\nwritten to {}", path.display());
    text
}

/// Which habits the probe decides in `best`, which not and why, and who does instead.
fn says_in_best(probe: Arc<Probe>, rows: &[Labelled], in_force: bool) -> String {
    let own: Vec<(Habit, bool)> = probe
        .decides()
        .map(|(habit, decides, _)| (habit, decides))
        .collect();
    let letters = |wanted: bool| -> Vec<String> {
        let of = own.iter().filter(|(_, decides)| *decides == wanted);
        of.map(|(habit, _)| habit.letter().to_string()).collect()
    };
    let (decided, left) = (letters(true), letters(false));
    let mut text = match decided.is_empty() {
        true => "in `best`, the default, it decides nothing".to_owned(),
        false => format!(
            "in `best`, the default, it decides {} in prose",
            enumerated(&decided)
        ),
    };
    if !left.is_empty() {
        if decided.is_empty() && !probe::any_prose(rows) {
            text += ": only in prose does a probe decide, and none of these traces is prose";
        } else {
            let share_of = |habit: Habit, detector: &str| {
                let head = probe.file().habits.get(habit.name());
                share(
                    head.and_then(|head| head.cross_validated.get(detector))
                        .and_then(|figures| figures.f1),
                )
            };
            let figures = own.iter().filter(|(_, decides)| !decides).map(|(habit, _)| {
                let (probe, rules) = (share_of(*habit, "probe"), share_of(*habit, "rules"));
                format!("{} {probe} and {rules}", habit.letter())
            });
            let figures: Vec<String> = figures.collect();
            let which = match decided.is_empty() {
                true => String::new(),
                false => format!("; not {}", enumerated(&left)),
            };
            let _ = write!(
                text,
                "{which}: on models left out it was not better than the rules in prose by more than luck (F1 of probe and rules in all: {})",
                figures.join(", ")
            );
        }
        let _ = write!(text, "\nwhere it does not decide: {}", instead(&probe, &left));
    }
    text += "\n";
    if !in_force {
        text += "it is used once it lies in the config directory as behaviors/probe.json\n";
    }
    text += "`--detector probe` shows what it finds by itself, `behaviors list` which probe is used\n";
    text
}

/// Who decides the habits that a probe leaves.
fn instead(probe: &Arc<Probe>, left: &[String]) -> String {
    let both = probe::beside_bundled(Arc::clone(probe));
    let theirs = both
        .decides()
        .filter(|(habit, decides, _)| *decides && left.contains(&habit.letter().to_string()));
    let theirs: Vec<String> = theirs.map(|(habit, ..)| habit.letter().to_string()).collect();
    let rules: Vec<&String> = left.iter().filter(|letter| !theirs.contains(letter)).collect();
    let mut who = Vec::new();
    if !theirs.is_empty() {
        who.push(format!(
            "the bundled probe goes on deciding {}",
            enumerated(&theirs)
        ));
    }
    if !rules.is_empty() {
        who.push(format!("the rules decide {}", enumerated(&rules)));
    }
    who.join(", ")
}

//! Runs as they stand on disk.

use crate::{
    behavior::Habit,
    config::{recipe::Kind, recipes},
    task::countdown,
    trace::Trace,
    train::{
        Kept, RunDir, TrainError, emergence,
        history::{History, Summary},
    },
    tui::{
        app::train::{Emerged, Listing, RecipeEntry, RunEntry, Sample},
        driver::problems,
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

/// The recipes and runs there are.
pub fn list(user: &Path, home: &Path) -> Listing {
    let (mut found, errors) = recipes::list(user);
    // What shows something within minutes stands first.
    found.sort_by_key(|recipe| match recipe.kind {
        Kind::Rl => 0,
        Kind::Prime => 1,
        Kind::Pretrain => 2,
    });
    let recipes = found.into_iter().map(|recipe| RecipeEntry {
        name: recipe.name,
        kind: recipe.kind,
        summary: recipe.summary,
    });
    let mut found = Vec::new();
    for folder in folders(home) {
        let before = found.len();
        gather(&folder, DEPTH, &mut found);
        if found.len() == before {
            // Neither a run nor an experiment: it is shown with what is wrong.
            found.push(folder);
        }
    }
    let mut roots: Vec<(SystemTime, PathBuf)> =
        found.into_iter().map(|path| (changed(&path), path)).collect();
    roots.sort_by(|a, b| b.cmp(a));
    let runs = roots.into_iter().map(|(_, root)| RunEntry {
        summary: Summary::read(&root)
            .map(Box::new)
            .map_err(|error| error.to_string()),
        root,
    });
    Listing {
        recipes: recipes.collect(),
        wrong: errors.iter().map(ToString::to_string).collect(),
        home: home.to_owned(),
        runs: runs.collect(),
    }
}

/// The runs of an experiment lie this deep: `gated/<condition>/seed-N/prime`.
const DEPTH: usize = 4;

/// The runs in `folder`: itself, if it is one, and those below it.
fn gather(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    if RunDir::look(folder).is_ok() {
        found.push(folder.to_owned());
    }
    if depth > 0 {
        folders(folder)
            .iter()
            .for_each(|inner| gather(inner, depth - 1, found));
    }
}

/// The folders in a folder, but for those that hold the parts of a run.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let part = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("checkpoint-") || name.starts_with('.') || name == "rollouts" || name == "evals"
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() && !part(path))
        .collect()
}

/// When something was last written down in a run.
fn changed(root: &Path) -> SystemTime {
    let metadata = fs::metadata(root.join("metrics.jsonl")).or_else(|_| fs::metadata(root));
    metadata
        .and_then(|data| data.modified())
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

/// A run with all its numbers.
pub fn history(root: &Path) -> Result<Box<History>, String> {
    History::read(root)
        .map(Box::new)
        .map_err(|error| error.to_string())
}

/// What was written in a run since.
pub fn grown(root: &Path, from: u64) -> Result<Box<History>, String> {
    History::read_on(root, from)
        .map(Box::new)
        .map_err(|error| error.to_string())
}

/// The traces of a step.
pub fn traces(root: &Path, kept: Kept, step: u64) -> Result<Vec<Sample>, String> {
    let read = || -> Result<Vec<Trace>, TrainError> { RunDir::look(root)?.read_traces(kept, step) };
    match read() {
        Ok(traces) => Ok(traces.into_iter().map(sample).collect()),
        Err(error) => Err(format!("The traces of step {step} cannot be read: {error}.")),
    }
}

/// The first traces that show a habit, beside those before.
pub fn emergence(root: &Path, habit: Habit, curve: &[(u64, f64)]) -> Result<Box<Emerged>, String> {
    let find = || emergence::find(&RunDir::look(root)?, habit, curve);
    let found = find().map_err(|error: TrainError| error.to_string())?;
    let pairs = found.found.into_iter().map(|appearance| {
        [
            (appearance.before_step, sample(appearance.before)),
            (appearance.step, sample(appearance.trace)),
        ]
    });
    Ok(Box::new(Emerged {
        habit,
        bend: found.bend,
        pairs: pairs.collect(),
    }))
}

/// A trace with its problem as the screen shows it.
pub fn sample(trace: Trace) -> Sample {
    let problem: Option<countdown::Problem> = trace
        .problem
        .clone()
        .and_then(|value| serde_json::from_value(value).ok());
    Sample {
        problem: Arc::new(problems::of(&trace, problem.as_ref())),
        trace,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runs_of_an_experiment_are_found_and_what_is_no_run_is_shown_once() {
        let home = tempfile::tempdir().unwrap();
        for run in ["grpo", "four/guesser+all/seed-1", "four/guesser+all/seed-1/prime"] {
            fs::create_dir_all(home.path().join(run).join("checkpoint-3")).unwrap();
            fs::write(home.path().join(run).join("recipe.toml"), "").unwrap();
        }
        fs::create_dir_all(home.path().join("mine/notes")).unwrap();
        let mut names: Vec<String> = list(Path::new("/nowhere"), home.path())
            .runs
            .iter()
            .map(RunEntry::name)
            .collect();
        names.sort();
        assert_eq!(
            names,
            ["grpo", "guesser+all/seed-1", "guesser+all/seed-1/prime", "mine"]
        );
    }
}

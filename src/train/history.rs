//! What a run on disk has to tell: its recipe, the rows of its metrics, and which steps kept their traces. One that is
//! still written is read on from where reading ended.

use super::{Kept, Report, RunDir, TrainError, run_dir::Change};
use crate::config::Recipe;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
};

/// One row of `metrics.jsonl`: a step and its numbers. Step 0 holds the figures before the first step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The step.
    pub step: u64,
    /// Its numbers by name.
    pub values: BTreeMap<String, f64>,
}

impl Row {
    /// The numbers of a JSON object that names its step; what is no number is passed over.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        let step = value.get("step")?.as_u64()?;
        let numbers = value.as_object()?.iter();
        let values = numbers
            .filter(|(name, _)| *name != "step")
            .filter_map(|(name, value)| Some((name.clone(), value.as_f64()?)));
        Some(Self {
            step,
            values: values.collect(),
        })
    }
}

impl From<&Report> for Row {
    fn from(report: &Report) -> Self {
        let value = serde_json::to_value(report).unwrap_or_default();
        Self::of(&value).unwrap_or_default()
    }
}

/// A run as it stands on disk.
#[derive(Clone, Debug)]
pub struct History {
    /// Its directory.
    pub root: PathBuf,
    /// Its recipe, as it began.
    pub recipe: Recipe,
    /// The rows, in the order they were written; those from `read` on.
    pub rows: Vec<Row>,
    /// The bytes of the metrics they stand in.
    pub read: Range<u64>,
    /// Lines of the metrics that could not be read.
    pub broken: usize,
    /// Steps whose rollouts were kept.
    pub rollouts: Vec<u64>,
    /// Steps whose held-out traces were kept.
    pub evaluated: Vec<u64>,
    /// Steps with a complete checkpoint.
    pub checkpoints: Vec<u64>,
    /// Knobs that were changed.
    pub changes: Vec<Change>,
    /// Whether a process trains it now.
    pub in_use: bool,
}

impl History {
    /// Reads a run. A line of the metrics that was torn is counted, not an error.
    ///
    /// # Errors
    /// What cannot be read, as a sentence.
    pub fn read(root: &Path) -> Result<Self, TrainError> {
        Self::read_on(root, 0)
    }

    /// Reads a run with the rows that were written since `from`, the end of what was read before. When the metrics were cut
    /// back meanwhile it is read from the beginning.
    ///
    /// # Errors
    /// What cannot be read, as a sentence.
    pub fn read_on(root: &Path, from: u64) -> Result<Self, TrainError> {
        let dir = RunDir::look(root)?;
        // Asked first: all that a trainer wrote who is gone will then be read.
        let in_use = dir.is_busy();
        let path = dir.metrics_path();
        let (from, mut bytes) = lines_from(&path, from).map_err(TrainError::disk(&path))?;
        if in_use {
            // The end of the last line may be on its way.
            let whole = bytes
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            bytes.truncate(whole);
        }
        let text = String::from_utf8_lossy(&bytes);
        let (mut rows, mut broken) = (Vec::new(), 0);
        // The first line of the file tells where the run came from.
        for line in text.lines().skip(usize::from(from == 0)) {
            match row(line) {
                Some(row) => rows.push(row),
                None => broken += 1,
            }
        }
        Ok(Self {
            recipe: dir.recipe(&[])?,
            rows,
            read: from..from + bytes.len() as u64,
            in_use,
            broken,
            rollouts: dir.traced_steps(Kept::Rollouts)?,
            evaluated: dir.traced_steps(Kept::Evaluation)?,
            checkpoints: dir.checkpoints()?,
            changes: dir.changes()?,
            root: root.into(),
        })
    }
}

/// A run in a list.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Its directory.
    pub root: PathBuf,
    /// Its recipe.
    pub recipe: Recipe,
    /// The last step that was written down.
    pub step: u64,
    /// The newest figures.
    pub latest: BTreeMap<String, f64>,
    /// Its newest checkpoint.
    pub checkpoint: Option<PathBuf>,
    /// Whether a process trains it now.
    pub in_use: bool,
}

impl Summary {
    /// Reads the end of a run's metrics: what lists say of it.
    ///
    /// # Errors
    /// What cannot be read, as a sentence.
    pub fn read(root: &Path) -> Result<Self, TrainError> {
        let dir = RunDir::look(root)?;
        let path = dir.metrics_path();
        let (mut step, mut latest) = (0, BTreeMap::new());
        for row in end_of(&path)
            .map_err(TrainError::disk(&path))?
            .lines()
            .filter_map(row)
        {
            step = row.step;
            latest.extend(row.values);
        }
        Ok(Self {
            recipe: dir.recipe(&[])?,
            step,
            latest,
            checkpoint: dir.latest().ok().map(|(_, path)| path),
            in_use: dir.is_busy(),
            root: root.into(),
        })
    }
}

fn row(line: &str) -> Option<Row> {
    Row::of(&serde_json::from_str(line).ok()?)
}

/// The bytes of a file from `from` on, if a line begins there, and where they begin; otherwise all of them.
fn lines_from(path: &Path, from: u64) -> std::io::Result<(u64, Vec<u8>)> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    if let Some(before) = from.checked_sub(1) {
        file.seek(SeekFrom::Start(before))?;
        file.read_to_end(&mut bytes)?;
        if bytes.first() == Some(&b'\n') {
            bytes.remove(0);
            return Ok((from, bytes));
        }
        bytes.clear();
        file.rewind()?;
    }
    file.read_to_end(&mut bytes)?;
    Ok((0, bytes))
}

/// Bytes that hold the last rows of any run.
const END: u64 = 1 << 16;

fn end_of(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(END)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Compute;
    use serde_json::json;
    use std::fs;

    fn run(root: &Path) -> RunDir {
        let recipe = crate::config::recipes::find("smoke", Path::new("/nowhere"), &[]).unwrap();
        let dir = RunDir::create(root, &recipe, &json!(null), &Compute::processor()).unwrap();
        dir.append(&json!({"step": 0, "eval/accuracy": 0.25, "time": 1}))
            .unwrap();
        dir.append(&json!({"step": 1, "reward": 0.5, "stage": null}))
            .unwrap();
        dir
    }

    #[test]
    fn a_run_is_read_with_its_rows_and_a_torn_line_is_counted() {
        let home = tempfile::tempdir().unwrap();
        let dir = run(home.path());
        let text = fs::read_to_string(dir.metrics_path()).unwrap() + "{\"step\": 2, \"rew";
        fs::write(dir.metrics_path(), text).unwrap();
        // Its trainer was killed.
        drop(dir);
        let history = History::read(home.path()).unwrap();
        assert_eq!((history.rows.len(), history.broken), (2, 1));
        assert_eq!(
            history.rows[1].values,
            BTreeMap::from([("reward".to_owned(), 0.5)])
        );
        let summary = Summary::read(home.path()).unwrap();
        assert_eq!((summary.step, summary.latest["eval/accuracy"]), (1, 0.25));
    }

    #[test]
    fn a_directory_that_holds_no_run_is_a_sentence() {
        let home = tempfile::tempdir().unwrap();
        assert!(
            History::read(home.path())
                .unwrap_err()
                .to_string()
                .contains("holds no training run")
        );
        run(home.path());
        fs::write(home.path().join("recipe.toml"), "kind = ").unwrap();
        assert!(
            Summary::read(home.path())
                .unwrap_err()
                .to_string()
                .contains("recipe.toml")
        );
    }

    #[test]
    fn a_run_that_is_trained_is_in_use_until_its_trainer_is_gone() {
        let home = tempfile::tempdir().unwrap();
        let dir = run(home.path());
        assert!(Summary::read(home.path()).unwrap().in_use && History::read(home.path()).unwrap().in_use);
        drop(dir);
        assert!(!Summary::read(home.path()).unwrap().in_use && !History::read(home.path()).unwrap().in_use);
    }

    #[test]
    fn a_run_that_grows_is_read_on_from_where_reading_ended() {
        let home = tempfile::tempdir().unwrap();
        let dir = run(home.path());
        let steps = |history: &History| history.rows.iter().map(|row| row.step).collect::<Vec<_>>();
        let first = History::read(home.path()).unwrap();
        assert_eq!((steps(&first), first.read.start), (vec![0, 1], 0));
        let nothing = History::read_on(home.path(), first.read.end).unwrap();
        assert!(nothing.rows.is_empty() && nothing.read == (first.read.end..first.read.end));

        dir.append(&json!({"step": 2, "reward": 0.6})).unwrap();
        // Half a line is on its way: it is neither a row nor broken, and comes with its other half.
        let whole = fs::read_to_string(dir.metrics_path()).unwrap();
        fs::write(dir.metrics_path(), format!("{whole}{{\"step\": 3, \"rew")).unwrap();
        let second = History::read_on(home.path(), first.read.end).unwrap();
        assert_eq!((steps(&second), second.broken), (vec![2], 0));
        fs::write(
            dir.metrics_path(),
            format!("{whole}{{\"step\": 3, \"reward\": 0.7}}\n"),
        )
        .unwrap();
        let third = History::read_on(home.path(), second.read.end).unwrap();
        assert_eq!(steps(&third), [3]);

        // Cut back, as a trainer does that resumes: all is read anew.
        dir.rewind(1).unwrap();
        let anew = History::read_on(home.path(), third.read.end).unwrap();
        assert_eq!((steps(&anew), anew.read.start), (vec![0, 1], 0));
    }
}

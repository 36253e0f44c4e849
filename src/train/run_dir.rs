//! The directory of a run: `recipe.toml`, `metrics.jsonl`, `checkpoint-N/`, and of runs that make [`traces`]
//! `rollouts/step-N.jsonl.zst` and `evals/step-N.jsonl.zst`; `changes.jsonl` holds what was changed on the way, and there
//! is a `lock` that one trainer at a time holds.
//!
//! A checkpoint is written beside its place and renamed when it is whole, so a run killed at any moment goes on from its
//! last good one. Metrics are flushed to disk before, so they always reach at least as far.

mod traces;

use super::{compute::Compute, error::TrainError};
use crate::{
    base::{file::write_atomic, json},
    config::{Override, Recipe},
};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};
pub use traces::Kept;

const RECIPE: &str = "recipe.toml";
const LOCK: &str = "lock";

/// A checkpoint that is being written.
const UNFINISHED: &str = ".unfinished-";

/// The newest checkpoints that are kept, beside the first.
const KEPT: usize = 2;

/// First line of `metrics.jsonl`.
#[derive(Serialize)]
struct Header<'a> {
    schema: &'static str,
    recipe: &'a Recipe,
    base: &'a serde_json::Value,
    seed: u64,
    /// Where it began: the recipe may leave the choice to the machine, and a run may go on elsewhere.
    device: &'static str,
    dtype: &'static str,
    version: &'static str,
}

/// A knob that was changed after `step` steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Steps made before.
    pub step: u64,
    /// The key, as `--set` names it.
    pub key: String,
    /// Its new value.
    pub value: toml::Value,
}

impl From<Change> for Override {
    fn from(change: Change) -> Self {
        Self {
            key: change.key.split('.').map(str::to_owned).collect(),
            value: change.value,
        }
    }
}

/// A run on disk. While one that was created or opened lives, nobody else can train there.
#[derive(Debug, Clone)]
pub struct RunDir {
    root: PathBuf,
    /// Locked by a trainer; the system unlocks it when the last clone is gone or the process is killed.
    _lock: Option<Arc<File>>,
}

impl RunDir {
    /// Makes the directory with its recipe and the first line of its metrics. `base` tells where the first weights
    /// came from.
    ///
    /// # Errors
    /// [`TrainError::Busy`] when somebody trains there, [`TrainError::Occupied`] when a run lives there already.
    pub fn create(
        root: &Path,
        recipe: &Recipe,
        base: &serde_json::Value,
        compute: &Compute,
    ) -> Result<Self, TrainError> {
        fs::create_dir_all(root).map_err(TrainError::disk(root))?;
        let run = Self::lock(root)?;
        if run.recipe_path().exists() || run.metrics_path().exists() {
            return Err(TrainError::Occupied(run.root));
        }
        let header = Header {
            schema: "backtrail.run/1",
            recipe,
            base,
            seed: recipe.seed,
            device: compute.place(),
            dtype: compute.dtype().as_str(),
            version: env!("CARGO_PKG_VERSION"),
        };
        let header = json::to_line(&header).map_err(|error| TrainError::Setup(error.to_string()))?;
        let recipe = recipe
            .to_toml()
            .map_err(|error| TrainError::Setup(format!("the recipe cannot be written: {error}")))?;
        let metrics = run.metrics_path();
        write_atomic(&metrics, format!("{header}\n").as_bytes()).map_err(TrainError::disk(metrics))?;
        let path = run.recipe_path();
        write_atomic(&path, recipe.as_bytes()).map_err(TrainError::disk(path))?;
        Ok(run)
    }

    /// A run that was made before.
    ///
    /// # Errors
    /// [`TrainError::NoRun`] when there is none, [`TrainError::Busy`] when somebody trains there.
    pub fn open(root: &Path) -> Result<Self, TrainError> {
        if root.join(RECIPE).is_file() {
            Self::lock(root)
        } else {
            Err(TrainError::NoRun(root.into()))
        }
    }

    /// A run that is only looked at, whoever trains it.
    ///
    /// # Errors
    /// [`TrainError::NoRun`] when there is none.
    pub fn look(root: &Path) -> Result<Self, TrainError> {
        let run = Self {
            root: root.into(),
            _lock: None,
        };
        if run.recipe_path().is_file() {
            Ok(run)
        } else {
            Err(TrainError::NoRun(run.root))
        }
    }

    fn lock(root: &Path) -> Result<Self, TrainError> {
        let path = root.join(LOCK);
        let file = File::create(&path).map_err(TrainError::disk(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(TrainError::Busy(root.into())),
            // Some network file systems know no locks; there one has to take care oneself.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(TrainError::disk(path)(error)),
        }
        Ok(Self {
            root: root.into(),
            _lock: Some(Arc::new(file)),
        })
    }

    /// Whether somebody trains the run now.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let held = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
        File::open(self.root.join(LOCK)).is_ok_and(held)
    }

    /// Its directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its recipe. With overrides the run goes on, but no longer to the same values.
    ///
    /// # Errors
    /// What is wrong in the file or the overrides.
    pub fn recipe(&self, overrides: &[Override]) -> Result<Recipe, TrainError> {
        Ok(Recipe::read(&self.recipe_path(), overrides)?)
    }

    /// Its recipe's file.
    #[must_use]
    pub fn recipe_path(&self) -> PathBuf {
        self.root.join(RECIPE)
    }

    /// Its metrics.
    #[must_use]
    pub fn metrics_path(&self) -> PathBuf {
        self.root.join("metrics.jsonl")
    }

    /// Where the checkpoint after `step` is or would be.
    #[must_use]
    pub fn checkpoint_path(&self, step: u64) -> PathBuf {
        self.root.join(format!("checkpoint-{step}"))
    }

    /// The complete checkpoints, oldest first, as steps.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn checkpoints(&self) -> Result<Vec<u64>, TrainError> {
        let mut steps: Vec<u64> = names(&self.root)?
            .iter()
            .filter_map(|name| name.strip_prefix("checkpoint-")?.parse().ok())
            .collect();
        steps.sort_unstable();
        Ok(steps)
    }

    /// The step and directory of the newest checkpoint.
    ///
    /// # Errors
    /// [`TrainError::NoCheckpoint`] when there is none.
    pub fn latest(&self) -> Result<(u64, PathBuf), TrainError> {
        let step = self.checkpoints()?.pop();
        let step = step.ok_or_else(|| TrainError::NoCheckpoint(self.root.clone()))?;
        Ok((step, self.checkpoint_path(step)))
    }

    /// Adds a line to the metrics.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&self, row: &impl Serialize) -> Result<(), TrainError> {
        append_line(&self.metrics_path(), row)
    }

    /// Whether the metrics hold more than their header.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn has_rows(&self) -> Result<bool, TrainError> {
        let path = self.metrics_path();
        let text = fs::read_to_string(&path).map_err(TrainError::disk(&path))?;
        Ok(text.lines().count() > 1)
    }

    /// Writes down a changed knob.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn record_change(&self, change: &Change) -> Result<(), TrainError> {
        let path = self.changes_path();
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(TrainError::disk(&path))?;
        append_line(&path, change)
    }

    /// The knobs that were changed, oldest first. A line torn by a kill is passed over.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn changes(&self) -> Result<Vec<Change>, TrainError> {
        let path = self.changes_path();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok())
                .collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(TrainError::Disk { path, error }),
        }
    }

    fn changes_path(&self) -> PathBuf {
        self.root.join("changes.jsonl")
    }

    /// Cuts metrics and traces back to those up to `step`.
    ///
    /// # Errors
    /// When they cannot be read or written.
    pub fn rewind(&self, step: u64) -> Result<(), TrainError> {
        let path = self.metrics_path();
        let bytes = fs::read(&path).map_err(TrainError::disk(&path))?;
        let text = String::from_utf8_lossy(&bytes);
        let step_of = |line: &str| {
            let row: serde_json::Value = serde_json::from_str(line).ok()?;
            row.get("step")?.as_u64()
        };
        let mut lines = text.lines();
        let mut kept = lines.next().unwrap_or_default().to_owned();
        kept.push('\n');
        for line in lines.filter(|line| step_of(line).is_some_and(|of| of <= step)) {
            kept.push_str(line);
            kept.push('\n');
        }
        write_atomic(&path, kept.as_bytes()).map_err(TrainError::disk(&path))?;
        for kept in [Kept::Rollouts, Kept::Evaluation] {
            for later in self.traced_steps(kept)?.into_iter().filter(|of| *of > step) {
                let path = self.traces_path(kept, later);
                fs::remove_file(&path).map_err(TrainError::disk(&path))?;
            }
        }
        Ok(())
    }

    /// Makes the checkpoint of `step`: `write` fills a directory, which gets its name when all of it is on disk.
    /// Older ones are removed but for the last few. One that exists is left alone.
    ///
    /// # Errors
    /// What `write` or the file system say; no `checkpoint-N` is made then.
    pub fn save(
        &self,
        step: u64,
        write: impl FnOnce(&Path) -> Result<(), TrainError>,
    ) -> Result<PathBuf, TrainError> {
        let path = self.checkpoint_path(step);
        if path.is_dir() {
            return Ok(path);
        }
        sync(&self.metrics_path())?;
        self.tidy()?;
        let temporary = self.root.join(format!("{UNFINISHED}{step}"));
        fs::create_dir(&temporary).map_err(TrainError::disk(&temporary))?;
        write(&temporary)?;
        for entry in fs::read_dir(&temporary).map_err(TrainError::disk(&temporary))? {
            sync(&entry.map_err(TrainError::disk(&temporary))?.path())?;
        }
        sync(&temporary)?;
        fs::rename(&temporary, &path).map_err(TrainError::disk(&path))?;
        sync(&self.root)?;
        self.tidy()?;
        Ok(path)
    }

    /// Removes what a killed run left half-written, and all checkpoints but the first (what the run began with) and the
    /// newest.
    fn tidy(&self) -> Result<(), TrainError> {
        let remove = |path: PathBuf| fs::remove_dir_all(&path).map_err(TrainError::disk(path));
        for name in names(&self.root)?
            .iter()
            .filter(|name| name.starts_with(UNFINISHED))
        {
            remove(self.root.join(name))?;
        }
        let steps = self.checkpoints()?;
        let old = steps.len().saturating_sub(KEPT);
        steps
            .iter()
            .take(old)
            .skip(1)
            .try_for_each(|step| remove(self.checkpoint_path(*step)))
    }
}

/// Adds a line to a file. A line that cannot be written whole is taken back.
fn append_line(path: &Path, row: &impl Serialize) -> Result<(), TrainError> {
    let mut line = json::to_line(row)
        .map_err(io::Error::from)
        .map_err(TrainError::disk(path))?;
    line.push('\n');
    let write = || {
        let mut file = OpenOptions::new().append(true).open(path)?;
        let length = file.metadata()?.len();
        // Half a line is taken back, so that a later attempt does not write behind it. After a kill `rewind` does.
        file.write_all(line.as_bytes()).inspect_err(|_| {
            let _ = file.set_len(length);
        })
    };
    write().map_err(TrainError::disk(path))
}

/// The names in a directory; one that is not there holds none.
fn names(directory: &Path) -> Result<Vec<String>, TrainError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(TrainError::Disk {
                path: directory.into(),
                error,
            });
        }
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(
            entry
                .map_err(TrainError::disk(directory))?
                .file_name()
                .into_string(),
        );
    }
    Ok(names)
}

fn sync(path: &Path) -> Result<(), TrainError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(TrainError::disk(path))
}

#[cfg(test)]
mod tests;

//! The traces that a run keeps of its steps, compressed, a file a step.

use super::{RunDir, names};
use crate::{
    base::{file::write_atomic, json},
    trace::Trace,
    train::TrainError,
};
use std::{
    fs::{self, File},
    io::{self, BufRead as _, Write as _},
    path::PathBuf,
};

/// Which traces of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// What a step learnt from.
    Rollouts,
    /// What an evaluation looked at.
    Evaluation,
}

impl Kept {
    fn folder(self) -> &'static str {
        match self {
            Kept::Rollouts => "rollouts",
            Kept::Evaluation => "evals",
        }
    }
}

impl RunDir {
    /// Where the traces of `step` are or would be.
    #[must_use]
    pub fn traces_path(&self, kept: Kept, step: u64) -> PathBuf {
        self.root
            .join(kept.folder())
            .join(format!("step-{step}.jsonl.zst"))
    }

    /// Keeps the traces of a step, compressed; none makes no file.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write_traces(&self, kept: Kept, step: u64, traces: &[Trace]) -> Result<(), TrainError> {
        if traces.is_empty() {
            return Ok(());
        }
        let path = self.traces_path(kept, step);
        let write = || -> io::Result<()> {
            fs::create_dir_all(self.root.join(kept.folder()))?;
            let mut encoder = zstd::Encoder::new(Vec::new(), 3)?;
            for trace in traces {
                writeln!(encoder, "{}", json::to_line(trace)?)?;
            }
            write_atomic(&path, &encoder.finish()?)
        };
        write().map_err(TrainError::disk(&path))
    }

    /// The traces of a step.
    ///
    /// # Errors
    /// When they are not there or not whole.
    pub fn read_traces(&self, kept: Kept, step: u64) -> Result<Vec<Trace>, TrainError> {
        let path = self.traces_path(kept, step);
        let read = || -> io::Result<Vec<Trace>> {
            let reader = io::BufReader::new(zstd::Decoder::new(File::open(&path)?)?);
            reader
                .lines()
                .map(|line| Ok(serde_json::from_str(&line?)?))
                .collect()
        };
        read().map_err(TrainError::disk(&path))
    }

    /// The steps whose traces were kept, in order.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn traced_steps(&self, kept: Kept) -> Result<Vec<u64>, TrainError> {
        let step = |name: &String| {
            name.strip_prefix("step-")?
                .strip_suffix(".jsonl.zst")?
                .parse()
                .ok()
        };
        let mut steps: Vec<u64> = names(&self.root.join(kept.folder()))?
            .iter()
            .filter_map(step)
            .collect();
        steps.sort_unstable();
        Ok(steps)
    }
}

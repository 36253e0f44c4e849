//! What the workbench leaves on disk: saved traces, and that the hints were seen.

use crate::{base::json, config::Paths, trace::Trace, tui::app::Notice};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::PathBuf,
};

/// Where things are kept.
pub struct Store {
    /// The traces saved in this session.
    traces: PathBuf,
    hints: PathBuf,
}

impl Store {
    /// Files under the data directory; nothing is made before it is needed.
    pub fn new(paths: &Paths) -> Self {
        let session = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S");
        Self {
            traces: paths.data.join("traces").join(format!("{session}.jsonl")),
            hints: paths.data.join("hints-seen"),
        }
    }

    /// Whether this is the first start.
    pub fn is_first_start(&self) -> bool {
        !self.hints.exists()
    }

    /// Appends traces to the session's file and says where.
    pub fn save(&self, traces: &[Trace]) -> Notice {
        match self.append(traces) {
            Ok(()) => {
                let what = if traces.len() == 1 {
                    "The trace is".to_owned()
                } else {
                    format!("{} traces are", traces.len())
                };
                Notice::info(format!("{what} saved in {}.", self.traces.display()))
            }
            Err(error) => Notice::error(format!("{} cannot be written: {error}.", self.traces.display())),
        }
    }

    /// Remembers that the hints were seen; if that fails they are shown once more.
    pub fn forget_hints(&self) {
        let written = self
            .hints
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&self.hints, ""));
        if let Err(error) = written {
            tracing::warn!("{}: {error}", self.hints.display());
        }
    }

    fn append(&self, traces: &[Trace]) -> io::Result<()> {
        if let Some(dir) = self.traces.parent() {
            fs::create_dir_all(dir)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&self.traces)?;
        let mut lines = String::new();
        for trace in traces {
            lines += &json::to_line(trace).map_err(io::Error::other)?;
            lines.push('\n');
        }
        file.write_all(lines.as_bytes())?;
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saved_traces_are_lines_that_can_be_read_and_hints_are_shown_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_owned();
        let store = Store::new(&Paths {
            config: path.clone(),
            data: path.clone(),
            log: path,
        });
        assert!(store.is_first_start());
        store.forget_hints();
        assert!(!store.is_first_start());
        let trace = Trace {
            text: "try\n\u{1b}[2J".into(),
            ..Trace::default()
        };
        assert!(
            store
                .save(&[trace.clone(), trace.clone()])
                .text
                .contains("2 traces are saved in")
        );
        let text = fs::read_to_string(&store.traces).unwrap();
        let read: Vec<Trace> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(read, [trace.clone(), trace]);
    }
}

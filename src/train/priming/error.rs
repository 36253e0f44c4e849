//! Why there is nothing to prime with, as sentences.

use crate::{base::sanitize, config::recipe::Condition};
use std::{io, path::PathBuf};

/// Why a set of rows cannot be made, read, written or used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The recipe is of another kind.
    #[error("the recipe has no [data], so there is nothing to imitate")]
    NoData,
    /// The task makes no sense.
    #[error("{0}")]
    Task(String),
    /// A model that cannot learn to stop.
    #[error("the model's config.json names no `eos_token_id`: it could not learn where a completion ends")]
    NoEnd,
    /// The training split has too few problems that fit.
    #[error(
        "only {found} training problems can be written as `{condition}`, `data.size` is {size}: lower it, or widen \
         `data.difficulty` or [task]"
    )]
    Few {
        /// What was to be written.
        condition: Condition,
        /// Rows that were found.
        found: usize,
        /// Rows that were wanted.
        size: usize,
    },
    /// The rows are not what their condition says.
    #[error("the set is not what `data.condition = \"{condition}\"` promises: {what}")]
    Breach {
        /// What was promised.
        condition: Condition,
        /// What was found instead, and where.
        what: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// A row that cannot be imitated. `place` is a file and line, or a row of a set that was made.
    #[error("{place}: {what}")]
    Row {
        /// Where.
        place: String,
        /// What is wrong with it.
        what: String,
    },
    /// A file without rows.
    #[error("{}: there is no row in it", .0.display())]
    Empty(PathBuf),
}

impl DataError {
    /// A row that cannot be imitated; `what` may quote the file.
    pub(super) fn row(place: impl ToString, what: impl AsRef<str>) -> Self {
        Self::Row {
            place: place.to_string(),
            what: sanitize::line(what.as_ref()).into_owned(),
        }
    }
}

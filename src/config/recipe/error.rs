//! Why a recipe cannot be used, as sentences.

use crate::{base::nearest::explain, config::SetError};
use std::path::PathBuf;

/// Why a recipe cannot be used. `place` is a file and line, or the `--set` that spoiled it.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The file cannot be read.
    #[error("{}: the recipe cannot be read: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        error: std::io::Error,
    },
    /// No recipe has this name.
    #[error(
        "there is no recipe `{name}`{}; `backtrail recipes` lists them",
        nearest.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
    )]
    NotFound {
        /// The name asked for.
        name: String,
        /// The closest one there is.
        nearest: Option<String>,
    },
    /// It is not TOML, or a key is unknown, missing or has a value that makes no sense.
    #[error("{place}: {what}")]
    Content {
        /// Where.
        place: String,
        /// What is wrong and, where it can be told, what was meant.
        what: String,
    },
    /// An override has nowhere to go.
    #[error(transparent)]
    Set(#[from] SetError),
}

/// What the TOML reader complains about.
pub(super) fn content(place: String, message: &str) -> RecipeError {
    RecipeError::Content {
        place,
        what: explain(message),
    }
}

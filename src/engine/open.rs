//! From a model's files to a model ready to generate.

use super::LoadedModel;
use crate::model::{CheckpointError, Fast, Source, Tokenizer};

/// Why a model cannot be opened: a sentence with its name in it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its files are not there or damaged.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Its parts do not fit each other.
    #[error("{name}: {reason}")]
    Misfit {
        /// The model.
        name: String,
        /// What does not fit.
        reason: String,
    },
}

/// Reads weights and tokenizer of `source`.
///
/// # Errors
/// What is damaged or does not fit.
pub fn open(source: &Source) -> Result<LoadedModel, OpenError> {
    let misfit = |reason: String| OpenError::Misfit {
        name: source.name.clone(),
        reason,
    };
    let checkpoint = source.checkpoint()?;
    let fast = Fast::new(&checkpoint.config, &checkpoint.weights).map_err(|e| misfit(e.to_string()))?;
    let tokenizer = Tokenizer::from_json(&source.tokenizer).map_err(|e| misfit(e.to_string()))?;
    LoadedModel::new(source.name.clone(), checkpoint.hash, fast, tokenizer).map_err(|e| misfit(e.to_string()))
}

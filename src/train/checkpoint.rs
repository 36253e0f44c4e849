//! What a checkpoint directory holds: a model in the Hugging Face layout, and beside it what a run needs to go on:
//! `trainer.json` (counters) and `trainer.safetensors` (the optimiser's moments).

use super::{batch::Position, error::TrainError};
use crate::model::{Config, Weights};
use candle_core::{Device, Tensor, safetensors};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fs, path::Path};

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps made.
    pub step: u64,
    /// Tokens seen, padding not counted.
    pub tokens: u64,
    /// Steps made in the current stage.
    pub stage_steps: u64,
    /// Tokens seen in the current stage.
    pub stage_tokens: u64,
    /// The next batch.
    pub position: Position,
}

/// Content of `trainer.json`.
#[derive(Serialize, Deserialize)]
struct File {
    schema: String,
    #[serde(flatten)]
    progress: Progress,
}

const SCHEMA: &str = "backtrail.trainer/1";

/// A checkpoint in memory.
pub struct Saved {
    /// The decoder's shape.
    pub config: Config,
    /// The weights by their Hugging Face names.
    pub weights: Weights,
    /// Content of `tokenizer.json`.
    pub tokenizer: Vec<u8>,
    /// The optimiser's state.
    pub moments: HashMap<String, Tensor>,
    /// The counters.
    pub progress: Progress,
}

/// Fills the directory `path`.
///
/// # Errors
/// What the file system says.
pub fn save(
    path: &Path,
    config: &Config,
    weights: &Weights,
    tokenizer: &[u8],
    moments: &HashMap<String, Tensor>,
    progress: &Progress,
) -> Result<(), TrainError> {
    let write = |name: &str, bytes: &[u8]| {
        let file = path.join(name);
        fs::write(&file, bytes).map_err(TrainError::disk(file))
    };
    let file = File {
        schema: SCHEMA.into(),
        progress: *progress,
    };
    write("config.json", pretty(&config.to_json())?.as_bytes())?;
    write("tokenizer.json", tokenizer)?;
    write("trainer.json", pretty(&file)?.as_bytes())?;
    let weights: HashMap<String, Tensor> = weights
        .iter()
        .map(|(name, t)| (name.clone(), t.clone()))
        .collect();
    for (name, tensors) in [("model.safetensors", &weights), ("trainer.safetensors", moments)] {
        let file = path.join(name);
        safetensors::save(tensors, &file).map_err(|error| TrainError::Disk {
            path: file,
            error: std::io::Error::other(error),
        })?;
    }
    Ok(())
}

fn pretty(value: &impl Serialize) -> Result<String, TrainError> {
    serde_json::to_string_pretty(value).map_err(|error| TrainError::Setup(error.to_string()))
}

/// The weights alone of the checkpoint in the directory `path`.
///
/// # Errors
/// When they cannot be read.
pub fn weights(path: &Path, device: &Device) -> Result<Weights, TrainError> {
    let file = path.join("model.safetensors");
    let tensors = safetensors::load(&file, device).map_err(|error| TrainError::Broken {
        path: file,
        what: error.to_string(),
    })?;
    Ok(tensors.into_iter().collect())
}

/// The shape alone of the checkpoint in the directory `path`.
///
/// # Errors
/// When it cannot be read.
pub fn config(path: &Path) -> Result<Config, TrainError> {
    let file = path.join("config.json");
    let text = fs::read_to_string(&file).map_err(TrainError::disk(&file))?;
    Config::from_json(&text).map_err(|error| TrainError::Broken {
        path: file,
        what: error.to_string(),
    })
}

/// Reads the directory `path`.
///
/// # Errors
/// Which file cannot be read, and why.
pub fn load(path: &Path, device: &Device) -> Result<Saved, TrainError> {
    let read = |name: &str| {
        let file = path.join(name);
        fs::read(&file).map_err(TrainError::disk(file))
    };
    let broken = |name: &str, what: String| TrainError::Broken {
        path: path.join(name),
        what,
    };
    let tensors = |name: &str| {
        safetensors::load(path.join(name), device).map_err(|error| broken(name, error.to_string()))
    };
    let file: File = serde_json::from_slice(&read("trainer.json")?)
        .map_err(|error| broken("trainer.json", error.to_string()))?;
    if file.schema != SCHEMA {
        return Err(broken(
            "trainer.json",
            format!("its schema is {:?}, this version reads {SCHEMA:?}", file.schema),
        ));
    }
    Ok(Saved {
        config: config(path)?,
        weights: weights(path, device)?,
        tokenizer: read("tokenizer.json")?,
        moments: tensors("trainer.safetensors")?,
        progress: file.progress,
    })
}

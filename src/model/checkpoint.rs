//! A checkpoint folder in the Hugging Face layout: `config.json` and `model.safetensors`.
//!
//! Simplification: one weights file, read whole; f32 in memory, whatever it was in the file.

use super::weights::{self, Weights, WeightsError};
use super::{Config, Decoder};
use crate::base::{file, hash};
use crate::model::config::ConfigError;
use candle_core::{DType, Device, Tensor};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Its name in the folder.
pub const CONFIG_FILE: &str = "config.json";
/// Its name in the folder.
pub const WEIGHTS_FILE: &str = "model.safetensors";

/// A shape and weights that fit it.
#[derive(Debug)]
pub struct Checkpoint {
    /// The shape.
    pub config: Config,
    /// Exactly the tensors that the shape asks for, f32 on the CPU, all numbers finite.
    pub weights: Weights,
    /// `sha256:…` of the weights file.
    pub hash: String,
}

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("checkpoint {place}: {problem}")]
pub struct CheckpointError {
    /// The file or folder, as the user named it.
    pub place: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a checkpoint, without where.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The file system refused.
    #[error("{0}")]
    File(#[from] io::Error),
    /// The configuration is not text.
    #[error("config.json is not UTF-8 text")]
    NotText,
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Not in the safetensors format, or cut off.
    #[error("the weights are not a whole safetensors file ({0}); was the download cut off?")]
    Format(#[from] safetensors::SafeTensorError),
    /// Numbers of a kind that is not read.
    #[error("tensor `{name}` holds {found:?}; only F32, BF16 and F16 are read")]
    Dtype {
        /// Its name.
        name: String,
        /// What the file says.
        found: Dtype,
    },
    /// A weight that is infinite or not a number.
    #[error("tensor `{0}` holds a number that is not finite; the file is damaged or its training diverged")]
    NotFinite(String),
    /// The tensors do not make this decoder.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

impl From<candle_core::Error> for Problem {
    fn from(error: candle_core::Error) -> Self {
        Problem::Weights(error.into())
    }
}

impl Checkpoint {
    /// Reads the checkpoint in folder `dir`.
    ///
    /// # Errors
    /// The file, and what is wrong with it.
    pub fn load(dir: &Path) -> Result<Self, CheckpointError> {
        let (config_path, weights_path) = (dir.join(CONFIG_FILE), dir.join(WEIGHTS_FILE));
        let config = read(&config_path).and_then(|bytes| parse_config(&bytes));
        let config = config.map_err(|problem| at(&config_path, problem))?;
        let weights = read(&weights_path).and_then(|bytes| Self::new(config, &bytes));
        weights.map_err(|problem| at(&weights_path, problem))
    }

    /// A checkpoint from the contents of its two files; `place` names them in errors.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn from_bytes(place: &str, config: &[u8], weights: &[u8]) -> Result<Self, CheckpointError> {
        let read = parse_config(config).and_then(|config| Self::new(config, weights));
        read.map_err(|problem| at(&PathBuf::from(place), problem))
    }

    /// The present state of `decoder`.
    ///
    /// # Errors
    /// When its device cannot be read.
    pub fn from_decoder(decoder: &Decoder) -> Result<Self, CheckpointError> {
        let make = || {
            let weights = decoder.weights()?;
            let hash = hash::sha256(&serialize(&weights)?);
            Ok(Checkpoint {
                config: decoder.config().clone(),
                weights,
                hash,
            })
        };
        make().map_err(|problem| at(Path::new("in memory"), problem))
    }

    /// A trainable decoder with these weights.
    ///
    /// # Errors
    /// When they do not fit, or the device refuses.
    pub fn decoder(&self, device: &Device) -> Result<Decoder, WeightsError> {
        Decoder::from_weights(self.config.clone(), &self.weights, device)
    }

    /// Writes both files into folder `dir`, which is made if it is missing. Each file is replaced in one step, the
    /// weights first, so that an interruption leaves no half file. Equal weights give equal bytes.
    ///
    /// # Errors
    /// The file that could not be written.
    pub fn save(&self, dir: &Path) -> Result<(), CheckpointError> {
        let write = |name: &str, bytes: Result<Vec<u8>, Problem>| {
            let path = dir.join(name);
            let written = bytes.and_then(|bytes| Ok(file::write_atomic(&path, &bytes)?));
            written.map_err(|problem| at(&path, problem))
        };
        fs::create_dir_all(dir).map_err(|error| at(dir, error.into()))?;
        write(WEIGHTS_FILE, serialize(&self.weights))?;
        write(
            CONFIG_FILE,
            Ok(format!("{:#}\n", self.config.to_json()).into_bytes()),
        )
    }

    fn new(config: Config, bytes: &[u8]) -> Result<Self, Problem> {
        let file = SafeTensors::deserialize(bytes)?;
        let tensors = file
            .iter()
            .map(|(name, view)| Ok((name.to_owned(), widen(name, &view)?)));
        let weights = tensors.collect::<Result<Weights, Problem>>()?;
        weights::check(&config, &weights)?;
        Ok(Checkpoint {
            config,
            weights,
            hash: hash::sha256(bytes),
        })
    }
}

fn at(place: &Path, problem: Problem) -> CheckpointError {
    CheckpointError {
        place: place.display().to_string(),
        problem,
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    Ok(fs::read(path)?)
}

fn parse_config(bytes: &[u8]) -> Result<Config, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::NotText)?;
    Ok(Config::from_json(text)?)
}

/// A tensor of the file as f32. Every bf16 and f16 number is an f32 number, so nothing is lost.
fn widen(name: &str, view: &TensorView<'_>) -> Result<Tensor, Problem> {
    let dtype = match view.dtype() {
        Dtype::F32 => DType::F32,
        Dtype::BF16 => DType::BF16,
        Dtype::F16 => DType::F16,
        found => {
            return Err(Problem::Dtype {
                name: name.into(),
                found,
            });
        }
    };
    let tensor = Tensor::from_raw_buffer(view.data(), dtype, view.shape(), &Device::Cpu)?;
    let tensor = tensor.to_dtype(DType::F32)?;
    if tensor
        .flatten_all()?
        .to_vec1::<f32>()?
        .iter()
        .all(|x| x.is_finite())
    {
        Ok(tensor)
    } else {
        Err(Problem::NotFinite(name.into()))
    }
}

fn serialize(weights: &Weights) -> Result<Vec<u8>, Problem> {
    let bytes = |tensor: &Tensor| -> candle_core::Result<Vec<u8>> {
        let numbers = tensor.flatten_all()?.to_vec1::<f32>()?;
        Ok(numbers.iter().flat_map(|x| x.to_le_bytes()).collect())
    };
    let all: Vec<(&String, &[usize], Vec<u8>)> = weights
        .iter()
        .map(|(name, tensor)| Ok((name, tensor.dims(), bytes(tensor)?)))
        .collect::<candle_core::Result<_>>()?;
    let views = all
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.to_vec(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    // transformers refuses a file that does not say it holds PyTorch's layout.
    let format = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    Ok(safetensors::serialize(views, Some(format))?)
}

#[cfg(test)]
mod tests;

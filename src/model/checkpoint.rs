//! A checkpoint folder in the Hugging Face layout, to be trained on: `config.json` and its weights.
//!
//! Simplification: f32 in memory, whatever it was in the file, and one file when it is written. Models that only generate
//! are not read this way: see [`super::tensors`].

use super::{
    Config, Decoder, Shape, Shards, Tensors,
    foreign::ForeignConfig,
    shards::{self, ShardsError},
    weights::{self, Weights, WeightsError},
};
use crate::base::{file, hash};
use crate::model::config::ConfigError;
use candle_core::{Device, Tensor};
use safetensors::{Dtype, tensor::TensorView};
use std::{collections::HashMap, fs, io, path::Path};

/// Its name in the folder.
pub const CONFIG_FILE: &str = "config.json";
pub use shards::WEIGHTS_FILE;

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
    /// The weights are wrong.
    #[error(transparent)]
    Shards(#[from] shards::Problem),
    /// The weights cannot be written.
    #[error(transparent)]
    Format(#[from] safetensors::SafeTensorError),
    /// A weight that is infinite or not a number.
    #[error("tensor `{0}` holds a number that is not finite; the file is damaged or its training diverged")]
    NotFinite(String),
    /// The tensors do not make this decoder.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

impl From<ShardsError> for CheckpointError {
    fn from(error: ShardsError) -> Self {
        at(&error.path, error.problem.into())
    }
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
        let config = read_config(dir)?;
        let shards = Shards::open(dir)?;
        Self::new(config, &shards).map_err(|problem| at(shards.paths().next().unwrap_or(dir), problem))
    }

    /// A checkpoint from the contents of its two files; `place` names them in errors.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn from_bytes(place: &str, config: &[u8], weights: &[u8]) -> Result<Self, CheckpointError> {
        let config = parse_config(config).map_err(|problem| at(Path::new(place), problem))?;
        let shards = Shards::from_bytes(place, weights.to_vec())?;
        Self::new(config, &shards).map_err(|problem| at(Path::new(place), problem))
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

    fn new(config: Config, shards: &Shards) -> Result<Self, Problem> {
        let names = shards.names().into_iter();
        let names = names.filter(|name| !super::layout::is_idle(&config, name));
        let tensors = names.map(|name| Ok((name.clone(), widen(&name, shards)?)));
        let weights = tensors.collect::<Result<Weights, Problem>>()?;
        weights::check(&config, &weights)?;
        Ok(Checkpoint {
            config,
            weights,
            hash: shards.hash()?,
        })
    }
}

/// The configuration in folder `dir`, of a decoder that can be trained.
///
/// # Errors
/// What is wrong with it.
pub fn read_config(dir: &Path) -> Result<Config, CheckpointError> {
    read_file(dir, parse_config)
}

/// The shape in folder `dir`, of any decoder that can generate.
///
/// # Errors
/// What is wrong with it.
pub fn read_shape(dir: &Path) -> Result<Shape, CheckpointError> {
    read_file(dir, |bytes| {
        let text = std::str::from_utf8(bytes).map_err(|_| Problem::NotText)?;
        Ok(match ForeignConfig::architecture(text) {
            Some(_) => Shape::Foreign(ForeignConfig::from_json(text)?),
            None => Shape::Own(Config::from_json(text)?),
        })
    })
}

fn read_file<T>(dir: &Path, read: impl Fn(&[u8]) -> Result<T, Problem>) -> Result<T, CheckpointError> {
    let path = dir.join(CONFIG_FILE);
    let found = fs::read(&path)
        .map_err(Problem::from)
        .and_then(|bytes| read(&bytes));
    found.map_err(|problem| at(&path, problem))
}

fn at(place: &Path, problem: Problem) -> CheckpointError {
    CheckpointError {
        place: place.display().to_string(),
        problem,
    }
}

/// A configuration from the bytes of its file.
pub(super) fn parse_config(bytes: &[u8]) -> Result<Config, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::NotText)?;
    Ok(Config::from_json(text)?)
}

/// A tensor of the file as f32. Every bf16 and f16 number is an f32 number, so nothing is lost.
fn widen(name: &str, shards: &Shards) -> Result<Tensor, Problem> {
    let Some(entry) = shards.entry(name) else {
        return Err(shards::Problem::Index(format!("`{name}` is not there")).into());
    };
    let mut bytes = Vec::new();
    shards.read(name, 0..entry.rows(), &mut bytes)?;
    if !entry.encoding.is_finite(&bytes) {
        return Err(Problem::NotFinite(name.into()));
    }
    let mut numbers = vec![0.0; entry.shape.iter().product()];
    entry.encoding.widen(&bytes, &mut numbers);
    Ok(Tensor::from_vec(numbers, entry.shape, &Device::Cpu)?)
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

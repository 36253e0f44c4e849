//! Where a model comes from: compiled in under a name, or a directory in the Hugging Face layout.
//!
//! Later issues add GGUF files, the hub and servers; their forms are recognised and refused by name until then.

use super::{Card, Config, Weights, card, config::ConfigError};
use crate::base::hash::sha256;
use candle_core::{DType, Device, safetensors};
use std::{
    borrow::Cow,
    fs, io,
    path::{Path, PathBuf},
};

/// The files of a model that is compiled in.
struct Bundled {
    name: &'static str,
    config: &'static [u8],
    weights: &'static [u8],
    tokenizer: &'static [u8],
    card: &'static [u8],
}

macro_rules! bundled {
    ($($name:literal),+ $(,)?) => {
        &[$(Bundled {
            name: $name,
            config: include_bytes!(concat!("../../assets/models/", $name, "/config.json")),
            weights: include_bytes!(concat!("../../assets/models/", $name, "/model.safetensors")),
            tokenizer: include_bytes!(concat!("../../assets/models/", $name, "/tokenizer.json")),
            card: include_bytes!(concat!("../../assets/models/", $name, "/card.json")),
        }),+]
    };
}

/// The one people meet first comes first.
const BUNDLED: &[Bundled] = bundled!["scout", "novice", "guesser"];

/// Names of the models that are compiled in.
pub fn bundled_names() -> impl Iterator<Item = &'static str> {
    BUNDLED.iter().map(|model| model.name)
}

/// Where the files of a [`Source`] are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In this program.
    Bundled,
    /// In a directory.
    Directory(PathBuf),
}

/// A model's files, found but not yet read as weights.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name it was asked for by.
    pub name: String,
    /// Where its files are.
    pub origin: Origin,
    /// Its shape.
    pub config: Config,
    /// Content of `tokenizer.json`.
    pub tokenizer: Cow<'static, [u8]>,
    /// Its card, if it has one.
    pub card: Option<Card>,
    weights: Cow<'static, [u8]>,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Nothing of that name.
    #[error("there is no model `{name}`{hint}: name a bundled model ({bundled}) or a directory in the Hugging Face layout")]
    Unknown {
        /// The name.
        name: String,
        /// What may have been meant.
        hint: String,
        /// The names there are.
        bundled: String,
    },
    /// A form that this version does not read.
    #[error("{0}: this version reads bundled models and directories in the Hugging Face layout (config.json, model.safetensors, tokenizer.json)")]
    Later(String),
    /// A file that is not there, or cannot be read.
    #[error("{}: {error}; a model directory holds config.json, model.safetensors and tokenizer.json", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the file system says.
        error: io::Error,
    },
    /// A configuration that cannot be used.
    #[error("{place}: {error}")]
    Config {
        /// Whose.
        place: String,
        /// What is wrong.
        error: ConfigError,
    },
    /// Weights that cannot be read.
    #[error("{place}: model.safetensors is damaged or cut short ({error}); copy or download it again")]
    Weights {
        /// Whose.
        place: String,
        /// What the format's reader says.
        error: String,
    },
}

impl Source {
    /// The model that `name` means: a bundled one, else a directory.
    ///
    /// # Errors
    /// [`SourceError`] says what is wrong with the name or its files.
    pub fn find(name: &str) -> Result<Self, SourceError> {
        if let Some(model) = BUNDLED.iter().find(|model| model.name == name) {
            return Ok(Self {
                name: name.to_owned(),
                origin: Origin::Bundled,
                config: parse_config(name, model.config)?,
                tokenizer: Cow::Borrowed(model.tokenizer),
                card: serde_json::from_slice(model.card).ok(),
                weights: Cow::Borrowed(model.weights),
            });
        }
        let path = Path::new(name);
        if path.is_dir() {
            return Self::directory(name, path);
        }
        if ["hf:", "openai:"].iter().any(|form| name.starts_with(form)) || name.ends_with(".gguf") || path.exists() {
            return Err(SourceError::Later(name.to_owned()));
        }
        let close = bundled_names().find(|known| strsim::damerau_levenshtein(known, name) <= 2);
        Err(SourceError::Unknown {
            name: name.to_owned(),
            hint: close.map_or_else(String::new, |known| format!(" (did you mean `{known}`?)")),
            bundled: bundled_names().collect::<Vec<_>>().join(", "),
        })
    }

    fn directory(name: &str, dir: &Path) -> Result<Self, SourceError> {
        let read = |file: &str| {
            let path = dir.join(file);
            fs::read(&path).map_err(|error| SourceError::File { path, error })
        };
        Ok(Self {
            name: name.to_owned(),
            origin: Origin::Directory(dir.to_owned()),
            config: parse_config(name, &read("config.json")?)?,
            tokenizer: Cow::Owned(read("tokenizer.json")?),
            card: fs::read(dir.join(card::FILE)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()),
            weights: Cow::Owned(read("model.safetensors")?),
        })
    }

    /// `sha256:…` of the weights' file.
    #[must_use]
    pub fn hash(&self) -> String {
        sha256(&self.weights)
    }

    /// The weights, widened to f32.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn weights(&self) -> Result<Weights, SourceError> {
        let damaged = |error: candle_core::Error| SourceError::Weights {
            place: self.name.clone(),
            // The first line says it; what follows is a backtrace.
            error: error.to_string().lines().next().unwrap_or_default().to_owned(),
        };
        let tensors = safetensors::load_buffer(&self.weights, &Device::Cpu).map_err(damaged)?;
        let widen = |(name, tensor): (String, candle_core::Tensor)| Ok((name, tensor.to_dtype(DType::F32)?));
        tensors.into_iter().map(widen).collect::<candle_core::Result<_>>().map_err(damaged)
    }
}

fn parse_config(name: &str, bytes: &[u8]) -> Result<Config, SourceError> {
    let place = || name.to_owned();
    let text = std::str::from_utf8(bytes)
        .map_err(|e| SourceError::Config { place: place(), error: ConfigError::NotJson(e.to_string()) })?;
    Config::from_json(text).map_err(|error| SourceError::Config { place: place(), error })
}

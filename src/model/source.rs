//! Where a model comes from: compiled in under a name, or a directory in the Hugging Face layout.
//!
//! Later issues add GGUF files, the hub and servers; their forms are recognised and refused by name until then.

use super::{Card, Checkpoint, CheckpointError, card};
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
const BUNDLED: &[Bundled] = bundled!["scout", "guesser", "novice", "budding"];

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

/// A model that was found; its weights are read by [`Source::checkpoint`].
#[derive(Clone, Debug)]
pub struct Source {
    /// The name it was asked for by.
    pub name: String,
    /// Where its files are.
    pub origin: Origin,
    /// Content of `tokenizer.json`.
    pub tokenizer: Cow<'static, [u8]>,
    /// Its card, if it has one.
    pub card: Option<Card>,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Nothing of that name.
    #[error(
        "there is no model `{name}`{hint}: name a bundled model ({bundled}) or a directory in the Hugging Face layout"
    )]
    Unknown {
        /// The name.
        name: String,
        /// What may have been meant.
        hint: String,
        /// The names there are.
        bundled: String,
    },
    /// A form that this version does not read.
    #[error(
        "{0}: this version reads bundled models and directories in the Hugging Face layout (config.json, model.safetensors, tokenizer.json)"
    )]
    Later(String),
    /// A file that is not there, or cannot be read.
    #[error("{}: {error}; a model directory holds config.json, model.safetensors and tokenizer.json", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the file system says.
        error: io::Error,
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
                tokenizer: Cow::Borrowed(model.tokenizer),
                card: serde_json::from_slice(model.card).ok(),
            });
        }
        let path = Path::new(name);
        if path.is_dir() {
            return Self::directory(name, path);
        }
        if ["hf:", "openai:"].iter().any(|form| name.starts_with(form))
            || name.ends_with(".gguf")
            || path.exists()
        {
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
        let path = dir.join("tokenizer.json");
        let tokenizer = fs::read(&path).map_err(|error| SourceError::File { path, error })?;
        Ok(Self {
            name: name.to_owned(),
            origin: Origin::Directory(dir.to_owned()),
            tokenizer: Cow::Owned(tokenizer),
            card: fs::read(dir.join(card::FILE))
                .ok()
                .and_then(|bytes| serde_json::from_slice(&bytes).ok()),
        })
    }

    /// Its shape and weights.
    ///
    /// # Errors
    /// What is missing, damaged or does not fit.
    pub fn checkpoint(&self) -> Result<Checkpoint, CheckpointError> {
        match &self.origin {
            Origin::Directory(dir) => Checkpoint::load(dir),
            Origin::Bundled => {
                let model = BUNDLED.iter().find(|model| model.name == self.name);
                let (config, weights) =
                    model.map_or((&[][..], &[][..]), |model| (model.config, model.weights));
                Checkpoint::from_bytes(&self.name, config, weights)
            }
        }
    }
}

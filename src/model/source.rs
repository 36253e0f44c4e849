//! Where a model comes from: compiled in under a name, a directory in the Hugging Face layout, a GGUF file, a repository of
//! the hub.

use super::{
    Card, Checkpoint, CheckpointError, Config, ModelFiles, Shape, Shards, card,
    chat::Template,
    checkpoint::{parse_config, read_shape},
    generation::{self, Generation},
    gguf::{GgufError, GgufFile},
    hub::{Hub, HubError, Progress, RefError, RepoRef},
    tokenizer,
};
use crate::base::{cancel::Cancel, sampler::Sampler};
use std::{
    borrow::Cow,
    env, fs, io,
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
    /// In one GGUF file.
    Gguf(PathBuf),
    /// On the hub, and not fetched yet.
    Hub(RepoRef),
}

/// A model that was found; its weights are read by [`Source::weights`] or [`Source::checkpoint`].
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
    /// How it writes conversations; none for a base model.
    pub chat: Option<Template>,
    /// What stands beside the weights about generating.
    pub generation: Generation,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Nothing of that name.
    #[error(
        "there is no model `{name}`{hint}: name a bundled model ({bundled}), a directory in the Hugging Face layout, a .gguf file or hf:ORG/NAME"
    )]
    Unknown {
        /// The name.
        name: String,
        /// What may have been meant.
        hint: String,
        /// The names there are.
        bundled: String,
    },
    /// A file of a kind that is not read.
    #[error("{0}: this is neither a directory in the Hugging Face layout nor a .gguf file")]
    NoModel(String),
    /// Known to the hub, perhaps, and not here.
    #[error("{0} is not in the local cache; `backtrail generate --model {0}` fetches it")]
    NotFetched(String),
    /// Weights that would run code when they are read.
    #[error(
        "{0}: this is a pickle, which can run any code when it is read, so it is not; ask for the model in safetensors"
    )]
    Pickle(String),
    /// A file that is not there, or cannot be read.
    #[error("{}: {error}; a model directory holds config.json, model.safetensors and tokenizer.json", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the file system says.
        error: io::Error,
    },
    /// The GGUF file is damaged or not supported.
    #[error("{name}: {error}")]
    Gguf {
        /// The file.
        name: String,
        /// What is wrong.
        error: GgufError,
    },
    /// The chat template or another file beside the weights is broken.
    #[error("{name}: {reason}")]
    Beside {
        /// The model.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// Nobody has a repository of that name.
    #[error("{name}: {error}")]
    Reference {
        /// The name.
        name: String,
        /// What is wrong with it.
        error: RefError,
    },
    /// The hub does not give it.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// Its weights cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Only Hugging Face weights are trained.
    #[error("{0}: weights of a GGUF file are not trained on; name the model in the Hugging Face layout")]
    NotTrainable(String),
    /// Other architectures only generate.
    #[error(
        "{name}: models of type {kind} only generate here, through candle-transformers; train one of Llama's shape, a Mistral, a SmolLM or a Qwen"
    )]
    GenerationOnly {
        /// The model.
        name: String,
        /// Its type.
        kind: &'static str,
    },
}

impl Source {
    /// The model that `name` means: a bundled one, a repository of the hub, a directory, or a GGUF file. A repository that
    /// is in the user's cache is a directory; one that is not is [`Origin::Hub`] until it is fetched.
    ///
    /// # Errors
    /// [`SourceError`] says what is wrong with the name or its files.
    pub fn find(name: &str) -> Result<Self, SourceError> {
        if let Some(model) = BUNDLED.iter().find(|model| model.name == name) {
            return Ok(Self {
                tokenizer: Cow::Borrowed(model.tokenizer),
                card: serde_json::from_slice(model.card).ok(),
                ..Self::bare(name, Origin::Bundled)
            });
        }
        if let Some(reference) = name.strip_prefix("hf:") {
            let reference: RepoRef = reference.parse().map_err(|error| SourceError::Reference {
                name: name.to_owned(),
                error,
            })?;
            return match hub().cached(&reference) {
                Some(path) => Self::local(name, &path),
                None => Ok(Self::bare(name, Origin::Hub(reference))),
            };
        }
        let path = Path::new(name);
        if path.exists() {
            return Self::local(name, path);
        }
        let close = bundled_names().find(|known| strsim::damerau_levenshtein(known, name) <= 2);
        Err(SourceError::Unknown {
            name: name.to_owned(),
            hint: close.map_or_else(String::new, |known| format!(" (did you mean `{known}`?)")),
            bundled: bundled_names().collect::<Vec<_>>().join(", "),
        })
    }

    /// This source with its files on this machine: what is on the hub is fetched first, on the calling thread.
    ///
    /// # Errors
    /// What the hub says, or what is wrong with the files it gave.
    pub fn fetched(self, cancel: &Cancel, progress: &mut dyn FnMut(Progress)) -> Result<Self, SourceError> {
        match &self.origin {
            Origin::Hub(reference) => {
                let path = hub().fetch(reference, cancel, progress)?;
                Self::local(&self.name, &path)
            }
            _ => Ok(self),
        }
    }

    fn bare(name: &str, origin: Origin) -> Self {
        Self {
            name: name.to_owned(),
            origin,
            tokenizer: Cow::Borrowed(&[]),
            card: None,
            chat: None,
            generation: Generation::default(),
        }
    }

    fn local(name: &str, path: &Path) -> Result<Self, SourceError> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension {
            _ if path.is_dir() => Self::directory(name, path),
            Some("gguf") => Self::gguf(name, path),
            Some("bin" | "pt" | "pth" | "ckpt") => Err(SourceError::Pickle(name.to_owned())),
            _ => Err(SourceError::NoModel(name.to_owned())),
        }
    }

    fn directory(name: &str, dir: &Path) -> Result<Self, SourceError> {
        let path = dir.join("tokenizer.json");
        let tokenizer = fs::read(&path).map_err(|error| SourceError::File { path, error })?;
        let beside = |reason: String| SourceError::Beside {
            name: name.to_owned(),
            reason,
        };
        let read = |file: &str| fs::read(dir.join(file)).ok();
        let (tokenizer_config, jinja) = (read("tokenizer_config.json"), read("chat_template.jinja"));
        let chat = Template::from_files(tokenizer_config.as_deref(), jinja.as_deref());
        let generation =
            read(generation::FILE).map_or_else(|| Ok(Generation::default()), |b| Generation::from_json(&b));
        Ok(Self {
            tokenizer: Cow::Owned(tokenizer),
            card: read(card::FILE).and_then(|bytes| serde_json::from_slice(&bytes).ok()),
            chat: chat.map_err(|error| beside(error.to_string()))?,
            generation: generation.map_err(beside)?,
            ..Self::bare(name, Origin::Directory(dir.to_owned()))
        })
    }

    fn gguf(name: &str, path: &Path) -> Result<Self, SourceError> {
        let wrong = |error: GgufError| SourceError::Gguf {
            name: name.to_owned(),
            error,
        };
        let file = GgufFile::open(path).map_err(wrong)?;
        let header = &file.header;
        let chat = header
            .chat_template()
            .map(|text| Template::new(text, header.specials()));
        let chat = chat.transpose().map_err(|error| SourceError::Beside {
            name: name.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            tokenizer: Cow::Owned(header.tokenizer_json().map_err(wrong)?),
            chat,
            ..Self::bare(name, Origin::Gguf(path.to_owned()))
        })
    }

    /// Its shape, and its weights where they are.
    ///
    /// # Errors
    /// What is missing, damaged or does not fit.
    pub fn weights(&self) -> Result<ModelFiles, SourceError> {
        let mut opened = match &self.origin {
            Origin::Bundled => {
                let (config, weights) = self.bundled();
                let config = parse_config(config).map_err(|problem| CheckpointError {
                    place: self.name.clone(),
                    problem,
                })?;
                let shards = Shards::from_bytes(&self.name, weights).map_err(CheckpointError::from)?;
                ModelFiles {
                    shape: Shape::Own(config),
                    tensors: Box::new(shards),
                }
            }
            Origin::Directory(dir) => ModelFiles {
                shape: self.shape(dir)?,
                tensors: Box::new(Shards::open(dir).map_err(CheckpointError::from)?),
            },
            Origin::Gguf(path) => {
                let file = GgufFile::open(path).map_err(|error| SourceError::Gguf {
                    name: self.name.clone(),
                    error,
                })?;
                let mut config = file.config.clone();
                if file.header.adds_bos() == Some(false) {
                    config.bos_token_id = None;
                }
                ModelFiles {
                    shape: Shape::Own(config),
                    tensors: Box::new(file),
                }
            }
            Origin::Hub(reference) => {
                return Err(SourceError::NotFetched(reference.to_string()));
            }
        };
        let ends = opened.shape.end_tokens_mut();
        ends.extend(self.generation.eos_token_ids.iter().copied());
        ends.sort_unstable();
        ends.dedup();
        Ok(opened)
    }

    /// Its shape and weights, to be trained on.
    ///
    /// # Errors
    /// What is missing, damaged or does not fit.
    pub fn checkpoint(&self) -> Result<Checkpoint, SourceError> {
        match &self.origin {
            Origin::Directory(dir) => {
                let config = self.config(dir)?;
                Ok(Checkpoint {
                    config,
                    ..Checkpoint::load(dir)?
                })
            }
            Origin::Bundled => {
                let (config, weights) = self.bundled();
                Ok(Checkpoint::from_bytes(&self.name, config, weights)?)
            }
            Origin::Gguf(_) => Err(SourceError::NotTrainable(self.name.clone())),
            Origin::Hub(_) => Err(SourceError::NotFetched(self.name.clone())),
        }
    }

    /// The configuration of a directory, of a model that can be trained.
    fn config(&self, dir: &Path) -> Result<Config, SourceError> {
        match self.shape(dir)? {
            Shape::Own(config) => Ok(config),
            Shape::Foreign(config) => Err(SourceError::GenerationOnly {
                name: self.name.clone(),
                kind: config.architecture.model_type(),
            }),
        }
    }

    /// The shape of a directory's model, with a start token only if its tokenizer puts one before a text.
    fn shape(&self, dir: &Path) -> Result<Shape, SourceError> {
        let mut shape = read_shape(dir)?;
        let tokenizer_config = fs::read(dir.join("tokenizer_config.json")).ok();
        if tokenizer::adds_start(&self.tokenizer, tokenizer_config.as_deref()) == Some(false) {
            shape.without_start();
        }
        Ok(shape)
    }

    fn bundled(&self) -> (&'static [u8], &'static [u8]) {
        let model = BUNDLED.iter().find(|model| model.name == self.name);
        model.map_or((&[], &[]), |model| (model.config, model.weights))
    }

    /// The sampler it is meant to be used with: its card's, else what stands beside the weights.
    #[must_use]
    pub fn sampler(&self) -> Sampler {
        match &self.card {
            Some(card) => card.sampler.clone(),
            None => self.generation.sampler(self.chat.is_some()),
        }
    }
}

fn hub() -> Hub {
    Hub::from_env(&|name| env::var_os(name))
}

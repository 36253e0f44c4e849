//! The weights of a Hugging Face directory: one `model.safetensors`, or several shards with an index.
//!
//! Only headers are read at first; rows come from the files when they are asked for.

use super::{
    kernel::Encoding,
    tensors::{Entry, Tensors, absent},
};
use crate::base::hash;
use safetensors::{Dtype, tensor::Metadata};
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
    sync::Mutex,
};

/// Its name in the folder, when there is one file.
pub const WEIGHTS_FILE: &str = "model.safetensors";
/// Its name in the folder, when there are several.
pub const INDEX_FILE: &str = "model.safetensors.index.json";

/// A header longer than this is none.
const LONGEST_HEADER: u64 = 100 << 20;

/// The tensors of one or more files.
pub struct Shards {
    files: Vec<(PathBuf, Mutex<Source>)>,
    places: BTreeMap<String, Place>,
}

/// Bytes that can be read from any place.
enum Source {
    File(File),
    Memory(io::Cursor<Cow<'static, [u8]>>),
}

struct Place {
    file: usize,
    /// First byte in the file.
    start: u64,
    entry: Entry,
}

/// What is wrong with the weights, and where.
#[derive(Debug, thiserror::Error)]
#[error("checkpoint {}: {problem}", path.display())]
pub struct ShardsError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a file of weights.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The file system refused.
    #[error("{0}")]
    File(#[from] io::Error),
    /// Not in the format, or cut off.
    #[error("the weights are not a whole safetensors file ({0}); was the download cut off?")]
    Format(String),
    /// Numbers of a kind that is not read.
    #[error("tensor `{name}` holds {found:?}; only F32, BF16 and F16 are read")]
    Dtype {
        /// Its name.
        name: String,
        /// What the file says.
        found: Dtype,
    },
    /// The index cannot be used.
    #[error("the index is broken: {0}")]
    Index(String),
    /// A shard the index names.
    #[error("the index names `{0}`, which is not there; fetch the whole model")]
    Shard(String),
    /// A tensor in two shards, or not in the one the index names.
    #[error("tensor `{0}` is in two shards; do the files belong together?")]
    Twice(String),
    /// Weights that would run code when they are read.
    #[error(
        "the weights are a pickle, which can run any code when it is read, so it is not; ask for the model in safetensors, or convert it in a sandbox"
    )]
    Pickle,
    /// No weights at all.
    #[error("there are no weights: neither {WEIGHTS_FILE} nor {INDEX_FILE}")]
    Missing,
}

impl Shards {
    /// Opens the weights in folder `dir` and reads their headers.
    ///
    /// # Errors
    /// The file, and what is wrong with it.
    pub fn open(dir: &Path) -> Result<Self, ShardsError> {
        let fail = |path: &Path, problem: Problem| ShardsError {
            path: path.into(),
            problem,
        };
        let mut found = Self {
            files: Vec::new(),
            places: BTreeMap::new(),
        };
        for path in files(dir)? {
            let opened = File::open(&path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    fail(&dir.join(INDEX_FILE), Problem::Shard(name.into_owned()))
                }
                _ => fail(&path, error.into()),
            })?;
            let added = found.add(path.clone(), Source::File(opened));
            added.map_err(|problem| fail(&path, problem))?;
        }
        Ok(found)
    }

    /// One file that is in memory; `name` names it in errors.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_bytes(name: &str, bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, ShardsError> {
        let mut found = Self {
            files: Vec::new(),
            places: BTreeMap::new(),
        };
        let added = found.add(name.into(), Source::Memory(io::Cursor::new(bytes.into())));
        added.map_err(|problem| ShardsError {
            path: name.into(),
            problem,
        })?;
        Ok(found)
    }

    /// Adds the tensors of one file.
    fn add(&mut self, path: PathBuf, mut source: Source) -> Result<(), Problem> {
        let length = source.length()?;
        let mut size = [0; 8];
        if length < 8 {
            return Err(Problem::Format("it has no header".into()));
        }
        source.read_at(0, &mut size)?;
        let header = u64::from_le_bytes(size);
        if header > LONGEST_HEADER || header > length - 8 {
            return Err(Problem::Format("its header is longer than the file".into()));
        }
        let mut bytes = vec![0; header as usize];
        source.read_at(8, &mut bytes)?;
        // The crate holds that offsets follow each other and fit the shapes.
        let metadata: Metadata =
            serde_json::from_slice(&bytes).map_err(|error| Problem::Format(error.to_string()))?;
        let begin = 8 + header;
        if begin + metadata.data_len() as u64 != length {
            return Err(Problem::Format("its length is not that of its tensors".into()));
        }
        for (name, info) in metadata.tensors() {
            let encoding = match info.dtype {
                Dtype::F32 => Encoding::F32,
                Dtype::BF16 => Encoding::Bf16,
                Dtype::F16 => Encoding::F16,
                found => return Err(Problem::Dtype { name, found }),
            };
            let place = Place {
                file: self.files.len(),
                start: begin + info.data_offsets.0 as u64,
                entry: Entry {
                    shape: info.shape.clone(),
                    encoding,
                },
            };
            if self.places.insert(name.clone(), place).is_some() {
                return Err(Problem::Twice(name));
            }
        }
        self.files.push((path, Mutex::new(source)));
        Ok(())
    }

    /// The files, in the order of their names.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(path, _)| path.as_path())
    }
}

/// The files of weights in `dir`.
fn files(dir: &Path) -> Result<Vec<PathBuf>, ShardsError> {
    let single = dir.join(WEIGHTS_FILE);
    if single.is_file() {
        return Ok(vec![single]);
    }
    let index = dir.join(INDEX_FILE);
    let fail = |problem| ShardsError {
        path: index.clone(),
        problem,
    };
    let text = match fs::read(&index) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let pickle = ["pytorch_model.bin", "pytorch_model.bin.index.json", "model.bin"];
            let pickle = pickle
                .map(|name| dir.join(name))
                .into_iter()
                .find(|path| path.is_file());
            return Err(match pickle {
                Some(path) => ShardsError {
                    path,
                    problem: Problem::Pickle,
                },
                None => ShardsError {
                    path: dir.into(),
                    problem: Problem::Missing,
                },
            });
        }
        Err(error) => return Err(fail(error.into())),
    };
    let broken = |why: &str| fail(Problem::Index(why.to_owned()));
    let value: Value = serde_json::from_slice(&text).map_err(|e| broken(&e.to_string()))?;
    let map = value["weight_map"]
        .as_object()
        .ok_or_else(|| broken("it has no `weight_map`"))?;
    let names = map.values().map(|name| {
        // A name, not a path: an index must not lead anywhere else.
        name.as_str()
            .filter(|name| !name.contains(['/', '\\']) && *name != "..")
            .ok_or_else(|| broken("a shard's name is no file name"))
    });
    let names = names.collect::<Result<BTreeSet<_>, _>>()?;
    if let Some(name) = names.iter().find(|name| !name.ends_with(".safetensors")) {
        return Err(ShardsError {
            path: dir.join(name),
            problem: Problem::Pickle,
        });
    }
    Ok(names.into_iter().map(|name| dir.join(name)).collect())
}

impl Source {
    fn length(&mut self) -> io::Result<u64> {
        match self {
            Self::File(file) => Ok(file.metadata()?.len()),
            Self::Memory(bytes) => Ok(bytes.get_ref().len() as u64),
        }
    }

    fn read_at(&mut self, start: u64, into: &mut [u8]) -> io::Result<()> {
        match self {
            Self::File(file) => {
                file.seek(SeekFrom::Start(start))?;
                file.read_exact(into)
            }
            Self::Memory(bytes) => {
                bytes.set_position(start);
                bytes.read_exact(into)
            }
        }
    }
}

impl Tensors for Shards {
    fn entry(&self, name: &str) -> Option<Entry> {
        self.places.get(name).map(|place| place.entry.clone())
    }

    fn names(&self) -> Vec<String> {
        self.places.keys().cloned().collect()
    }

    fn hash(&self) -> io::Result<String> {
        let mut hashes = Vec::new();
        for (path, source) in &self.files {
            hashes.push(match source.lock().as_deref() {
                Ok(Source::Memory(bytes)) => hash::sha256(bytes.get_ref()),
                _ => hash::sha256_file(path)?,
            });
        }
        Ok(match hashes.as_slice() {
            [one] => one.clone(),
            many => hash::sha256(many.join("\n").as_bytes()),
        })
    }

    fn read(&self, name: &str, rows: Range<usize>, into: &mut Vec<u8>) -> io::Result<()> {
        let place = self
            .places
            .get(name)
            .filter(|place| rows.end <= place.entry.rows());
        let place = place.ok_or_else(|| absent(name))?;
        let row = place.entry.row_len() * place.entry.encoding.block_bytes();
        into.resize(rows.len() * row, 0);
        let (_, file) = self.files.get(place.file).ok_or_else(|| absent(name))?;
        let mut file = file.lock().map_err(|_| absent(name))?;
        file.read_at(place.start + (rows.start * row) as u64, into)
    }
}

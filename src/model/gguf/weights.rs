//! The weights of a GGUF file, by their Hugging Face names and with rows in the order that transformers has.

use super::{Gguf, GgufError, Tensor, hf_names, is_permuted, stored_row};
use crate::{
    base::hash,
    model::{
        Config,
        tensors::{Entry, Tensors, absent},
    },
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
    sync::Mutex,
};

/// The parts of attention whose rows have an order of their own.
const Q: &str = "self_attn.q_proj";
const K: &str = "self_attn.k_proj";

/// An open GGUF file.
pub struct GgufFile {
    /// What its header says.
    pub header: Gguf,
    /// Its shape.
    pub config: Config,
    path: PathBuf,
    file: Mutex<File>,
    places: BTreeMap<String, Place>,
    divisors: Option<Vec<f32>>,
}

struct Place {
    entry: Entry,
    /// First byte in the file.
    start: u64,
    /// Whether its rows are in llama.cpp's order.
    permuted: bool,
}

impl GgufFile {
    /// Opens the file at `path` and reads its header.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(path: &Path) -> Result<Self, GgufError> {
        let mut file = File::open(path)?;
        let header = Gguf::read(&mut file)?;
        let config = header.config()?;
        let architecture = header.architecture()?;
        let permuted = is_permuted(architecture);
        let experts = config.experts.as_ref().map_or(0, |experts| experts.count);
        let mut places = BTreeMap::new();
        for tensor in header.tensors() {
            if tensor.name == "rope_freqs.weight" {
                continue;
            }
            let names = hf_names(architecture, &tensor.name, experts);
            if names.is_empty() {
                return Err(GgufError::Unsupported {
                    key: "tensor".into(),
                    value: super::error::short(&tensor.name),
                });
            }
            let turned = |name: &str| permuted && (name.contains(Q) || name.contains(K));
            for (name, entry, start) in parts(&config, tensor, names)? {
                let permuted = turned(&name);
                let place = Place {
                    entry,
                    start,
                    permuted,
                };
                places.insert(name, place);
            }
        }
        let mut found = Self {
            config,
            path: path.to_owned(),
            file: Mutex::new(file),
            places,
            divisors: None,
            header,
        };
        if let Some(tensor) = found.header.rope_factors() {
            let Entry { shape, encoding } = entry(tensor)?;
            let mut bytes = vec![0; usize::try_from(tensor.bytes).unwrap_or(0)];
            found.read_at(tensor.offset, &mut bytes)?;
            let mut divisors = vec![0.0; shape.iter().product()];
            encoding.widen(&bytes, &mut divisors);
            if divisors.len() != found.config.head_dim / 2
                || divisors.iter().any(|d| !d.is_finite() || *d <= 0.0)
            {
                return Err(GgufError::Damaged(
                    "rope_freqs.weight does not fit its heads".into(),
                ));
            }
            found.divisors = Some(divisors);
        }
        Ok(found)
    }

    fn read_at(&self, start: u64, into: &mut [u8]) -> io::Result<()> {
        let mut file = self
            .file
            .lock()
            .map_err(|_| io::Error::other("the file is in use"))?;
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(into)
    }
}

/// Where in the file the matrices `names` begin that are `tensor` one below the other.
fn parts(
    config: &Config,
    tensor: &Tensor,
    names: Vec<String>,
) -> Result<Vec<(String, Entry, u64)>, GgufError> {
    let whole = entry(tensor)?;
    if let ([one], [_] | [_, _]) = (names.as_slice(), whole.shape.as_slice()) {
        return Ok(vec![(one.clone(), whole, tensor.offset)]);
    }
    let damaged = || {
        let text = format!(
            "tensor `{}` does not fit its heads or experts",
            super::error::short(&tensor.name)
        );
        GgufError::Damaged(text)
    };
    let row = whole.encoding.row_bytes(whole.row_len()).ok_or_else(damaged)?;
    let (mut found, mut first) = (Vec::new(), 0_usize);
    for name in names {
        let rows = match whole.shape.as_slice() {
            // One expert behind the other.
            [_, rows, _] => *rows,
            _ if name.contains(Q) => config.query_width(),
            _ if name.contains("self_attn") => config.key_width(),
            _ => config.intermediate_size,
        };
        let part = Entry {
            shape: vec![rows, whole.row_len()],
            encoding: whole.encoding,
        };
        found.push((
            name,
            part,
            tensor.offset.saturating_add(first.saturating_mul(row) as u64),
        ));
        first = first.saturating_add(rows);
    }
    if first != whole.rows() || whole.shape.len() < 2 {
        return Err(damaged());
    }
    Ok(found)
}

fn entry(tensor: &Tensor) -> Result<Entry, GgufError> {
    Ok(Entry {
        shape: tensor.shape.clone(),
        encoding: tensor.encoding()?,
    })
}

impl Tensors for GgufFile {
    fn entry(&self, name: &str) -> Option<Entry> {
        self.places.get(name).map(|place| place.entry.clone())
    }

    fn names(&self) -> Vec<String> {
        self.places.keys().cloned().collect()
    }

    fn read(&self, name: &str, rows: Range<usize>, into: &mut Vec<u8>) -> io::Result<()> {
        let place = self
            .places
            .get(name)
            .filter(|place| rows.end <= place.entry.rows());
        let Place {
            entry,
            start,
            permuted,
        } = place.ok_or_else(|| absent(name))?;
        let Some(row) = entry.encoding.row_bytes(entry.row_len()) else {
            return Err(absent(name));
        };
        let dim = self.config.head_dim;
        if !permuted {
            into.resize(rows.len() * row, 0);
            return self.read_at(start + (rows.start * row) as u64, into);
        }
        if entry.shape.len() == 1 {
            // A bias: one row, whose numbers stand in the order of the rows of the matrix.
            let mut stored = vec![0; row];
            self.read_at(*start, &mut stored)?;
            let each = entry.encoding.block_bytes();
            into.clear();
            for i in 0..entry.row_len() {
                let at = stored_row(i, dim) * each;
                into.extend(stored.get(at..at + each).ok_or_else(|| absent(name))?);
            }
            return Ok(());
        }
        // Rows stay within their head: read whole heads.
        let heads = rows.start / dim * dim..rows.end.next_multiple_of(dim).min(entry.rows());
        let mut stored = vec![0; heads.len() * row];
        self.read_at(start + (heads.start * row) as u64, &mut stored)?;
        into.clear();
        for original in rows {
            let at = (stored_row(original, dim) - heads.start) * row;
            into.extend(stored.get(at..at + row).ok_or_else(|| absent(name))?);
        }
        Ok(())
    }

    fn hash(&self) -> io::Result<String> {
        hash::sha256_file(&self.path)
    }

    fn rope_divisors(&self) -> Option<Vec<f32>> {
        self.divisors.clone()
    }
}

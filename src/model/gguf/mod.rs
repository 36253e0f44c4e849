//! GGUF, llama.cpp's file format: a model, its shape, its tokenizer and its chat template in one file.
//!
//! Only the header is read here; weights stay in the file until somebody wants them. What the header says is given in
//! the terms of the Hugging Face layout, so that the rest of the program need not know where a model came from.
//! Simplification: little endian, versions 2 and 3, one file; architectures that this program's decoder computes.

mod besides;
mod config;
mod cursor;
mod error;
mod kind;
mod metadata;
mod names;
mod read;
mod tokenizer;
mod weights;

pub use error::GgufError;
pub use kind::Kind;
pub use names::{hf_names, is_permuted, original_row, stored_row};
pub use weights::GgufFile;

use super::{Config, kernel::Encoding};
use metadata::Metadata;
use std::{
    collections::BTreeMap,
    io::{Read, Seek},
};

/// What is read besides the models that a directory can hold for this program's decoder.
pub const NAMES: [&str; 2] = [
    "Gemma 1 to 3 (text) and Qwen 3 with experts (generation only, on the processor)",
    "Phi 3 and 4 without stretched positions",
];

/// The header of a GGUF file. Its texts are checked to be UTF-8, its tensors to be inside the file.
#[derive(Clone, Debug)]
pub struct Gguf {
    metadata: Metadata,
    tensors: Vec<Tensor>,
    begin: u64,
    len: u64,
}

/// Where a tensor stands in the file, and as what.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// GGUF's name of it; [`hf_names`] gives that of transformers.
    pub name: String,
    /// Outermost dimension first, as everywhere else in this program; empty for a single number.
    pub shape: Vec<usize>,
    /// How its numbers are stored.
    pub kind: Kind,
    /// Bytes of the file before it.
    pub offset: u64,
    /// Bytes that it has.
    pub bytes: u64,
}

impl Tensor {
    /// How the kernels read its numbers.
    ///
    /// # Errors
    /// [`GgufError::Kind`] names a way to store them that is not read.
    pub fn encoding(&self) -> Result<Encoding, GgufError> {
        match self.kind {
            Kind::Read(encoding) => Ok(encoding),
            Kind::Other(other) => Err(GgufError::Kind {
                name: error::short(&self.name),
                kind: other.name.to_owned(),
            }),
        }
    }
}

impl Gguf {
    /// Reads the header of `from`, from its beginning; nothing of the weights.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(from: &mut (impl Read + Seek)) -> Result<Self, GgufError> {
        read::header(from)
    }

    /// Its tensors, in the order of the file.
    #[must_use]
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// The tensor that GGUF calls `name`.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }

    /// Bytes before the weights.
    #[must_use]
    pub fn data_begin(&self) -> u64 {
        self.begin
    }

    /// Bytes of the whole file.
    #[must_use]
    pub fn file_len(&self) -> u64 {
        self.len
    }

    /// The architecture in llama.cpp's words: `llama`, `qwen3`, …
    ///
    /// # Errors
    /// [`GgufError`] when the file does not say it.
    pub fn architecture(&self) -> Result<&str, GgufError> {
        let key = "general.architecture";
        self.metadata
            .text(key)?
            .ok_or_else(|| GgufError::Missing(key.to_owned()))
    }

    /// Its shape as the `config.json` of transformers 4 says it, without what [`Gguf::config`] adds and without Llama 3's
    /// stretched positions: see [`rope_factors`](Self::rope_factors).
    ///
    /// # Errors
    /// [`GgufError`] names the field that is missing, or that would change the result and is not supported.
    pub fn config_json(&self) -> Result<serde_json::Value, GgufError> {
        config::json(self)
    }

    /// Its shape as the decoder takes it, without Llama 3's stretched positions.
    ///
    /// # Errors
    /// As [`Gguf::config_json`].
    pub fn config(&self) -> Result<Config, GgufError> {
        let json = self.config_json()?.to_string();
        let mut config = Config::from_json(&json).map_err(|error| GgufError::Damaged(error.to_string()))?;
        besides::add(self, &mut config)?;
        Ok(config)
    }

    /// Its tokenizer as a `tokenizer.json`.
    ///
    /// # Errors
    /// [`GgufError`] says what is wrong with the vocabulary, or which kind of it is not supported.
    pub fn tokenizer_json(&self) -> Result<Vec<u8>, GgufError> {
        tokenizer::json(&self.metadata)
    }

    /// Its chat template, in Jinja.
    #[must_use]
    pub fn chat_template(&self) -> Option<&str> {
        self.metadata.text("tokenizer.chat_template").ok().flatten()
    }

    /// The texts of its special tokens under the names that chat templates use: `bos_token`, `eos_token`, `unk_token`,
    /// `pad_token`, `sep_token`, `eot_token`, `eom_token`, as far as the file says them.
    #[must_use]
    pub fn specials(&self) -> BTreeMap<String, String> {
        tokenizer::specials(&self.metadata)
    }

    /// Whether texts begin with the `bos_token`: as the file says, else as llama.cpp does it; `None` without a tokenizer.
    #[must_use]
    pub fn adds_bos(&self) -> Option<bool> {
        tokenizer::adds_bos(&self.metadata)
    }

    /// What each rotary frequency (`head_dim` / 2 of them) is divided by: Llama 3 stretches its positions so.
    #[must_use]
    pub fn rope_factors(&self) -> Option<&Tensor> {
        self.tensor("rope_freqs.weight")
    }
}

#[cfg(test)]
pub(crate) mod tests;

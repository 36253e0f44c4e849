//! What can be wrong with a GGUF file, one sentence each. Texts of the file are shortened and sanitised before they
//! stand in a sentence.

use crate::base::sanitize;
use std::io;

/// Why a GGUF file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GgufError {
    /// The file system refused.
    #[error("the GGUF file cannot be read: {0}")]
    File(#[from] io::Error),
    /// Something else.
    #[error("this is not a GGUF file: it does not begin with the letters GGUF")]
    Magic,
    /// Written for machines with the other byte order.
    #[error(
        "this GGUF file is big endian, which is not read; convert it with gguf_convert_endian.py of llama.cpp"
    )]
    BigEndian,
    /// Older or newer than what is read.
    #[error(
        "this is GGUF version {0}; versions 2 and 3 are read. Make the file again with a current llama.cpp"
    )]
    Version(u32),
    /// Less is there than the file says itself.
    #[error("the GGUF file ends inside {0}; was the download cut off?")]
    Cut(String),
    /// It contradicts itself or the format.
    #[error("the GGUF file is damaged: {0}")]
    Damaged(String),
    /// It does not say what is needed.
    #[error("the GGUF file does not say `{0}`, without which it cannot be used")]
    Missing(String),
    /// It says it in another type.
    #[error("the GGUF file's `{key}` is not {wanted}")]
    Field {
        /// The metadata key.
        key: String,
        /// What was expected.
        wanted: &'static str,
    },
    /// It asks for something that is not done here.
    #[error("the GGUF file's `{key}` is {value}, which is not supported: results would be wrong")]
    Unsupported {
        /// The metadata key.
        key: String,
        /// Its value.
        value: String,
    },
    /// One of several files.
    #[error(
        "this is one of the {0} files of a split model; join them with `llama-gguf-split --merge` and name the result"
    )]
    Split(u64),
    /// Numbers of a kind that is not read.
    #[error(
        "tensor `{name}` is stored as {kind}; F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K and Q6_K are read"
    )]
    Kind {
        /// Its name.
        name: String,
        /// What the file says.
        kind: String,
    },
}

impl GgufError {
    pub(super) fn unsupported(key: &str, value: impl AsRef<str>) -> Self {
        Self::Unsupported {
            key: short(key),
            value: short(value.as_ref()),
        }
    }

    pub(super) fn field(key: &str, wanted: &'static str) -> Self {
        let key = short(key);
        Self::Field { key, wanted }
    }
}

/// The beginning of a text of the file, fit for a sentence.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 80;
    let mut line: String = sanitize::line(text).chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        line.push('…');
    }
    line
}

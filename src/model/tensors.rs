//! Where the numbers of a model's tensors come from, a few rows at a time, so that weights are packed without a second
//! copy of the file in memory.

use super::kernel::Encoding;
use candle_core::Tensor;
use std::{io, ops::Range};

/// What a file says of one tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// How its rows (the innermost dimension) are written.
    pub encoding: Encoding,
}

impl Entry {
    /// Numbers in a row.
    #[must_use]
    pub fn row_len(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }

    /// Bytes of the whole tensor.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let numbers = (self.rows() as u64).saturating_mul(self.row_len() as u64);
        (numbers / self.encoding.block_len() as u64).saturating_mul(self.encoding.block_bytes() as u64)
    }

    /// Rows; 1 for a vector.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.shape.iter().rev().skip(1).product()
    }
}

/// Tensors by their Hugging Face names.
pub trait Tensors: Sync {
    /// What is there under `name`.
    fn entry(&self, name: &str) -> Option<Entry>;

    /// Every name.
    fn names(&self) -> Vec<String>;

    /// Replaces `into` with rows `rows` of tensor `name`, as its encoding writes them.
    ///
    /// # Errors
    /// The file system's. A tensor that is not there, or rows past its end, are an error of kind `NotFound`.
    fn read(&self, name: &str, rows: Range<usize>, into: &mut Vec<u8>) -> io::Result<()>;

    /// Tensor `name` itself, where it is a tensor already, on whichever device.
    fn tensor(&self, _name: &str) -> Option<Tensor> {
        None
    }

    /// `sha256:…` of what holds them: of the one file, or of the list of its shards' hashes; empty for tensors that were
    /// made in memory.
    ///
    /// # Errors
    /// The file system's.
    fn hash(&self) -> io::Result<String> {
        Ok(String::new())
    }

    /// Divisors of the rotary frequencies, where the file holds them as a tensor.
    fn rope_divisors(&self) -> Option<Vec<f32>> {
        None
    }
}

/// What [`Tensors::read`] says of something that is not there.
pub(super) fn absent(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("no such rows of tensor {name}"))
}

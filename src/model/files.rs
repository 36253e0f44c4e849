//! Shape and weights of a model where its files are, before anything is read into memory.

use super::{Config, Keep, Tensors, kernel::Encoding, tensors::Entry};

/// A model ready to be packed.
pub struct ModelFiles {
    /// The shape; its end tokens are those of `generation_config.json` too, and it has a start token only if the tokenizer
    /// puts one before a text.
    pub config: Config,
    /// The weights.
    pub tensors: Box<dyn Tensors>,
}

impl ModelFiles {
    /// Bytes that the weights take in memory.
    #[must_use]
    pub fn bytes(&self, keep: Keep) -> u64 {
        let bytes = |entry: Entry| match keep {
            Keep::F32 => (entry.rows() as u64).saturating_mul(4 * entry.row_len() as u64),
            Keep::AsStored => entry.bytes(),
        };
        self.entries().map(bytes).fold(0, u64::saturating_add)
    }

    /// How most of its numbers are written.
    #[must_use]
    pub fn encoding(&self) -> Option<Encoding> {
        let largest = self.entries().max_by_key(Entry::bytes);
        largest.map(|entry| entry.encoding)
    }

    fn entries(&self) -> impl Iterator<Item = Entry> {
        let names = self.tensors.names().into_iter();
        names.filter_map(|name| self.tensors.entry(&name))
    }
}

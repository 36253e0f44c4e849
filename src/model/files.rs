//! Shape and weights of a model where its files are, before anything is read into memory.

use super::{
    Config, Keep, Tensors,
    device::{self, number_type},
    foreign::ForeignConfig,
    kernel::Encoding,
    tensors::Entry,
};
use candle_core::{DType, Device};

/// A model ready to be packed.
pub struct ModelFiles {
    /// The shape; its end tokens are those of `generation_config.json` too, and it has a start token only if the tokenizer
    /// puts one before a text.
    pub shape: Shape,
    /// The weights.
    pub tensors: Box<dyn Tensors>,
}

/// The shape of a model that can generate.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Of this program's decoder: it can also be trained.
    Own(Config),
    /// Of another architecture, through candle-transformers: it only generates.
    Foreign(ForeignConfig),
}

impl Shape {
    /// The field `model_type` of its configuration.
    #[must_use]
    pub fn model_type(&self) -> &'static str {
        match self {
            Self::Own(config) => config.family.model_type(),
            Self::Foreign(config) => config.architecture.model_type(),
        }
    }

    /// The class that transformers loads it as.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::Own(config) => config.family.architecture(),
            Self::Foreign(config) => config.architecture.class(),
        }
    }

    /// Tokens it knows.
    #[must_use]
    pub fn vocab_size(&self) -> usize {
        match self {
            Self::Own(config) => config.vocab_size,
            Self::Foreign(config) => config.vocab_size,
        }
    }

    /// Positions it knows.
    #[must_use]
    pub fn context(&self) -> usize {
        match self {
            Self::Own(config) => config.max_position_embeddings,
            Self::Foreign(config) => config.context,
        }
    }

    /// Whether it can be trained here.
    #[must_use]
    pub fn is_trainable(&self) -> bool {
        matches!(self, Self::Own(config) if !config.is_for_the_processor())
    }

    /// Whether only the processor computes it.
    #[must_use]
    pub fn is_for_the_processor(&self) -> bool {
        matches!(self, Self::Own(config) if config.is_for_the_processor())
    }

    /// What a person has to know of it besides; nothing of a model that can be trained.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let config = match self {
            Self::Own(config) if config.is_for_the_processor() => {
                return Some("generation only, on the processor".to_owned());
            }
            Self::Own(_) => return None,
            Self::Foreign(config) => config,
        };
        let mut note = "generation only, through candle-transformers, in f32".to_owned();
        if config.is_cut() {
            note.push_str(&format!(
                "; {} of its {} positions, beyond which that library computes something else or takes too much memory",
                config.context, config.makers_context
            ));
        }
        Some(note)
    }

    /// The tokens that end a text.
    pub(super) fn end_tokens_mut(&mut self) -> &mut Vec<u32> {
        match self {
            Self::Own(config) => &mut config.eos_token_ids,
            Self::Foreign(config) => &mut config.eos_token_ids,
        }
    }

    /// Lets nothing be put before a text.
    pub(super) fn without_start(&mut self) {
        match self {
            Self::Own(config) => config.bos_token_id = None,
            Self::Foreign(config) => config.bos_token_id = None,
        }
    }
}

impl ModelFiles {
    /// Bytes that the weights take in memory, computed with by the processor.
    #[must_use]
    pub fn bytes(&self, keep: Keep) -> u64 {
        let keep = match self.shape {
            Shape::Own(_) => keep,
            Shape::Foreign(_) => Keep::F32,
        };
        let bytes = |entry: Entry| match keep {
            Keep::F32 => (entry.rows() as u64).saturating_mul(4 * entry.row_len() as u64),
            Keep::AsStored => entry.bytes(),
        };
        self.entries().map(bytes).fold(0, u64::saturating_add)
    }

    /// Bytes that the weights take on `device`.
    #[must_use]
    pub fn bytes_on(&self, keep: Keep, device: &Device) -> u64 {
        if device.is_cpu() || matches!(self.shape, Shape::Foreign(_)) {
            return self.bytes(keep);
        }
        let size = self.number_type(keep, device).size_in_bytes() as u64;
        let bytes = |entry: Entry| (entry.rows() as u64).saturating_mul(size * entry.row_len() as u64);
        self.entries().map(bytes).fold(0, u64::saturating_add)
    }

    /// The device that computes it best.
    #[must_use]
    pub fn best_device(&self, keep: Keep) -> Device {
        if self.shape.is_for_the_processor() {
            Device::Cpu
        } else {
            device::best_for(self.bytes(keep))
        }
    }

    /// Numbers in the weights.
    #[must_use]
    pub fn parameters(&self) -> usize {
        match &self.shape {
            Shape::Own(config) => config.parameters(),
            Shape::Foreign(_) => self.entries().map(|entry| entry.rows() * entry.row_len()).sum(),
        }
    }

    /// How most of its numbers are written.
    #[must_use]
    pub fn encoding(&self) -> Option<Encoding> {
        let largest = self.entries().max_by_key(Entry::bytes);
        largest.map(|entry| entry.encoding)
    }

    /// What it is computed with on `device`.
    #[must_use]
    pub fn number_type(&self, keep: Keep, device: &Device) -> DType {
        number_type(self.encoding().unwrap_or(Encoding::F32), keep, device)
    }

    fn entries(&self) -> impl Iterator<Item = Entry> {
        let names = self.tensors.names().into_iter();
        names.filter_map(|name| self.tensors.entry(&name))
    }
}

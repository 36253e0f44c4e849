//! The ways a model computes its logits behind one step: the kernels of this program, a device, another library.

use super::{
    Cache, Config, Fast, Keep,
    device::{self, Decoder},
    fast::{FastError, Row},
    files::{ModelFiles, Shape},
    foreign::Foreign,
};
use crate::base::memory;
use candle_core::{DType, Device};

/// A model that is ready to generate.
pub enum Forward {
    /// Own kernels on the processor.
    Fast(Box<Fast>),
    /// The same decoder on a device.
    Device(Box<Decoder>),
    /// Another architecture, through candle-transformers.
    Foreign(Box<Foreign>),
}

impl From<Fast> for Forward {
    fn from(fast: Fast) -> Self {
        Self::Fast(Box::new(fast))
    }
}

impl Forward {
    /// Reads the weights of `files` to where they compute: `device`, with own kernels if it is the processor.
    ///
    /// # Errors
    /// A tensor that is missing, misshapen, unreadable or would be ignored; what the device says.
    pub fn load(files: &ModelFiles, keep: Keep, device: &Device) -> Result<Self, FastError> {
        let tensors = files.tensors.as_ref();
        Ok(match &files.shape {
            Shape::Foreign(config) => Self::Foreign(Box::new(Foreign::new(config, tensors, device)?)),
            Shape::Own(_) if files.shape.is_for_the_processor() && !device.is_cpu() => {
                let text = "models of this architecture from GGUF files are computed by the processor: take --device cpu";
                return Err(FastError::Compute(text.into()));
            }
            Shape::Own(config) if device.is_cpu() => Self::Fast(Box::new(Fast::new(config, tensors, keep)?)),
            Shape::Own(config) => {
                let dtype = files.number_type(keep, device);
                Self::Device(Box::new(Decoder::new(config, tensors, dtype, device)?))
            }
        })
    }

    /// Reads `rows`, each at the next position of its sequence, in order. `logits` becomes `[wanted, V]`, one row for each
    /// row that wants them. The cache has to be one of [`Forward::cache`].
    ///
    /// # Errors
    /// What cannot be read; the cache is as before then.
    pub fn step(&self, rows: &[Row], cache: &mut Cache, logits: &mut Vec<f32>) -> Result<(), FastError> {
        match self {
            Self::Fast(fast) => fast.step(rows, cache, logits),
            Self::Device(decoder) => decoder.step(rows, cache, logits),
            Self::Foreign(foreign) => foreign.step(rows, cache, logits),
        }
    }

    /// An empty cache without a limit, where the model is.
    #[must_use]
    pub fn cache(&self) -> Cache {
        match self {
            Self::Fast(fast) => Cache::new(fast.config()),
            Self::Device(decoder) => decoder.cache(),
            Self::Foreign(foreign) => foreign.cache(),
        }
    }

    /// Bytes that keys and values may take: half of the memory that is free where the model is. The rest is for others, and
    /// for what a step needs besides.
    #[must_use]
    pub fn room(&self) -> Option<usize> {
        let free = match self.device() {
            None => memory::available(),
            Some(device) => device::free_memory(device),
        };
        free.and_then(|free| usize::try_from(free / 2).ok())
    }

    fn config(&self) -> Option<&Config> {
        match self {
            Self::Fast(fast) => Some(fast.config()),
            Self::Device(decoder) => Some(decoder.config()),
            Self::Foreign(_) => None,
        }
    }

    fn device(&self) -> Option<&Device> {
        match self {
            Self::Fast(_) => None,
            Self::Device(decoder) => Some(decoder.device()),
            Self::Foreign(foreign) => Some(foreign.device()),
        }
    }

    /// Tokens it knows.
    #[must_use]
    pub fn vocab_size(&self) -> usize {
        match self {
            Self::Foreign(foreign) => foreign.config().vocab_size,
            _ => self.config().map_or(0, |config| config.vocab_size),
        }
    }

    /// Positions it knows.
    #[must_use]
    pub fn context(&self) -> usize {
        match self {
            Self::Foreign(foreign) => foreign.config().context,
            _ => self.config().map_or(0, |config| config.max_position_embeddings),
        }
    }

    /// Tokens that end a text.
    #[must_use]
    pub fn end_tokens(&self) -> &[u32] {
        match self {
            Self::Foreign(foreign) => &foreign.config().eos_token_ids,
            _ => self.config().map_or(&[], |config| &config.eos_token_ids),
        }
    }

    /// The token put before a text, if it wants one.
    #[must_use]
    pub fn start_token(&self) -> Option<u32> {
        match self {
            Self::Foreign(foreign) => foreign.config().bos_token_id,
            _ => self.config().and_then(|config| config.bos_token_id),
        }
    }

    /// Rows of prompts that go well into one step: a long prompt must not make running samples or a cancel wait long.
    #[must_use]
    pub fn prompt_rows(&self) -> usize {
        match self {
            Self::Device(_) => device::ROWS,
            Self::Fast(_) | Self::Foreign(_) => 64,
        }
    }

    /// Bytes of its weights.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Fast(fast) => fast.bytes(),
            Self::Device(decoder) => decoder.bytes(),
            Self::Foreign(foreign) => foreign.bytes(),
        }
    }

    /// How most of its weights are written, as people say it: `bf16`, `q4_k`.
    #[must_use]
    pub fn dtype(&self) -> &'static str {
        match self {
            Self::Fast(fast) => fast.encoding().name(),
            Self::Device(decoder) => decoder.dtype().as_str(),
            Self::Foreign(_) => DType::F32.as_str(),
        }
    }

    /// `cpu`, `cuda` or `metal`.
    #[must_use]
    pub fn place(&self) -> &'static str {
        self.device().map_or("cpu", device::name)
    }

    /// Whether one model at work on several threads is faster than several: on a device, and in another library.
    #[must_use]
    pub fn wants_one_thread(&self) -> bool {
        !matches!(self, Self::Fast(_))
    }
}

//! Decoders of other architectures, as candle-transformers implements them: for generating only.
//!
//! Offered is what gives the logits of the reference implementation (`tests/data/foreign`); what that library would
//! silently ignore is refused by name in [`config`].
//! Simplifications: f32 on every device, because its rotary tables are rounded to the type of the weights; sequences are
//! read one after the other, and each keeps keys and values of its own.

pub mod architecture;
pub mod config;
mod models;
mod sequences;
#[cfg(test)]
mod tests;

pub use architecture::{Architecture, NAMES};
pub use config::ForeignConfig;
pub(super) use sequences::Sequences;

use super::{
    Cache,
    cache::Storage,
    fast::{FastError, Row},
    kernel::BLOCK,
    tensors::Tensors,
};
use candle_core::{Device, Tensor};
use models::Sequence;

/// Bytes of a number; keys and values are f32.
const NUMBER: usize = 4;

/// Tokens that are read in one go at most: bounds the memory of attention.
const PIECE: usize = 256;

/// A decoder of another architecture, ready to generate.
pub struct Foreign {
    config: ForeignConfig,
    device: Device,
    /// The weights, with nothing read.
    empty: Box<dyn Sequence>,
    bytes: usize,
}

impl Foreign {
    /// Puts the weights of a decoder of this shape on `device`.
    ///
    /// # Errors
    /// A tensor that is missing, misshapen, unreadable or would be ignored; what the library says.
    pub fn new(config: &ForeignConfig, tensors: &dyn Tensors, device: &Device) -> Result<Self, FastError> {
        let (empty, bytes) = models::load(config, tensors, device)?;
        Ok(Self {
            config: config.clone(),
            device: device.clone(),
            empty,
            bytes,
        })
    }

    /// The shape.
    #[must_use]
    pub fn config(&self) -> &ForeignConfig {
        &self.config
    }

    /// Where it is.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Bytes of its weights.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// An empty cache for its sequences. What they take is an estimate: the library makes a new table of keys and values
    /// for every token, beside the old one.
    #[must_use]
    pub fn cache(&self) -> Cache {
        let architecture = self.config.architecture;
        let reserved = architecture
            .reserves(self.config.context)
            .min(self.config.context);
        let tables = if architecture.copies() { 2 } else { 1 };
        let bytes = tables * NUMBER * BLOCK * self.config.cached_numbers;
        let storage = Storage::Foreign(Sequences::new(architecture.copies()));
        Cache::of(storage, bytes).taking_at_least(reserved)
    }

    /// As [`crate::model::Fast::step`].
    ///
    /// # Errors
    /// The same, and what the library says; the cache is as before then.
    pub fn step(&self, rows: &[Row], cache: &mut Cache, logits: &mut Vec<f32>) -> Result<(), FastError> {
        logits.clear();
        if !matches!(cache.storage, Storage::Foreign(_)) {
            return Err(FastError::Elsewhere);
        }
        let mut positions = std::mem::take(&mut cache.scratch.positions);
        let limits = (self.config.vocab_size, self.config.context);
        let mut done = cache.place(rows, limits, &mut positions);
        if done.is_ok() {
            done = self.compute(rows, &positions, cache, logits);
            if done.is_err() {
                logits.clear();
                cache.unplace(rows);
            }
        }
        cache.scratch.positions = positions;
        done
    }

    fn compute(
        &self,
        rows: &[Row],
        positions: &[usize],
        cache: &mut Cache,
        logits: &mut Vec<f32>,
    ) -> Result<(), FastError> {
        for (row, position) in rows.iter().zip(positions) {
            if row.want_logits {
                let last = self.read(row.slot, position + 1, cache)?;
                let found = logits.len();
                logits.extend(last);
                if logits.len() != found + self.config.vocab_size {
                    return Err(FastError::Compute(
                        "the library gave logits of another size".into(),
                    ));
                }
            }
        }
        // A prompt is read while it comes, unless it has to be read in one go.
        if self.config.architecture.reads_on() {
            for (row, position) in rows.iter().zip(positions) {
                if !row.want_logits {
                    self.read(row.slot, position + 1, cache)?;
                }
            }
        }
        Ok(())
    }

    /// Lets sequence `slot` read as far as `end`, and returns the logits after the last token read; nothing when it has
    /// read so far already.
    fn read(&self, slot: usize, end: usize, cache: &mut Cache) -> Result<Vec<f32>, FastError> {
        let Storage::Foreign(sequences) = &mut cache.storage else {
            return Err(FastError::Elsewhere);
        };
        // Taken out meanwhile: one that failed is not to be trusted.
        let mut state = sequences.take(slot).unwrap_or_else(|| (self.empty.copy(), 0));
        let tokens = cache.tokens(slot);
        let mut last = None;
        while state.1 < end {
            let most = self.config.at_once(state.1).min(end - state.1).max(1);
            let piece = &tokens[state.1..state.1 + most];
            let ids = Tensor::new(piece, &self.device)?.unsqueeze(0)?;
            last = Some(state.0.read(&ids, state.1)?);
            state.1 += most;
        }
        let last = last
            .map(|logits| logits.flatten_all()?.to_vec1::<f32>())
            .transpose()?;
        if let Storage::Foreign(sequences) = &mut cache.storage {
            sequences.put(slot, state);
        }
        Ok(last.unwrap_or_default())
    }
}

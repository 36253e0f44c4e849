//! The Llama-shaped decoder whose forward pass can be differentiated: for training, on any device.
//!
//! Simplification: whole sequences from position 0, no key/value cache; generation has a forward of its own.

use super::Config;
use super::ops::{Ops, Rotary, Sequences, attention, linear, rms_norm, rotate, swiglu};
use super::weights::{self, Weights, WeightsError};
use candle_core::{Device, Result, Tensor, Var};
use std::sync::Arc;

/// A decoder whose tensors are trainable variables.
pub struct Decoder {
    config: Config,
    /// Every variable by its Hugging Face name, in the order of computation.
    variables: Vec<(String, Var)>,
    embedding: Var,
    layers: Vec<Layer>,
    norm: Var,
    /// [V, D]; the embedding itself when tied.
    head: Var,
}

/// The variables of one layer, all [outputs, inputs] but the two norms.
struct Layer {
    input_norm: Var,
    q: Var,
    k: Var,
    v: Var,
    o: Var,
    mlp_norm: Var,
    gate: Var,
    up: Var,
    down: Var,
}

impl Decoder {
    /// A decoder that knows nothing yet; see [`weights::random`].
    ///
    /// # Errors
    /// candle's, when the device is short of memory.
    pub fn random(config: Config, seed: u64, device: &Device) -> std::result::Result<Self, WeightsError> {
        let weights = weights::random(&config, seed)?;
        Self::from_weights(config, &weights, device)
    }

    /// A decoder with a copy of `weights` on `device`.
    ///
    /// # Errors
    /// The tensor that is missing, ill-shaped or one too many.
    pub fn from_weights(
        config: Config,
        weights: &Weights,
        device: &Device,
    ) -> std::result::Result<Self, WeightsError> {
        weights::check(&config, weights)?;
        let mut variables = Vec::new();
        for (name, expected) in weights::expected(&config) {
            let Some(tensor) = weights.get(&name) else {
                return Err(WeightsError::Missing { name, expected });
            };
            // `copy`: a variable is written in place, and must not write into the caller's tensor.
            let variable = Var::from_tensor(&tensor.to_device(device)?.copy()?)?;
            variables.push((name, variable));
        }
        let missing = || WeightsError::Candle(candle_core::Error::msg("a decoder without tensors"));
        let mut all = variables.iter().map(|(_, variable)| variable.clone());
        let mut next = || all.next().ok_or_else(missing);
        // The order of `weights::expected`.
        let embedding = next()?;
        let mut layers = Vec::with_capacity(config.num_hidden_layers);
        for _ in 0..config.num_hidden_layers {
            layers.push(Layer {
                input_norm: next()?,
                q: next()?,
                k: next()?,
                v: next()?,
                o: next()?,
                mlp_norm: next()?,
                gate: next()?,
                up: next()?,
                down: next()?,
            });
        }
        let norm = next()?;
        let head = if config.tie_word_embeddings {
            embedding.clone()
        } else {
            next()?
        };
        Ok(Decoder {
            config,
            variables,
            embedding,
            layers,
            norm,
            head,
        })
    }

    /// A copy of the present weights, on the CPU.
    ///
    /// # Errors
    /// candle's, when the device cannot be read.
    pub fn weights(&self) -> Result<Weights> {
        let copy = |(name, variable): &(String, Var)| {
            Ok((name.clone(), variable.to_device(&Device::Cpu)?.copy()?.detach()))
        };
        self.variables.iter().map(copy).collect()
    }

    /// Every trainable variable by its Hugging Face name, always in the same order. Clones share the storage.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, Var)> {
        self.variables.clone()
    }

    /// The shape.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Replaces the first numbers of embedding rows: `(token, numbers)`, at most D numbers each. What is not named
    /// keeps its value. For instance [`periodic_row`] for tokens that stand for numbers.
    ///
    /// # Errors
    /// A token outside the vocabulary, a row that is too long.
    pub fn set_embedding_rows(&self, rows: &[(u32, Vec<f32>)]) -> Result<()> {
        let (vocabulary, width) = self.embedding.dims2()?;
        let mut table = self.embedding.flatten_all()?.to_vec1::<f32>()?;
        for (token, row) in rows {
            let start = (*token as usize).saturating_mul(width);
            let Some(place) = table.get_mut(start..).and_then(|rest| rest.get_mut(..row.len())) else {
                candle_core::bail!("embedding row {token} is outside the vocabulary of {vocabulary}");
            };
            if row.len() > width {
                candle_core::bail!(
                    "embedding row {token} has {} numbers, the table {width}",
                    row.len()
                );
            }
            place.copy_from_slice(row);
        }
        self.embedding.set(&Tensor::from_vec(
            table,
            (vocabulary, width),
            self.embedding.device(),
        )?)
    }

    /// Logits [B, T, V] of the token after each position, for `ids` [B, T] (u32).
    ///
    /// # Errors
    /// More positions than the model has, a token outside the vocabulary.
    pub fn forward(&self, ids: &Tensor, ops: Ops) -> Result<Tensor> {
        let (b, t) = ids.dims2()?;
        let logits = self.forward_packed(&ids.flatten_all()?, Sequences::even(b, t), ops)?;
        logits.reshape((b, t, ()))
    }

    /// Logits [N, V] of the token after each row, for sequences that lie one after the other in `ids` [N] (u32):
    /// nothing is padded.
    ///
    /// # Errors
    /// A sequence longer than the model's positions, a token outside the vocabulary, lengths that do not add up.
    pub fn forward_packed(&self, ids: &Tensor, sequences: Sequences, ops: Ops) -> Result<Tensor> {
        let (t, limit) = (sequences.longest(), self.config.max_position_embeddings);
        if t > limit {
            candle_core::bail!("a sequence of {t} tokens is longer than the {limit} positions of the model");
        }
        let eps = self.config.rms_norm_eps;
        let (rotary, sequences) = (Arc::new(Rotary::new(&self.config, t)), Arc::new(sequences));
        let mut x = self.embedding.embedding(ids)?; // [N, D]
        for layer in &self.layers {
            let y = rms_norm(&x, &layer.input_norm, eps, ops)?;
            let q = rotate(&linear(&y, &layer.q, ops)?, &rotary, &sequences, ops)?;
            let k = rotate(&linear(&y, &layer.k, ops)?, &rotary, &sequences, ops)?;
            let v = linear(&y, &layer.v, ops)?;
            let seen = attention(&q, &k, &v, &sequences, &self.config, ops)?;
            x = (x + linear(&seen, &layer.o, ops)?)?;
            let y = rms_norm(&x, &layer.mlp_norm, eps, ops)?;
            let inner = swiglu(&linear(&y, &layer.gate, ops)?, &linear(&y, &layer.up, ops)?, ops)?;
            x = (x + linear(&inner, &layer.down, ops)?)?;
        }
        linear(&rms_norm(&x, &self.norm, eps, ops)?, &self.head, ops)
    }
}

/// amplitude · (cos, sin)(2π number / period) for each period: an embedding in which numbers that are near, or equal
/// modulo a period, are alike, so that arithmetic need not be learnt from nothing.
#[must_use]
pub fn periodic_row(number: u32, periods: &[f32], amplitude: f32) -> Vec<f32> {
    let angle = |period: &f32| std::f32::consts::TAU * (number as f32 / period);
    periods
        .iter()
        .flat_map(|period| [angle(period).cos() * amplitude, angle(period).sin() * amplitude])
        .collect()
}

#[cfg(test)]
mod tests;

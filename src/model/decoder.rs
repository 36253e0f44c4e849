//! The Llama-shaped decoder whose forward pass can be differentiated: for training, on any device.
//!
//! Simplification: whole sequences from position 0, no key/value cache; generation has a forward of its own.

use super::ops::{Ops, Rotary, Sequences, attention, linear, rms_norm, rotate, swiglu};
use super::weights::{self, Weights, WeightsError};
use super::{Config, Fast, Forward, Keep, device, fast::FastError, layout};
use candle_core::{DType, Device, Result, Tensor, Var};
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

/// The variables of one layer.
struct Layer {
    input_norm: Var,
    q: Projection,
    k: Projection,
    v: Projection,
    /// Weights that norm the heads of queries and of keys.
    head_norms: Option<(Var, Var)>,
    o: Projection,
    mlp_norm: Var,
    gate: Projection,
    up: Projection,
    down: Projection,
}

/// `y = x Wᵀ + b`.
struct Projection {
    /// [outputs, inputs]
    weight: Var,
    /// [outputs]
    bias: Option<Var>,
}

impl Projection {
    fn forward(&self, x: &Tensor, ops: Ops) -> Result<Tensor> {
        let y = linear(x, &self.weight, ops)?;
        match &self.bias {
            // In f32: the gradient of the bias is a sum over all rows.
            Some(bias) => y.to_dtype(DType::F32)?.broadcast_add(bias)?.to_dtype(y.dtype()),
            None => Ok(y),
        }
    }
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
        for (name, expected) in layout::expected(&config) {
            let Some(tensor) = weights.get(&name) else {
                return Err(WeightsError::Missing { name, expected });
            };
            // `copy`: a variable is written in place, and must not write into the caller's tensor.
            let variable = Var::from_tensor(&tensor.to_device(device)?.copy()?)?;
            variables.push((name, variable));
        }
        let find = |name: String| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, variable)| variable.clone())
        };
        let get = |name: String| {
            find(name)
                .ok_or_else(|| WeightsError::Candle(candle_core::Error::msg("a decoder without tensors")))
        };
        let mut layers = Vec::with_capacity(config.num_hidden_layers);
        for i in 0..config.num_hidden_layers {
            let name = |part: &str| format!("model.layers.{i}.{part}");
            let projection = |part: &str| {
                Ok::<_, WeightsError>(Projection {
                    weight: get(name(&format!("{part}.weight")))?,
                    bias: find(name(&format!("{part}.bias"))),
                })
            };
            let norm = |part: &str| find(name(&format!("self_attn.{part}.weight")));
            layers.push(Layer {
                input_norm: get(name("input_layernorm.weight"))?,
                q: projection("self_attn.q_proj")?,
                k: projection("self_attn.k_proj")?,
                v: projection("self_attn.v_proj")?,
                head_norms: norm("q_norm").zip(norm("k_norm")),
                o: projection("self_attn.o_proj")?,
                mlp_norm: get(name("post_attention_layernorm.weight"))?,
                gate: projection("mlp.gate_proj")?,
                up: projection("mlp.up_proj")?,
                down: projection("mlp.down_proj")?,
            });
        }
        let embedding = get("model.embed_tokens.weight".into())?;
        let head = if config.tie_word_embeddings {
            embedding.clone()
        } else {
            get("lm_head.weight".into())?
        };
        let norm = get("model.norm.weight".into())?;
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

    /// The present weights where they are, until they move: the storage is shared.
    #[must_use]
    pub fn view(&self) -> Weights {
        let view = |(name, variable): &(String, Var)| (name.clone(), variable.as_detached_tensor());
        self.variables.iter().map(view).collect()
    }

    /// The present weights, ready to generate where they are: by own kernels where training has its own operations, else by
    /// the decoder for devices, in the type of `ops`.
    ///
    /// # Errors
    /// When memory is short.
    pub fn frozen(&self, ops: Ops) -> std::result::Result<Forward, FastError> {
        let (config, weights) = (&self.config, self.view());
        Ok(match ops {
            Ops::Fused => Fast::new(config, &weights, Keep::AsStored)?.into(),
            Ops::Plain | Ops::Bf16 => {
                let device = self.embedding.device();
                Forward::Device(Box::new(device::Decoder::new(
                    config,
                    &weights,
                    ops.dtype(),
                    device,
                )?))
            }
        })
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

    /// Logits [B, T, V] of the token after each position, for `ids` [B, T] (u32), in the type of `ops`.
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
        if let Some(window) = self
            .config
            .windows
            .iter()
            .flatten()
            .min()
            .filter(|window| t > **window)
        {
            candle_core::bail!(
                "a sequence of {t} tokens is longer than the window of {window} that layers of this model look back; \
                 training beyond it is not supported"
            );
        }
        let eps = self.config.rms_norm_eps;
        let sequences = Arc::new(sequences);
        let rotary = Rotary::new(&self.config, &sequences, ops, ids.device())?;
        let mut x = self.embedding.embedding(ids)?; // [N, D]
        for (i, layer) in self.layers.iter().enumerate() {
            let y = rms_norm(&x, &layer.input_norm, eps, ops)?;
            let (mut q, mut k) = (layer.q.forward(&y, ops)?, layer.k.forward(&y, ops)?);
            if let Some((queries, keys)) = &layer.head_norms {
                q = self.norm_heads(&q, queries, ops)?;
                k = self.norm_heads(&k, keys, ops)?;
            }
            if self.config.has_rope(i) {
                q = rotate(&q, &rotary)?;
                k = rotate(&k, &rotary)?;
            }
            let v = layer.v.forward(&y, ops)?;
            let seen = attention(&q, &k, &v, &sequences, &self.config, ops)?;
            x = (x + layer.o.forward(&seen, ops)?.to_dtype(DType::F32)?)?;
            let y = rms_norm(&x, &layer.mlp_norm, eps, ops)?;
            let inner = swiglu(&layer.gate.forward(&y, ops)?, &layer.up.forward(&y, ops)?, ops)?;
            x = (x + layer.down.forward(&inner, ops)?.to_dtype(DType::F32)?)?;
        }
        linear(&rms_norm(&x, &self.norm, eps, ops)?, &self.head, ops)
    }

    /// Norms every head of `x` [N, heads · h] by itself.
    fn norm_heads(&self, x: &Tensor, weight: &Var, ops: Ops) -> Result<Tensor> {
        let heads = x.reshape(((), self.config.head_dim))?;
        rms_norm(&heads, weight, self.config.rms_norm_eps, ops)?.reshape(x.shape())
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

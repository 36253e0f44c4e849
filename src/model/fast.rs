//! The forward for generating: KV cache, any mix of sequences and positions in one step, no gradients.
//!
//! The same decoder as the differentiable one (Llama: Touvron et al. 2023), over the kernels of this room. The
//! logits of a row depend on its sequence only, bit for bit, never on the other rows of the step.

use crate::model::{
    Cache, Config,
    cache::Scratch,
    kernel::{self, Isa, Packed},
};
use candle_core::{DType, Tensor};
use std::collections::BTreeMap;

/// Rows that go through the layers together: enough to reuse each weight, few enough to stay in the cache.
const ROWS: usize = 64;

/// A decoder ready to generate.
pub struct Fast {
    config: Config,
    isa: Isa,
    embedding: Packed,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    /// `None`: the embedding table is the head.
    head: Option<Packed>,
}

struct Layer {
    attention_norm: Vec<f32>,
    qkv: Packed,
    attention_out: Packed,
    mlp_norm: Vec<f32>,
    gate_up: Packed,
    down: Packed,
}

/// One token to be read at the next position of its sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The sequence, from [`Cache::open`] or [`Cache::fork`].
    pub slot: usize,
    /// The token.
    pub token: u32,
    /// Whether the distribution of the token after it is wanted.
    pub want_logits: bool,
}

/// Why weights cannot be used, or a step cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FastError {
    /// A weight is not there.
    #[error("the checkpoint has no tensor `{0}`; is it a whole Llama checkpoint?")]
    Missing(String),
    /// A weight has the wrong size.
    #[error("tensor `{name}` has shape {found:?} where config.json asks for {wanted:?}")]
    Shape {
        /// Its name.
        name: String,
        /// Its shape.
        found: Vec<usize>,
        /// The shape it should have.
        wanted: Vec<usize>,
    },
    /// A weight cannot be read as f32.
    #[error("tensor `{0}` cannot be read as numbers: {1}")]
    Read(String, candle_core::Error),
    /// A token that has no row in the embedding table.
    #[error("token {token} does not exist: the model knows {vocab} tokens; does the tokenizer belong to it?")]
    Token {
        /// The token.
        token: u32,
        /// Rows of the table.
        vocab: usize,
    },
    /// A sequence would grow past the model's last position.
    #[error("the text is longer than the model's context of {0} tokens")]
    ContextFull(usize),
    /// A slot that was never opened.
    #[error("sequence {0} is not open")]
    Slot(usize),
}

impl Fast {
    /// Packs `weights`, named as Hugging Face names a `LlamaForCausalLM`'s.
    ///
    /// # Errors
    /// The first tensor that is missing, misshapen or unreadable.
    pub fn new(config: &Config, weights: &BTreeMap<String, Tensor>) -> Result<Self, FastError> {
        let (d, f) = (config.hidden_size, config.intermediate_size);
        let q = config.num_attention_heads * config.head_dim;
        let kv = config.num_key_value_heads * config.head_dim;
        let table = |name: &str, shape: &[usize]| read(weights, name, shape);
        let layer = |i: usize| {
            let part = |name: &str, shape: &[usize]| table(&format!("model.layers.{i}.{name}.weight"), shape);
            let [query, key, value] = [("q", q), ("k", kv), ("v", kv)]
                .map(|(name, outputs)| part(&format!("self_attn.{name}_proj"), &[outputs, d]));
            let [gate, up] = ["gate", "up"].map(|name| part(&format!("mlp.{name}_proj"), &[f, d]));
            Ok(Layer {
                attention_norm: part("input_layernorm", &[d])?,
                qkv: Packed::stack(&[&query?, &key?, &value?], d),
                attention_out: Packed::stack(&[&part("self_attn.o_proj", &[d, q])?], q),
                mlp_norm: part("post_attention_layernorm", &[d])?,
                gate_up: Packed::stack(&[&gate?, &up?], d),
                down: Packed::stack(&[&part("mlp.down_proj", &[d, f])?], f),
            })
        };
        let matrix = |name: &str| Ok(Packed::stack(&[&table(name, &[config.vocab_size, d])?], d));
        Ok(Self {
            isa: Isa::detect(),
            embedding: matrix("model.embed_tokens.weight")?,
            layers: (0..config.num_hidden_layers)
                .map(layer)
                .collect::<Result<_, _>>()?,
            norm: table("model.norm.weight", &[d])?,
            head: if config.tie_word_embeddings {
                None
            } else {
                Some(matrix("lm_head.weight")?)
            },
            config: config.clone(),
        })
    }

    /// The shape.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The instructions it runs on.
    #[must_use]
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// Reads `rows`, each at the next position of its sequence, in order. `logits` becomes `[wanted, V]`, one row for
    /// each row that wants them.
    ///
    /// # Errors
    /// [`FastError::Token`], [`FastError::ContextFull`], [`FastError::Slot`]; the cache is as before then.
    pub fn step(&self, rows: &[Row], cache: &mut Cache, logits: &mut Vec<f32>) -> Result<(), FastError> {
        logits.clear();
        // Taken out so that it can be written while the cache is read; an early return must put it back.
        let mut scratch = std::mem::take(&mut cache.scratch);
        let placed = self.place(rows, cache, &mut scratch);
        if placed.is_ok() {
            for (part, rows) in rows.chunks(ROWS).enumerate() {
                self.forward(rows, part * ROWS, cache, &mut scratch, logits);
            }
        }
        cache.scratch = scratch;
        placed
    }

    /// Gives every row its position, or leaves the cache as it was.
    fn place(&self, rows: &[Row], cache: &mut Cache, scratch: &mut Scratch) -> Result<(), FastError> {
        scratch.positions.clear();
        for (i, row) in rows.iter().enumerate() {
            let placed = self
                .check(*row, cache)
                .and_then(|()| cache.extend(row.slot).ok_or(FastError::Slot(row.slot)));
            match placed {
                Ok(position) => scratch.positions.push(position),
                Err(error) => {
                    for row in &rows[..i] {
                        cache.truncate(row.slot, cache.len(row.slot) - 1);
                    }
                    return Err(error);
                }
            }
        }
        let half = self.config.head_dim / 2;
        let known = scratch.cos.len() / half;
        let wanted = scratch.positions.iter().max().map_or(0, |last| last + 1);
        for position in known..wanted {
            for i in 0..half {
                // In f32 like the reference implementation, so that long positions rotate by the same angle.
                let power = (2 * i) as f64 / self.config.head_dim as f64;
                let angle = position as f32 * (1.0 / self.config.rope_theta.powf(power)) as f32;
                scratch.cos.push(f64::from(angle).cos() as f32);
                scratch.sin.push(f64::from(angle).sin() as f32);
            }
        }
        Ok(())
    }

    fn check(&self, row: Row, cache: &Cache) -> Result<(), FastError> {
        let (vocab, context) = (self.config.vocab_size, self.config.max_position_embeddings);
        if row.token as usize >= vocab {
            return Err(FastError::Token {
                token: row.token,
                vocab,
            });
        }
        if cache.len(row.slot) >= context {
            return Err(FastError::ContextFull(context));
        }
        Ok(())
    }

    fn forward(
        &self,
        rows: &[Row],
        first: usize,
        cache: &mut Cache,
        scratch: &mut Scratch,
        logits: &mut Vec<f32>,
    ) {
        let (isa, d) = (self.isa, self.config.hidden_size);
        scratch.x.resize(rows.len() * d, 0.0);
        for (row, x) in rows.iter().zip(scratch.x.chunks_exact_mut(d)) {
            self.embedding.row(row.token as usize, x);
        }
        for (i, layer) in self.layers.iter().enumerate() {
            self.norm(&scratch.x, &layer.attention_norm, &mut scratch.normed);
            layer.qkv.forward(isa, &scratch.normed, &mut scratch.qkv);
            self.attention(i, layer.qkv.stride(), rows, first, cache, scratch);
            layer
                .attention_out
                .forward(isa, &scratch.gathered, &mut scratch.out);
            self.residual(scratch, layer.attention_out.stride());
            self.norm(&scratch.x, &layer.mlp_norm, &mut scratch.normed);
            layer.gate_up.forward(isa, &scratch.normed, &mut scratch.gate_up);
            let f = self.config.intermediate_size;
            scratch.gated.resize(rows.len() * f, 0.0);
            let gate_up = scratch.gate_up.chunks_exact(layer.gate_up.stride());
            for (gate_up, gated) in gate_up.zip(scratch.gated.chunks_exact_mut(f)) {
                kernel::silu_gate(isa, &gate_up[..f], &gate_up[f..2 * f], gated);
            }
            layer.down.forward(isa, &scratch.gated, &mut scratch.out);
            self.residual(scratch, layer.down.stride());
        }
        self.logits(rows, scratch, logits);
    }

    /// Rotates, stores keys and values of all rows, then lets each row look at its own past.
    fn attention(
        &self,
        layer: usize,
        stride: usize,
        rows: &[Row],
        first: usize,
        cache: &mut Cache,
        scratch: &mut Scratch,
    ) {
        let dim = self.config.head_dim;
        let (q, kv) = (
            self.config.num_attention_heads * dim,
            self.config.num_key_value_heads * dim,
        );
        let positions = &scratch.positions[first..];
        for ((row, position), qkv) in rows
            .iter()
            .zip(positions)
            .zip(scratch.qkv.chunks_exact_mut(stride))
        {
            let table = position * dim / 2..(position + 1) * dim / 2;
            let (cos, sin) = (&scratch.cos[table.clone()], &scratch.sin[table]);
            kernel::rope(self.isa, &mut qkv[..q + kv], cos, sin);
            let (blocks, shape) = cache.layer(row.slot, layer);
            shape.store(blocks, *position, &qkv[q..q + kv], &qkv[q + kv..q + 2 * kv]);
        }
        scratch.gathered.resize(rows.len() * q, 0.0);
        let queries = scratch
            .qkv
            .chunks_exact(stride)
            .zip(scratch.gathered.chunks_exact_mut(q));
        for ((row, position), (query, out)) in rows.iter().zip(positions).zip(queries) {
            let (blocks, shape) = cache.layer(row.slot, layer);
            kernel::attend(
                self.isa,
                shape,
                &query[..q],
                blocks,
                position + 1,
                &mut scratch.scores,
                out,
            );
        }
    }

    fn logits(&self, rows: &[Row], scratch: &mut Scratch, logits: &mut Vec<f32>) {
        let d = self.config.hidden_size;
        // Rows that want logits move to the front; the others are done.
        let mut wanted = 0;
        for (i, _) in rows.iter().enumerate().filter(|(_, row)| row.want_logits) {
            scratch.x.copy_within(i * d..(i + 1) * d, wanted * d);
            wanted += 1;
        }
        if wanted == 0 {
            return;
        }
        self.norm(&scratch.x[..wanted * d], &self.norm, &mut scratch.normed);
        let head = self.head.as_ref().unwrap_or(&self.embedding);
        head.forward(self.isa, &scratch.normed, &mut scratch.out);
        for row in scratch.out.chunks_exact(head.stride()) {
            logits.extend_from_slice(&row[..head.outputs()]);
        }
    }

    fn norm(&self, x: &[f32], weight: &[f32], out: &mut Vec<f32>) {
        out.resize(x.len(), 0.0);
        let d = self.config.hidden_size;
        for (x, out) in x.chunks_exact(d).zip(out.chunks_exact_mut(d)) {
            kernel::rms_norm(self.isa, x, weight, self.config.rms_norm_eps as f32, out);
        }
    }

    /// Adds what a projection computed to the stream.
    fn residual(&self, scratch: &mut Scratch, stride: usize) {
        let streams = scratch.x.chunks_exact_mut(self.config.hidden_size);
        for (x, out) in streams.zip(scratch.out.chunks_exact(stride)) {
            kernel::add(self.isa, x, out);
        }
    }
}

fn read(weights: &BTreeMap<String, Tensor>, name: &str, wanted: &[usize]) -> Result<Vec<f32>, FastError> {
    let tensor = weights.get(name).ok_or_else(|| FastError::Missing(name.into()))?;
    if tensor.dims() != wanted {
        return Err(FastError::Shape {
            name: name.into(),
            found: tensor.dims().to_vec(),
            wanted: wanted.to_vec(),
        });
    }
    tensor
        .to_dtype(DType::F32)
        .and_then(|tensor| tensor.flatten_all()?.to_vec1())
        .map_err(|error| FastError::Read(name.into(), error))
}

#[cfg(test)]
pub(crate) mod tests;

//! The forward for generating: KV cache, any mix of sequences and positions in one step, no gradients.
//!
//! The same decoder as the differentiable one (Llama: Touvron et al. 2023), over the kernels of this room. The
//! logits of a row depend on its sequence only, bit for bit, never on the other rows of the step.

mod mlp;

use crate::model::{
    Cache, Config,
    cache::Scratch,
    kernel::{self, Encoding, Isa},
    layout,
    linear::{Keep, Linear, vector},
    rope::Scaling,
    tensors::Tensors,
};
pub(super) use mlp::Asked;
use mlp::Mlp;
use rayon::prelude::*;

/// Rows that go through the layers together: enough to reuse each weight, few enough to stay in the cache.
const ROWS: usize = 64;

/// Products in the attention of a step, above which several threads share it.
const PARALLEL: usize = 1 << 20;

/// A decoder ready to generate.
pub struct Fast {
    config: Config,
    isa: Isa,
    embedding: Linear,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    /// `None`: the embedding table is the head.
    head: Option<Linear>,
}

struct Layer {
    attention_norm: Vec<f32>,
    qkv: Linear,
    /// Weights that norm the heads of queries and of keys.
    head_norms: Option<(Vec<f32>, Vec<f32>)>,
    attention_out: Linear,
    mlp_norm: Vec<f32>,
    /// Weights that norm what attention and what the MLP adds to the stream.
    post_norms: Option<(Vec<f32>, Vec<f32>)>,
    mlp: Mlp,
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
    #[error("the checkpoint has no tensor `{0}`; do config.json and the weights belong together?")]
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
    /// A weight that this decoder would ignore.
    #[error(
        "the weights hold a tensor `{0}` that config.json has no place for; do the files belong together?"
    )]
    Extra(String),
    /// A weight cannot be read.
    #[error("tensor `{0}` cannot be read: {1}")]
    Read(String, String),
    /// A weight that is infinite or not a number.
    #[error("tensor `{0}` holds a number that is not finite; the file is damaged or its training diverged")]
    NotFinite(String),
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
    /// The cache has no block left.
    #[error("the memory for keys and values is full; ask for fewer samples or shorter texts, or allow more")]
    Full(usize),
    /// The device or the library that computes refuses.
    #[error("the model cannot compute: {0}")]
    Compute(String),
    /// The keys and values of another way to compute.
    #[error("this cache was made for another way to compute; make it with the model's own")]
    Elsewhere,
}

impl From<candle_core::Error> for FastError {
    fn from(error: candle_core::Error) -> Self {
        // Where the library was is none of the user's business.
        let said = error.to_string();
        Self::Compute(said.lines().next().unwrap_or_default().to_owned())
    }
}

impl Fast {
    /// Packs the weights of a decoder of this shape, named as Hugging Face names them.
    ///
    /// # Errors
    /// The first tensor that is missing, misshapen or unreadable.
    pub fn new(config: &Config, tensors: &dyn Tensors, keep: Keep) -> Result<Self, FastError> {
        if let Some(name) = layout::extra(config, &tensors.names()) {
            return Err(FastError::Extra(name));
        }
        let d = config.hidden_size;
        let table = |name: &str| {
            let names = [(name.to_owned(), config.vocab_size)];
            Linear::load(tensors, &names, d, false, keep)
        };
        // The tables are a good part of a small model: they need not wait for the layers.
        let ((embedding, head), layers) = rayon::join(
            || {
                let head = (!config.tie_word_embeddings)
                    .then(|| table("lm_head"))
                    .transpose();
                (table("model.embed_tokens"), head)
            },
            || {
                let layers = (0..config.num_hidden_layers).into_par_iter();
                layers
                    .map(|i| Layer::new(config, tensors, i, keep))
                    .collect::<Result<Vec<_>, _>>()
            },
        );
        let mut config = config.clone();
        if let Some(divisors) = tensors.rope_divisors() {
            config.rope_scaling = Scaling::Divisors(divisors);
        }
        Ok(Self {
            isa: Isa::detect(),
            embedding: embedding?,
            layers: layers?,
            norm: vector(tensors, "model.norm.weight", d)?,
            head: head?,
            config,
        })
    }

    /// How most of its weights are written.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.layers
            .first()
            .and_then(|layer| layer.mlp.encoding())
            .unwrap_or_else(|| self.embedding.encoding())
    }

    /// Bytes of its matrices.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let layer = |layer: &Layer| layer.qkv.bytes() + layer.attention_out.bytes() + layer.mlp.bytes();
        let tables = self.embedding.bytes() + self.head.as_ref().map_or(0, Linear::bytes);
        tables + self.layers.iter().map(layer).sum::<usize>()
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
        let limits = (self.config.vocab_size, self.config.max_position_embeddings);
        let mut placed = cache.place(rows, limits, &mut scratch.positions);
        if placed.is_ok() && cache.host().is_none() {
            cache.unplace(rows);
            placed = Err(FastError::Elsewhere);
        }
        if placed.is_ok() {
            let last = scratch.positions.iter().max();
            let reached = last.map_or(0, |last| last + 1);
            scratch.angles.reach(reached);
            if let Some(local) = &mut scratch.local_angles {
                local.reach(reached);
            }
            for (part, rows) in rows.chunks(ROWS).enumerate() {
                self.forward(rows, part * ROWS, cache, &mut scratch, logits);
            }
        }
        cache.scratch = scratch;
        placed
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
            if self.config.gemma.is_some() {
                let scale = (d as f32).sqrt();
                x.iter_mut().for_each(|x| *x *= scale);
            }
        }
        for (i, layer) in self.layers.iter().enumerate() {
            self.norm(&scratch.x, &layer.attention_norm, &mut scratch.normed);
            layer
                .qkv
                .forward(isa, &scratch.normed, &mut scratch.qkv, &mut scratch.buffers);
            self.turn(i, layer, rows, first, cache, scratch);
            self.attention(i, layer.qkv.stride(), rows, first, cache, scratch);
            layer
                .attention_out
                .forward(isa, &scratch.gathered, &mut scratch.out, &mut scratch.buffers);
            self.residual(
                scratch,
                layer.attention_out.stride(),
                layer.post_norms.as_ref().map(|norms| &norms.0),
            );
            self.norm(&scratch.x, &layer.mlp_norm, &mut scratch.normed);
            layer.mlp.forward(isa, d, scratch);
            self.residual(
                scratch,
                layer.mlp.stride(&self.config),
                layer.post_norms.as_ref().map(|norms| &norms.1),
            );
        }
        self.logits(rows, scratch, logits);
    }

    /// Norms and turns queries and keys, and stores keys and values of all rows.
    fn turn(
        &self,
        i: usize,
        layer: &Layer,
        rows: &[Row],
        first: usize,
        cache: &mut Cache,
        scratch: &mut Scratch,
    ) {
        let dim = self.config.head_dim;
        let (q, kv) = (self.config.query_width(), self.config.key_width());
        let local = scratch
            .local_angles
            .as_ref()
            .filter(|_| self.config.window(i).is_some());
        let angles = local.unwrap_or(&scratch.angles);
        // The kernel divides scores by the root of the head's width.
        let scalar = self.config.gemma.as_ref().and_then(|gemma| gemma.query_scalar);
        let sharper = scalar.map(|scalar| (dim as f64 / scalar).sqrt() as f32);
        let places = rows.iter().zip(&scratch.positions[first..]);
        for ((row, &position), qkv) in places.zip(scratch.qkv.chunks_exact_mut(layer.qkv.stride())) {
            if let Some((queries, keys)) = &layer.head_norms {
                let eps = self.config.rms_norm_eps as f32;
                let (query, rest) = qkv.split_at_mut(q);
                for (heads, weight) in [(query, queries), (&mut rest[..kv], keys)] {
                    for head in heads.chunks_exact_mut(dim) {
                        kernel::rms_norm_in_place(self.isa, head, weight, eps);
                    }
                }
            }
            if self.config.has_rope(i) {
                let (cos, sin) = angles.at(position);
                kernel::rope(self.isa, &mut qkv[..q + kv], cos, sin);
            }
            if let Some(sharper) = sharper {
                qkv[..q].iter_mut().for_each(|q| *q *= sharper);
            }
            cache.store(row.slot, i, position, &qkv[q..q + kv], &qkv[q + kv..q + 2 * kv]);
        }
    }

    /// Lets each row look at its own past.
    fn attention(
        &self,
        i: usize,
        stride: usize,
        rows: &[Row],
        first: usize,
        cache: &Cache,
        scratch: &mut Scratch,
    ) {
        let q = self.config.query_width();
        let Some(host) = cache.host() else { return };
        let (shape, window) = (host.layer(i), self.config.window(i));
        let positions = &scratch.positions[first..];
        scratch.gathered.resize(rows.len() * q, 0.0);
        let look = |row: &Row, position: usize, query: &[f32], out: &mut [f32], scores: &mut Vec<f32>| {
            let past = host.past(cache.table(row.slot), position, window);
            kernel::attend(self.isa, shape, &query[..q], past, scores, out);
        };
        let products: usize = positions.iter().map(|position| position * q).sum();
        let queries = &scratch.qkv[..rows.len() * stride];
        if products < PARALLEL || rayon::current_num_threads() == 1 {
            let all = rows.iter().zip(positions).zip(queries.chunks_exact(stride));
            for (((row, position), query), out) in all.zip(scratch.gathered.chunks_exact_mut(q)) {
                look(row, *position, query, out, &mut scratch.scores);
            }
        } else {
            let all = rows
                .par_iter()
                .zip(positions)
                .zip(queries.par_chunks_exact(stride));
            all.zip(scratch.gathered.par_chunks_exact_mut(q)).for_each_init(
                Vec::new,
                |scores, (((row, position), query), out)| {
                    look(row, *position, query, out, scores);
                },
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
        head.forward(self.isa, &scratch.normed, &mut scratch.out, &mut scratch.buffers);
        for row in scratch.out.chunks_exact(head.stride()) {
            logits.extend_from_slice(&row[..head.outputs()]);
        }
        if let Some(cap) = self.config.gemma.as_ref().and_then(|gemma| gemma.logit_cap) {
            let first = logits.len() - wanted * head.outputs();
            kernel::bound(self.isa, &mut logits[first..], cap);
        }
    }

    fn norm(&self, x: &[f32], weight: &[f32], out: &mut Vec<f32>) {
        out.resize(x.len(), 0.0);
        let d = self.config.hidden_size;
        for (x, out) in x.chunks_exact(d).zip(out.chunks_exact_mut(d)) {
            kernel::rms_norm(self.isa, x, weight, self.config.rms_norm_eps as f32, out);
        }
    }

    /// Adds what a projection computed to the stream, normed first where there is a weight for that.
    fn residual(&self, scratch: &mut Scratch, stride: usize, norm: Option<&Vec<f32>>) {
        let d = self.config.hidden_size;
        let streams = scratch.x.chunks_exact_mut(d);
        for (x, out) in streams.zip(scratch.out.chunks_exact_mut(stride)) {
            if let Some(weight) = norm {
                kernel::rms_norm_in_place(self.isa, &mut out[..d], weight, self.config.rms_norm_eps as f32);
            }
            kernel::add(self.isa, x, out);
        }
    }
}

impl Layer {
    fn new(config: &Config, tensors: &dyn Tensors, i: usize, keep: Keep) -> Result<Self, FastError> {
        let d = config.hidden_size;
        let name = |part: &str| format!("model.layers.{i}.{part}");
        let norm = |part: &str, len: usize| vector(tensors, &name(&format!("{part}.weight")), len);
        let stack = |names: &[(String, usize)], inputs: usize, biased: bool| {
            Linear::load(tensors, names, inputs, biased, keep)
        };
        let out = [(name("self_attn.o_proj"), d)];
        let head_norms = || {
            let queries = norm("self_attn.q_norm", config.head_dim)?;
            Ok::<_, FastError>((queries, norm("self_attn.k_norm", config.head_dim)?))
        };
        let has_post_norms = config.gemma.as_ref().is_some_and(|gemma| gemma.post_norms);
        let post_norms = || {
            let attention = norm("post_attention_layernorm", d)?;
            Ok::<_, FastError>((attention, norm("post_feedforward_layernorm", d)?))
        };
        let mlp_norm = if has_post_norms {
            "pre_feedforward_layernorm"
        } else {
            "post_attention_layernorm"
        };
        Ok(Self {
            attention_norm: norm("input_layernorm", d)?,
            qkv: stack(&layout::qkv(config, i), d, config.qkv_bias)?,
            head_norms: config.qk_norm.then(head_norms).transpose()?,
            attention_out: stack(&out, config.query_width(), config.attention_out_bias)?,
            mlp_norm: norm(mlp_norm, d)?,
            post_norms: has_post_norms.then(post_norms).transpose()?,
            mlp: Mlp::load(config, tensors, i, keep)?,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests;

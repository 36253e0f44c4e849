//! The decoder in candle's tensors (Llama: Touvron et al. 2023), for generating: all families of [`Config`].

use super::{Pool, attention::Plan, weights::Reader};
use crate::model::{
    Cache, Config,
    cache::Storage,
    fast::{FastError, Row},
    kernel::BLOCK,
    layout,
    rope::{Angles, Scaling},
    tensors::Tensors,
};
use candle_core::{DType, Device, Tensor};

/// Rows that go through the layers together at most.
pub const ROWS: usize = 256;

/// Attention scores of a layer at most: bounds the memory of a long prompt.
const SCORES: usize = 1 << 28;

/// A decoder on a device, ready to generate.
pub struct Decoder {
    config: Config,
    device: Device,
    dtype: DType,
    embedding: Tensor,
    layers: Vec<Layer>,
    norm: Tensor,
    /// `None`: the embedding table is the head.
    head: Option<Tensor>,
    bytes: usize,
}

/// A linear layer: `y = x Wᵀ + b`.
struct Linear {
    weight: Tensor,
    bias: Option<Tensor>,
}

struct Layer {
    attention_norm: Tensor,
    qkv: Linear,
    /// Weights that norm the heads of queries and of keys.
    head_norms: Option<(Tensor, Tensor)>,
    attention_out: Linear,
    mlp_norm: Tensor,
    gate_up: Linear,
    down: Linear,
}

impl Linear {
    fn load(
        reader: Reader<'_>,
        names: &[(String, usize)],
        inputs: usize,
        biased: bool,
    ) -> Result<Self, FastError> {
        Ok(Self {
            weight: reader.stack(names, inputs)?,
            bias: biased.then(|| reader.biases(names)).transpose()?,
        })
    }

    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let y = x.matmul(&self.weight.t()?)?;
        match &self.bias {
            Some(bias) => y.broadcast_add(bias),
            None => Ok(y),
        }
    }
}

impl Layer {
    fn load(config: &Config, reader: Reader<'_>, i: usize) -> Result<Self, FastError> {
        let (d, f) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("model.layers.{i}.{part}");
        let norm = |part: &str, len: usize| reader.tensor(&name(&format!("{part}.weight")), &[len]);
        let out = [(name("self_attn.o_proj"), d)];
        let gate_up = [(name("mlp.gate_proj"), f), (name("mlp.up_proj"), f)];
        let down = [(name("mlp.down_proj"), d)];
        let head_norms = || {
            let queries = norm("self_attn.q_norm", config.head_dim)?;
            Ok::<_, FastError>((queries, norm("self_attn.k_norm", config.head_dim)?))
        };
        Ok(Self {
            attention_norm: norm("input_layernorm", d)?,
            qkv: Linear::load(reader, &layout::qkv(config, i), d, config.qkv_bias)?,
            head_norms: config.qk_norm.then(head_norms).transpose()?,
            attention_out: Linear::load(reader, &out, config.query_width(), config.attention_out_bias)?,
            mlp_norm: norm("post_attention_layernorm", d)?,
            gate_up: Linear::load(reader, &gate_up, d, config.mlp_bias)?,
            down: Linear::load(reader, &down, f, config.mlp_bias)?,
        })
    }
}

/// What all layers of a step need.
struct Step {
    plan: Plan,
    /// Rows of the pool that the keys and values of this step's rows go to.
    places: Tensor,
    /// `[rows, 1, head_dim / 2]` each.
    angles: (Tensor, Tensor),
}

impl Decoder {
    /// Puts the weights of a decoder of this shape on `device`, in `dtype`.
    ///
    /// # Errors
    /// The first tensor that is missing, misshapen or unreadable; what the device says.
    pub fn new(
        config: &Config,
        tensors: &dyn Tensors,
        dtype: DType,
        device: &Device,
    ) -> Result<Self, FastError> {
        if let Some(name) = layout::extra(config, &tensors.names()) {
            return Err(FastError::Extra(name));
        }
        let reader = Reader {
            tensors,
            dtype,
            device,
        };
        let (v, d) = (config.vocab_size, config.hidden_size);
        let layers = (0..config.num_hidden_layers).map(|i| Layer::load(config, reader, i));
        let mut config = config.clone();
        if let Some(divisors) = tensors.rope_divisors() {
            config.rope_scaling = Scaling::Divisors(divisors);
        }
        let head = (!config.tie_word_embeddings).then(|| reader.tensor("lm_head.weight", &[v, d]));
        Ok(Self {
            embedding: reader.tensor("model.embed_tokens.weight", &[v, d])?,
            layers: layers.collect::<Result<_, _>>()?,
            norm: reader.tensor("model.norm.weight", &[d])?,
            head: head.transpose()?,
            bytes: config.parameters().saturating_mul(dtype.size_in_bytes()),
            config,
            device: device.clone(),
            dtype,
        })
    }

    /// The shape.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where it is.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// What it computes with.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Bytes of its weights.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// An empty cache on its device.
    #[must_use]
    pub fn cache(&self) -> Cache {
        let pool = Pool::new(&self.config, self.dtype, &self.device);
        let mut cache = Cache::of(Storage::Device(pool), Pool::block_bytes(&self.config, self.dtype));
        cache.scratch.angles = Angles::new(&self.config);
        cache
    }

    /// As [`crate::model::Fast::step`].
    ///
    /// # Errors
    /// The same, and what the device says; the cache is as before then.
    pub fn step(&self, rows: &[Row], cache: &mut Cache, logits: &mut Vec<f32>) -> Result<(), FastError> {
        logits.clear();
        if !matches!(cache.storage, Storage::Device(_)) {
            return Err(FastError::Elsewhere);
        }
        let mut scratch = std::mem::take(&mut cache.scratch);
        let limits = (self.config.vocab_size, self.config.max_position_embeddings);
        let mut done = cache.place(rows, limits, &mut scratch.positions);
        if done.is_ok() {
            scratch
                .angles
                .reach(scratch.positions.iter().max().map_or(0, |last| last + 1));
            let longest = scratch.positions.iter().max().map_or(1, |last| last + 1);
            let most = (SCORES / (self.config.num_attention_heads * longest)).clamp(1, ROWS);
            let parts = rows.chunks(most).zip(scratch.positions.chunks(most));
            for (rows, positions) in parts {
                done = self
                    .forward(rows, positions, cache, &scratch.angles, logits)
                    .map_err(FastError::from);
                if done.is_err() {
                    break;
                }
            }
            if done.is_err() {
                cache.unplace(rows);
                logits.clear();
            }
        }
        cache.scratch = scratch;
        done
    }

    fn forward(
        &self,
        rows: &[Row],
        positions: &[usize],
        cache: &Cache,
        angles: &Angles,
        logits: &mut Vec<f32>,
    ) -> candle_core::Result<()> {
        let Storage::Device(pool) = &cache.storage else {
            return Ok(());
        };
        let step = Step {
            plan: Plan::new(rows, positions, cache, &self.config, &self.device)?,
            places: pool.places(places(rows, positions, cache))?,
            angles: self.angles(positions, angles)?,
        };
        let tokens: Vec<u32> = rows.iter().map(|row| row.token).collect();
        let mut x = self
            .embedding
            .index_select(&Tensor::new(tokens, &self.device)?, 0)?;
        for (i, layer) in self.layers.iter().enumerate() {
            x = (&x + self.attention(i, layer, &self.normed(&x, &layer.attention_norm)?, &step, pool)?)?;
            x = (&x + self.mlp(layer, &self.normed(&x, &layer.mlp_norm)?)?)?;
        }
        let wanted: Vec<u32> = (0_u32..)
            .zip(rows)
            .filter(|(_, row)| row.want_logits)
            .map(|(i, _)| i)
            .collect();
        if wanted.is_empty() {
            // A device is only asked meanwhile: what a step takes should be over when it returns.
            return self.device.synchronize();
        }
        let x = x.index_select(&Tensor::new(wanted, &self.device)?, 0)?;
        let head = self.head.as_ref().unwrap_or(&self.embedding);
        let all = self.normed(&x, &self.norm)?.matmul(&head.t()?)?;
        logits.extend(all.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?);
        Ok(())
    }

    /// What attention adds to the stream.
    fn attention(
        &self,
        i: usize,
        layer: &Layer,
        x: &Tensor,
        step: &Step,
        pool: &Pool,
    ) -> candle_core::Result<Tensor> {
        let (heads, kv_heads, dim) = (
            self.config.num_attention_heads,
            self.config.num_key_value_heads,
            self.config.head_dim,
        );
        let (q, kv) = (self.config.query_width(), self.config.key_width());
        let qkv = layer.qkv.forward(x)?;
        let (norms, turns) = (&layer.head_norms, self.config.has_rope(i));
        // `[rows, heads * dim]` normed by head and turned.
        let placed = |part: Tensor, heads: usize, norm: Option<&Tensor>| {
            let rows = part.dim(0)?;
            let mut part = part.contiguous()?;
            if let Some(norm) = norm {
                part = self.normed(&part.reshape((rows * heads, dim))?, norm)?;
            }
            if turns {
                let (cos, sin) = &step.angles;
                part = candle_nn::rotary_emb::rope(&part.reshape((rows, heads, 1, dim))?, cos, sin)?;
            }
            part.reshape((rows, heads * dim))
        };
        let queries = placed(qkv.narrow(1, 0, q)?, heads, norms.as_ref().map(|norms| &norms.0))?;
        let keys = placed(
            qkv.narrow(1, q, kv)?,
            kv_heads,
            norms.as_ref().map(|norms| &norms.1),
        )?;
        pool.store(i, &step.places, &keys, &qkv.narrow(1, q + kv, kv)?)?;
        layer
            .attention_out
            .forward(&step.plan.attend(i, &queries, pool, &self.config)?)
    }

    /// What the gated MLP adds to the stream.
    fn mlp(&self, layer: &Layer, x: &Tensor) -> candle_core::Result<Tensor> {
        let f = self.config.intermediate_size;
        let gate_up = layer.gate_up.forward(x)?;
        let gated = (gate_up.narrow(1, 0, f)?.silu()? * gate_up.narrow(1, f, f)?)?;
        layer.down.forward(&gated)
    }

    fn normed(&self, x: &Tensor, weight: &Tensor) -> candle_core::Result<Tensor> {
        candle_nn::ops::rms_norm(&x.contiguous()?, weight, self.config.rms_norm_eps as f32)
    }

    /// Cosines and sines of `positions`.
    fn angles(&self, positions: &[usize], angles: &Angles) -> candle_core::Result<(Tensor, Tensor)> {
        let half = self.config.head_dim / 2;
        let (mut cos, mut sin) = (Vec::new(), Vec::new());
        for &position in positions {
            let at = angles.at(position);
            cos.extend_from_slice(at.0);
            sin.extend_from_slice(at.1);
        }
        let tensor = |numbers: Vec<f32>| {
            let tensor = Tensor::from_vec(numbers, (positions.len(), 1, half), &self.device)?;
            tensor.to_dtype(self.dtype)
        };
        Ok((tensor(cos)?, tensor(sin)?))
    }
}

/// The rows of the pool that stand for `rows` at `positions`.
fn places(rows: &[Row], positions: &[usize], cache: &Cache) -> Vec<u32> {
    let place = |(row, position): (&Row, &usize)| {
        let block = cache.table(row.slot).get(position / BLOCK).copied().unwrap_or(0);
        block * BLOCK as u32 + (position % BLOCK) as u32
    };
    rows.iter().zip(positions).map(place).collect()
}

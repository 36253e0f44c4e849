//! The tensors of a decoder by their Hugging Face names: what is expected, what was found, where they start.

use super::Config;
use crate::base::rng;
use candle_core::{Device, Tensor};
use rand::Rng as _;
use std::collections::BTreeMap;

/// Tensors by Hugging Face name, f32 on the CPU.
pub type Weights = BTreeMap<String, Tensor>;

/// Why tensors do not make the decoder that a configuration describes.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// A tensor is absent.
    #[error(
        "the weights have no tensor `{name}` (expected with shape {expected:?}); do config.json and model.safetensors belong together?"
    )]
    Missing {
        /// Its Hugging Face name.
        name: String,
        /// The shape that the configuration asks for.
        expected: Vec<usize>,
    },
    /// A tensor that this decoder would ignore.
    #[error(
        "the weights hold a tensor `{name}` of shape {found:?} that the configuration has no place for; do config.json and model.safetensors belong together?"
    )]
    Extra {
        /// Its name.
        name: String,
        /// Its shape.
        found: Vec<usize>,
    },
    /// A tensor of another size.
    #[error(
        "tensor `{name}` has shape {found:?} where config.json asks for {expected:?}; do the two files belong together?"
    )]
    Shape {
        /// Its name.
        name: String,
        /// The shape that the configuration asks for.
        expected: Vec<usize>,
        /// The shape in the file.
        found: Vec<usize>,
    },
    /// candle refused.
    #[error("the weights cannot be placed on the device: {0}")]
    Candle(#[from] candle_core::Error),
}

/// Name and shape of every tensor of a decoder, in the order of computation: embedding, layers, norm, head.
#[must_use]
pub fn expected(config: &Config) -> Vec<(String, Vec<usize>)> {
    let (d, f) = (config.hidden_size, config.intermediate_size);
    let queries = config.num_attention_heads * config.head_dim;
    let keys = config.num_key_value_heads * config.head_dim;
    let mut all = vec![("model.embed_tokens.weight".to_owned(), vec![config.vocab_size, d])];
    for layer in 0..config.num_hidden_layers {
        let parts = [
            ("input_layernorm", vec![d]),
            ("self_attn.q_proj", vec![queries, d]),
            ("self_attn.k_proj", vec![keys, d]),
            ("self_attn.v_proj", vec![keys, d]),
            ("self_attn.o_proj", vec![d, queries]),
            ("post_attention_layernorm", vec![d]),
            ("mlp.gate_proj", vec![f, d]),
            ("mlp.up_proj", vec![f, d]),
            ("mlp.down_proj", vec![d, f]),
        ];
        all.extend(parts.map(|(part, shape)| (format!("model.layers.{layer}.{part}.weight"), shape)));
    }
    all.push(("model.norm.weight".into(), vec![d]));
    if !config.tie_word_embeddings {
        all.push(("lm_head.weight".into(), vec![config.vocab_size, d]));
    }
    all
}

/// Holds when `weights` are exactly the tensors that `config` asks for.
///
/// # Errors
/// The first tensor that is missing, ill-shaped or one too many.
pub fn check(config: &Config, weights: &Weights) -> Result<(), WeightsError> {
    let expected: BTreeMap<String, Vec<usize>> = expected(config).into_iter().collect();
    for (name, shape) in &expected {
        match weights.get(name).map(Tensor::dims) {
            Some(found) if found == shape => {}
            Some(found) => {
                return Err(WeightsError::Shape {
                    name: name.clone(),
                    expected: shape.clone(),
                    found: found.to_vec(),
                });
            }
            None => {
                return Err(WeightsError::Missing {
                    name: name.clone(),
                    expected: shape.clone(),
                });
            }
        }
    }
    match weights.iter().find(|(name, _)| !expected.contains_key(*name)) {
        Some((name, tensor)) => Err(WeightsError::Extra {
            name: name.clone(),
            found: tensor.dims().to_vec(),
        }),
        None => Ok(()),
    }
}

/// Where training starts: norms 1; embeddings and head normal with deviation 0.02; other matrices with
/// 1 / sqrt(inputs), halved where they write into the residual stream. Each tensor has its own stream of `seed`.
///
/// # Errors
/// candle's, when memory is short.
pub fn random(config: &Config, seed: u64) -> Result<Weights, WeightsError> {
    let one = |(index, (name, shape)): (usize, (String, Vec<usize>))| {
        let count = shape.iter().product();
        let values = match *shape {
            [_, inputs] => normal(
                count,
                deviation(&name, inputs),
                rng::stream("weights", seed, &[index as u64]),
            ),
            _ => vec![1.0; count],
        };
        Ok((name, Tensor::from_vec(values, shape, &Device::Cpu)?))
    };
    expected(config).into_iter().enumerate().map(one).collect()
}

fn deviation(name: &str, inputs: usize) -> f64 {
    let fan_in = 1.0 / (inputs as f64).sqrt();
    if name.ends_with("embed_tokens.weight") || name.ends_with("lm_head.weight") {
        0.02
    } else if name.ends_with("o_proj.weight") || name.ends_with("down_proj.weight") {
        fan_in / 2.0
    } else {
        fan_in
    }
}

/// `count` normal numbers by the method of Box and Muller (1958).
fn normal(count: usize, deviation: f64, mut rng: rng::Rng) -> Vec<f32> {
    let pairs = std::iter::repeat_with(|| {
        let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt() * deviation;
        let (sin, cos) = (std::f64::consts::TAU * rng.random::<f64>()).sin_cos();
        [(radius * cos) as f32, (radius * sin) as f32]
    });
    pairs.flatten().take(count).collect()
}

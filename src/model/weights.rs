//! The tensors of a decoder in memory: do they fit, and where does training start.

use super::{
    Config,
    kernel::Encoding,
    layout::{expected, extra},
    tensors::{Entry, Tensors, absent},
};
use crate::base::rng;
use candle_core::{DType, Device, Tensor};
use rand::Rng as _;
use std::{collections::BTreeMap, io, ops::Range};

/// Tensors by Hugging Face name, f32; on the CPU unless a decoder on a device shows its own.
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
    let stray = extra(config, &weights.names());
    match stray.and_then(|name| weights.get_key_value(&name)) {
        Some((name, tensor)) => Err(WeightsError::Extra {
            name: name.clone(),
            found: tensor.dims().to_vec(),
        }),
        None => Ok(()),
    }
}

/// Tensors of candle, as f32.
impl Tensors for Weights {
    fn entry(&self, name: &str) -> Option<Entry> {
        self.get(name).map(|tensor| Entry {
            shape: tensor.dims().to_vec(),
            encoding: Encoding::F32,
        })
    }

    fn names(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }

    fn tensor(&self, name: &str) -> Option<Tensor> {
        self.get(name).cloned()
    }

    fn read(&self, name: &str, rows: Range<usize>, into: &mut Vec<u8>) -> io::Result<()> {
        let tensor = self.get(name).ok_or_else(|| absent(name))?;
        let numbers = |tensor: &Tensor| -> candle_core::Result<Vec<f32>> {
            let width = tensor.dims().last().copied().unwrap_or(1);
            let rows = tensor.reshape(((), width))?.narrow(0, rows.start, rows.len())?;
            rows.to_dtype(DType::F32)?.flatten_all()?.to_vec1()
        };
        let numbers = numbers(tensor).map_err(io::Error::other)?;
        into.clear();
        into.extend(numbers.iter().flat_map(|x| x.to_le_bytes()));
        Ok(())
    }
}

/// Where training starts: norms 1; biases 0; embeddings and head normal with deviation 0.02; other matrices with
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
            _ if name.ends_with(".bias") => vec![0.0; count],
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

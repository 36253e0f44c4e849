//! The differentiable operations of the decoder, each written twice: `Fused` for the CPU, as one pass over the numbers,
//! and from tensor operations of candle, the path on a GPU. Both have backwards of their own.
//!
//! candle-nn's fused operations cut the gradient without a word: they are used outside of the graph only.

mod attention;
mod cross_entropy;
mod lanes;
mod linear;
mod log_prob;
mod node;
mod rms_norm;
mod rotary;
mod sequences;
mod swiglu;

pub use attention::attention;
pub use cross_entropy::cross_entropy;
pub use linear::linear;
pub use log_prob::log_probs;
pub use rms_norm::rms_norm;
pub use rotary::{Rotary, rotate};
pub use sequences::Sequences;
pub use swiglu::swiglu;

use candle_core::{CpuStorage, DType, Layout, Result, Storage, Tensor};

/// How to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ops {
    /// One pass per operation; f32 on the CPU.
    Fused,
    /// Tensor operations of candle, f32; any device.
    Plain,
    /// The same with products in bf16: weights are cast on the way, so that they and their gradients stay f32, and so do
    /// the stream between the layers, norms, softmax and losses (Micikevicius et al. 2018).
    Bf16,
}

impl Ops {
    /// What products are made of.
    #[must_use]
    pub fn dtype(self) -> DType {
        match self {
            Self::Fused | Self::Plain => DType::F32,
            Self::Bf16 => DType::BF16,
        }
    }
}

/// The rows of all `parts`, one below the other; `back` says where among them each row of the result stands, if they are
/// not in order.
pub(super) fn join(parts: &[Tensor], back: Option<&Tensor>) -> Result<Tensor> {
    let joined = match parts {
        [only] => only.clone(),
        many => Tensor::cat(many, 0)?,
    };
    match back {
        Some(back) => joined.index_select(back, 0),
        None => Ok(joined),
    }
}

/// The numbers behind an argument of a fused operation.
fn numbers<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => candle_core::bail!("fused operations need contiguous tensors, this one has {layout:?}"),
    }
}

/// The numbers behind a tensor, as [`numbers`], for use in a backward pass.
fn on_cpu<'a>(storage: &'a Storage, layout: &Layout) -> Result<&'a [f32]> {
    match storage {
        Storage::Cpu(storage) => numbers(storage, layout),
        _ => candle_core::bail!("fused operations run on the CPU only; use another of `Ops` on this device"),
    }
}

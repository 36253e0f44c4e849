//! The differentiable operations of the decoder, each written twice: `Fused` for the CPU, as one pass with a
//! backward of its own, and `Plain` from candle's elementary operations, the reference in tests and the path on a GPU.
//!
//! candle-nn's fused operations are not used: they cut the gradient without a word.

mod attention;
mod cross_entropy;
mod lanes;
mod linear;
mod log_prob;
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

use candle_core::{CpuStorage, Layout, Result, Storage};

/// Which of the two ways to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ops {
    /// One pass per operation with its own backward; f32 on the CPU.
    Fused,
    /// Elementary operations of candle; any device.
    Plain,
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
        _ => candle_core::bail!("fused operations run on the CPU only; use Ops::Plain on this device"),
    }
}

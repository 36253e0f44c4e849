//! The few places that need `unsafe`, each behind a safe function: the matrix products of training ([`matmul`]) and the
//! CPU kernels of the fast forward.
//!
//! Each body is written once over sixteen lanes and compiled for AVX-512, AVX2 with FMA, NEON with and without dot
//! products, and plain code; [`Isa`] says which one runs. All do the same fused operations in the same order (integer sums
//! are exact), so they give the same bits, and no result of one row depends on how many rows are computed together or on
//! how many threads.

mod attention;
mod block;
mod half;
mod ints;
mod isa;
mod lanes;
mod linear;
pub mod matmul;
#[cfg(target_arch = "aarch64")]
mod neon;
mod packed;
mod panel;
mod quantize;
mod row;
mod superblock;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use attention::{Attention, BLOCK, Past, attend};
pub use isa::Isa;
pub use packed::{Buffers, Packed};
pub use panel::Encoding;
pub use row::{add, bound, distribution, gelu_gate, rms_norm, rms_norm_in_place, rope, silu_gate};

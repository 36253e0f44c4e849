//! The few places that need `unsafe`, each behind a safe function: the matrix products of training ([`matmul`]) and the
//! small CPU kernels of the fast forward, in f32.
//!
//! Each body is written once over sixteen lanes and compiled for AVX-512, AVX2 with FMA, and plain code; [`Isa`] says
//! which one runs. All three do the same fused operations in the same order, so they give the same bits, and no
//! result of one row depends on how many rows are computed together.
//! Simplification: one thread. The bundled models fit in a cache, where a second thread costs more than it brings.

mod attention;
mod isa;
mod lanes;
mod linear;
pub mod matmul;
mod row;
#[cfg(test)]
mod tests;

pub use attention::{Attention, BLOCK, attend};
pub use isa::Isa;
pub use linear::Packed;
pub use row::{add, distribution, rms_norm, rope, silu_gate};

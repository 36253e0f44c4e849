//! Rows of activations as small integers with a scale per block, so that they can be multiplied with quantised weights.
//!
//! Blocks of 32 as ggml's Q8_0 has them, or of 256 as its Q8_K; here the scale keeps its f32.

use super::isa::kernel;

/// Inputs that share a scale in the finer form; the weights' blocks have as many.
pub const BLOCK_LEN: usize = 32;

/// Inputs that share a scale in the coarser form.
pub const SUPER_LEN: usize = 256;

/// Inputs whose sum is kept: weights with an offset need it.
pub(super) const SUM_LEN: usize = 16;

/// Rows of quantised activations, and memory for the next ones.
#[derive(Default)]
pub struct Activations {
    /// `[rows, inputs]`, -127 to 127.
    pub(super) values: Vec<i8>,
    /// `[rows, inputs / len]`.
    pub(super) scales: Vec<f32>,
    /// `[rows, inputs / 16]`.
    pub(super) sums: Vec<i32>,
}

impl Activations {
    /// Quantises `x` `[rows, inputs]` in blocks of `len` inputs, a divisor of `inputs` and a multiple of 16.
    pub(super) fn fill(&mut self, isa: super::Isa, x: &[f32], len: usize) {
        self.values.resize(x.len(), 0);
        self.scales.resize(x.len() / len, 0.0);
        self.sums.resize(x.len() / SUM_LEN, 0);
        quantize(isa, x, len, &mut self.values, &mut self.scales, &mut self.sums);
    }
}

kernel! {
    /// Block by block: the largest magnitude becomes 127, every number the nearest step.
    fn quantize(x: &[f32], len: usize, values: &mut [i8], scales: &mut [f32], sums: &mut [i32]) = body
}

#[inline(always)]
fn body(x: &[f32], len: usize, values: &mut [i8], scales: &mut [f32], sums: &mut [i32]) {
    for ((x, values), scale) in x.chunks_exact(len).zip(values.chunks_exact_mut(len)).zip(scales) {
        let largest = super::lanes::max_abs(x);
        *scale = largest / 127.0;
        // Not a number when `largest` is none: the casts below make zeros of it and the scale carries it on.
        let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
        for (value, x) in values.iter_mut().zip(x) {
            *value = (x * inverse).round_ties_even() as i8;
        }
    }
    for (sum, values) in sums.iter_mut().zip(values.as_chunks::<SUM_LEN>().0) {
        *sum = values.iter().map(|value| i32::from(*value)).sum();
    }
}

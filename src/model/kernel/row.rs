//! What happens to one row between the matrices: norm, rotation, gate, and the look at the finished distribution.

use super::{
    isa::kernel,
    lanes::{exp, max, sum},
};

kernel! {
    /// Root mean square norm of `x` `[D]` scaled by `weight` `[D]` (Zhang and Sennrich 2019). Not a number where the
    /// squares overflow: zeros would hide a model gone wrong.
    fn rms_norm(x: &[f32], weight: &[f32], eps: f32, out: &mut [f32]) = norm_body
}

#[inline(always)]
fn norm_body(x: &[f32], weight: &[f32], eps: f32, out: &mut [f32]) {
    let scale = norm_scale(x, eps);
    for ((out, x), weight) in out.iter_mut().zip(x).zip(weight) {
        *out = x * scale * weight;
    }
}

#[inline(always)]
fn norm_scale(x: &[f32], eps: f32) -> f32 {
    let mean = sum(x, |x| x * x) / x.len() as f32;
    if mean.is_finite() {
        1.0 / (mean + eps).sqrt()
    } else {
        f32::NAN
    }
}

kernel! {
    /// As [`rms_norm`], where `x` lies.
    fn rms_norm_in_place(x: &mut [f32], weight: &[f32], eps: f32) = norm_in_place_body
}

#[inline(always)]
fn norm_in_place_body(x: &mut [f32], weight: &[f32], eps: f32) {
    let scale = norm_scale(x, eps);
    for (x, weight) in x.iter_mut().zip(weight) {
        *x = *x * scale * weight;
    }
}

kernel! {
    /// `x += y`.
    fn add(x: &mut [f32], y: &[f32]) = add_body
}

#[inline(always)]
fn add_body(x: &mut [f32], y: &[f32]) {
    for (x, y) in x.iter_mut().zip(y) {
        *x += y;
    }
}

kernel! {
    /// `out = silu(gate) * up` (SwiGLU: Shazeer 2020).
    fn silu_gate(gate: &[f32], up: &[f32], out: &mut [f32]) = silu_body
}

#[inline(always)]
fn silu_body(gate: &[f32], up: &[f32], out: &mut [f32]) {
    for ((out, gate), up) in out.iter_mut().zip(gate).zip(up) {
        *out = gate / (1.0 + exp(-gate)) * up;
    }
}

kernel! {
    /// `out = gelu(gate) * up`, with GELU by its tangent (GeGLU: Shazeer 2020).
    fn gelu_gate(gate: &[f32], up: &[f32], out: &mut [f32]) = gelu_body
}

#[inline(always)]
fn gelu_body(gate: &[f32], up: &[f32], out: &mut [f32]) {
    // (1 + tanh(u)) / 2 = 1 / (1 + exp(-2u)), with u = √(2/π) (x + 0.044715 x³).
    const TWICE: f32 = 1.595_769;
    for ((out, x), up) in out.iter_mut().zip(gate).zip(up) {
        let u = TWICE * (x + 0.044_715 * x * x * x);
        *out = x / (1.0 + exp(-u)) * up;
    }
}

kernel! {
    /// Bounds each `x`: cap · tanh(x / cap).
    fn bound(x: &mut [f32], cap: f32) = bound_body
}

#[inline(always)]
pub(super) fn bound_body(x: &mut [f32], cap: f32) {
    for x in x {
        // Symmetric, so that nothing large is taken from something large.
        let small = exp(-2.0 * (*x / cap).abs());
        *x = (cap * (1.0 - small) / (1.0 + small)).copysign(*x);
    }
}

kernel! {
    /// Rotates the heads of `x` `[heads, 2 * cos.len()]` in place, pairing the halves of each head (RoPE: Su et al.
    /// 2021, in the order of the Llama checkpoints).
    fn rope(x: &mut [f32], cos: &[f32], sin: &[f32]) = rope_body
}

#[inline(always)]
fn rope_body(x: &mut [f32], cos: &[f32], sin: &[f32]) {
    let half = cos.len();
    for head in x.chunks_exact_mut(2 * half) {
        let (low, high) = head.split_at_mut(half);
        for (((low, high), cos), sin) in low.iter_mut().zip(high).zip(cos).zip(sin) {
            let (a, b) = (*low, *high);
            *low = a.mul_add(*cos, -(b * sin));
            *high = a.mul_add(*sin, b * cos);
        }
    }
}

kernel! {
    /// Writes `exp((x - max) * scale)` to `out` and returns the maximum, the sum of `out` and the mean of
    /// `(x - max) * scale` weighted with `out`: all that log-probabilities, entropy and drawing need. An empty row
    /// gives `(-inf, 0, 0)`.
    fn distribution(x: &[f32], scale: f32, out: &mut [f32]) -> (f32, f32, f32) = distribution_body
}

#[inline(always)]
fn distribution_body(x: &[f32], scale: f32, out: &mut [f32]) -> (f32, f32, f32) {
    let max = max(x);
    let mut weighted = [0.0; 16];
    for (out, x) in out.chunks_mut(16).zip(x.chunks(16)) {
        for ((out, x), weighted) in out.iter_mut().zip(x).zip(&mut weighted) {
            let shifted = (x - max) * scale;
            *out = exp(shifted);
            *weighted += *out * shifted;
        }
    }
    let total = sum(out, |x| x);
    (max, total, sum(&weighted, |x| x) / total)
}

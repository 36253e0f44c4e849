//! Attention of one position over what its sequence has cached.
//!
//! Keys and values are kept in blocks of sixteen positions; inside a block, keys lie component by component, so that
//! sixteen scores are computed at once, and values position by position.

use super::{
    isa::kernel,
    lanes::{Lanes, WIDTH, exp, fold},
};

/// Positions in a block.
pub const BLOCK: usize = WIDTH;

/// Where the keys and values of one layer lie in the cache of a sequence, and how heads share them.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// Query heads, H.
    pub heads: usize,
    /// Key and value heads, K.
    pub kv_heads: usize,
    /// Width of a head.
    pub head_dim: usize,
    /// Floats from one block to the next.
    pub block_stride: usize,
    /// Floats from the start of a block to this layer: per key head `[head_dim, 16]` keys, then `[16, padded]` values.
    pub layer: usize,
}

impl Attention {
    /// Width of a cached value: the head's, rounded up to whole vectors.
    #[must_use]
    pub fn padded(&self) -> usize {
        self.head_dim.next_multiple_of(WIDTH)
    }

    /// Floats that one key head of one layer takes in a block.
    #[must_use]
    pub fn head_stride(&self) -> usize {
        BLOCK * (self.head_dim + self.padded())
    }

    /// Puts the keys and values `[K * head_dim]` of `position` into the blocks of its sequence.
    pub fn store(&self, blocks: &mut [f32], position: usize, keys: &[f32], values: &[f32]) {
        let start = position / BLOCK * self.block_stride + self.layer;
        let lane = position % BLOCK;
        let heads = keys
            .chunks_exact(self.head_dim)
            .zip(values.chunks_exact(self.head_dim));
        for (head, (key, value)) in heads.enumerate() {
            let block = &mut blocks[start + head * self.head_stride()..][..self.head_stride()];
            let (block_keys, block_values) = block.split_at_mut(BLOCK * self.head_dim);
            for (component, key) in key.iter().enumerate() {
                block_keys[component * BLOCK + lane] = *key;
            }
            block_values[lane * self.padded()..][..self.head_dim].copy_from_slice(value);
        }
    }
}

kernel! {
    /// Softmax attention of `query` `[H, head_dim]` over the first `len >= 1` positions of `blocks`, into `out`
    /// `[H, head_dim]`. `scores` is scratch.
    fn attend(
        shape: Attention, query: &[f32], blocks: &[f32], len: usize, scores: &mut Vec<f32>, out: &mut [f32],
    ) = attend_body, attend_body
}

#[inline(always)]
fn attend_body(
    shape: Attention,
    query: &[f32],
    blocks: &[f32],
    len: usize,
    scores: &mut Vec<f32>,
    out: &mut [f32],
) {
    let dim = shape.head_dim;
    let scale = 1.0 / (dim as f32).sqrt();
    let group = shape.heads / shape.kv_heads;
    scores.resize(len.next_multiple_of(BLOCK), 0.0);
    let heads = query.chunks_exact(dim).zip(out.chunks_exact_mut(dim));
    for (head, (query, out)) in heads.enumerate() {
        let keys = shape.layer + head / group * shape.head_stride();
        let values = keys + BLOCK * dim;
        for (b, scores) in scores.chunks_exact_mut(BLOCK).enumerate() {
            let keys = blocks[keys + b * shape.block_stride..][..BLOCK * dim]
                .as_chunks::<BLOCK>()
                .0;
            let mut sum = Lanes::ZERO;
            for (query, key) in query.iter().zip(keys) {
                sum = sum.fma(query * scale, key);
            }
            scores.copy_from_slice(&sum.0);
        }
        let scores = &mut scores[..len];
        let max = fold(scores, Lanes([f32::NEG_INFINITY; WIDTH]), f32::max).reduce(f32::max);
        for score in scores.iter_mut() {
            *score = exp(*score - max);
        }
        let norm = 1.0 / fold(scores, Lanes::ZERO, |a, b| a + b).reduce(|a, b| a + b);
        for (chunk, out) in out.chunks_mut(WIDTH).enumerate() {
            let sum = weigh(
                scores,
                &blocks[values + chunk * WIDTH..],
                shape.block_stride,
                shape.padded(),
            );
            for (out, sum) in out.iter_mut().zip(sum.0) {
                *out = sum * norm;
            }
        }
    }
}

/// Sum of sixteen components of the values, weighted with `scores`. Four running sums hide the latency of the
/// multiply-add; which position goes to which sum depends on the position only.
#[inline(always)]
fn weigh(scores: &[f32], values: &[f32], block_stride: usize, row: usize) -> Lanes {
    let mut sums = [Lanes::ZERO; 4];
    for (b, scores) in scores.chunks(BLOCK).enumerate() {
        let values = &values[b * block_stride..];
        let (fours, rest) = scores.as_chunks::<4>();
        for (f, four) in fours.iter().enumerate() {
            for i in 0..4 {
                sums[i] = sums[i].fma(four[i], vector(&values[(4 * f + i) * row..]));
            }
        }
        for (i, score) in rest.iter().enumerate() {
            sums[i] = sums[i].fma(*score, vector(&values[(4 * fours.len() + i) * row..]));
        }
    }
    let add = |a: f32, b: f32| a + b;
    sums[0].zip(sums[2], add).zip(sums[1].zip(sums[3], add), add)
}

#[inline(always)]
fn vector(x: &[f32]) -> &[f32; WIDTH] {
    // Every value row is padded to whole vectors, so this never meets a shorter one.
    x.first_chunk().unwrap_or(&[0.0; WIDTH])
}

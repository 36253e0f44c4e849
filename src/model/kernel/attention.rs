//! Attention of one position over what its sequence has cached.
//!
//! Keys and values are kept in blocks of sixteen positions; inside a block, keys lie component by component, so that
//! sixteen scores are computed at once, and values position by position.

use super::{
    isa::kernel,
    lanes::{Lanes, WIDTH, exp, max, sum},
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
        for (b, scores) in scores.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            *scores = score(
                query,
                scale,
                &blocks[keys + b * shape.block_stride..][..BLOCK * dim],
            );
        }
        let scores = &mut scores[..len];
        let max = max(scores);
        for score in scores.iter_mut() {
            *score = exp(*score - max);
        }
        let norm = 1.0 / sum(scores, |score| score);
        for (chunk, out) in out.chunks_mut(WIDTH).enumerate() {
            let values = &blocks[values + chunk * WIDTH..];
            let sum = weigh(scores, values, shape.block_stride, shape.padded());
            for (out, sum) in out.iter_mut().zip(sum.0) {
                *out = sum * norm;
            }
        }
    }
}

/// Scores of sixteen positions, whose keys are `[head_dim, 16]`. Two running sums hide the latency of the multiply-add.
#[inline(always)]
fn score(query: &[f32], scale: f32, keys: &[f32]) -> [f32; WIDTH] {
    let keys = keys.as_chunks::<WIDTH>().0;
    let (mut even, mut odd) = (Lanes::ZERO, Lanes::ZERO);
    // The width of a head is even.
    for i in 0..query.len() / 2 {
        even = even.fma(query[2 * i] * scale, &keys[2 * i]);
        odd = odd.fma(query[2 * i + 1] * scale, &keys[2 * i + 1]);
    }
    even.add(odd).0
}

/// Sum of sixteen components of the values, weighted with `scores`. Four running sums; which position goes to which
/// depends on the position only.
#[inline(always)]
fn weigh(scores: &[f32], values: &[f32], block_stride: usize, row: usize) -> Lanes {
    let [mut a, mut b, mut c, mut d] = [Lanes::ZERO; 4];
    for (block, scores) in scores.chunks(BLOCK).enumerate() {
        let values = &values[block * block_stride..];
        let mut at = 0;
        while at + 4 <= scores.len() {
            a = a.fma(scores[at], vector(values, at * row));
            b = b.fma(scores[at + 1], vector(values, (at + 1) * row));
            c = c.fma(scores[at + 2], vector(values, (at + 2) * row));
            d = d.fma(scores[at + 3], vector(values, (at + 3) * row));
            at += 4;
        }
        while at < scores.len() {
            a = a.fma(scores[at], vector(values, at * row));
            at += 1;
        }
    }
    a.add(b).add(c.add(d))
}

#[inline(always)]
fn vector(x: &[f32], at: usize) -> &[f32; WIDTH] {
    // Every value row is padded to whole vectors, so this never meets a shorter one.
    x[at..].first_chunk().unwrap_or(&[0.0; WIDTH])
}

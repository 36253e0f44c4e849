//! Attention of one position over what its sequence has cached.
//!
//! Keys and values are kept in blocks of sixteen positions; inside a block, keys lie component by component, so that
//! sixteen scores are computed at once, and values position by position.

use super::{
    isa::kernel,
    lanes::{Lanes, WIDTH, exp, max, sum},
    row::bound_body,
};

/// Positions in a block.
pub const BLOCK: usize = WIDTH;

/// Where the keys and values of one layer lie in a block, and how heads share them.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// Query heads, H.
    pub heads: usize,
    /// Key and value heads, K.
    pub kv_heads: usize,
    /// Width of a head.
    pub head_dim: usize,
    /// Scores are bounded so, if they are: cap · tanh(score / cap).
    pub cap: Option<f32>,
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

    /// Puts the keys and values `[K * head_dim]` of place `lane` into a block.
    pub fn store(&self, block: &mut [f32], lane: usize, keys: &[f32], values: &[f32]) {
        let heads = keys
            .chunks_exact(self.head_dim)
            .zip(values.chunks_exact(self.head_dim));
        for (head, (key, value)) in heads.enumerate() {
            let block = &mut block[self.layer + head * self.head_stride()..][..self.head_stride()];
            let (block_keys, block_values) = block.split_at_mut(BLOCK * self.head_dim);
            for (component, key) in key.iter().enumerate() {
                block_keys[component * BLOCK + lane] = *key;
            }
            block_values[lane * self.padded()..][..self.head_dim].copy_from_slice(value);
        }
    }

    /// Copies the first `len` places of all layers and heads from one block to another.
    pub fn copy(&self, from: &[f32], to: &mut [f32], len: usize) {
        let heads = from
            .chunks_exact(self.head_stride())
            .zip(to.chunks_exact_mut(self.head_stride()));
        for (from, to) in heads {
            let (from_keys, from_values) = from.split_at(BLOCK * self.head_dim);
            let (to_keys, to_values) = to.split_at_mut(BLOCK * self.head_dim);
            for (from, to) in from_keys.chunks_exact(BLOCK).zip(to_keys.chunks_exact_mut(BLOCK)) {
                to[..len].copy_from_slice(&from[..len]);
            }
            to_values[..len * self.padded()].copy_from_slice(&from_values[..len * self.padded()]);
        }
    }
}

/// The positions a query looks at, in blocks that need not lie beside each other.
#[derive(Clone, Copy)]
pub struct Past<'a> {
    /// All blocks there are.
    pub pool: &'a [Box<[f32]>],
    /// Which of them hold the sequence, in order.
    pub table: &'a [u32],
    /// The first position seen.
    pub first: usize,
    /// One more than the last.
    pub end: usize,
}

kernel! {
    /// Softmax attention of `query` `[H, head_dim]` over at least one position of `past`, into `out` `[H, head_dim]`.
    /// `scores` is scratch.
    fn attend(
        shape: Attention, query: &[f32], past: Past<'_>, scores: &mut Vec<f32>, out: &mut [f32],
    ) = attend_body
}

#[inline(always)]
fn attend_body(shape: Attention, query: &[f32], past: Past<'_>, scores: &mut Vec<f32>, out: &mut [f32]) {
    let dim = shape.head_dim;
    let scale = 1.0 / (dim as f32).sqrt();
    let group = shape.heads / shape.kv_heads;
    // Whole blocks are scored; what lies before the first position is left out afterwards.
    let skipped = past.first / BLOCK;
    let table = &past.table[skipped..past.end.div_ceil(BLOCK)];
    let seen = past.first - skipped * BLOCK..past.end - skipped * BLOCK;
    scores.resize(table.len() * BLOCK, 0.0);
    let heads = query.chunks_exact(dim).zip(out.chunks_exact_mut(dim));
    for (head, (query, out)) in heads.enumerate() {
        let keys = shape.layer + head / group * shape.head_stride();
        let values = keys + BLOCK * dim;
        for (block, scores) in table.iter().zip(scores.as_chunks_mut::<BLOCK>().0) {
            *scores = score(query, scale, &past.pool[*block as usize][keys..][..BLOCK * dim]);
        }
        scores[..seen.start].fill(0.0);
        let seen_scores = &mut scores[seen.clone()];
        if let Some(cap) = shape.cap {
            bound_body(seen_scores, cap);
        }
        let max = max(seen_scores);
        for score in seen_scores.iter_mut() {
            *score = exp(*score - max);
        }
        let norm = 1.0 / sum(seen_scores, |score| score);
        for (chunk, out) in out.chunks_mut(WIDTH).enumerate() {
            let sum = weigh(
                &scores[..seen.end],
                past.pool,
                table,
                values + chunk * WIDTH,
                shape.padded(),
            );
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
fn weigh(scores: &[f32], pool: &[Box<[f32]>], table: &[u32], start: usize, row: usize) -> Lanes {
    let [mut a, mut b, mut c, mut d] = [Lanes::ZERO; 4];
    for (block, scores) in table.iter().zip(scores.chunks(BLOCK)) {
        let values = &pool[*block as usize][start..];
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

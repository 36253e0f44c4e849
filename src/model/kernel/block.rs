//! Products with weights in blocks of 32 that share a scale: ggml's Q8_0, Q4_0, Q4_1, Q5_0 and Q5_1.
//!
//! Sixteen outputs form a panel, as in `linear`; a block of a panel holds eight groups of four inputs. Weights of four or
//! five bits lie two groups to a vector, the fifth bits in one more.

use super::{
    half::Widen,
    ints::{Ints, lanes},
    isa::kernel,
    lanes::{Lanes, WIDTH},
    quantize::{BLOCK_LEN, SUM_LEN},
};

/// How the integers of a block are written and what is taken off them.
pub(super) trait Format: Copy {
    /// Bytes of a block of a panel.
    const BYTES: usize;
    /// Taken off every integer.
    const OFFSET: i32;
    /// Eight groups of four inputs, unsigned, or signed for [`Signed`].
    fn groups<I: Ints>(bytes: &[u8]) -> [I::Bytes; 8];
    #[inline(always)]
    fn dot<I: Ints>(sums: I::Sums, weights: I::Bytes, inputs: [i8; 4]) -> I::Sums {
        I::dot(sums, weights, inputs)
    }
    /// What is added to the sum of products, given the sum of the inputs.
    #[inline(always)]
    fn correction<I: Ints>(inputs: i32) -> i32 {
        -Self::OFFSET * inputs
    }
}

#[inline(always)]
pub(super) fn vector(bytes: &[u8], at: usize) -> &[u8; 64] {
    // Blocks are whole vectors, so this never meets a shorter one.
    bytes[64 * at..].first_chunk().unwrap_or(&[0; 64])
}

/// Four low bits of all eight groups.
#[inline(always)]
pub(super) fn nibbles<I: Ints>(bytes: &[u8]) -> [I::Bytes; 8] {
    let at = |at| I::load(vector(bytes, at));
    let (a, b, c, d) = (at(0), at(1), at(2), at(3));
    [
        I::low(a),
        I::low(b),
        I::low(c),
        I::low(d),
        I::high(a),
        I::high(b),
        I::high(c),
        I::high(d),
    ]
}

/// The fifth bits, from vector `at`, put beside the four.
#[inline(always)]
pub(super) fn fifth<I: Ints>(low: [I::Bytes; 8], bytes: &[u8], at: usize) -> [I::Bytes; 8] {
    let bits = I::load(vector(bytes, at));
    let [a, b, c, d, e, f, g, h] = low;
    [
        I::join::<0>(a, bits, 1),
        I::join::<1>(b, bits, 1),
        I::join::<2>(c, bits, 1),
        I::join::<3>(d, bits, 1),
        I::join::<4>(e, bits, 1),
        I::join::<5>(f, bits, 1),
        I::join::<6>(g, bits, 1),
        I::join::<7>(h, bits, 1),
    ]
}

/// Eight bits, signed.
#[derive(Clone, Copy)]
pub(super) struct Signed;

impl Format for Signed {
    const BYTES: usize = 512;
    const OFFSET: i32 = 0;
    #[inline(always)]
    fn groups<I: Ints>(bytes: &[u8]) -> [I::Bytes; 8] {
        let at = |at| I::load(vector(bytes, at));
        [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)]
    }
    #[inline(always)]
    fn dot<I: Ints>(sums: I::Sums, weights: I::Bytes, inputs: [i8; 4]) -> I::Sums {
        I::dot_signed(sums, weights, inputs)
    }
    #[inline(always)]
    fn correction<I: Ints>(inputs: i32) -> i32 {
        -I::BIAS * inputs
    }
}

/// Four bits, less `OFFSET`.
#[derive(Clone, Copy)]
pub(super) struct Four<const OFFSET: i32>;

impl<const OFFSET: i32> Format for Four<OFFSET> {
    const BYTES: usize = 256;
    const OFFSET: i32 = OFFSET;
    #[inline(always)]
    fn groups<I: Ints>(bytes: &[u8]) -> [I::Bytes; 8] {
        nibbles::<I>(bytes)
    }
}

/// Five bits, less `OFFSET`.
#[derive(Clone, Copy)]
pub(super) struct Five<const OFFSET: i32>;

impl<const OFFSET: i32> Format for Five<OFFSET> {
    const BYTES: usize = 320;
    const OFFSET: i32 = OFFSET;
    #[inline(always)]
    fn groups<I: Ints>(bytes: &[u8]) -> [I::Bytes; 8] {
        fifth::<I>(nibbles::<I>(bytes), bytes, 4)
    }
}

/// Weights in blocks of 32, `[panel, block]`.
#[derive(Clone, Copy)]
pub(super) struct Blocks<'a> {
    /// `[panel, block, F::BYTES]`.
    pub bytes: &'a [u8],
    /// Half-precision factors `[panel, block, 16]`.
    pub scales: &'a [u16],
    /// Half-precision minima `[panel, block, 16]`, or empty.
    pub minima: &'a [u16],
    /// Blocks of a row.
    pub count: usize,
}

/// Rows of quantised activations, see [`super::quantize::Activations`].
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub values: &'a [i8],
    pub scales: &'a [f32],
    pub sums: &'a [i32],
}

/// Defines the product for one format.
macro_rules! product {
    ($(#[$doc:meta])* $name:ident, $format:ty) => {
        kernel! {
            $(#[$doc])*
            fn $name<Code>(x: Rows<'_>, w: Blocks<'_>, y: &mut [f32], stride: usize) =
                walk::<Code, $format, { Code::ROWS }>
        }
    };
}

product! {
    /// `x` times Q8_0 weights, into `y` `[rows, stride]`.
    q8_0, Signed
}
product! {
    /// `x` times Q4_0 weights.
    q4_0, Four<8>
}
product! {
    /// `x` times Q4_1 weights.
    q4_1, Four<0>
}
product! {
    /// `x` times Q5_0 weights.
    q5_0, Five<16>
}
product! {
    /// `x` times Q5_1 weights.
    q5_1, Five<0>
}

#[inline(always)]
fn walk<C: Ints + Widen, F: Format, const R: usize>(
    x: Rows<'_>,
    w: Blocks<'_>,
    y: &mut [f32],
    stride: usize,
) {
    let rows = x.scales.len() / w.count;
    for panel in 0..stride / WIDTH {
        let mut row = 0;
        while row + R <= rows {
            tile::<C, F, R>(x, row, w, panel, y, stride);
            row += R;
        }
        while row < rows {
            tile::<C, F, 1>(x, row, w, panel, y, stride);
            row += 1;
        }
    }
}

// Loops over indices, as in `linear`: a sum must be a register.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
fn tile<C: Ints + Widen, F: Format, const R: usize>(
    x: Rows<'_>,
    first: usize,
    w: Blocks<'_>,
    panel: usize,
    y: &mut [f32],
    stride: usize,
) {
    let bytes = &w.bytes[panel * w.count * F::BYTES..(panel + 1) * w.count * F::BYTES];
    let factors = &w.scales.as_chunks::<WIDTH>().0[panel * w.count..(panel + 1) * w.count];
    let minima = w.minima.as_chunks::<WIDTH>().0;
    let mut values: [&[[i8; BLOCK_LEN]]; R] = [&[]; R];
    let mut scales: [&[f32]; R] = [&[]; R];
    let mut sums: [&[[i32; 2]]; R] = [&[]; R];
    for r in 0..R {
        let row = (first + r) * w.count..(first + r + 1) * w.count;
        values[r] = &x.values.as_chunks().0[row.clone()];
        scales[r] = &x.scales[row.clone()];
        sums[r] = &x.sums.as_chunks::<{ BLOCK_LEN / SUM_LEN }>().0[row];
    }
    let mut total = [Lanes::ZERO; R];
    for block in 0..w.count {
        let groups = F::groups::<C>(&bytes[block * F::BYTES..][..F::BYTES]);
        let factor = C::widen(&factors[block]);
        for r in 0..R {
            let (inputs, _) = values[r][block].as_chunks::<4>();
            let mut dot = C::zero();
            for g in 0..8 {
                dot = F::dot::<C>(dot, groups[g], inputs[g]);
            }
            let sum = sums[r][block][0] + sums[r][block][1];
            let product = lanes(C::to_array(dot), F::correction::<C>(sum)).scale(scales[r][block]);
            total[r] = total[r].fma_lanes(product, factor);
            if !minima.is_empty() {
                let minimum = C::widen(&minima[panel * w.count + block]);
                total[r] = total[r].fma(sum as f32 * scales[r][block], &minimum.0);
            }
        }
    }
    for r in 0..R {
        if let Some(y) = y[(first + r) * stride + panel * WIDTH..].first_chunk_mut() {
            *y = total[r].0;
        }
    }
}

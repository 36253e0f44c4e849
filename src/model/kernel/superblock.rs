//! Products with weights in blocks of 256 whose parts have scales of their own: ggml's Q4_K, Q5_K and Q6_K.
//!
//! Parts are summed as integers and become numbers once a block. Panels and groups lie as in `block`.

use super::{
    block::{Rows, fifth, nibbles, vector},
    half::Widen,
    ints::{Ints, lanes},
    isa::kernel,
    lanes::{Lanes, WIDTH},
    quantize::{BLOCK_LEN, SUM_LEN, SUPER_LEN},
};

/// Stretches of 32 inputs in a block.
const PARTS: usize = SUPER_LEN / BLOCK_LEN;

/// Weights in blocks of 256, `[panel, block]`.
#[derive(Clone, Copy)]
pub(super) struct SuperBlocks<'a> {
    /// `[panel, block, part of 32, F::BYTES]`.
    pub bytes: &'a [u8],
    /// Half-precision factors `[panel, block, 16]`; for Q4_K and Q5_K `[panel, block, 2, 16]`, of scales and of minima.
    pub factors: &'a [u16],
    /// Scales of the parts: Q6_K `[panel, block, 16 parts, 16]`, signed; Q4_K and Q5_K `[panel, block, 8 parts, 2, 16]`,
    /// scale and minimum.
    pub scales: &'a [u8],
    /// Blocks of a row.
    pub count: usize,
}

/// How the integers of a stretch of 32 are written, and how the stretches of a block are weighed.
pub(super) trait Format: Copy {
    /// Bytes of a stretch of a panel.
    const BYTES: usize;
    /// Vectors of factors in a block.
    const FACTORS: usize;
    fn groups<I: Ints>(bytes: &[u8]) -> [I::Bytes; 8];
    /// Adds stretch `part` of one row to `sums`: weighed products, and weighed minima where there are any.
    fn weigh<I: Ints>(
        sums: &mut [[i32; WIDTH]; 2],
        groups: [I::Bytes; 8],
        scales: &[[u8; WIDTH]; 16],
        part: usize,
        inputs: &[i8; BLOCK_LEN],
        input_sums: &[i32; 2],
    );
}

/// Four or five bits, a scale and a minimum for 32 inputs.
#[derive(Clone, Copy)]
pub(super) struct WithMinima<const FIVE: bool>;

impl<const FIVE: bool> Format for WithMinima<FIVE> {
    const BYTES: usize = if FIVE { 320 } else { 256 };
    const FACTORS: usize = 2;

    #[inline(always)]
    fn groups<I: Ints>(bytes: &[u8]) -> [I::Bytes; 8] {
        let low = nibbles::<I>(bytes);
        if FIVE { fifth::<I>(low, bytes, 4) } else { low }
    }

    #[inline(always)]
    #[allow(clippy::needless_range_loop)]
    fn weigh<I: Ints>(
        sums: &mut [[i32; WIDTH]; 2],
        groups: [I::Bytes; 8],
        scales: &[[u8; WIDTH]; 16],
        part: usize,
        inputs: &[i8; BLOCK_LEN],
        input_sums: &[i32; 2],
    ) {
        let inputs = inputs.as_chunks::<4>().0;
        let mut dot = I::zero();
        for g in 0..8 {
            dot = I::dot(dot, groups[g], inputs[g]);
        }
        let dot = I::to_array(dot);
        let sum = input_sums[0] + input_sums[1];
        for l in 0..WIDTH {
            sums[0][l] += dot[l] * i32::from(scales[2 * part][l]);
            sums[1][l] += sum * i32::from(scales[2 * part + 1][l]);
        }
    }
}

/// Six bits less 32, a signed scale for 16 inputs.
#[derive(Clone, Copy)]
pub(super) struct Six;

impl Format for Six {
    const BYTES: usize = 384;
    const FACTORS: usize = 1;

    #[inline(always)]
    fn groups<I: Ints>(bytes: &[u8]) -> [I::Bytes; 8] {
        let [a, b, c, d, e, f, g, h] = nibbles::<I>(bytes);
        let [first, second] = [4, 5].map(|at| I::load(vector(bytes, at)));
        [
            I::join::<0>(a, first, 3),
            I::join::<2>(b, first, 3),
            I::join::<4>(c, first, 3),
            I::join::<6>(d, first, 3),
            I::join::<0>(e, second, 3),
            I::join::<2>(f, second, 3),
            I::join::<4>(g, second, 3),
            I::join::<6>(h, second, 3),
        ]
    }

    #[inline(always)]
    #[allow(clippy::needless_range_loop)]
    fn weigh<I: Ints>(
        sums: &mut [[i32; WIDTH]; 2],
        groups: [I::Bytes; 8],
        scales: &[[u8; WIDTH]; 16],
        part: usize,
        inputs: &[i8; BLOCK_LEN],
        input_sums: &[i32; 2],
    ) {
        let inputs = inputs.as_chunks::<4>().0;
        for half in 0..2 {
            let mut dot = I::zero();
            for g in 0..4 {
                dot = I::dot(dot, groups[4 * half + g], inputs[4 * half + g]);
            }
            let dot = I::to_array(dot);
            for l in 0..WIDTH {
                let scale = i32::from(scales[2 * part + half][l].cast_signed());
                sums[0][l] += (dot[l] - 32 * input_sums[half]) * scale;
            }
        }
    }
}

/// Defines the product for one format.
macro_rules! product {
    ($(#[$doc:meta])* $name:ident, $format:ty) => {
        kernel! {
            $(#[$doc])*
            fn $name<Code>(x: Rows<'_>, w: SuperBlocks<'_>, y: &mut [f32], stride: usize) =
                walk::<Code, $format, { Code::ROWS / 2 }>
        }
    };
}

product! {
    /// `x` times Q4_K weights, into `y` `[rows, stride]`.
    q4_k, WithMinima<false>
}
product! {
    /// `x` times Q5_K weights.
    q5_k, WithMinima<true>
}
product! {
    /// `x` times Q6_K weights.
    q6_k, Six
}

// As in `block`: sharing it through a trait made one row of Q8_0 a fifth slower.
#[inline(always)]
fn walk<C: Ints + Widen, F: Format, const R: usize>(
    x: Rows<'_>,
    w: SuperBlocks<'_>,
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

#[inline(always)]
#[allow(clippy::needless_range_loop)]
fn tile<C: Ints + Widen, F: Format, const R: usize>(
    x: Rows<'_>,
    first: usize,
    w: SuperBlocks<'_>,
    panel: usize,
    y: &mut [f32],
    stride: usize,
) {
    let block_bytes = PARTS * F::BYTES;
    let bytes = &w.bytes[panel * w.count * block_bytes..(panel + 1) * w.count * block_bytes];
    let factors = w.factors.as_chunks::<WIDTH>().0;
    let scales = w.scales.as_chunks::<WIDTH>().0.as_chunks::<16>().0;
    let mut values: [&[[i8; BLOCK_LEN]]; R] = [&[]; R];
    let mut input_scales: [&[f32]; R] = [&[]; R];
    let mut input_sums: [&[[i32; BLOCK_LEN / SUM_LEN]]; R] = [&[]; R];
    for r in 0..R {
        let parts = (first + r) * w.count * PARTS..(first + r + 1) * w.count * PARTS;
        values[r] = &x.values.as_chunks().0[parts.clone()];
        input_scales[r] = &x.scales[(first + r) * w.count..(first + r + 1) * w.count];
        input_sums[r] = &x.sums.as_chunks().0[parts];
    }
    let mut total = [Lanes::ZERO; R];
    for block in 0..w.count {
        let at = panel * w.count + block;
        let mut sums = [[[0; WIDTH]; 2]; R];
        for part in 0..PARTS {
            let groups = F::groups::<C>(&bytes[(block * PARTS + part) * F::BYTES..][..F::BYTES]);
            for r in 0..R {
                let place = block * PARTS + part;
                F::weigh::<C>(
                    &mut sums[r],
                    groups,
                    &scales[at],
                    part,
                    &values[r][place],
                    &input_sums[r][place],
                );
            }
        }
        let factor = C::widen(&factors[at * F::FACTORS]);
        for r in 0..R {
            let scale = input_scales[r][block];
            total[r] = total[r].fma_lanes(lanes(sums[r][0], 0).scale(scale), factor);
            if F::FACTORS == 2 {
                let minimum = C::widen(&factors[at * F::FACTORS + 1]);
                total[r] = total[r].fma_lanes(lanes(sums[r][1], 0).scale(-scale), minimum);
            }
        }
    }
    for r in 0..R {
        if let Some(y) = y[(first + r) * stride + panel * WIDTH..].first_chunk_mut() {
            *y = total[r].0;
        }
    }
}

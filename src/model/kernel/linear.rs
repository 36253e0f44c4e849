//! Products with weights that are floating-point numbers of 32 or 16 bits.
//!
//! Sixteen outputs form a panel, stored input by input, so that a panel is read once from front to back and every
//! output adds its products in the order of the inputs: one row gives the same bits alone and among many. bfloat16 lies in
//! pairs of inputs, the first in the lower half of a word. All are widened, and all sums are f32.

use super::{
    half::Widen,
    isa::kernel,
    lanes::{Lanes, WIDTH},
};
use std::marker::PhantomData;

/// How the weights of sixteen outputs are written, `N` inputs to a word.
trait Element<const N: usize> {
    /// One word an output.
    type Word: Copy;
    /// The weights of input `input` of the words.
    fn widen(words: &[Self::Word; WIDTH], input: usize) -> Lanes;
}

struct F32;

impl Element<1> for F32 {
    type Word = f32;
    #[inline(always)]
    fn widen(words: &[f32; WIDTH], _: usize) -> Lanes {
        Lanes(*words)
    }
}

struct Bf16;

impl Element<2> for Bf16 {
    type Word = u32;
    #[inline(always)]
    #[allow(clippy::needless_range_loop)]
    fn widen(words: &[u32; WIDTH], input: usize) -> Lanes {
        let mut lanes = Lanes::ZERO;
        for l in 0..WIDTH {
            // A bfloat16 is the upper half of an f32.
            lanes.0[l] = f32::from_bits(if input == 0 {
                words[l] << 16
            } else {
                words[l] & 0xffff_0000
            });
        }
        lanes
    }
}

/// Half precision, widened by `W`.
struct F16<W>(PhantomData<W>);

impl<W: Widen> Element<1> for F16<W> {
    type Word = u16;
    #[inline(always)]
    fn widen(words: &[u16; WIDTH], _: usize) -> Lanes {
        W::widen(words)
    }
}

kernel! {
    /// `x` `[rows, inputs]` times packed `w`, into `y` `[rows, stride]`.
    fn f32_product<Code>(x: &[f32], inputs: usize, w: &[f32], y: &mut [f32], stride: usize) =
        blocks::<F32, 1, { Code::ROWS }, { Code::PANELS }>
}

kernel! {
    /// As [`f32_product`] for bfloat16; `inputs` is even.
    fn bf16_product<Code>(x: &[f32], inputs: usize, w: &[u32], y: &mut [f32], stride: usize) =
        blocks::<Bf16, 2, { Code::ROWS }, { Code::PANELS }>
}

kernel! {
    /// As [`f32_product`] for half precision.
    fn f16_product<Code>(x: &[f32], inputs: usize, w: &[u16], y: &mut [f32], stride: usize) =
        blocks::<F16<Code>, 1, { Code::ROWS }, { Code::PANELS }>
}

/// Walks tiles of `R` rows and `P` panels; what is left over goes by four rows, then one.
#[inline(always)]
fn blocks<E: Element<N>, const N: usize, const R: usize, const P: usize>(
    x: &[f32],
    inputs: usize,
    w: &[E::Word],
    y: &mut [f32],
    stride: usize,
) {
    let words = inputs / N;
    let mut output = 0;
    // One row is a stream of weights: one panel after the other is the order that memory likes.
    let single = x.len() / inputs == 1;
    while !single && output + P * WIDTH <= stride {
        column::<E, N, R, P>(x, inputs, &w[output * words..], &mut y[output..], stride);
        output += P * WIDTH;
    }
    while output < stride {
        column::<E, N, R, 1>(x, inputs, &w[output * words..], &mut y[output..], stride);
        output += WIDTH;
    }
}

#[inline(always)]
fn column<E: Element<N>, const N: usize, const R: usize, const P: usize>(
    x: &[f32],
    inputs: usize,
    w: &[E::Word],
    y: &mut [f32],
    stride: usize,
) {
    let rows = x.len() / inputs;
    let mut row = 0;
    while row + R <= rows {
        tile::<E, N, R, P>(&x[row * inputs..], inputs, w, &mut y[row * stride..], stride);
        row += R;
    }
    while row + 4 <= rows {
        tile::<E, N, 4, P>(&x[row * inputs..], inputs, w, &mut y[row * stride..], stride);
        row += 4;
    }
    while row < rows {
        tile::<E, N, 1, P>(&x[row * inputs..], inputs, w, &mut y[row * stride..], stride);
        row += 1;
    }
}

// Loops over indices, as in `lanes`, and no address of a sum may leave: a sum must be a register.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
fn tile<E: Element<N>, const N: usize, const R: usize, const P: usize>(
    x: &[f32],
    inputs: usize,
    w: &[E::Word],
    y: &mut [f32],
    stride: usize,
) {
    // All cut to the same length, so that no bound is checked inside the loop.
    let words = inputs / N;
    let mut rows: [&[[f32; N]]; R] = [&[]; R];
    for r in 0..R {
        rows[r] = &x[r * inputs..].as_chunks().0[..words];
    }
    let mut panels: [&[[E::Word; WIDTH]]; P] = [&[]; P];
    for p in 0..P {
        panels[p] = &w[p * words * WIDTH..].as_chunks().0[..words];
    }
    let mut sums = [[Lanes::ZERO; P]; R];
    for word in 0..words {
        for i in 0..N {
            for p in 0..P {
                let weights = E::widen(&panels[p][word], i);
                for r in 0..R {
                    sums[r][p] = sums[r][p].fma(rows[r][word][i], &weights.0);
                }
            }
        }
    }
    for r in 0..R {
        for p in 0..P {
            if let Some(y) = y[r * stride + p * WIDTH..].first_chunk_mut() {
                *y = sums[r][p].0;
            }
        }
    }
}

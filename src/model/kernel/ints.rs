//! Sixteen running sums of products of small integers: what quantised weights are multiplied with.
//!
//! Integer sums are exact, so every instruction set gives the same number; [`Plain`] is the reference.

use super::{
    isa::Plain,
    lanes::{Lanes, WIDTH},
};

/// Four weights of each of sixteen outputs, and the sums they are added to.
pub(super) trait Ints: Copy {
    /// 64 bytes: byte `4 lane + i` is weight `i` of that lane's output.
    type Bytes: Copy;
    /// Sixteen i32.
    type Sums: Copy;
    /// What [`Ints::dot_signed`] adds to every weight.
    const BIAS: i32;

    fn load(bytes: &[u8; 64]) -> Self::Bytes;
    /// The lower four bits of every byte.
    fn low(bytes: Self::Bytes) -> Self::Bytes;
    /// The upper four bits of every byte.
    fn high(bytes: Self::Bytes) -> Self::Bytes;
    /// Bits `SHIFT..` of every byte, as many as `mask` has, moved up to bit 4 and put beside the four of `low`.
    fn join<const SHIFT: u32>(low: Self::Bytes, bits: Self::Bytes, mask: u8) -> Self::Bytes;
    fn zero() -> Self::Sums;
    /// Adds the products of four inputs with unsigned weights of at most 127.
    fn dot(sums: Self::Sums, weights: Self::Bytes, inputs: [i8; 4]) -> Self::Sums;
    /// Adds the products of four inputs, none of them -128, with `BIAS +` signed weights.
    fn dot_signed(sums: Self::Sums, weights: Self::Bytes, inputs: [i8; 4]) -> Self::Sums;
    fn to_array(sums: Self::Sums) -> [i32; WIDTH];
}

/// Four inputs as one word, for instructions that want them in every lane.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[inline(always)]
pub(super) fn four(inputs: [i8; 4]) -> i32 {
    i32::from_le_bytes(inputs.map(i8::cast_unsigned))
}

/// `sums + add` as numbers.
#[inline(always)]
pub(super) fn lanes(sums: [i32; WIDTH], add: i32) -> Lanes {
    let mut lanes = Lanes::ZERO;
    for (lane, sum) in lanes.0.iter_mut().zip(sums) {
        *lane = (sum + add) as f32;
    }
    lanes
}

impl Ints for Plain {
    type Bytes = [u8; 64];
    type Sums = [i32; WIDTH];
    const BIAS: i32 = 0;

    #[inline(always)]
    fn load(bytes: &[u8; 64]) -> Self::Bytes {
        *bytes
    }
    #[inline(always)]
    fn low(bytes: Self::Bytes) -> Self::Bytes {
        bytes.map(|byte| byte & 15)
    }
    #[inline(always)]
    fn high(bytes: Self::Bytes) -> Self::Bytes {
        bytes.map(|byte| byte >> 4)
    }
    #[inline(always)]
    fn join<const SHIFT: u32>(low: Self::Bytes, bits: Self::Bytes, mask: u8) -> Self::Bytes {
        std::array::from_fn(|i| low[i] | (bits[i] >> SHIFT & mask) << 4)
    }
    #[inline(always)]
    fn zero() -> Self::Sums {
        [0; WIDTH]
    }
    #[inline(always)]
    fn dot(mut sums: Self::Sums, weights: Self::Bytes, inputs: [i8; 4]) -> Self::Sums {
        for (sum, weights) in sums.iter_mut().zip(weights.as_chunks::<4>().0) {
            for (weight, input) in weights.iter().zip(inputs) {
                *sum += i32::from(*weight) * i32::from(input);
            }
        }
        sums
    }
    #[inline(always)]
    fn dot_signed(mut sums: Self::Sums, weights: Self::Bytes, inputs: [i8; 4]) -> Self::Sums {
        for (sum, weights) in sums.iter_mut().zip(weights.as_chunks::<4>().0) {
            for (weight, input) in weights.iter().zip(inputs) {
                *sum += i32::from(weight.cast_signed()) * i32::from(input);
            }
        }
        sums
    }
    #[inline(always)]
    fn to_array(sums: Self::Sums) -> [i32; WIDTH] {
        sums
    }
}

//! NEON, with and without its dot products: the kernels' integer products and half precision.
#![allow(unsafe_code)]

use super::{
    half::Widen,
    ints::{Ints, four},
    isa::simd,
    lanes::{Lanes, WIDTH},
};
use std::arch::{aarch64::*, asm};

/// Four lanes to a register, of which there are thirty-two; with the dot-product instructions where `DOT` says so.
#[derive(Clone, Copy)]
pub(super) struct Neon<const DOT: bool>;

impl<const DOT: bool> Neon<DOT> {
    pub const ROWS: usize = 4;
    pub const PANELS: usize = 1;
}

impl<const DOT: bool> Widen for Neon<DOT> {
    #[inline(always)]
    fn widen(bits: &[u16; WIDTH]) -> Lanes {
        let mut lanes = Lanes::ZERO;
        let (low, high) = (bits.as_ptr(), lanes.0.as_mut_ptr());
        simd! {
            for at in [0, 4, 8, 12] {
                let wide = vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(low.add(at))));
                vst1q_f32(high.add(at), wide);
            }
        }
        lanes
    }
}

/// One instruction of two operands, for those whose intrinsic is missing or becomes something else.
macro_rules! instruction {
    ($text:literal, $direction:ident $out:expr, $a:expr, $b:expr) => {
        asm!(
            $text,
            out = $direction(vreg) $out,
            a = in(vreg) $a,
            b = in(vreg) $b,
            options(pure, nomem, nostack, preserves_flags),
        )
    };
}

/// Adds to each of four sums the products of its four bytes.
#[inline(always)]
fn dot<const DOT: bool>(mut sums: int32x4_t, weights: int8x16_t, inputs: int8x16_t) -> int32x4_t {
    simd! {
        if DOT {
            // `vdotq_s32` is not stable yet.
            instruction!("sdot {out:v}.4s, {a:v}.16b, {b:v}.16b", inout sums, weights, inputs);
            return sums;
        }
        let low = vmull_s8(vget_low_s8(weights), vget_low_s8(inputs));
        // The optimiser makes two instructions of `vmull_high_s8`, because both halves of the inputs are the same.
        let high: int16x8_t;
        instruction!("smull2 {out:v}.8h, {a:v}.16b, {b:v}.16b", out high, weights, inputs);
        // At most 2 * 128 * 127: no pair overflows.
        vpadalq_s16(sums, vpaddq_s16(low, high))
    }
}

impl<const DOT: bool> Ints for Neon<DOT> {
    type Bytes = [uint8x16_t; 4];
    type Sums = [int32x4_t; 4];
    const BIAS: i32 = 0;

    #[inline(always)]
    fn load(bytes: &[u8; 64]) -> Self::Bytes {
        let bytes = bytes.as_ptr();
        simd! { [0, 16, 32, 48].map(|at| vld1q_u8(bytes.add(at))) }
    }
    #[inline(always)]
    fn low(bytes: Self::Bytes) -> Self::Bytes {
        bytes.map(|bytes| simd! { vandq_u8(bytes, vdupq_n_u8(15)) })
    }
    #[inline(always)]
    fn high(bytes: Self::Bytes) -> Self::Bytes {
        bytes.map(|bytes| simd! { vshrq_n_u8::<4>(bytes) })
    }
    #[inline(always)]
    fn join<const SHIFT: u32>(low: Self::Bytes, bits: Self::Bytes, mask: u8) -> Self::Bytes {
        // The shift by a constant is signed and never 0.
        let one = |low, bits| {
            simd! {
                let bits = vshlq_u8(bits, vdupq_n_s8(-(SHIFT as i8)));
                vsliq_n_u8::<4>(low, vandq_u8(bits, vdupq_n_u8(mask)))
            }
        };
        [0, 1, 2, 3].map(|at| one(low[at], bits[at]))
    }
    #[inline(always)]
    fn zero() -> Self::Sums {
        simd! { [vdupq_n_s32(0); 4] }
    }
    #[inline(always)]
    fn dot(mut sums: Self::Sums, weights: Self::Bytes, inputs: [i8; 4]) -> Self::Sums {
        simd! {
            let inputs = vreinterpretq_s8_s32(vdupq_n_s32(four(inputs)));
            // A loop, not a closure, which would be compiled for a machine without dot products.
            for at in 0..4 {
                sums[at] = dot::<DOT>(sums[at], vreinterpretq_s8_u8(weights[at]), inputs);
            }
        }
        sums
    }
    #[inline(always)]
    fn dot_signed(sums: Self::Sums, weights: Self::Bytes, inputs: [i8; 4]) -> Self::Sums {
        Self::dot(sums, weights, inputs)
    }
    #[inline(always)]
    fn to_array(sums: Self::Sums) -> [i32; WIDTH] {
        let mut array = [0; WIDTH];
        let to = array.as_mut_ptr();
        simd! {
            for at in 0..4 {
                vst1q_s32(to.add(4 * at), sums[at]);
            }
        }
        array
    }
}

//! AVX-512 with VNNI, and AVX2: the kernels' integer products and half precision.
#![allow(unsafe_code)]

use super::{
    half::Widen,
    ints::{Ints, four},
    isa::simd,
    lanes::{Lanes, WIDTH},
};
use std::arch::x86_64::*;

/// AVX-512 with VNNI: thirty-two registers of sixteen lanes.
#[derive(Clone, Copy)]
pub(super) struct Avx512;

impl Avx512 {
    pub const ROWS: usize = 8;
    pub const PANELS: usize = 2;
}

impl Widen for Avx512 {
    #[inline(always)]
    fn widen(bits: &[u16; WIDTH]) -> Lanes {
        let mut lanes = Lanes::ZERO;
        simd! {
            let wide = _mm512_cvtph_ps(_mm256_loadu_si256(bits.as_ptr().cast()));
            _mm512_storeu_ps(lanes.0.as_mut_ptr(), wide);
        }
        lanes
    }
}

impl Ints for Avx512 {
    type Bytes = __m512i;
    type Sums = __m512i;
    const BIAS: i32 = 128;

    #[inline(always)]
    fn load(bytes: &[u8; 64]) -> __m512i {
        simd! { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }
    #[inline(always)]
    fn low(bytes: __m512i) -> __m512i {
        simd! { _mm512_and_si512(bytes, _mm512_set1_epi8(15)) }
    }
    #[inline(always)]
    fn high(bytes: __m512i) -> __m512i {
        simd! { _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), _mm512_set1_epi8(15)) }
    }
    #[inline(always)]
    fn join<const SHIFT: u32>(low: __m512i, bits: __m512i, mask: u8) -> __m512i {
        simd! {
            let bits = _mm512_and_si512(
                _mm512_srli_epi16::<SHIFT>(bits),
                _mm512_set1_epi8(mask.cast_signed()),
            );
            _mm512_or_si512(low, _mm512_slli_epi16::<4>(bits))
        }
    }
    #[inline(always)]
    fn zero() -> __m512i {
        simd! { _mm512_setzero_si512() }
    }
    #[inline(always)]
    fn dot(sums: __m512i, weights: __m512i, inputs: [i8; 4]) -> __m512i {
        simd! { _mm512_dpbusd_epi32(sums, weights, _mm512_set1_epi32(four(inputs))) }
    }
    #[inline(always)]
    fn dot_signed(sums: __m512i, weights: __m512i, inputs: [i8; 4]) -> __m512i {
        // The instruction wants one side unsigned: 128 more, taken off again by the caller.
        simd! { Self::dot(sums, _mm512_xor_si512(weights, _mm512_set1_epi8(-128)), inputs) }
    }
    #[inline(always)]
    fn to_array(sums: __m512i) -> [i32; WIDTH] {
        let mut array = [0; WIDTH];
        simd! { _mm512_storeu_si512(array.as_mut_ptr().cast(), sums) };
        array
    }
}

/// AVX2 with FMA and F16C: lanes 0 to 7 and 8 to 15, in sixteen registers.
#[derive(Clone, Copy)]
pub(super) struct Avx2;

impl Avx2 {
    pub const ROWS: usize = 4;
    pub const PANELS: usize = 1;
}

impl Widen for Avx2 {
    #[inline(always)]
    fn widen(bits: &[u16; WIDTH]) -> Lanes {
        let mut lanes = Lanes::ZERO;
        let (low, high) = (bits.as_ptr(), lanes.0.as_mut_ptr());
        simd! {
            for at in [0, 8] {
                let wide = _mm256_cvtph_ps(_mm_loadu_si128(low.add(at).cast()));
                _mm256_storeu_ps(high.add(at), wide);
            }
        }
        lanes
    }
}

/// Adds the four products of every lane, given as sums of pairs in i16.
#[inline(always)]
fn add_pairs(sums: __m256i, pairs: __m256i) -> __m256i {
    simd! { _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))) }
}

impl Ints for Avx2 {
    type Bytes = [__m256i; 2];
    type Sums = [__m256i; 2];
    const BIAS: i32 = 0;

    #[inline(always)]
    fn load(bytes: &[u8; 64]) -> Self::Bytes {
        let (low, high) = bytes.split_at(32);
        simd! {
            [
                _mm256_loadu_si256(low.as_ptr().cast()),
                _mm256_loadu_si256(high.as_ptr().cast()),
            ]
        }
    }
    #[inline(always)]
    fn low(bytes: Self::Bytes) -> Self::Bytes {
        bytes.map(|bytes| simd! { _mm256_and_si256(bytes, _mm256_set1_epi8(15)) })
    }
    #[inline(always)]
    fn high(bytes: Self::Bytes) -> Self::Bytes {
        bytes.map(|bytes| simd! { _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(15)) })
    }
    #[inline(always)]
    fn join<const SHIFT: u32>(low: Self::Bytes, bits: Self::Bytes, mask: u8) -> Self::Bytes {
        // The shift of this instruction is signed.
        let one = |low, bits| {
            simd! {
                let bits = _mm256_srl_epi16(bits, _mm_cvtsi32_si128(SHIFT.cast_signed()));
                let bits = _mm256_and_si256(bits, _mm256_set1_epi8(mask.cast_signed()));
                _mm256_or_si256(low, _mm256_slli_epi16::<4>(bits))
            }
        };
        [one(low[0], bits[0]), one(low[1], bits[1])]
    }
    #[inline(always)]
    fn zero() -> Self::Sums {
        simd! { [_mm256_setzero_si256(); 2] }
    }
    #[inline(always)]
    fn dot(sums: Self::Sums, weights: Self::Bytes, inputs: [i8; 4]) -> Self::Sums {
        simd! {
            let x = _mm256_set1_epi32(four(inputs));
            // At most 2 * 127 * 127: no pair saturates.
            [
                add_pairs(sums[0], _mm256_maddubs_epi16(weights[0], x)),
                add_pairs(sums[1], _mm256_maddubs_epi16(weights[1], x)),
            ]
        }
    }
    #[inline(always)]
    fn dot_signed(sums: Self::Sums, weights: Self::Bytes, inputs: [i8; 4]) -> Self::Sums {
        simd! {
            let x = _mm256_set1_epi32(four(inputs));
            // |w| * (x with the sign of w); |-128| is 128 as an unsigned byte, and 2 * 128 * 127 still fits.
            let one = |sums, w| {
                add_pairs(
                    sums,
                    _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w)),
                )
            };
            [one(sums[0], weights[0]), one(sums[1], weights[1])]
        }
    }
    #[inline(always)]
    fn to_array(sums: Self::Sums) -> [i32; WIDTH] {
        let mut array = [0; WIDTH];
        let (low, high) = array.split_at_mut(8);
        simd! {
            _mm256_storeu_si256(low.as_mut_ptr().cast(), sums[0]);
            _mm256_storeu_si256(high.as_mut_ptr().cast(), sums[1]);
        }
        array
    }
}

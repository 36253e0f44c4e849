//! Numbers of sixteen bits: bfloat16 and IEEE half precision, one by one and sixteen at a time.

use super::{
    isa::Plain,
    lanes::{Lanes, WIDTH},
};

/// The f32 that a bfloat16 stands for: its upper half.
#[inline(always)]
#[must_use]
pub fn bf16(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// The f32 that the half-precision number in the lower half of a word stands for, without a branch, so that loops over
/// it become vector code.
#[inline(always)]
#[must_use]
pub fn f16(bits: u32) -> f32 {
    let (sign, rest) = ((bits & 0x8000) << 16, (bits & 0x7fff) << 13);
    // The exponent moves from bias 15 to bias 127; infinity and what is not a number take the largest one.
    let normal = rest + (112 << 23) + if rest >= 31 << 23 { 112 << 23 } else { 0 };
    // A subnormal number: let the subtraction find its exponent.
    let small = f32::from_bits(rest + (113 << 23)) - f32::from_bits(113 << 23);
    let magnitude = if rest < 1 << 23 { small.to_bits() } else { normal };
    f32::from_bits(sign | magnitude)
}

/// Sixteen half-precision numbers to f32, which is exact and so the same everywhere.
pub(super) trait Widen {
    fn widen(bits: &[u16; WIDTH]) -> Lanes;
}

impl Widen for Plain {
    #[inline(always)]
    fn widen(bits: &[u16; WIDTH]) -> Lanes {
        let mut lanes = Lanes::ZERO;
        for (lane, bits) in lanes.0.iter_mut().zip(bits) {
            *lane = f16(u32::from(*bits));
        }
        lanes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_precision_number_is_read_as_the_standard_says() {
        for bits in 0..=u16::MAX {
            let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
            let magnitude = match exponent {
                0 => fraction * 2f64.powi(-24),
                31 if fraction == 0.0 => f64::INFINITY,
                31 => f64::NAN,
                _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
            };
            let want = if bits >> 15 == 1 { -magnitude } else { magnitude };
            let got = f64::from(f16(u32::from(bits)));
            assert!(
                got == want || (got.is_nan() && want.is_nan()),
                "{bits:#x}: {got} {want}"
            );
        }
    }

    #[test]
    fn a_bfloat16_is_the_upper_half_of_an_f32() {
        assert_eq!(bf16(0x3f80), 1.0);
        assert_eq!(bf16(0xc049), -3.140_625);
    }
}

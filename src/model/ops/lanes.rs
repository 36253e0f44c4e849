//! Sums, maxima and exponentials over slices, in sixteen independent lanes so that the compiler can vectorise them.
//!
//! Floating-point sums must not be reordered by a compiler, so a plain loop would run one addition at a time.

const LANES: usize = 16;

/// Folds `x` lane by lane, then the lanes and the rest into one number.
#[inline(always)]
fn fold(x: &[f32], start: f32, combine: impl Fn(f32, f32) -> f32) -> f32 {
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut lanes = [start; LANES];
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = combine(*lane, x);
        }
    }
    lanes.iter().chain(rest).fold(start, |a, &b| combine(a, b))
}

/// The sum of `x`.
#[inline(always)]
pub fn sum(x: &[f32]) -> f32 {
    fold(x, 0.0, |a, b| a + b)
}

/// The largest of `x`, minus infinity if it is empty. A NaN is passed over.
#[inline(always)]
pub fn max(x: &[f32]) -> f32 {
    fold(x, f32::NEG_INFINITY, |a, b| if b > a { b } else { a })
}

/// The sum of products of `a` and `b`, over the shorter length.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sum(&lanes) + rest
}

/// e^x to about 1e-7 relative, without a branch or a call, so that loops over it vectorise.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2; e^r by the degree-7 polynomial of Cephes' `expf`, 2^n by the exponent bits.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Adding and subtracting 1.5 * 2^23 rounds to an integer, which then stands in the low mantissa bits.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts, the first exact in few bits, so that n ln 2 is subtracted without loss.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    const CEPHES: [f32; 6] = [
        1.987_569_1e-4,
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ];
    let x = x.clamp(-87.0, 88.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = x - n * LN_2_HIGH - n * LN_2_LOW;
    let polynomial = CEPHES.iter().fold(0.0, |sum, &c| sum * r + c);
    let two_to_n = f32::from_bits((rounded.to_bits() << 23).wrapping_add(127 << 23));
    (polynomial * r * r + r + 1.0) * two_to_n
}

/// x := e^(x - largest) for every number, divided by their sum: the softmax.
#[inline(always)]
pub fn softmax(x: &mut [f32]) {
    let largest = max(x);
    for x in &mut *x {
        *x = exp(*x - largest);
    }
    let scale = 1.0 / sum(x);
    for x in x {
        *x *= scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_single_precision() {
        for i in -8700..=8800 {
            let x = i as f32 / 100.0;
            let right = f64::from(x).exp();
            assert!((f64::from(exp(x)) / right - 1.0).abs() < 4e-7, "{x}");
        }
        assert_eq!((exp(0.0), exp(-1e9).max(1e-30)), (1.0, 1e-30));
    }

    #[test]
    fn lanes_and_rest_are_both_counted() {
        let x: Vec<f32> = (1..=37).map(|i| i as f32).collect();
        assert_eq!((sum(&x), max(&x), max(&[])), (703.0, 37.0, f32::NEG_INFINITY));
        assert_eq!(dot(&x, &x), 17_575.0);
        let mut x = x;
        softmax(&mut x);
        assert!((sum(&x) - 1.0).abs() < 1e-6 && x[36] > x[35]);
    }
}

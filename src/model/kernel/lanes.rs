//! Sixteen numbers that move together, and the exponential. The compiler turns the loops into vector instructions.

/// Lanes of a vector: one AVX-512 register, two AVX2 registers, or an array.
pub(super) const WIDTH: usize = 16;

#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Lanes(pub(super) [f32; WIDTH]);

// Loops over indices, not iterators: adapters around arrays keep the optimiser from holding lanes in registers.
#[allow(clippy::needless_range_loop)]
impl Lanes {
    pub(super) const ZERO: Self = Self([0.0; WIDTH]);

    /// `self + x * w`, rounded once.
    #[inline(always)]
    pub(super) fn fma(self, x: f32, w: &[f32; WIDTH]) -> Self {
        let mut sum = self.0;
        for l in 0..WIDTH {
            sum[l] = x.mul_add(w[l], sum[l]);
        }
        Self(sum)
    }

    /// `self + a * b`, lane by lane, rounded once.
    #[inline(always)]
    pub(super) fn fma_lanes(self, a: Self, b: Self) -> Self {
        let mut sum = self.0;
        for l in 0..WIDTH {
            sum[l] = a.0[l].mul_add(b.0[l], sum[l]);
        }
        Self(sum)
    }

    #[inline(always)]
    pub(super) fn scale(self, x: f32) -> Self {
        let mut product = self.0;
        for l in 0..WIDTH {
            product[l] *= x;
        }
        Self(product)
    }

    #[inline(always)]
    pub(super) fn add(self, other: Self) -> Self {
        let mut sum = self.0;
        for l in 0..WIDTH {
            sum[l] += other.0[l];
        }
        Self(sum)
    }

    /// The sum of the lanes, pairwise: always in this order, whatever the machine.
    #[inline(always)]
    pub(super) fn sum(self) -> f32 {
        let mut v = self.0;
        for half in [8, 4, 2, 1] {
            for l in 0..half {
                v[l] += v[l + half];
            }
        }
        v[0]
    }
}

/// The sum of `f` over `x`: sixteen running sums, the rest in the first lanes.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
pub(super) fn sum(x: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let (full, rest) = x.as_chunks::<WIDTH>();
    let mut sum = Lanes::ZERO;
    for x in full {
        for l in 0..WIDTH {
            sum.0[l] += f(x[l]);
        }
    }
    for l in 0..rest.len() {
        sum.0[l] += f(rest[l]);
    }
    sum.sum()
}

/// The largest of `x`, or minus infinity.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
pub(super) fn max(x: &[f32]) -> f32 {
    let (full, rest) = x.as_chunks::<WIDTH>();
    let mut max = [f32::NEG_INFINITY; WIDTH];
    for x in full {
        for l in 0..WIDTH {
            max[l] = if x[l] > max[l] { x[l] } else { max[l] };
        }
    }
    max.iter()
        .chain(rest)
        .fold(f32::NEG_INFINITY, |max, x| if *x > max { *x } else { max })
}

/// The largest magnitude of `x`, 0 when there is none; not a number if one of them is none.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
pub(super) fn max_abs(x: &[f32]) -> f32 {
    let (full, rest) = x.as_chunks::<WIDTH>();
    let mut max = [0f32; WIDTH];
    for x in full {
        for l in 0..WIDTH {
            let x = x[l].abs();
            // Also true when x is not a number: it then stays.
            max[l] = if x <= max[l] { max[l] } else { x };
        }
    }
    max.iter()
        .copied()
        .chain(rest.iter().map(|x| x.abs()))
        .fold(0.0, |max, x| if max.is_nan() || x <= max { max } else { x })
}

/// e^x within 2 units in the last place; below -87 a number near the smallest normal one, above 88 one near the
/// largest. Reduction to |r| <= ln 2 / 2 in two parts (Cody and Waite 1980) and the degree-6 polynomial of Cephes.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-0.693_359_4, x);
    let r = n.mul_add(2.121_944_4e-4, r);
    let p = 1.987_569_1e-4_f32;
    let p = p.mul_add(r, 1.398_199_9e-3);
    let p = p.mul_add(r, 8.333_452e-3);
    let p = p.mul_add(r, 4.166_579_6e-2);
    let p = p.mul_add(r, 1.666_666_5e-1);
    let p = p.mul_add(r, 0.5);
    let p = p.mul_add(r * r, r) + 1.0;
    p * f32::from_bits(shifted.to_bits().wrapping_add(127) << 23)
}

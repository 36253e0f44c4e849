//! A seeded permutation of `0..size` that needs no memory, so that a space can be walked without repeats and without
//! listing it: an alternating Feistel network (Luby and Rackoff 1988) on just enough bits, with cycle walking
//! (Black and Rogaway 2002) for what falls outside.

use crate::base::rng;
use rand::RngCore;

/// Enough rounds that neighbouring inputs look unrelated; this is for variety, not secrecy.
const ROUNDS: usize = 6;

/// A bijection of `0..size`.
#[derive(Clone, Debug)]
pub struct Permutation {
    size: u128,
    /// Bits of the left and of the right half; they change places every round.
    bits: [u32; 2],
    keys: [u64; ROUNDS],
}

impl Permutation {
    /// The permutation of `0..size` that belongs to `(purpose, seed, stream)`; see [`rng::stream`].
    #[must_use]
    pub fn new(size: u128, purpose: &str, seed: u64, stream: u64) -> Self {
        let bits = (u128::BITS - size.saturating_sub(1).leading_zeros()).max(2);
        let mut rng = rng::stream(purpose, seed, &[stream]);
        Self {
            size,
            bits: [bits / 2, bits - bits / 2],
            keys: std::array::from_fn(|_| rng.next_u64()),
        }
    }

    /// Where `index` goes; `None` from `size` on.
    #[must_use]
    pub fn get(&self, index: u128) -> Option<u128> {
        if index >= self.size {
            return None;
        }
        let mut value = self.encrypt(index);
        // The values met before the first one below `size` form a chain of the larger permutation: it comes back.
        while value >= self.size {
            value = self.encrypt(value);
        }
        Some(value)
    }

    fn encrypt(&self, value: u128) -> u128 {
        let [mut left_bits, mut right_bits] = self.bits;
        // At most 128 bits, so each half has at most 64.
        let mut left = (value >> right_bits) as u64;
        let mut right = (value & low_bits(right_bits)) as u64;
        for key in self.keys {
            let mixed = left ^ (mix(right ^ key) & low_bits(left_bits) as u64);
            (left, right) = (right, mixed);
            (left_bits, right_bits) = (right_bits, left_bits);
        }
        (u128::from(left) << right_bits) | u128::from(right)
    }
}

/// The lowest `bits` bits set; `bits` is at most 64 here.
fn low_bits(bits: u32) -> u128 {
    (1 << bits) - 1
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_value_comes_exactly_once() {
        for size in [0, 1, 2, 3, 7, 64, 1000, 4097] {
            let permutation = Permutation::new(size, "test", 5, 0);
            let mut values: Vec<_> = (0..size).map(|i| permutation.get(i).unwrap()).collect();
            assert!(size < 64 || !values.is_sorted());
            values.sort_unstable();
            assert_eq!(values, (0..size).collect::<Vec<_>>());
            assert_eq!(permutation.get(size), None);
        }
    }

    proptest! {
        #[test]
        fn even_the_largest_spaces_are_walked(size in 1u128.., index: u128, seed: u64) {
            let permutation = Permutation::new(size, "test", seed, 3);
            prop_assert!(permutation.get(index % size).unwrap() < size);
        }
    }
}

//! Randomness from a named algorithm, one independent stream per thing that needs one.
//!
//! `ChaCha8` keeps its output between releases, so a seed written in a file means the same numbers next year.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// The generator used everywhere.
pub type Rng = ChaCha8Rng;

/// The stream of `(purpose, seed, path…)`: for instance `("sample", seed, &[problem, sample])`.
/// Different arguments give unrelated streams; equal ones the same numbers on every machine.
#[must_use]
pub fn stream(purpose: &str, seed: u64, path: &[u64]) -> Rng {
    let mut hash = Sha256::new();
    hash.update((purpose.len() as u64).to_le_bytes());
    hash.update(purpose.as_bytes());
    hash.update(seed.to_le_bytes());
    for part in path {
        hash.update(part.to_le_bytes());
    }
    Rng::from_seed(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngCore;

    #[test]
    fn equal_arguments_give_equal_numbers_and_different_ones_do_not() {
        assert_eq!(stream("a", 1, &[2]).next_u64(), stream("a", 1, &[2]).next_u64());
        assert_ne!(stream("a", 1, &[2]).next_u64(), stream("b", 1, &[2]).next_u64());
        assert_ne!(stream("a", 1, &[2]).next_u64(), stream("a", 1, &[3]).next_u64());
    }
}

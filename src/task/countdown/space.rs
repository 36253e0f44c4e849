//! All problems with one count of numbers, numbered and walked in seeded order.
//!
//! A problem is a multiset of numbers and a target. Multisets are numbered by the combinatorial number system
//! (Knuth, TAOCP 4A, 7.2.1.3): `k` numbers out of `n` values, repeats allowed, are the `k`-subsets of `n + k - 1` places.

use super::Settings;
use crate::base::permutation::Permutation;

/// The problems of one size that are still to come.
#[derive(Debug)]
pub(super) struct Space {
    count: u64,
    lowest: i64,
    first_target: i64,
    targets: u128,
    places: u64,
    permutation: Permutation,
    position: u128,
}

impl Space {
    /// The problems of `settings` (checked before) with `count` numbers; `None` when 128 bits cannot number them.
    pub(super) fn new(settings: &Settings, count: usize, seed: u64) -> Option<Self> {
        let [lowest, highest] = settings.range;
        let [first_target, last_target] = settings.target;
        let count = count as u64;
        let places = highest.abs_diff(lowest) + count;
        let targets = u128::from(last_target.abs_diff(first_target)) + 1;
        let size = binomial(places, count)?.checked_mul(targets)?;
        let permutation = Permutation::new(size, "countdown/1 permutation", seed, count);
        Some(Self {
            count,
            lowest,
            first_target,
            targets,
            places,
            permutation,
            position: 0,
        })
    }

    /// The next multiset, ascending, and its target.
    pub(super) fn next(&mut self) -> Option<(Vec<i64>, i64)> {
        let index = self.permutation.get(self.position)?;
        self.position += 1;
        // Targets are at most two million, places and numbers about a million.
        let target = self.first_target + (index % self.targets) as i64;
        Some((self.multiset(index / self.targets)?, target))
    }

    /// The multiset with this rank.
    fn multiset(&self, mut rank: u128) -> Option<Vec<i64>> {
        let mut numbers = vec![self.lowest; self.count as usize];
        let mut end = self.places;
        for size in (1..=self.count).rev() {
            // The largest place such that the sets of `size` below it number at most `rank`.
            let (mut low, mut high) = (size - 1, end);
            while high - low > 1 {
                let middle = low.midpoint(high);
                if binomial(middle, size)? <= rank {
                    low = middle
                } else {
                    high = middle
                }
            }
            rank -= binomial(low, size)?;
            end = low;
            let number = numbers.get_mut(size as usize - 1)?;
            // Places are strictly ascending; taking away the position turns them into values that may repeat.
            *number += (low - (size - 1)) as i64;
        }
        Some(numbers)
    }
}

/// How many sets of `k` there are among `n`; `None` when that is beyond 128 bits.
fn binomial(n: u64, k: u64) -> Option<u128> {
    if k > n {
        return Some(0);
    }
    // Every intermediate is itself a binomial coefficient, so each division is exact.
    (0..k).try_fold(1u128, |product, i| {
        Some(product.checked_mul((n - i).into())? / u128::from(i + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_multiset_meets_every_target_once() {
        let settings = Settings {
            range: [3, 7],
            target: [-1, 4],
            ..Settings::default()
        };
        let mut space = Space::new(&settings, 3, 1).unwrap();
        let mut seen = HashSet::new();
        while let Some((numbers, target)) = space.next() {
            assert!(numbers.is_sorted() && numbers.iter().all(|n| (3..=7).contains(n)));
            assert!((-1..=4).contains(&target));
            assert!(seen.insert((numbers, target)));
        }
        assert_eq!(seen.len(), 35 * 6);
    }

    #[test]
    fn binomials_are_those_of_the_textbook() {
        assert_eq!(binomial(22, 3), Some(1540));
        assert_eq!(binomial(2, 3), Some(0));
        assert_eq!(binomial(5, 0), Some(1));
        assert_eq!(binomial(1 << 40, 8), None);
    }
}

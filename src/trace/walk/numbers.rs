//! Numbers of a state as a bag: what is in it, what is left of it.

use crate::task::countdown::Number;

/// A number that equal bags share, whatever their order.
pub(super) fn bag(numbers: &[Number]) -> u64 {
    let mixed = |number: &Number| {
        let parts = number.numerator().cast_unsigned() ^ number.denominator().cast_unsigned().rotate_left(32);
        // Steele, Lea and Flood 2014 (SplitMix64).
        let mixed = (parts ^ parts >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ mixed >> 27
    };
    numbers
        .iter()
        .fold(0, |sum: u64, number| sum.wrapping_add(mixed(number)))
}

/// Which numbers a bag may hold, a bit for each kind of number: a bag that lacks a bit of another's cannot hold all of that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark(u64);

impl Mark {
    /// The mark of these numbers.
    pub fn of(numbers: &[Number]) -> Self {
        let bit = |number: &Number| {
            let parts =
                number.numerator().cast_unsigned() ^ number.denominator().cast_unsigned().rotate_left(32);
            // Knuth 1998, 6.4.
            1_u64 << (parts.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58)
        };
        Self(numbers.iter().fold(0, |bits, number| bits | bit(number)))
    }

    /// Whether a bag with this mark may hold all of one with `other`.
    pub fn may_hold(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Whether all of `wanted` are among `numbers`, each as often as it is wanted.
#[must_use]
pub fn contains(numbers: &[Number], wanted: &[Number]) -> bool {
    let count = |list: &[Number], number: &Number| list.iter().filter(|n| *n == number).count();
    // Most that are wanted are not there at all, and those that are there are there often enough.
    let has_enough = |number: &Number| match count(numbers, number) {
        0 => false,
        enough if enough >= wanted.len() => true,
        some => count(wanted, number) <= some,
    };
    wanted.len() <= numbers.len() && wanted.iter().all(has_enough)
}

/// Whether two lists hold the same numbers.
#[must_use]
pub fn are_all(numbers: &[Number], others: &[Number]) -> bool {
    numbers.len() == others.len() && contains(numbers, others)
}

/// `numbers` without `used`, when all of them are there.
#[must_use]
pub fn take(numbers: &[Number], used: &[Number]) -> Option<Vec<Number>> {
    let mut rest = numbers.to_vec();
    for number in used {
        let i = rest.iter().position(|n| n == number)?;
        rest.remove(i);
    }
    Some(rest)
}

pub(super) fn sorted(numbers: &[Number]) -> Vec<Number> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers
}

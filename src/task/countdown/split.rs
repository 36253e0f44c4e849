//! Which problems a model may train on.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// One of the two halves of all problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// May be trained on: about nine problems of ten.
    Train,
    /// Only ever measured on.
    Heldout,
}

/// The split of a problem. It depends on the numbers (not their order) and the target alone, so that no setting of a
/// generator can move a problem from one side to the other: held out are those where the first byte of the SHA-256 of
/// `4 7 18 -> 15` (numbers ascending) is below 26, about one in ten.
#[must_use]
pub fn split_of(numbers: &[i64], target: i64) -> Split {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let mut name = String::with_capacity(32);
    // Writing to a String cannot fail.
    for number in sorted {
        let _ = write!(name, "{number} ");
    }
    let _ = write!(name, "-> {target}");
    match Sha256::digest(name.as_bytes()).first() {
        Some(0..26) => Split::Heldout,
        _ => Split::Train,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_numbers_does_not_matter_but_the_target_does() {
        assert_eq!(split_of(&[18, 7, 4], 15), split_of(&[4, 18, 7], 15));
        let heldout = |t: &i64| split_of(&[18, 7, 4], *t) == Split::Heldout;
        assert!((0..200).any(|t| heldout(&t)) && !(0..200).all(|t| heldout(&t)));
    }

    #[test]
    fn about_one_problem_in_ten_is_held_out() {
        let problems = (1..=20).flat_map(|a| (1..=20).map(move |b| (a, b)));
        let heldout = problems
            .flat_map(|(a, b)| (10..=99).map(move |t| split_of(&[a, b], t)))
            .filter(|split| *split == Split::Heldout)
            .count();
        assert!((3_200..4_200).contains(&heldout), "{heldout} of 36000");
    }
}

//! Words with which a sentence of free reasoning gives up what was done.

use crate::base::phrases::Phrases;
use std::sync::LazyLock;

/// Words with which a text gives up what it did last.
const FAILURES: [&str; 36] = [
    "that's not right",
    "that is not right",
    "that isn't right",
    "this isn't right",
    "this is not right",
    "that's wrong",
    "this is wrong",
    "that's incorrect",
    "this is incorrect",
    "that's not correct",
    "that is incorrect",
    "can't be right",
    "cannot be right",
    "doesn't work",
    "does not work",
    "won't work",
    "not going to work",
    "didn't work",
    "made a mistake",
    "made an error",
    "scratch that",
    "dead end",
    "leads nowhere",
    "doesn't seem right",
    "does not seem right",
    "isn't helpful",
    "is not helpful",
    "doesn't help",
    "not helpful",
    "getting nowhere",
    "approach fails",
    "attempt fails",
    "this fails",
    "that fails",
    "approach failed",
    "attempt failed",
];

/// Words and marks with which an assumption or an attempt fails.
const REFUTATIONS: [&str; 10] = [
    "contradict",
    "impossible",
    "inconsistent",
    "not possible",
    "can't be true",
    "cannot be true",
    "\u{2717}",
    "\u{2718}",
    "\u{274c}",
    "\u{2716}",
];

/// The failures, and behind them the refutations.
static FAILED: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&[&FAILURES[..], &REFUTATIONS].concat()));

/// What each of them has; a sentence without it is looked at no further.
const MARKS: [&str; 19] = [
    "right",
    "wrong",
    "correct",
    "work",
    "mistake",
    "error",
    "scratch",
    "dead end",
    "nowhere",
    "help",
    "fail",
    "contradict",
    "possible",
    "inconsistent",
    "be true",
    "\u{2717}",
    "\u{2718}",
    "\u{274c}",
    "\u{2716}",
];
static MARKED: LazyLock<Phrases> = LazyLock::new(|| Phrases::rare(&MARKS));

/// Words with which nothing is said to fail.
static DENIED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "no contradiction",
        "might have",
        "may have made",
        "maybe i made",
        "perhaps i made",
        "if this doesn't",
        "if that doesn't",
        "if it doesn't",
        "not a contradiction",
        "without contradict",
        "if i made",
        "i didn't make",
    ])
});

/// Whether the sentence gives up what was done; `assumed` when there is an assumption or attempt that can be refuted.
pub(super) fn fails(shape: &str, assumed: bool) -> bool {
    let failed = |which: usize| assumed || which < FAILURES.len();
    !shape.ends_with('?')
        && MARKED.first(shape).is_some()
        && FAILED.all(shape).any(failed)
        && DENIED.first(shape).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_one_of_the_words_that_are_looked_for_first() {
        for words in FAILURES.iter().chain(&REFUTATIONS) {
            assert!(MARKED.first(words).is_some(), "{words}");
        }
    }
}

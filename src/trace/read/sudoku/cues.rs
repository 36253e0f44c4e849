//! Words that change the course of a Sudoku: doubts, new beginnings, clashes, and that all is right.

use crate::base::phrases::{Beginnings, Phrases};
use std::sync::LazyLock;

/// The text takes back what it did last.
pub(super) static UNDO: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "that's wrong",
        "that is wrong",
        "this is wrong",
        "that's not right",
        "that is not right",
        "this is not right",
        "that's incorrect",
        "this is incorrect",
        "is incorrect",
        "isn't right",
        "is not correct",
        "isn't correct",
        "is not valid",
        "isn't valid",
        "is invalid",
        "doesn't work",
        "does not work",
        "won't work",
        "not possible",
        "can't be right",
        "cannot be right",
        "can't be correct",
        "made a mistake",
        "made an error",
        "making errors",
        "go back",
        "going back to",
        "backtrack",
        "undo",
        "reconsider",
        "redo",
        "scratch that",
        "recalculate",
        "let me correct",
        "let me fix",
        "re-evaluat",
        "reevaluat",
    ])
});

/// The text begins anew.
pub(super) static RESTART: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "restart",
        "start over",
        "starting over",
        "start again",
        "from scratch",
        "begin again",
        "start fresh",
        "back to the beginning",
    ])
});

/// Two things that cannot both be.
pub(super) static CLASH: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "contradict",
        "conflict",
        "clash",
        "violat",
        "impossible",
        "duplicate",
        "already has a",
        "already contains a",
        "is taken",
        "already taken",
        "already used",
        "repeated",
    ])
});

/// Words that take the edge off a clash or a return.
pub(super) static DENIED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "no conflict",
        "no clash",
        "without conflict",
        "without clash",
        "no contradict",
        "no duplicate",
        "not conflict",
        "n't conflict",
    ])
});

/// The text says that all is right.
pub(super) static VALID: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "is valid",
        "is correct",
        "satisfies all",
        "satisfy all",
        "constraints are satisfied",
        "conditions are satisfied",
        "conditions are met",
        "constraints are met",
        "is solved",
        "no duplicates",
        "no conflicts",
        "checks out",
        "\u{2713}",
        "\u{2705}",
    ])
});

/// Words with which a sentence about validity states nothing.
pub(super) const OPEN_WORDS: [&str; 20] = [
    "check", "verify", "ensure", "ensuring", "must", "should", "need", "needs", "if", "whether", "would",
    "could", "make", "let", "let's", "not", "so that", "to", "until", "cannot",
];

/// What words behind a value in a cell begin with that say that it did not belong there…
const REFUSED: [&str; 15] = [
    "was wrong",
    "was incorrect",
    "was not correct",
    "wasn't correct",
    "was not right",
    "was not possible",
    "was impossible",
    "was a mistake",
    "was the mistake",
    "must be wrong",
    "must have been wrong",
    "has to be wrong",
    "failed",
    "didn't work",
    "did not work",
];

/// …or does not, unless it is just being tried.
const REFUSES: [&str; 30] = [
    "is wrong",
    "is impossible",
    "is not possible",
    "isn't possible",
    "is invalid",
    "is not valid",
    "isn't valid",
    "is incorrect",
    "is not correct",
    "isn't correct",
    "is not right",
    "isn't right",
    "is not allowed",
    "isn't allowed",
    "is ruled out",
    "is excluded",
    "is a mistake",
    "can't be",
    "cannot be",
    "can't work",
    "cannot work",
    "doesn't work",
    "does not work",
    "won't work",
    "fails",
    "conflicts",
    "clashes",
    "contradicts",
    "leads to a contradiction",
    "leads to contradiction",
];

static REFUSALS: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::new(&[&REFUSED[..], &REFUSES].concat()));

/// Whether the words behind a value in a cell, which may be just tried, refuse it: `R1C1 = 3 was wrong`.
pub(super) fn refuses(behind: &str, tried: bool) -> bool {
    const BEFORE: [&str; 7] = [
        "also ",
        "clearly ",
        "then ",
        "therefore ",
        "thus ",
        "definitely ",
        "still ",
    ];
    let mut rest = behind.trim_start_matches([' ', ')', ']', '"', '*', '`']);
    while let Some(after) = BEFORE.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = after;
    }
    let found = REFUSALS.find(rest);
    found.is_some_and(|(which, _)| !tried || which < REFUSED.len())
}

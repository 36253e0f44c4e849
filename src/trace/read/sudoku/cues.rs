//! Words that change the course of a Sudoku: doubts, new beginnings, clashes, and that all is right.

use crate::base::phrases::Phrases;
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

/// The text gives up more than the value that it refuses: `R2C2 = 3 is impossible, so let me go back`.
pub(super) static RETURN: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(&["go back", "going back", "backtrack", "undo", "scratch that"]));

/// Words of a sentence that concludes.
pub(super) const CONCLUDING: [&str; 12] = [
    "so",
    "then",
    "thus",
    "therefore",
    "hence",
    "must",
    "has",
    "forces",
    "forced",
    "gives",
    "means",
    "needs",
];

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
        "conflict: none",
        "conflicts: none",
        "conflict: no.",
        "conflict: no,",
        "conflict: no)",
        "conflicts: no.",
        "conflicts: no,",
        "conflicts: no)",
        "conflict? no",
        "conflicts? no",
        "no clash",
        "without conflict",
        "without clash",
        "no contradict",
        "no duplicate",
        "not conflict",
        "n't conflict",
        "conflict with nothing",
        "conflict with none",
        "conflict with no ",
        "conflicts with nothing",
        "conflicts with none",
        "conflicts with no ",
        "clash with nothing",
        "clash with none",
        "clash with no ",
        "clashes with nothing",
        "clashes with none",
        "clashes with no ",
        "contradicts nothing",
        "contradicts none",
        "contradicts no ",
        "contradict nothing",
        "contradict none",
        "contradict no ",
        "violates nothing",
        "violates none",
        "violates no ",
        "violate nothing",
        "violate none",
        "violate no ",
        "impossible to avoid",
        "impossible otherwise",
        "not true that",
        "n't true that",
        "not the case that",
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

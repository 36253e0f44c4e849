//! The discourse rules: which phrases, in which context, show which habit. They are data (`assets/behaviors/*.toml`, and
//! the user's own beside them); this compiles them and looks for all phrases of a sentence at once.
//!
//! A phrase is a regular expression over a sentence's shape (see [`crate::trace::prose`]): lower case, `%` for arithmetic,
//! `#` for a number, `@` for the goal. A rule holds when one of its phrases is there (or it has none), everything in `when`
//! holds and nothing in `unless` does. Contexts are sets of phrases with a name; what the discourse tells by itself
//! ([`BUILT_IN`]) is named the same way.

mod compile;
mod file;
mod head;
mod letters;
mod phrase;
mod search;
mod steps;

pub use compile::{Condition, Flags, Matches, Rule, Rules, Tells, reason};
pub use file::{Problem, Sample, Spec};

use std::sync::{Arc, LazyLock, OnceLock};

/// The behavior files that come with the program.
pub const BUNDLED: [(&str, &str); 5] = [
    (
        "discourse.toml",
        include_str!("../../../assets/behaviors/discourse.toml"),
    ),
    (
        "verification.toml",
        include_str!("../../../assets/behaviors/verification.toml"),
    ),
    (
        "backtracking.toml",
        include_str!("../../../assets/behaviors/backtracking.toml"),
    ),
    (
        "subgoal_setting.toml",
        include_str!("../../../assets/behaviors/subgoal_setting.toml"),
    ),
    (
        "backward_chaining.toml",
        include_str!("../../../assets/behaviors/backward_chaining.toml"),
    ),
];

/// What the course of the reasoning tells, beside the contexts of the files.
pub const BUILT_IN: [&str; 20] = [
    "arithmetic",
    "arithmetic-near",
    "tried",
    "failed",
    "found",
    "attempting",
    "checking",
    "contradicted",
    "question",
    "heading",
    "list",
    "goal",
    "target-known",
    "bare",
    "turning",
    "doubted",
    "settled",
    "again",
    "returned",
    "opening",
];

static INSTALLED: OnceLock<Arc<Rules>> = OnceLock::new();

/// The rules of this process: the bundled ones, unless others were installed when it began.
#[must_use]
pub fn current() -> Arc<Rules> {
    static DEFAULT: LazyLock<Arc<Rules>> = LazyLock::new(|| Arc::new(Rules::bundled()));
    INSTALLED.get().unwrap_or(&DEFAULT).clone()
}

/// Makes `rules` those of this process; the first call counts.
pub fn install(rules: Rules) {
    let _ = INSTALLED.set(Arc::new(rules));
}

#[cfg(test)]
mod tests;

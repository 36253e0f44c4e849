//! `[data]` of a `prime` recipe: which traces are imitated, and how often.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use strum::{Display, EnumIter, EnumString, VariantNames};

/// Which habits the traces show (Gandhi et al. 2025, section 4).
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    EnumIter,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Condition {
    /// All four.
    #[default]
    All,
    /// Backtracking alone.
    Backtracking,
    /// Backtracking and verification.
    BacktrackingVerification,
    /// Backtracking and subgoals.
    BacktrackingSubgoal,
    /// Backtracking and backward chaining.
    BacktrackingBackward,
    /// None: straight to a right answer.
    Direct,
    /// No reasoning at all, only the answer: [`Condition::All`] with its reasoning cut away.
    Empty,
    /// [`Condition::All`] with its reasoning replaced by as many tokens of filler.
    Filler,
    /// All four, and never a right answer.
    Incorrect,
    /// Reversed questions: one input is hidden and asked for.
    Reversed,
}

/// The examples of a `prime` recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Which traces the solver writes.
    pub condition: Condition,
    /// Rows to imitate instead, all of them: JSON lines with `prompt` (or `query`) and `completion`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Traces the solver writes, each on a problem of its own.
    pub size: usize,
    /// Attempts at a problem before the solver gives up and guesses: drawn for each trace from the first to the second.
    /// Three numbers are searched to the end with 30.
    pub patience: [usize; 2],
    /// Which problems: the share of their first moves after which the target is out of reach, from the first to the
    /// second. 0 is a problem that cannot go wrong at once, 0.9 one with a single way in ten.
    pub difficulty: [f64; 2],
    /// How often each row is seen.
    pub epochs: u64,
    /// Share of the steps in which the learning rate rises; it then falls in a cosine.
    pub warmup: f64,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            condition: Condition::All,
            file: None,
            size: 400,
            patience: [1, 6],
            difficulty: [0.0, 1.0],
            epochs: 3,
            warmup: 0.1,
        }
    }
}

//! A model's card: where it comes from, what it was trained for and what it was measured to do. Stands beside the
//! weights as `card.json`.
//!
//! `task` and `measured` belong to rooms above this one and are passed through as they are.

use crate::base::sampler::Sampler;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Name and version of the shape.
pub const SCHEMA: &str = "backtrail.card/1";

/// The file's name, beside the weights.
pub const FILE: &str = "card.json";

/// What is known of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// [`SCHEMA`].
    pub schema: String,
    /// What it is called.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// The recipe that remakes it.
    pub recipe: String,
    /// What it was trained on, in words.
    pub data: String,
    /// The recipe's seed.
    pub seed: u64,
    /// Tokens it was trained on.
    pub trained_tokens: u64,
    /// Trainable numbers.
    pub parameters: usize,
    /// Hash of `model.safetensors`.
    pub hash: String,
    /// Hash of `tokenizer.json`.
    pub tokenizer: String,
    /// The sampler it is meant to be used with.
    pub sampler: Sampler,
    /// The task and its range: `{"name":"countdown","numbers":[3,3],…}`.
    pub task: Value,
    /// What it does on held-out problems with that sampler, intervals included.
    pub measured: Value,
    /// A problem that shows it well, for a first look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

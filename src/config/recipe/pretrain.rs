//! What a recipe says of a model that is made from nothing, and of the stages it is trained in.

use serde::{Deserialize, Serialize};
use toml::Table;

/// Sizes of a decoder. The vocabulary is the tokenizer's; embeddings are tied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sizes {
    /// Width of the residual stream.
    pub hidden_size: usize,
    /// Layers.
    pub layers: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; divides `heads`.
    pub kv_heads: usize,
    /// Width inside the MLP.
    pub intermediate_size: usize,
    /// Longest text in tokens; longer examples are left out.
    pub context: usize,
}

/// Settings of AdamW (Loshchilov and Hutter 2019).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamW {
    /// Decay of the two moments.
    pub betas: [f64; 2],
    /// Added to the root of the second moment.
    pub epsilon: f64,
    /// Decoupled decay of matrices, embeddings included; norms are not decayed.
    pub weight_decay: f64,
    /// Largest norm of all gradients together; 0 does not clip.
    pub clip: f64,
}

/// A stretch of training with its own data and learning-rate schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Tokens of examples (padding not counted) after which the stage ends.
    pub tokens: u64,
    /// Peak learning rate; the recipe's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// Tokens per step, padding included; the recipe's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_tokens: Option<usize>,
    /// Steps in which the learning rate rises from nothing to its peak.
    #[serde(default = "default::warmup")]
    pub warmup: u64,
    /// Last part of the stage, 0 to 1, in which it falls in a straight line…
    #[serde(default = "default::decay")]
    pub decay: f64,
    /// …to this fraction of the peak.
    #[serde(default = "default::last", rename = "final")]
    pub last: f64,
    /// The ways of writing that examples are drawn from.
    pub mix: Vec<Mix>,
}

/// One way of writing traces and how often it is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mix {
    /// Share of the examples, relative to the other entries.
    #[serde(default = "default::weight")]
    pub weight: f64,
    /// Options of the trace writer.
    #[serde(flatten)]
    pub writer: Table,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            hidden_size: 128,
            layers: 3,
            heads: 4,
            kv_heads: 4,
            intermediate_size: 352,
            context: 512,
        }
    }
}

impl Default for AdamW {
    fn default() -> Self {
        Self {
            betas: [0.9, 0.98],
            epsilon: 1e-8,
            weight_decay: 0.01,
            clip: 1.0,
        }
    }
}

/// Defaults that serde asks for by name.
mod default {
    pub const fn warmup() -> u64 {
        40
    }
    pub const fn decay() -> f64 {
        0.4
    }
    pub const fn last() -> f64 {
        0.03
    }
    pub const fn weight() -> f64 {
        1.0
    }
}

//! The full description of a training run, as a TOML file. A key that is not known is an error: a run that ignores
//! half of what was written would be believed to have done it.
//!
//! What the tables `[task]` and `[[stage.mix]]` say is the task's and the trace writer's: they are passed through.

mod check;
mod error;
mod unknown;

use super::{file::File, set::Override};
use crate::base::sampler::Sampler;
pub use error::RecipeError;
use error::content;
use serde::{Deserialize, Serialize};
use std::path::Path;
use strum::{Display, EnumString, VariantNames};
use toml::Table;

/// What a recipe trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, VariantNames)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    /// Next-token training on generated traces.
    Pretrain,
    /// Fine-tuning on traces chosen for their habits.
    Prime,
    /// Reinforcement learning.
    Rl,
}

/// A `pretrain` recipe with every default filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// What it is called; the model it makes gets this name.
    pub name: String,
    /// One sentence for lists.
    pub summary: String,
    /// What it trains.
    pub kind: Kind,
    /// Picks the first weights, the examples and their order.
    #[serde(default)]
    pub seed: u64,
    /// `random`, or the model to start from: a bundled name or a directory.
    #[serde(default = "default::init")]
    pub init: String,
    /// Whether the number tokens of a random start get periodic features, so that arithmetic need not be memorised.
    #[serde(default)]
    pub fourier: bool,
    /// Where to compute: `cpu`, `cuda`.
    #[serde(default = "default::device")]
    pub device: String,
    /// Threads; 0 is one per core.
    #[serde(default)]
    pub threads: usize,
    /// Stop after this many steps, whatever the stages say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// Steps between checkpoints; 0 saves at the end only.
    #[serde(default = "default::save_every")]
    pub save_every: u64,
    /// Steps between evaluations; 0 evaluates at the end only.
    #[serde(default = "default::eval_every")]
    pub eval_every: u64,
    /// Held-out problems per evaluation; 0 never evaluates.
    #[serde(default = "default::eval_problems")]
    pub eval_problems: usize,
    /// Peak learning rate of stages that do not say their own.
    #[serde(default = "default::learning_rate")]
    pub learning_rate: f64,
    /// Tokens per step, padding included, of stages that do not say their own.
    #[serde(default = "default::batch_tokens")]
    pub batch_tokens: usize,
    /// Sizes of the decoder; not looked at when `init` names a model.
    #[serde(default)]
    pub model: Sizes,
    /// How weights move.
    #[serde(default)]
    pub optimizer: AdamW,
    /// The sampler of evaluations, and of the finished model's card.
    #[serde(default)]
    pub sampler: Sampler,
    /// Settings of the task's generator.
    #[serde(default)]
    pub task: Table,
    /// What is trained on, one stage after the other.
    #[serde(rename = "stage")]
    pub stages: Vec<Stage>,
}

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
    pub fn init() -> String {
        "random".into()
    }
    pub fn device() -> String {
        "cpu".into()
    }
    pub const fn save_every() -> u64 {
        500
    }
    pub const fn eval_every() -> u64 {
        500
    }
    pub const fn eval_problems() -> usize {
        200
    }
    pub const fn learning_rate() -> f64 {
        2e-3
    }
    pub const fn batch_tokens() -> usize {
        1024
    }
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

/// What every recipe says, also one of a kind that this version cannot train.
#[derive(Deserialize)]
struct Head {
    kind: Option<Kind>,
}

impl Recipe {
    /// Reads a recipe file.
    ///
    /// # Errors
    /// [`RecipeError`], with file and line.
    pub fn read(path: &Path, overrides: &[Override]) -> Result<Self, RecipeError> {
        let text = std::fs::read_to_string(path).map_err(|error| RecipeError::Read {
            path: path.into(),
            error,
        })?;
        Self::parse(&text, &path.display().to_string(), overrides)
    }

    /// Reads a recipe from `text`, which stands in `file`, then applies the overrides in order.
    ///
    /// # Errors
    /// [`RecipeError`], with file and line, or with the override that made no sense.
    pub fn parse(text: &str, file: &str, overrides: &[Override]) -> Result<Self, RecipeError> {
        let file = File::new(file, text);
        let wrong = |(place, message): (String, String)| content(place, &message);
        let mut table: Table = file.parse().map_err(wrong)?;
        let head: Head = file.parse().map_err(wrong)?;
        // Recipes of other kinds have other keys.
        head.kind
            .map_or(Ok(()), |kind| trainable(kind, &file.place(["kind"])))?;
        unknown::check(&file)?;
        let mut recipe: Self = file.parse().map_err(wrong)?;
        recipe
            .check()
            .map_err(|what| content(file.place(check::key(&what)), &what))?;
        for change in overrides {
            let place = format!("--set {}={}", change.name(), change.value);
            change.apply(&mut table)?;
            recipe = table
                .clone()
                .try_into()
                .map_err(|error: toml::de::Error| content(place.clone(), error.message()))?;
            trainable(recipe.kind, &place)?;
            recipe.check().map_err(|what| content(place, &what))?;
        }
        Ok(recipe)
    }

    /// The recipe as a file that [`Recipe::parse`] reads back to the same value.
    ///
    /// # Errors
    /// When a value has no TOML form.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// Peak learning rate of a stage.
    #[must_use]
    pub fn learning_rate_of(&self, stage: &Stage) -> f64 {
        stage.learning_rate.unwrap_or(self.learning_rate)
    }

    /// Tokens per step of a stage, padding included.
    #[must_use]
    pub fn batch_tokens_of(&self, stage: &Stage) -> usize {
        stage.batch_tokens.unwrap_or(self.batch_tokens)
    }

    /// Tokens of all stages together.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.stages
            .iter()
            .fold(0, |sum: u64, stage| sum.saturating_add(stage.tokens))
    }
}

fn trainable(kind: Kind, place: &str) -> Result<(), RecipeError> {
    if kind == Kind::Pretrain {
        return Ok(());
    }
    Err(RecipeError::Kind {
        place: place.into(),
        kind,
    })
}

#[cfg(test)]
mod tests;

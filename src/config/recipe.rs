//! The full description of a training run, as a TOML file. A key that is not known is an error: a run that ignores
//! half of what was written would be believed to have done it.
//!
//! What the tables `[task]` and `[[stage.mix]]` say is the task's and the trace writer's: they are passed through.

mod check;
mod data;
mod error;
mod pretrain;
mod rl;
mod unknown;

use super::{file::File, set::Override};
use crate::base::sampler::Sampler;
pub use data::{Condition, Data};
pub use error::RecipeError;
use error::content;
pub use pretrain::{AdamW, Mix, Sizes, Stage};
pub use rl::{Algorithm, LossType, Reward, Rl, ScaleRewards, Stop};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};
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

/// What products are made of. Weights, moments, norms and losses are f32 in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberType {
    /// `bf16` for large models on a graphics processor, else `f32`.
    #[default]
    Auto,
    /// Thirty-two bits.
    F32,
    /// Sixteen bits, with the range of thirty-two. On the processor it is slow, and what a graphics processor would compute.
    Bf16,
}

/// A recipe with every default filled in. What is trained on is said by `[[stage]]` (pretrain), `[data]` (prime) or `[rl]`
/// and `[reward]` (rl); a table of another kind is an error.
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
    /// Where to compute: `auto` (a graphics processor for all but small models), `cpu`, `cuda`, `cuda:N` or `metal`.
    #[serde(default = "default::device")]
    pub device: String,
    /// What to compute with.
    #[serde(default)]
    pub dtype: NumberType,
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
    /// How many held-out problems are passed over before those: a comparison on problems nobody has looked at.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub eval_first: usize,
    /// Peak learning rate; a stage may say its own.
    #[serde(default = "default::learning_rate")]
    pub learning_rate: f64,
    /// Tokens per step, padding included, of stages that do not say their own.
    #[serde(default = "default::batch_tokens")]
    pub batch_tokens: usize,
    /// Examples per step: traces to imitate (prime), rollouts (rl). Pretraining fills `batch_tokens` instead when it is
    /// not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<usize>,
    /// Tokens that go through the model together in an update (prime, rl). A larger batch is cut into pieces whose
    /// gradients are added up: gradient accumulation, told in tokens because nothing is padded. It bounds the memory and
    /// does not change the update.
    #[serde(default = "default::accumulation_tokens")]
    pub accumulation_tokens: usize,
    /// Sizes of the decoder; needed for a random start only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Sizes>,
    /// How weights move.
    #[serde(default)]
    pub optimizer: AdamW,
    /// The sampler of evaluations, and of the finished model's card.
    #[serde(default)]
    pub sampler: Sampler,
    /// Settings of the task's generator.
    #[serde(default)]
    pub task: Table,
    /// What pretraining imitates, one stage after the other.
    #[serde(rename = "stage", default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
    /// What priming imitates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// How reinforcement learning learns…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rl: Option<Rl>,
    /// …and what for: the weight of each reward function.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reward: BTreeMap<Reward, f64>,
    /// When a run pauses by itself.
    #[serde(default)]
    pub stop: Stop,
}

/// What may be changed while a run goes on, beside the weights of `[reward]`.
pub const KNOBS: [&str; 11] = [
    "learning_rate",
    "steps",
    "save_every",
    "eval_every",
    "sampler.temperature",
    "rl.beta",
    "rl.epsilon",
    "rl.epsilon_high",
    "rl.mask_truncated_completions",
    "stop.equal_rewards",
    "stop.min_entropy",
];

/// Whether a number that changes nothing need not be written.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this shape")]
fn is_zero(value: &usize) -> bool {
    *value == 0
}

/// Defaults that serde asks for by name.
mod default {
    /// Where a kind differs from pretraining. Measured on the bundled models; 5e-4 and more destroys them in `rl`.
    pub const PRIME: &str = "learning_rate = 5e-4\nbatch = 6\nsave_every = 0\neval_every = 0";
    pub const RL: &str =
        "learning_rate = 2e-4\nbatch = 128\nsave_every = 10\neval_every = 10\neval_problems = 100";
    pub fn init() -> String {
        "random".into()
    }
    pub fn device() -> String {
        "auto".into()
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
    /// Enough to fill the matrix kernels, few enough for the caches.
    pub const fn accumulation_tokens() -> usize {
        4096
    }
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
        unknown::check(&file)?;
        // Read from the text first: only that knows the line of a mistake.
        let read: Self = file.parse().map_err(wrong)?;
        let in_file = |what: &str| file.place(check::key(what));
        let mut recipe = Self::complete(&table, read.kind, &in_file)?;
        for change in overrides {
            change.apply(&mut table)?;
            let place = format!("--set {}={}", change.name(), change.value);
            recipe = Self::complete(&table, recipe.kind, &|_| place.clone())?;
        }
        Ok(recipe)
    }

    /// This recipe with one of its knobs changed, as may be done while it runs.
    ///
    /// # Errors
    /// [`RecipeError`]: not a knob, or a value that makes no sense.
    pub fn changed(&self, change: &Override) -> Result<Self, RecipeError> {
        let (name, place) = (change.name(), format!("{}={}", change.name(), change.value));
        let is_knob = KNOBS.contains(&name.as_str()) || name.starts_with("reward.");
        if !is_knob {
            let what = format!(
                "`{name}` cannot be changed while a run goes on{}; what can: {}, reward.*",
                crate::base::nearest::hint(&name, KNOBS),
                KNOBS.join(", ")
            );
            return Err(RecipeError::Content { place, what });
        }
        let wrong = |what: String| RecipeError::Content {
            place: place.clone(),
            what,
        };
        let text = self.to_toml().map_err(|error| wrong(error.to_string()))?;
        let mut table: Table =
            toml::from_str(&text).map_err(|error| content(place.clone(), error.message()))?;
        change.apply(&mut table)?;
        Self::complete(&table, self.kind, &|_| place.clone())
    }

    /// What `table` says, with the defaults of its kind for all it does not say.
    /// `place` says where a sentence's complaint stands.
    fn complete(table: &Table, kind: Kind, place: &dyn Fn(&str) -> String) -> Result<Self, RecipeError> {
        let wrong = |error: toml::de::Error| content(place(error.message()), error.message());
        let defaults = match kind {
            Kind::Pretrain => "",
            Kind::Prime => default::PRIME,
            Kind::Rl => default::RL,
        };
        let mut whole: Table = toml::from_str(defaults).map_err(wrong)?;
        whole.extend(table.clone());
        let mut recipe: Self = whole.try_into().map_err(wrong)?;
        match recipe.kind {
            Kind::Pretrain => {}
            Kind::Prime => _ = recipe.data.get_or_insert_default(),
            Kind::Rl => _ = recipe.rl.get_or_insert_default(),
        }
        recipe.check().map_err(|what| content(place(&what), &what))?;
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

    /// Rollouts of a step of reinforcement learning.
    #[must_use]
    pub fn rollouts(&self) -> usize {
        self.batch.unwrap_or_default()
    }

    /// Tokens of all stages together.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.stages
            .iter()
            .fold(0, |sum: u64, stage| sum.saturating_add(stage.tokens))
    }
}

#[cfg(test)]
mod tests;

//! Which values of a recipe make no sense, as sentences that name the key as `--set` does.

use super::{AdamW, Recipe, Sizes, Stage};
use std::{fmt::Display, ops::RangeInclusive};

fn within<T: PartialOrd + Display>(key: &str, value: T, range: RangeInclusive<T>) -> Result<(), String> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(format!(
        "`{key}` is {value}, it must be between {} and {}",
        range.start(),
        range.end()
    ))
}

fn positive(key: &str, value: f64) -> Result<(), String> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(format!("`{key}` is {value}, it must be a number above 0"))
}

/// The path of the key that a sentence of [`Recipe::check`] begins with.
pub(super) fn key(sentence: &str) -> impl Iterator<Item = &str> {
    let first = sentence.split(' ').next().unwrap_or_default();
    first.trim_matches(['`', '[', ']', ':']).split('.')
}

impl Recipe {
    /// `Err` says which value makes no sense.
    pub(super) fn check(&self) -> Result<(), String> {
        // The name becomes that of directories.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.name.is_empty() || self.name.starts_with('.') || !self.name.chars().all(plain) {
            return Err(format!(
                "`name` is {:?}, it may hold letters, digits, `-`, `_` and `.`, and not start with `.`",
                self.name
            ));
        }
        if !["cpu", "cuda"].contains(&self.device.as_str()) {
            return Err(format!(
                "`device` is {:?}, it must be \"cpu\" or \"cuda\"",
                self.device
            ));
        }
        within("threads", self.threads, 0..=1024)?;
        self.model.check()?;
        self.optimizer.check()?;
        self.sampler
            .check()
            .map_err(|what| format!("[sampler]: {what}"))?;
        if self.stages.is_empty() {
            return Err("there is no [[stage]], so there is nothing to train on".into());
        }
        self.stages
            .iter()
            .enumerate()
            .try_for_each(|(index, stage)| self.check_stage(index, stage))
    }

    fn check_stage(&self, index: usize, stage: &Stage) -> Result<(), String> {
        let key = |name: &str| format!("stage.{index}.{name}");
        within(&key("tokens"), stage.tokens, 1..=u64::MAX)?;
        positive(&key("learning_rate"), self.learning_rate_of(stage))?;
        within(&key("batch_tokens"), self.batch_tokens_of(stage), 16..=1 << 24)?;
        within(&key("decay"), stage.decay, 0.0..=1.0)?;
        within(&key("final"), stage.last, 0.0..=1.0)?;
        if stage.mix.is_empty() {
            return Err(format!(
                "stage.{index} has no [[stage.mix]], it needs a way of writing"
            ));
        }
        stage
            .mix
            .iter()
            .enumerate()
            .try_for_each(|(entry, mix)| positive(&key(&format!("mix.{entry}.weight")), mix.weight))
    }
}

impl Sizes {
    /// Keeps what follows from the sizes far from overflow; whether they fit together is the decoder's to say.
    fn check(&self) -> Result<(), String> {
        within("model.hidden_size", self.hidden_size, 1..=1 << 14)?;
        within("model.layers", self.layers, 1..=1 << 8)?;
        within("model.heads", self.heads, 1..=1 << 10)?;
        within("model.kv_heads", self.kv_heads, 1..=1 << 10)?;
        within("model.intermediate_size", self.intermediate_size, 1..=1 << 16)?;
        within("model.context", self.context, 2..=1 << 20)
    }
}

impl AdamW {
    fn check(&self) -> Result<(), String> {
        if !self.betas.iter().all(|beta| (0.0..1.0).contains(beta)) {
            return Err(format!(
                "`optimizer.betas` is {:?}, both must be at least 0 and below 1",
                self.betas
            ));
        }
        within("optimizer.epsilon", self.epsilon, 0.0..=1.0)?;
        within("optimizer.weight_decay", self.weight_decay, 0.0..=1e6)?;
        within("optimizer.clip", self.clip, 0.0..=1e6)
    }
}

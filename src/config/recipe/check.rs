//! Which values of a recipe make no sense, as sentences that name the key as `--set` does.

use super::{AdamW, Data, Kind, Recipe, Rl, Sizes, Stage, Stop, default};
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

/// Two values in order, both within `range`.
fn ordered<T: PartialOrd + Display + Copy>(
    key: &str,
    [low, high]: [T; 2],
    range: RangeInclusive<T>,
) -> Result<(), String> {
    if range.contains(&low) && range.contains(&high) && low <= high {
        return Ok(());
    }
    Err(format!(
        "`{key}` is [{low}, {high}], it must rise and lie between {} and {}",
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
        within("threads", self.threads, 0..=1024)?;
        self.model.iter().try_for_each(Sizes::check)?;
        self.optimizer.check()?;
        self.sampler
            .check()
            .map_err(|what| format!("[sampler]: {what}"))?;
        positive("learning_rate", self.learning_rate)?;
        self.batch
            .map_or(Ok(()), |batch| within("batch", batch, 1..=1 << 20))?;
        within("accumulation_tokens", self.accumulation_tokens, 1..=1 << 24)?;
        self.stop.check()?;
        self.check_kind()?;
        self.data.iter().try_for_each(Data::check)?;
        self.rl.iter().try_for_each(|rl| self.check_rl(rl))?;
        self.stages
            .iter()
            .enumerate()
            .try_for_each(|(index, stage)| self.check_stage(index, stage))
    }

    /// Every table belongs to one kind; one that would not be looked at is a mistake.
    fn check_kind(&self) -> Result<(), String> {
        let tables = [
            ("[[stage]]", Kind::Pretrain, !self.stages.is_empty()),
            ("[data]", Kind::Prime, self.data.is_some()),
            ("[rl]", Kind::Rl, self.rl.is_some()),
            ("[reward]", Kind::Rl, !self.reward.is_empty()),
        ];
        for (table, kind, there) in tables {
            if there && kind != self.kind {
                return Err(format!(
                    "{table} belongs to recipes of kind `{kind}`, this one is `{}`",
                    self.kind
                ));
            }
        }
        if self.kind == Kind::Pretrain && self.accumulation_tokens != default::accumulation_tokens() {
            return Err(
                "`accumulation_tokens` belongs to recipes of kind `prime` and `rl`: pretraining computes the `batch_tokens` \
                 of a step together"
                    .into(),
            );
        }
        if self.kind == Kind::Pretrain && self.stages.is_empty() {
            return Err("there is no [[stage]], so there is nothing to train on".into());
        }
        if self.kind != Kind::Pretrain && self.init == "random" {
            return Err(format!(
                "`init` must name a model: a `{}` recipe starts from one",
                self.kind
            ));
        }
        Ok(())
    }

    fn check_rl(&self, rl: &Rl) -> Result<(), String> {
        within("rl.num_generations", rl.num_generations, 2..=4096)?;
        if !self.rollouts().is_multiple_of(rl.num_generations) {
            return Err(format!(
                "`batch` is {}, it must be a multiple of `rl.num_generations`, which is {}",
                self.rollouts(),
                rl.num_generations
            ));
        }
        within("rl.epsilon", rl.epsilon, 0.0..=1.0)?;
        within("rl.epsilon_high", rl.epsilon_high(), 0.0..=100.0)?;
        within("rl.beta", rl.beta, 0.0..=1e6)?;
        within("rl.num_iterations", rl.num_iterations, 1..=1000)?;
        within("rl.eval_samples", rl.eval_samples, 1..=1024)?;
        if self.sampler.repetition_penalty != 1.0 {
            return Err("`sampler.repetition_penalty` is not 1: the samples would not be the model's own, and what is learnt from them wrong".into());
        }
        if self.sampler.temperature == 0.0 {
            return Err("`sampler.temperature` is 0: all samples of a prompt would be the same, nothing can be learnt".into());
        }
        if self.steps.is_none() {
            return Err("`steps` is missing: reinforcement learning needs to know when to end".into());
        }
        if let Some((name, weight)) = self.reward.iter().find(|(_, weight)| !weight.is_finite()) {
            return Err(format!("`reward.{name}` is {weight}, it must be a finite number"));
        }
        if self.reward.values().all(|weight| *weight == 0.0) {
            return Err("[reward] gives no function a weight, so there is nothing to learn for".into());
        }
        Ok(())
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

impl Data {
    fn check(&self) -> Result<(), String> {
        within("data.size", self.size, 1..=1 << 24)?;
        within("data.epochs", self.epochs, 1..=1_000_000)?;
        within("data.warmup", self.warmup, 0.0..=1.0)?;
        ordered("data.patience", self.patience, 1..=1000)?;
        ordered("data.difficulty", self.difficulty, 0.0..=1.0)?;
        let solver_writes = Self {
            file: None,
            epochs: self.epochs,
            warmup: self.warmup,
            ..Self::default()
        };
        let without_file = Self {
            file: None,
            ..self.clone()
        };
        if self.file.is_some() && without_file != solver_writes {
            return Err(
                "`data.file` replaces what the solver would write: leave out `data.condition`, `data.size`, \
                        `data.patience` and `data.difficulty`"
                    .into(),
            );
        }
        Ok(())
    }
}

impl Stop {
    fn check(&self) -> Result<(), String> {
        within("stop.min_entropy", self.min_entropy, 0.0..=100.0)
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

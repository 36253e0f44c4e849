//! From a recipe to a run that can begin: the tokenizer, the examples, the first weights, the evaluation.
//!
//! The one place of the trainer that knows the task is Countdown.

use super::{
    Method, RunDir, Start, TrainError, Trainer,
    checkpoint::Progress,
    compute::{Compute, asked_place},
    config_of,
    corpus::{Corpus, CorpusError},
    finetuning::Finetuning,
    imitation::Imitation,
    priming::{self, Dataset},
    rl::{Reinforcement, problems::Problems},
};
use crate::{
    base::nearest::explain,
    config::{
        Override, Recipe,
        recipe::{Kind, Mix},
        recipes,
    },
    model::{Checkpoint, Config, Decoder, Source, Tokenizer, Weights, vocabulary},
    task::countdown::{Settings, SettingsError},
    trace::language::{END, LARGEST_NUMBER, PHRASES, Style, Writer},
};
use candle_core::Device;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::Path;
use toml::Table;

/// Seed of the held-out problems that runs are evaluated on: the same for all of them.
pub const HELDOUT_SEED: u64 = 0;

/// A model to start from, opened by somebody who knows where models are.
pub struct Base {
    /// Its name.
    pub name: String,
    /// Its shape and weights.
    pub checkpoint: Checkpoint,
    /// Content of its `tokenizer.json`.
    pub tokenizer: Vec<u8>,
}

impl Base {
    /// The model that `name` means: a bundled one or a directory; none for `random`.
    ///
    /// # Errors
    /// What is wrong with the name or the files.
    pub fn find(name: &str) -> Result<Option<Self>, TrainError> {
        if name == "random" {
            return Ok(None);
        }
        let source = Source::find(name).map_err(setup)?;
        let checkpoint = source.checkpoint().map_err(setup)?;
        Ok(Some(Self {
            name: source.name,
            tokenizer: source.tokenizer.into_owned(),
            checkpoint,
        }))
    }
}

/// `tokenizer.json` of the bundled language.
#[must_use]
pub fn tokenizer_json() -> Vec<u8> {
    let largest = u32::try_from(LARGEST_NUMBER).unwrap_or_default();
    vocabulary::byte_level(&PHRASES, 0..=largest, &[END])
        .to_string()
        .into_bytes()
}

/// Begins a run in `root`. `base` is what the recipe's `init` names; none for `random`.
///
/// # Errors
/// What is wrong with the recipe, the base or the directory.
pub fn begin(root: &Path, recipe: Recipe, base: Option<Base>) -> Result<Trainer, TrainError> {
    begin_on(root, recipe, base, Compute::of)
}

/// As [`begin`]; `choose` says where and how a model of the recipe's shape computes.
pub(super) fn begin_on(
    root: &Path,
    recipe: Recipe,
    base: Option<Base>,
    choose: impl FnOnce(&Recipe, &Config) -> Result<Compute, TrainError>,
) -> Result<Trainer, TrainError> {
    check(&recipe)?;
    let json = base
        .as_ref()
        .map_or_else(tokenizer_json, |base| base.tokenizer.clone());
    let tokenizer = read_tokenizer(&json)?;
    let config = match &base {
        Some(base) => base.checkpoint.config.clone(),
        None => {
            let end = tokenizer
                .special(END)
                .ok_or_else(|| setup(format!("the tokenizer has no token `{END}`")))?;
            config_of(&recipe, tokenizer.vocab_size(), end)?
        }
    };
    let compute = choose(&recipe, &config)?;
    let numbers = (0..=LARGEST_NUMBER)
        .filter_map(|n| tokenizer.encode(&n.to_string()).ok()?.first().copied())
        .collect();
    let rows = match recipe.kind {
        Kind::Prime => Some(Dataset::from_recipe(&recipe, &tokenizer, &config).map_err(setup)?),
        Kind::Pretrain | Kind::Rl => None,
    };
    let parts = Parts {
        rows,
        tokenizer: json.clone(),
        first: base.as_ref().map(|base| &base.checkpoint.weights),
        device: compute.device.clone(),
    };
    let provenance = base.as_ref().map_or(
        Value::Null,
        |b| serde_json::json!({"name": b.name, "hash": b.checkpoint.hash}),
    );
    let start = Start {
        config,
        weights: parts.first.cloned(),
        tokenizer: json,
        numbers,
        base: provenance,
        compute,
        recipe,
    };
    let trainer = Trainer::start(root, start, |recipe, config, progress| {
        parts.method(recipe, config, progress)
    })?;
    if let Some(rows) = &parts.rows {
        priming::save(rows.rows(), root).map_err(setup)?;
    }
    Ok(trainer)
}

/// A name for a new run's directory: the recipe's and the time.
#[must_use]
pub fn run_name(recipe: &str) -> String {
    format!("{recipe}-{}", jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S"))
}

/// The rows that a `prime` recipe would imitate, checked as before a run.
///
/// # Errors
/// What is wrong with the recipe or the base.
pub fn rows(recipe: &Recipe, base: Option<&Base>) -> Result<Dataset, TrainError> {
    check(recipe)?;
    let base = base.ok_or_else(|| setup("a `prime` recipe starts from a model"))?;
    let tokenizer = read_tokenizer(&base.tokenizer)?;
    Dataset::from_recipe(recipe, &tokenizer, &base.checkpoint.config).map_err(setup)
}

/// Goes on with the run in `root`, whose directory holds all that is needed.
///
/// # Errors
/// What is wrong with the directory.
pub fn resume(root: &Path, overrides: &[Override]) -> Result<Trainer, TrainError> {
    let dir = RunDir::open(root)?;
    let recipe = dir.recipe(overrides)?;
    let file = dir.recipe_path().display().to_string();
    check(&recipe).map_err(|error| error.located(|key| recipes::place(&file, root, overrides, key)))?;
    let (_, checkpoint) = dir.latest()?;
    let json = std::fs::read(checkpoint.join("tokenizer.json")).map_err(|error| TrainError::Disk {
        path: checkpoint.join("tokenizer.json"),
        error,
    })?;
    let first = super::checkpoint::weights(&dir.checkpoint_path(0), &Device::Cpu).ok();
    let compute = Compute::of(&recipe, &super::checkpoint::config(&checkpoint)?)?;
    let parts = Parts {
        device: compute.device.clone(),
        rows: kept_rows(root, &recipe, &json, &checkpoint)?,
        tokenizer: json,
        first: first.as_ref(),
    };
    Trainer::resume(dir, recipe, compute, |recipe, config, progress| {
        parts.method(recipe, config, progress)
    })
}

/// The rows a `prime` run imitates: those it kept, or, when it was killed before it kept any, those of its recipe.
fn kept_rows(
    root: &Path,
    recipe: &Recipe,
    tokenizer: &[u8],
    checkpoint: &Path,
) -> Result<Option<Dataset>, TrainError> {
    if recipe.kind != Kind::Prime {
        return Ok(None);
    }
    let (tokenizer, config) = (read_tokenizer(tokenizer)?, super::checkpoint::config(checkpoint)?);
    let kept = root.join(priming::FILE);
    let rows = if kept.is_file() {
        Dataset::from_file(&kept, &task(recipe)?, &tokenizer, &config)
    } else {
        Dataset::from_recipe(recipe, &tokenizer, &config)
    };
    rows.map(Some).map_err(setup)
}

/// What a method is made of, beside its recipe.
struct Parts<'a> {
    /// Content of `tokenizer.json`.
    tokenizer: Vec<u8>,
    /// What a `prime` recipe imitates.
    rows: Option<Dataset>,
    /// The weights the run began with, if it began with some.
    first: Option<&'a Weights>,
    /// Where the run computes.
    device: Device,
}

impl Parts<'_> {
    /// The method of a recipe, from `progress` on.
    fn method(
        &self,
        recipe: &Recipe,
        config: &Config,
        progress: &Progress,
    ) -> Result<Box<dyn Method>, TrainError> {
        match recipe.kind {
            Kind::Pretrain => {
                let examples = Box::new(corpus(recipe, read_tokenizer(&self.tokenizer)?)?);
                let context = config.max_position_embeddings;
                Ok(Box::new(Imitation::new(recipe, context, examples, progress)))
            }
            Kind::Prime => {
                let rows = self
                    .rows
                    .as_ref()
                    .map_or_else(Vec::new, |rows| rows.examples().to_vec());
                Ok(Box::new(Finetuning::new(recipe, rows)?))
            }
            Kind::Rl => {
                let problems = Problems::new(&task(recipe)?, recipe.seed).map_err(of_task)?;
                let divergence = recipe.rl.as_ref().is_some_and(|rl| rl.beta != 0.0);
                let reference = match (divergence, self.first) {
                    (false, _) => None,
                    (true, Some(first)) => Some(Decoder::from_weights(config.clone(), first, &self.device)?),
                    (true, None) => {
                        return Err(setup(
                            "`rl.beta` needs the weights the run began with, and checkpoint-0 is gone",
                        ));
                    }
                };
                Ok(Box::new(Reinforcement::new(
                    problems,
                    self.tokenizer.clone(),
                    reference,
                )))
            }
        }
    }
}

fn setup(what: impl ToString) -> TrainError {
    TrainError::Setup(what.to_string())
}

fn read_tokenizer(json: &[u8]) -> Result<Tokenizer, TrainError> {
    Tokenizer::from_json(json).map_err(setup)
}

/// A table of a recipe, at `path`, as the type that owns it. All keys of such a type have defaults: the wrong one is that
/// which makes no sense alone.
fn typed<T: DeserializeOwned>(path: &str, table: &Table) -> Result<T, TrainError> {
    for (key, value) in table {
        let alone = Table::from_iter([(key.clone(), value.clone())]);
        if let Err(error) = alone.try_into::<T>() {
            return Err(TrainError::Key {
                key: format!("{path}.{key}"),
                what: explain(error.message()),
            });
        }
    }
    table.clone().try_into().map_err(|error| TrainError::Key {
        key: path.to_owned(),
        what: explain(error.message()),
    })
}

/// The task of a recipe.
///
/// # Errors
/// What makes no sense in it.
pub fn task(recipe: &Recipe) -> Result<Settings, TrainError> {
    let settings: Settings = typed("task", &recipe.task)?;
    settings.check().map_err(of_task)?;
    Ok(settings)
}

fn of_task(error: SettingsError) -> TrainError {
    let setting = error.setting().map(|name| format!("task.{name}"));
    TrainError::Key {
        key: setting.unwrap_or_else(|| "task".to_owned()),
        what: error.to_string(),
    }
}

/// The way of writing that an entry of a stage's mix asks for.
fn style(stage: usize, entry: usize, mix: &Mix) -> Result<Style, TrainError> {
    let path = format!("stage.{stage}.mix.{entry}");
    let style: Style = typed(&path, &mix.writer)?;
    match Writer::new(style.clone()) {
        Ok(_) => Ok(style),
        Err(error) => Err(TrainError::Key {
            key: format!("{path}.{}", error.option()),
            what: error.to_string(),
        }),
    }
}

/// Looks at the tables that recipes pass through, before anything begins.
fn check(recipe: &Recipe) -> Result<(), TrainError> {
    task(recipe)?;
    asked_place(recipe)?;
    for (i, stage) in recipe.stages.iter().enumerate() {
        for (j, mix) in stage.mix.iter().enumerate() {
            style(i, j, mix)?;
        }
    }
    Ok(())
}

fn corpus(recipe: &Recipe, tokenizer: Tokenizer) -> Result<Corpus, TrainError> {
    let mut stages = Vec::new();
    for (i, stage) in recipe.stages.iter().enumerate() {
        let weighted = |(j, mix): (usize, &Mix)| Ok((mix.weight, style(i, j, mix)?));
        let mix = stage.mix.iter().enumerate().map(weighted);
        stages.push(mix.collect::<Result<_, TrainError>>()?);
    }
    Corpus::new(&task(recipe)?, stages, tokenizer, recipe.seed).map_err(|error| match error {
        CorpusError::Task(error) => of_task(error),
        other => setup(other),
    })
}

//! From a recipe to a run that can begin: the tokenizer, the examples, the first weights, the evaluation.
//!
//! The one place of the trainer that knows the task is Countdown.

use super::{
    Evaluate, RunDir, Start, TrainError, Trainer, config_of,
    corpus::Corpus,
    measure::{sample, summarize},
};
use crate::{
    base::{file::write_atomic, hash::sha256, sampler::Sampler},
    config::{Override, Recipe, nearest::explain},
    engine::LoadedModel,
    model::{Card, Checkpoint, Config, Fast, Tokenizer, Weights, card, vocabulary},
    task::countdown::{Generator, Problem, Settings, Split},
    trace::language::{END, LARGEST_NUMBER, PHRASES, Style},
};
use candle_core::Device;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use toml::Table;

/// Seed of the held-out problems that runs are evaluated on: the same for all of them.
pub const HELDOUT_SEED: u64 = 0;

/// Held-out problems that a card's figures are measured on.
const CARD_PROBLEMS: usize = 500;

/// Lines of a trace that fit a screen of 24 rows with the workbench around it.
const SCREEN: usize = 14;

/// A model to start from, opened by somebody who knows where models are.
pub struct Base {
    /// Its name.
    pub name: String,
    /// Its shape and weights.
    pub checkpoint: Checkpoint,
    /// Content of its `tokenizer.json`.
    pub tokenizer: Vec<u8>,
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
    let json = base
        .as_ref()
        .map_or_else(tokenizer_json, |base| base.tokenizer.clone());
    let tokenizer = read_tokenizer(&json)?;
    let end = tokenizer
        .special(END)
        .ok_or_else(|| setup(format!("the tokenizer has no token `{END}`")))?;
    let config = match &base {
        Some(base) => base.checkpoint.config.clone(),
        None => config_of(&recipe, tokenizer.vocab_size(), end)?,
    };
    let numbers = (0..=LARGEST_NUMBER)
        .filter_map(|n| tokenizer.encode(&n.to_string()).ok()?.first().copied())
        .collect();
    let examples = Box::new(corpus(&recipe, tokenizer)?);
    let provenance = base.as_ref().map_or(
        Value::Null,
        |b| serde_json::json!({"name": b.name, "hash": b.checkpoint.hash}),
    );
    let start = Start {
        config,
        weights: base.map(|base| base.checkpoint.weights),
        tokenizer: json,
        numbers,
        base: provenance,
        device: Device::Cpu,
        recipe,
    };
    Trainer::start(root, start, examples)
}

/// Goes on with the run in `root`, whose directory holds all that is needed.
///
/// # Errors
/// What is wrong with the directory.
pub fn resume(root: &Path, overrides: &[Override]) -> Result<Trainer, TrainError> {
    let dir = RunDir::open(root)?;
    let recipe = dir.recipe(overrides)?;
    let (_, checkpoint) = dir.latest()?;
    let json = std::fs::read(checkpoint.join("tokenizer.json")).map_err(|error| TrainError::Disk {
        path: checkpoint.join("tokenizer.json"),
        error,
    })?;
    let examples = Box::new(corpus(&recipe, read_tokenizer(&json)?)?);
    Trainer::resume(dir, recipe, Device::Cpu, examples)
}

fn setup(what: impl ToString) -> TrainError {
    TrainError::Setup(what.to_string())
}

fn read_tokenizer(json: &[u8]) -> Result<Tokenizer, TrainError> {
    Tokenizer::from_json(json).map_err(setup)
}

/// A table of a recipe as the type that owns it.
fn typed<T: DeserializeOwned>(place: &str, table: &Table) -> Result<T, TrainError> {
    table
        .clone()
        .try_into()
        .map_err(|e| setup(format!("{place}: {}", explain(e.message()))))
}

/// The task of a recipe.
///
/// # Errors
/// What makes no sense in it.
pub fn task(recipe: &Recipe) -> Result<Settings, TrainError> {
    let settings: Settings = typed("[task]", &recipe.task)?;
    settings.check().map_err(setup)?;
    Ok(settings)
}

fn corpus(recipe: &Recipe, tokenizer: Tokenizer) -> Result<Corpus, TrainError> {
    let mut stages = Vec::new();
    for (i, stage) in recipe.stages.iter().enumerate() {
        let style = |mix: &crate::config::recipe::Mix| {
            Ok((
                mix.weight,
                typed::<Style>(&format!("stage {i}, mix"), &mix.writer)?,
            ))
        };
        let mix = stage.mix.iter().map(style).collect::<Result<_, TrainError>>()?;
        stages.push(mix);
    }
    Corpus::new(&task(recipe)?, stages, tokenizer, recipe.seed).map_err(setup)
}

/// Solves held-out problems with the weights as they are.
pub struct Heldout {
    problems: Vec<Problem>,
    sampler: Sampler,
    tokenizer: Vec<u8>,
}

impl Heldout {
    /// The evaluation a recipe asks for.
    ///
    /// # Errors
    /// What is wrong with its task.
    pub fn new(recipe: &Recipe, tokenizer: Vec<u8>) -> Result<Self, TrainError> {
        let generator = Generator::new(&task(recipe)?, HELDOUT_SEED, Split::Heldout).map_err(setup)?;
        let problems = generator.take(recipe.eval_problems).collect();
        Ok(Self {
            problems,
            sampler: recipe.sampler.clone(),
            tokenizer,
        })
    }

    /// The weights, ready to generate.
    fn model(&self, weights: &Weights, config: &Config) -> Result<Arc<LoadedModel>, String> {
        let fast = Fast::new(config, weights).map_err(|e| e.to_string())?;
        let tokenizer = Tokenizer::from_json(&self.tokenizer).map_err(|e| e.to_string())?;
        let model = LoadedModel::new("checkpoint".into(), String::new(), fast, tokenizer);
        Ok(Arc::new(model.map_err(|e| e.to_string())?))
    }
}

/// The first problem on which the model shows everything: a right answer, every line true, a forward step, two returns
/// and all four habits, in a trace that fits a screen. Asked as the workbench asks its first problem: number 0, sample 0.
fn example(
    model: &Arc<LoadedModel>,
    problems: &[Problem],
    sampler: &Sampler,
) -> Result<Option<String>, String> {
    for problem in problems {
        let observers = sample(model, std::slice::from_ref(problem), sampler)?;
        let shows_all = observers.iter().any(|o| {
            let tree = o.live().tree();
            let correct = o
                .live()
                .record()
                .outcome
                .as_ref()
                .is_some_and(|outcome| outcome.correct);
            let lines = o.live().text().lines().count();
            correct
                && tree.is_sound()
                && lines <= SCREEN
                && tree.backtracks.len() >= 2
                && o.live().text().contains("try ")
                && o.counts().iter().all(|n| *n > 0)
        });
        if shows_all {
            return Ok(Some(problem.to_string()));
        }
    }
    Ok(None)
}

/// Writes the card of a finished run beside its last weights: measured on [`CARD_PROBLEMS`] held-out problems.
///
/// # Errors
/// What cannot be measured or written, as a sentence.
pub fn write_card(trainer: &Trainer, heldout: &Heldout) -> Result<PathBuf, String> {
    let recipe = trainer.recipe();
    let (_, dir) = trainer.dir().latest().map_err(|e| e.to_string())?;
    let read =
        |name: &str| fs::read(dir.join(name)).map_err(|e| format!("{}: {e}", dir.join(name).display()));
    let settings = task(recipe).map_err(|e| e.to_string())?;
    let problems: Vec<Problem> = Generator::new(&settings, HELDOUT_SEED, Split::Heldout)
        .map_err(|e| e.to_string())?
        .take(CARD_PROBLEMS)
        .collect();
    let weights = trainer.weights().map_err(|e| e.to_string())?;
    let model = heldout.model(&weights, trainer.config())?;
    let measured = summarize(&sample(&model, &problems, &recipe.sampler)?);
    let example = example(&model, &problems, &recipe.sampler)?;
    let mut task = serde_json::to_value(&settings).map_err(|e| e.to_string())?;
    if let Some(task) = task.as_object_mut() {
        task.insert("name".to_owned(), "countdown".into());
    }
    let card = Card {
        schema: card::SCHEMA.to_owned(),
        name: recipe.name.clone(),
        summary: recipe.summary.clone(),
        recipe: format!("{}.toml", recipe.name),
        data:
            "Countdown problems of the training split, searched and written down by the teacher of backtrail"
                .to_owned(),
        seed: recipe.seed,
        trained_tokens: trainer.tokens(),
        parameters: trainer.config().parameters(),
        hash: sha256(&read("model.safetensors")?),
        tokenizer: sha256(&read("tokenizer.json")?),
        sampler: recipe.sampler.clone(),
        task,
        measured: serde_json::to_value(measured).map_err(|e| e.to_string())?,
        example,
    };
    let path = dir.join(card::FILE);
    let text = serde_json::to_string_pretty(&card).map_err(|e| e.to_string())? + "\n";
    write_atomic(&path, text.as_bytes()).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(path)
}

impl Evaluate for Heldout {
    fn evaluate(&mut self, weights: &Weights, config: &Config) -> Result<BTreeMap<String, f64>, String> {
        let measured = summarize(&sample(
            &self.model(weights, config)?,
            &self.problems,
            &self.sampler,
        )?);
        let mut metrics = BTreeMap::from([
            ("eval/accuracy".to_owned(), measured.solved),
            ("eval/sound".to_owned(), measured.sound),
            ("eval/ended".to_owned(), measured.ended),
            ("eval/arithmetic_true".to_owned(), measured.arithmetic_true),
            ("eval/returns_known".to_owned(), measured.returns_known),
            ("eval/tokens_mean".to_owned(), measured.tokens_mean),
            ("eval/n".to_owned(), measured.problems as f64),
        ]);
        for (habit, mean) in measured.habits {
            metrics.insert(format!("behavior/{habit}/per_trace"), mean);
        }
        Ok(metrics)
    }
}

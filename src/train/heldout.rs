//! Held-out problems: how good a run's model is while it learns, and the card of the finished one.

use super::{
    TrainError, Trainer,
    evaluate::{Evaluate, Evaluation},
    measure::summarize,
    rl::advantage::mean,
    sampling::{Plan, sample},
    setup::{HELDOUT_SEED, task},
};
use crate::{
    base::{file::write_atomic, hash::sha256, sampler::Sampler, stats::pass_at},
    behavior::Observer,
    config::{Recipe, recipe::Kind},
    engine::LoadedModel,
    model::{Card, Forward, Tokenizer, card},
    task::countdown::{Generator, Problem, Split},
};
use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

/// Held-out problems that a card's figures are measured on.
const CARD_PROBLEMS: usize = 500;

/// Held-out problems among which an example is looked for.
const EXAMPLES: usize = 5_000;

/// Lines of a trace that fit a screen of 24 rows with the workbench around it.
const SCREEN: usize = 14;

/// Solves held-out problems with the weights as they are.
pub struct Heldout {
    name: String,
    problems: Vec<Problem>,
    /// Samples of each.
    samples: usize,
    sampler: Sampler,
    tokenizer: Vec<u8>,
    /// Whether the traces are kept.
    keep: bool,
}

impl Heldout {
    /// The evaluation a recipe asks for.
    ///
    /// # Errors
    /// What is wrong with its task.
    pub fn new(recipe: &Recipe, tokenizer: Vec<u8>) -> Result<Self, TrainError> {
        let generator = Generator::new(&task(recipe)?, HELDOUT_SEED, Split::Heldout)
            .map_err(|error| TrainError::Setup(error.to_string()))?;
        let problems: Vec<Problem> = generator
            .skip(recipe.eval_first)
            .take(recipe.eval_problems)
            .collect();
        if problems.len() < recipe.eval_problems {
            return Err(TrainError::Setup(format!(
                "the task has only {} held-out problems after the first {}, not {}: lower eval_problems or eval_first, or \
                 widen [task]",
                problems.len(),
                recipe.eval_first,
                recipe.eval_problems
            )));
        }
        Ok(Self {
            name: recipe.name.clone(),
            problems,
            samples: recipe.rl.as_ref().map_or(1, |rl| rl.eval_samples),
            keep: recipe.kind != Kind::Pretrain,
            sampler: recipe.sampler.clone(),
            tokenizer,
        })
    }

    /// The weights, ready to generate.
    fn model(&self, frozen: Forward, name: String) -> Result<Arc<LoadedModel>, String> {
        let tokenizer = Tokenizer::from_json(&self.tokenizer).map_err(|e| e.to_string())?;
        let model = LoadedModel::new(name, String::new(), frozen, tokenizer);
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
        let plan = Plan {
            problems: std::slice::from_ref(problem),
            first: 0,
            samples: 1,
            sampler,
        };
        let observers = sample(model, plan)?;
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
    let frozen = trainer.frozen().map_err(|e| e.to_string())?;
    let model = heldout.model(frozen, recipe.name.clone())?;
    let plan = Plan {
        problems: &problems,
        first: 0,
        samples: 1,
        sampler: &recipe.sampler,
    };
    let measured = summarize(&sample(&model, plan)?);
    // All draw with the same random numbers, so few show everything: more problems are looked through than are measured.
    let more: Vec<Problem> = Generator::new(&settings, HELDOUT_SEED, Split::Heldout)
        .map_err(|e| e.to_string())?
        .take(EXAMPLES)
        .collect();
    let example = example(&model, &more, &recipe.sampler)?;
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
    fn evaluate(&mut self, model: Forward, step: u64) -> Result<Evaluation, String> {
        let model = self.model(model, format!("{}@{step}", self.name))?;
        let plan = Plan {
            problems: &self.problems,
            first: 0,
            samples: self.samples as u64,
            sampler: &self.sampler,
        };
        let observers = sample(&model, plan)?;
        // Figures of one sample a problem: several of one problem are not independent, and an interval says they are.
        let first: Vec<&Observer> = observers.iter().step_by(self.samples.max(1)).collect();
        let measured = summarize(first.iter().copied());
        let [low, high] = measured.solved_interval;
        let faked = measured.solved - measured.sound;
        let mut metrics = BTreeMap::from([
            ("eval/accuracy".to_owned(), measured.solved),
            ("eval/accuracy_low".to_owned(), low),
            ("eval/accuracy_high".to_owned(), high),
            ("eval/sound".to_owned(), measured.sound),
            ("eval/faked".to_owned(), faked),
            ("eval/ended".to_owned(), measured.ended),
            ("eval/arithmetic_true".to_owned(), measured.arithmetic_true),
            ("eval/returns_known".to_owned(), measured.returns_known),
            ("eval/tokens_mean".to_owned(), measured.tokens_mean),
            ("eval/n".to_owned(), measured.problems as f64),
        ]);
        if self.samples > 1 {
            let solved = observers.chunks(self.samples).map(|group| {
                let right = group.iter().filter(|observer| observer.is_correct()).count();
                pass_at(group.len(), right, self.samples).unwrap_or_default()
            });
            metrics.insert(
                format!("eval/pass_at_{}", self.samples),
                mean(&solved.collect::<Vec<_>>()),
            );
        }
        for (habit, per_trace) in measured.habits {
            metrics.insert(format!("eval/behavior/{habit}/per_trace"), per_trace);
        }
        let traces = if self.keep {
            first.iter().map(|observer| observer.to_trace(false)).collect()
        } else {
            Vec::new()
        };
        Ok(Evaluation { metrics, traces })
    }
}

//! `backtrail models`, and opening the model that an option names.

use super::output::{Failure, Outcome, Output};
use crate::{
    base::sampler::Sampler,
    engine::{self, LoadedModel},
    model::{
        Checkpoint, CheckpointError, Source,
        source::{Origin, bundled_names},
    },
    task::countdown::Settings,
    trace::record::ModelRef,
    train::measure,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// A model ready to generate, with what its card says.
pub struct Opened {
    /// The model.
    pub model: Arc<LoadedModel>,
    /// The sampler it is meant to be used with.
    pub sampler: Sampler,
    /// The problems it was trained on; the bundled task when it does not say.
    pub task: Settings,
}

/// Opens the model that `name` means.
///
/// # Errors
/// What is wrong with its name or files: bad input.
pub fn open(name: &str) -> Result<Opened, Failure> {
    let source = Source::find(name).map_err(Failure::input)?;
    let model = Arc::new(engine::open(&source).map_err(Failure::input)?);
    let card = source.card.as_ref();
    Ok(Opened {
        model,
        sampler: card.map(|card| card.sampler.clone()).unwrap_or_default(),
        task: card
            .and_then(|card| Settings::from_card(&card.task))
            .unwrap_or_default(),
    })
}

impl Opened {
    /// Which weights these are, for the traces they write.
    #[must_use]
    pub fn reference(&self) -> ModelRef {
        measure::reference(&self.model)
    }
}

/// One line of `models --json`.
fn listed(source: &Source, checkpoint: &Result<Checkpoint, CheckpointError>) -> Value {
    let (kind, path) = match &source.origin {
        Origin::Bundled => ("bundled", Value::Null),
        Origin::Directory(path) => ("directory", json!(path)),
    };
    let card = source.card.as_ref();
    json!({
        "schema": "backtrail.model/1", "name": source.name, "source": kind, "path": path,
        "parameters": checkpoint.as_ref().ok().map(|c| c.config.parameters()), "dtype": "f32",
        "task": card.map(|card| &card.task), "device": "cpu",
        "ready": checkpoint.is_ok(), "needs": checkpoint.as_ref().err().map(ToString::to_string),
        "summary": card.map(|card| &card.summary), "measured": card.map(|card| &card.measured),
    })
}

/// Runs the command.
pub(super) fn run(json: bool) -> Outcome {
    let mut output = Output::open(None)?;
    for name in bundled_names() {
        let source = Source::find(name).map_err(Failure::work)?;
        let checkpoint = source.checkpoint();
        if json {
            output.json(&listed(&source, &checkpoint))?;
            continue;
        }
        let (summary, solved) = match &source.card {
            None => (String::new(), String::new()),
            Some(card) => (card.summary.clone(), solved(&card.measured)),
        };
        let size = checkpoint.map_or(0.0, |c| c.config.parameters() as f64 / 1e6);
        output.text(&format!(
            "{name:<10} {size:>5.2}M parameters   {solved:<34} {summary}\n"
        ))?;
    }
    if !json {
        output
            .text("\nAlso: any directory in the Hugging Face layout of the Llama family, by its path.\n")?;
    }
    Ok(())
}

/// `solves 0.91 [0.88 0.93] of 500` from a card.
fn solved(measured: &Value) -> String {
    let number = |value: &Value| value.as_f64();
    let interval = measured.get("solved_interval");
    let parts = (
        measured.get("solved").and_then(number),
        interval.and_then(|i| i.get(0)).and_then(number),
        interval.and_then(|i| i.get(1)).and_then(number),
        measured.get("problems").and_then(Value::as_u64),
    );
    match parts {
        (Some(solved), Some(low), Some(high), Some(n)) => {
            format!("solves {solved:.2} [{low:.2} {high:.2}] of {n}")
        }
        _ => String::new(),
    }
}

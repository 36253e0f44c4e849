//! What the screen knows of problems and models: plain data, made by whoever knows tasks and checkpoints.

use crate::{
    base::sampler::Sampler,
    engine::PromptKind,
    task::countdown,
    trace::{language, record::ModelRef},
    train::manner::Manner,
};
use serde_json::Value;

/// A problem as it is shown, asked and recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problem {
    /// The task's name in records: `countdown`.
    pub task: String,
    /// The task's name for people: `Countdown`.
    pub title: String,
    /// The problem: `18 7 4 → 15`.
    pub statement: String,
    /// What else holds: `integer rules`.
    pub note: String,
    /// How a person would type it: `18 7 4 -> 15`.
    pub typed: String,
    /// What the model is given.
    pub prompt: String,
    /// Its place in the generator's sequence; with the seed and the sample it fixes the random numbers.
    pub index: u64,
    /// The task's own shape, for the record.
    pub value: Value,
    /// What the person should know: `outside the range scout was trained on`.
    pub warning: Option<String>,
}

impl Problem {
    /// What a model that is asked in this manner is given, and how it is to be read. A prompt that somebody else wrote is
    /// continued as it stands.
    #[must_use]
    pub fn asked(&self, manner: Manner) -> (String, PromptKind) {
        let ours = language::asked(&self.prompt).is_some();
        let problem = serde_json::from_value::<countdown::Problem>(self.value.clone());
        match problem.ok().filter(|_| ours && manner != Manner::Language) {
            Some(problem) => manner.prompt(&problem),
            None => (self.prompt.clone(), PromptKind::Raw),
        }
    }
}

/// A model that is ready to generate.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInfo {
    /// What it is called, where it runs, its hashes.
    pub record: ModelRef,
    /// Its own sampling settings.
    pub sampler: Sampler,
    /// How it is asked.
    pub manner: Manner,
}

impl ModelInfo {
    /// Whether it reads and writes the bundled language and nothing else.
    #[must_use]
    pub fn knows_only_its_language(&self) -> bool {
        // What a recording holds is not known.
        self.manner == Manner::Language && self.record.device.as_deref() != Some("recording")
    }

    /// Whether a problem is put in words that it knows.
    #[must_use]
    pub fn understands(&self, problem: &Problem) -> bool {
        !self.knows_only_its_language() || language::asked(&problem.prompt).is_some()
    }
}

/// A model that could be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelEntry {
    /// The name it is asked for by.
    pub name: String,
    /// One line about it.
    pub summary: String,
    /// What is missing before it can be used, as a sentence.
    pub needs: Option<String>,
}

/// Where the current model stands.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelState {
    /// Nothing was asked for yet.
    None,
    /// Its weights are being read.
    Loading(String),
    /// It can generate.
    Ready(Box<ModelInfo>),
    /// It could not be loaded: its name, and why.
    Failed(String, String),
}

impl ModelState {
    /// The model's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::None => "no model",
            Self::Loading(name) | Self::Failed(name, _) => name,
            Self::Ready(info) => &info.record.name,
        }
    }
}

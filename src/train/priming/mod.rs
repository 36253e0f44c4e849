//! What a `prime` recipe imitates: a few hundred rows, written by the exact solver's teacher to show chosen habits (Gandhi et
//! al. 2025, section 4) or read from a file.
//!
//! `teacher` writes rows, `condition` says what each kind must show, `check` holds a set to it with our own detectors, `file`
//! reads and writes rows as JSON lines. A set depends on task, `[data]` and seed alone.

mod check;
mod condition;
mod error;
mod file;
mod teacher;

pub use check::Report;
pub use condition::{promised, solved, tolerated};
pub use error::DataError;
pub use file::{FILE, Format, read, save, to_jsonl};
pub use teacher::{difficulty, write};

use super::{batch::Example, setup};
use crate::{
    config::Recipe,
    model::{Config, Tokenizer},
    task::countdown::Settings,
};
use check::Question;
use std::path::Path;

/// A text to imitate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is given.
    pub prompt: String,
    /// What is imitated, and the end after it.
    pub completion: String,
    /// Whether its answer is right; `None` when the prompt asks nothing we can judge.
    pub solved: Option<bool>,
}

/// The rows of a run, ready to train on.
pub struct Dataset {
    rows: Vec<Row>,
    examples: Vec<Example>,
    report: Report,
}

impl Dataset {
    /// The rows a recipe asks for: those of `data.file`, or what the teacher writes, held to its condition.
    ///
    /// # Errors
    /// [`DataError`] says what cannot be imitated and what to change.
    pub fn from_recipe(recipe: &Recipe, tokenizer: &Tokenizer, config: &Config) -> Result<Self, DataError> {
        let data = recipe.data.as_ref().ok_or(DataError::NoData)?;
        let settings = setup::task(recipe).map_err(|error| DataError::Task(error.to_string()))?;
        if let Some(path) = &data.file {
            return Self::from_file(path, &settings, tokenizer, config);
        }
        let rows = write(&settings, data, recipe.seed, tokenizer)?;
        let named = (1..)
            .zip(rows)
            .map(|(i, row)| (format!("row {i} of the set"), row));
        let dataset = Self::new(named, &settings, tokenizer, config)?;
        dataset.report.keeps(data.condition)?;
        Ok(dataset)
    }

    /// The rows of a file: also how a run goes on from its own [`FILE`].
    ///
    /// # Errors
    /// [`DataError`] with file and line.
    pub fn from_file(
        path: &Path,
        settings: &Settings,
        tokenizer: &Tokenizer,
        config: &Config,
    ) -> Result<Self, DataError> {
        let rows = read(path)?.into_iter().map(|(line, row)| {
            let solved = Question::of(&row.prompt, settings).map(|q| q.solved_by(&row.completion));
            (file::place(path, line), Row { solved, ..row })
        });
        Self::new(rows, settings, tokenizer, config)
    }

    fn new(
        rows: impl Iterator<Item = (String, Row)>,
        settings: &Settings,
        tokenizer: &Tokenizer,
        config: &Config,
    ) -> Result<Self, DataError> {
        let end = *config.eos_token_ids.first().ok_or(DataError::NoEnd)?;
        let context = config.max_position_embeddings;
        let mut dataset = Self {
            rows: Vec::new(),
            examples: Vec::new(),
            report: Report::default(),
        };
        for (place, row) in rows {
            let encode = |text: &str| {
                tokenizer
                    .encode(text)
                    .map_err(|e| DataError::row(&place, e.to_string()))
            };
            // As a model is asked: the prompt by itself, behind the start token if there is one.
            let mut ids: Vec<u32> = config.bos_token_id.into_iter().collect();
            ids.extend(encode(&row.prompt)?);
            let prompt_tokens = ids.len();
            ids.extend(encode(&row.completion)?);
            if ids.len() == prompt_tokens {
                return Err(DataError::row(
                    place,
                    "the tokenizer knows nothing of `completion`",
                ));
            }
            ids.push(end);
            if prompt_tokens == 0 {
                return Err(DataError::row(
                    place,
                    "the prompt is empty, and the model has no start token",
                ));
            }
            if ids.len() > context {
                let what = format!("it has {} tokens, the model reads {context}", ids.len());
                return Err(DataError::row(place, what));
            }
            dataset.examples.push(Example { ids, prompt_tokens });
            dataset.rows.push(row);
        }
        let tokens = dataset.examples.iter().map(|e| e.ids.len() - e.prompt_tokens);
        dataset.report = Report::new(dataset.rows.iter().zip(tokens), settings);
        Ok(dataset)
    }

    /// The rows, in the order they were made or read.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows as tokens, in the same order.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// What is in them.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }
}

#[cfg(test)]
mod tests;

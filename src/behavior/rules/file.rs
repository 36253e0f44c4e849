//! A behavior file as it is written.

use super::Rules;
use crate::{
    behavior::{Detector, Layer},
    task::countdown,
};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};

/// One behavior file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// The behavior's name, as traces record it; none in a file of contexts only.
    pub name: String,
    /// The letter in the gutter.
    pub letter: Option<char>,
    /// A colour of the theme's, or one of its own: `green`, `#8fbcbb`.
    pub color: Option<String>,
    /// What it is, in a sentence.
    pub about: String,
    /// How it is recognised; the first rule that holds names the reason.
    #[serde(rename = "rule")]
    pub rules: Vec<RuleSpec>,
    /// Sets of phrases that rules refer to by name.
    pub context: BTreeMap<String, Vec<String>>,
    /// Texts with what must be found in them.
    #[serde(rename = "test")]
    pub tests: Vec<Sample>,
}

/// One rule as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Its name, unique in its file.
    pub name: String,
    /// Phrases, one of which must be there; none means any sentence.
    #[serde(default)]
    pub say: Vec<String>,
    /// What must hold.
    #[serde(default)]
    pub when: Vec<String>,
    /// What must not hold.
    #[serde(default)]
    pub unless: Vec<String>,
    /// What it tells about the attempt that is going on.
    pub tells: Option<super::Tells>,
    /// How sure it is, from 0 to 1; from 0.95 on no probe takes back what it finds.
    #[serde(default = "sure")]
    pub confidence: f64,
}

fn sure() -> f64 {
    0.9
}

/// A text and the sentences of it that show the behavior.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The text; `->` problem first when it has one: `18 7 4 -> 15`.
    pub text: String,
    /// The Countdown problem it is about.
    pub problem: Option<String>,
    /// The sentences that show it, in order.
    pub finds: Vec<String>,
}

impl Sample {
    /// The sentences of it that show a behavior by `rules` and states, in order; a probe has its own word.
    ///
    /// # Errors
    /// What is wrong with its problem.
    pub fn found(&self, behavior: &str, rules: &Arc<Rules>) -> Result<Vec<String>, String> {
        let problem = self.problem.as_deref().map(countdown::Problem::parse);
        let problem = problem.transpose().map_err(|error| error.to_string())?;
        let (_, found) = Detector::by(rules.clone(), Layer::All).follow(problem, &self.text);
        let mut found: Vec<String> = found
            .iter()
            .filter(|found| found.behavior == behavior)
            .map(|found| found.span.of(&self.text).to_owned())
            .collect();
        found.dedup();
        Ok(found)
    }
}

/// What is wrong with a behavior file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {what}")]
pub struct Problem {
    /// The file.
    pub file: String,
    /// What is wrong and what to do, on one line or with TOML's own pointer.
    pub what: String,
}

//! A probe as it is written: weights by the features' names, with where they come from and how right they are.

use crate::{
    base::hash::{digits, sha256},
    behavior::score::Figures,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name and version of the shape.
pub const SCHEMA: &str = "backtrail.probe/2";

/// Weights are written in hundredths.
pub const UNIT: f64 = 0.01;

/// A probe's file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// [`SCHEMA`].
    pub schema: String,
    /// The probe's version, which spans record: its [`File::stamp`], whatever the file says.
    pub version: String,
    /// Version of the features that the weights are for.
    pub features: u32,
    /// What is to be known of it, for a person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What it was trained on.
    pub trained: Trained,
    /// Per habit: when it finds, and how right it was on models it had not seen.
    pub habits: BTreeMap<String, Head>,
    /// Per feature: its weights in [`UNIT`]s, in the order of [`crate::behavior::Habit::ALL`].
    pub weights: BTreeMap<String, [i16; 4]>,
}

impl File {
    /// The version of its features, and a hash of all that decides what it finds: weights, limits, the rules it judges.
    #[must_use]
    pub fn stamp(&self) -> String {
        let heads = self.habits.iter();
        let heads = heads.map(|(habit, head)| format!("{habit} {} {}\n", head.limit, head.decides));
        let rules = self.trained.rules.iter().map(|rule| format!("{rule}\n"));
        let weights = self.weights.iter();
        let weights = weights.map(|(feature, [v, b, s, c])| format!("{feature} {v} {b} {s} {c}\n"));
        let hash = sha256(heads.chain(rules).chain(weights).collect::<String>().as_bytes());
        let hash: String = digits(&hash).chars().take(8).collect();
        format!("{}-{hash}", self.features)
    }
}

/// What a probe was trained on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trained {
    /// Labelled traces.
    pub traces: usize,
    /// Units in them.
    pub units: usize,
    /// Models that wrote them, of which every one is in one part of the cross-validation.
    pub models: Vec<String>,
    /// The rules that were there: only what these find may be taken back.
    pub rules: Vec<String>,
    /// Hash of the rows: texts and labels.
    pub rows: String,
    /// Seed of the parts.
    pub seed: u64,
    /// The first sixteen digits of each text's hash, so that a score can tell which texts it has seen.
    pub texts: Vec<String>,
}

/// One habit's side of a probe.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The probability from which it finds the habit.
    pub limit: f64,
    /// Whether it decides in prose: it was worth more than the rules there, on models left out of the training.
    pub decides: bool,
    /// The rules alone, the probe alone and both, on models left out of the training.
    pub cross_validated: BTreeMap<String, Figures>,
}

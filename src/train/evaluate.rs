//! How a run has its model measured: by somebody who knows the task.

use crate::{model::Forward, trace::Trace};
use std::collections::BTreeMap;

/// What an evaluation found.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// What to record, with the names `metrics.jsonl` uses: `eval/accuracy eval/n …`.
    pub metrics: BTreeMap<String, f64>,
    /// The traces behind it, to be kept.
    pub traces: Vec<Trace>,
}

/// Measures a model on held-out problems.
pub trait Evaluate: Send {
    /// The model's figures after `step` steps.
    ///
    /// # Errors
    /// A sentence; the run pauses.
    fn evaluate(&mut self, model: Forward, step: u64) -> Result<Evaluation, String>;
}

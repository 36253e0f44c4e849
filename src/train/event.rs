//! What a running trainer tells whoever listens.

use crate::{config::Override, trace::Trace};
use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf};

/// One step, as `metrics.jsonl` records it, with TRL's names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Steps made, this one included.
    pub step: u64,
    /// The stage of pretraining it belongs to, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<usize>,
    /// The loss before the update: mean negative log-probability of the completion tokens in nats, or the policy's.
    pub loss: f64,
    /// Learning rate of the step.
    pub learning_rate: f64,
    /// Norm of all gradients together, before clipping.
    pub grad_norm: f64,
    /// Tokens seen since the run began, padding not counted.
    #[serde(rename = "num_tokens")]
    pub tokens: u64,
    /// Tokens per second, a running mean; evaluations and checkpoints not counted.
    pub tokens_per_second: f64,
    /// Seconds the step took, evaluation and checkpoint not counted.
    pub step_time: f64,
    /// Seconds since 1970.
    pub time: f64,
    /// What else the method has to tell: `reward kl …`, and what the evaluation after this step found: `eval/accuracy …`.
    #[serde(flatten)]
    pub metrics: BTreeMap<String, f64>,
    /// How much of the run is done, 0 to 1. Not recorded.
    #[serde(skip)]
    pub progress: f64,
    /// Seconds until it is done, by the running mean. Not recorded.
    #[serde(skip)]
    pub seconds_left: f64,
}

impl Report {
    /// Its numbers by the names of `metrics.jsonl`.
    #[must_use]
    pub fn scalars(&self) -> BTreeMap<&str, f64> {
        let own = [
            ("loss", self.loss),
            ("learning_rate", self.learning_rate),
            ("grad_norm", self.grad_norm),
            ("num_tokens", self.tokens as f64),
            ("tokens_per_second", self.tokens_per_second),
            ("step_time", self.step_time),
        ];
        let others = self.metrics.iter().map(|(name, value)| (name.as_str(), *value));
        others.chain(own).collect()
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum TrainEvent {
    /// A step was made; what an evaluation finds is not in it yet.
    Step(Report),
    /// The traces a step learnt from, once they are kept.
    Rollouts {
        /// The step.
        step: u64,
        /// The traces, group by group.
        traces: Vec<Trace>,
    },
    /// The model was evaluated.
    Eval {
        /// After this step.
        step: u64,
        /// `eval/accuracy eval/n …`
        metrics: BTreeMap<String, f64>,
    },
    /// A checkpoint is complete.
    Saved {
        /// Its directory.
        path: PathBuf,
    },
    /// Somebody made the run wait, or go on.
    Waiting(bool),
    /// A knob was changed from the next step on.
    Changed(Override),
    /// A knob was not changed: a sentence.
    Refused(String),
    /// The run cannot go on by itself; running it again tries again.
    Paused(String),
    /// All stages are done.
    Done,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All stages are done.
    Done,
    /// Somebody asked; everything is saved.
    Stopped,
    /// Something is in the way: the sentence says what.
    Paused(String),
}

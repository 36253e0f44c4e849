//! Traces to weights: next-token training from a recipe, with checkpoints that a killed run goes on from.
//!
//! The loop knows no task and prints nothing: examples come through [`Examples`], evaluations through [`Evaluate`],
//! and what happens goes out as [`TrainEvent`]s.

pub mod batch;
pub mod checkpoint;
pub mod corpus;
pub mod error;
pub mod event;
pub mod measure;
pub mod optimizer;
pub mod priming;
pub mod run_dir;
pub mod schedule;
pub mod setup;
pub mod start;
pub mod trainer;

pub use batch::{Example, Examples};
pub use error::TrainError;
pub use event::{Outcome, Report, TrainEvent};
pub use run_dir::RunDir;
pub use start::{Start, config_of};
pub use trainer::{Evaluate, Trainer};

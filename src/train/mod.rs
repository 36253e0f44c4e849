//!
//! The loop knows no task and prints nothing: examples come through [`Examples`], evaluations through [`Evaluate`],
//! and what happens goes out as [`TrainEvent`]s.

pub mod batch;
pub mod error;
pub mod event;
pub mod fourier;
pub mod optimizer;
pub mod run_dir;
pub mod schedule;

pub use batch::{Example, Examples};
pub use error::TrainError;
pub use event::{Outcome, Report, TrainEvent};
pub use run_dir::RunDir;

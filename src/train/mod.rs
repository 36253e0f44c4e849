//! Traces to weights: pretraining, priming and reinforcement learning from a recipe, with checkpoints that a killed run goes
//! on from.
//!
//! The loop ([`Trainer`]) knows no task and prints nothing: updates are a [`Method`]'s, evaluations come through
//! [`Evaluate`], what happens goes out as [`TrainEvent`]s, and a [`Remote`] steers it from another thread.

pub mod batch;
pub mod checkpoint;
pub mod compute;
pub mod control;
pub mod corpus;
pub mod emergence;
pub mod error;
pub mod evaluate;
pub mod event;
pub mod finetuning;
pub mod heldout;
pub mod history;
pub mod imitation;
pub mod manner;
pub mod measure;
pub mod method;
pub mod optimizer;
pub mod packed;
pub mod priming;
pub mod rl;
pub mod run_dir;
pub mod sampling;
pub mod schedule;
pub mod setup;
pub mod start;
pub mod tensorboard;
pub mod trainer;

pub use batch::{Example, Examples};
pub use compute::Compute;
pub use control::{Command, Inbox, Remote, mailbox};
pub use error::TrainError;
pub use evaluate::{Evaluate, Evaluation};
pub use event::{Outcome, Report, TrainEvent};
pub use history::History;
pub use method::Method;
pub use run_dir::{Kept, RunDir};
pub use start::{Start, config_of};
pub use trainer::Trainer;

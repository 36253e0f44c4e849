//! Weights to logits: one decoder definition with a differentiable and a fast forward, checkpoints, the tokenizer.

pub mod checkpoint;
pub mod config;
pub mod decoder;
pub mod kernel;
pub mod ops;
pub mod weights;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use config::Config;
pub use decoder::Decoder;
pub use ops::{Ops, cross_entropy};
pub use weights::Weights;

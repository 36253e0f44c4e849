//! Weights to logits: one decoder definition with a differentiable and a fast forward, checkpoints, the tokenizer.

pub mod cache;
pub mod card;
pub mod checkpoint;
pub mod config;
pub mod decoder;
pub mod fast;
pub mod kernel;
pub mod ops;
pub mod source;
pub mod tokenizer;
pub mod vocabulary;
pub mod weights;

pub use cache::Cache;
pub use card::Card;
pub use checkpoint::{Checkpoint, CheckpointError};
pub use config::Config;
pub use decoder::Decoder;
pub use fast::{Fast, Row};
pub use ops::{Ops, Sequences, cross_entropy, log_probs};
pub use source::Source;
pub use tokenizer::Tokenizer;
pub use weights::Weights;

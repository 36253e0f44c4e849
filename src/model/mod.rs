//! Weights to logits: one decoder definition with a differentiable and a fast forward, checkpoints, the tokenizer.

pub mod cache;
pub mod card;
pub mod chat;
pub mod checkpoint;
pub mod config;
pub mod decoder;
pub mod device;
pub mod fast;
pub mod files;
pub mod foreign;
pub mod forward;
pub mod generation;
pub mod gguf;
pub mod hub;
pub mod kernel;
pub mod layout;
pub mod linear;
pub mod ops;
#[cfg(test)]
pub(crate) mod parity;
pub mod rope;
pub mod shards;
pub mod source;
pub mod tensors;
pub mod tokenizer;
pub mod vocabulary;
pub mod weights;

pub use cache::Cache;
pub use card::Card;
pub use checkpoint::{Checkpoint, CheckpointError};
pub use config::Config;
pub use decoder::Decoder;
pub use device::Place;
pub use fast::{Fast, Row};
pub use files::{ModelFiles, Shape};
pub use forward::Forward;
pub use linear::Keep;
pub use ops::{Ops, Sequences, cross_entropy, log_probs};
pub use shards::Shards;
pub use source::Source;
pub use tensors::Tensors;
pub use tokenizer::Tokenizer;
pub use weights::Weights;

//! Weights to logits: one decoder definition with a differentiable and a fast forward, checkpoints, the tokenizer.

pub mod cache;
pub mod config;
pub mod fast;
pub mod kernel;
pub mod tokenizer;
pub mod vocabulary;

pub use cache::Cache;
pub use config::Config;
pub use fast::{Fast, Row};
pub use tokenizer::Tokenizer;

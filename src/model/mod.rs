//! Weights to logits: one decoder definition with a differentiable and a fast forward, checkpoints, the tokenizer.

pub mod config;

pub use config::Config;

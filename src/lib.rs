//! backtrail: a terminal workbench for watching language models reason.
//!
//! The rooms, and who may use whom (held by `tests/architecture.rs`):
//!
//! | room | answers | may use |
//! |---|---|---|
//! | [`base`] | ids, seeded randomness, statistics, sanitising, atomic files | nothing of ours |
//! | [`config`] | settings, paths, recipes as files | base |
//! | [`task`] | what is to be solved, and is this answer right? | base |
//! | [`trace`] | what happened, and what shape does it have? | base, task |
//! | [`behavior`] | which habits does it show, and how do we know? | base, task, trace |
//! | [`model`] | weights to logits | base |
//! | [`engine`] | logits to tokens | base, model |
//! | [`train`] | traces to weights | base, config, task, trace, behavior, model, engine |
//! | [`experiment`] | which of several models is better at it, and how sure are we? | all above |
//! | [`cli`] | the scriptable face | all above |
//! | [`tui`] | the interactive face | all above |

pub mod base;
pub mod behavior;
pub mod cli;
pub mod config;
pub mod engine;
pub mod experiment;
pub mod model;
pub mod task;
pub mod trace;
pub mod train;
pub mod tui;

//! Logits to tokens: sampling, batching, forks. Engines are threads with a mailbox: commands in, events out.

pub mod api;

pub use api::{Command, Event, EventKind, Request, RunId, TokenBatch};

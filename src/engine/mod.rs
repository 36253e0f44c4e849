//! Logits to tokens: sampling, batching, forks. Engines are threads with a mailbox: commands in, events out.

pub mod api;
pub mod batch;
pub mod loaded;
pub mod outbox;
mod run;
pub mod sample;
pub mod stop;
pub mod writer;

pub use api::{Command, Event, EventKind, Prefix, Request, RunId, StopReason, TokenBatch};
pub use batch::Batch;
pub use loaded::LoadedModel;

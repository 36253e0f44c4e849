//! Logits to tokens: sampling, batching, forks. Engines are threads with a mailbox: commands in, events out.

pub mod answers;
pub mod api;
pub mod batch;
pub mod loaded;
pub mod local;
pub mod mailbox;
pub mod open;
pub mod outbox;
pub mod recording;
pub mod remote;
mod run;
pub mod sample;
pub mod scripted;
pub mod stop;
pub mod writer;

pub use answers::{Answer, answers, generate_all};
pub use api::{Command, Event, EventKind, Prefix, PromptKind, Request, RunId, StopReason, TokenBatch};
pub use batch::Batch;
pub use loaded::LoadedModel;
pub use local::LocalEngine;
pub use mailbox::{Commands, EngineHandle};
pub use open::{How, OpenError, open, open_with};
pub use recording::{Recorder, Recording};
pub use remote::{RemoteEngine, Secret, Server};
pub use scripted::{Player, ScriptedEngine, Speed};

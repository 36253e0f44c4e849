//! What happened, and what shape does it have? The trace record, the tree of states, the readers that find one in text,
//! and the bundled models' language.

pub mod facts;
pub mod harmony;
pub mod import;
pub mod language;
pub mod live;
pub mod parts;
pub mod prose;
pub mod read;
pub mod record;
pub mod span;
pub mod tree;
mod walk;

pub use read::{Reader, Style, Subject};
pub use record::Trace;
pub use span::Span;
pub use tree::{Backtrack, Claim, ClaimKind, Node, NodeId, Status, Tree};
pub use walk::LIVE_NUMBERS;

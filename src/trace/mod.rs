//! What happened, and what shape does it have? The trace record, the tree of states, and the readers that find one in text.

pub mod record;
pub mod span;
pub mod tree;

pub use record::Trace;
pub use span::Span;
pub use tree::{Backtrack, Node, NodeId, Status, Tree};

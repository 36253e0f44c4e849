//! Very long text: kept whole, wrapped only where it is looked at.
//!
//! A view is a width and the byte its first row begins with, so resizing, moving the rule between panes and new text
//! cost nothing that grows with the text. There is no row index over the whole: nothing needs a global row number.

pub mod code;
pub mod colour;
pub mod folds;
pub mod rows;
pub mod search;
pub mod spans;
pub mod store;
pub mod wrap;

pub use code::Code;
pub use folds::Folds;
pub use rows::Rows;
pub use spans::SpanIndex;
pub use store::TextStore;
pub use wrap::{Cell, Row, cells};

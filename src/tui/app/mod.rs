//! The pure state machine.

mod action;

pub use action::{Action, Layer};

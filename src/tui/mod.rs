//! The interactive face.
//!
//! `app` is the pure state machine, `screen` and `widget` draw it, `runtime` owns the terminal and the loop; `keymap`
//! and `theme` are files with layers, `text` keeps and wraps very long text.

pub mod app;
pub mod bench;
#[cfg(test)]
mod demo;
pub mod driver;
pub mod keymap;
pub mod runtime;
pub mod screen;
pub mod text;
pub mod theme;
pub mod widget;

pub use app::{App, Effect, Msg, update};
pub use runtime::{Driver, Error, Start, run};

//! The interactive face.

pub mod app;
pub mod keymap;
pub mod text;

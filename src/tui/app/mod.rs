//! The pure state machine: [`App`] is everything the screen knows, [`update`] how a message changes it and what it
//! wants done. No input or output, no clock: time comes in messages.

mod action;
pub mod compare;
mod effect;
mod engine;
mod explore;
mod field;
mod help;
mod keys;
mod live;
mod model;
mod mouse;
mod moves;
mod msg;
mod outline;
mod overlay;
mod problem;
mod record;
mod screen;
mod settings;
pub mod train;
mod update;
mod verdict;
mod why;

pub use action::{Action, Layer};
pub use compare::Compare;
pub use effect::Effect;
pub use explore::{
    Choice, Explore, Found as LayersFound, FoundTraces, Layout, Pane, Unread, WIDE, is_pattern,
};
pub use field::Field;
pub use help::Row as HelpRow;
pub use live::{Cursor, Live, Phase};
pub use model::App;
pub use msg::{Level, Msg, Notice, Parsed};
pub use outline::Outline;
pub use overlay::{Overlay, Prompt, found, found_models};
pub use problem::{ModelEntry, ModelInfo, ModelState, Problem};
pub use screen::{Frame, GUTTER, SMALLEST, Screen};
pub use settings::Setting;
pub use train::Train;
pub use update::update;
pub use verdict::Dissent;
pub use why::{Finding, Findings, board, grid, letter};

#[cfg(test)]
mod tests;

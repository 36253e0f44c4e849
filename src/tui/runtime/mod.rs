//! The thin shell: owns the terminal, reads keys, draws when something changed, and passes effects on.

mod clipboard;
mod pacer;
mod run;
mod terminal;

pub use pacer::{FramePacer, Urgency};
pub use run::{Driver, Error, Start, run};

#[cfg(test)]
mod tests;

//! Countdown: reach a target from given numbers, each used exactly once.
//!
//! [`Problem`] says what is asked, [`Generator`] draws problems, [`Solver`] knows what can still be reached, [`Expr`]
//! reads answers and [`score`] judges them. Arithmetic is exact: every value is a fraction ([`Number`]).

mod asking;
mod expr;
mod generator;
mod moves;
mod number;
mod op;
mod parser;
mod problem;
mod question;
mod rules;
pub mod score;
mod settings;
mod solver;
mod space;
mod split;
mod table;

pub use asking::{completion, instruction};
pub use expr::Expr;
pub use generator::{Generator, VERSION};
pub use moves::{Move, legal_moves};
pub use number::{Number, NumberError, spaced};
pub use op::Op;
pub use parser::{ExprError, MAX_BYTES, MAX_DEPTH};
pub use problem::{MAX_GIVEN, MAX_NUMBERS, MAX_VALUE, Problem, ProblemError};
pub use question::question;
pub use rules::Rules;
pub use settings::{Settings, SettingsError};
pub use solver::Solver;
pub use split::{Split, split_of};

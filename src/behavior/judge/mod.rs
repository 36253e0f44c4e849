//! A judge: a language model that is asked which habits a text shows.
//!
//! Two protocols. `count` asks as the published classifier does (Gandhi et al. 2025, one question a trace and habit, a
//! number as the answer) in our own wording; counts are good for trends, not for sentences. `spans` asks once a text, in
//! numbered units, and gets labels of units, whose quotes are checked. Questions and answers are text here; whoever can
//! reach a model asks it.

mod agreement;
mod answer;
mod cache;
mod case;
mod cost;
mod labels;
mod prompts;
mod units;
mod verdict;

pub use agreement::{Agreement, Habits, Labels, Report, SCHEMA, Units};
pub use answer::{Answer, Unreadable};
pub use cache::{Cache, Found, Kept};
pub use case::{About, Case, Label, Question, Said};
pub use cost::{Cost, Price};
pub use prompts::{Prompts, PromptsError};
pub use verdict::Verdict;

/// How a judge is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Protocol {
    /// How often a habit shows.
    Count,
    /// Which units show which habits.
    #[default]
    Spans,
}

impl Protocol {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Count, Self::Spans];
}

#[cfg(test)]
mod tests;

//! Which habits does a trace show, and how do we know? Spans with the rule that found them and its evidence.
//!
//! The four habits are those of Gandhi et al. 2025, "Cognitive Behaviors that Enable Self-Improving Reasoners",
//! section 2. In the bundled language a line *is* the habit or is not; in free text rules over sentences in their
//! context find them (`rules`, as data), and arithmetic on the target proves some (`evidence`).

mod analyze;
mod detector;
mod discourse;
mod english;
mod evidence;
pub mod gold;
pub mod judge;
mod observer;
pub mod probe;
pub mod rules;
pub mod score;
mod sheet;

pub use analyze::{Reading, analyze};
pub use detector::Detector;
pub use english::is_foreign;
pub use observer::Observer;
pub use sheet::{Pattern, returns_in_words, sheet, sheet_of};

use std::fmt;

/// Which findings are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Layer {
    /// State evidence, rules and probe together, one span per finding.
    #[default]
    Best,
    /// What the probe says by itself.
    Probe,
    /// What phrases in their context say.
    Rules,
    /// What the states prove: returns of the tree, arithmetic on the target.
    State,
    /// What a judge says of units.
    Judge,
    /// What every layer says, for comparison.
    All,
}

impl Layer {
    /// Whether what the states prove is wanted beside a rule that says the same.
    #[must_use]
    pub fn is_apart(self) -> bool {
        matches!(self, Layer::State | Layer::All)
    }

    /// Whether the probe has a say in it.
    #[must_use]
    pub fn asks_probe(self) -> bool {
        matches!(self, Layer::Best | Layer::Probe | Layer::All)
    }

    /// What detectors of this machine look for beside a judge: what it is held against.
    #[must_use]
    pub fn own(self) -> Self {
        match self {
            Layer::Judge => Layer::Best,
            own => own,
        }
    }

    /// Whether a judge has a say in it.
    #[must_use]
    pub fn asks_judge(self) -> bool {
        matches!(self, Layer::Judge | Layer::All)
    }

    /// Whether a finding belongs to it.
    #[must_use]
    pub fn keeps(self, found: &crate::trace::record::Behavior) -> bool {
        match self {
            Layer::Best | Layer::All => true,
            Layer::Probe => found.detector == "probe",
            // A return that words announce and the tree proves is both.
            Layer::Rules => found.detector == "rules" || found.behavior == Habit::Backtracking.name(),
            Layer::State => found.detector == "state",
            Layer::Judge => found.detector == "judge",
        }
    }
}

/// One of the four habits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Habit {
    /// Judges a result against what it must satisfy.
    Verification,
    /// Abandons the current attempt for an earlier state.
    Backtracking,
    /// Names an intermediate goal.
    SubgoalSetting,
    /// Reasons from the target back to what is needed.
    BackwardChaining,
}

impl Habit {
    /// All four, in the order they are shown.
    pub const ALL: [Habit; 4] = [
        Habit::Verification,
        Habit::Backtracking,
        Habit::SubgoalSetting,
        Habit::BackwardChaining,
    ];

    /// The name traces record.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Habit::Verification => "verification",
            Habit::Backtracking => "backtracking",
            Habit::SubgoalSetting => "subgoal_setting",
            Habit::BackwardChaining => "backward_chaining",
        }
    }

    /// The letter in the gutter.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Habit::Verification => 'V',
            Habit::Backtracking => 'B',
            Habit::SubgoalSetting => 'S',
            Habit::BackwardChaining => 'C',
        }
    }

    /// The habit a recorded name means; `None` for a user's own.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|habit| habit.name() == name)
    }
}

impl fmt::Display for Habit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

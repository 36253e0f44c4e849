//! Which numbers of a run are shown, in which order, under which names; what is not recorded is left out.

use super::Run;
use crate::{base::stats::wilson_of, behavior::Habit};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Parts of 1.
    Share,
    /// Tokens of a trace.
    Tokens,
    /// Nats a token.
    Nats,
    /// Times a trace.
    PerTrace,
    /// Tokens a second.
    Speed,
    /// A rate written with an exponent.
    Rate,
    /// Nothing.
    Plain,
}

impl Unit {
    /// How it is written behind a number.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Nats => "nats",
            Self::PerTrace => "per trace",
            Self::Speed => "tok/s",
            Self::Share | Self::Rate | Self::Plain => "",
        }
    }

    /// A number of this unit, in at most eight columns.
    #[must_use]
    pub fn write(self, value: f64) -> String {
        match self {
            Self::Share | Self::Nats => format!("{value:.3}"),
            Self::Tokens => format!("{value:.1}"),
            Self::PerTrace => format!("{value:.2}"),
            Self::Speed => format!("{value:.0}"),
            Self::Rate => format!("{value:.1e}"),
            Self::Plain if value.abs() >= 1000.0 => format!("{value:.1e}"),
            Self::Plain => format!("{value:.3}"),
        }
    }
}

/// One curve of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curve {
    /// Its name on the screen.
    pub label: String,
    /// Its name in the metrics.
    pub key: String,
    /// What it counts.
    pub unit: Unit,
    /// The habit it is about.
    pub habit: Option<Habit>,
}

/// Label, names in the metrics (the first that is recorded), unit.
type Known = (&'static str, &'static [&'static str], Unit);

/// What is looked at first: what training is for, then what it does to the traces.
const FIRST: [Known; 3] = [
    ("reward", &["reward"], Unit::Share),
    ("right, held out", &["eval/accuracy"], Unit::Share),
    ("sound, held out", &["eval/sound"], Unit::Share),
];

/// What follows the habits.
const THEN: [Known; 4] = [
    (
        "length",
        &["completions/mean_length", "eval/tokens_mean"],
        Unit::Tokens,
    ),
    ("entropy", &["entropy"], Unit::Nats),
    ("faked, held out", &["eval/faked"], Unit::Share),
    ("right, rollouts", &["rollouts/accuracy"], Unit::Share),
];

/// The rest.
const LAST: [Known; 8] = [
    ("faked, rollouts", &["rollouts/faked"], Unit::Share),
    ("mixed groups", &[MIXED], Unit::Share),
    ("kl", &["kl"], Unit::Plain),
    ("clipped tokens", &["clip_ratio/region_mean"], Unit::Share),
    ("loss", &["loss"], Unit::Plain),
    ("gradient norm", &["grad_norm"], Unit::Plain),
    ("learning rate", &["learning_rate"], Unit::Rate),
    ("speed", &["tokens_per_second"], Unit::Speed),
];

/// Made from `frac_reward_zero_std`: the share of groups that something can be learnt from.
pub const MIXED: &str = "mixed_groups";

/// The share of groups whose rewards are all equal, in the metrics.
pub const FLAT: &str = "frac_reward_zero_std";

impl Run {
    /// The curves there are, in order.
    #[must_use]
    pub fn curves(&self) -> Vec<Curve> {
        let mut curves = Vec::new();
        curves.extend(FIRST.iter().filter_map(|known| self.known(known)));
        curves.extend(Habit::ALL.into_iter().filter_map(|habit| self.of_habit(habit)));
        curves.extend(THEN.iter().filter_map(|known| self.known(known)));
        let passes = self.series.keys().filter_map(|key| {
            let k = key.strip_prefix("eval/pass_at_")?;
            Some(Curve {
                label: format!("pass@{k}, held out"),
                key: key.clone(),
                unit: Unit::Share,
                habit: None,
            })
        });
        curves.extend(passes);
        curves.extend(LAST.iter().filter_map(|known| self.known(known)));
        curves
    }

    fn known(&self, (label, keys, unit): &Known) -> Option<Curve> {
        let key = keys.iter().find(|key| self.series.contains_key(**key))?;
        Some(Curve {
            label: (*label).to_owned(),
            key: (*key).to_owned(),
            unit: *unit,
            habit: None,
        })
    }

    fn of_habit(&self, habit: Habit) -> Option<Curve> {
        let (rollouts, heldout) = (format!("behavior/{habit}/per_trace"), held_out(habit));
        let key = [rollouts, heldout]
            .into_iter()
            .find(|key| self.series.contains_key(key))?;
        let word = match habit {
            Habit::Verification => "verification",
            Habit::Backtracking => "backtracking",
            Habit::SubgoalSetting => "subgoals",
            Habit::BackwardChaining => "backward",
        };
        Some(Curve {
            label: format!("{} {word}", habit.letter()),
            key,
            unit: Unit::PerTrace,
            habit: Some(habit),
        })
    }

    /// The 95 % interval of a held-out share at `step`.
    #[must_use]
    pub fn interval(&self, curve: &Curve, step: u64) -> Option<[f64; 2]> {
        let at = |key: &str| self.at(key, step);
        match curve.key.as_str() {
            "eval/accuracy" => Some([at("eval/accuracy_low")?, at("eval/accuracy_high")?]),
            // pass@k is a mean over problems of shares: its interval is never narrower than this says.
            key if key == "eval/sound" || key == "eval/faked" || key.starts_with("eval/pass_at_") => {
                Some(wilson_of(at(key)?, at("eval/n")?.clamp(0.0, 1e9) as usize))
            }
            _ => None,
        }
    }

    /// The intervals of all its points: step, low, high.
    #[must_use]
    pub fn intervals(&self, curve: &Curve) -> Vec<(u64, f64, f64)> {
        let points = self.points(&curve.key).iter();
        points
            .filter_map(|(step, _)| {
                let [low, high] = self.interval(curve, *step)?;
                Some((*step, low, high))
            })
            .collect()
    }
}

/// The name of a habit's count on held-out problems.
#[must_use]
pub fn held_out(habit: Habit) -> String {
    format!("eval/behavior/{habit}/per_trace")
}

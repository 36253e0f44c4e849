//! From which probability on a probe finds a habit by itself, adds to the rules, and lets them stand; and how these limits
//! are chosen.

use super::{example::Lesson, fit::chance};
use crate::{behavior::Habit, trace::record::Behavior};

/// Steps between 0 and 1 at which probabilities are tried.
const STEPS: usize = 20;

/// F1 that a probe must add before it may change what rules find: less is chance.
const WORTH: f64 = 0.004;

/// The probabilities at which a probe finds a habit, adds to the rules, and lets them stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    /// By itself.
    pub alone: f64,
    /// Beside rules that found nothing.
    pub add: f64,
    /// Below it, what a rule found is taken back.
    pub keep: f64,
}

/// Who finds a habit without a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finder {
    State,
    Rules,
}

impl Finder {
    /// Who found this.
    pub fn of(found: &Behavior) -> Self {
        if found.detector == Self::State.name() {
            Self::State
        } else {
            Self::Rules
        }
    }

    /// The detector's name in traces.
    pub fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Rules => "rules",
        }
    }
}

impl Limits {
    /// Whether rules and probe together find a habit; `before` is who had found it without the probe.
    pub fn best(self, probability: f64, before: Option<Finder>) -> bool {
        match before {
            // What the states prove stands.
            Some(Finder::State) => true,
            Some(Finder::Rules) => probability >= self.keep,
            None => probability >= self.add,
        }
    }
}

/// What there is for a habit in a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence {
    shows: bool,
    /// Found whatever the probe says.
    sure: bool,
    /// The highest probability of sentences in which rules found it…
    ruled: f64,
    /// …and of the others.
    other: f64,
}

/// The evidence in each unit of a lesson, from its sentences' scores and their calibration.
pub(super) fn evidence<'a>(
    habit: usize,
    lesson: &'a Lesson<'_>,
    scores: &'a [f64],
    [a, b]: [f64; 2],
) -> impl Iterator<Item = Evidence> + 'a {
    let units = lesson.row.units.iter().zip(&lesson.units);
    units.filter_map(move |(unit, sentences)| {
        let letter = Habit::ALL.get(habit)?.letter();
        if unit.disputed.contains(letter) {
            return None;
        }
        let mut evidence = Evidence {
            shows: unit.labels.contains(letter),
            sure: false,
            ruled: -1.0,
            other: -1.0,
        };
        for sentence in sentences {
            let (example, score) = (lesson.examples.get(*sentence)?, scores.get(*sentence)?);
            let probability = chance(a * score + b);
            match example.before.get(habit)? {
                Some(Finder::State) => evidence.sure = true,
                Some(Finder::Rules) => evidence.ruled = evidence.ruled.max(probability),
                None => evidence.other = evidence.other.max(probability),
            }
        }
        Some(evidence)
    })
}

/// The limits with the highest F1, of rules and probe together and of the probe alone, and the two. The first is at least
/// that of the rules and what a probe must be worth: below it the rules are left alone.
pub(super) fn choose(units: &[Evidence]) -> ([f64; 2], Limits) {
    let f1 = |found: &dyn Fn(&Evidence) -> bool| {
        let (mut right, mut wrong, mut missed) = (0, 0, 0);
        for unit in units {
            match (unit.shows, found(unit)) {
                (true, true) => right += 1,
                (false, true) => wrong += 1,
                (true, false) => missed += 1,
                (false, false) => {}
            }
        }
        2.0 * f64::from(right) / f64::from((2 * right + wrong + missed).max(1))
    };
    let steps = || (1..STEPS).map(|step| step as f64 / STEPS as f64);
    let mut alone = (0.0, 0.5);
    for limit in steps() {
        let f1 = f1(&|unit| unit.ruled.max(unit.other) >= limit);
        if f1 > alone.0 {
            alone = (f1, limit);
        }
    }
    let rules = f1(&|unit| unit.sure || unit.ruled >= 0.0);
    let mut best = (rules + WORTH, 0.0, 2.0);
    for keep in std::iter::once(0.0).chain(steps()) {
        for add in steps().chain([2.0]).filter(|add| *add >= keep) {
            let f1 = f1(&|unit| unit.sure || unit.ruled >= keep || unit.other >= add);
            if f1 > best.0 {
                best = (f1, keep, add);
            }
        }
    }
    let (f1, keep, add) = best;
    (
        [f1, alone.0],
        Limits {
            alone: alone.1,
            add,
            keep,
        },
    )
}

//! Which problems a generator draws, and a model was trained on.

use super::{MAX_NUMBERS, MAX_VALUE, Problem, Rules};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The range of problems: `task.*` in recipes, `task` on model cards. All bounds are inclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Fewest and most numbers.
    pub numbers: [usize; 2],
    /// Smallest and largest number.
    pub range: [i64; 2],
    /// Smallest and largest target.
    pub target: [i64; 2],
    /// Which moves are legal.
    pub rules: Rules,
    /// Leave out problems without solution.
    #[serde(skip_serializing_if = "is_true")]
    pub solvable: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_true(flag: &bool) -> bool {
    *flag
}

/// The task of the bundled models: 3 numbers 1-20, targets 10-99, integer rules.
impl Default for Settings {
    fn default() -> Self {
        Self {
            numbers: [3, 3],
            range: [1, 20],
            target: [10, 99],
            rules: Rules::Integer,
            solvable: true,
        }
    }
}

/// Why settings make no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The two bounds are the wrong way round.
    #[error("task.{name} is [{low}, {high}]: the first must not be above the second")]
    Backwards {
        /// Which setting.
        name: &'static str,
        /// The first bound.
        low: i64,
        /// The second bound.
        high: i64,
    },
    /// A bound is outside of what problems may have.
    #[error("task.{name} is [{low}, {high}]: it must lie within {from} to {to}")]
    Outside {
        /// Which setting.
        name: &'static str,
        /// The first bound.
        low: i64,
        /// The second bound.
        high: i64,
        /// The smallest value allowed.
        from: i64,
        /// The largest value allowed.
        to: i64,
    },
    /// There are more problems than can be numbered.
    #[error("task.numbers, task.range and task.target leave too many problems to number: narrow one of them")]
    TooMany,
    /// Nothing fits them.
    #[error("the task has no training problem: widen task.range or task.target")]
    Empty,
}

impl SettingsError {
    /// The setting that is wrong, when it is one alone.
    #[must_use]
    pub fn setting(&self) -> Option<&'static str> {
        match self {
            Self::Backwards { name, .. } | Self::Outside { name, .. } => Some(name),
            Self::TooMany | Self::Empty => None,
        }
    }
}

impl Settings {
    /// The settings a model card's `task` object holds; `None` when it is another task's.
    #[must_use]
    pub fn from_card(task: &serde_json::Value) -> Option<Self> {
        let mut task = task.as_object()?.clone();
        match task.remove("name") {
            Some(name) if name != "countdown" => None,
            _ => serde_json::from_value(task.into()).ok(),
        }
    }

    /// Whether problems can be drawn from them.
    ///
    /// # Errors
    /// A sentence naming the setting and what it may be.
    pub fn check(&self) -> Result<(), SettingsError> {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let [fewest, most] = self.numbers;
        bounds("numbers", [count(fewest), count(most)], 1, count(MAX_NUMBERS))?;
        bounds("range", self.range, 0, MAX_VALUE)?;
        bounds("target", self.target, -MAX_VALUE, MAX_VALUE)
    }

    /// Whether a problem is one of those described here.
    ///
    /// # Errors
    /// What about it is different, in words: `has 4 numbers, not 3`.
    pub fn covers(&self, problem: &Problem) -> Result<(), String> {
        let [fewest, most] = self.numbers;
        if !(fewest..=most).contains(&problem.numbers.len()) {
            let expected = if fewest == most {
                fewest.to_string()
            } else {
                format!("{fewest} to {most}")
            };
            return Err(format!(
                "it has {} numbers, not {expected}",
                problem.numbers.len()
            ));
        }
        let [low, high] = self.range;
        if let Some(number) = problem.numbers.iter().find(|n| !(low..=high).contains(*n)) {
            return Err(format!("the number {number} is not within {low} to {high}"));
        }
        let [low, high] = self.target;
        if !(low..=high).contains(&problem.target) {
            return Err(format!(
                "the target {} is not within {low} to {high}",
                problem.target
            ));
        }
        Ok(())
    }
}

fn bounds(name: &'static str, [low, high]: [i64; 2], from: i64, to: i64) -> Result<(), SettingsError> {
    if low > high {
        return Err(SettingsError::Backwards { name, low, high });
    }
    if low < from || high > to {
        return Err(SettingsError::Outside {
            name,
            low,
            high,
            from,
            to,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_as_model_cards_have_them() {
        let text = r#"{"numbers":[3,3],"range":[1,20],"target":[10,99],"rules":"integer"}"#;
        assert_eq!(serde_json::to_string(&Settings::default()).unwrap(), text);
        assert_eq!(
            serde_json::from_str::<Settings>(text).unwrap(),
            Settings::default()
        );
        assert!(serde_json::from_str::<Settings>(r#"{"ranges":[1,2]}"#).is_err());
    }

    #[test]
    fn settings_that_make_no_sense_are_named() {
        let sentence = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            settings.check().unwrap_err().to_string()
        };
        assert!(sentence(|s| s.numbers = [4, 3]).contains("task.numbers is [4, 3]"));
        assert!(sentence(|s| s.numbers = [0, 3]).contains("1 to 8"));
        assert!(sentence(|s| s.range = [-1, 3]).contains("task.range"));
        assert!(sentence(|s| s.target = [0, i64::MAX]).contains("task.target"));
        assert_eq!(Settings::default().check(), Ok(()));
    }

    #[test]
    fn a_problem_outside_is_told_why() {
        let why = |text| Settings::default().covers(&Problem::parse(text).unwrap());
        assert_eq!(why("18 7 4 -> 15"), Ok(()));
        assert_eq!(why("18 7 4 1 -> 15").unwrap_err(), "it has 4 numbers, not 3");
        assert_eq!(
            why("18 70 4 -> 15").unwrap_err(),
            "the number 70 is not within 1 to 20"
        );
        assert_eq!(
            why("18 7 4 -> 150").unwrap_err(),
            "the target 150 is not within 10 to 99"
        );
    }
}

//! What is asked: numbers, a target and the rules.

use super::{Number, Rules, Split, split_of};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// Numbers a problem may have at most: an answer with as many can still be read and judged.
pub const MAX_GIVEN: usize = 64;
/// Numbers the solver takes at most, and a generator draws.
pub const MAX_NUMBERS: usize = 8;
/// Numbers and targets may be this large at most (targets also this far below zero).
pub const MAX_VALUE: i64 = 1_000_000;

/// A Countdown problem. It may have no solution: that is the solver's to say.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Row")]
pub struct Problem {
    /// The numbers given, in the order they are shown.
    pub numbers: Vec<i64>,
    /// The value to reach.
    pub target: i64,
    /// Which moves are legal.
    pub rules: Rules,
    /// Name and version of the generator that drew it.
    pub generator: Option<String>,
    /// Whether models may train on it.
    pub split: Option<Split>,
}

/// Why something is not a problem.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProblemError {
    /// There are no numbers.
    #[error("the problem has no numbers: write some before the target, as in `18 7 4 -> 15`")]
    NoNumbers,
    /// There are more than [`MAX_GIVEN`].
    #[error("the problem has {0} numbers, at most {MAX_GIVEN} can be judged: leave some out")]
    TooMany(usize),
    /// A number is below zero.
    #[error("the number {0} is negative: the numbers of a problem start at 0")]
    Negative(i64),
    /// A number or the target is beyond [`MAX_VALUE`].
    #[error("{0} is too large: numbers and target may be {MAX_VALUE} at most")]
    TooLarge(String),
    /// Nothing follows the arrow, or there is no arrow.
    #[error("the problem has no target: write it after an arrow, as in `18 7 4 -> 15`")]
    NoTarget,
    /// Some word is not an integer.
    #[error("`{0}` is not a whole number: write a problem as `18 7 4 -> 15`")]
    NotANumber(String),
    /// The JSON object cannot be read.
    #[error("the problem's JSON cannot be read ({0}): write it as {{\"numbers\":[18,7,4],\"target\":15}}")]
    Json(String),
}

/// A problem as rows have it: any field may be missing, others are ignored.
#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    numbers: Vec<i64>,
    target: Option<i64>,
    rules: Option<Rules>,
    generator: Option<String>,
    split: Option<Split>,
}

impl Row {
    fn into_problem(self, rules: Rules) -> Result<Problem, ProblemError> {
        let problem = Problem {
            numbers: self.numbers,
            target: self.target.ok_or(ProblemError::NoTarget)?,
            rules: self.rules.unwrap_or(rules),
            generator: self.generator,
            split: self.split,
        };
        problem.check()?;
        Ok(problem)
    }
}

impl TryFrom<Row> for Problem {
    type Error = ProblemError;

    fn try_from(row: Row) -> Result<Self, ProblemError> {
        row.into_problem(Rules::default())
    }
}

impl Problem {
    /// A problem of one's own: `18 7 4`, `15`. The generator stays open; the split is worked out.
    ///
    /// # Errors
    /// No or too many numbers, negative or huge ones.
    pub fn new(numbers: Vec<i64>, target: i64, rules: Rules) -> Result<Self, ProblemError> {
        let problem = Self {
            split: Some(split_of(&numbers, target)),
            numbers,
            target,
            rules,
            generator: None,
        };
        problem.check()?;
        Ok(problem)
    }

    /// Reads `18 7 4 -> 15`, `18,7,4 → 15` or the JSON object. Where no rules are named they are rational.
    ///
    /// # Errors
    /// A sentence that says what is missing or wrong.
    pub fn parse(text: &str) -> Result<Self, ProblemError> {
        Self::parse_with(text, Rules::default())
    }

    /// [`Problem::parse`], with the rules to use where the text names none (a model's own, for instance).
    ///
    /// # Errors
    /// As [`Problem::parse`].
    pub fn parse_with(text: &str, rules: Rules) -> Result<Self, ProblemError> {
        let text = text.trim();
        if text.starts_with('{') {
            let row: Row = serde_json::from_str(text).map_err(|e| ProblemError::Json(e.to_string()))?;
            return row.into_problem(rules);
        }
        let (numbers, target) = ["->", "→", "=>"]
            .iter()
            .find_map(|arrow| text.split_once(arrow))
            .map_or((text, None), |(numbers, target)| (numbers, Some(target)));
        let numbers = numbers
            .split([',', ' ', '\t'])
            .filter(|word| !word.is_empty())
            .map(integer)
            .collect::<Result<Vec<_>, _>>()?;
        if numbers.is_empty() {
            return Err(ProblemError::NoNumbers);
        }
        let target = target.map(str::trim).filter(|target| !target.is_empty());
        Self::new(numbers, integer(target.ok_or(ProblemError::NoTarget)?)?, rules)
    }

    fn check(&self) -> Result<(), ProblemError> {
        if self.numbers.is_empty() {
            return Err(ProblemError::NoNumbers);
        }
        if self.numbers.len() > MAX_GIVEN {
            return Err(ProblemError::TooMany(self.numbers.len()));
        }
        if let Some(&negative) = self.numbers.iter().find(|n| **n < 0) {
            return Err(ProblemError::Negative(negative));
        }
        let huge = |n: &&i64| n.unsigned_abs() > MAX_VALUE.unsigned_abs();
        match self.numbers.iter().chain([&self.target]).find(huge) {
            Some(huge) => Err(ProblemError::TooLarge(huge.to_string())),
            None => Ok(()),
        }
    }

    /// Whether the solver takes so many numbers. What it would say of more is not known.
    #[must_use]
    pub fn is_searchable(&self) -> bool {
        self.numbers.len() <= MAX_NUMBERS
    }

    /// Whether these are its numbers, in whatever order.
    pub(super) fn has_just(&self, mut numbers: Vec<i64>) -> bool {
        let mut given = self.numbers.clone();
        given.sort_unstable();
        numbers.sort_unstable();
        numbers == given
    }

    /// The numbers as values, in their order.
    #[must_use]
    pub fn values(&self) -> Vec<Number> {
        self.numbers.iter().copied().map(Number::from).collect()
    }

    /// The target as a value.
    #[must_use]
    pub fn goal(&self) -> Number {
        Number::from(self.target)
    }
}

/// An integer as people write it; the typographic minus is one too.
fn integer(word: &str) -> Result<i64, ProblemError> {
    let shown = || word.chars().take(40).collect::<String>();
    let word = word.replace('−', "-");
    let digits = word.strip_prefix(['-', '+']).unwrap_or(&word);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ProblemError::NotANumber(shown()));
    }
    word.parse().map_err(|_| ProblemError::TooLarge(shown()))
}

impl FromStr for Problem {
    type Err = ProblemError;

    fn from_str(text: &str) -> Result<Self, ProblemError> {
        Self::parse(text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for number in &self.numbers {
            write!(f, "{number} ")?;
        }
        write!(f, "-> {}", self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sentence(text: &str) -> String {
        Problem::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_problem_is_read_as_people_and_programs_write_it() {
        let json = r#"{"numbers":[18,7,4],"target":15,"other":1}"#;
        for text in ["18 7 4 -> 15", "18,7,4 → 15", " 18, 7, 4=>15 ", json] {
            let problem = Problem::parse(text).unwrap();
            assert_eq!(problem.to_string(), "18 7 4 -> 15");
            assert_eq!(problem.rules, Rules::Rational);
        }
    }

    #[test]
    fn a_problem_is_written_as_the_formats_page_shows() {
        let text = r#"{"numbers":[18,7,4],"target":15,"rules":"integer","generator":"countdown/1","split":"heldout"}"#;
        let problem = Problem::parse(text).unwrap();
        assert_eq!(serde_json::to_string(&problem).unwrap(), text);
        assert_eq!(serde_json::from_str::<Problem>(text).unwrap(), problem);
    }

    #[test]
    fn rules_that_are_not_named_are_the_callers() {
        let rules = |text| Problem::parse_with(text, Rules::Integer).unwrap().rules;
        assert_eq!(rules("1 2 -> 3"), Rules::Integer);
        assert_eq!(rules(r#"{"numbers":[1,2],"target":3}"#), Rules::Integer);
        assert_eq!(
            rules(r#"{"numbers":[1,2],"target":3,"rules":"rational"}"#),
            Rules::Rational
        );
    }

    #[test]
    fn what_is_no_problem_gets_a_sentence() {
        assert!(sentence("-> 15").contains("no numbers"));
        assert!(sentence("").contains("no numbers"));
        assert!(sentence("1 2 3").contains("no target"));
        assert!(sentence("1 2 3 ->").contains("no target"));
        assert!(sentence("1 -2 -> 3").contains("-2 is negative"));
        assert!(sentence("1 1000001 -> 3").contains("too large"));
        assert!(sentence("1 2 -> 99999999999999999999").contains("too large"));
        assert!(sentence(&format!("{}-> 3", "1 ".repeat(65))).contains("65 numbers"));
        assert!(sentence("1 two -> 3").contains("`two` is not a whole number"));
        assert!(sentence("1 2.5 -> 3").contains("2.5"));
        assert!(sentence("{").contains("JSON"));
        assert!(sentence(r#"{"target":3}"#).contains("no numbers"));
        assert!(sentence(r#"{"numbers":[1,-2],"target":3}"#).contains("negative"));
        assert!(
            serde_json::from_str::<Problem>(r#"{"numbers":[1]}"#)
                .unwrap_err()
                .to_string()
                .contains("no target")
        );
    }

    #[test]
    fn a_problem_may_have_more_numbers_than_a_solver_takes() {
        let problem = Problem::parse("1 2 3 4 5 6 7 8 9 -> 45").unwrap();
        assert!(!problem.is_searchable());
        assert!(Problem::parse("1 2 3 4 5 6 7 8 -> 36").unwrap().is_searchable());
    }

    #[test]
    fn a_target_may_be_negative() {
        assert_eq!(Problem::parse("3 5 -> −2").unwrap().target, -2);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in any::<String>()) {
            let _ = Problem::parse(&text);
        }

        #[test]
        fn what_is_shown_reads_back(numbers in prop::collection::vec(0i64..=MAX_VALUE, 1..=8), target in -MAX_VALUE..=MAX_VALUE) {
            let problem = Problem::new(numbers, target, Rules::Rational).unwrap();
            prop_assert_eq!(Problem::parse(&problem.to_string()).unwrap(), problem);
        }
    }
}

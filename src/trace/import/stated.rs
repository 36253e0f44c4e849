//! The problem of a row, in the words of any data set and wherever the row spells it out.

use super::json;
use crate::task::{
    countdown::{Problem, ProblemError, Rules},
    sudoku::{self, Board},
};
use serde::Deserialize as _;
use serde_json::{Map, Value};

/// What has been found so far; what comes first counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Stated {
    /// A whole Countdown problem.
    pub problem: Option<Problem>,
    /// What is wrong with one that is written as such, `1 2 ->`.
    pub fault: Option<ProblemError>,
    /// The puzzle of a Sudoku.
    pub puzzle: Option<Board>,
    /// Its solution.
    pub solution: Option<Board>,
}

impl Stated {
    /// Looks at one more place: an object, JSON of one, or `18 7 4 -> 15`.
    pub(super) fn look(&mut self, value: Option<&Value>) {
        match value {
            Some(Value::Object(object)) => self.look_in(object),
            Some(Value::String(text)) => match Problem::parse(text) {
                Ok(problem) => self.problem = self.problem.take().or(Some(problem)),
                Err(error) if is_written(text) => {
                    self.fault.get_or_insert(error);
                }
                Err(_) => {
                    if let Ok(Value::Object(object)) = serde_json::from_str(text) {
                        self.look_in(&object);
                    }
                }
            },
            _ => {}
        }
    }

    /// The same, of an object: one with numbers and a target, or with grids.
    pub(super) fn look_in(&mut self, object: &Map<String, Value>) {
        self.problem = self.problem.take().or_else(|| countdown(object));
        let puzzle = || object.get("puzzle").and_then(sudoku::problem);
        self.puzzle = self.puzzle.take().or_else(puzzle);
        self.solution = self.solution.take().or_else(|| sudoku::recorded(object));
    }

    /// The grids by their names; the solution only where the answer on record is another one.
    pub(super) fn grids(&self, reference: Option<&Value>) -> Map<String, Value> {
        let on_record = || reference.and_then(sudoku::problem);
        let solution = self.solution.filter(|board| Some(board) != on_record().as_ref());
        let found = [("puzzle", self.puzzle), ("solution", solution)];
        let found = found
            .into_iter()
            .filter_map(|(name, grid)| Some((name.to_owned(), grid?.to_string().into())));
        found.collect()
    }
}

/// Whether a text is written as a Countdown problem, whatever is missing: numbers and one arrow.
fn is_written(text: &str) -> bool {
    let mut sides = ["->", "\u{2192}", "=>"]
        .iter()
        .filter_map(|arrow| text.split_once(arrow));
    let number =
        |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, ',' | '+' | '-' | '\u{2212}');
    sides
        .next()
        .is_some_and(|(numbers, target)| numbers.chars().all(number) && target.chars().all(number))
}

fn countdown(object: &Map<String, Value>) -> Option<Problem> {
    if object.contains_key("numbers") && object.get("target").is_some_and(Value::is_i64) {
        return Problem::deserialize(object).ok();
    }
    let numbers = object.get("numbers").or_else(|| object.get("nums"))?.as_array()?;
    let numbers: Option<Vec<i64>> = numbers.iter().map(integer).collect();
    let target = integer(object.get("target")?)?;
    Problem::new(numbers?, target, Rules::default()).ok()
}

fn integer(value: &Value) -> Option<i64> {
    let number = json::number(value)?;
    (number.fract() == 0.0 && number.abs() <= 2f64.powi(53)).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_an_arrow_are_a_problem_even_where_something_is_missing() {
        for text in ["1 2 ->", "-> 15", "1, 2 -> ", "3 \u{2212}4 \u{2192} 7"] {
            let mut stated = Stated::default();
            stated.look(Some(&text.into()));
            assert!(stated.problem.is_none() && stated.fault.is_some(), "{text}");
        }
        for text in [
            "18 7 4 -> 15",
            "Is A -> B true?",
            "What is 1 + 2?",
            "",
            "{\"a\": 1}",
        ] {
            let mut stated = Stated::default();
            stated.look(Some(&text.into()));
            assert_eq!(stated.fault, None, "{text}");
        }
    }
}

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
    /// What is wrong with one that is written as such, `1 2 ->`…
    pub fault: Option<ProblemError>,
    /// …and with fields that may be one, `{"numbers":[1,2]}`: where nothing else is asked they are.
    pub lack: Option<ProblemError>,
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
                Err(_) if is_written(text) => self.hear(text),
                Err(_) => {
                    if let Ok(Value::Object(object)) = serde_json::from_str(text) {
                        self.look_in(&object);
                    }
                }
            },
            _ => {}
        }
    }

    /// The same, of a question, which may be `18 7 4 -> 15` or words.
    pub(super) fn hear(&mut self, question: &str) {
        if is_written(question) {
            match Problem::parse(question) {
                Ok(problem) => self.problem = self.problem.take().or(Some(problem)),
                Err(error) => self.fault = self.fault.take().or(Some(error)),
            }
        }
    }

    /// The same, of an object: one with numbers and a target, or with grids.
    pub(super) fn look_in(&mut self, object: &Map<String, Value>) {
        match countdown(object) {
            Some(Ok(problem)) => self.problem = self.problem.take().or(Some(problem)),
            Some(Err(lack)) => self.lack = self.lack.take().or(Some(lack)),
            None => {}
        }
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
    // A sign stands before a number: dates and telephone numbers are none.
    let is_number = |word: &str| {
        let digits = word.trim_start_matches(['+', '-', '\u{2212}']);
        digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let are_numbers = |side: &str| side.split([',', ' ', '\t', '\n', '\r']).all(is_number);
    sides
        .next()
        .is_some_and(|(numbers, target)| are_numbers(numbers) && are_numbers(target))
}

/// The Countdown problem that an object has in its fields, when it has a list of whole numbers, or any numbers and a target.
fn countdown(object: &Map<String, Value>) -> Option<Result<Problem, ProblemError>> {
    let exact = object.contains_key("numbers") && object.get("target").is_some_and(Value::is_i64);
    if exact && let Ok(problem) = Problem::deserialize(object) {
        return Some(Ok(problem));
    }
    let lacks = |what: &str| Some(Err(ProblemError::Json(what.to_owned())));
    let numbers: Option<Vec<i64>> = match object.get("numbers").or_else(|| object.get("nums"))? {
        Value::Array(numbers) => numbers.iter().map(integer).collect(),
        Value::String(numbers) => {
            let numbers = numbers.trim_matches(['[', ']']).split([',', ' ']);
            let numbers = numbers.filter(|number| !number.is_empty());
            numbers.map(|number| number.parse().ok()).collect()
        }
        _ => None,
    };
    let numbers = numbers.filter(|numbers| !numbers.is_empty());
    let (numbers, target) = match (numbers, object.get("target").filter(|target| !target.is_null())) {
        (None, None) => return None,
        (None, Some(_)) => return lacks("its `numbers` are no list of whole numbers"),
        (Some(_), None) => return lacks("it has no `target`"),
        (Some(numbers), Some(target)) => (numbers, integer(target)),
    };
    let target = target.ok_or_else(|| ProblemError::Json("its `target` is no whole number".to_owned()));
    Some(target.and_then(|target| Problem::new(numbers, target, Rules::default())))
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
        for text in [
            "1 2 ->",
            "-> 15",
            "1, 2 -> ",
            "3 \u{2212}4 \u{2192} 7",
            "3 -4 -> 7",
            "7 ->\n",
        ] {
            let mut stated = Stated::default();
            stated.look(Some(&text.into()));
            assert!(stated.problem.is_none() && stated.fault.is_some(), "{text}");
        }
        for text in [
            "18 7 4 -> 15",
            "Is A -> B true?",
            "2024-01-05 -> 2024",
            "555-1234 ->",
            "+49-30-1234 \u{2192}",
            "What is 1 + 2?",
            "",
            "{\"a\": 1}",
        ] {
            let mut stated = Stated::default();
            stated.look(Some(&text.into()));
            assert_eq!(stated.fault, None, "{text}");
        }
    }

    #[test]
    fn fields_with_numbers_say_what_their_problem_lacks() {
        for (row, lack) in [
            (r#"{"numbers":[3,5,7]}"#, Some("no `target`")),
            (r#"{"nums":["3",5],"target":null}"#, Some("no `target`")),
            (r#"{"numbers":[3,5],"target":"soon"}"#, Some("no whole number")),
            (r#"{"numbers":[3,5],"target":1.5}"#, Some("no whole number")),
            (r#"{"numbers":[3,-5],"target":8}"#, Some("negative")),
            (r#"{"numbers":[3,5],"target":8}"#, None),
            (r#"{"numbers":[],"target":8}"#, Some("no list of whole numbers")),
            (
                r#"{"numbers":[18.5,7],"target":8}"#,
                Some("no list of whole numbers"),
            ),
            (
                r#"{"numbers":"3 and 5","target":8}"#,
                Some("no list of whole numbers"),
            ),
            (r#"{"numbers":"3, 5","target":8}"#, None),
            (r#"{"numbers":"one"}"#, None),
            (r#"{"numbers":[0.5,1]}"#, None),
            (r#"{"numbers":["one","two"]}"#, None),
            (r#"{"numbers":3}"#, None),
        ] {
            let mut stated = Stated::default();
            stated.look(Some(&serde_json::from_str(row).unwrap()));
            let said = stated.lack.map(|lack| lack.to_string());
            assert_eq!(said.is_some(), lack.is_some(), "{row}: {said:?}");
            assert!(
                said.unwrap_or_default().contains(lack.unwrap_or_default()),
                "{row}"
            );
        }
        for numbers in [r#"[18,"7",4.0]"#, r#""18 7 4""#, r#""[18, 7, 4]""#] {
            let row = format!(r#"{{"numbers":{numbers},"target":"15"}}"#);
            let mut stated = Stated::default();
            stated.look(Some(&serde_json::from_str(&row).unwrap()));
            assert_eq!(stated.problem, Problem::parse("18 7 4 -> 15").ok(), "{row}");
        }
    }
}

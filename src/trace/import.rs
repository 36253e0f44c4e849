//! Traces that somebody else wrote down: JSON lines, one trace or one row with a `text` per line, or a plain text.
//!
//! Rows of other data sets are met half-way: `trace` for `text`, a model that is only a name, a problem in words.
//! Files are read as a stream. What cannot be read is reported with its line and reason and never hides what can.
//! Text is taken as it is, but for bytes that are no UTF-8: they become U+FFFD and are counted.

use super::{Trace, record::Finish};
use crate::{
    base::id,
    task::countdown::{Problem, question},
};
use serde_json::{Value, json};
use std::io::{self, BufRead};

/// What some editors put before the first line; no part of the text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// One row of a file: a trace, as far as the row says, and its problem, when the row says all of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The row as a trace; tree, habits and verdict are not computed here.
    pub trace: Trace,
    /// The problem, when it is whole.
    pub problem: Option<Problem>,
    /// What had to be mended before it could be read, as a sentence.
    pub mended: Option<String>,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {reason}")]
pub struct RowError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl RowError {
    /// The line that stands in the output for the row that is missing.
    #[must_use]
    pub fn to_trace(&self, index: usize) -> Trace {
        Trace {
            id: id::new(&self.to_string()),
            created: id::now(),
            index,
            source: Some(json!({"format": "jsonl", "file": self.file, "line": self.line})),
            finish: Some(Finish::Error),
            error: Some(self.reason.clone()),
            ..Trace::default()
        }
    }
}

/// Reads rows one after the other.
#[derive(Debug)]
pub struct Rows<R> {
    input: R,
    file: String,
    line: usize,
    started: bool,
}

impl<R: BufRead> Rows<R> {
    /// The rows of `input`; `file` is its name in reports.
    pub fn new(input: R, file: &str) -> Self {
        Self {
            input,
            file: file.to_owned(),
            line: 0,
            started: false,
        }
    }

    /// The next line's bytes with its newline; `None` at the end.
    fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        if self.input.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        if self.line == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(Some(bytes))
    }

    /// Everything from `first` to the end, as one text.
    fn plain(&mut self, mut first: Vec<u8>) -> io::Result<Row> {
        self.input.read_to_end(&mut first)?;
        let (text, repaired) = repair(&first);
        let mut source = json!({"format": "text", "file": self.file});
        note_repairs(&mut source, repaired);
        Ok(Row {
            trace: Trace {
                text,
                source: Some(source),
                ..Trace::default()
            },
            problem: None,
            mended: mended(&self.file, repaired),
        })
    }

    fn json(&self, bytes: &[u8]) -> Result<Row, RowError> {
        let fail = |reason: String| RowError {
            file: self.file.clone(),
            line: self.line,
            reason,
        };
        let (text, repaired) = repair(bytes);
        let value: Value = serde_json::from_str(&text).map_err(|e| fail(format!("this is no JSON: {e}")))?;
        let mut source = json!({"format": "jsonl", "file": self.file, "line": self.line});
        note_repairs(&mut source, repaired);
        let (trace, problem) = row(value, source).map_err(fail)?;
        Ok(Row {
            trace,
            problem,
            mended: mended(&format!("{}, line {}", self.file, self.line), repaired),
        })
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = io::Result<Result<Row, RowError>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let bytes = match self.read_line() {
                Ok(bytes) => bytes?,
                Err(error) => return Some(Err(error)),
            };
            let body = bytes.trim_ascii();
            if body.is_empty() {
                continue;
            }
            // The first line with anything on it decides what the file is.
            if !std::mem::replace(&mut self.started, true) && !body.starts_with(b"{") {
                return Some(self.plain(bytes).map(Ok));
            }
            return Some(Ok(self.json(body)));
        }
    }
}

/// One JSON object as a trace.
fn row(mut value: Value, source: Value) -> Result<(Trace, Option<Problem>), String> {
    let Value::Object(object) = &mut value else {
        return Err("this is no JSON object".to_owned());
    };
    if !object.contains_key("text")
        && let Some(text) = object.remove("trace").filter(Value::is_string)
    {
        object.insert("text".to_owned(), text);
    }
    if let Some(Value::String(name)) = object.get("model") {
        let model = json!({"name": name});
        object.insert("model".to_owned(), model);
    }
    match object.get("text") {
        Some(Value::String(_)) => {}
        Some(_) => return Err("`text` is not a string".to_owned()),
        None => return Err("there is no `text`".to_owned()),
    }
    let stated = object.get("problem").filter(|p| !p.is_null()).cloned();
    let words = [object.get("question"), stated.as_ref()]
        .into_iter()
        .flatten()
        .find_map(Value::as_str);
    let words = words.map(str::to_owned);
    let mut trace: Trace =
        serde_json::from_value(value).map_err(|e| format!("a field has the wrong type: {e}"))?;
    trace.source.get_or_insert(source);
    trace.prompt = trace.prompt.or_else(|| words.clone());
    let problem = match trace.task.as_deref() {
        None | Some("countdown") => {
            let whole = stated.as_ref().and_then(problem);
            whole.or_else(|| question(words.as_deref()?))
        }
        Some(_) => None,
    };
    Ok((trace, problem))
}

/// A whole Countdown problem, as an object or as `18 7 4 -> 15`.
fn problem(value: &Value) -> Option<Problem> {
    match value {
        Value::String(text) => Problem::parse(text).ok(),
        value => Problem::parse(&value.to_string()).ok(),
    }
}

/// Text from bytes, and how many stretches of them were no UTF-8.
fn repair(bytes: &[u8]) -> (String, usize) {
    let repaired = bytes
        .utf8_chunks()
        .filter(|chunk| !chunk.invalid().is_empty())
        .count();
    (String::from_utf8_lossy(bytes).into_owned(), repaired)
}

/// The sentence about bytes that were replaced in what stands at `place`.
fn mended(place: &str, repaired: usize) -> Option<String> {
    let what = match repaired {
        0 => return None,
        1 => "one piece of it is no UTF-8 and stands as \u{fffd}".to_owned(),
        n => format!("{n} pieces of it are no UTF-8 and stand as \u{fffd}"),
    };
    Some(format!("{place}: {what}"))
}

fn note_repairs(source: &mut Value, repaired: usize) {
    if let (Some(object), true) = (source.as_object_mut(), repaired > 0) {
        object.insert("repaired".to_owned(), json!(repaired));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(bytes: &[u8]) -> Vec<Result<Row, RowError>> {
        Rows::new(bytes, "f").map(Result::unwrap).collect()
    }

    #[test]
    fn good_rows_are_read_and_bad_ones_are_named_by_line() {
        let text = b"{\"text\":\"a\",\"problem\":{\"numbers\":[1,2],\"target\":3}}\n\n{\"text\":1}\nnonsense\n{\"text\":\"b\",\"more\":0}\n";
        let rows = rows(text);
        assert_eq!(rows[0].as_ref().unwrap().problem.as_ref().unwrap().target, 3);
        assert_eq!(
            rows[1].as_ref().unwrap_err().to_string(),
            "f, line 3: `text` is not a string"
        );
        assert_eq!(rows[2].as_ref().unwrap_err().line, 4);
        assert_eq!(rows[3].as_ref().unwrap().trace.text, "b");
    }

    #[test]
    fn a_file_that_does_not_start_with_json_is_one_text() {
        let rows = rows(b"try 1+2=3 left 3\n{\"text\":\"x\"}\n");
        assert_eq!(rows.len(), 1);
        assert_eq!(
            rows[0].as_ref().unwrap().trace.text,
            "try 1+2=3 left 3\n{\"text\":\"x\"}\n"
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(rows(b"\xef\xbb\xbf{\"text\":\"a\"}\n{\"text\":\"b\"}\n").len(), 2);
        assert_eq!(rows(b"\xef\xbb\xbfa\n")[0].as_ref().unwrap().trace.text, "a\n");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_counted() {
        let row = rows(b"a\xffb\xfe\0\x1b[31m\n").remove(0).unwrap();
        assert_eq!(row.trace.text, "a\u{fffd}b\u{fffd}\0\u{1b}[31m\n");
        assert_eq!(row.trace.source.unwrap()["repaired"], 2);
        assert_eq!(
            row.mended.unwrap(),
            "f: 2 pieces of it are no UTF-8 and stand as \u{fffd}"
        );
    }

    #[test]
    fn part_of_a_problem_is_kept_but_is_none() {
        let row = rows(b"{\"text\":\"a\",\"problem\":{\"numbers\":[1,2]}}")
            .remove(0)
            .unwrap();
        assert_eq!(row.problem, None);
        assert_eq!(row.trace.problem.unwrap()["numbers"][1], 2);
    }

    #[test]
    fn rows_of_other_data_sets_are_met_half_way() {
        let asked = "Using the numbers [19, 36, 55, 7], create an equation that equals 65.";
        let line =
            json!({"trace": "55+36=91", "problem": asked, "model": "qwen", "task": "countdown"}).to_string();
        let row = rows(line.as_bytes()).remove(0).unwrap();
        assert_eq!(
            (row.trace.text.as_str(), row.trace.prompt.as_deref()),
            ("55+36=91", Some(asked))
        );
        assert_eq!(row.trace.model.unwrap().name, "qwen");
        assert_eq!(row.problem.unwrap().to_string(), "19 36 55 7 -> 65");
        let line = json!({"text": "a", "question": asked, "task": "sudoku"}).to_string();
        let row = rows(line.as_bytes()).remove(0).unwrap();
        assert_eq!((row.problem, row.trace.prompt.as_deref()), (None, Some(asked)));
    }

    #[test]
    fn deep_nesting_is_a_sentence() {
        let text = format!("{{\"text\":{}", "[".repeat(100_000));
        assert!(rows(text.as_bytes())[0].is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_rows_or_reasons(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = rows(&bytes);
        }
    }
}

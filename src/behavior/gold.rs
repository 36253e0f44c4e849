//! Traces with labels given by people, unit by unit: what detectors are measured on and a probe learns from.

use crate::{
    task::countdown::{Problem, question},
    trace::{Span, Subject},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// One labelled trace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Labelled {
    /// Its name.
    pub id: String,
    /// Who wrote it.
    pub model: String,
    /// What it is about: `countdown`, `math`…
    pub task: String,
    /// The problem in words, or as `18 7 4 -> 15`.
    #[serde(alias = "question")]
    pub problem: String,
    /// The text.
    #[serde(rename = "trace", alias = "text")]
    pub text: String,
    /// Its units, in text order.
    pub units: Vec<Unit>,
}

/// A stretch of the text that was judged as a whole. Offsets are in code points, as most annotation tools write them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Unit {
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The habits' letters that all annotators gave.
    pub labels: String,
    /// Those that only some gave.
    pub disputed: String,
}

/// A line that is no labelled trace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct GoldError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// The labelled traces of a JSON-lines file; each line that is none gives its reason.
pub fn read(text: &str) -> impl Iterator<Item = Result<Labelled, GoldError>> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let wrong = |reason: String| GoldError {
                line: number + 1,
                reason,
            };
            let row: Labelled =
                serde_json::from_str(line).map_err(|e| wrong(format!("this is no labelled trace: {e}")))?;
            if row.text.is_empty() {
                return Err(wrong("there is no `trace`, or it is empty".to_owned()));
            }
            let end = row.text.chars().count();
            match row
                .units
                .iter()
                .find(|unit| unit.start >= unit.end || unit.end > end)
            {
                Some(unit) => Err(wrong(format!(
                    "a unit from {} to {} does not fit a text of {end} characters",
                    unit.start, unit.end
                ))),
                None => Ok(row),
            }
        })
}

impl Labelled {
    /// Whether somebody has judged it: a trace without a habit has units, too.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        !self.units.is_empty()
    }

    /// The Countdown problem, when the row is about one and says it.
    #[must_use]
    pub fn countdown(&self) -> Option<Problem> {
        if !matches!(self.task.as_str(), "" | "countdown") {
            return None;
        }
        question(&self.problem).or_else(|| Problem::parse(&self.problem).ok())
    }

    /// What the row is about, as far as it says.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self.countdown() {
            None => Subject::asked(&self.task, &self.problem),
            problem => problem.into(),
        }
    }

    /// The bytes of each unit.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        let mut bytes: Vec<usize> = self.text.char_indices().map(|(at, _)| at).collect();
        bytes.push(self.text.len());
        let byte = |point: usize| bytes.get(point).copied().unwrap_or(self.text.len());
        self.units
            .iter()
            .map(|unit| Span::new(byte(unit.start), byte(unit.end)))
            .collect()
    }
}

/// Groups of traces, by a name each has.
pub(super) fn by_name<'a, T>(items: &'a [T], name: impl Fn(&T) -> String) -> BTreeMap<String, Vec<&'a T>> {
    let mut groups: BTreeMap<String, Vec<&'a T>> = BTreeMap::new();
    for item in items {
        groups.entry(name(item)).or_default().push(item);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::read;

    /// Whoever copies the row that the README shows has a labelled trace whose units are its sentences.
    #[test]
    fn the_row_in_the_readme_is_a_labelled_trace() {
        let readme = include_str!("../../README.md");
        let row = readme.lines().find(|line| line.contains("\"units\":["));
        let row = read(row.unwrap()).next().unwrap().unwrap();
        assert!(row.countdown().is_some() && row.is_judged() && !row.model.is_empty());
        let said: Vec<(&str, &str)> = row
            .spans()
            .iter()
            .zip(&row.units)
            .map(|(span, unit)| (span.of(&row.text), unit.labels.as_str()))
            .collect();
        assert_eq!(
            said,
            [("3 + 4 = 7.", ""), ("Too small.", "V"), ("Try 3 * 4 = 12.", "B")]
        );
        assert_eq!(row.units[2].disputed, "S");
    }
}

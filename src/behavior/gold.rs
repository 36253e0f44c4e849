//! Traces with labels given by people, unit by unit: what detectors are measured on and a probe learns from.

use super::Habit;
use crate::{
    base::nearest::nearest,
    task::countdown::{Problem, question},
    trace::{Span, Subject},
};
use serde::{Deserialize, de::IgnoredAny};
use std::collections::BTreeMap;

/// One labelled trace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Row")]
pub struct Labelled {
    /// Its name.
    pub id: String,
    /// Who wrote it.
    pub model: String,
    /// What it is about: `countdown`, `math`…
    pub task: String,
    /// The problem in words, or as `18 7 4 -> 15`.
    pub problem: String,
    /// The text.
    pub text: String,
    /// Its units, in text order.
    pub units: Vec<Unit>,
}

/// A row as files have it. Fields of two names may be there under both, and those that say nothing may be null.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    id: Option<String>,
    model: Option<String>,
    task: Option<String>,
    problem: Option<String>,
    question: Option<String>,
    trace: Option<String>,
    text: Option<String>,
    units: Vec<Unit>,
}

impl From<Row> for Labelled {
    fn from(row: Row) -> Self {
        let first = |name: Option<String>, other: Option<String>| {
            name.filter(|text| !text.is_empty()).or(other).unwrap_or_default()
        };
        Self {
            id: row.id.unwrap_or_default(),
            model: row.model.unwrap_or_default(),
            task: row.task.unwrap_or_default(),
            problem: first(row.problem, row.question),
            text: first(row.trace, row.text),
            units: row.units,
        }
    }
}

/// A stretch of the text that was judged as a whole. Offsets are in code points, as most annotation tools write them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Judged")]
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

/// A unit as files have it: one whose labels stand under another name has none, and is none.
#[derive(Deserialize)]
struct Judged {
    start: Option<i64>,
    end: Option<i64>,
    labels: Option<Labels>,
    disputed: Option<Labels>,
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
}

/// Labels in a text, or in a list of texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Labels {
    Text(String),
    List(Vec<String>),
}

impl From<Labels> for String {
    fn from(labels: Labels) -> Self {
        match labels {
            Labels::Text(text) => text,
            Labels::List(list) => list.join(","),
        }
    }
}

impl TryFrom<Judged> for Unit {
    type Error = String;

    fn try_from(unit: Judged) -> Result<Self, String> {
        const KNOWN: [&str; 4] = ["start", "end", "labels", "disputed"];
        let place = |name: &str, at: Option<i64>| {
            let at = at.ok_or_else(|| format!("a unit has no `{name}`"))?;
            usize::try_from(at).map_err(|_| format!("a unit has the `{name}` {at}: offsets begin at 0"))
        };
        let (start, end) = (place("start", unit.start)?, place("end", unit.end)?);
        let Some(labels) = unit.labels else {
            let mut others = unit.others.keys().map(String::as_str);
            let meant = others.find(|name| nearest(name, KNOWN).is_some());
            let instead = meant.map_or_else(String::new, |name| format!(", but `{name}`"));
            return Err(format!(
                "the unit from {start} to {end} has no `labels`{instead}: write its habits there, \"\" where it shows none"
            ));
        };
        Ok(Self {
            start,
            end,
            labels: labels.into(),
            disputed: unit.disputed.map(String::from).unwrap_or_default(),
        })
    }
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

/// The labelled traces of a JSON-lines file; each line that is none gives its reason. Of JSON in another layout no line is
/// read: the first says what to do.
pub fn read(text: &str) -> impl Iterator<Item = Result<Labelled, GoldError>> {
    // What some editors put before the first line.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let other = other_layout(text);
    let lines = if other.is_some() { "" } else { text };
    other.map(Err).into_iter().chain(read_lines(lines))
}

/// What is wrong with a file whose rows are no lines.
fn other_layout(text: &str) -> Option<GoldError> {
    let (number, line) = text
        .lines()
        .enumerate()
        .find(|(_, line)| !line.trim().is_empty())?;
    let reason = match line.trim() {
        list if list.starts_with('[') => {
            "this is a JSON list, and labelled traces are read a line each: write it so, as `jq -c '.[]'` does"
        }
        "{" => "this row goes on over several lines: write each row in one, as `jq -c .` does",
        _ => return None,
    };
    Some(GoldError {
        line: number + 1,
        reason: reason.to_owned(),
    })
}

fn read_lines(text: &str) -> impl Iterator<Item = Result<Labelled, GoldError>> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let wrong = |reason: String| GoldError {
                line: number + 1,
                reason,
            };
            let mut row: Labelled =
                serde_json::from_str(line).map_err(|error| wrong(complaint(&error)))?;
            if row.text.is_empty() {
                return Err(wrong("there is no `trace`, or it is empty".to_owned()));
            }
            if row.id.is_empty() {
                row.id = format!("line {}", number + 1);
            }
            let end = row.text.chars().count();
            let mut before = 0;
            for unit in &mut row.units {
                if unit.start >= unit.end || unit.end > end {
                    return Err(wrong(format!(
                        "a unit from {} to {} does not fit a text of {end} characters",
                        unit.start, unit.end
                    )));
                }
                if unit.start < before {
                    return Err(wrong(format!(
                        "the unit from {} to {} begins before the one before it ends, at {before}",
                        unit.start, unit.end
                    )));
                }
                before = unit.end;
                for labels in [&mut unit.labels, &mut unit.disputed] {
                    *labels = letters(labels).map_err(|unknown| {
                        wrong(format!(
                            "the unit from {} to {} has the label `{unknown}`, which is no habit: write {ALLOWED}",
                            unit.start, unit.end
                        ))
                    })?;
                }
            }
            Ok(row)
        })
}

/// What serde complains about, of a line whose number its own does not tell.
fn complaint(error: &serde_json::Error) -> String {
    let why = error.to_string();
    let why = match why.rsplit_once(" at line 1 column ") {
        // Where a unit ends in which something is wrong is no place of that.
        Some((why, _)) if error.is_data() => why.to_owned(),
        Some((why, column)) => format!("{why} at column {column}"),
        None => why,
    };
    format!("this is no labelled trace: {why}")
}

/// What a label may be.
const ALLOWED: &str =
    "V, B, S, C or verification, backtracking, subgoal_setting, backward_chaining, several with commas";

/// The letters of the habits that `labels` names, by letters together or apart, or by their names.
///
/// # Errors
/// The label that is neither.
fn letters(labels: &str) -> Result<String, String> {
    let named = |name: &str| Habit::from_name(&name.to_lowercase().replace([' ', '-'], "_"));
    let lettered = |c: char| {
        let is = |habit: &Habit| habit.letter() == c.to_ascii_uppercase();
        Habit::ALL.into_iter().find(is)
    };
    let mut found = String::new();
    for label in labels.split([',', ';']).map(str::trim) {
        match named(label) {
            Some(habit) => found.push(habit.letter()),
            None => {
                for word in label.split_whitespace() {
                    let habits: Option<Vec<Habit>> = match named(word) {
                        Some(habit) => Some(vec![habit]),
                        None => word.chars().map(lettered).collect(),
                    };
                    let habits = habits.ok_or_else(|| word.chars().take(LONGEST).collect::<String>())?;
                    found.extend(habits.iter().map(|habit| habit.letter()));
                }
            }
        }
    }
    Ok(found)
}

/// Most characters of a label that a sentence repeats.
const LONGEST: usize = 40;

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
    use super::*;

    #[test]
    fn labels_are_letters_or_names_of_habits_and_nothing_else() {
        for (labels, habits) in [
            ("", ""),
            ("V", "V"),
            ("VB", "VB"),
            ("v", "V"),
            ("b, s", "BS"),
            ("V S", "VS"),
            ("verification", "V"),
            ("Backtracking;subgoal_setting", "BS"),
            ("backward chaining, subgoal-setting", "CS"),
            ("verification backtracking", "VB"),
        ] {
            assert_eq!(letters(labels).as_deref(), Ok(habits), "{labels}");
        }
        for (labels, unknown) in [
            ("X", "X"),
            ("none", "none"),
            ("V, doubt", "doubt"),
            ("back", "back"),
        ] {
            assert_eq!(letters(labels), Err(unknown.to_owned()), "{labels}");
        }
    }

    #[test]
    fn a_label_that_nobody_knows_is_named_with_its_line_and_what_is_allowed() {
        let text = r#"{"trace":"abc","units":[{"start":0,"end":3,"labels":"verification","disputed":"b"}]}
{"trace":"abc","units":[{"start":0,"end":3,"labels":"VQ"}]}"#;
        let rows: Vec<_> = read(text).collect();
        let unit = &rows[0].as_ref().unwrap().units[0];
        assert_eq!((unit.labels.as_str(), unit.disputed.as_str()), ("V", "B"));
        let error = rows[1].as_ref().unwrap_err().to_string();
        assert!(
            error.starts_with("line 2: the unit from 0 to 3 has the label `VQ`, which is no habit: write V, B, S, C or verification"),
            "{error}"
        );
    }

    #[test]
    fn a_unit_whose_labels_stand_under_another_name_is_named_and_a_list_of_labels_is_read() {
        let unit = |unit: &str| {
            let row = format!(r#"{{"trace":"3 + 4 = 7.","model":null,"units":[{unit}]}}"#);
            let row = read(&row).next().unwrap();
            row.map(|row| (row.units[0].labels.clone(), row.id))
                .map_err(|error| error.reason)
        };
        let list = unit(r#"{"start":0,"end":5,"labels":["V","subgoal setting"]}"#);
        assert_eq!(list, Ok(("VS".to_owned(), "line 1".to_owned())));
        for (json, why) in [
            (
                r#"{"start":0,"end":5,"label":"V"}"#,
                "from 0 to 5 has no `labels`, but `label`: write its habits there",
            ),
            (
                r#"{"start":0,"end":5,"habits":"V"}"#,
                "from 0 to 5 has no `labels`: write its habits there",
            ),
            (
                r#"{"start":-1,"end":5,"labels":"V"}"#,
                "a unit has the `start` -1: offsets begin at 0",
            ),
            (r#"{"end":5,"labels":"V"}"#, "a unit has no `start`"),
            (
                r#"{"start":0,"end":9,"labels":""},{"start":4,"end":10,"labels":"V"}"#,
                "the unit from 4 to 10 begins before the one before it ends, at 9",
            ),
        ] {
            let said = unit(json).unwrap_err();
            assert!(said.contains(why) && !said.contains("at line"), "{json}: {said}");
        }
    }

    #[test]
    fn a_mark_before_the_first_line_is_no_part_of_it_and_another_layout_is_told_once() {
        let row = r#"{"trace":"abc","units":[{"start":0,"end":3,"labels":"V"}]}"#;
        let one = read(&format!("\u{feff}{row}\r\n")).collect::<Vec<_>>();
        assert!(matches!(&one[..], [Ok(row)] if row.text == "abc"), "{one:?}");
        for (text, why) in [
            (format!("\n [{row},\n{row}]"), "line 2: this is a JSON list"),
            (
                row.replace(',', ",\n").replace("{\"t", "{\n\"t"),
                "line 1: this row goes on over several lines",
            ),
        ] {
            let errors: Vec<String> = read(&text).map(|row| row.unwrap_err().to_string()).collect();
            assert!(
                matches!(&errors[..], [error] if error.starts_with(why)),
                "{errors:?}"
            );
        }
    }

    #[test]
    fn a_row_may_have_both_names_of_a_field() {
        let row = |json: &str| read(json).next().unwrap().unwrap();
        let both = row(r#"{"question":"q","problem":"p","text":"t","trace":"abc"}"#);
        assert_eq!((both.problem.as_str(), both.text.as_str()), ("p", "abc"));
        let one = row(r#"{"question":"q","problem":"","text":"t"}"#);
        assert_eq!((one.problem.as_str(), one.text.as_str()), ("q", "t"));
    }

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

//! How right a detector is: precision, recall and F1 against labels given by people, with every error.
//!
//! A unit counts as detected when a detected span starts in it or covers at least half of it. Units that annotators
//! dispute are left out for that habit. Intervals are a bootstrap over traces (Efron 1979): sentences of one trace are no
//! independent things.

use super::{
    Habit,
    gold::{Labelled, by_name},
};
use crate::{
    base::stats,
    trace::{Span, record::Behavior},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name and version of the shape.
pub const SCHEMA: &str = "backtrail.score/1";

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    schema: &'static str,
    /// What was measured: `best`, `rules`…
    pub detector: String,
    /// Labelled traces.
    pub traces: usize,
    /// Units in them.
    pub units: usize,
    /// Per habit.
    pub habits: BTreeMap<String, Figures>,
    /// Per model and habit.
    pub by_model: BTreeMap<String, BTreeMap<String, Figures>>,
    /// Per task and habit.
    pub by_task: BTreeMap<String, BTreeMap<String, Figures>>,
    /// Every unit that was missed or found wrongly.
    pub errors: Vec<Error>,
}

/// The figures of one habit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Share of the detected units that are labelled; null when none was detected.
    pub precision: Option<f64>,
    /// Share of the labelled units that were detected; null when none is labelled.
    pub recall: Option<f64>,
    /// Harmonic mean of the two; null when nothing is labelled or detected.
    pub f1: Option<f64>,
    /// 95 % interval of `f1`.
    pub interval: Option<[f64; 2]>,
    /// Labelled units.
    pub support: usize,
}

/// A unit that a detector got wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Error {
    /// The trace.
    pub id: String,
    /// Who wrote it.
    pub model: String,
    /// Number of the unit in it, from 0.
    pub unit: usize,
    /// The habit.
    pub habit: &'static str,
    /// Whether it was labelled and not detected; else the other way round.
    pub missed: bool,
    /// The rule that found it.
    pub rule: Option<String>,
    /// Its text.
    pub text: String,
}

/// Right, wrong and missed units of one trace, for each of [`Habit::ALL`].
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    right: usize,
    wrong: usize,
    missed: usize,
}

/// A scored trace.
struct Scored<'a> {
    row: &'a Labelled,
    counts: [Counts; 4],
}

/// Measures `detect`, which finds the habits of a labelled trace and is asked about each in its order.
pub fn score(detector: &str, rows: &[Labelled], mut detect: impl FnMut(&Labelled) -> Vec<Behavior>) -> Score {
    let mut errors = Vec::new();
    let scored: Vec<Scored<'_>> = rows
        .iter()
        .map(|row| Scored {
            row,
            counts: count(row, &detect(row), &mut errors),
        })
        .collect();
    let all: Vec<&Scored<'_>> = scored.iter().collect();
    let groups = |name: fn(&Scored<'_>) -> String| {
        by_name(&scored, name)
            .into_iter()
            .map(|(name, group)| (name, figures(&group)))
            .collect()
    };
    Score {
        schema: SCHEMA,
        detector: detector.to_owned(),
        traces: rows.len(),
        units: rows.iter().map(|row| row.units.len()).sum(),
        habits: figures(&all),
        by_model: groups(|scored| scored.row.model.clone()),
        by_task: groups(|scored| scored.row.task.clone()),
        errors,
    }
}

fn count(row: &Labelled, found: &[Behavior], errors: &mut Vec<Error>) -> [Counts; 4] {
    let spans = row.spans();
    Habit::ALL.map(|habit| {
        let mut counts = Counts::default();
        let found: Vec<&Behavior> = found.iter().filter(|b| b.behavior == habit.name()).collect();
        for (number, (unit, span)) in row.units.iter().zip(&spans).enumerate() {
            if unit.disputed.contains(habit.letter()) {
                continue;
            }
            let labelled = unit.labels.contains(habit.letter());
            let finding = found.iter().find(|b| detects(b.span, *span));
            match (labelled, finding) {
                (true, Some(_)) => counts.right += 1,
                (false, None) => continue,
                (true, None) => counts.missed += 1,
                (false, Some(_)) => counts.wrong += 1,
            }
            if labelled != finding.is_some() {
                errors.push(Error {
                    id: row.id.clone(),
                    model: row.model.clone(),
                    unit: number,
                    habit: habit.name(),
                    missed: labelled,
                    rule: finding.map(|b| b.rule.clone()),
                    text: span.of(&row.text).to_owned(),
                });
            }
        }
        counts
    })
}

/// Whether a span starts in a unit or covers at least half of it.
pub(super) fn detects(span: Span, unit: Span) -> bool {
    let shared = span.end.min(unit.end).saturating_sub(span.start.max(unit.start));
    unit.contains(span.start) || 2 * shared >= unit.end - unit.start
}

fn figures(traces: &[&Scored<'_>]) -> BTreeMap<String, Figures> {
    Habit::ALL
        .iter()
        .enumerate()
        .map(|(index, habit)| {
            let counts: Vec<Counts> = traces
                .iter()
                .filter_map(|scored| scored.counts.get(index).copied())
                .collect();
            let sum = |which: &mut dyn Iterator<Item = &Counts>| {
                which.fold(Counts::default(), |a, b| Counts {
                    right: a.right + b.right,
                    wrong: a.wrong + b.wrong,
                    missed: a.missed + b.missed,
                })
            };
            let all = sum(&mut counts.iter());
            let interval = all.f1().map(|_| {
                stats::resampled(counts.len(), |draw| {
                    sum(&mut draw.iter().filter_map(|trace| counts.get(*trace))).f1()
                })
            });
            let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
            let figures = Figures {
                precision: share(all.right, all.right + all.wrong),
                recall: share(all.right, all.right + all.missed),
                f1: all.f1(),
                interval,
                support: all.right + all.missed,
            };
            (habit.name().to_owned(), figures)
        })
        .collect()
}

impl Counts {
    fn f1(&self) -> Option<f64> {
        let whole = 2 * self.right + self.wrong + self.missed;
        (whole > 0).then(|| 2.0 * self.right as f64 / whole as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behavior::gold::Unit;

    fn row(labels: &[&str]) -> Labelled {
        let unit = |(number, label): (usize, &&str)| Unit {
            start: 4 * number,
            end: 4 * number + 3,
            labels: label.trim_start_matches('?').to_owned(),
            disputed: if label.starts_with('?') {
                (*label).to_owned()
            } else {
                String::new()
            },
        };
        Labelled {
            id: "t".into(),
            model: "m".into(),
            // Code points are no bytes.
            text: "\u{e9}bc ".repeat(labels.len()),
            units: labels.iter().enumerate().map(unit).collect(),
            ..Labelled::default()
        }
    }

    fn at(start: usize, end: usize) -> Behavior {
        Behavior {
            behavior: "verification".into(),
            span: Span::new(start, end),
            detector: "rules".into(),
            version: String::new(),
            rule: "r".into(),
            evidence: String::new(),
            confidence: 1.0,
        }
    }

    #[test]
    fn units_are_right_wrong_missed_or_left_out() {
        // Five bytes a unit. One right, one wrong, one missed, one disputed.
        let rows = [row(&["V", "", "V", "?V"])];
        let score = score("best", &rows, |_| vec![at(0, 4), at(5, 9), at(15, 19)]);
        let v = &score.habits["verification"];
        assert_eq!(
            (v.precision, v.recall, v.f1, v.support),
            (Some(0.5), Some(0.5), Some(0.5), 2)
        );
        let errors: Vec<_> = score
            .errors
            .iter()
            .map(|e| (e.unit, e.missed, e.text.as_str()))
            .collect();
        assert_eq!(errors, [(1, false, "\u{e9}bc"), (2, true, "\u{e9}bc")]);
        assert_eq!(
            score.habits["backtracking"].f1, None,
            "nothing labelled, nothing found"
        );
    }

    #[test]
    fn a_span_over_half_of_a_unit_detects_it() {
        assert!(detects(Span::new(0, 8), Span::new(4, 10)));
        assert!(!detects(Span::new(0, 6), Span::new(4, 10)));
        assert!(detects(Span::new(9, 30), Span::new(4, 10)), "it starts there");
    }

    #[test]
    fn rows_that_are_none_have_a_reason() {
        let text = "{\"trace\":\"abc\",\"units\":[{\"start\":0,\"end\":3,\"labels\":\"V\"}]}\n\nno\n{\"trace\":\"a\",\"units\":[{\"start\":0,\"end\":3,\"labels\":\"\"}]}\n{}\n";
        let rows: Vec<_> = crate::behavior::gold::read(text).collect();
        assert_eq!(rows[0].as_ref().unwrap().units[0].labels, "V");
        let errors: Vec<String> = rows[1..]
            .iter()
            .map(|row| row.as_ref().unwrap_err().to_string())
            .collect();
        assert!(
            errors[0].starts_with("line 3: this is no labelled trace"),
            "{errors:?}"
        );
        assert!(errors[1].starts_with("line 4: a unit from 0 to 3"), "{errors:?}");
        assert!(errors[2].starts_with("line 5: there is no `trace`"), "{errors:?}");
    }
}

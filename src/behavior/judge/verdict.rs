//! What a judge's answers about one text come to: counts, spans, and what could not be read.

use super::{
    Protocol,
    case::{About, Case, Label, Said},
};
use crate::{behavior::Habit, trace::record::Behavior};
use serde_json::{Value, json};

/// The judge's word on one text.
#[derive(Clone, Debug)]
pub struct Verdict {
    protocol: Protocol,
    counts: [Option<u32>; 4],
    labels: Vec<Label>,
    /// For each unit, whether it was judged.
    judged: Vec<bool>,
    /// Questions without an answer that could be read.
    pub unread: usize,
    /// Labels that were left out because they name what is not there.
    pub left_out: usize,
}

impl Verdict {
    /// Nothing said yet.
    #[must_use]
    pub fn new(case: &Case, protocol: Protocol) -> Self {
        Self {
            protocol,
            counts: [Some(0); 4],
            labels: Vec::new(),
            judged: vec![false; case.units.len()],
            unread: 0,
            left_out: 0,
        }
    }

    /// Takes in the answer to one question; `None` when there is none that could be read. Each question counts once.
    pub fn take(&mut self, case: &Case, about: About, said: Option<Said>) {
        let habits = Habit::ALL.iter().zip(&mut self.counts);
        match said {
            None => {
                self.unread += 1;
                for (habit, count) in habits {
                    if matches!(about, About::Spans(_)) || matches!(about, About::Count(h, _) if h == *habit)
                    {
                        *count = None;
                    }
                }
            }
            Some(Said::Count(more)) => {
                for (habit, count) in habits {
                    if matches!(about, About::Count(h, _) if h == *habit) {
                        *count = count.map(|count| count.saturating_add(more));
                    }
                }
            }
            Some(Said::Spans(labels, left_out)) => {
                for (habit, count) in habits {
                    let more = labels.iter().filter(|label| label.habit == *habit).count();
                    *count = count.map(|count| count.saturating_add(u32::try_from(more).unwrap_or(u32::MAX)));
                }
                self.left_out += left_out;
                self.labels.extend(labels);
                for judged in self.judged.get_mut(case.judged(about)).unwrap_or_default() {
                    *judged = true;
                }
            }
        }
    }

    /// How often each habit shows, in the order of [`Habit::ALL`]: instances, or labelled units. `None` where an answer is
    /// missing.
    #[must_use]
    pub fn counts(&self) -> [Option<u32>; 4] {
        self.counts
    }

    /// For each unit whether it shows a habit; `None` where it was not judged.
    pub(super) fn of_units(&self, habit: Habit) -> Vec<Option<bool>> {
        let mut shows: Vec<Option<bool>> = self.judged.iter().map(|judged| judged.then_some(false)).collect();
        for label in self.labels.iter().filter(|label| label.habit == habit) {
            if let Some(shows) = shows.get_mut(label.unit) {
                *shows = Some(true);
            }
        }
        shows
    }

    /// The labelled units as findings of the detector `judge`, by start. A judge says yes or no: the confidence is 1
    /// whatever its word is worth.
    #[must_use]
    pub fn behaviors(&self, case: &Case, version: &str, judge: &str) -> Vec<Behavior> {
        let finding = |label: &Label| {
            let said = label
                .quote
                .as_ref()
                .map_or_else(String::new, |quote| format!(": \"{quote}\""));
            Some(Behavior {
                behavior: label.habit.name().to_owned(),
                span: *case.units.get(label.unit)?,
                detector: "judge".to_owned(),
                version: version.to_owned(),
                rule: "judge.spans".to_owned(),
                evidence: format!("{judge} says so{said}"),
                confidence: 1.0,
            })
        };
        let mut found: Vec<Behavior> = self.labels.iter().filter_map(finding).collect();
        found.sort_by_key(|found| found.span.start);
        found
    }

    /// What a trace records: judge, protocol and version, its counts beside `ours`, and what is missing.
    #[must_use]
    pub fn record(&self, version: &str, judge: &str, ours: &[Behavior]) -> Value {
        let each = |value: &dyn Fn(usize, Habit) -> Value| -> Value {
            let pairs = Habit::ALL.iter().enumerate();
            pairs
                .map(|(n, habit)| (habit.name().to_owned(), value(n, *habit)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let count = |habit: Habit| ours.iter().filter(|found| found.behavior == habit.name()).count();
        json!({
            "model": judge,
            "protocol": version,
            "counts": each(&|n, _| json!(self.counts.get(n).copied().flatten())),
            "best": each(&|_, habit| json!(count(habit))),
            "units": (self.protocol == Protocol::Spans).then_some(self.judged.len()),
            "unread": self.unread,
            "left_out": self.left_out,
        })
    }
}

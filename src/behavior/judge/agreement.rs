//! Where a judge and the other detectors part: per habit, counts against counts and units against units.
//!
//! Neither side is the truth. Kappa is agreement beyond what the two rates give by chance (Cohen 1960); precision and
//! recall take our finding for the label.

use super::{Protocol, case::Case, cost::Cost, verdict::Verdict};
use crate::{
    base::words::counted,
    behavior::{Habit, score::detects},
    trace::{Span, record::Behavior},
};
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write as _};

/// Name and version of the shape.
pub const SCHEMA: &str = "backtrail.judge/1";

/// Gathers both sides' words, trace by trace.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    traces: usize,
    unread: usize,
    left_out: usize,
    tallies: [Tally; 4],
}

#[derive(Clone, Debug, Default)]
struct Tally {
    /// The judge's count and ours, per trace.
    counts: Vec<[f64; 2]>,
    units: Units,
}

/// Units by who labelled them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Units {
    /// Both did.
    pub both: usize,
    /// Only the judge.
    pub only_judge: usize,
    /// Only our detectors.
    pub only_best: usize,
    /// Nobody.
    pub neither: usize,
}

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    schema: &'static str,
    /// The judge.
    pub model: String,
    /// Protocol and version of its wording.
    pub protocol: String,
    /// Traces that were judged.
    pub traces: usize,
    /// Questions without an answer that could be read.
    pub unread: usize,
    /// Labels that were left out because they name what is not there.
    pub left_out: usize,
    /// Per habit.
    pub habits: BTreeMap<&'static str, Habits>,
    /// What it took.
    pub cost: Cost,
}

/// Both sides on one habit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Habits {
    /// Traces with a complete count.
    pub traces: usize,
    /// The judge's count per trace, mean; null without traces.
    pub judge: Option<f64>,
    /// Ours.
    pub best: Option<f64>,
    /// Mean of how far the two are apart.
    pub apart: Option<f64>,
    /// Share of the traces with equal counts.
    pub same: Option<f64>,
    /// Pearson's correlation of the counts; null when one side never varies.
    pub correlation: Option<f64>,
    /// Unit by unit; null when the judge only counted.
    pub units: Option<Labels>,
}

/// Both sides unit by unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Labels {
    /// Who labelled how many.
    #[serde(flatten)]
    pub units: Units,
    /// Share of the judge's units that are ours too.
    pub precision: Option<f64>,
    /// Share of our units that are the judge's too.
    pub recall: Option<f64>,
    /// Harmonic mean of the two.
    pub f1: Option<f64>,
    /// Agreement beyond chance; null when chance alone gives all of it.
    pub kappa: Option<f64>,
}

impl Agreement {
    /// Takes in one trace: the judge's verdict, and what the other detectors found.
    pub fn add(&mut self, case: &Case, verdict: &Verdict, best: &[Behavior]) {
        self.traces += 1;
        self.unread += verdict.unread;
        self.left_out += verdict.left_out;
        let sides = Habit::ALL
            .into_iter()
            .zip(verdict.counts())
            .zip(&mut self.tallies);
        for ((habit, count), tally) in sides {
            let ours: Vec<Span> = best
                .iter()
                .filter(|found| found.behavior == habit.name())
                .map(|found| found.span)
                .collect();
            let labelled = labelled(&case.units, &ours);
            for (judge, best) in verdict.of_units(habit).into_iter().zip(labelled) {
                match (judge, best) {
                    (None, _) => {}
                    (Some(true), true) => tally.units.both += 1,
                    (Some(true), false) => tally.units.only_judge += 1,
                    (Some(false), true) => tally.units.only_best += 1,
                    (Some(false), false) => tally.units.neither += 1,
                }
            }
            if let Some(count) = count {
                tally.counts.push([f64::from(count), ours.len() as f64]);
            }
        }
    }

    /// The figures.
    #[must_use]
    pub fn report(&self, protocol: Protocol, version: &str, judge: &str, cost: Cost) -> Report {
        let sides = |(habit, tally): (Habit, &Tally)| {
            let units = (protocol == Protocol::Spans).then(|| tally.units.labels());
            (habit.name(), tally.habits(units))
        };
        Report {
            schema: SCHEMA,
            model: judge.to_owned(),
            protocol: version.to_owned(),
            traces: self.traces,
            unread: self.unread,
            left_out: self.left_out,
            habits: Habit::ALL.into_iter().zip(&self.tallies).map(sides).collect(),
            cost,
        }
    }
}

/// For each unit whether one of `spans` detects it, as scores count it. Linear: a span is looked for where it lies.
fn labelled(units: &[Span], spans: &[Span]) -> Vec<bool> {
    let mut labelled = vec![false; units.len()];
    for span in spans {
        let from = units.partition_point(|unit| unit.end <= span.start);
        let near = units.iter().zip(&mut labelled).skip(from);
        for (unit, labelled) in near.take_while(|(unit, _)| unit.start < span.end) {
            *labelled |= detects(*span, *unit);
        }
    }
    labelled
}

impl Tally {
    fn habits(&self, units: Option<Labels>) -> Habits {
        let n = self.counts.len();
        let mean = |value: &dyn Fn(&[f64; 2]) -> f64| {
            (n > 0).then(|| self.counts.iter().map(value).sum::<f64>() / n as f64)
        };
        let (judge, best) = (mean(&|[judge, _]| *judge), mean(&|[_, best]| *best));
        let correlation = judge.zip(best).and_then(|(a, b)| {
            let product = mean(&|[judge, best]| (judge - a) * (best - b))?;
            let spread = mean(&|[judge, _]| (judge - a).powi(2))? * mean(&|[_, best]| (best - b).powi(2))?;
            (spread > 0.0).then(|| product / spread.sqrt())
        });
        Habits {
            traces: n,
            judge,
            best,
            apart: mean(&|[judge, best]| (judge - best).abs()),
            same: mean(&|[judge, best]| if judge == best { 1.0 } else { 0.0 }),
            correlation,
            units,
        }
    }
}

impl Units {
    fn labels(self) -> Labels {
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        let (judge, best) = (self.both + self.only_judge, self.both + self.only_best);
        let all = judge + self.only_best + self.neither;
        let kappa = share(self.both + self.neither, all).and_then(|seen| {
            let rate = |n: usize| n as f64 / all as f64;
            let chance = rate(judge) * rate(best) + (1.0 - rate(judge)) * (1.0 - rate(best));
            (chance < 1.0).then(|| (seen - chance) / (1.0 - chance))
        });
        Labels {
            units: self,
            precision: share(self.both, judge),
            recall: share(self.both, best),
            f1: share(2 * self.both, judge + best),
            kappa,
        }
    }
}

impl Report {
    /// The figures for a person.
    #[must_use]
    pub fn table(&self) -> String {
        let figure = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
        let mut text = format!(
            "judge {} ({}) beside our detectors, {}\n",
            self.model,
            self.protocol,
            counted(self.traces, "trace")
        );
        text += "  habit                 judge    best   apart    same       r\n";
        for habit in Habit::ALL {
            let Some(row) = self.habits.get(habit.name()) else {
                continue;
            };
            let _ = writeln!(
                text,
                "{} {:<18} {:>8} {:>7} {:>7} {:>7} {:>7}",
                habit.letter(),
                habit.name(),
                figure(row.judge),
                figure(row.best),
                figure(row.apart),
                figure(row.same),
                figure(row.correlation)
            );
        }
        if self.habits.values().any(|row| row.units.is_some()) {
            text += "  units                  both   judge    best neither   kappa      F1\n";
        }
        for habit in Habit::ALL {
            let Some(row) = self.habits.get(habit.name()).and_then(|row| row.units) else {
                continue;
            };
            let _ = writeln!(
                text,
                "{} {:<18} {:>8} {:>7} {:>7} {:>7} {:>7} {:>7}",
                habit.letter(),
                habit.name(),
                row.units.both,
                row.units.only_judge,
                row.units.only_best,
                row.units.neither,
                figure(row.kappa),
                figure(row.f1)
            );
        }
        for (count, what) in [
            (self.unread, "question without an answer that could be read"),
            (self.left_out, "label that names what is not there"),
        ] {
            if count > 0 {
                let _ = writeln!(text, "  left out: {}", plural(count, what));
            }
        }
        text
    }
}

/// `1 label that…`, `2 labels that…`: the first word takes the s.
fn plural(count: usize, what: &str) -> String {
    match what.split_once(' ') {
        Some((word, rest)) => format!("{} {rest}", counted(count, word)),
        None => counted(count, what),
    }
}

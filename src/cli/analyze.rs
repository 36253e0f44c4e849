//! `backtrail analyze`: tree, habits and verdict of traces that exist already.

mod faults;
mod matching;
mod rows;

use super::{
    args::Analyze,
    judge::{Means, Queue, Row},
    layer,
    output::{Failure, Outcome, Output, complain, end},
    problems,
};
use crate::{
    base::words::counted,
    behavior::{Habit, Reading, is_foreign, rules, sheet},
    task::court,
    trace::{
        Style, Trace,
        facts::{Grids, Summary},
        import::Rows,
    },
};
use faults::Faults;
use matching::Matching;
use rows::Item;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufReader},
    path::Path,
};

/// Runs the command.
pub(super) fn run(args: &Analyze, means: Means<'_>) -> Outcome {
    let layer = layer(args.detector.as_deref())?;
    let matching = args.pattern.as_deref().map(Matching::new).transpose()?;
    let problem = args.problem.as_deref().map(problems::of_rows).transpose()?;
    let style: Option<Style> = args
        .reader
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(Failure::input)?;
    let reading = Reading {
        fallback: problem,
        layer: layer.own(),
        style,
        facts: args.facts,
    };
    let mut printer = Printer {
        queue: Queue::open(&args.judging, layer, means)?,
        matching,
        json: args.json,
        output: Output::open(args.out.as_deref())?,
    };
    let (mut read, mut bad) = (0, 0);
    let mut faults = Faults::default();
    let all = rows::each(&args.files, reading, |item| match item {
        Item::Trace(trace, mended) => {
            read += 1;
            if let Some(mended) = mended {
                complain(&mended);
            }
            printer.take(Row::Trace(trace))
        }
        Item::Bad(error, index) => {
            bad += 1;
            faults.tell(&error);
            printer.take(Row::Bad(Box::new(error.to_trace(index))))
        }
        Item::End { path, rows } => {
            faults.end();
            if rows == 0 {
                complain(&format!("{} is empty: nothing to analyze", path.display()));
            }
            Ok(())
        }
        Item::Failed(failure) => Err(failure),
    });
    // A file that cannot be read any further has ended, too.
    faults.end();
    // What has been read by then is printed, whatever became of the rest.
    end(all, || printer.end())?;
    if read > 0 && bad > 0 {
        complain(&format!(
            "{} of {} could not be read",
            bad,
            counted(read + bad, "row")
        ));
    }
    match (read, bad) {
        (0, 1) => Err(Failure::input("the one row could not be read")),
        (0, 2..) => Err(Failure::input(format!("none of the {bad} rows could be read"))),
        _ => Ok(()),
    }
}

/// Prints rows in their order.
struct Printer {
    queue: Queue,
    matching: Option<Matching>,
    json: bool,
    output: Output,
}

impl Printer {
    fn take(&mut self, row: Row) -> Outcome {
        let rows = self.queue.take(row);
        self.print(rows)
    }

    fn print(&mut self, rows: Vec<Row>) -> Outcome {
        for row in rows {
            match row {
                Row::Bad(trace) if self.json => self.output.json(&trace)?,
                Row::Bad(_) => {}
                Row::Trace(trace) => {
                    let matching = self.matching.as_mut();
                    if matching.is_some_and(|matching| !matching.fits(&trace)) {
                        continue;
                    }
                    if self.json {
                        self.output.json(&trace)?;
                    } else {
                        self.output.text(&describe(&trace))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Prints the rest, and what there is to say of the judge.
    fn end(mut self) -> Outcome {
        let rest = self.queue.rest();
        self.print(rest)?;
        self.matching.iter().for_each(Matching::end);
        self.queue.end(&mut self.output, self.json)
    }
}

fn open(path: &Path) -> Result<Rows<'static>, Failure> {
    if path == Path::new("-") {
        return Ok(Rows::new(BufReader::new(io::stdin()), "-"));
    }
    Rows::open(path).map_err(|e| Failure::input(format!("{} cannot be opened: {e}", path.display())))
}

/// `words` with a share in place of `{}`; nothing when there is none.
fn percent(words: &str, share: Option<f64>) -> String {
    share.map_or_else(String::new, |share| {
        words.replace("{}", &format!("{:.0} %", 100.0 * share))
    })
}

/// How much of a Sudoku was worked through.
fn grid_facts(grids: &Grids) -> String {
    let right = grids.right.map_or_else(String::new, |right| {
        format!(", {right} of {} right", counted(grids.placements, "placement"))
    });
    format!(
        "    grids   {} of {} filled, {} visited{right}",
        grids.filled,
        counted(grids.open, "open cell"),
        counted(grids.distinct, "distinct grid"),
    )
}

/// What is known of the course of a trace, in a line: what a solver and arithmetic have to do with it only where they do.
fn course(summary: &Summary) -> String {
    let returns = counted(summary.returns, "return");
    let mut said = vec![
        counted(summary.states, "state"),
        format!("depth {}", summary.depth),
        format!("breadth {}", summary.breadth),
        match summary.from_winning + summary.from_dead {
            0 => returns,
            _ => format!("{returns} ({} gave up on a winning branch)", summary.from_winning),
        },
    ];
    if summary.arithmetic > 0 {
        let (right, all) = (summary.arithmetic_true, summary.arithmetic);
        said.push(format!("{right} of {all} calculations true"));
    }
    if !summary.sound {
        said.push("not sound".to_owned());
    }
    if let Some(share) = summary.wasted {
        said.push(format!("{:.0} % of the states off the way", 100.0 * share));
    }
    said.join(", ")
}

/// A trace for a person: a headline, what is known of its course, then its habits.
#[must_use]
pub fn describe(trace: &Trace) -> String {
    let mut lines = Vec::new();
    let counted_now = || trace.tree.as_ref().map(|tree| tree.summary());
    let summary = trace.facts.or_else(counted_now).unwrap_or_default();
    let verdict = match &trace.outcome {
        None => "no verdict: only Countdown and Sudoku with a known problem are judged".to_owned(),
        Some(o) if o.correct => {
            format!("\u{2713} {}", o.said().unwrap_or("no answer that we can judge"))
        }
        Some(o) => format!("\u{2717} {} ({})", o.said().unwrap_or("no answer"), o.reason),
    };
    let model = trace
        .model
        .as_ref()
        .map_or_else(String::new, |model| format!("{}  ", model.name));
    lines.push(format!("#{}  {model}{verdict}", trace.index));
    lines.push(format!("    {}", course(&summary)));
    if trace.facts.is_some() {
        lines.push(format!(
            "    facts   {} from a dead end, {} of {} statements true, {} repeated{}{}",
            counted(summary.from_dead, "return"),
            summary.claims_true,
            summary.claims,
            counted(summary.repeated, "move"),
            percent(", {} of the text off the way", summary.wasted_text),
            percent(", {} of the space covered", summary.coverage),
        ));
        lines.extend(summary.grids.map(|grids| grid_facts(&grids)));
    }
    if let Some(outcome) = &trace.outcome {
        let dissent = court::disagreements(trace.task.as_deref(), &outcome.scorers);
        lines.extend(
            dissent
                .iter()
                .map(|reason| format!("    scorers disagree   {reason}")),
        );
    }
    lines.push(format!("    sheet   {}", sheet(trace)));
    let own = trace.behaviors.iter().map(|found| found.behavior.as_str());
    let own: BTreeSet<&str> = own.filter(|name| Habit::from_name(name).is_none()).collect();
    let names = Habit::ALL.iter().map(|habit| habit.name()).chain(own);
    lines.extend(names.filter_map(|name| found(trace, name)));
    if is_foreign(trace) {
        lines.push(
            "    habits are looked for in English; this text seems to be in another language".to_owned(),
        );
    }
    lines.extend(trace.judge.as_ref().map(judged));
    lines.join("\n") + "\n"
}

/// How often a behavior was found, by which detectors if by several, and where first.
fn found(trace: &Trace, behavior: &str) -> Option<String> {
    let found = || trace.behaviors.iter().filter(|found| found.behavior == behavior);
    let example = found()
        .next()?
        .span
        .of(&trace.text)
        .lines()
        .next()
        .unwrap_or_default();
    let mut by: BTreeMap<&str, usize> = BTreeMap::new();
    for found in found() {
        *by.entry(&found.detector).or_default() += 1;
    }
    let by: Vec<String> = by
        .iter()
        .map(|(detector, count)| format!("{detector} {count}"))
        .collect();
    let by = match by.len() {
        1 => String::new(),
        _ => format!("   ({})", by.join(", ")),
    };
    let letter = rules::current().letter(behavior).unwrap_or(' ');
    Some(format!(
        "    {letter} {behavior:<18} {:>3}{by}   {example}",
        found().count()
    ))
}

/// What a judge counted: `judge   V 3  B 1  S 0  C -   spans/1, model`.
pub(super) fn judged(record: &Value) -> String {
    let count = |habit: Habit| {
        let count = record.get("counts").and_then(|counts| counts.get(habit.name()));
        let count = count.and_then(Value::as_u64);
        format!(
            "{} {}",
            habit.letter(),
            count.map_or_else(|| "-".to_owned(), |n| n.to_string())
        )
    };
    let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    format!(
        "    judge   {}   {}, {}",
        Habit::ALL.map(count).join("  "),
        text("protocol"),
        text("model")
    )
}

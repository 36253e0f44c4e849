//! `backtrail analyze`: tree, habits and verdict of traces that exist already.

use super::{
    args::Analyze,
    layer,
    output::{Failure, Outcome, Output, complain},
};
use crate::{
    base::words::counted,
    behavior::{self, Habit, rules::reason, sheet},
    task::countdown::{Problem, score},
    trace::{Trace, import::Rows},
};
use regex_automata::meta::Regex;
use std::{
    io::{self, BufReader},
    path::Path,
};

/// Runs the command.
pub(super) fn run(args: &Analyze) -> Outcome {
    let layer = layer(args.detector.as_deref())?;
    let pattern = args.pattern.as_deref().map(pattern).transpose()?;
    let problem = args
        .problem
        .as_deref()
        .map(Problem::parse)
        .transpose()
        .map_err(Failure::input)?;
    let mut output = Output::open(args.out.as_deref())?;
    let (mut read, mut bad) = (0, 0);
    for path in &args.files {
        let mut rows = open(path)?;
        let before = read + bad;
        for row in &mut rows {
            let index = read + bad;
            match row.map_err(|e| Failure::work(format!("{} cannot be read: {e}", path.display())))? {
                Ok(row) => {
                    read += 1;
                    if let Some(mended) = &row.mended {
                        complain(mended);
                    }
                    let trace = behavior::analyze_by(layer, row, problem.as_ref(), index);
                    if pattern.as_ref().is_some_and(|p| !p.is_match(&sheet(&trace))) {
                        continue;
                    }
                    if args.json {
                        output.json(&trace)?
                    } else {
                        output.text(&describe(&trace))?
                    }
                }
                Err(error) => {
                    bad += 1;
                    complain(&error.to_string());
                    if args.json {
                        output.json(&error.to_trace(index))?;
                    }
                }
            }
        }
        if read + bad == before {
            complain(&format!("{} is empty: nothing to analyze", path.display()));
        }
    }
    match (read, bad) {
        (0, 1) => Err(Failure::input("the one row could not be read")),
        (0, 2..) => Err(Failure::input(format!("none of the {bad} rows could be read"))),
        _ => Ok(()),
    }
}

fn open(path: &Path) -> Result<Rows<'static>, Failure> {
    if path == Path::new("-") {
        return Ok(Rows::new(BufReader::new(io::stdin()), "-"));
    }
    Rows::open(path).map_err(|e| Failure::input(format!("{} cannot be opened: {e}", path.display())))
}

/// A pattern of score sheets.
fn pattern(text: &str) -> Result<Regex, Failure> {
    Regex::new(text).map_err(|error| {
        let why = reason(&error);
        Failure::Input(format!("--match {text}: this is no regular expression: {why}"))
    })
}

/// A trace for a person: a headline, what is known of its course, then its habits.
#[must_use]
pub fn describe(trace: &Trace) -> String {
    let mut lines = Vec::new();
    let summary = trace.tree.as_ref().map(|tree| tree.summary()).unwrap_or_default();
    let verdict = match &trace.outcome {
        None => "no verdict: the problem is not known".to_owned(),
        Some(o) if o.correct => format!("\u{2713} {}", o.answer.as_deref().unwrap_or_default()),
        Some(o) => format!(
            "\u{2717} {} ({})",
            o.answer.as_deref().unwrap_or("no answer"),
            o.reason
        ),
    };
    lines.push(format!("#{}  {verdict}", trace.index));
    lines.push(format!(
        "    {}, depth {}, breadth {}, {} ({} gave up on a winning branch), {} of {} calculations true{}{}",
        counted(summary.states, "state"),
        summary.depth,
        summary.breadth,
        counted(summary.returns, "return"),
        summary.from_winning,
        summary.arithmetic_true,
        summary.arithmetic,
        if summary.sound { "" } else { ", not sound" },
        summary.wasted.map_or_else(String::new, |share| format!(
            ", {:.0} % of the states off the way",
            100.0 * share
        )),
    ));
    if let Some(outcome) = &trace.outcome {
        let dissent = score::disagreements(&outcome.scorers);
        lines.extend(
            dissent
                .iter()
                .map(|reason| format!("    scorers disagree   {reason}")),
        );
    }
    lines.push(format!("    sheet   {}", sheet(trace)));
    for habit in Habit::ALL {
        let found: Vec<_> = trace
            .behaviors
            .iter()
            .filter(|b| b.behavior == habit.name())
            .collect();
        if let Some(first) = found.first() {
            let example = first.span.of(&trace.text).lines().next().unwrap_or_default();
            lines.push(format!(
                "    {} {:<18} {:>3}   {example}",
                habit.letter(),
                habit.name(),
                found.len()
            ));
        }
    }
    lines.join("\n") + "\n"
}

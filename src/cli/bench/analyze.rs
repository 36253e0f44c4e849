//! How fast traces are read: the tree, the solver's facts, the rules for habits and the verdict, as `analyze` does it.

use super::{Failure, Rate};
use crate::{
    base::rng,
    behavior,
    task::countdown::{Generator, Problem, Settings, Split},
    trace::{
        Trace,
        import::Row,
        language::{Line, Style, Verdict, Writer},
    },
};
use serde::Serialize;
use std::{fmt::Write as _, hint::black_box};

/// How fast each way of writing is read.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The bundled models' language.
    pub(super) lines: Speed,
    /// English with equations.
    pub(super) free: Speed,
}

/// How fast one way of writing is read, on one thread. A megabyte is a million bytes.
#[derive(Debug, Serialize)]
pub(super) struct Speed {
    traces: usize,
    bytes: usize,
    /// Of the fastest repeat.
    pub(super) mb_per_second: f64,
    pub(super) mb_per_second_median: f64,
    pub(super) traces_per_second: f64,
    pub(super) traces_per_second_median: f64,
}

/// Searches of the teacher of the bundled models, read as they are and retold in English.
pub(super) fn report(settings: &Settings, quick: bool) -> Result<Report, Failure> {
    let (traces, repeats) = if quick { (50, 1) } else { (1_000, 5) };
    let writer = Writer::new(Style::default()).map_err(Failure::work)?;
    let generator = Generator::new(settings, 0, Split::Train).map_err(Failure::work)?;
    let mut rng = rng::stream("bench", 0, &[]);
    let lines: Vec<(Problem, String)> = generator
        .filter_map(|problem| {
            let text = writer.write(&problem, &mut rng)?.text;
            Some((problem, text))
        })
        .take(traces)
        .collect();
    let free: Vec<(Problem, String)> = lines
        .iter()
        .map(|(problem, text)| (problem.clone(), retell(text)))
        .collect();
    Ok(Report {
        lines: speed(&lines, repeats)?,
        free: speed(&free, repeats)?,
    })
}

fn speed(texts: &[(Problem, String)], repeats: usize) -> Result<Speed, Failure> {
    let (traces, bytes) = (texts.len(), texts.iter().map(|(_, text)| text.len()).sum());
    let all = || {
        for (index, (problem, text)) in texts.iter().enumerate() {
            let row = Row {
                trace: Trace {
                    text: text.clone(),
                    ..Trace::default()
                },
                problem: Some(problem.clone()),
                recorded: None,
                unwritten: false,
                mended: None,
            };
            black_box(behavior::analyze(row, None, index));
        }
    };
    // The first texts prepare the search for all phrases; that is the start of the program, not its speed.
    all();
    let rate = Rate::of(repeats, || {
        all();
        Ok(traces as u64)
    })?;
    let megabytes = bytes as f64 / 1e6 / traces.max(1) as f64;
    Ok(Speed {
        traces,
        bytes,
        mb_per_second: rate.best * megabytes,
        mb_per_second_median: rate.median * megabytes,
        traces_per_second: rate.best,
        traces_per_second_median: rate.median,
    })
}

/// A text of the bundled language as somebody might think it aloud.
fn retell(text: &str) -> String {
    let mut told = String::new();
    for parsed in text.lines().filter_map(Line::parse) {
        // Writing to a String cannot fail.
        let _ = match parsed.line {
            Line::Try { a, op, b, result, .. } => {
                writeln!(told, "Let's see what we get from {a} {op} {b} = {result}.")
            }
            Line::Check {
                a,
                op,
                b,
                result,
                verdict: Verdict::Yes,
            } => writeln!(told, "Now {a} {op} {b} = {result}, exactly what we want!"),
            Line::Check {
                a,
                op,
                b,
                result,
                verdict: Verdict::Not(goal),
            } => writeln!(told, "Then {a} {op} {b} = {result}, which is not {goal}."),
            Line::Back { .. } => writeln!(told, "That doesn't work. Let's try another way."),
            Line::Need { goal, need, .. } => {
                writeln!(told, "To reach {goal} we can work backward: so we need {need}.")
            }
            Line::Aim { goal, .. } => writeln!(told, "First, I need to get {goal}."),
            Line::Answer { expression } => writeln!(told, "So the answer is {expression}."),
        };
    }
    told
}

#[cfg(test)]
mod tests {
    use super::retell;
    use crate::{task::countdown::Problem, trace::Reader};

    #[test]
    fn a_search_retold_is_free_text_with_its_moves() {
        let problem = Problem::parse("18 7 4 -> 15").unwrap();
        let text = "try 18+7=25 left 25 4\ncheck 25-4=21 not 15\nback to 18 7 4\ntry 18-7=11 left 11 4\n";
        let tree = Reader::read(Some(problem), &retell(text));
        assert_eq!(tree.reader, "free/13");
        assert!(tree.nodes.len() >= 4 && !tree.backtracks.is_empty(), "{tree:?}");
    }
}

//! `backtrail analyze`: tree, habits and verdict of traces that exist already.

mod describe;
mod faults;
mod matching;
mod rows;

use super::{
    args::Analyze,
    judge::{Means, Queue, Row},
    layer,
    output::{Failure, Outcome, Output, apart, complain, end},
    problems,
};
use crate::{
    base::words::counted,
    behavior::Reading,
    trace::{Style, import::Rows},
};
pub use describe::describe;
pub(super) use describe::judged;
use faults::Faults;
use matching::Matching;
use rows::Item;
use std::{
    io::{self, BufReader},
    path::{Path, PathBuf},
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
    let files = || args.files.iter().map(PathBuf::as_path);
    apart("--out", args.out.as_deref(), files())?;
    args.judging.apart(files().chain(args.out.as_deref()))?;
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
    let mut closed: Option<Failure> = None;
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
        // The last one is what the command ends with.
        Item::Closed(failure) => {
            if let Some(before) = closed.replace(failure) {
                complain(&before.to_string());
            }
            Ok(())
        }
        Item::Failed(failure) => Err(failure),
    });
    // A file that cannot be read any further has ended, too.
    faults.end();
    let all = all.and_then(|()| closed.map_or(Ok(()), Err));
    if read > 0 && bad > 0 {
        complain(&format!(
            "{} of {} could not be read",
            bad,
            counted(read + bad, "row")
        ));
    }
    // What has been read by then is printed, whatever became of the rest.
    end(all, || printer.end())?;
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

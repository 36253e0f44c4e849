//! A trace that is there already, with everything we can find out about it.

use super::{Layer, Observer};
use crate::{
    task::countdown::Problem,
    trace::{Trace, import::Row, live::Live, record::TokenStats},
};

/// Tree, habits and verdict of a row. What the row said itself and we cannot know better stays: where it came from, its
/// token numbers, a verdict on a problem we do not have. `fallback` is the problem of rows that do not name theirs.
#[must_use]
pub fn analyze(row: Row, fallback: Option<&Problem>, index: usize) -> Trace {
    analyze_by(Layer::default(), row, fallback, index)
}

/// As [`analyze`], with the habits that one layer of detectors finds.
#[must_use]
pub fn analyze_by(layer: Layer, row: Row, fallback: Option<&Problem>, index: usize) -> Trace {
    let mut head = row.trace;
    head.index = index;
    let text = std::mem::take(&mut head.text);
    let (stats, given) = (head.token_stats.take(), std::mem::take(&mut head.given));
    let (problem, outcome) = (head.problem.clone(), head.outcome.take());
    let mut observer = Observer::of(layer, Live::new(head, row.problem.or_else(|| fallback.cloned())));
    observer.push(&text, TokenStats::default(), false);
    observer.finish(None, None);
    let mut trace = observer.into_trace(false);
    trace.token_stats = stats;
    trace.given = given;
    trace.problem = trace.problem.or(problem);
    trace.outcome = trace.outcome.or(outcome);
    trace
}

//! The reader of Stream of Search lines, `search/1` (Gandhi et al. 2024, "Stream of Search: Learning to Search in
//! Language"): nodes have numbers, every line says what it does.
//!
//! ```text
//! Current State: 15:[18, 7, 4], Operations: []
//! Exploring Operation: 18+7=25, Resulting Numbers: [4, 25]
//! Generated Node #0,0: 15:[4, 25] Operation: 18+7=25
//! Moving to Node #0,0
//! 21,15 unequal: No Solution
//! ```
//!
//! Moving to a child goes on; moving anywhere else is a return. A line of another form is text and opens nothing.

use crate::{
    task::countdown::{Number, Op, Problem, Rules, spaced},
    trace::{
        ClaimKind, NodeId, Span,
        walk::{Equation, Walk},
    },
};
use std::collections::HashMap;

/// What a line did, for whoever listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It went back, or over to another branch.
    Return,
    /// It compared a result with the goal.
    Verdict,
}

/// What the reader remembers between lines.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// The nodes by the text's own numbers.
    nodes: HashMap<String, NodeId>,
    /// The node opened last.
    explored: Option<NodeId>,
}

/// Whether a line is one of Stream of Search.
pub(super) fn is_search(line: &str) -> bool {
    state(line).is_some()
}

/// The problem that the first line states.
pub(super) fn problem(line: &str) -> Option<Problem> {
    let (goal, numbers) = state(line)?;
    Problem::parse_with(&format!("{} -> {goal}", spaced(&numbers)), Rules::Integer).ok()
}

impl Search {
    /// Follows one line, which covers `span`.
    pub(super) fn read(&mut self, walk: &mut Walk, line: &str, span: Span) -> Option<Event> {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("Exploring Operation: ") {
            let (operation, numbers) = rest.split_once(", Resulting Numbers: ")?;
            let equation = equation(operation, span)?;
            self.explored = Some(walk.explore(equation, Some((&list(numbers)?, span)), span));
            None
        } else if let Some(rest) = line.strip_prefix("Generated Node #") {
            let (id, _) = rest.split_once(':')?;
            self.nodes.insert(id.to_owned(), self.explored?);
            None
        } else if let Some(id) = line.strip_prefix("Moving to Node #") {
            let to = match id {
                "0" => Some(0),
                id => self.nodes.get(id).copied(),
            };
            if to.is_some_and(|to| walk.is_child(to)) {
                walk.enter(to?);
                return None;
            }
            walk.back(to, span);
            Some(Event::Return)
        } else {
            let (values, verdict) = line.split_once(' ')?;
            let (value, goal) = values.split_once(',')?;
            let (value, goal): (Number, Number) = (value.parse().ok()?, goal.parse().ok()?);
            let equal = match verdict {
                "equal: Goal Reached" => true,
                "unequal: No Solution" => false,
                _ => return None,
            };
            let fault = if walk.goal().is_some_and(|here| here != goal) {
                Some("that is not the goal here".to_owned())
            } else {
                (equal != (value == goal))
                    .then(|| if equal { "they differ" } else { "they are equal" }.to_owned())
            };
            walk.claim(ClaimKind::Verdict, span, fault);
            Some(Event::Verdict)
        }
    }
}

/// Goal and numbers of `Current State: 15:[18, 7, 4], Operations: […]`.
fn state(line: &str) -> Option<(Number, Vec<Number>)> {
    let rest = line.trim().strip_prefix("Current State: ")?;
    let (goal, rest) = rest.split_once(':')?;
    let (numbers, _) = rest.split_once(", Operations:")?;
    Some((goal.parse().ok()?, list(numbers)?))
}

/// `[18, 7, 4]`
fn list(text: &str) -> Option<Vec<Number>> {
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    inner
        .split(',')
        .map(str::trim)
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().ok())
        .collect()
}

/// `18+7=25`
fn equation(text: &str, span: Span) -> Option<Equation> {
    let (left, result) = text.split_once('=')?;
    let at = left
        .char_indices()
        .skip(1)
        .find(|(_, c)| Op::from_symbol(*c).is_some())?;
    let (a, b) = (left.get(..at.0)?, left.get(at.0 + at.1.len_utf8()..)?);
    Some(Equation {
        a: a.trim().parse().ok()?,
        op: Op::from_symbol(at.1)?,
        b: b.trim().parse().ok()?,
        result: result.trim().parse().ok()?,
        span,
    })
}

#[cfg(test)]
mod tests;

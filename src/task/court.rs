//! The scorers side by side: what our own one says of an answer, what a score of each means, and which of them part from
//! the others. What a score means depends on the task; the score that a file brought along is one more judge of any.

use super::{
    countdown::{self, Number, Problem},
    sudoku,
};
use std::{collections::BTreeMap, ops::Range};

/// The scorer that stands for whoever scored a trace before it came to us.
pub const RECORDED: &str = "recorded";

/// The verdict of our own scorer and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The bare expression in ASCII, or the operations that stand for it, or the cells of a grid row by row, an empty one as a point; `None` when there is no
    /// answer that can be read.
    pub answer: Option<String>,
    /// Where the answer is a list of operations: the expression that they make of each other.
    pub expression: Option<String>,
    /// Its exact value, where it has one.
    pub value: Option<Number>,
    /// Whether it solves the problem.
    pub correct: bool,
    /// What is wrong, in a few words: `is 16, not 15`. Empty when correct.
    pub reason: String,
}

impl Judgement {
    /// That there is no answer to judge.
    pub(super) fn without_answer(reason: impl Into<String>) -> Self {
        Self {
            answer: None,
            expression: None,
            value: None,
            correct: false,
            reason: reason.into(),
        }
    }

    /// 1 when correct, else 0.
    #[must_use]
    pub fn score(&self) -> f64 {
        if self.correct { 1.0 } else { 0.0 }
    }
}

/// The scorers that do not say what most of the others say, each with its reason; none when all agree. A score counts as
/// right from 1 on.
#[must_use]
pub fn disagreements(task: Option<&str>, scores: &BTreeMap<String, f64>) -> Vec<String> {
    let right: Vec<bool> = scores.values().map(|score| *score >= 1.0).collect();
    let yes = right.iter().filter(|right| **right).count();
    let most = 2 * yes > right.len();
    scores
        .iter()
        .filter(|(_, score)| (**score >= 1.0) != most)
        .map(|(name, score)| match describe(task, name, *score) {
            Some(reason) => format!("{name} {score}: {reason}"),
            None => format!("{name} {score}"),
        })
        .collect()
}

/// What a score of one of our scorers means, in words; `None` for a scorer we do not know.
#[must_use]
pub fn describe(task: Option<&str>, scorer: &str, score: f64) -> Option<&'static str> {
    match scorer {
        RECORDED if score >= 1.0 => Some("the file says that it is right"),
        RECORDED => Some("the file does not say that it is right"),
        _ if is_sudoku(task) => sudoku::score::describe(scorer, score),
        _ => countdown::score::describe(scorer, score),
    }
}

/// The bytes of `text`, whose thinking ends at byte `thought`, that our own scorer takes for the answer; none when there is
/// no answer, or no Countdown `problem` to which it could be one.
#[must_use]
pub fn place(
    task: Option<&str>,
    problem: Option<&Problem>,
    text: &str,
    thought: usize,
) -> Option<Range<usize>> {
    if is_sudoku(task) {
        sudoku::score::place(text)
    } else {
        countdown::score::place(problem?, text, thought)
    }
}

fn is_sudoku(task: Option<&str>) -> bool {
    task.is_some_and(|task| task.contains("sudoku"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scorers_that_part_from_most_say_why() {
        let scores = |list: &[(&str, f64)]| {
            list.iter()
                .map(|(name, score)| ((*name).to_owned(), *score))
                .collect()
        };
        let ours = scores(&[("anywhere", 1.0), ("exact", 1.0), ("recorded", 0.5)]);
        assert_eq!(
            disagreements(None, &ours),
            ["recorded 0.5: the file does not say that it is right"]
        );
        let theirs = scores(&[("exact", 0.0), ("reasoning_gym", 0.675), ("recorded", 1.0)]);
        assert_eq!(
            disagreements(Some("mini_sudoku"), &theirs),
            ["recorded 1: the file says that it is right"]
        );
        assert_eq!(describe(None, "somebody", 1.0), None);
        assert_ne!(
            describe(None, "exact", 1.0),
            describe(Some("sudoku"), "exact", 1.0)
        );
    }
}

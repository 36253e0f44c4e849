//! The scorers side by side: what our own one says of an answer, what a score of each means, and which of them part from
//! its verdict. What a score means depends on the task; the score that a file brought along is one more judge of any.

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
    /// The bare expression in ASCII, or the operations that stand for it, or the word that says that there is no solution, or
    /// the cells of a grid row by row, an empty one as a point; `None` when there is no answer that can be read.
    pub answer: Option<String>,
    /// Where the answer is a list of operations: the expression that they make of each other.
    pub expression: Option<String>,
    /// Its exact value, where it has one.
    pub value: Option<Number>,
    /// Whether it solves the problem.
    pub correct: bool,
    /// What is wrong, in a few words: `is 16, not 15`. Empty when correct.
    pub reason: String,
    /// Nobody knows whether it solves the problem: that is no verdict.
    pub unknown: bool,
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
            unknown: false,
        }
    }

    /// 1 when correct, else 0.
    #[must_use]
    pub fn score(&self) -> f64 {
        if self.correct { 1.0 } else { 0.0 }
    }
}

/// The scorers that part from the verdict that is shown, each with its score and why; none when all agree with it. A score
/// counts as right from 1 on.
#[must_use]
pub fn disagreements(task: Option<&str>, correct: bool, scores: &BTreeMap<String, f64>) -> Vec<String> {
    scores
        .iter()
        .filter(|(_, score)| (**score >= 1.0) != correct)
        .map(|(name, score)| {
            // Two digits tell scores apart, but none that is nearly right is said to be.
            let rounded = (score * 100.0).floor() / 100.0;
            match describe(task, name, *score) {
                Some(reason) => format!("{name} gives {rounded}: {reason}"),
                None => format!("{name} gives {rounded}"),
            }
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
    fn scorers_that_part_from_the_verdict_say_their_score_and_why_however_many_they_are() {
        let scores = |list: &[(&str, f64)]| {
            list.iter()
                .map(|(name, score)| ((*name).to_owned(), *score))
                .collect()
        };
        let ours = scores(&[("anywhere", 1.0), ("exact", 1.0), ("recorded", 0.5)]);
        assert_eq!(
            disagreements(None, true, &ours),
            ["recorded gives 0.5: the file does not say that it is right"]
        );
        let theirs = scores(&[("exact", 0.0), ("reasoning_gym", 0.675), ("recorded", 1.0)]);
        assert_eq!(
            disagreements(Some("mini_sudoku"), false, &theirs),
            ["recorded gives 1: the file says that it is right"]
        );
        let most = scores(&[
            ("exact", 1.0),
            ("last_line", 0.0),
            ("recorded", 0.9961),
            ("somebody", 0.0),
        ]);
        assert_eq!(
            disagreements(None, true, &most),
            [
                "last_line gives 0: no right expression on the last line",
                "recorded gives 0.99: the file does not say that it is right",
                "somebody gives 0"
            ],
            "those who agree with the verdict are not listed, though they are few"
        );
        assert_eq!(describe(None, "somebody", 1.0), None);
        assert_ne!(
            describe(None, "exact", 1.0),
            describe(Some("sudoku"), "exact", 1.0)
        );
    }
}

//! What a text is about, and from that how it is read.

use super::Style;
use crate::{
    task::{
        countdown::{Problem, question},
        sudoku::{self, Board},
    },
    trace::Trace,
};
use serde_json::Value;

/// What is known of a text before it is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Subject {
    /// Nothing: the text itself has to tell.
    #[default]
    Unknown,
    /// A Countdown problem, when all of it is known.
    Countdown(Option<Problem>),
    /// A Sudoku, when its grid is known.
    Sudoku(Option<Board>),
    /// Something without a solver, with the question.
    Other(Option<String>),
}

impl From<Option<Problem>> for Subject {
    fn from(problem: Option<Problem>) -> Self {
        match problem {
            Some(problem) => Subject::Countdown(Some(problem)),
            None => Subject::Unknown,
        }
    }
}

impl Subject {
    /// What the record of a trace says: its task, its problem, what was asked.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        let asked = || match &trace.problem {
            Some(Value::String(text)) => Some(text.as_str()),
            Some(Value::Object(object)) => object.get("question")?.as_str(),
            _ => trace.prompt.as_deref(),
        };
        let board = || {
            trace
                .problem
                .as_ref()
                .and_then(sudoku::problem)
                .or_else(|| sudoku::question(asked()?))
        };
        Self::named(trace.task.as_deref(), asked(), board)
    }

    /// What the name of a task and a question in words say.
    #[must_use]
    pub fn asked(task: &str, words: &str) -> Self {
        let board = || words.parse().ok().or_else(|| sudoku::question(words));
        Self::named(Some(task).filter(|task| !task.is_empty()), Some(words), board)
    }

    fn named(task: Option<&str>, words: Option<&str>, board: impl Fn() -> Option<Board>) -> Self {
        match task {
            Some(task) if task.contains("sudoku") => Subject::Sudoku(board()),
            Some(task) if task.contains("countdown") => Subject::Countdown(words.and_then(question)),
            Some(_) => Subject::Other(words.map(str::to_owned)),
            None => board().map_or(Subject::Unknown, |board| Subject::Sudoku(Some(board))),
        }
    }

    /// The style that the subject asks for whatever the text looks like.
    pub(super) fn style(&self) -> Option<Style> {
        match self {
            Subject::Unknown | Subject::Countdown(_) => None,
            Subject::Sudoku(_) => Some(Style::Sudoku),
            Subject::Other(_) => Some(Style::Discourse),
        }
    }

    /// What the first lines of a text say it is about.
    pub(super) fn look(text: &str) -> Self {
        /// Words of Countdown; a text that has one has numbers, too.
        const COUNTDOWN: [&str; 12] = [
            "countdown",
            "target",
            "using the numbers",
            "using all the numbers",
            "these numbers",
            "each number",
            "all the numbers",
            "all of the numbers",
            "game of 24",
            "to make 24",
            "the numbers are",
            "combine the numbers",
        ];
        let lower = text.to_ascii_lowercase();
        if let Some(problem) = question(text) {
            return Subject::Countdown(Some(problem));
        }
        let board = sudoku::question(text);
        if board.is_some() || lower.contains("sudoku") {
            return Subject::Sudoku(board);
        }
        let numbers = lower
            .split(|c: char| !c.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .count();
        if numbers > 2 && COUNTDOWN.iter().any(|word| lower.contains(word)) {
            return Subject::Countdown(None);
        }
        Subject::Other(None)
    }
}

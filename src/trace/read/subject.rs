//! What a text is about, and from that how it is read.

use super::Style;
use crate::{
    task::{
        countdown::{Problem, question},
        sudoku::{self, Board},
    },
    trace::Trace,
};
use serde::Deserialize;
use serde_json::Value;

/// Words of Countdown; a text that has one of them, and numbers, may be about it.
const COUNTDOWN: [&str; 20] = [
    "countdown",
    "target",
    "using the numbers",
    "using all the numbers",
    "these numbers",
    "given numbers",
    "at the numbers",
    "the numbers:",
    "each number",
    "all the numbers",
    "all of the numbers",
    "all four numbers",
    "numbers exactly once",
    "game of 24",
    "to make 24",
    "the numbers are",
    "combine ",
    "basic arithmetic operations",
    "expression that equals",
    "equation that equals",
];

/// Words before a number that a question about Countdown may want to be made.
const WANTED: [&str; 5] = ["make ", "reach ", "obtain ", "get ", "equals "];

/// Fewer words, or none with a number, are no question that says what it is about.
const FEWEST: usize = 5;

/// What is known of a text before it is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Subject {
    /// Nothing: the text itself has to tell.
    #[default]
    Unknown,
    /// That somebody asked for something else than Countdown: the text has to tell for what.
    NoCountdown,
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
        let known = trace.problem.as_ref().filter(|problem| problem.is_object());
        if let Some(problem) = known.and_then(|problem| Problem::deserialize(problem).ok()) {
            return Subject::Countdown(Some(problem));
        }
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
        match Self::named(trace.task.as_deref(), asked(), board) {
            // A grid as the answer tells as much.
            Subject::Unknown | Subject::NoCountdown if trace.recorded_grid().is_some() => {
                Subject::Sudoku(None)
            }
            subject => subject,
        }
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
            None => match (board(), words) {
                (Some(board), _) => Subject::Sudoku(Some(board)),
                (None, Some(words)) if is_other_question(words) => Subject::NoCountdown,
                (None, _) => Subject::Unknown,
            },
        }
    }

    /// The style that the subject asks for whatever the text looks like.
    pub(super) fn style(&self) -> Option<Style> {
        match self {
            Subject::Unknown | Subject::NoCountdown | Subject::Countdown(_) => None,
            Subject::Sudoku(_) => Some(Style::Sudoku),
            Subject::Other(_) => Some(Style::Discourse),
        }
    }

    /// What the first lines of a text say it is about.
    pub(super) fn look(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        if let Some(problem) = question(text) {
            return Subject::Countdown(Some(problem));
        }
        let board = sudoku::question(text);
        if board.is_some() || lower.contains("sudoku") || is_grid(text) {
            return Subject::Sudoku(board);
        }
        let numbers = lower
            .split(|c: char| !c.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .count();
        if numbers > 2 && (is_calculation(text) || has_countdown(&lower)) {
            return Subject::Countdown(None);
        }
        Subject::Other(None)
    }
}

/// Whether lower-case text has a word of Countdown.
fn has_countdown(lower: &str) -> bool {
    COUNTDOWN.iter().any(|word| lower.contains(word))
}

/// Whether words ask for something, and for nothing like Countdown.
fn is_other_question(words: &str) -> bool {
    let lower = words.to_ascii_lowercase();
    let wants = |word: &str| {
        let mut behind = lower.split(word).skip(1);
        behind.any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let count = lower
        .split_whitespace()
        .filter(|word| word.contains(char::is_alphabetic))
        .count();
    count >= FEWEST
        && lower.contains(|c: char| c.is_ascii_digit())
        && !has_countdown(&lower)
        && !WANTED.iter().any(|word| wants(word))
        && question(words).is_none()
}

/// Whether a text begins with a long calculation.
fn is_calculation(text: &str) -> bool {
    let signs = [" + ", " - ", " * ", " \u{d7} "];
    let first = text.lines().next().unwrap_or_default();
    first.starts_with(|c: char| c.is_ascii_digit() || c == '(')
        && signs
            .iter()
            .map(|sign| first.matches(sign).count())
            .sum::<usize>()
            > 2
}

/// Whether the first lines of a text are rows of one grid.
fn is_grid(text: &str) -> bool {
    let rows = text
        .lines()
        .filter(|line| !matches!(line.trim(), "<answer>" | "```"));
    let mut widths = rows.map(|line| sudoku::row(line).map_or(0, |row| row.len()));
    let width = widths.next().unwrap_or_default();
    sudoku::Shape::of(width).is_some() && widths.next() == Some(width)
}

//! Is a set what its condition promises? Answered from the text alone, with the readers, detectors and checkers that judge
//! models: a set that shows a habit it should not is a bug, and no run is started on it.

use super::{
    DataError, Row,
    condition::{promised, solved, tolerated},
};
use crate::{
    behavior::{Detector, Habit},
    config::recipe::Condition,
    task::countdown::{Problem, Settings, score},
    trace::language::{Reversed, asked},
};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// What is in a set.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Rows.
    pub rows: usize,
    /// Tokens of a completion with its end, mean.
    pub tokens_mean: f64,
    /// Rows that ask something we can judge.
    pub judged: usize,
    /// Of these, rows with a right answer.
    pub solved: usize,
    /// Of these, rows with a false statement, a number that was not there, or a return to nowhere.
    pub unsound: usize,
    /// Each habit, mean per row.
    pub habits: BTreeMap<String, f64>,
    /// For each habit the first row that shows it, counted from 1; in the order of [`Habit::ALL`].
    #[serde(skip)]
    pub first: [Option<usize>; 4],
    /// The first unsound, unsolved and solved rows, counted from 1.
    #[serde(skip)]
    examples: Examples,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows of {:.1} tokens,", self.rows, self.tokens_mean)?;
        for habit in Habit::ALL {
            let mean = self.habits.get(habit.name()).copied().unwrap_or_default();
            write!(f, " {} {mean:.2}", habit.letter())?;
        }
        write!(f, " a row, {} of {} solved", self.solved, self.judged)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Examples {
    unsound: Option<usize>,
    unsolved: Option<usize>,
    solved: Option<usize>,
}

/// What a prompt asks for.
pub(super) enum Question {
    /// The target, from all numbers.
    Forward(Problem),
    /// The number that is missing.
    Backward(Reversed),
}

impl Question {
    /// `None` when the prompt is not of the bundled language.
    pub(super) fn of(prompt: &str, settings: &Settings) -> Option<Self> {
        let forward = asked(prompt).map(Self::Forward);
        forward.or_else(|| Reversed::asked(prompt, settings.range).map(Self::Backward))
    }

    pub(super) fn solved_by(&self, text: &str) -> bool {
        match self {
            Self::Forward(problem) => score::exact(problem, text, 0).correct,
            Self::Backward(reversed) => reversed.correct(text),
        }
    }

    fn problem(&self) -> &Problem {
        match self {
            Self::Forward(problem) => problem,
            Self::Backward(reversed) => reversed.known(),
        }
    }
}

impl Report {
    /// Reads every row; `tokens` are those of its completion with the end.
    pub fn new<'a>(rows: impl Iterator<Item = (&'a Row, usize)>, settings: &Settings) -> Self {
        let mut report = Self::default();
        let mut habits = [0usize; 4];
        let mut all_tokens = 0;
        for (row, tokens) in rows {
            report.rows += 1;
            let number = report.rows;
            all_tokens += tokens;
            let question = Question::of(&row.prompt, settings);
            let problem = question.as_ref().map(|q| q.problem().clone());
            let (tree, found) = Detector::read(problem, &row.completion);
            for ((habit, count), first) in Habit::ALL.iter().zip(&mut habits).zip(&mut report.first) {
                let times = found.iter().filter(|b| b.behavior == habit.name()).count();
                *count += times;
                if times > 0 {
                    first.get_or_insert(number);
                }
            }
            let Some(question) = question else { continue };
            report.judged += 1;
            if question.solved_by(&row.completion) {
                report.solved += 1;
                report.examples.solved.get_or_insert(number);
            } else {
                report.examples.unsolved.get_or_insert(number);
            }
            if !tree.is_sound() {
                report.unsound += 1;
                report.examples.unsound.get_or_insert(number);
            }
        }
        let n = report.rows.max(1) as f64;
        report.tokens_mean = all_tokens as f64 / n;
        let mean = |(habit, count): (Habit, usize)| (habit.name().to_owned(), count as f64 / n);
        report.habits = Habit::ALL.into_iter().zip(habits).map(mean).collect();
        report
    }

    /// Habits that appear and should not, with the first row that shows each.
    #[must_use]
    pub fn forbidden(&self, condition: Condition) -> Vec<(Habit, usize)> {
        let allowed = |habit| promised(condition).contains(&habit) || tolerated(condition).contains(&habit);
        Habit::ALL
            .into_iter()
            .zip(self.first)
            .filter(|(habit, _)| !allowed(*habit))
            .filter_map(|(habit, first)| first.map(|row| (habit, row)))
            .collect()
    }

    /// Promised habits that no row shows.
    #[must_use]
    pub fn missing(&self, condition: Condition) -> Vec<Habit> {
        let absent = |habit: &Habit| !self.habits.get(habit.name()).is_some_and(|mean| *mean > 0.0);
        promised(condition).iter().copied().filter(absent).collect()
    }

    /// Whether the set keeps the promise of its condition.
    ///
    /// # Errors
    /// [`DataError::Breach`] says what was promised, what is there and in which row.
    pub fn keeps(&self, condition: Condition) -> Result<(), DataError> {
        let breach = |what: String| Err(DataError::Breach { condition, what });
        if let Some((habit, row)) = self.forbidden(condition).first() {
            return breach(format!("row {row} shows {habit}"));
        }
        if let Some(habit) = self.missing(condition).first() {
            return breach(format!(
                "no row shows {habit}; raise `data.size` or `data.patience`"
            ));
        }
        if let Some(row) = self.examples.unsound {
            return breach(format!("row {row} says something false"));
        }
        let (wrong, is) = match solved(condition) {
            Some(true) => (self.examples.unsolved, "wrong"),
            Some(false) => (self.examples.solved, "right"),
            None => (None, ""),
        };
        match wrong {
            Some(row) => breach(format!("the answer of row {row} is {is}")),
            None if self.judged < self.rows => breach("a prompt cannot be read back".into()),
            None => Ok(()),
        }
    }
}

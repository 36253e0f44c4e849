//! The lines of the table, and the problems behind each of its numbers.

use super::{Comparison, LaneRow, Table, solved, tokens};
use crate::{behavior::Habit, trace::Trace};

/// One line of the table: what is measured of every lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Right answers.
    Solved,
    /// Right answers with every statement true.
    Sound,
    /// Tokens, mean.
    Tokens,
    /// A habit, mean per trace.
    Habit(Habit),
    /// One of k samples right.
    PassAt(usize),
    /// Right answers within so many tokens.
    Within(usize),
}

/// How two lanes did on a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// Only the first is right.
    OnlyA,
    /// Only the second is right.
    OnlyB,
    /// Both are right.
    Both,
    /// None is right.
    Nobody,
}

impl Who {
    /// All four, in the order they are shown.
    pub const ALL: [Self; 4] = [Self::OnlyA, Self::OnlyB, Self::Both, Self::Nobody];

    fn of(a: bool, b: bool) -> Self {
        match (a, b) {
            (true, false) => Self::OnlyA,
            (false, true) => Self::OnlyB,
            (true, true) => Self::Both,
            (false, false) => Self::Nobody,
        }
    }
}

/// One number of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A measure of a lane.
    Lane(Measure, usize),
    /// How often two lanes, numbered from 0, did so.
    Pair(usize, usize, Who),
}

impl Measure {
    /// The lines of a table.
    #[must_use]
    pub fn all(table: &Table) -> Vec<Self> {
        let mut all = vec![Self::Solved, Self::Sound, Self::Tokens];
        all.extend(Habit::ALL.map(Self::Habit));
        if let Some(row) = table.lanes.first() {
            // With one sample pass@1 is what is solved.
            let several = row.pass_at.keys().filter(|_| table.samples > 1);
            all.extend(several.map(|k| Self::PassAt(*k)));
            all.extend(row.at_budget.iter().map(|at| Self::Within(at.tokens)));
        }
        all
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Solved => "solved".into(),
            Self::Sound => "sound".into(),
            Self::Tokens => "tokens, mean".into(),
            Self::Habit(habit) => format!("{} {}", habit.letter(), habit.name().replace('_', " ")),
            Self::PassAt(k) => format!("pass@{k}"),
            Self::Within(tokens) => format!("in {tokens} tokens"),
        }
    }

    /// What a lane has of it; an interval only when there is `room`.
    #[must_use]
    pub fn show(self, row: &LaneRow, room: bool) -> String {
        let share = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.3}"));
        match self {
            Self::Solved if room => {
                let [low, high] = row.interval;
                format!("{:.3} [{low:.3} {high:.3}]", row.solved)
            }
            Self::Solved => share(Some(row.solved)),
            Self::Sound => share(Some(row.sound)),
            Self::Tokens => format!("{:.1}", row.tokens_mean),
            Self::Habit(habit) => {
                let mean = row.behaviors_per_trace.get(habit.name()).copied();
                format!("{:.2}", mean.unwrap_or(0.0))
            }
            Self::PassAt(k) => share(row.pass_at.get(&k).copied()),
            Self::Within(tokens) => {
                let at = row.at_budget.iter().find(|at| at.tokens == tokens);
                share(at.map(|at| at.solved))
            }
        }
    }

    /// How much a trace adds to it; nothing when the trace does not count.
    #[must_use]
    pub fn of(self, trace: &Trace) -> usize {
        let sound = || trace.tree.as_ref().is_some_and(crate::trace::Tree::is_sound);
        match self {
            Self::Solved | Self::PassAt(_) => solved(trace).into(),
            Self::Sound => (solved(trace) && sound()).into(),
            Self::Tokens => tokens(trace),
            Self::Habit(habit) => {
                let found = trace.behaviors.iter().filter(|b| b.behavior == habit.name());
                found.count()
            }
            Self::Within(budget) => (solved(trace) && tokens(trace) <= budget).into(),
        }
    }
}

impl Comparison {
    /// The traces of a lane for one problem.
    #[must_use]
    pub fn of_problem(&self, lane: usize, problem: usize) -> &[Trace] {
        let start = problem.saturating_mul(self.samples);
        let traces = self.traces.get(lane).map_or(&[][..], Vec::as_slice);
        traces
            .get(start..start.saturating_add(self.samples))
            .unwrap_or_default()
    }

    /// The problems whose traces make up a number, by place in [`Comparison::problems`]; those that add most come first.
    #[must_use]
    pub fn behind(&self, cell: Cell) -> Vec<usize> {
        let all = 0..self.problems.len();
        match cell {
            Cell::Lane(measure, lane) => {
                let adds = |problem: &usize| -> usize {
                    let traces = self.of_problem(lane, *problem).iter();
                    traces.map(|trace| measure.of(trace)).sum()
                };
                let mut found: Vec<usize> = all.filter(|problem| adds(problem) > 0).collect();
                found.sort_by_cached_key(|problem| std::cmp::Reverse(adds(problem)));
                found
            }
            Cell::Pair(a, b, who) => {
                let right = |lane, problem| self.of_problem(lane, problem).first().is_some_and(solved);
                all.filter(|problem| Who::of(right(a, *problem), right(b, *problem)) == who)
                    .collect()
            }
        }
    }
}

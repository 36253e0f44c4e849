//! The teacher: searches a Countdown problem the way a patient person would and writes down every line of it.
//!
//! The search is systematic, so that a model can learn "what comes after what I tried last" and does not run in circles
//! (a random order does, see Gandhi et al. 2024 on mixed heuristics and our own measurements): the numbers are left out
//! one after the other, from a random one on; each time the others are combined forward (`+ - * /` in this order), or
//! the goal is taken apart backward with the number left out. Both find the same solutions. Products that can come
//! back to no goal and needs that nothing left can make are skipped. Now and then the next attempt is a winning one
//! out of order: intuition, which training can strengthen.
//!
//! Simplifications: whole numbers up to [`super::LARGEST_NUMBER`] only; of the results two numbers can give only the one
//! nearest to the goal is checked, which loses nothing.

use super::moves::{Item, Move, join, moves, open, pick_winning, results};
use crate::{
    base::rng::Rng,
    task::countdown::{Number, Problem, Rules, Solver, spaced},
};
use rand::Rng as _;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// How the teacher searches: what a recipe's `[[stage.mix]]` may say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Style {
    /// Chance to give up after 1, 2, 3… attempts at the problem itself; what is missing to 1 never gives up.
    pub patience: Vec<f64>,
    /// Attempts at a state in between before it is left (matters from four numbers on).
    pub inner: usize,
    /// Chance that an attempt is a winning one, whatever its turn.
    pub intuition: f64,
    /// Chance that a number is left out backward (from the goal) rather than forward.
    pub backward: f64,
    /// Chance that a need is restated as a subgoal.
    pub subgoal: f64,
    /// Chance that the result of a forward move is named as a subgoal before it is made.
    pub aim: f64,
    /// Whether the last two numbers are checked against the goal (else they are tried like any others).
    pub verify: bool,
    /// Never opens a winning branch: right habits, wrong answers (Gandhi et al. 2025, section 4).
    pub wrong: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            patience: Vec::new(),
            inner: 4,
            intuition: 0.1,
            backward: 0.35,
            subgoal: 0.7,
            aim: 0.0,
            verify: true,
            wrong: false,
        }
    }
}

/// A style that makes no sense.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum StyleError {
    /// A chance outside 0..=1.
    #[error("`{0}` is {1}, a chance must be between 0 and 1")]
    Chance(&'static str, f64),
    /// The chances to give up add up to more than 1.
    #[error("the chances in `patience` add up to {0}, more than 1")]
    Patience(f64),
}

impl StyleError {
    /// The option that is wrong.
    #[must_use]
    pub fn option(&self) -> &'static str {
        match self {
            Self::Chance(name, _) => name,
            Self::Patience(_) => "patience",
        }
    }
}

/// A trace the teacher wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The lines, the last one the answer.
    pub text: String,
    /// Whether the answer is right.
    pub solved: bool,
}

/// How a search ended.
#[derive(Default)]
struct Found {
    /// An expression of all the numbers, the last one looked at.
    expression: Option<String>,
    solved: bool,
}

/// Writes traces in one style.
#[derive(Clone, Debug)]
pub struct Writer {
    style: Style,
}

/// One trace being written.
struct Search<'a> {
    style: &'a Style,
    solver: Solver,
    text: String,
}

impl Writer {
    /// A teacher with this style.
    ///
    /// # Errors
    /// When the style makes no sense.
    pub fn new(style: Style) -> Result<Self, StyleError> {
        let chances = [
            ("intuition", style.intuition),
            ("backward", style.backward),
            ("subgoal", style.subgoal),
            ("aim", style.aim),
        ];
        for (name, chance) in chances
            .into_iter()
            .chain(style.patience.iter().map(|p| ("patience", *p)))
        {
            if !(0.0..=1.0).contains(&chance) {
                return Err(StyleError::Chance(name, chance));
            }
        }
        let sum: f64 = style.patience.iter().sum();
        if sum > 1.0 + 1e-9 {
            return Err(StyleError::Patience(sum));
        }
        Ok(Self { style })
    }

    /// Searches `problem` and writes it down. `None` when there is nothing honest to write: a patient search that
    /// finds no solution, or a first move that does not exist.
    pub fn write(&self, problem: &Problem, rng: &mut Rng) -> Option<Written> {
        let state: Vec<Item> = problem
            .numbers
            .iter()
            .map(|&value| Item {
                value,
                expression: value.to_string(),
                compound: false,
            })
            .collect();
        let attempts = self.patience(rng);
        let mut search = Search {
            style: &self.style,
            solver: Solver::new(Rules::Integer),
            text: String::new(),
        };
        let found = search.search(&state, problem.target, attempts.unwrap_or(usize::MAX), rng);
        if !found.solved && attempts.is_none() {
            return None;
        }
        let _ = writeln!(search.text, "answer {}", found.expression?);
        Some(Written {
            text: search.text,
            solved: found.solved,
        })
    }

    /// How many attempts this trace is good for; `None` is all of them.
    fn patience(&self, rng: &mut Rng) -> Option<usize> {
        let mut draw: f64 = rng.random();
        for (i, chance) in self.style.patience.iter().enumerate() {
            draw -= chance;
            if draw < 0.0 {
                return Some(i + 1);
            }
        }
        None
    }
}

impl Search<'_> {
    /// Makes up to `patience` attempts at a state.
    fn search(&mut self, state: &[Item], goal: i64, patience: usize, rng: &mut Rng) -> Found {
        match state {
            [] => return Found::default(),
            [one] => {
                return Found {
                    expression: Some(one.expression.clone()),
                    solved: one.value == goal,
                };
            }
            [a, b] => return self.finish(a, b, goal),
            _ => {}
        }
        let mut moves = moves(state, goal, self.style.backward, rng);
        let mut winning: Vec<bool> = moves.iter().map(|m| self.wins(state, goal, m)).collect();
        if self.style.wrong {
            let mut keep = winning.iter();
            moves.retain(|_| keep.next() == Some(&false));
            winning.retain(|wins| !wins);
        }
        let mut found = Found::default();
        let mut next = 0;
        for attempt in 0..patience {
            // A winning attempt out of turn ends the search, so the order of what was tried stays systematic.
            let intuition = self.style.intuition > 0.0 && rng.random_bool(self.style.intuition);
            let chosen = if intuition {
                pick_winning(&winning, next, rng)
            } else {
                None
            };
            let Some(step) = moves.get(chosen.unwrap_or(next)).cloned() else {
                break;
            };
            if chosen.is_none() {
                next += 1;
            }
            if attempt > 0 {
                let _ = writeln!(self.text, "back to {}", values(state));
            }
            let tried = self.attempt(state, goal, &step, patience.min(self.style.inner), rng);
            if tried.expression.is_some() {
                found = tried;
            }
            if found.solved {
                break;
            }
        }
        found
    }

    /// Makes one move, writes it, and searches what it opens with so much patience.
    fn attempt(&mut self, state: &[Item], goal: i64, step: &Move, patience: usize, rng: &mut Rng) -> Found {
        let Some((child, child_goal)) = open(state, goal, step) else {
            return Found::default();
        };
        match *step {
            Move::Forward { x, y, op, result } => {
                let (Some(a), Some(b)) = (state.get(x), state.get(y)) else {
                    return Found::default();
                };
                // No draw where it cannot be: styles without it write what they always wrote.
                if self.style.aim > 0.0 && rng.random_bool(self.style.aim) {
                    let _ = writeln!(self.text, "aim for {result} from {} {}", a.value, b.value);
                }
                let (a, b, left) = (a.value, b.value, values(&child));
                let _ = writeln!(self.text, "try {a}{op}{b}={result} left {left}");
                self.search(&child, child_goal, patience, rng)
            }
            Move::Backward {
                k,
                known_first,
                op,
                need,
            } => {
                let Some(known) = state.get(k) else {
                    return Found::default();
                };
                let value = known.value;
                let _ = if known_first {
                    writeln!(self.text, "{goal}={value}{op}? so need {need}")
                } else {
                    writeln!(self.text, "{goal}=?{op}{value} so need {need}")
                };
                if rng.random_bool(self.style.subgoal) {
                    let _ = writeln!(self.text, "aim for {need} from {}", values(&child));
                }
                let found = self.search(&child, child_goal, patience, rng);
                let expression = found.expression.map(|inner| {
                    let inner = Item {
                        value: need,
                        expression: inner,
                        compound: true,
                    };
                    if known_first {
                        join(known, op, &inner)
                    } else {
                        join(&inner, op, known)
                    }
                });
                Found {
                    expression,
                    solved: found.solved,
                }
            }
        }
    }

    /// The last two numbers: the result nearest to the goal, checked or tried.
    fn finish(&mut self, a: &Item, b: &Item, goal: i64) -> Found {
        let (a, b) = if a.value >= b.value { (a, b) } else { (b, a) };
        let nearest = results(a.value, b.value)
            .into_iter()
            .min_by_key(|(_, r)| (r - goal).abs());
        let Some((op, result)) = nearest else {
            return Found::default();
        };
        let equation = format!("{}{op}{}={result}", a.value, b.value);
        let _ = match (self.style.verify, result == goal) {
            (false, _) => writeln!(self.text, "try {equation} left {result}"),
            (true, true) => writeln!(self.text, "check {equation} yes"),
            (true, false) => writeln!(self.text, "check {equation} not {goal}"),
        };
        Found {
            expression: Some(join(a, op, b)),
            solved: result == goal,
        }
    }

    /// Whether the state a move opens still leads to its goal.
    fn wins(&mut self, state: &[Item], goal: i64, step: &Move) -> bool {
        let Some((child, child_goal)) = open(state, goal, step) else {
            return false;
        };
        match child.as_slice() {
            [a, b] => results(a.value.max(b.value), a.value.min(b.value))
                .iter()
                .any(|(_, r)| *r == child_goal),
            _ => {
                let values: Vec<Number> = child.iter().map(|item| Number::from(item.value)).collect();
                self.solver.reachable(&values, Number::from(child_goal))
            }
        }
    }
}

/// The numbers of a state as it is written.
fn values(state: &[Item]) -> String {
    let values: Vec<i64> = state.iter().map(|item| item.value).collect();
    spaced(&values)
}

#[cfg(test)]
mod tests;

//! The rows of a condition, written by the exact solver's teacher on problems of the training split.
//!
//! Row `i` of a seed is the same whatever the size of the set, and different conditions write about the same problems with
//! the same draws as far as they can: the rows of `empty` and `filler` are those of `all`, cut.

use super::{DataError, Row, condition::style};
use crate::{
    base::rng::{self, Rng},
    config::recipe::{Condition, Data},
    model::Tokenizer,
    task::countdown::{Generator, Problem, Settings, Solver, Split, legal_moves},
    trace::language::{Reversed, Writer, prompt},
};
use rand::Rng as _;

/// Problems in a row that may not fit before the search for one that does ends.
const UNFIT: usize = 20_000;

/// What may stand for reasoning: as in the paper where that is one token, else a bare dot.
const FILLERS: [&str; 2] = [" .", "."];

/// Writes the rows a recipe asks for.
///
/// # Errors
/// [`DataError::Task`], [`DataError::Few`], or what the tokenizer says.
pub fn write(
    settings: &Settings,
    data: &Data,
    seed: u64,
    tokenizer: &Tokenizer,
) -> Result<Vec<Row>, DataError> {
    let task = |error: &dyn std::fmt::Display| DataError::Task(error.to_string());
    let condition = data.condition;
    let writer = Writer::new(style(condition, data.patience)).map_err(|e| task(&e))?;
    let teacher = Teacher {
        data,
        settings,
        writer,
        tokenizer,
    };
    let mut solver = Solver::new(settings.rules);
    let mut rows = Vec::new();
    let mut unfit = 0;
    let problems = Generator::new(settings, seed, Split::Train).map_err(|e| task(&e))?;
    let [low, high] = data.difficulty;
    for (number, problem) in (0u64..).zip(problems) {
        if rows.len() == data.size || unfit == UNFIT {
            break;
        }
        unfit += 1;
        let every = (low, high) == (0.0, 1.0);
        if !every && !(low..=high).contains(&difficulty(&mut solver, &problem)) {
            continue;
        }
        let mut rng = rng::stream("priming", seed, &[number]);
        if let Some(row) = teacher.row(&problem, &mut rng)? {
            rows.push(row);
            unfit = 0;
        }
    }
    if rows.len() < data.size {
        return Err(DataError::Few {
            condition,
            found: rows.len(),
            size: data.size,
        });
    }
    Ok(rows)
}

/// Share of the legal first moves after which the target is out of reach, 0 to 1. A problem without a move is as hard as
/// can be.
#[must_use]
pub fn difficulty(solver: &mut Solver, problem: &Problem) -> f64 {
    let state = problem.values();
    let all = legal_moves(solver.rules(), &state).len();
    let winning = solver.winning_moves(&state, problem.goal()).len();
    if all == 0 {
        return 1.0;
    }
    (all - winning) as f64 / all as f64
}

struct Teacher<'a> {
    data: &'a Data,
    settings: &'a Settings,
    writer: Writer,
    tokenizer: &'a Tokenizer,
}

impl Teacher<'_> {
    /// The row about one problem; `None` when the condition cannot be written about it.
    fn row(&self, problem: &Problem, rng: &mut Rng) -> Result<Option<Row>, DataError> {
        let condition = self.data.condition;
        if condition == Condition::Reversed {
            return Ok(self.reversed(problem, rng));
        }
        let Some(written) = self.writer.write(problem, rng) else {
            return Ok(None);
        };
        if super::condition::solved(condition).is_some_and(|wanted| wanted != written.solved) {
            return Ok(None);
        }
        let (reasoning, answer) = cut(&written.text);
        let completion = match condition {
            Condition::Empty => answer.to_owned(),
            Condition::Filler => self.filler(reasoning)? + answer,
            _ => written.text,
        };
        Ok(Some(Row {
            prompt: prompt(problem),
            completion,
            solved: Some(written.solved),
        }))
    }

    fn reversed(&self, problem: &Problem, rng: &mut Rng) -> Option<Row> {
        let [low, high] = self.data.patience;
        let attempts = rng.random_range(low..=high);
        let question = Reversed::hide(problem, self.settings.range, rng)?;
        let written = question.write(attempts, rng)?;
        Some(Row {
            prompt: question.prompt(),
            completion: written.text,
            solved: Some(written.solved),
        })
    }

    /// A line with as many tokens as `reasoning`, its newline included.
    fn filler(&self, reasoning: &str) -> Result<String, DataError> {
        let tokens = |text: &str| match self.tokenizer.encode(text) {
            Ok(ids) => Ok(ids.len()),
            Err(error) => Err(DataError::row("filler", error.to_string())),
        };
        const SOME: usize = 64;
        let mut unit = FILLERS[0];
        for filler in FILLERS {
            if tokens(&filler.repeat(SOME))? == SOME {
                unit = filler;
                break;
            }
        }
        Ok(unit.repeat(tokens(reasoning)?.saturating_sub(1)) + "\n")
    }
}

/// Reasoning and answer line of what the teacher wrote, both with their newlines.
fn cut(text: &str) -> (&str, &str) {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    text.split_at(lines.rfind('\n').map_or(0, |newline| newline + 1))
}

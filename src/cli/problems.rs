//! The problems that options name: typed ones, a file's, or drawn ones.

use super::{
    args::Wanted,
    output::{Failure, complain},
};
use crate::{
    task::{
        countdown::{Generator, Problem, Settings, Solver},
        sudoku,
    },
    trace::import::Rows,
};
use serde_json::Value;
use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

impl<const COUNT: usize> Wanted<COUNT> {
    /// The problems, all of them solvable unless `settings` say otherwise.
    ///
    /// # Errors
    /// A problem that cannot be read or solved, or a task without problems.
    pub fn find(&self, settings: &Settings) -> Result<Vec<Problem>, Failure> {
        let problems = if let Some(path) = &self.problems {
            from_file(path)?
        } else if self.problem.is_empty() {
            self.draw(settings)?
        } else {
            let parse = |text: &String| Problem::parse_with(text, settings.rules).map_err(Failure::input);
            self.problem.iter().map(parse).collect::<Result<_, _>>()?
        };
        for problem in &problems {
            let asked = settings.solvable && problem.is_searchable();
            if asked && !Solver::new(problem.rules).reachable(&problem.values(), problem.goal()) {
                return Err(Failure::Input(format!(
                    "{problem} has no solution under {} rules: change a number or the target, or add --set \
                     task.solvable=false to watch the model try",
                    problem.rules
                )));
            }
        }
        Ok(problems)
    }

    fn draw(&self, settings: &Settings) -> Result<Vec<Problem>, Failure> {
        if self.count == 0 {
            return Err(Failure::input("--count is 0: nothing would be generated"));
        }
        let generator = Generator::new(settings, self.seed, self.split.into()).map_err(Failure::input)?;
        let problems: Vec<Problem> = generator.take(self.count).collect();
        if problems.is_empty() {
            return Err(Failure::input(
                "the task has no such problem: widen task.range or task.target",
            ));
        }
        if problems.len() < self.count {
            complain(&format!(
                "there are only {} such problems, not {}",
                problems.len(),
                self.count
            ));
        }
        Ok(problems)
    }
}

/// The problem of rows that do not name theirs. A Sudoku is none of those: its rows are told where they have it.
pub(super) fn of_rows(text: &str) -> Result<Problem, Failure> {
    let is_sudoku = || {
        let value = serde_json::from_str(text).ok();
        let value = value.filter(Value::is_object).unwrap_or_else(|| text.into());
        sudoku::problem(&value).is_some()
    };
    Problem::parse(text).map_err(|error| match is_sudoku() {
        false => Failure::input(error),
        true => Failure::input(
            "--problem takes a Countdown problem, and this is a Sudoku: give it to each row, as `problem` or `puzzle` or in \
             the words of `question` or `prompt`; of a text alone the first unfinished grid is taken for it, without a verdict",
        ),
    })
}

/// Problems from JSON lines: problem objects, or traces that hold one.
fn from_file(path: &Path) -> Result<Vec<Problem>, Failure> {
    let complaint = |e: io::Error| Failure::input(format!("{} cannot be read: {e}", path.display()));
    let input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(path).map_err(complaint)?))
    };
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(input.lines()) {
        let line = line
            .map_err(|e| Failure::Input(format!("{}, line {number} cannot be read: {e}", path.display())))?;
        if line.trim().is_empty() {
            continue;
        }
        let whole = Problem::parse(&line);
        let problem = match Rows::new(line.as_bytes(), "").next() {
            Some(Ok(Ok(row))) => row.problem,
            _ => None,
        };
        match problem.map_or(whole, Ok) {
            Ok(problem) => problems.push(problem),
            Err(error) => {
                return Err(Failure::Input(format!(
                    "{}, line {number}: {error}",
                    path.display()
                )));
            }
        }
    }
    if problems.is_empty() {
        complain(&format!("{}: there is no problem in it", path.display()));
    }
    Ok(problems)
}

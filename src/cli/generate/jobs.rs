//! What there is to generate: problems from the command line, a file, the generator or a recording, or a bare prompt.

use crate::{
    cli::{
        args::{Generate, SplitArg},
        output::{Failure, complain},
        overrides::Overrides,
    },
    engine::{Recording, recording::Take},
    task::countdown::{Generator, Problem, Rules, Settings, Solver, Split},
    trace::{import::Rows, language},
};
use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

/// One thing to generate.
pub(super) struct Job {
    /// Its place in the output.
    pub index: usize,
    /// What is continued.
    pub prompt: String,
    /// What the answer is checked against.
    pub problem: Option<Problem>,
    /// The samples wanted, by number.
    pub samples: Vec<u64>,
}

/// What the command line asks for.
pub(super) fn asked(args: &Generate, card: &Settings, overrides: &Overrides) -> Result<Vec<Job>, Failure> {
    if let Some(text) = &args.prompt {
        return Ok(vec![Job {
            index: 0,
            prompt: text.clone(),
            problem: None,
            samples: (0..args.samples).collect(),
        }]);
    }
    let settings = overrides.task(card)?;
    let problems = if let Some(path) = &args.problems {
        from_file(path)?
    } else if args.problem.is_empty() {
        generated(args, &settings)?
    } else {
        let parse = |text: &String| Problem::parse_with(text, settings.rules).map_err(Failure::input);
        args.problem.iter().map(parse).collect::<Result<_, _>>()?
    };
    for problem in &problems {
        if settings.solvable && !Solver::new(problem.rules).reachable(&problem.values(), problem.goal()) {
            return Err(Failure::Input(format!(
                "{problem} has no solution under {} rules: change a number or the target, or add --set \
                 task.solvable=false to watch the model try",
                problem.rules
            )));
        }
        if let Err(why) = card.covers(problem) {
            complain(&format!(
                "{problem} is outside what {} was trained on: {why}",
                args.model
            ));
        }
    }
    let job = |(index, problem): (usize, Problem)| Job {
        index,
        prompt: language::prompt(&problem),
        problem: Some(problem),
        samples: (0..args.samples).collect(),
    };
    Ok(problems.into_iter().enumerate().map(job).collect())
}

/// What was asked for when `recording` was made.
pub(super) fn recorded(recording: &Recording, rules: Rules) -> Vec<Job> {
    let job = |(index, take): (usize, &Take)| Job {
        index,
        prompt: take.prompt.clone(),
        problem: language::asked(&take.prompt).map(|problem| Problem { rules, ..problem }),
        samples: take.samples.clone(),
    };
    recording.takes.iter().enumerate().map(job).collect()
}

fn generated(args: &Generate, settings: &Settings) -> Result<Vec<Problem>, Failure> {
    let split = match args.split {
        SplitArg::Heldout => Split::Heldout,
        SplitArg::Train => Split::Train,
    };
    if args.count == 0 {
        return Err(Failure::input("--count is 0: nothing would be generated"));
    }
    let generator = Generator::new(settings, args.seed, split).map_err(Failure::input)?;
    let problems: Vec<Problem> = generator.take(args.count).collect();
    if problems.is_empty() && args.count > 0 {
        return Err(Failure::input(
            "the task has no such problem: widen task.range or task.target",
        ));
    }
    if problems.len() < args.count {
        complain(&format!(
            "there are only {} such problems, not {}",
            problems.len(),
            args.count
        ));
    }
    Ok(problems)
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
        complain(&format!("{} is empty: nothing to generate", path.display()));
    }
    Ok(problems)
}

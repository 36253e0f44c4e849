//! What there is to generate: problems from the command line, a file, the generator or a recording, or a bare prompt.

use crate::{
    cli::{
        args::Generate,
        output::{Failure, complain},
        overrides::Overrides,
        problems::Wanted,
    },
    engine::{Recording, recording::Take},
    task::countdown::{Problem, Rules, Settings},
    trace::language,
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
    let wanted = Wanted {
        problem: &args.problem,
        file: args.problems.as_deref(),
        count: args.count,
        seed: args.seed,
        split: args.split.into(),
    };
    let problems = wanted.find(&overrides.task(card)?)?;
    for problem in &problems {
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

//! What there is to generate: problems from the command line, a file, the generator or a recording, or a bare prompt.

use crate::{
    cli::{
        args::Generate,
        output::{Failure, complain},
        overrides::Overrides,
    },
    engine::{PromptKind, Recording, recording::Take},
    task::countdown::{Problem, Rules, Settings, question},
    trace::language,
};

/// What a model is given for a problem, and how it is to be read.
type Ask<'a> = &'a dyn Fn(&Problem) -> Result<(String, PromptKind), Failure>;

/// One thing to generate.
pub(super) struct Job {
    /// Its place in the output.
    pub index: usize,
    /// What the model is given.
    pub prompt: String,
    /// How that is to be read.
    pub kind: PromptKind,
    /// What the answer is checked against.
    pub problem: Option<Problem>,
    /// The samples wanted, by number.
    pub samples: Vec<u64>,
}

/// What the command line asks for.
pub(super) fn asked(
    args: &Generate,
    card: &Settings,
    overrides: &Overrides,
    ask: Ask<'_>,
) -> Result<Vec<Job>, Failure> {
    if let Some(text) = &args.prompt {
        return Ok(vec![Job {
            index: 0,
            prompt: text.clone(),
            kind: PromptKind::Raw,
            problem: None,
            samples: (0..args.wanted.samples).collect(),
        }]);
    }
    let problems = args.wanted.find(&overrides.task(card)?)?;
    for problem in &problems {
        if let Err(why) = card.covers(problem) {
            complain(&format!(
                "{problem} is outside what {} was trained on: {why}",
                args.model
            ));
        }
    }
    let job = |(index, problem): (usize, Problem)| {
        let (prompt, kind) = ask(&problem)?;
        Ok(Job {
            index,
            prompt,
            kind,
            problem: Some(problem),
            samples: (0..args.wanted.samples).collect(),
        })
    };
    problems.into_iter().enumerate().map(job).collect()
}

/// What was asked for when `recording` was made.
pub(super) fn recorded(recording: &Recording, rules: Rules) -> Vec<Job> {
    let job = |(index, take): (usize, &Take)| Job {
        index,
        prompt: take.prompt.clone(),
        kind: PromptKind::Raw,
        problem: language::asked(&take.prompt)
            .or_else(|| question(&take.prompt))
            .map(|problem| Problem { rules, ..problem }),
        samples: take.samples.clone(),
    };
    recording.takes.iter().enumerate().map(job).collect()
}

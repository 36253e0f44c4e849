//! `backtrail generate`: solve problems, or continue a prompt, and print the traces.

use super::{
    args::{Generate, SplitArg},
    models,
    output::{Failure, Outcome, Output, complain},
    overrides::Overrides,
    playback::{self, Speaker, Talk},
};
use crate::{
    base::{cancel::Cancel, pace::Pace, sampler::Sampler},
    behavior::Observer,
    engine::{Batch, Event, EventKind, Recording, Request, RunId, batch::MAX_BATCH, recording::Take},
    task::countdown::{Generator, Problem, Settings, Solver, Split},
    trace::{
        Trace,
        import::Rows,
        language::{asked, prompt},
        live::Live,
        record::{ModelRef, Seconds},
    },
    train::measure,
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    sync::Arc,
    time::Instant,
};

/// Problems that are begun before the first of them is printed.
const AHEAD: usize = 256;

/// One thing to generate.
struct Job {
    index: usize,
    prompt: String,
    problem: Option<Problem>,
    samples: Vec<u64>,
}

/// Runs the command.
pub(super) fn run(args: &Generate) -> Outcome {
    if args.task.as_deref().is_some_and(|task| task != "countdown") {
        return Err(Failure::input("this version knows one task: --task countdown"));
    }
    if args.samples == 0 {
        return Err(Failure::input("--samples is 0: nothing would be generated"));
    }
    let overrides = Overrides::parse(&args.set)?;
    let (speaker, model, sampler, jobs) = match &args.play {
        Some(path) => {
            let recording = playback::recording(path)?;
            let sampler = overrides.sampler(&Sampler::default())?;
            let (model, jobs) = (ModelRef::recorded(&recording.model), recorded(&recording));
            (Speaker::of(recording), model, sampler, jobs)
        }
        None => {
            let opened = models::open(&args.model)?;
            let sampler = overrides.sampler(&opened.sampler)?;
            let jobs = jobs(args, &opened.task, &overrides)?;
            let batch = Batch::new(Arc::clone(&opened.model), MAX_BATCH);
            (Speaker::Model(Box::new(batch)), opened.reference(), sampler, jobs)
        }
    };
    let recorder = args
        .record
        .as_deref()
        .map(|path| playback::recorder(path, &model.name))
        .transpose()?;
    let mut output = Output::open(args.out.as_deref())?;
    let head = Trace {
        model: Some(model),
        strategy: Some("chain".to_owned()),
        sampler: Some(sampler.clone()),
        ..Trace::default()
    };
    let mut run = Run::new(Talk::new(speaker, recorder), args, head, sampler);
    let mut jobs = jobs.into_iter().peekable();
    while jobs.peek().is_some() || !run.waiting.is_empty() {
        while run.waiting.len() < AHEAD {
            let Some(job) = jobs.next() else { break };
            run.start(job)?;
        }
        run.step()?;
        run.print_finished(&mut output)?;
    }
    Ok(())
}

/// What a recording was asked.
fn recorded(recording: &Recording) -> Vec<Job> {
    let job = |(index, take): (usize, &Take)| Job {
        index,
        prompt: take.prompt.clone(),
        problem: asked(&take.prompt),
        samples: take.samples.clone(),
    };
    recording.takes.iter().enumerate().map(job).collect()
}

/// The generation of many jobs, printed in order.
struct Run<'a> {
    talk: Talk,
    args: &'a Generate,
    head: Trace,
    sampler: Sampler,
    events: Vec<Event>,
    /// Traces by job and sample, in the order they are to be printed.
    waiting: BTreeMap<(usize, u64), Growing>,
}

struct Growing {
    observer: Observer,
    began: Instant,
    first_token: Option<f64>,
    finished: bool,
}

impl<'a> Run<'a> {
    fn new(talk: Talk, args: &'a Generate, head: Trace, sampler: Sampler) -> Self {
        Self {
            talk,
            args,
            head,
            sampler,
            events: Vec::new(),
            waiting: BTreeMap::new(),
        }
    }

    fn start(&mut self, job: Job) -> Outcome {
        for sample in job.samples.iter().copied() {
            let head = Trace {
                index: job.index,
                sample: usize::try_from(sample).unwrap_or(usize::MAX),
                prompt: Some(job.prompt.clone()),
                ..self.head.clone()
            };
            let observer = Observer::new(Live::new(head, job.problem.clone()));
            let growing = Growing {
                observer,
                began: Instant::now(),
                first_token: None,
                finished: false,
            };
            self.waiting.insert((job.index, sample), growing);
        }
        let request = Request {
            run: RunId(job.index as u64),
            prompt: job.prompt,
            prefix: Vec::new(),
            sampler: self.sampler.clone(),
            index: job.index as u64,
            samples: job.samples,
            top: if self.args.token_stats { 5 } else { 0 },
            cancel: Cancel::default(),
            pace: Pace::default(),
        };
        Ok(self.talk.start(request, &mut self.events)?)
    }

    fn step(&mut self) -> Outcome {
        let events = self.talk.step(std::mem::take(&mut self.events))?;
        if events.is_empty() && self.talk.is_over() {
            return Err(Failure::input("the recording ends before its last run does"));
        }
        for event in events {
            let job = usize::try_from(event.run.0).unwrap_or(usize::MAX);
            match event.kind {
                EventKind::Started { prompt_tokens } => {
                    for (_, growing) in self.waiting.range_mut((job, 0)..=(job, u64::MAX)) {
                        growing.observer.live_mut().set_prompt_tokens(prompt_tokens);
                    }
                }
                EventKind::Tokens { sample, batch } => {
                    if let Some(growing) = self.waiting.get_mut(&(job, sample)) {
                        growing
                            .first_token
                            .get_or_insert_with(|| growing.began.elapsed().as_secs_f64());
                        measure::take(&mut growing.observer, batch);
                    }
                }
                EventKind::Finished { sample, reason } => {
                    if let Some(growing) = self.waiting.get_mut(&(job, sample)) {
                        let total = growing.began.elapsed().as_secs_f64();
                        let first_token = growing.first_token.unwrap_or(total);
                        growing.observer.finish(
                            Some(measure::finish(reason)),
                            Some(Seconds { first_token, total }),
                        );
                        growing.finished = true;
                    }
                }
                EventKind::Failed(reason) => return Err(Failure::Input(reason)),
                EventKind::Done => {}
            }
        }
        Ok(())
    }

    fn print_finished(&mut self, output: &mut Output) -> Outcome {
        while let Some(entry) = self.waiting.first_entry() {
            if !entry.get().finished {
                break;
            }
            let trace = entry.remove().observer.to_trace(self.args.token_stats);
            if self.args.json {
                output.json(&trace)?
            } else {
                output.text(&readable(&trace))?
            }
        }
        Ok(())
    }
}

/// A trace for a person: the question, the text, the verdict.
fn readable(trace: &Trace) -> String {
    let verdict = match &trace.outcome {
        None => String::new(),
        Some(o) if o.correct => format!("\u{2713} {} is right\n", o.answer.as_deref().unwrap_or_default()),
        Some(o) => format!("\u{2717} {}\n", o.reason),
    };
    let end = if trace.text.ends_with('\n') { "" } else { "\n" };
    format!(
        "{}{}{end}{verdict}\n",
        trace.prompt.as_deref().unwrap_or_default(),
        trace.text
    )
}

/// What there is to do.
fn jobs(args: &Generate, card: &Settings, overrides: &Overrides) -> Result<Vec<Job>, Failure> {
    let samples: Vec<u64> = (0..args.samples).collect();
    if let Some(text) = &args.prompt {
        return Ok(vec![Job {
            index: 0,
            prompt: text.clone(),
            problem: None,
            samples,
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
        prompt: prompt(&problem),
        problem: Some(problem),
        samples: samples.clone(),
    };
    Ok(problems.into_iter().enumerate().map(job).collect())
}

fn generated(args: &Generate, settings: &Settings) -> Result<Vec<Problem>, Failure> {
    let split = match args.split {
        SplitArg::Heldout => Split::Heldout,
        SplitArg::Train => Split::Train,
    };
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
        let line = line.map_err(complaint)?;
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
    Ok(problems)
}

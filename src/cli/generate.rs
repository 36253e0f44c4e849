//! `backtrail generate`: solve problems, or continue a prompt, and print the traces.

mod jobs;

use super::{
    analyze::judged,
    args::Generate,
    judge::{Means, Queue, Row},
    models, only,
    output::{Failure, Outcome, Output, apart, end},
    overrides::Overrides,
    recording,
};
use crate::{
    base::{cancel::Cancel, pace::Pace, sampler::Sampler},
    behavior::{Layer, Observer},
    engine::{
        Batch, Command, EngineHandle, Event, EventKind, How, PromptKind, Recorder, Request, RunId, Speed,
        mailbox::EngineGone, remote, scripted::Player,
    },
    model::generation::Generation,
    task::countdown::{Problem, Settings},
    trace::{
        Trace,
        live::Live,
        record::{ModelRef, Seconds},
    },
    train::{manner::Manner, measure},
};
use jobs::Job;
use std::{
    collections::{BTreeMap, VecDeque},
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

/// Samples generated together.
const BATCH: usize = 64;

/// Problems that are begun before the first of them is printed.
const AHEAD: usize = 256;

/// Whoever answers.
enum Engine {
    Model(Box<Batch>),
    Player(Player),
    Server(EngineHandle),
}

/// Events that may wait between a server and the traces.
const EVENTS: usize = 1024;

/// Runs the command.
pub(super) fn run(args: &Generate, means: Means<'_>) -> Outcome {
    only("--task", args.wanted.task.as_deref(), "countdown")?;
    only("--strategy", args.strategy.as_deref(), "chain")?;
    let layer = super::layer(args.detector.as_deref())?;
    let read = || {
        let files = [&args.wanted.problems, &args.play].into_iter().flatten();
        files.map(PathBuf::as_path).chain([Path::new(&args.model)])
    };
    apart("--out", args.out.as_deref(), read())?;
    apart(
        "--record",
        args.record.as_deref(),
        read().chain(args.out.as_deref()),
    )?;
    args.judging.apart(read().chain(args.out.as_deref()))?;
    let queue = Queue::open(&args.judging, layer, means)?;
    let overrides = Overrides::parse(&args.set)?;
    let (mut run, jobs) = match &args.play {
        Some(path) => play(path, args, &overrides)?,
        None if remote::is_server(&args.model) => serve(args, &overrides, means.key)?,
        None => ask(args, &overrides, means.how)?,
    };
    run.layer = layer.own();
    let mut printer = Printer {
        queue,
        json: args.json,
        asked: VecDeque::new(),
        output: Output::open(args.out.as_deref())?,
    };
    let all = run.print(jobs, &mut printer);
    end(all, || printer.end())
}

/// A model, and what it is asked.
fn ask<'a>(args: &'a Generate, overrides: &Overrides, how: &How) -> Result<(Run<'a>, Vec<Job>), Failure> {
    let opened = models::open(&args.model, how)?;
    let sampler = overrides.sampler(&opened.sampler)?;
    let ask =
        |problem: &Problem| Manner::ask(&opened.model, problem, sampler.thinking).map_err(Failure::input);
    let jobs = jobs::asked(args, &opened.task, overrides, &ask)?;
    let head = Trace {
        model: Some(opened.reference()),
        strategy: Some("chain".to_owned()),
        sampler: Some(sampler.clone()),
        ..Trace::default()
    };
    let engine = Engine::Model(Box::new(Batch::new(Arc::clone(&opened.model), BATCH)));
    let mut run = Run::new(engine, args, head, sampler);
    if let Some(path) = &args.record {
        run.recorder = Some(recording::create(path, &opened.model.name)?);
    }
    Ok((run, jobs))
}

/// A server, and what it is asked.
fn serve<'a>(args: &'a Generate, overrides: &Overrides, key: &str) -> Result<(Run<'a>, Vec<Job>), Failure> {
    let sampler = overrides.sampler(&Generation::default().sampler(true))?;
    let ask = |problem: &Problem| Ok(Manner::Conversation.prompt(problem));
    let jobs = jobs::asked(args, &Settings::default(), overrides, &ask)?;
    let head = Trace {
        model: Some(ModelRef::served(&args.model)),
        strategy: Some("chain".to_owned()),
        sampler: Some(sampler.clone()),
        ..Trace::default()
    };
    let handle = remote::serve(&args.model, key, EVENTS).map_err(Failure::input)?;
    let mut run = Run::new(Engine::Server(handle), args, head, sampler);
    if let Some(path) = &args.record {
        run.recorder = Some(recording::create(path, &args.model)?);
    }
    Ok((run, jobs))
}

/// A recording instead of a model, and what it answers.
fn play<'a>(path: &Path, args: &'a Generate, overrides: &Overrides) -> Result<(Run<'a>, Vec<Job>), Failure> {
    let recording = recording::open(path)?;
    let jobs = jobs::recorded(&recording, overrides.task(&Settings::default())?.rules);
    let head = Trace {
        model: Some(ModelRef::recorded(&recording.model)),
        ..Trace::default()
    };
    let engine = Engine::Player(Player::new(recording, Speed::Unlimited));
    Ok((Run::new(engine, args, head, Sampler::default()), jobs))
}

/// The generation of many jobs, printed in order.
struct Run<'a> {
    engine: Engine,
    recorder: Option<Recorder<BufWriter<File>>>,
    args: &'a Generate,
    head: Trace,
    sampler: Sampler,
    /// The habits that are looked for as it grows.
    layer: Layer,
    events: Vec<Event>,
    /// Traces by job and sample, in the order they are to be printed.
    waiting: BTreeMap<(usize, u64), Growing>,
}

struct Growing {
    observer: Observer,
    /// Whether the prompt is a question to be answered, and not a text to be continued.
    asked: bool,
    began: Instant,
    first_token: Option<f64>,
    finished: bool,
}

impl<'a> Run<'a> {
    fn new(engine: Engine, args: &'a Generate, head: Trace, sampler: Sampler) -> Self {
        Self {
            engine,
            recorder: None,
            args,
            head,
            sampler,
            layer: Layer::default(),
            events: Vec::new(),
            waiting: BTreeMap::new(),
        }
    }

    fn print(mut self, jobs: Vec<Job>, printer: &mut Printer) -> Outcome {
        let all = self.generate(jobs, printer);
        // What is finished by then is printed, also behind what is not and never will be.
        end(all, || {
            self.waiting.retain(|_, growing| growing.finished);
            self.print_finished(printer)
        })
    }

    fn generate(&mut self, jobs: Vec<Job>, printer: &mut Printer) -> Outcome {
        let mut jobs = jobs.into_iter().peekable();
        while jobs.peek().is_some() || !self.waiting.is_empty() {
            while self.waiting.len() < AHEAD {
                let Some(job) = jobs.next() else { break };
                self.start(job)?;
            }
            self.step()?;
            self.print_finished(printer)?;
        }
        Ok(())
    }

    fn start(&mut self, job: Job) -> Outcome {
        for sample in job.samples.iter().copied() {
            let head = Trace {
                index: job.index,
                sample: usize::try_from(sample).unwrap_or(usize::MAX),
                prompt: Some(job.prompt.clone()),
                ..self.head.clone()
            };
            let observer = Observer::of(self.layer, Live::new(head, job.problem.clone()));
            let growing = Growing {
                observer,
                asked: job.kind == PromptKind::Question,
                began: Instant::now(),
                first_token: None,
                finished: false,
            };
            self.waiting.insert((job.index, sample), growing);
        }
        let request = Request {
            run: RunId(job.index as u64),
            prompt: job.prompt,
            kind: job.kind,
            known: Vec::new(),
            prefix: Vec::new(),
            sampler: self.sampler.clone(),
            index: job.index as u64,
            samples: job.samples,
            top: if self.args.token_stats { 5 } else { 0 },
            cancel: Cancel::default(),
            pace: Pace::default(),
        };
        let now = Instant::now();
        if let Some(recorder) = &mut self.recorder {
            recorder.asked(&request, None, now)?;
        }
        match &mut self.engine {
            Engine::Model(batch) => batch.start(request, &mut self.events),
            Engine::Player(player) => player.start(request, now),
            Engine::Server(_) => return self.send(request),
        }
        Ok(())
    }

    /// Hands a request to the server's thread, which may have enough to do for a moment.
    fn send(&mut self, request: Request) -> Outcome {
        loop {
            let Engine::Server(handle) = &self.engine else {
                return Ok(());
            };
            match handle.commands.send(Command::Start(Box::new(request.clone()))) {
                Ok(()) => return Ok(()),
                Err(EngineGone::Busy) => self.step()?,
                Err(gone) => return Err(Failure::work(gone)),
            }
        }
    }

    fn step(&mut self) -> Outcome {
        match &mut self.engine {
            Engine::Model(batch) => {
                if !batch.is_idle() {
                    batch.step(&mut self.events);
                }
                batch.collect(&mut self.events);
            }
            Engine::Player(player) => {
                player.play(Instant::now(), &mut self.events);
            }
            Engine::Server(handle) => self.events.extend(handle.events.blocking_recv()),
        }
        let (now, mut failed) = (Instant::now(), Ok(()));
        for event in std::mem::take(&mut self.events) {
            if let Some(recorder) = &mut self.recorder {
                recorder.said(&event, now)?;
            }
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
                // What came with it counts, too.
                EventKind::Failed(reason) if matches!(self.engine, Engine::Server(_)) => {
                    failed = failed.and(Err(Failure::Work(reason)));
                }
                EventKind::Failed(reason) => failed = failed.and(Err(Failure::Input(reason))),
                EventKind::Done => {}
            }
        }
        failed
    }

    fn print_finished(&mut self, printer: &mut Printer) -> Outcome {
        while let Some(entry) = self.waiting.first_entry() {
            if !entry.get().finished {
                break;
            }
            let Growing { observer, asked, .. } = entry.remove();
            let trace = observer.into_trace(self.args.token_stats);
            printer.take(trace, asked)?;
        }
        Ok(())
    }
}

/// Prints traces in their order.
struct Printer {
    queue: Queue,
    json: bool,
    /// Of the traces in the queue: whether the prompt is a question to be answered.
    asked: VecDeque<bool>,
    output: Output,
}

impl Printer {
    fn take(&mut self, trace: Trace, asked: bool) -> Outcome {
        self.asked.push_back(asked);
        let rows = self.queue.take(Row::Trace(Box::new(trace)));
        self.print(rows)
    }

    fn print(&mut self, rows: Vec<Row>) -> Outcome {
        for Row::Trace(trace) | Row::Bad(trace) in rows {
            let asked = self.asked.pop_front().unwrap_or_default();
            if self.json {
                self.output.json(&trace)?;
            } else {
                self.output.text(&readable(&trace, asked))?;
            }
        }
        Ok(())
    }

    /// Prints the rest, and what there is to say of the judge.
    fn end(mut self) -> Outcome {
        let rest = self.queue.rest();
        self.print(rest)?;
        self.queue.end(&mut self.output, self.json)
    }
}

/// A trace for a person: what was asked, or is continued, the text, the verdict.
fn readable(trace: &Trace, asked: bool) -> String {
    let verdict = match &trace.outcome {
        None => String::new(),
        Some(o) if o.correct => format!("\u{2713} {} is right\n", o.said().unwrap_or_default()),
        Some(o) => format!("\u{2717} {}\n", o.reason),
    };
    let end = if trace.text.ends_with('\n') { "" } else { "\n" };
    // An answer begins on a line of its own, a continuation where the prompt ends.
    let between = if asked { "\n\n" } else { "" };
    let judged = trace.judge.as_ref().map(judged).unwrap_or_default();
    let judged = if judged.is_empty() { judged } else { judged + "\n" };
    format!(
        "{}{between}{}{end}{verdict}{judged}\n",
        trace.prompt.as_deref().unwrap_or_default(),
        trace.text
    )
}

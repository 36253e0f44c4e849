//! The judge that `--judge` names: opens it, asks it about traces, and says at the end what it took and where it parts
//! from the other detectors. Traces wait for it some together, and come out also when it cannot be asked.

use super::{
    args::JudgeArgs,
    models,
    output::{Failure, Outcome, Output, apart, complain},
    progress::Progress,
};
use crate::{
    base::{cancel::Cancel, words::counted},
    behavior::{
        Detector, Layer,
        judge::{Agreement, Cache, Case, Price, Prompts, Protocol, Report, Verdict},
    },
    config::Paths,
    engine::{EngineHandle, How, LocalEngine, Server, remote},
    experiment::judge::{Judge, Terms},
    trace::{Subject, Trace, record::Behavior},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Traces that are judged together, and the bytes that are enough with fewer of them.
pub(super) const TOGETHER: usize = 16;
pub(super) const LARGE: usize = 1 << 20;

/// Questions that are open at once: a server has room for more than this machine.
const SERVED: usize = 16;
const LOCAL: usize = 4;

/// Events that may wait between an engine and the judge.
const EVENTS: usize = 1024;

/// What is needed to open a model.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    /// How a local model is opened.
    pub how: &'a How,
    /// The variable that holds the key of a server.
    pub key: &'a str,
    /// Where prompts and answers are.
    pub paths: &'a Paths,
}

/// A judge at work.
pub(super) struct Sitting {
    judge: Judge,
    agreement: Agreement,
    price: Option<Price>,
    report: Option<PathBuf>,
    /// What is shown.
    layer: Layer,
    /// Why it is asked no more.
    gave_up: Option<Failure>,
}

/// What is to be printed.
pub(super) enum Row {
    Trace(Box<Trace>),
    /// A row that could not be read, as a trace that says why.
    Bad(Box<Trace>),
}

/// Rows on their way to the output, in their order: at once, or after the judge, if there is one, has read some together.
pub(super) struct Queue {
    layer: Layer,
    judge: Option<Sitting>,
    waiting: Waiting,
}

/// Rows that wait for a judge together.
#[derive(Default)]
struct Waiting {
    rows: Vec<Row>,
    bytes: usize,
}

impl Waiting {
    fn push(&mut self, row: Row) {
        let (Row::Trace(trace) | Row::Bad(trace)) = &row;
        self.bytes += size(trace);
        self.rows.push(row);
    }

    /// Whether there are enough of them.
    fn is_full(&self) -> bool {
        self.rows.len() >= TOGETHER || self.bytes >= LARGE
    }
}

/// How long a trace is, about.
pub(super) fn size(trace: &Trace) -> usize {
    trace.text.len() + trace.prompt.as_ref().map_or(0, String::len)
}

impl Queue {
    /// With the judge that `args` name, if `layer` asks for one.
    ///
    /// # Errors
    /// As [`Sitting::open`].
    pub fn open(args: &JudgeArgs, layer: Layer, means: Means<'_>) -> Result<Self, Failure> {
        Ok(Self {
            layer,
            judge: Sitting::open(args, layer, means)?,
            waiting: Waiting::default(),
        })
    }

    /// Takes a row; those that are ready.
    pub fn take(&mut self, row: Row) -> Vec<Row> {
        self.waiting.push(row);
        if self.judge.is_none() || self.waiting.is_full() {
            self.rest()
        } else {
            Vec::new()
        }
    }

    /// All rows that wait, with the findings that are to be shown.
    pub fn rest(&mut self) -> Vec<Row> {
        let mut rows = std::mem::take(&mut self.waiting).rows;
        let mut traces: Vec<&mut Trace> = rows.iter_mut().filter_map(Row::trace).collect();
        if let Some(judge) = &mut self.judge {
            judge.judge(&mut traces);
        }
        for trace in traces {
            trace.behaviors.retain(|found| self.layer.keeps(found));
        }
        rows
    }

    /// Says what the judge took, and prints for a person where it parts from the other detectors.
    ///
    /// # Errors
    /// Why it could not be asked about all of them.
    pub fn end(self, output: &mut Output, json: bool) -> Outcome {
        let Some(mut judge) = self.judge else {
            return Ok(());
        };
        let gave_up = judge.gave_up.take();
        let report = match judge.end() {
            Ok(report) => report,
            // Why it was not asked is the more to know.
            Err(failure) => return Err(gave_up.unwrap_or(failure)),
        };
        // Where nobody was judged there is nothing to compare.
        if !json && report.traces > 0 {
            output.text(&format!("\n{}", report.table()))?;
        }
        let (asked, unread) = (report.cost.questions, report.unread);
        match gave_up {
            Some(failure) => Err(failure),
            None if asked > 0 && unread >= asked => Err(Failure::work(format!(
                "the judge {} gave no answer that could be read, to any of {}",
                report.model,
                counted(asked, "question")
            ))),
            None => Ok(()),
        }
    }
}

impl Row {
    fn trace(&mut self) -> Option<&mut Trace> {
        match self {
            Row::Trace(trace) => Some(trace),
            Row::Bad(_) => None,
        }
    }
}

impl Sitting {
    /// The judge that `args` name; none when `layer` does not ask for one.
    ///
    /// # Errors
    /// Options that do not fit each other, prompts that cannot be used, a model that cannot be opened.
    pub fn open(args: &JudgeArgs, layer: Layer, means: Means<'_>) -> Result<Option<Self>, Failure> {
        let name = match (&args.judge, layer) {
            (None, Layer::Judge) => {
                return Err(Failure::input(
                    "--detector judge needs a model to ask: add --judge MODEL, for instance --judge model.gguf or --judge \
                     openai:http://127.0.0.1:8000/v1#qwen3",
                ));
            }
            (None, _) => return Ok(None),
            (Some(_), layer) if !layer.asks_judge() => {
                return Err(Failure::input(
                    "--judge is asked only for --detector judge or --detector all: add one of them",
                ));
            }
            (Some(name), _) => name.trim().to_owned(),
        };
        let protocol = protocol(args)?;
        let price = args.judge_price.as_deref().map(str::parse::<Price>).transpose();
        let price = price.map_err(|why: String| Failure::Input(format!("--judge-price: {why}")))?;
        let prompts = prompts(means.paths)?;
        let (engine, judge) = if remote::is_server(&name) {
            served(&name, means)?
        } else {
            local(&name, means)?
        };
        let terms = Terms {
            prompts,
            protocol,
            max_tokens: args.judge_tokens,
            thinking: args.judge_thinking,
            at_once: if remote::is_server(&name) { SERVED } else { LOCAL },
            cache: judge.map(|judge| Cache::new(means.paths.data.join("judge"), judge)),
            name,
        };
        Ok(Some(Self {
            judge: Judge::new(engine, terms),
            agreement: Agreement::default(),
            price,
            report: args.judge_report.clone(),
            layer,
            gave_up: None,
        }))
    }

    /// The wording of its questions, to make cases for it.
    pub fn prompts(&self) -> &Prompts {
        &self.judge.terms().prompts
    }

    /// What it is called where figures are shown.
    pub fn title(&self) -> String {
        format!("judge {} ({})", self.judge.terms().name, self.judge.version())
    }

    /// Asks about `traces`, which know already what the other detectors found, and writes the verdicts into them. When it
    /// cannot be asked they stay as they are, and it is asked no more.
    fn judge(&mut self, traces: &mut [&mut Trace]) {
        if self.gave_up.is_some() {
            return;
        }
        let cases: Vec<Case> = traces
            .iter()
            .map(|trace| Case::of_trace(trace, self.prompts()))
            .collect();
        let verdicts = match self.ask(&cases) {
            Ok(verdicts) => verdicts,
            Err(failure) => {
                self.gave_up = Some(failure);
                return;
            }
        };
        let (version, name) = (self.judge.version(), self.judge.terms().name.clone());
        for ((trace, case), verdict) in traces.iter_mut().zip(&cases).zip(verdicts) {
            // It is held against what this machine thinks as a whole, whichever layers are shown.
            let best = match self.layer {
                Layer::All => Detector::read(Subject::of(trace), &trace.text).1,
                _ => trace.behaviors.clone(),
            };
            self.agreement.add(case, &verdict, &best);
            trace.judge = Some(verdict.record(&version, &name, &best));
            trace.behaviors.extend(verdict.behaviors(case, &version, &name));
            trace.behaviors.sort_by_key(|found| found.span.start);
        }
    }

    /// Asks about `cases` of which the other detectors found `best`; what the judge finds in each.
    pub fn find(&mut self, cases: &[Case], best: &[Vec<Behavior>]) -> Result<Vec<Vec<Behavior>>, Failure> {
        let verdicts = self.ask(cases)?;
        let (version, name) = (self.judge.version(), self.judge.terms().name.clone());
        let found = cases
            .iter()
            .zip(&verdicts)
            .zip(best)
            .map(|((case, verdict), best)| {
                self.agreement.add(case, verdict, best);
                verdict.behaviors(case, &version, &name)
            });
        Ok(found.collect())
    }

    fn ask(&mut self, cases: &[Case]) -> Result<Vec<Verdict>, Failure> {
        let mut progress = Progress::default();
        let verdicts = self.judge.judge(cases, &Cancel::default(), &mut |done, all| {
            progress.count("questions answered", done, all);
        });
        progress.end();
        let complaints = self.judge.complaints();
        // A judge that is given up says why once.
        let verdicts = verdicts.map_err(Failure::work)?;
        for complaint in complaints {
            complain(&complaint);
        }
        Ok(verdicts)
    }

    /// Says what it took; the figures of the agreement, which are kept where `--judge-report` says.
    pub fn end(self) -> Result<Report, Failure> {
        let cost = self.judge.cost().priced(self.price);
        complain(&format!("judge {}: {}", self.judge.terms().name, cost.words()));
        let (version, terms) = (self.judge.version(), self.judge.terms());
        let report = self.agreement.report(terms.protocol, &version, &terms.name, cost);
        if let Some(path) = &self.report {
            Output::open(Some(path))?.json(&report)?;
        }
        Ok(report)
    }
}

impl JudgeArgs {
    /// Refuses a report over what is read, or written besides.
    ///
    /// # Errors
    /// As [`apart`].
    pub(super) fn apart<'a>(&self, others: impl IntoIterator<Item = &'a Path>) -> Outcome {
        apart("--judge-report", self.judge_report.as_deref(), others)
    }
}

/// The protocol that `args` name.
pub(super) fn protocol(args: &JudgeArgs) -> Result<Protocol, Failure> {
    match args.judge_protocol.as_deref() {
        None => Ok(Protocol::default()),
        Some(name) => name.parse().map_err(|_| {
            Failure::Input(format!(
                "--judge-protocol {name}: this version knows `spans` and `count`"
            ))
        }),
    }
}

/// The user's own prompts, else the bundled ones.
fn prompts(paths: &Paths) -> Result<Prompts, Failure> {
    let path = paths.prompts().join("judge.toml");
    match fs::read_to_string(&path) {
        Ok(text) => Prompts::parse(&text).map_err(|why| Failure::Input(format!("{}: {why}", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Prompts::bundled()),
        Err(error) => Err(Failure::Input(format!(
            "{} cannot be read: {error}",
            path.display()
        ))),
    }
}

/// A server, and what its answers are kept under.
fn served(name: &str, means: Means<'_>) -> Result<(EngineHandle, Option<String>), Failure> {
    let server = Server::parse(name).map_err(|error| Failure::Input(format!("{name}: {error}")))?;
    let engine = remote::serve(name, means.key, EVENTS).map_err(Failure::input)?;
    let judge = server
        .model()
        .map(|model| format!("openai:{}#{model}", server.address()));
    if judge.is_none() {
        complain("--judge names no model behind #, so nobody knows whose answers these are: none are kept");
    }
    Ok((engine, judge))
}

/// A model on this machine, and what its answers are kept under.
fn local(name: &str, means: Means<'_>) -> Result<(EngineHandle, Option<String>), Failure> {
    let opened = models::open(name, means.how)?;
    let record = opened.reference();
    let parts = [record.hash, record.tokenizer, record.dtype];
    let judge = parts.map(Option::unwrap_or_default).join(" ");
    let model = Arc::clone(&opened.model);
    let engine = LocalEngine::spawn(move || Ok(model), LOCAL, EVENTS)
        .map_err(|error| Failure::Work(format!("the judge's thread could not be started: {error}")))?;
    Ok((engine, Some(judge)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_trace_waits_for_no_other_before_it_is_judged() {
        let row = |length: usize| {
            Row::Trace(Box::new(Trace {
                text: "a".repeat(length),
                ..Trace::default()
            }))
        };
        let full = |rows: &mut dyn Iterator<Item = Row>| {
            let mut waiting = Waiting::default();
            rows.for_each(|row| waiting.push(row));
            waiting.is_full()
        };
        assert!(!full(&mut (1..TOGETHER).map(|_| row(9))));
        assert!(full(&mut (0..TOGETHER).map(|_| row(9))));
        assert!(full(&mut [row(LARGE)].into_iter()));
        assert!(full(&mut [row(9), row(LARGE / 2), row(LARGE / 2)].into_iter()));
    }
}

//! Two to four lanes, each a model with its sampler, on the same problems: who solves what, at what cost, with which
//! habits.

mod measure;
mod table;

pub use measure::{Cell, Measure, Who};
pub use table::{AtBudget, LaneRow, Paired, ProblemSet, Table};

use crate::{
    base::sampler::Sampler,
    behavior::Observer,
    engine::{LoadedModel, remote},
    task::countdown::Problem,
    trace::{Trace, record::ModelRef},
    train::{manner::Manner, sampling},
};
use std::sync::Arc;

/// How many lanes there may be.
pub const LANES: std::ops::RangeInclusive<usize> = 2..=4;

/// Traces of all lanes together at most; all of them wait in memory to be counted.
pub const MOST_TRACES: usize = 200_000;

/// Events of a server that may wait until they are read.
const EVENTS: usize = 1024;

/// Who writes.
#[derive(Clone)]
pub enum Writer {
    /// A model on this machine.
    Local(Arc<LoadedModel>),
    /// The server that `name` means, with the key in the environment variable `key`; no key when that is empty.
    Server {
        /// `openai:URL#MODEL`.
        name: String,
        /// A variable's name.
        key: String,
    },
}

impl Writer {
    /// Finished traces, as [`sampling::sample_while`] gives them.
    fn sample(
        &self,
        record: &ModelRef,
        plan: sampling::Plan<'_>,
        go_on: &(dyn Fn(usize) -> bool + Sync),
    ) -> Result<Option<Vec<Observer>>, String> {
        match self {
            Self::Local(model) => sampling::sample_while(model, plan, go_on),
            Self::Server { name, key } => {
                let handle = remote::serve(name, key, EVENTS).map_err(|error| error.to_string())?;
                sampling::sample_from(handle, (record, Manner::Conversation), plan, go_on)
            }
        }
    }
}

/// A model and how it is sampled.
#[derive(Clone)]
pub struct Lane {
    /// Who writes.
    pub writer: Writer,
    /// Which weights these are, for the record.
    pub record: ModelRef,
    /// How tokens are drawn.
    pub sampler: Sampler,
}

/// What is to be compared on what.
#[derive(Clone)]
pub struct Plan {
    /// Two to four.
    pub lanes: Vec<Lane>,
    /// The problems every lane gets.
    pub problems: Vec<Problem>,
    /// Where the problems come from.
    pub set: ProblemSet,
    /// Samples of each problem.
    pub samples: usize,
}

/// Why there is no comparison.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// Too few or too many lanes.
    #[error("a comparison takes two to four models, not {0}")]
    Lanes(usize),
    /// Nothing to compare on.
    #[error("there are no problems to compare on")]
    NoProblems,
    /// Nothing to compare.
    #[error("no samples are asked for: nothing would be compared")]
    NoSamples,
    /// More than fits.
    #[error("{0} traces are more than {MOST_TRACES}: take fewer problems or samples")]
    TooMany(usize),
    /// Somebody stopped it.
    #[error("the comparison was stopped")]
    Stopped,
    /// A lane's engine cannot go on.
    #[error("{0}: {1}")]
    Engine(String, String),
}

/// What came out: the table, and the traces behind every number of it.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The problems, in order.
    pub problems: Vec<Problem>,
    /// Samples of each problem.
    pub samples: usize,
    /// The traces of each lane, by problem, then by sample.
    pub traces: Vec<Vec<Trace>>,
    /// The figures.
    pub table: Table,
}

impl Plan {
    /// Whether it can be done.
    ///
    /// # Errors
    /// [`CompareError`] says what is wrong with it.
    pub fn check(&self) -> Result<(), CompareError> {
        if !LANES.contains(&self.lanes.len()) {
            return Err(CompareError::Lanes(self.lanes.len()));
        }
        if self.problems.is_empty() {
            return Err(CompareError::NoProblems);
        }
        if self.samples == 0 {
            return Err(CompareError::NoSamples);
        }
        let each = self.problems.len().saturating_mul(self.samples);
        let all = self.lanes.len().saturating_mul(each);
        if all > MOST_TRACES {
            return Err(CompareError::TooMany(all));
        }
        Ok(())
    }
}

/// Does what `plan` says on this thread. `go_on` hears how many traces there are of how many, and may stop it.
///
/// # Errors
/// [`CompareError`].
pub fn compare(
    plan: &Plan,
    go_on: &(dyn Fn(usize, usize) -> bool + Sync),
) -> Result<Comparison, CompareError> {
    plan.check()?;
    let each = plan.problems.len() * plan.samples;
    let all = each * plan.lanes.len();
    let mut traces = Vec::new();
    for (number, lane) in plan.lanes.iter().enumerate() {
        let asked = sampling::Plan {
            problems: &plan.problems,
            first: 0,
            samples: plan.samples as u64,
            sampler: &lane.sampler,
        };
        let report = |ended| go_on(number * each + ended, all);
        let observers = lane.writer.sample(&lane.record, asked, &report);
        let observers = observers
            .map_err(|why| CompareError::Engine(lane.record.name.clone(), why))?
            .ok_or(CompareError::Stopped)?;
        traces.push(
            observers
                .iter()
                .map(|observer| observer.to_trace(false))
                .collect(),
        );
    }
    let writers = plan
        .lanes
        .iter()
        .map(|lane| (lane.record.clone(), lane.sampler.clone()));
    Ok(Comparison::new(
        &writers.collect::<Vec<_>>(),
        plan.problems.clone(),
        plan.set.clone(),
        plan.samples,
        traces,
    ))
}

impl Comparison {
    /// Counts `traces`: those of each lane by problem, then by sample. `lanes` says who wrote them and how.
    #[must_use]
    pub fn new(
        lanes: &[(ModelRef, Sampler)],
        problems: Vec<Problem>,
        set: ProblemSet,
        samples: usize,
        traces: Vec<Vec<Trace>>,
    ) -> Self {
        let table = Table::new(lanes, problems.len(), set, samples, &traces);
        Self {
            problems,
            samples,
            traces,
            table,
        }
    }
}

/// Whether the answer is right.
#[must_use]
pub fn solved(trace: &Trace) -> bool {
    trace.is_correct()
}

/// Tokens generated.
#[must_use]
pub fn tokens(trace: &Trace) -> usize {
    trace.tokens.map_or(0, |tokens| tokens.generated)
}

#[cfg(test)]
mod tests;

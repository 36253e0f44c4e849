//! The figures of a comparison, in the shape that scripts read: `backtrail.compare/1`.

use super::{Measure, Who, solved};
use crate::{
    base::{
        sampler::Sampler,
        stats::{mcnemar, pass_at, wilson_of},
    },
    behavior::Habit,
    task::countdown::Split,
    trace::{Trace, record::ModelRef},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Name and version of the shape.
pub const SCHEMA: &str = "backtrail.compare/1";

/// The smallest token budget that is looked at; each of the others is twice the one before.
const LEAST_BUDGET: usize = 32;

/// Where problems come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProblemSet {
    /// Name and version of the generator; null when the problems were brought along.
    pub generator: Option<String>,
    /// Whether models may have trained on them.
    pub split: Option<Split>,
    /// The generator's seed.
    pub seed: Option<u64>,
}

/// The figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The program and version that made it.
    pub by: String,
    /// The task's name.
    pub task: &'static str,
    /// How many problems.
    pub problems: usize,
    /// Samples of each.
    pub samples: usize,
    /// Where they come from.
    pub problem_set: ProblemSet,
    /// One row a lane.
    pub lanes: Vec<LaneRow>,
    /// Every two lanes against each other.
    pub paired: Vec<Paired>,
}

/// What one lane did, over all samples of all problems.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LaneRow {
    /// The model's name.
    pub model: String,
    /// The search strategy.
    pub strategy: &'static str,
    /// Hash of the weights.
    pub hash: Option<String>,
    /// Hash of the tokenizer.
    pub tokenizer: Option<String>,
    /// How tokens were drawn.
    pub sampler: Sampler,
    /// Share of the samples with a right answer.
    pub solved: f64,
    /// 95 % Wilson interval of `solved`. What is independent are the problems, so they are what is counted.
    pub interval: [f64; 2],
    /// Share of the samples that are right *and* true in every statement.
    pub sound: f64,
    /// Generated tokens, mean.
    pub tokens_mean: f64,
    /// Each habit, mean per trace.
    pub behaviors_per_trace: BTreeMap<&'static str, f64>,
    /// By k: the chance that one of k samples is right; see [`pass_at`].
    pub pass_at: BTreeMap<usize, f64>,
    /// Solved within a number of tokens; empty where the lanes do not count the same tokens.
    pub at_budget: Vec<AtBudget>,
}

/// What is solved when a text may be so long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AtBudget {
    /// Tokens at most; a text that needs more counts as unsolved.
    pub tokens: usize,
    /// Share of the samples solved by then.
    pub solved: f64,
}

impl Paired {
    /// How many problems went so.
    #[must_use]
    pub fn count(&self, who: Who) -> usize {
        match who {
            Who::OnlyA => self.only_a,
            Who::OnlyB => self.only_b,
            Who::Both => self.both,
            Who::Nobody => self.none,
        }
    }

    /// The test's outcome for people: `McNemar p = 0.042`.
    #[must_use]
    pub fn verdict(&self) -> String {
        if self.p < 0.001 {
            "McNemar p < 0.001".to_owned()
        } else {
            format!("McNemar p = {:.3}", self.p)
        }
    }
}

/// Two lanes against each other, by the first sample of each problem.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Paired {
    /// A lane's number, from 0.
    pub a: usize,
    /// Another's.
    pub b: usize,
    /// Problems only `a` solved.
    pub only_a: usize,
    /// Problems only `b` solved.
    pub only_b: usize,
    /// Problems both solved.
    pub both: usize,
    /// Problems none solved.
    pub none: usize,
    /// Exact two-sided McNemar test; see [`mcnemar`].
    pub p: f64,
}

impl LaneRow {
    /// The figures of a lane whose traces come by problem, then by sample.
    fn new(
        (record, sampler): &(ModelRef, Sampler),
        traces: &[Trace],
        samples: usize,
        budgets: &[usize],
    ) -> Self {
        let mean = |measure: Measure| {
            let sum: usize = traces.iter().map(|trace| measure.of(trace)).sum();
            sum as f64 / traces.len().max(1) as f64
        };
        let right: Vec<usize> = traces
            .chunks(samples.max(1))
            .map(|of_problem| of_problem.iter().filter(|trace| solved(trace)).count())
            .collect();
        Self {
            model: record.name.clone(),
            strategy: "chain",
            hash: record.hash.clone(),
            tokenizer: record.tokenizer.clone(),
            sampler: sampler.clone(),
            solved: mean(Measure::Solved),
            interval: wilson_of(mean(Measure::Solved), right.len()),
            sound: mean(Measure::Sound),
            tokens_mean: mean(Measure::Tokens),
            behaviors_per_trace: Habit::ALL
                .map(|habit| (habit.name(), mean(Measure::Habit(habit))))
                .into(),
            pass_at: doubling(1, samples)
                .filter_map(|k| Some((k, mean_pass_at(&right, samples, k)?)))
                .collect(),
            at_budget: budgets
                .iter()
                .map(|&tokens| AtBudget {
                    tokens,
                    solved: mean(Measure::Within(tokens)),
                })
                .collect(),
        }
    }
}

/// Whether all tokenizers are known and the same.
fn same_tokens<'a>(mut tokenizers: impl Iterator<Item = Option<&'a str>>) -> bool {
    let first = tokenizers.next().flatten();
    first.is_some() && tokenizers.all(|other| other == first)
}

fn mean_pass_at(right: &[usize], samples: usize, k: usize) -> Option<f64> {
    let each: Vec<f64> = right
        .iter()
        .map(|&right| pass_at(samples, right, k))
        .collect::<Option<_>>()?;
    Some(each.iter().sum::<f64>() / each.len().max(1) as f64)
}

/// `first`, twice that, and so on below `last`; then `last`.
fn doubling(first: usize, last: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(first), |k| k.checked_mul(2))
        .take_while(move |k| *k < last)
        .chain([last])
}

impl Table {
    /// Whether a token is the same thing in every lane: only then are their numbers comparable.
    #[must_use]
    pub fn counts_same_tokens(&self) -> bool {
        same_tokens(self.lanes.iter().map(|row| row.tokenizer.as_deref()))
    }

    /// Counts; see [`Comparison::new`](super::Comparison::new).
    pub(super) fn new(
        lanes: &[(ModelRef, Sampler)],
        problems: usize,
        set: ProblemSet,
        samples: usize,
        traces: &[Vec<Trace>],
    ) -> Self {
        // Every lane is held to the same budgets, up to what the most patient one may write.
        let most = lanes.iter().map(|(_, sampler)| sampler.max_tokens).max();
        let mut budgets: Vec<usize> = doubling(LEAST_BUDGET, most.unwrap_or(LEAST_BUDGET)).collect();
        if !same_tokens(lanes.iter().map(|(record, _)| record.tokenizer.as_deref())) {
            budgets.clear();
        }
        let rows = lanes.iter().zip(traces);
        let rows = rows.map(|(lane, traces)| LaneRow::new(lane, traces, samples, &budgets));
        let firsts: Vec<Vec<bool>> = traces
            .iter()
            .map(|lane| lane.iter().step_by(samples.max(1)).map(solved).collect())
            .collect();
        let mut paired = Vec::new();
        for (a, of_a) in firsts.iter().enumerate() {
            for (b, of_b) in firsts.iter().enumerate().skip(a + 1) {
                paired.push(Paired::new((a, of_a), (b, of_b)));
            }
        }
        Self {
            schema: SCHEMA,
            by: concat!("backtrail ", env!("CARGO_PKG_VERSION")).to_owned(),
            task: "countdown",
            problems,
            samples,
            problem_set: set,
            lanes: rows.collect(),
            paired,
        }
    }
}

impl Paired {
    fn new((a, of_a): (usize, &[bool]), (b, of_b): (usize, &[bool])) -> Self {
        let count = |in_a: bool, in_b: bool| {
            let pairs = of_a.iter().zip(of_b);
            pairs.filter(|pair| *pair == (&in_a, &in_b)).count()
        };
        let (only_a, only_b) = (count(true, false), count(false, true));
        Self {
            a,
            b,
            only_a,
            only_b,
            both: count(true, true),
            none: count(false, false),
            p: mcnemar(only_a, only_b),
        }
    }
}

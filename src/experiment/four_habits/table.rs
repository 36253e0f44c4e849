//! What came out: a row per condition, with intervals over seeds and problems, and a verdict per claim.

use super::{
    Claim, NAME, Plan, Published, claims,
    run::{Finished, ended},
};
use crate::{base::stats::bootstrap, behavior::Habit, trace::Trace};
use serde::Serialize;
use std::collections::BTreeMap;

/// Of each seed, a number per problem.
pub(super) type Repeats = Vec<Vec<f64>>;

/// Everything that came out; written as JSON it is a `backtrail.experiment/1` object.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    schema: &'static str,
    /// The experiment.
    pub name: &'static str,
    /// Steps of reinforcement learning.
    pub steps: u64,
    /// Held-out problems, the same for all…
    pub problems: usize,
    /// …and how many of the generator's were passed over before them.
    pub first_problem: usize,
    /// The first and the last seed of each condition.
    pub seeds: [u64; 2],
    /// What was rewarded.
    pub reward: BTreeMap<String, f64>,
    /// A row per condition.
    pub conditions: Vec<ConditionRow>,
    /// A verdict per claim.
    pub claims: Vec<Claim>,
    /// The same with right answers rewarded only when every statement of the trace is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gated: Option<Box<Report>>,
}

/// What came out of one condition: means over seeds and problems.
#[derive(Clone, Debug, Serialize)]
pub struct ConditionRow {
    /// Its name.
    pub name: &'static str,
    /// Seeds.
    pub seeds: usize,
    /// Final traces behind the figures: seeds times problems.
    pub n: usize,
    /// Share solved by the base model, before priming.
    pub accuracy_start: f64,
    /// After priming; null without.
    pub accuracy_primed: Option<f64>,
    /// After reinforcement learning.
    pub accuracy_end: f64,
    /// 95 % interval of `accuracy_end`, by a bootstrap over seeds and problems.
    pub interval: [f64; 2],
    /// `accuracy_end` of each seed.
    pub accuracy_end_by_seed: Vec<f64>,
    /// Share right *and* every statement true, before reinforcement learning…
    pub sound_before: f64,
    /// …and after it.
    pub sound_end: f64,
    /// Habits per trace before reinforcement learning (after priming)…
    pub behaviors_before: BTreeMap<String, f64>,
    /// …and after it.
    pub behaviors_end: BTreeMap<String, f64>,
    /// Tokens a trace, after it.
    pub tokens_end: f64,
    /// Share of the traces that end by themselves, after it.
    pub ended_end: f64,
    /// `[step, share solved]` of every evaluation, mean over seeds.
    pub curve: Vec<(u64, f64)>,
    /// Accuracy the paper's condition ended with.
    pub published: Option<f64>,
    /// The paper's own curve.
    pub published_run: Option<Published>,
}

/// The numbers claims are judged by.
pub(super) struct Numbers {
    pub name: &'static str,
    /// Share solved by the base model.
    pub start: Repeats,
    /// Share solved after reinforcement learning.
    pub end: Repeats,
    /// Habits per trace before it, in the order of [`Habit::ALL`].
    pub habits_before: [Repeats; 4],
    /// …and after it.
    pub habits_end: [Repeats; 4],
}

impl Report {
    pub(super) fn new(plan: &Plan, finished: &[Finished]) -> Self {
        let mut rows = Vec::new();
        let mut numbers = Vec::new();
        for spec in &plan.conditions {
            let mut runs: Vec<&Finished> = finished.iter().filter(|f| f.condition == spec.name).collect();
            runs.sort_by_key(|run| run.seed);
            let published = spec
                .published
                .map(|(model, condition)| Published::of(model, condition));
            numbers.push(Numbers::of(spec.name, &runs));
            rows.push(ConditionRow::of(spec.name, &runs, published));
        }
        Self {
            schema: "backtrail.experiment/1",
            name: NAME,
            steps: plan.rl.steps.unwrap_or_default(),
            problems: finished.first().map_or(0, |run| run.end.len()),
            first_problem: plan.rl.eval_first,
            seeds: [*plan.seeds.start(), *plan.seeds.end()],
            reward: plan
                .rl
                .reward
                .iter()
                .map(|(name, weight)| (name.to_string(), *weight))
                .collect(),
            claims: claims::judge(&numbers),
            conditions: rows,
            gated: None,
        }
    }
}

impl ConditionRow {
    fn of(name: &'static str, runs: &[&Finished], published: Option<Published>) -> Self {
        let before: Vec<&Trace> = runs.iter().flat_map(|run| run.before()).collect();
        let end: Vec<&Trace> = runs.iter().flat_map(|run| &run.end).collect();
        let start: Vec<&Trace> = runs.iter().flat_map(|run| &run.start).collect();
        let by_seed = repeats(runs, |run| &run.end, correct);
        let tokens = |trace: &Trace| trace.tokens.map_or(0.0, |tokens| tokens.generated as f64);
        let steps: Vec<u64> = runs
            .first()
            .map_or(Vec::new(), |run| run.curve.iter().map(|p| p.0).collect());
        let curve = steps.iter().enumerate().map(|(i, step)| {
            let at: Vec<f64> = runs
                .iter()
                .filter_map(|run| run.curve.get(i).map(|point| point.1))
                .collect();
            (*step, mean(at))
        });
        Self {
            name,
            seeds: runs.len(),
            n: end.len(),
            accuracy_start: mean(start.iter().map(|t| correct(t))),
            accuracy_primed: runs
                .iter()
                .any(|run| run.primed.is_some())
                .then(|| mean(before.iter().map(|t| correct(t)))),
            accuracy_end: mean(end.iter().map(|t| correct(t))),
            interval: bootstrap(&by_seed, &[]),
            accuracy_end_by_seed: by_seed.iter().map(|seed| mean(seed.iter().copied())).collect(),
            sound_before: mean(before.iter().map(|t| f64::from(t.is_sound()))),
            sound_end: mean(end.iter().map(|t| f64::from(t.is_sound()))),
            behaviors_before: behaviors(&before),
            behaviors_end: behaviors(&end),
            tokens_end: mean(end.iter().map(|t| tokens(t))),
            ended_end: mean(end.iter().map(|t| f64::from(ended(t)))),
            curve: curve.collect(),
            published: published.as_ref().and_then(Published::end),
            published_run: published,
        }
    }
}

impl Numbers {
    fn of(name: &'static str, runs: &[&Finished]) -> Self {
        Self {
            name,
            start: repeats(runs, |run| &run.start, correct),
            end: repeats(runs, |run| &run.end, correct),
            habits_before: Habit::ALL.map(|habit| {
                let of = move |trace: &Trace| count(trace, habit);
                repeats(runs, |run| run.before(), of)
            }),
            habits_end: Habit::ALL
                .map(|habit| repeats(runs, |run| &run.end, move |trace| count(trace, habit))),
        }
    }
}

fn repeats<'a>(
    runs: &[&'a Finished],
    traces: impl Fn(&'a Finished) -> &'a Vec<Trace>,
    value: impl Fn(&Trace) -> f64,
) -> Repeats {
    runs.iter()
        .map(|run| traces(run).iter().map(&value).collect())
        .collect()
}

fn correct(trace: &Trace) -> f64 {
    f64::from(trace.is_correct())
}

fn count(trace: &Trace, habit: Habit) -> f64 {
    trace
        .behaviors
        .iter()
        .filter(|b| b.behavior == habit.name())
        .count() as f64
}

fn behaviors(traces: &[&Trace]) -> BTreeMap<String, f64> {
    let of = |habit: Habit| {
        (
            habit.name().to_owned(),
            mean(traces.iter().map(|trace| count(trace, habit))),
        )
    };
    Habit::ALL.into_iter().map(of).collect()
}

pub(super) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values
        .into_iter()
        .fold((0.0, 0usize), |(sum, n), value| (sum + value, n + 1));
    sum / count.max(1) as f64
}

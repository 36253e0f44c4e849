//! What a step of reinforcement learning is recorded as: numbers with TRL's names, and the rollouts as traces.

use super::{Batch, Updated, advantage};
use crate::{
    behavior::{Habit, Observer},
    config::recipe::{Reward, Rl},
    trace::{Trace, record::Finish},
};
use serde_json::json;
use std::collections::BTreeMap;

/// The numbers of a step.
pub(super) fn of(
    batch: &Batch,
    updated: &Updated,
    rl: &Rl,
    weights: &BTreeMap<Reward, f64>,
) -> BTreeMap<String, f64> {
    let n = batch.observers.len().max(1) as f64;
    let totals: Vec<f64> = batch.rewards.iter().map(|rewards| rewards.total).collect();
    let mut metrics = BTreeMap::from([
        ("reward".to_owned(), advantage::mean(&totals)),
        ("reward_std".to_owned(), advantage::deviation(&totals)),
        ("frac_reward_zero_std".to_owned(), batch.advantages.flat_share()),
        ("entropy".to_owned(), entropy(&batch.observers)),
        ("sampler_mismatch/max".to_owned(), updated.mismatch),
    ]);
    let mut set = |name: String, value: f64| metrics.insert(name, value);
    if rl.beta != 0.0 {
        set("kl".to_owned(), updated.kl / updated.tokens.max(1) as f64);
    }
    for (name, count) in [
        ("low_mean", updated.clipped_low),
        ("high_mean", updated.clipped_high),
        ("region_mean", updated.clipped_low + updated.clipped_high),
    ] {
        set(
            format!("clip_ratio/{name}"),
            count as f64 / updated.tokens.max(1) as f64,
        );
    }
    for (function, weight) in weights {
        let values = batch
            .rewards
            .iter()
            .filter_map(|rewards| rewards.values.get(function));
        let mean = values.sum::<f64>() / n;
        set(format!("rewards/{function}/mean"), mean);
        set(format!("rewards/{function}/weighted"), weight * mean);
    }
    for (name, value) in lengths(&batch.observers) {
        set(format!("completions/{name}"), value);
    }
    let share = |holds: &dyn Fn(&Observer) -> bool| {
        batch.observers.iter().filter(|observer| holds(observer)).count() as f64 / n
    };
    set("rollouts/accuracy".to_owned(), share(&Observer::is_correct));
    set("rollouts/sound".to_owned(), share(&Observer::is_sound));
    set(
        "rollouts/faked".to_owned(),
        share(&|o| o.is_correct() && !o.is_sound()),
    );
    for (i, habit) in Habit::ALL.into_iter().enumerate() {
        let found: usize = batch
            .observers
            .iter()
            .filter_map(|o| o.counts().get(i).copied())
            .sum();
        set(format!("behavior/{habit}/per_trace"), found as f64 / n);
    }
    metrics
}

/// Mean entropy of a sampled token, nats.
fn entropy(observers: &[Observer]) -> f64 {
    let all = observers
        .iter()
        .flat_map(|observer| &observer.live().stats().entropy);
    let (sum, count) = all.fold((0.0, 0usize), |(sum, n), entropy| {
        (sum + f64::from(*entropy), n + 1)
    });
    sum / count.max(1) as f64
}

/// TRL's `completions/…`, in tokens.
fn lengths(observers: &[Observer]) -> Vec<(&'static str, f64)> {
    let length = |observer: &Observer| observer.live().stats().ends.len() as f64;
    let all: Vec<f64> = observers.iter().map(length).collect();
    let ended = |observer: &&Observer| observer.live().record().finish == Some(Finish::Stop);
    let terminated: Vec<f64> = observers.iter().filter(ended).map(length).collect();
    let mut lengths = vec![
        ("mean_length", advantage::mean(&all)),
        ("min_length", all.iter().copied().fold(f64::INFINITY, f64::min)),
        ("max_length", all.iter().copied().fold(0.0, f64::max)),
        (
            "clipped_ratio",
            1.0 - terminated.len() as f64 / all.len().max(1) as f64,
        ),
    ];
    if !terminated.is_empty() {
        lengths.push(("mean_terminated_length", advantage::mean(&terminated)));
    }
    lengths
}

/// The rollouts with what they were worth.
pub(super) fn traces(batch: &Batch, step: u64) -> Vec<Trace> {
    let values = batch.rewards.iter().zip(&batch.advantages.values);
    let traces = batch
        .observers
        .iter()
        .zip(values)
        .map(|(observer, (rewards, advantage))| Trace {
            rollout: Some(json!({
                "step": step, "reward": rewards.total, "rewards": rewards.values, "advantage": advantage,
            })),
            ..observer.to_trace(false)
        });
    traces.collect()
}

//! The loss of a policy update and its gradient, as plain functions of log-probabilities.
//!
//! GRPO and its kin: the clipped surrogate of every token (Schulman et al. 2017, equation 7) with the advantage of its
//! completion, and beta times the divergence from a reference model as the k3 estimator r - log r - 1 (Schulman 2020). RLOO: the
//! same surrogate of whole completions, with the divergence taken from the reward instead (Ahmadian et al. 2024). Names and
//! averages are TRL's. The gradient is written out because it is one line, and so that it can be checked.

use crate::config::recipe::{Algorithm, LossType, Rl};

/// What is known of one completion.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// How much better than its siblings it is.
    pub advantage: f64,
    /// Log-probability of each token when it was sampled, at the sampler's temperature.
    pub old: Vec<f32>,
    /// The same under the reference model; empty without one.
    pub reference: Vec<f32>,
    /// Whether it takes part in the loss.
    pub counts: bool,
}

/// What the sums are divided by: known before the first piece of a batch is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalizer {
    /// Completions that count.
    pub completions: usize,
    /// Their tokens.
    pub tokens: usize,
    /// Tokens of the longest completion that could be.
    pub longest: usize,
}

impl Normalizer {
    /// Of a whole batch, in which a completion may have up to `longest` tokens.
    #[must_use]
    pub fn of(batch: &[Completion], longest: usize) -> Self {
        let counts = batch.iter().filter(|completion| completion.counts);
        Self {
            completions: counts.clone().count(),
            tokens: counts.map(|completion| completion.old.len()).sum(),
            longest,
        }
    }

    /// The weight of one token of a completion of `length` tokens.
    fn weight(&self, length: usize, rl: &Rl) -> f64 {
        let by = |count: usize| 1.0 / count.max(1) as f64;
        match (rl.algorithm, rl.loss_type) {
            (Algorithm::Rloo, _) => by(self.completions),
            (Algorithm::Grpo, LossType::Grpo) => by(self.completions) * by(length),
            (Algorithm::Grpo, LossType::DrGrpo) => by(self.completions) * by(self.longest),
            (Algorithm::Grpo, LossType::Dapo | LossType::Bnpo) => by(self.tokens),
        }
    }
}

/// The loss of some completions, their part of the batch's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loss {
    /// Its value.
    pub value: f64,
    /// d value / d log-probability of every token, completion after completion.
    pub gradient: Vec<f32>,
    /// Sum over the tokens that count of the k3 estimate of the divergence from the reference model.
    pub kl: f64,
    /// Tokens whose ratio is clipped from below: the update would make a bad token still rarer.
    pub clipped_low: usize,
    /// Tokens whose ratio is clipped from above: the update would make a good token still likelier.
    pub clipped_high: usize,
}

impl Loss {
    /// The loss of `completions`, whose tokens now have the log-probabilities `now`, one after the other.
    #[must_use]
    pub fn of(completions: &[Completion], now: &[f32], normalizer: Normalizer, rl: &Rl) -> Self {
        let mut loss = Self {
            gradient: vec![0.0; now.len()],
            ..Self::default()
        };
        let mut start = 0;
        for completion in completions {
            let tokens = start..(start + completion.old.len()).min(now.len());
            start = tokens.end;
            let (Some(now), true) = (now.get(tokens.clone()), completion.counts) else {
                continue;
            };
            let Some(gradient) = loss.gradient.get_mut(tokens) else {
                continue;
            };
            let weight = normalizer.weight(completion.old.len(), rl);
            let part = match rl.algorithm {
                Algorithm::Grpo => by_token(completion, now, weight, rl, gradient),
                Algorithm::Rloo => by_completion(completion, now, weight, rl, gradient),
            };
            loss.value += part.value;
            loss.kl += part.kl;
            loss.clipped_low += part.clipped_low;
            loss.clipped_high += part.clipped_high;
        }
        loss
    }
}

/// -min(ratio A, clip(ratio) A) and its derivative by log ratio, with which side was clipped.
fn surrogate(log_ratio: f64, advantage: f64, rl: &Rl) -> (f64, f64, bool, bool) {
    let ratio = log_ratio.exp();
    let clipped = ratio.clamp(1.0 - rl.epsilon, 1.0 + rl.epsilon_high());
    let low = ratio < 1.0 - rl.epsilon && advantage < 0.0;
    let high = ratio > 1.0 + rl.epsilon_high() && advantage > 0.0;
    if low || high {
        return (-clipped * advantage, 0.0, low, high);
    }
    (-ratio * advantage, -ratio * advantage, false, false)
}

/// The k3 estimate of the divergence from the reference, and its derivative by the log-probability now.
fn divergence(reference: f64, now: f64) -> (f64, f64) {
    let ratio = (reference - now).exp();
    (ratio - (reference - now) - 1.0, 1.0 - ratio)
}

fn by_token(completion: &Completion, now: &[f32], weight: f64, rl: &Rl, gradient: &mut [f32]) -> Loss {
    let mut loss = Loss::default();
    for (t, ((now, old), gradient)) in now.iter().zip(&completion.old).zip(gradient).enumerate() {
        let now = f64::from(*now);
        let (mut value, mut slope, low, high) = surrogate(now - f64::from(*old), completion.advantage, rl);
        if let Some(reference) = completion.reference.get(t) {
            let (kl, kl_slope) = divergence(f64::from(*reference), now);
            loss.kl += kl;
            value += rl.beta * kl;
            slope += rl.beta * kl_slope;
        }
        loss.value += weight * value;
        *gradient = (weight * slope) as f32;
        loss.clipped_low += usize::from(low);
        loss.clipped_high += usize::from(high);
    }
    loss
}

fn by_completion(completion: &Completion, now: &[f32], weight: f64, rl: &Rl, gradient: &mut [f32]) -> Loss {
    let pairs = now.iter().zip(&completion.old);
    let log_ratio: f64 = pairs.map(|(now, old)| f64::from(*now) - f64::from(*old)).sum();
    let (value, slope, low, high) = surrogate(log_ratio, completion.advantage, rl);
    gradient.fill((weight * slope) as f32);
    let pairs = now.iter().zip(&completion.reference);
    Loss {
        value: weight * value,
        kl: pairs
            .map(|(now, reference)| divergence(f64::from(*reference), f64::from(*now)).0)
            .sum(),
        clipped_low: if low { now.len() } else { 0 },
        clipped_high: if high { now.len() } else { 0 },
        ..Loss::default()
    }
}

#[cfg(test)]
mod tests;

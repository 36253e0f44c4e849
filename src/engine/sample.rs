//! From logits to a token: the drawing, and what the model itself thought of the token drawn.
//!
//! The order is repetition penalty, temperature, top-k, top-p (over what top-k left), min-p. Temperature 0 takes the most likely token,
//! the lowest id among equals. The uniform number comes from outside, so a draw is a pure function.

use crate::{
    base::{
        rng::{self, Rng},
        sampler::Sampler,
    },
    model::kernel::{self, Isa},
};
use rand::RngCore as _;
use std::{borrow::Cow, collections::BTreeSet};

/// Why nothing can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// A logit is NaN or infinite.
    #[error("the model gave a number that is not finite; its weights are broken or too large for f32")]
    NotFinite,
    /// No logits at all.
    #[error("the model gave no distribution to draw from")]
    Empty,
}

/// What the model's own distribution, at temperature 1, says of one token.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// Its log-probability.
    pub logprob: f32,
    /// Entropy of the distribution, nats.
    pub entropy: f32,
    /// The most likely tokens with their log-probabilities, most likely first.
    pub top: Vec<(u32, f32)>,
}

/// Draws and scores; holds the memory both need.
pub struct Drawer {
    isa: Isa,
    weights: Vec<f32>,
    kept: Vec<(u32, f32)>,
}

impl Default for Drawer {
    fn default() -> Self {
        Self {
            isa: Isa::detect(),
            weights: Vec::new(),
            kept: Vec::new(),
        }
    }
}

impl Drawer {
    /// Draws a token with `uniform`, a number in [0, 1).
    ///
    /// # Errors
    /// [`SampleError`] when `logits` are no distribution.
    pub fn draw(&mut self, logits: &[f32], sampler: &Sampler, uniform: f64) -> Result<u32, SampleError> {
        check(logits)?;
        if sampler.temperature == 0.0 {
            return Ok(most_likely(logits));
        }
        self.keep(logits, sampler);
        let total: f64 = self.kept.iter().map(|(_, weight)| f64::from(*weight)).sum();
        let mut left = uniform * total;
        for (token, weight) in &self.kept {
            left -= f64::from(*weight);
            if left < 0.0 {
                return Ok(*token);
            }
        }
        // Only rounding leads here: the last one it is.
        self.kept
            .last()
            .map(|(token, _)| *token)
            .ok_or(SampleError::Empty)
    }

    /// Leaves the tokens that may be drawn, with their weights, in `self.kept`; the most likely has weight 1.
    fn keep(&mut self, logits: &[f32], sampler: &Sampler) {
        self.weights.resize(logits.len(), 0.0);
        // A temperature so small that its inverse overflows is as good as the smallest that does not.
        let scale = (1.0 / sampler.temperature).min(f32::MAX);
        kernel::distribution(self.isa, logits, scale, &mut self.weights);
        self.kept.clear();
        self.kept.extend((0..).zip(self.weights.iter().copied()));
        let kept = &mut self.kept;
        let k = sampler.top_k as usize;
        if k > 0 && k < kept.len() {
            kept.select_nth_unstable_by(k - 1, likelier);
            kept.truncate(k);
        }
        if sampler.top_p < 1.0 {
            let total: f64 = kept.iter().map(|(_, weight)| f64::from(*weight)).sum();
            let enough = total * f64::from(sampler.top_p);
            // Sorting is dear and the likely tokens are few: those above a threshold come first in any sorted order,
            // so if they are enough, the others need not be sorted.
            let likely = |(_, weight): &(u32, f32)| *weight >= 1e-3;
            let sum: f64 = kept
                .iter()
                .filter(|t| likely(t))
                .map(|(_, weight)| f64::from(*weight))
                .sum();
            if sum > enough {
                kept.retain(likely);
            }
            kept.sort_unstable_by(likelier);
            let mut sum = 0.0;
            let smallest = kept.iter().position(|(_, weight)| {
                sum += f64::from(*weight);
                sum >= enough
            });
            kept.truncate(smallest.map_or(kept.len(), |last| last + 1));
        }
        if sampler.min_p > 0.0 {
            // The most likely weight is 1, up to rounding.
            let best = kept.iter().map(|(_, weight)| *weight).fold(0.0, f32::max);
            kept.retain(|(_, weight)| *weight >= sampler.min_p * best);
        }
    }

    /// Scores `token`, and lists the `top` most likely tokens.
    ///
    /// # Errors
    /// [`SampleError`] when `logits` are no distribution or `token` is not among them.
    pub fn score(&mut self, logits: &[f32], token: u32, top: usize) -> Result<Score, SampleError> {
        check(logits)?;
        self.weights.resize(logits.len(), 0.0);
        let (max, sum, mean) = kernel::distribution(self.isa, logits, 1.0, &mut self.weights);
        let log_sum = sum.ln();
        let logprob = |logit: f32| logit - max - log_sum;
        let mut best = Vec::new();
        if top > 0 {
            self.kept.clear();
            self.kept.extend((0..).zip(logits.iter().copied()));
            let top = top.min(logits.len());
            self.kept.select_nth_unstable_by(top - 1, likelier);
            best.extend_from_slice(&self.kept[..top]);
            best.sort_unstable_by(likelier);
            for (_, logit) in &mut best {
                *logit = logprob(*logit);
            }
        }
        let logit = logits.get(token as usize).ok_or(SampleError::Empty)?;
        // Rounding may leave a certain token with an entropy of minus a few millionths.
        Ok(Score {
            logprob: logprob(*logit),
            entropy: (log_sum - mean).max(0.0),
            top: best,
        })
    }
}

/// The logits a token is drawn from when those `seen` already are made less likely. What the model thought of the token
/// is told of its own logits all the same.
pub fn penalised<'a>(logits: &'a [f32], seen: &BTreeSet<u32>, penalty: f32) -> Cow<'a, [f32]> {
    if penalty == 1.0 {
        return Cow::Borrowed(logits);
    }
    let mut logits = logits.to_vec();
    for token in seen {
        if let Some(logit) = logits.get_mut(*token as usize) {
            *logit = if *logit < 0.0 {
                *logit * penalty
            } else {
                *logit / penalty
            };
        }
    }
    Cow::Owned(logits)
}

fn check(logits: &[f32]) -> Result<(), SampleError> {
    if logits.is_empty() {
        return Err(SampleError::Empty);
    }
    if logits.iter().all(|logit| logit.is_finite()) {
        Ok(())
    } else {
        Err(SampleError::NotFinite)
    }
}

/// Most likely first, then lowest id: a total order, so that unstable sorting has one result.
fn likelier(a: &(u32, f32), b: &(u32, f32)) -> std::cmp::Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

fn most_likely(logits: &[f32]) -> u32 {
    let mut best = (0, f32::NEG_INFINITY);
    for (token, logit) in (0..).zip(logits) {
        if *logit > best.1 {
            best = (token, *logit);
        }
    }
    best.0
}

/// The random numbers of one sample: token `t` uses draw `t`, also when the tokens before it were given. A fork
/// therefore repeats its parent unless its text or its seed differs.
pub struct Draws(Rng);

impl Draws {
    /// The numbers of a sample, from the draw of token `first` on.
    #[must_use]
    pub fn new(seed: u64, index: u64, sample: u64, first: usize) -> Self {
        let mut rng = rng::stream("sample", seed, &[index, sample]);
        // A draw takes two words of 32 bits.
        rng.set_word_pos(2 * first as u128);
        Self(rng)
    }

    /// The next number, uniform in [0, 1) with 53 bits.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sampler(temperature: f32, top_k: u32, top_p: f32, min_p: f32) -> Sampler {
        Sampler {
            temperature,
            top_k,
            top_p,
            min_p,
            ..Sampler::default()
        }
    }

    fn kept(logits: &[f32], sampler: &Sampler) -> Vec<(u32, f32)> {
        let mut drawer = Drawer::default();
        drawer.keep(logits, sampler);
        drawer.kept
    }

    /// transformers' `RepetitionPenaltyLogitsProcessor(1.5)` on these numbers.
    #[test]
    fn a_repetition_penalty_lowers_what_was_there_and_nothing_else() {
        let seen = BTreeSet::from([0, 2, 9]);
        assert_eq!(
            *penalised(&[3.0, 1.0, -2.0, 0.0], &seen, 1.5),
            [2.0, 1.0, -3.0, 0.0]
        );
        assert!(matches!(penalised(&[3.0], &seen, 1.0), Cow::Borrowed(_)));
    }

    #[test]
    fn temperature_zero_takes_the_most_likely_and_the_lowest_of_equals() {
        let mut drawer = Drawer::default();
        assert_eq!(
            drawer.draw(&[1.0, 3.0, 3.0, -1.0], &sampler(0.0, 0, 1.0, 0.0), 0.99),
            Ok(1)
        );
        // So small that its inverse overflows, and still a draw.
        assert_eq!(
            drawer.draw(&[1.0, 3.0, 2.0], &sampler(1e-42, 0, 1.0, 0.0), 0.99),
            Ok(1)
        );
    }

    #[test]
    fn what_is_not_finite_is_an_error() {
        let mut drawer = Drawer::default();
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let logits = [0.0, bad, 1.0];
            assert_eq!(
                drawer.draw(&logits, &Sampler::default(), 0.5),
                Err(SampleError::NotFinite)
            );
            assert_eq!(drawer.score(&logits, 0, 0), Err(SampleError::NotFinite));
        }
        assert_eq!(
            drawer.draw(&[], &Sampler::default(), 0.5),
            Err(SampleError::Empty)
        );
        assert_eq!(drawer.score(&[0.0], 7, 0), Err(SampleError::Empty));
    }

    #[test]
    fn draws_come_as_often_as_their_probability() {
        let logits = [0.0, 1.0, 2.0, -1.0_f32];
        let (mut drawer, mut draws) = (Drawer::default(), Draws::new(7, 0, 0, 0));
        let mut counts = [0_u32; 4];
        for _ in 0..20_000 {
            let token = drawer
                .draw(&logits, &sampler(0.5, 3, 1.0, 0.0), draws.uniform())
                .unwrap();
            counts[token as usize] += 1;
        }
        let weights = [0.0, 2.0, 4.0_f64].map(f64::exp);
        for (count, weight) in counts.iter().zip(weights) {
            let want = weight / weights.iter().sum::<f64>();
            assert!((f64::from(*count) / 20_000.0 - want).abs() < 0.01, "{counts:?}");
        }
        assert_eq!(counts[3], 0);
    }

    #[test]
    fn a_fork_uses_the_draw_of_its_place() {
        let mut whole = Draws::new(3, 1, 2, 0);
        let numbers: Vec<f64> = (0..40).map(|_| whole.uniform()).collect();
        for first in [0, 1, 7, 39] {
            assert_eq!(Draws::new(3, 1, 2, first).uniform(), numbers[first]);
        }
        assert_ne!(Draws::new(3, 1, 3, 0).uniform(), numbers[0]);
    }

    #[test]
    fn score_entropy_and_top_are_those_of_the_distribution_at_temperature_one() {
        let logits = [0.5, -1.0, 2.0, 2.0];
        let score = Drawer::default().score(&logits, 0, 3).unwrap();
        let sum: f64 = logits.iter().map(|x| f64::from(*x).exp()).sum();
        let entropy: f64 = logits
            .iter()
            .map(|x| f64::from(*x).exp() / sum)
            .map(|p| -p * p.ln())
            .sum();
        assert!((f64::from(score.logprob) - (0.5 - sum.ln())).abs() < 1e-6);
        assert!((f64::from(score.entropy) - entropy).abs() < 1e-6);
        assert_eq!(score.top.iter().map(|t| t.0).collect::<Vec<_>>(), [2, 3, 0]);
        assert_eq!(score.top[2].1, score.logprob);
    }

    proptest! {
        #[test]
        fn top_p_keeps_the_smallest_set_that_is_enough(
            logits in prop::collection::vec(-12.0_f32..12.0, 1..80), p in 0.01_f32..0.999, k in 0_u32..90
        ) {
            let all = kept(&logits, &sampler(0.7, k, 1.0, 0.0));
            let some = kept(&logits, &sampler(0.7, k, p, 0.0));
            let sum = |set: &[(u32, f32)]| set.iter().map(|t| f64::from(t.1)).sum::<f64>();
            let enough = sum(&all) * f64::from(p);
            prop_assert!(sum(&some) >= enough * (1.0 - 1e-12));
            prop_assert!(sum(&some[..some.len() - 1]) < enough);
            // Nothing left out is likelier than what was kept.
            let least = some.iter().map(|t| t.1).fold(f32::INFINITY, f32::min);
            prop_assert!(all.iter().filter(|t| !some.contains(t)).all(|t| t.1 <= least));
        }

        #[test]
        fn top_k_and_min_p_keep_what_they_say(
            logits in prop::collection::vec(-12.0_f32..12.0, 1..80), k in 1_u32..90, min_p in 0.001_f32..1.0
        ) {
            let kept = kept(&logits, &sampler(1.0, k, 1.0, min_p));
            let best = logits.iter().copied().fold(f32::MIN, f32::max);
            prop_assert!(!kept.is_empty() && kept.len() <= k as usize);
            for (token, _) in kept {
                prop_assert!((logits[token as usize] - best).exp() >= min_p * 0.99999);
            }
        }

        #[test]
        fn every_draw_is_a_token_that_was_kept(
            logits in prop::collection::vec(-12.0_f32..12.0, 1..40), uniform in 0.0_f64..1.0, t in 0.0_f32..3.0, p in 0.01_f32..1.0
        ) {
            let sampler = sampler(t, 0, p, 0.0);
            let token = Drawer::default().draw(&logits, &sampler, uniform).unwrap();
            prop_assert!(t == 0.0 || kept(&logits, &sampler).iter().any(|kept| kept.0 == token));
        }

        #[test]
        fn probabilities_add_up_to_one(logits in prop::collection::vec(-30.0_f32..30.0, 1..60)) {
            let score = Drawer::default().score(&logits, 0, logits.len()).unwrap();
            let sum: f64 = score.top.iter().map(|t| f64::from(t.1).exp()).sum();
            prop_assert!((sum - 1.0).abs() < 1e-4, "{}", sum);
            prop_assert!(score.top.windows(2).all(|w| w[0].1 >= w[1].1));
        }
    }
}

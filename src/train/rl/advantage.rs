//! From rewards to advantages: how much better a completion is than its siblings.

use crate::config::recipe::{Algorithm, Rl, ScaleRewards};

/// Added to a standard deviation before dividing by it, as TRL does.
const EPSILON: f64 = 1e-4;

/// The spread of a group below which all its rewards count as equal.
const EQUAL: f64 = 1e-9;

/// What the rewards of a batch say.
#[derive(Clone, Debug, PartialEq)]
pub struct Advantages {
    /// One per completion.
    pub values: Vec<f64>,
    /// The standard deviation (n - 1) of each group.
    pub std: Vec<f64>,
}

impl Advantages {
    /// The advantages of `rewards`, whose groups of `num_generations` lie one after the other.
    ///
    /// GRPO: (r - mean) / (std + 1e-4) (Shao et al. 2024, section 4.1), the standard deviation being the group's, the
    /// batch's or left out (Liu et al. 2025). RLOO: r - mean of the others (Ahmadian et al. 2024, section 3.2).
    #[must_use]
    pub fn of(rewards: &[f64], rl: &Rl) -> Self {
        let size = rl.num_generations.max(1);
        let batch = deviation(rewards);
        let mut values = Vec::with_capacity(rewards.len());
        let mut std = Vec::new();
        for group in rewards.chunks(size) {
            let mean = mean(group);
            let spread = deviation(group);
            std.push(spread);
            let scale = match (rl.algorithm, rl.scale_rewards) {
                // r - (sum - r) / (n - 1) = (r - mean) n / (n - 1)
                (Algorithm::Rloo, _) => group.len() as f64 / (group.len() as f64 - 1.0).max(1.0),
                (Algorithm::Grpo, ScaleRewards::Group) => 1.0 / (spread + EPSILON),
                (Algorithm::Grpo, ScaleRewards::Batch) => 1.0 / (batch + EPSILON),
                (Algorithm::Grpo, ScaleRewards::None) => 1.0,
            };
            let equal = spread <= EQUAL;
            values.extend(group.iter().map(|r| if equal { 0.0 } else { (r - mean) * scale }));
        }
        Self { values, std }
    }

    /// Whether all rewards of the group of completion `index` are equal, so that nothing can be learnt from it.
    #[must_use]
    pub fn is_flat(&self, index: usize, rl: &Rl) -> bool {
        let group = index / rl.num_generations.max(1);
        self.std.get(group).is_none_or(|std| *std <= EQUAL)
    }

    /// TRL's `frac_reward_zero_std`: the share of groups whose rewards are all equal.
    #[must_use]
    pub fn flat_share(&self) -> f64 {
        let flat = self.std.iter().filter(|std| **std <= EQUAL).count();
        flat as f64 / self.std.len().max(1) as f64
    }
}

/// The arithmetic mean; 0 of nothing.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The standard deviation with n - 1; 0 of fewer than two.
pub fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (squares / (values.len() as f64 - 1.0).max(1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two groups of four: one right of four, and none.
    const REWARDS: [f64; 8] = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];

    fn rl(algorithm: Algorithm, scale_rewards: ScaleRewards) -> Rl {
        Rl {
            algorithm,
            scale_rewards,
            num_generations: 4,
            ..Rl::default()
        }
    }

    fn close(found: &[f64], wanted: &[f64]) {
        assert!(
            found.iter().zip(wanted).all(|(f, w)| (f - w).abs() < 1e-9),
            "{found:?} {wanted:?}"
        );
    }

    #[test]
    fn grpo_divides_by_the_spread_of_the_group() {
        let found = Advantages::of(&REWARDS, &rl(Algorithm::Grpo, ScaleRewards::Group));
        // mean 1/4, std sqrt((9/16 + 3/16) / 3) = 1/2
        close(
            &found.values[..4],
            &[0.75 / 0.5001, -0.25 / 0.5001, -0.25 / 0.5001, -0.25 / 0.5001],
        );
        assert_eq!(found.values[4..], [0.0; 4]);
        assert_eq!(found.flat_share(), 0.5);
        assert!(!found.is_flat(3, &rl(Algorithm::Grpo, ScaleRewards::Group)));
        assert!(found.is_flat(4, &rl(Algorithm::Grpo, ScaleRewards::Group)));
    }

    #[test]
    fn grpo_can_divide_by_the_spread_of_the_batch_or_by_nothing() {
        let found = Advantages::of(&REWARDS, &rl(Algorithm::Grpo, ScaleRewards::None));
        close(&found.values[..4], &[0.75, -0.25, -0.25, -0.25]);
        let found = Advantages::of(&REWARDS, &rl(Algorithm::Grpo, ScaleRewards::Batch));
        // mean 1/8, std sqrt((49 + 7) / 64 / 7) = sqrt(1/8)
        close(&found.values[..1], &[0.75 / (0.125f64.sqrt() + 1e-4)]);
    }

    #[test]
    fn rloo_compares_with_the_mean_of_the_others() {
        let found = Advantages::of(&REWARDS, &rl(Algorithm::Rloo, ScaleRewards::Group));
        close(&found.values[..4], &[1.0, -1.0 / 3.0, -1.0 / 3.0, -1.0 / 3.0]);
    }
}

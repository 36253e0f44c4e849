//! `[rl]` and `[stop]` of an `rl` recipe, with the names and choices of TRL's `GRPOConfig`.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, VariantNames};

/// How rewards become advantages.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Algorithm {
    /// Reward minus the mean of its group, scaled by [`ScaleRewards`] (Shao et al. 2024, section 4.1).
    #[default]
    Grpo,
    /// Reward minus the mean of the *other* rewards of its group (Ahmadian et al. 2024, section 3.2).
    Rloo,
}

/// What the sum over tokens is divided by.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LossType {
    /// Mean of each completion, then mean over completions (Shao et al. 2024).
    Grpo,
    /// The number of completions times the longest possible one (Liu et al. 2025).
    DrGrpo,
    /// The completion tokens that count, of the whole batch (Yu et al. 2025).
    #[default]
    Dapo,
    /// The completion tokens that count, of one device's part of a batch: here, with one device, the same as `dapo`.
    Bnpo,
}

/// What a group's centred rewards are divided by.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ScaleRewards {
    /// The standard deviation of the group.
    #[default]
    Group,
    /// That of the whole batch.
    Batch,
    /// Nothing.
    None,
}

/// What can be rewarded. All are between 0 and 1 but for `length`.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    EnumIter,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Reward {
    /// The answer is right.
    Exact,
    /// The answer is right *and* every statement of the trace is true.
    ExactSound,
    /// TinyZero's score.
    Tinyzero,
    /// reasoning-gym's score.
    ReasoningGym,
    /// It ended by itself and gave an answer.
    Format,
    /// Every statement of the trace is true, whatever the answer.
    Sound,
    /// Minus the share of the token budget that was used.
    Length,
    /// The trace verifies at least once.
    Verification,
    /// It backtracks at least once.
    Backtracking,
    /// It sets a subgoal at least once.
    SubgoalSetting,
    /// It chains backward at least once.
    BackwardChaining,
}

/// How a policy is improved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rl {
    /// Whose advantages.
    pub algorithm: Algorithm,
    /// Completions of each prompt; `batch` is a multiple of it.
    pub num_generations: usize,
    /// What the loss is divided by.
    pub loss_type: LossType,
    /// What advantages are divided by (GRPO).
    pub scale_rewards: ScaleRewards,
    /// How far the ratio of a token may fall below 1 before it is clipped…
    pub epsilon: f64,
    /// …and rise above; `epsilon` when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epsilon_high: Option<f64>,
    /// Weight of the divergence from the first weights; 0 keeps no reference model.
    pub beta: f64,
    /// Updates made with the rollouts of a step.
    pub num_iterations: usize,
    /// Whether completions that ran out of tokens are left out of the loss.
    pub mask_truncated_completions: bool,
    /// Whether groups whose rewards are all equal are left out of the loss; TRL counts their tokens.
    pub drop_zero_std: bool,
    /// Steps in which the learning rate rises to its peak; it then stays.
    pub warmup: u64,
    /// Samples of each held-out problem in an evaluation, for pass@k.
    pub eval_samples: usize,
}

impl Default for Rl {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::default(),
            num_generations: 8,
            loss_type: LossType::default(),
            scale_rewards: ScaleRewards::default(),
            epsilon: 0.2,
            epsilon_high: None,
            beta: 0.0,
            num_iterations: 1,
            mask_truncated_completions: false,
            drop_zero_std: true,
            warmup: 5,
            eval_samples: 8,
        }
    }
}

impl Rl {
    /// How far the ratio of a token may rise above 1.
    #[must_use]
    pub fn epsilon_high(&self) -> f64 {
        self.epsilon_high.unwrap_or(self.epsilon)
    }
}

/// When a run pauses by itself. 0 never pauses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stop {
    /// Steps in a row in which every group's rewards were all equal: nothing can be learnt from them.
    pub equal_rewards: u64,
    /// Mean entropy of a token, in nats, below which the policy has collapsed.
    pub min_entropy: f64,
}

impl Default for Stop {
    fn default() -> Self {
        Self {
            equal_rewards: 10,
            min_entropy: 0.005,
        }
    }
}

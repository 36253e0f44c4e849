//! Reinforcement learning from checkable rewards: sample, score, compare siblings, make good completions likelier.
//!
//! Rollouts come from the engine (each prompt read once, finished rows leave the batch) and are learnt from without
//! padding. Simplification: the prompts of a group are computed once per completion in the update.

pub mod advantage;
pub mod loss;
mod metrics;
pub mod problems;
pub mod reward;

use super::{
    Example,
    checkpoint::Progress,
    error::TrainError,
    method::{Learner, Made, Method},
    optimizer::Gradients,
    packed::{Piece, pieces},
    sampling::{self, Plan},
};
use crate::{
    behavior::Observer,
    config::recipe::{Algorithm, Rl},
    engine::{LoadedModel, PromptKind},
    model::{Decoder, Tokenizer},
    trace::record::Finish,
};
use advantage::Advantages;
use candle_core::Tensor;
use loss::{Completion, Loss, Normalizer};
use problems::Problems;
use reward::Rewards;
use std::sync::Arc;

/// Improves a policy by GRPO or RLOO.
pub struct Reinforcement {
    problems: Problems,
    tokenizer: Vec<u8>,
    /// The policy before the first step, when the loss asks for it.
    reference: Option<Decoder>,
    /// Steps in a row in which all rewards of every group were equal.
    flat_steps: u64,
}

/// The completions of a step with all that is known of them.
struct Batch {
    observers: Vec<Observer>,
    rewards: Vec<Rewards>,
    advantages: Advantages,
    /// Prompt and completion of each.
    examples: Vec<Example>,
    completions: Vec<Completion>,
}

/// What the updates of a step found.
#[derive(Clone, Copy, Debug, Default)]
struct Updated {
    loss: f64,
    grad_norm: f64,
    /// Sum over tokens, see [`Loss`].
    kl: f64,
    clipped_low: usize,
    clipped_high: usize,
    /// Tokens looked at, all iterations together.
    tokens: usize,
    /// Largest difference between the sampler's and the trainer's log-probability of a token.
    mismatch: f64,
}

impl Reinforcement {
    /// Of an `rl` recipe: `problems` of its task, the tokenizer (content of `tokenizer.json`) and, when its loss needs one,
    /// the reference model.
    #[must_use]
    pub fn new(problems: Problems, tokenizer: Vec<u8>, reference: Option<Decoder>) -> Self {
        Self {
            problems,
            tokenizer,
            reference,
            flat_steps: 0,
        }
    }

    /// Samples the step's completions from the weights as they are and scores them.
    fn rollouts(&self, learner: &Learner, rl: &Rl, step: u64) -> Result<Batch, TrainError> {
        let recipe = &learner.recipe;
        let model = self.policy(learner, step)?;
        let prompts = recipe.rollouts() / rl.num_generations;
        let problems = self.problems.of_step(step, prompts);
        let mut sampler = recipe.sampler.clone();
        sampler.seed = recipe.seed;
        let plan = Plan {
            problems: &problems,
            // A number of its own for every prompt of the run, so that no two steps draw the same.
            first: (step - 1) * prompts as u64,
            samples: rl.num_generations as u64,
            sampler: &sampler,
        };
        let observers = sampling::sample(&model, plan).map_err(|what| TrainError::Rollouts { step, what })?;
        let rewards: Vec<Rewards> = observers
            .iter()
            .map(|observer| Rewards::of(observer, &recipe.reward, sampler.max_tokens))
            .collect();
        let mut examples = Vec::with_capacity(observers.len());
        let mut completions = Vec::with_capacity(observers.len());
        for observer in &observers {
            let record = observer.live().record();
            let prompt = record.prompt.as_deref().unwrap_or_default();
            let mut ids =
                model
                    .prompt(prompt, PromptKind::Raw, None)
                    .map_err(|what| TrainError::Rollouts {
                        step,
                        what: what.to_string(),
                    })?;
            let prompt_tokens = ids.len();
            ids.extend(observer.live().stats().ids.iter().flatten());
            examples.push(Example { ids, prompt_tokens });
            completions.push(Completion {
                advantage: 0.0,
                old: observer.live().stats().logprob.clone(),
                reference: Vec::new(),
                counts: !(rl.mask_truncated_completions && record.finish == Some(Finish::Length)),
            });
        }
        let mut batch = Batch {
            advantages: Advantages::of(&[], rl),
            observers,
            rewards,
            examples,
            completions,
        };
        self.compare(learner, rl, &mut batch)?;
        Ok(batch)
    }

    /// The policy, ready to sample.
    fn policy(&self, learner: &Learner, step: u64) -> Result<Arc<LoadedModel>, TrainError> {
        let setup = |what: &dyn std::fmt::Display| TrainError::Setup(what.to_string());
        let frozen = learner.decoder.frozen(learner.compute.ops)?;
        let tokenizer = Tokenizer::from_json(&self.tokenizer).map_err(|e| setup(&e))?;
        let name = format!("{}@{}", learner.recipe.name, step - 1);
        let model = LoadedModel::new(name, String::new(), frozen, tokenizer).map_err(|e| setup(&e))?;
        Ok(Arc::new(model))
    }

    /// Fills in what completions are compared by: the reference's log-probabilities, and the advantages.
    fn compare(&self, learner: &Learner, rl: &Rl, batch: &mut Batch) -> Result<(), TrainError> {
        let mut totals: Vec<f64> = batch.rewards.iter().map(|rewards| rewards.total).collect();
        if let Some(reference) = &self.reference {
            let known = score(reference, learner, &batch.examples)?;
            for (completion, known) in batch.completions.iter_mut().zip(known) {
                completion.reference = known;
            }
            if rl.algorithm == Algorithm::Rloo {
                // TRL's RLOO takes the divergence, sum(log policy - log reference), from the reward.
                let now = score(&learner.decoder, learner, &batch.examples)?;
                for ((total, now), completion) in totals.iter_mut().zip(now).zip(&batch.completions) {
                    let pairs = now.iter().zip(&completion.reference);
                    *total -= rl.beta * pairs.map(|(n, r)| f64::from(n - r)).sum::<f64>();
                }
            }
        }
        batch.advantages = Advantages::of(&totals, rl);
        for (index, completion) in batch.completions.iter_mut().enumerate() {
            completion.advantage = batch.advantages.values.get(index).copied().unwrap_or_default();
            if rl.drop_zero_std && batch.advantages.is_flat(index, rl) {
                completion.counts = false;
            }
        }
        Ok(())
    }

    /// Makes the updates of a step with its completions.
    fn learn(
        learner: &mut Learner,
        rl: &Rl,
        batch: &mut Batch,
        step: u64,
        learning_rate: f64,
    ) -> Result<Updated, TrainError> {
        let mut updated = Updated::default();
        // What does not count is not computed, but for the check of the sampler when nothing counts at all.
        let counts: Vec<usize> = (0..batch.completions.len())
            .filter(|index| batch.completions.get(*index).is_some_and(|c| c.counts))
            .collect();
        let examples: Vec<Example> = counts
            .iter()
            .filter_map(|i| batch.examples.get(*i).cloned())
            .collect();
        let mut completions: Vec<Completion> = counts
            .iter()
            .filter_map(|i| batch.completions.get(*i).cloned())
            .collect();
        let normalizer = Normalizer::of(&completions, learner.recipe.sampler.max_tokens);
        let pieces = pieces(&examples, learner.recipe.accumulation_tokens);
        for iteration in 0..rl.num_iterations {
            let mut gradients: Option<Gradients> = None;
            updated.loss = 0.0;
            for piece in &pieces {
                let Some(completions) = completions.get_mut(piece.examples.clone()) else {
                    continue;
                };
                let temperature = learner.recipe.sampler.temperature;
                let now = piece.log_probs(&learner.decoder, temperature, &learner.compute)?;
                let values = piece.of_completions(&now.to_vec1::<f32>()?);
                if iteration == 0 {
                    // The sampler speaks of temperature 1.
                    let plain = match temperature {
                        1.0 => None,
                        _ => Some(
                            piece
                                .log_probs(&learner.decoder, 1.0, &learner.compute)?
                                .to_vec1::<f32>()?,
                        ),
                    };
                    let plain = plain.map_or_else(|| values.clone(), |rows| piece.of_completions(&rows));
                    updated.mismatch = updated.mismatch.max(mismatch(completions, &plain));
                    remember(completions, &values);
                }
                let loss = Loss::of(completions, &values, normalizer, rl);
                updated.loss += loss.value;
                updated.kl += loss.kl;
                updated.clipped_low += loss.clipped_low;
                updated.clipped_high += loss.clipped_high;
                updated.tokens += values.len();
                let found = backward(learner, piece, &now, &loss)?;
                gradients = Some(match gradients {
                    None => found,
                    Some(before) => found.plus(&before)?,
                });
            }
            Learner::finite("loss", updated.loss, step, learning_rate)?;
            if let Some(gradients) = gradients {
                let update = (step - 1) * rl.num_iterations as u64 + iteration as u64 + 1;
                let norm = gradients.norm()?;
                updated.grad_norm = learner.update(&gradients, norm, update, step, learning_rate)?;
            }
        }
        Ok(updated)
    }

    /// Why the run should pause, if it should.
    fn pause(&mut self, learner: &Learner, batch: &Batch, entropy: f64) -> Option<String> {
        let stop = &learner.recipe.stop;
        self.flat_steps = if batch.advantages.flat_share() == 1.0 {
            self.flat_steps + 1
        } else {
            0
        };
        if stop.equal_rewards > 0 && self.flat_steps >= stop.equal_rewards {
            let steps = std::mem::take(&mut self.flat_steps);
            let reward = batch.rewards.first().map_or(0.0, |rewards| rewards.total);
            return Some(format!(
                "for {steps} steps the rewards of every group were all equal (the last one {reward}), so nothing is learnt: \
                 choose easier or harder problems, another [reward], or more `rl.num_generations`, then resume"
            ));
        }
        (entropy < stop.min_entropy).then(|| {
            format!(
                "the entropy fell to {entropy:.4} nats a token, below `stop.min_entropy` = {}: the policy has collapsed to \
                 one text per prompt; go back to an earlier checkpoint with a lower `learning_rate`, or set \
                 stop.min_entropy=0 to go on",
                stop.min_entropy
            )
        })
    }
}

/// The gradients of the loss of one piece: by the chain rule, those of sum(d loss / d log-probability · log-probability).
fn backward(learner: &Learner, piece: &Piece, now: &Tensor, loss: &Loss) -> Result<Gradients, TrainError> {
    let slopes = Tensor::from_vec(
        piece.to_rows(&loss.gradient),
        piece.ids.len(),
        &learner.compute.device,
    )?;
    let store = (now * slopes)?.sum_all()?.backward()?;
    Ok(learner.optimizer.gradients(&store)?)
}

/// Largest difference between the log-probabilities the sampler gave and `values`, the trainer's.
fn mismatch(completions: &[Completion], values: &[f32]) -> f64 {
    let sampled = completions.iter().flat_map(|completion| &completion.old);
    let differences = sampled.zip(values).map(|(a, b)| f64::from(a - b).abs());
    differences.fold(0.0, f64::max)
}

/// The first update is on the policy itself: its log-probabilities are those that ratios are taken from.
fn remember(completions: &mut [Completion], values: &[f32]) {
    let mut values = values.iter();
    for completion in completions {
        for (old, value) in completion.old.iter_mut().zip(values.by_ref()) {
            *old = *value;
        }
    }
}

/// The log-probabilities of every example's completion under `decoder`, without gradients.
fn score(decoder: &Decoder, learner: &Learner, examples: &[Example]) -> Result<Vec<Vec<f32>>, TrainError> {
    let mut scores = Vec::with_capacity(examples.len());
    for piece in pieces(examples, learner.recipe.accumulation_tokens) {
        let rows: Vec<f32> = piece
            .log_probs(decoder, learner.recipe.sampler.temperature, &learner.compute)?
            .to_vec1()?;
        let of = |range: &std::ops::Range<usize>| rows.get(range.clone()).map(<[f32]>::to_vec);
        scores.extend(piece.completions.iter().filter_map(of));
    }
    Ok(scores)
}

impl Method for Reinforcement {
    fn step(&mut self, learner: &mut Learner, progress: &mut Progress) -> Result<Made, TrainError> {
        let step = progress.step + 1;
        let rl = learner.recipe.rl.clone().unwrap_or_default();
        let warm = (step as f64 / rl.warmup.max(1) as f64).min(1.0);
        let learning_rate = learner.recipe.learning_rate * warm;
        let mut batch = self.rollouts(learner, &rl, step)?;
        let updated = Self::learn(learner, &rl, &mut batch, step, learning_rate)?;
        let metrics = metrics::of(&batch, &updated, &rl, &learner.recipe.reward);
        let entropy = metrics.get("entropy").copied().unwrap_or_default();
        let tokens: u64 = batch
            .examples
            .iter()
            .map(|example| example.ids.len() as u64)
            .sum();
        progress.step = step;
        progress.tokens += tokens;
        Ok(Made {
            loss: updated.loss,
            grad_norm: updated.grad_norm,
            learning_rate,
            tokens,
            pause: self.pause(learner, &batch, entropy),
            rollouts: metrics::traces(&batch, step),
            metrics,
        })
    }

    fn done(&self, _: &Progress) -> f64 {
        // `steps` of the recipe ends it.
        0.0
    }
}

#[cfg(test)]
mod tests;

//! The prompts of a run: the training problems of its task, round after round, each round in a new order.

use crate::{
    base::rng,
    task::countdown::{Generator, Problem, Settings, SettingsError, Split},
};
use rand::seq::SliceRandom;

/// Most problems that are kept in memory; a task with more is sampled.
const MOST: usize = 200_000;

/// The training problems of a task.
#[derive(Clone, Debug)]
pub struct Problems {
    all: Vec<Problem>,
    seed: u64,
}

impl Problems {
    /// Of `settings`, in the orders of `seed`.
    ///
    /// # Errors
    /// When the settings make no sense, or no problem fits them.
    pub fn new(settings: &Settings, seed: u64) -> Result<Self, SettingsError> {
        let all: Vec<Problem> = Generator::new(settings, seed, Split::Train)?.take(MOST).collect();
        if all.is_empty() {
            return Err(SettingsError::Empty);
        }
        Ok(Self { all, seed })
    }

    /// The `count` problems of step `step`, which counts from 1. Their numbers stand in a random order.
    #[must_use]
    pub fn of_step(&self, step: u64, count: usize) -> Vec<Problem> {
        let first = (step - 1) * count as u64;
        let mut round = None;
        (first..first + count as u64)
            .filter_map(|at| {
                let (lap, place) = (at / self.all.len() as u64, at % self.all.len() as u64);
                if round.as_ref().is_none_or(|(of, _)| *of != lap) {
                    round = Some((lap, self.order(lap)));
                }
                let (_, order) = round.as_ref()?;
                let mut problem = self.all.get(*order.get(usize::try_from(place).ok()?)?)?.clone();
                problem
                    .numbers
                    .shuffle(&mut rng::stream("rl-numbers", self.seed, &[at]));
                Some(problem)
            })
            .collect()
    }

    fn order(&self, lap: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.shuffle(&mut rng::stream("rl-order", self.seed, &[lap]));
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::countdown::split_of;

    #[test]
    fn every_training_problem_comes_once_a_round_and_no_held_out_one_ever() {
        let settings = Settings {
            numbers: [3, 3],
            range: [1, 6],
            target: [10, 20],
            ..Settings::default()
        };
        let problems = Problems::new(&settings, 4).unwrap();
        let n = problems.all.len();
        let seen: Vec<Problem> = (1..=2).flat_map(|step| problems.of_step(step, n)).collect();
        let key = |p: &Problem| {
            let mut numbers = p.numbers.clone();
            numbers.sort_unstable();
            (numbers, p.target)
        };
        let mut first: Vec<_> = seen[..n].iter().map(key).collect();
        let mut second: Vec<_> = seen[n..].iter().map(key).collect();
        assert_ne!(first, second, "rounds differ in their order");
        first.sort();
        second.sort();
        assert_eq!(first, second);
        first.dedup();
        assert_eq!(first.len(), n);
        assert!(
            seen.iter()
                .all(|p| split_of(&p.numbers, p.target) == Split::Train)
        );
        assert_eq!(problems.of_step(3, 5), problems.of_step(3, 5));
    }
}

//! Problems drawn by seed. The same settings and seed give the same items, however many are asked for.
//!
//! The problems of one size are numbered (every multiset of numbers with every target), and a seeded permutation of
//! those numbers is walked: nothing comes twice and nothing needs to be remembered. A target that is also one of the
//! numbers is kept: it is a legal problem, if an easy one to guess at.

use super::{Problem, Settings, SettingsError, Solver, Split, space::Space, split_of};
use crate::base::rng::{self, Rng};
use rand::RngCore;

/// Name and version of this generator; the items of a seed change only with it.
pub const VERSION: &str = "countdown/1";

/// Candidates in a row that may be unfit before a size counts as exhausted. Spaces smaller than this are always
/// walked to the end; larger ones so empty would only make the caller wait.
const PATIENCE: u32 = 1_000_000;
/// What a candidate costs of that patience once the solver's search takes milliseconds: from 5 numbers on.
const HARD: u32 = 100;

/// An endless-looking source of distinct problems of one split; it ends when there are no more.
#[derive(Debug)]
pub struct Generator {
    settings: Settings,
    split: Split,
    spaces: Vec<Space>,
    solver: Solver,
    rng: Rng,
}

impl Generator {
    /// The problems of `seed` on one side of the split.
    ///
    /// # Errors
    /// When the settings make no sense.
    pub fn new(settings: &Settings, seed: u64, split: Split) -> Result<Self, SettingsError> {
        settings.check()?;
        let [fewest, most] = settings.numbers;
        let spaces = (fewest..=most)
            .map(|count| Space::new(settings, count, seed))
            .collect::<Option<Vec<_>>>()
            .ok_or(SettingsError::TooMany)?;
        Ok(Self {
            settings: settings.clone(),
            split,
            spaces,
            solver: Solver::new(settings.rules),
            rng: rng::stream(VERSION, seed, &[split as u64]),
        })
    }

    /// The next fit problem of one size, its numbers ascending; `None` when there is none left.
    fn draw(&mut self, space: usize) -> Option<(Vec<i64>, i64)> {
        let space = self.spaces.get_mut(space)?;
        let mut patience = PATIENCE;
        while patience > 0 {
            let (numbers, target) = space.next()?;
            patience = patience.saturating_sub(1);
            if split_of(&numbers, target) != self.split {
                continue;
            }
            if !self.settings.solvable {
                return Some((numbers, target));
            }
            let state: Vec<_> = numbers.iter().copied().map(Into::into).collect();
            if self.solver.reachable_once(&state, target.into()) {
                return Some((numbers, target));
            }
            if numbers.len() > 4 {
                patience = patience.saturating_sub(HARD);
            }
        }
        None
    }

    /// Fisher and Yates, written out: the order must not change with a library's version.
    fn shuffle(&mut self, numbers: &mut [i64]) {
        for last in (1..numbers.len()).rev() {
            numbers.swap(last, self.below(last + 1));
        }
    }

    /// A random index below `n` (1 to 8, so the bias of the remainder is beyond notice).
    fn below(&mut self, n: usize) -> usize {
        (self.rng.next_u64() % n as u64) as usize
    }
}

impl Iterator for Generator {
    type Item = Problem;

    fn next(&mut self) -> Option<Problem> {
        // Sizes take turns by lot: by number of problems, the largest would leave no room for the others.
        while !self.spaces.is_empty() {
            let space = self.below(self.spaces.len());
            let Some((mut numbers, target)) = self.draw(space) else {
                self.spaces.remove(space);
                continue;
            };
            self.shuffle(&mut numbers);
            return Some(Problem {
                numbers,
                target,
                rules: self.settings.rules,
                generator: Some(VERSION.into()),
                split: Some(self.split),
            });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::countdown::Rules;
    use std::collections::HashSet;

    fn settings(numbers: [usize; 2], range: [i64; 2], target: [i64; 2]) -> Settings {
        Settings {
            numbers,
            range,
            target,
            ..Settings::default()
        }
    }

    fn draw(settings: &Settings, seed: u64, split: Split, count: usize) -> Vec<Problem> {
        Generator::new(settings, seed, split)
            .unwrap()
            .take(count)
            .collect()
    }

    #[test]
    fn an_item_is_the_same_whatever_the_count() {
        let settings = Settings {
            numbers: [3, 4],
            ..Settings::default()
        };
        let many = draw(&settings, 7, Split::Train, 200);
        assert_eq!(draw(&settings, 7, Split::Train, 20), many[..20]);
        assert_ne!(draw(&settings, 8, Split::Train, 20), many[..20]);
    }

    #[test]
    fn problems_are_solvable_in_range_and_on_their_side_of_the_split() {
        let settings = Settings {
            numbers: [2, 4],
            ..Settings::default()
        };
        let mut solver = Solver::new(Rules::Integer);
        for split in [Split::Train, Split::Heldout] {
            for problem in draw(&settings, 1, split, 300) {
                assert_eq!(settings.covers(&problem), Ok(()));
                assert!(solver.reachable(&problem.values(), problem.goal()), "{problem}");
                assert_eq!(split_of(&problem.numbers, problem.target), split);
                assert_eq!(
                    (problem.split, problem.generator.as_deref()),
                    (Some(split), Some("countdown/1"))
                );
            }
        }
    }

    #[test]
    fn the_whole_space_is_drawn_without_repeats_and_then_it_ends() {
        let settings = settings([2, 3], [1, 6], [1, 30]);
        let mut found = HashSet::new();
        for split in [Split::Train, Split::Heldout] {
            for mut problem in Generator::new(&settings, 3, split).unwrap() {
                problem.numbers.sort_unstable();
                assert!(
                    found.insert((problem.numbers.clone(), problem.target)),
                    "{problem} came twice"
                );
            }
        }
        let mut solver = Solver::new(Rules::Integer);
        let mut expected = 0;
        for a in 1..=6 {
            for b in a..=6 {
                for t in 1..=30 {
                    expected += usize::from(solver.reachable(&[a.into(), b.into()], t.into()));
                    for c in b..=6 {
                        expected += usize::from(solver.reachable(&[a.into(), b.into(), c.into()], t.into()));
                    }
                }
            }
        }
        assert_eq!(found.len(), expected);
    }

    #[test]
    fn the_order_of_the_numbers_is_mixed_and_both_splits_are_independent_of_it() {
        let problems = draw(&Settings::default(), 0, Split::Heldout, 100);
        assert!(problems.iter().any(|p| !p.numbers.is_sorted()));
        assert!(problems.iter().any(|p| p.numbers.is_sorted()));
    }

    #[test]
    fn sizes_take_turns() {
        let problems = draw(
            &Settings {
                numbers: [3, 4],
                ..Settings::default()
            },
            0,
            Split::Train,
            400,
        );
        let three = problems.iter().filter(|p| p.numbers.len() == 3).count();
        assert!((150..250).contains(&three), "{three}");
    }

    #[test]
    fn large_spaces_are_not_listed() {
        let big = settings([6, 6], [1, 100], [100, 999]);
        assert_eq!(draw(&big, 0, Split::Heldout, 3).len(), 3);
        let huge = Settings {
            solvable: false,
            ..settings([5, 5], [0, 1_000_000], [0, 1_000_000])
        };
        assert!(Generator::new(&huge, 0, Split::Train).is_ok_and(|mut g| g.next().is_some()));
        let too_many = settings([8, 8], [0, 1_000_000], [-1_000_000, 1_000_000]);
        assert!(matches!(
            Generator::new(&too_many, 0, Split::Train),
            Err(SettingsError::TooMany)
        ));
    }

    #[test]
    fn unsolvable_problems_come_when_asked_for() {
        let settings = Settings {
            solvable: false,
            ..Settings::default()
        };
        let mut solver = Solver::new(Rules::Integer);
        let problems = draw(&settings, 0, Split::Train, 100);
        assert!(problems.iter().any(|p| !solver.reachable(&p.values(), p.goal())));
    }

    #[test]
    fn a_space_without_a_fit_problem_ends() {
        assert!(draw(&settings([2, 2], [1, 3], [50, 60]), 0, Split::Train, 1).is_empty());
    }

    #[test]
    fn the_card_task_has_enough_held_out_problems() {
        let count = Generator::new(&Settings::default(), 0, Split::Heldout)
            .unwrap()
            .count();
        assert!((1_100..1_300).contains(&count), "{count} held-out problems");
    }
}

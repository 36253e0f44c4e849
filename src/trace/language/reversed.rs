//! Reversed questions: one number of a problem is hidden and asked for (Jiang et al. 2023, "Forward-Backward Reasoning",
//! ask the same of word problems).
//!
//! ```text
//! make 65 from 17 3 ?          which number is missing?
//! 65=?-17 so need 82           leave the known numbers out, one after the other…
//! 82=?+3 so need 79            …until what is needed is the missing number; 79 is not one of the task's
//! back to 17 3
//! 65=?+17 so need 48
//! 48=?*3 so need 16
//! answer 16
//! ```
//!
//! Any number within the task's range with which the target can be made is right, not only the one that was hidden.
//! Simplification: the known numbers are never combined with each other first.

use super::{
    Line, Written,
    moves::forms,
    phrases::{LARGEST_NUMBER, asked},
};
use crate::{
    base::rng::Rng,
    task::countdown::{Number, Op, Problem, Rules, Solver, spaced},
};
use rand::{Rng as _, seq::IndexedRandom};
use std::fmt::Write as _;

/// A problem with a number missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversed {
    /// What must be made from the known numbers and the missing one; the numbers are the known ones.
    problem: Problem,
    /// Smallest and largest number that may be missing.
    range: [i64; 2],
}

/// One way to leave a known number out.
#[derive(Clone, Copy)]
struct Step {
    k: usize,
    known_first: bool,
    op: Op,
    need: i64,
}

impl Reversed {
    /// Hides one number of `problem`; `range` is what the task draws numbers from. `None` when no number would be left.
    #[must_use]
    pub fn hide(problem: &Problem, range: [i64; 2], rng: &mut Rng) -> Option<Self> {
        let mut problem = problem.clone();
        if problem.numbers.len() < 2 {
            return None;
        }
        problem.numbers.remove(rng.random_range(0..problem.numbers.len()));
        Some(Self { problem, range })
    }

    /// The question a prompt of [`Reversed::prompt`] asks; `None` when it asks something else.
    #[must_use]
    pub fn asked(prompt: &str, range: [i64; 2]) -> Option<Self> {
        let problem = asked(prompt.trim_end().strip_suffix(" ?")?)?;
        Some(Self { problem, range })
    }

    /// `make 65 from 17 3 ?` and a newline.
    #[must_use]
    pub fn prompt(&self) -> String {
        let Problem { numbers, target, .. } = &self.problem;
        format!("make {target} from {} ?\n", spaced(numbers))
    }

    /// The target and the known numbers: what a reader of the trace follows.
    #[must_use]
    pub fn known(&self) -> &Problem {
        &self.problem
    }

    /// Whether the last answer line of `text` names a number of the range with which the target can be made.
    #[must_use]
    pub fn correct(&self, text: &str) -> bool {
        let answer = text.lines().rev().find_map(|line| match Line::parse(line)?.line {
            Line::Answer { expression } => Some(expression),
            _ => None,
        });
        let Some(missing) = answer.and_then(|answer| answer.parse::<i64>().ok()) else {
            return false;
        };
        let mut numbers = self.problem.values();
        numbers.push(Number::from(missing));
        self.may_be(missing) && Solver::new(Rules::Integer).reachable(&numbers, self.problem.goal())
    }

    fn may_be(&self, missing: i64) -> bool {
        (self.range[0]..=self.range[1]).contains(&missing)
    }

    /// Searches backward, giving up after `attempts` first steps, and writes it down. `None` when there is no first step.
    pub fn write(&self, attempts: usize, rng: &mut Rng) -> Option<Written> {
        let Problem { numbers, target, .. } = &self.problem;
        let mut steps = self.steps(numbers, *target);
        if numbers.len() == 1 {
            // Nothing is left to search after one step, and a reader knows no state of one number to return to.
            steps.sort_by_key(|step| self.distance(step.need));
            steps.truncate(1);
        } else if !steps.is_empty() {
            let start = rng.random_range(0..steps.len());
            steps.rotate_left(start);
        }
        let mut text = String::new();
        let mut missing = None;
        for (attempt, step) in steps.into_iter().take(attempts).enumerate() {
            if attempt > 0 {
                let _ = writeln!(text, "back to {}", spaced(numbers));
            }
            let reached = self.follow(numbers, *target, step, &mut text, rng);
            missing = reached.or(missing);
            if reached.is_some_and(|missing| self.may_be(missing)) {
                break;
            }
        }
        let missing = missing?;
        let _ = writeln!(text, "answer {missing}");
        let solved = self.may_be(missing);
        Some(Written { text, solved })
    }

    /// Writes `step` and steps after it until no known number is left; what is needed then.
    fn follow(&self, known: &[i64], goal: i64, step: Step, text: &mut String, rng: &mut Rng) -> Option<i64> {
        let mut known = known.to_vec();
        let (mut goal, mut step) = (goal, step);
        loop {
            let number = known.remove(step.k);
            let (op, need) = (step.op.symbol(), step.need);
            let _ = if step.known_first {
                writeln!(text, "{goal}={number}{op}? so need {need}")
            } else {
                writeln!(text, "{goal}=?{op}{number} so need {need}")
            };
            goal = need;
            if known.is_empty() {
                return Some(goal);
            }
            let steps = self.steps(&known, goal);
            step = match known.len() {
                // The last step shows whether the attempt leads anywhere, so the best one is taken.
                1 => *steps.iter().min_by_key(|step| self.distance(step.need))?,
                _ => *steps.choose(rng)?,
            };
        }
    }

    /// How far a number is from the range.
    fn distance(&self, missing: i64) -> i64 {
        let [low, high] = self.range;
        (low - missing).max(missing - high).max(0)
    }

    /// Every first step from a state, equal ones once.
    fn steps(&self, known: &[i64], goal: i64) -> Vec<Step> {
        let mut steps = Vec::new();
        for (k, number) in known.iter().enumerate() {
            if known.iter().take(k).any(|earlier| earlier == number) {
                continue;
            }
            steps.extend(
                forms(goal, *number)
                    .filter(|(_, _, need)| *need <= LARGEST_NUMBER)
                    .map(|(known_first, op, need)| Step {
                        k,
                        known_first,
                        op,
                        need,
                    }),
            );
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::rng,
        task::countdown::{Generator, Settings, Split},
        trace::Reader,
    };

    fn question() -> Reversed {
        Reversed::asked("make 65 from 17 3 ?\n", [1, 20]).unwrap()
    }

    #[test]
    fn a_prompt_says_what_it_asks() {
        assert_eq!(question().prompt(), "make 65 from 17 3 ?\n");
        assert_eq!(question().known().numbers, [17, 3]);
        assert!(Reversed::asked("make 65 from 17 3\n", [1, 20]).is_none());
        assert!(asked("make 65 from 17 3 ?\n").is_none());
    }

    #[test]
    fn any_number_of_the_range_that_makes_the_target_is_right() {
        // (16*3)+17, 17*3+14, 17*4-3
        for (text, right) in [
            ("answer 16\n", true),
            ("answer 14", true),
            ("answer 4\n", true),
            ("answer 15\n", false),
            ("answer 45\n", false),
            ("answer 1\nanswer 16\n", true),
            ("answer sixteen\n", false),
            ("16\n", false),
            ("answer 99999999999999999999\n", false),
            ("", false),
        ] {
            assert_eq!(question().correct(text), right, "{text:?}");
        }
    }

    #[test]
    fn every_line_is_true_and_the_teacher_knows_whether_it_is_right() {
        for numbers in [[2, 2], [3, 3], [4, 4]] {
            let settings = Settings {
                numbers,
                ..Settings::default()
            };
            let mut rng = rng::stream("test", 0, &[]);
            let (mut solved, mut returns) = (0, 0);
            for problem in Generator::new(&settings, 7, Split::Train).unwrap().take(200) {
                let question = Reversed::hide(&problem, settings.range, &mut rng).unwrap();
                let Some(written) = question.write(3, &mut rng) else {
                    continue;
                };
                let tree = Reader::read(Some(question.known().clone()), &written.text);
                let shown = format!("{}{}{:?}", question.prompt(), written.text, tree.claims);
                assert!(tree.is_sound(), "{shown}");
                assert_eq!(question.correct(&written.text), written.solved, "{shown}");
                assert!(written.text.contains("so need"), "{shown}");
                solved += usize::from(written.solved);
                returns += tree.backtracks.len();
            }
            assert!(
                solved > 100 && (returns > 0 || numbers[0] == 2),
                "{solved} {returns}"
            );
        }
    }
}

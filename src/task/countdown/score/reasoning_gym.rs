//! The Countdown score of reasoning-gym (`open-thought/reasoning-gym`, `reasoning_gym/games/countdown.py` at 49b0713),
//! quirks included.
//!
//! Its parser is SymPy's; of what that understands beyond arithmetic (names, functions, `!`, `^`, `%`) nothing is
//! reproduced: such answers score as unreadable. So does every division by zero, which SymPy carries on as an infinity
//! and reads where it vanishes again (`5/(1/0)`), and `//` rounds down as in Python, which SymPy does not below zero.

use super::python::{self, Division};
use crate::task::{answer::tagged, countdown::Problem};

/// No answer, or one that cannot be read.
pub(super) const UNREADABLE: f64 = 0.01;
/// An expression that does not solve the problem.
const WRONG: f64 = 0.05;

/// The score of a completion: 1, 0.05 or 0.01, never 0.
#[must_use]
pub fn reasoning_gym(problem: &Problem, completion: &str) -> f64 {
    // The answer may span lines and text may follow. Quirk: there is a floor, also for saying nothing (TinyZero gives 0).
    let Some(answer) = tagged(completion).filter(|answer| !answer.is_empty()) else {
        return UNREADABLE;
    };
    // Quirk: the value is worked out before the numbers are looked at, so nonsense earns less than cheating.
    let Some(value) = python::eval(answer, Division::Exact) else {
        return UNREADABLE;
    };
    // Quirk: the dataset's prompts say that numbers may be left out; the scorer wants them all. Decimals count
    // as two numbers.
    if !problem.has_just(python::integers(answer)) {
        return WRONG;
    }
    // Quirk: numpy's `isclose` adds a relative tolerance of 1e-5 to the 1e-6 asked for: 500 accepts 500.004.
    let target = problem.target as f64;
    if (value - target).abs() <= 1e-6 + 1e-5 * target.abs() {
        1.0
    } else {
        WRONG
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(completion: &str) -> f64 {
        reasoning_gym(&Problem::parse("18 7 4 -> 15").unwrap(), completion)
    }

    fn score_of(problem: &str, answer: &str) -> f64 {
        reasoning_gym(
            &Problem::parse(problem).unwrap(),
            &format!("<answer>{answer}</answer>"),
        )
    }

    #[test]
    fn a_right_answer_scores_one_wherever_it_stands() {
        assert_eq!(score("<answer>\n(18 - 7) + 4\n</answer>\nDone.\n"), 1.0);
        assert_eq!(score("<answer>18</answer> no <answer>18-7+4</answer>"), 1.0);
    }

    #[test]
    fn quirk_the_floor_is_one_hundredth() {
        assert_eq!(score(""), 0.01);
        assert_eq!(score("(18-7)+4"), 0.01);
        assert_eq!(score("<answer> </answer>"), 0.01);
    }

    #[test]
    fn quirk_what_cannot_be_read_earns_less_than_what_is_wrong() {
        assert_eq!(score("<answer>fifteen</answer>"), 0.01);
        assert_eq!(score("<answer>(18-7)+4=15</answer>"), 0.01);
        assert_eq!(score("<answer>18/(7-7)</answer>"), 0.01);
        assert_eq!(score("<answer>18+7+4</answer>"), 0.05);
        assert_eq!(score("<answer>15</answer>"), 0.05);
    }

    #[test]
    fn quirk_all_numbers_must_be_used_though_the_prompt_says_otherwise() {
        assert_eq!(score_of("18 7 4 3 -> 15", "18-7+4"), 0.05);
        assert_eq!(score_of("15 1 -> 15", "15"), 0.05);
    }

    #[test]
    fn quirk_signs_decimals_and_powers_pass() {
        assert_eq!(score_of("18 7 4 -> 15", "-7+18+4"), 1.0);
        assert_eq!(score_of("1 5 2 -> 3", "1.5*2"), 1.0);
        assert_eq!(score_of("2 3 -> 8", "2**3"), 1.0);
    }

    #[test]
    fn quirk_division_is_exact_and_may_leave_a_rest() {
        assert_eq!(score_of("3 3 8 8 -> 24", "8/(3-8/3)"), 1.0);
    }

    #[test]
    fn quirk_the_tolerance_grows_with_the_target() {
        // 500 + 1/300 is off by 0.0033, within 1e-5 of 500 and 1e-6.
        assert_eq!(score_of("500 1 300 -> 500", "500+1/300"), 1.0);
        assert_eq!(score_of("50 1 300 -> 50", "50+1/300"), 0.05);
    }
}

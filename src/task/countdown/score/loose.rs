//! Two generous scorers that evaluation scripts often are: the answer is whatever stands on the last line, or whatever
//! stands anywhere. They show what a strict one misses, and what a generous one lets pass.

use super::equation::{count_digits, digits, has_side, runs, sides, uses_all};
use crate::task::countdown::{MAX_BYTES, Problem, parser::Written};

/// 1 when the last line with anything on it holds a right expression, marked or not.
#[must_use]
pub fn last_line(problem: &Problem, text: &str) -> f64 {
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    f64::from(u8::from(
        last.is_some_and(|line| holds(problem, digits(problem), line)),
    ))
}

/// 1 when some line holds a right expression: also one that was dropped again.
#[must_use]
pub fn anywhere(problem: &Problem, text: &str) -> f64 {
    let digits = digits(problem);
    f64::from(u8::from(text.lines().any(|line| holds(problem, digits, line))))
}

/// Whether an expression on the line uses every number exactly once and has the right value; `digits` are those of the
/// numbers.
fn holds(problem: &Problem, digits: usize, line: &str) -> bool {
    if count_digits(line) < digits {
        return false;
    }
    let is_right =
        |written: Written| uses_all(problem, &written) && written.expr.eval() == Some(problem.goal());
    runs(line).into_iter().any(|place| {
        let run = line.get(place).unwrap_or_default();
        run.len() <= MAX_BYTES && has_side(run, digits) && sides(run).flatten().any(is_right)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_take_what_the_strict_ones_do_not() {
        let problem = Problem::parse("18 7 4 -> 15").unwrap();
        let both = |text: &str| (last_line(&problem, text), anywhere(&problem, text));
        assert_eq!(both("So (18 \u{2212} 7) + 4 = 15.\n\n"), (1.0, 1.0));
        assert_eq!(both("- 18 - 7 + 4 = 15 (yes)\nThe answer is 15."), (0.0, 1.0));
        assert_eq!(both("(it is 18 - 7 + 4)"), (1.0, 1.0));
        assert_eq!(both("18 + 7 - 4 = 21\n18 - 3 = 15"), (0.0, 0.0));
        assert_eq!(both(r"$4 + \left(18 - 7\right) = 15$"), (1.0, 1.0));
        assert_eq!(both(""), (0.0, 0.0));
        let fives = Problem::parse("5 5 5 1 -> 24").unwrap();
        assert_eq!(anywhere(&fives, r"it is $5 \times (5 - \frac{1}{5}) = 24$"), 1.0);
    }
}

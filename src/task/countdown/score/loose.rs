//! Two generous scorers that evaluation scripts often are: the answer is whatever stands on the last line, or whatever
//! stands anywhere. They show what a strict one misses, and what a generous one lets pass.

use crate::task::countdown::{Expr, Op, Problem};

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

/// How many digits an expression has that uses every number exactly once.
fn digits(problem: &Problem) -> usize {
    let numbers = problem.numbers.iter();
    numbers.map(|number| count_digits(&number.to_string())).sum()
}

fn count_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Whether an expression on the line uses every number exactly once and has the right value; `digits` are those of the
/// numbers. Nothing with more or fewer of them need be parsed.
fn holds(problem: &Problem, digits: usize, line: &str) -> bool {
    if count_digits(line) < digits {
        return false;
    }
    let belongs =
        |c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')') || Op::from_symbol(c).is_some();
    let mut runs = line.split(|c| !belongs(c));
    runs.any(|run| {
        if count_digits(run) != digits {
            return false;
        }
        let mut run = run.trim();
        // A list's dash, a bracket around a remark.
        for _ in 0..3 {
            if let Ok(expression) = Expr::parse(run) {
                return is_right(problem, &expression);
            }
            run = run
                .trim_start_matches(|c: char| !c.is_ascii_digit() && c != '(')
                .trim_end_matches(|c: char| !c.is_ascii_digit() && c != ')');
            let count = |sign: char| run.matches(sign).count();
            run = match count('(').cmp(&count(')')) {
                std::cmp::Ordering::Greater => run.strip_prefix('(').unwrap_or(run),
                std::cmp::Ordering::Less => run.strip_suffix(')').unwrap_or(run),
                std::cmp::Ordering::Equal => run,
            };
        }
        false
    })
}

fn is_right(problem: &Problem, expression: &Expr) -> bool {
    let (mut used, mut given) = (expression.numbers(), problem.numbers.clone());
    used.sort_unstable();
    given.sort_unstable();
    used == given && expression.eval() == Some(problem.goal())
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
        assert_eq!(both(""), (0.0, 0.0));
    }
}

//! The paper's claims, each with the rule it is judged by: a difference with its 95 % interval, by a bootstrap over seeds
//! and problems.

use super::table::{Numbers, Repeats, mean};
use crate::{base::stats::bootstrap, behavior::Habit};
use serde::Serialize;

/// Two accuracies nearer than this count as equal.
const MARGIN: f64 = 0.1;

/// What came out of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The interval says so.
    Supported,
    /// The interval says the opposite.
    #[serde(rename = "not supported")]
    NotSupported,
    /// The interval allows both.
    Undecided,
}

/// A claim and what came out.
#[derive(Clone, Debug, Serialize)]
pub struct Claim {
    /// The claim.
    pub claim: &'static str,
    /// What came out.
    pub verdict: Verdict,
    /// The numbers.
    pub why: String,
}

/// Every claim that the conditions there are can judge.
pub(super) fn judge(all: &[Numbers]) -> Vec<Claim> {
    let find = |name: &str| all.iter().find(|numbers| numbers.name == name);
    let mut claims = Vec::new();
    if let (Some(novice), Some(guesser)) = (find("novice"), find("guesser")) {
        let (a, b) = (gain(novice), gain(guesser));
        claims.push(more(
            "A model that starts with the habits gains more from reinforcement learning than one without",
            ("gain of novice", &a),
            ("gain of guesser", &b),
        ));
        claims.push(grows(
            "Reinforcement learning amplifies backtracking where it is there",
            novice,
            Habit::Backtracking,
        ));
    }
    let ends = [
        (
            "guesser+all",
            "guesser",
            "Priming with the habits lets the model without them improve further",
        ),
        (
            "guesser+incorrect",
            "guesser",
            "Priming with wrong solutions that show the habits does so too",
        ),
        (
            "guesser+all",
            "guesser+filler",
            "It is not the length: filler of the same length does less than the habits",
        ),
        (
            "guesser+all",
            "guesser+empty",
            "Answers without reasoning do less than the habits",
        ),
        (
            "guesser+all",
            "guesser+direct",
            "Right solutions without habits do less than the habits",
        ),
        (
            "guesser+backtracking",
            "guesser",
            "Backtracking alone lets the model improve further",
        ),
        (
            "guesser+backtracking_verification",
            "guesser",
            "Backtracking with verification does so",
        ),
        (
            "guesser+backtracking_subgoal",
            "guesser",
            "Backtracking with subgoals does so",
        ),
        (
            "guesser+backtracking_backward",
            "guesser",
            "Backtracking with backward chaining does so",
        ),
    ];
    for (a, b, claim) in ends {
        if let (Some(first), Some(second)) = (find(a), find(b)) {
            claims.push(more(claim, (a, &first.end), (b, &second.end)));
        }
    }
    if let (Some(right), Some(wrong)) = (find("guesser+all"), find("guesser+incorrect")) {
        claims.push(equal(
            "Wrong solutions with the right habits are worth as much as right ones",
            ("guesser+incorrect", &wrong.end),
            ("guesser+all", &right.end),
        ));
    }
    if let Some(budding) = find("budding") {
        claims.push(grows(
            "Where a habit is rare, reinforcement learning finds it by itself",
            budding,
            Habit::Backtracking,
        ));
    }
    claims
}

/// After minus before, problem by problem.
fn gain(numbers: &Numbers) -> Repeats {
    let seeds = numbers.end.iter().zip(&numbers.start);
    seeds
        .map(|(end, start)| end.iter().zip(start).map(|(end, start)| end - start).collect())
        .collect()
}

fn average(repeats: &Repeats) -> f64 {
    mean(repeats.iter().flatten().copied())
}

fn verdict([low, high]: [f64; 2]) -> Verdict {
    if low > 0.0 {
        Verdict::Supported
    } else if high < 0.0 {
        Verdict::NotSupported
    } else {
        Verdict::Undecided
    }
}

/// `a` is larger than `b`.
fn more(claim: &'static str, a: (&str, &Repeats), b: (&str, &Repeats)) -> Claim {
    let interval = bootstrap(a.1, b.1);
    let (x, y) = (average(a.1), average(b.1));
    Claim {
        claim,
        verdict: verdict(interval),
        why: format!(
            "{} {x:.3}, {} {y:.3}: difference {:+.3} [{:+.3} {:+.3}]",
            a.0,
            b.0,
            x - y,
            interval[0],
            interval[1]
        ),
    }
}

/// `a` and `b` differ by less than [`MARGIN`].
fn equal(claim: &'static str, a: (&str, &Repeats), b: (&str, &Repeats)) -> Claim {
    let [low, high] = bootstrap(a.1, b.1);
    let (x, y) = (average(a.1), average(b.1));
    let verdict = if low > -MARGIN && high < MARGIN {
        Verdict::Supported
    } else if low > MARGIN || high < -MARGIN {
        Verdict::NotSupported
    } else {
        Verdict::Undecided
    };
    Claim {
        claim,
        verdict,
        why: format!(
            "{} {x:.3}, {} {y:.3}: difference {:+.3} [{low:+.3} {high:+.3}], equal means within {MARGIN}",
            a.0,
            b.0,
            x - y
        ),
    }
}

/// A habit is more frequent after reinforcement learning than before.
fn grows(claim: &'static str, numbers: &Numbers, habit: Habit) -> Claim {
    let place = Habit::ALL
        .iter()
        .position(|other| *other == habit)
        .unwrap_or_default();
    let empty = Vec::new();
    let before = numbers.habits_before.get(place).unwrap_or(&empty);
    let end = numbers.habits_end.get(place).unwrap_or(&empty);
    let interval = bootstrap(end, before);
    Claim {
        claim,
        verdict: verdict(interval),
        why: format!(
            "{} per trace of {}: {:.2} before, {:.2} after [{:+.2} {:+.2}]",
            habit,
            numbers.name,
            average(before),
            average(end),
            interval[0],
            interval[1]
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(name: &'static str, start: f64, end: f64) -> Numbers {
        // Of 200 problems the first share is solved, whatever the seed.
        let solved = |share: f64| -> Repeats {
            let row: Vec<f64> = (0..200)
                .map(|i| f64::from(f64::from(i) < 200.0 * share))
                .collect();
            vec![row; 3]
        };
        Numbers {
            name,
            start: solved(start),
            end: solved(end),
            habits_before: [0, 1, 2, 3].map(|_| solved(start)),
            habits_end: [0, 1, 2, 3].map(|_| solved(end)),
        }
    }

    fn of<'a>(claims: &'a [Claim], words: &str) -> &'a Claim {
        claims.iter().find(|claim| claim.claim.contains(words)).unwrap()
    }

    #[test]
    fn clear_differences_decide_and_small_ones_do_not() {
        let claims = judge(&[
            numbers("novice", 0.4, 0.6),
            numbers("guesser", 0.3, 0.35),
            numbers("guesser+all", 0.3, 0.62),
            numbers("guesser+incorrect", 0.3, 0.6),
        ]);
        assert_eq!(of(&claims, "gains more").verdict, Verdict::Supported);
        assert_eq!(of(&claims, "improve further").verdict, Verdict::Supported);
        assert_eq!(of(&claims, "as much as right ones").verdict, Verdict::Supported);
        assert!(
            of(&claims, "gains more").why.contains("+0.150"),
            "{}",
            of(&claims, "gains more").why
        );
        let claims = judge(&[numbers("novice", 0.4, 0.41), numbers("guesser", 0.3, 0.5)]);
        assert_eq!(of(&claims, "gains more").verdict, Verdict::NotSupported);
        let claims = judge(&[numbers("guesser+all", 0.3, 0.3), numbers("guesser", 0.3, 0.3)]);
        assert_eq!(of(&claims, "improve further").verdict, Verdict::Undecided);
        assert!(
            claims.iter().all(|claim| !claim.claim.contains("filler")),
            "what was not run is not judged"
        );
    }
}

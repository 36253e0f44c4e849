//! A first set of rules for free text: returns the tree proves, comparisons with the target, and a few plain phrases.
//!
//! Simplification: phrases are looked for per line, without context. Sentences in context, as data, come later.

use super::{
    Habit,
    detector::{behavior, explain, returns_in},
};
use crate::{
    base::phrases::Phrases,
    trace::{Span, Tree, record::Behavior},
};
use std::sync::LazyLock;

/// The phrases of a habit.
struct Said {
    phrases: &'static [&'static str],
    search: Phrases,
}

impl Said {
    fn new(phrases: &'static [&'static str]) -> Self {
        Self {
            phrases,
            search: Phrases::new(phrases),
        }
    }

    /// The first of the list that stands in `line`.
    fn in_line(&self, line: &str) -> Option<&'static str> {
        self.phrases.get(self.search.which(line).min()?).copied()
    }
}

/// Phrases that judge a result against the goal.
static VERIFICATION: LazyLock<Said> = LazyLock::new(|| {
    Said::new(&[
        "too high",
        "too low",
        "too big",
        "too small",
        "not equal",
        "let me check",
        "let's check",
        "double-check",
        "verify",
    ])
});
/// Phrases that abandon an attempt.
static BACKTRACKING: LazyLock<Said> = LazyLock::new(|| {
    Said::new(&[
        "let's try another",
        "let me try another",
        "doesn't work",
        "does not work",
        "start over",
        "go back",
    ])
});
/// Phrases that name an intermediate goal.
static SUBGOAL: LazyLock<Said> =
    LazyLock::new(|| Said::new(&["first, i need", "first, let's get", "aim for", "if i can make"]));
/// Phrases that reason from the target.
static BACKWARD: LazyLock<Said> =
    LazyLock::new(|| Said::new(&["work backward", "working backward", "so i need", "so we need"]));

/// What a line of free text shows: at most one span of each habit.
pub(super) fn detect(line: &str, span: Span, tree: &Tree, found: &mut Vec<Behavior>) {
    let phrase_rule = |habit: Habit, said: &Said| {
        said.in_line(line).map(|phrase| {
            behavior(
                habit,
                span,
                "rules",
                "free.phrase",
                format!("says \u{201c}{phrase}\u{201d}"),
                0.6,
            )
        })
    };
    let verification = goal_comparison(line, tree)
        .map(|evidence| {
            behavior(
                Habit::Verification,
                span,
                "rules",
                "free.compare-with-goal",
                evidence,
                0.9,
            )
        })
        .or_else(|| phrase_rule(Habit::Verification, &VERIFICATION));
    let backtracking = returns_in(tree, span)
        .next()
        .map(|back| {
            behavior(
                Habit::Backtracking,
                span,
                "state",
                "free.return",
                explain(tree, back),
                0.9,
            )
        })
        .or_else(|| phrase_rule(Habit::Backtracking, &BACKTRACKING));
    found.extend(
        [
            verification,
            backtracking,
            phrase_rule(Habit::SubgoalSetting, &SUBGOAL),
            phrase_rule(Habit::BackwardChaining, &BACKWARD),
        ]
        .into_iter()
        .flatten(),
    );
}

/// `not 15`, `isn't 15`, `≠ 15` for the goal of the problem.
fn goal_comparison(line: &str, tree: &Tree) -> Option<String> {
    let goal = tree.nodes.first()?.goal.as_deref()?;
    if !line.contains(goal) {
        return None;
    }
    let lower = line.to_lowercase();
    ["not ", "isn't ", "\u{2260} ", "\u{2260}", "!= "]
        .iter()
        .find_map(|word| {
            let (_, after) = lower.split_once(&format!("{word}{goal}"))?;
            (!after.starts_with(|c: char| c.is_alphanumeric()))
                .then(|| format!("compares a result with the goal {goal}"))
        })
}

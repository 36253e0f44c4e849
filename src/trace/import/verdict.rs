//! Which of a row's columns say whether its answer is right. Only those are believed whose name plainly says so; rewards for
//! form, counts and years make nothing right.

use super::{json, shape::Object};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Words of which one says that an answer is right…
const RIGHT: [&str; 7] = [
    "correct",
    "correctness",
    "accuracy",
    "acc",
    "accurate",
    "right",
    "solved",
];
/// …where all others are of these…
const QUALIFIERS: [&str; 26] = [
    "is", "was", "answer", "answers", "final", "solution", "model", "math", "verify", "verified", "verifier",
    "base", "exact", "match", "value", "reward", "rewards", "score", "scores", "func", "fn", "strict",
    "label", "eval", "mean", "response",
];
/// …and words that say so of a reward.
const OF_ANSWERS: [&str; 8] = [
    "answer", "exact", "equation", "solution", "match", "result", "outcome", "math",
];
/// What a score is called, of the whole or of a part.
const SCORES: [&str; 4] = ["reward", "rewards", "score", "scores"];
/// What scores of the whole are called besides.
const WHOLE: [&str; 7] = [
    "total", "final", "overall", "reward", "rewards", "score", "scores",
];
/// What a part that is no reward by name may be called.
const PARTS: [&str; 2] = ["penalty", "bonus"];
/// Names that say by themselves that an answer is right.
const PLAIN: [&str; 4] = ["exact", "exact_match", "math_verify", "success"];
/// What says of a completion whether it is a good one, as a yes or no; elsewhere it may be a label of anything.
const LABELS: [&str; 2] = ["label", "labels"];
const LABELLED: [&str; 2] = ["completion", "completions"];
/// Words of columns that count, number or date something.
const COUNTS: [&str; 37] = [
    "num",
    "n",
    "count",
    "counts",
    "total",
    "turn",
    "turns",
    "token",
    "tokens",
    "call",
    "calls",
    "ms",
    "time",
    "seconds",
    "id",
    "ids",
    "uid",
    "index",
    "idx",
    "step",
    "steps",
    "epoch",
    "seed",
    "rank",
    "year",
    "level",
    "difficulty",
    "target",
    "truncated",
    "completed",
    "stopped",
    "length",
    "len",
    "temperature",
    "top",
    "cost",
    "latency",
];
/// What else is no score.
const OTHERS: [&str; 4] = ["answer", "advantage", "created", "target"];

/// Numbers that a trace has elsewhere, or that only say which row it is.
const ELSEWHERE: [&str; 15] = [
    "step",
    "advantage",
    "id",
    "example_id",
    "rollout_id",
    "index",
    "answer",
    "target",
    "generation_ms",
    "scoring_ms",
    "total_ms",
    "created",
    "done",
    "finished",
    "doc_id",
];

/// Whose columns they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// A trainer's, whose rewards have any scale.
    Trainers,
    /// A program's that scores by functions of any name.
    Verifiers,
    /// Anybody's, where a score beyond one is on a scale that nobody knows.
    Anybodys,
}

/// What a row says of an answer.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// The scorer that says whether it is right.
    pub main: Option<String>,
    /// All scorers.
    pub scorers: BTreeMap<String, f64>,
    /// Other numbers and flags, which say nothing of that.
    pub values: Map<String, Value>,
    /// The first score of the whole, where that is what counts or would be on a scale up to one.
    pub graded: Option<(String, f64)>,
}

/// What the name of a column says of its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// Whether the answer is right, as a share; or as a reward of any height.
    Right,
    RightReward,
    /// The same as a yes or no only.
    Flag,
    /// How good it is as a whole.
    Whole,
    /// How good it is in a respect.
    Part,
    /// How many, which, when.
    Count,
    /// Nothing that we know.
    Else,
}

/// What `object` says of the answer that is `attempt` of so many.
pub(super) fn of(object: &Object, attempt: usize, attempts: usize, whose: Whose) -> Verdict {
    let mut verdict = Verdict::default();
    let mut rights = Vec::new();
    let mut wholes = Vec::new();
    let mut marks = Vec::new();
    let is_labelled = LABELLED.iter().any(|name| object.contains_key(*name));
    for (name, value) in columns(object, attempt, attempts) {
        let named = says(&name);
        let says = match named {
            // A function may be called so.
            Says::Flag if whose == Whose::Verifiers && !value.is_boolean() => Says::Else,
            says => says,
        };
        let number = number(value, says);
        if let Some(number) = number.filter(|_| matches!(named, Says::Right | Says::RightReward | Says::Flag))
        {
            marks.push((name.clone(), number));
        }
        if let Some(number) = number.filter(|_| says == Says::Whole && whose != Whose::Verifiers) {
            verdict.graded.get_or_insert_with(|| (name.clone(), number));
        }
        let is_share = number.is_some_and(|number| number.abs() <= 1.0);
        let counts = match says {
            Says::Flag if LABELS.contains(&name.as_str()) => is_labelled,
            Says::Right | Says::Flag => is_share,
            Says::RightReward => true,
            Says::Whole => {
                whose == Whose::Verifiers || number.is_some_and(|number| is_on_scale(number, whose))
            }
            Says::Part => is_share || whose != Whose::Anybodys,
            Says::Count => false,
            Says::Else => is_share && whose == Whose::Verifiers && !value.is_string(),
        };
        match number.filter(|_| counts) {
            Some(number) => {
                match says {
                    Says::Right | Says::RightReward | Says::Flag => rights.push(name.clone()),
                    Says::Whole => wholes.push(name.clone()),
                    Says::Part | Says::Count | Says::Else => {}
                }
                verdict.scorers.insert(name, number);
            }
            None if !ELSEWHERE.contains(&name.as_str())
                && matches!(value, Value::Number(_) | Value::Bool(_)) =>
            {
                verdict.values.insert(name, value.clone());
            }
            None => {}
        }
    }
    // What verifiers call the reward is the sum of all that they have been told to score.
    verdict.main = match whose {
        Whose::Verifiers => sum(&verdict.scorers, &marks, wholes, rights),
        Whose::Trainers | Whose::Anybodys => {
            verdict.graded = verdict.graded.take().filter(|_| rights.is_empty());
            rights.into_iter().chain(wholes).next()
        }
    };
    if verdict.main.is_none() {
        let scorers = std::mem::take(&mut verdict.scorers);
        let values = scorers.into_iter().map(|(name, number)| (name, number.into()));
        verdict.values.extend(values);
    }
    verdict
}

/// Whether a score of the whole may be a verdict: from 0 to 1, or what trainers take off for a wrong answer.
pub(super) fn is_on_scale(number: f64, whose: Whose) -> bool {
    let is_penalty = number.total_cmp(&-1.0).is_eq() && whose == Whose::Trainers;
    (0.0..=1.0).contains(&number) || is_penalty
}

/// Which scorer counts where a reward is the sum of others: the reward, unless one that says what is right says otherwise. A
/// part of one says nothing where none does: what it lacks may be the form.
fn sum(
    scorers: &BTreeMap<String, f64>,
    marks: &[(String, f64)],
    wholes: Vec<String>,
    rights: Vec<String>,
) -> Option<String> {
    let Some(whole) = wholes.into_iter().next() else {
        return rights.into_iter().next();
    };
    let reward = scorers.get(&whole).copied().unwrap_or_default();
    let says = |right: bool| marks.iter().find(|(_, mark)| (*mark >= 1.0) == right);
    let is_part = reward > 0.0 && reward < 1.0;
    match (says(true), says(false)) {
        (Some((mark, _)), None) if reward < 1.0 => Some(mark.clone()),
        (None, Some((mark, _))) if reward >= 1.0 => Some(mark.clone()),
        (Some(_), Some(_)) if is_part => None,
        (None, None)
            if is_part
                && scorers
                    .iter()
                    .any(|(name, score)| *name != whole && *score >= 1.0) =>
        {
            None
        }
        _ => Some(whole),
    }
}

/// The columns that say one thing of the answer, those within a score by both names.
fn columns(object: &Object, attempt: usize, attempts: usize) -> Vec<(String, &Value)> {
    let mut columns = Vec::new();
    for (name, value) in object {
        let value = match value {
            Value::Array(list) if list.len() == attempts => list.get(attempt).unwrap_or(value),
            value => value,
        };
        match value {
            Value::Object(inner) if is_score(name) => {
                let inner = inner.iter().map(|(part, value)| {
                    let name = match SCORES.contains(&part.as_str()) {
                        true => part.clone(),
                        false => format!("{name}/{part}"),
                    };
                    (name, value)
                });
                columns.extend(inner);
            }
            Value::Array(_) | Value::Object(_) | Value::Null => {}
            value => columns.push((name.clone(), value)),
        }
    }
    columns
}

fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether a column is called a score of any kind.
pub(super) fn is_score(name: &str) -> bool {
    words(name).iter().any(|word| SCORES.contains(&word.as_str()))
}

fn says(name: &str) -> Says {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let all = |known: &[&str]| words.iter().all(|word| known.contains(word));
    let is_known = |word: &&str| RIGHT.contains(word) || QUALIFIERS.contains(word);
    let is_reward = has(&SCORES);
    // The right answer is one, and not whether one is right.
    let is_answer = || {
        let about = matches!(
            words.last(),
            Some(&("answer" | "answers" | "solution" | "label" | "value"))
        );
        about && words.first() != Some(&"is")
    };
    if words.is_empty() {
        Says::Else
    } else if has(&RIGHT) && words.iter().all(is_known) {
        match is_answer() {
            true => Says::Flag,
            false if is_reward => Says::RightReward,
            false => Says::Right,
        }
    } else if LABELS.contains(&name) {
        Says::Flag
    } else if PLAIN.contains(&name) {
        Says::Right
    } else if is_reward && all(&WHOLE) {
        Says::Whole
    } else if is_reward && has(&OF_ANSWERS) && !has(&COUNTS) {
        Says::RightReward
    } else if is_reward || has(&PARTS) {
        Says::Part
    } else if has(&COUNTS) || OTHERS.contains(&name) {
        Says::Count
    } else {
        Says::Else
    }
}

/// The number in a column of which its name says something.
fn number(value: &Value, says: Says) -> Option<f64> {
    match value {
        Value::Bool(_) => json::number(value),
        _ if says == Says::Flag => None,
        Value::String(text) => grade(text).or_else(|| json::number(value)),
        value => json::number(value),
    }
}

/// A verdict in a word.
fn grade(text: &str) -> Option<f64> {
    match text.trim().to_lowercase().as_str() {
        "true" | "correct" | "right" | "yes" => Some(1.0),
        "false" | "incorrect" | "wrong" | "no" => Some(0.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Who says what of the answer in a row, and how many say anything.
    fn verdict(row: &Value, whose: Whose) -> (Option<(String, f64)>, usize) {
        let found = of(row.as_object().unwrap(), 0, 1, whose);
        let main = found.main.map(|main| {
            let score = found.scorers[&main];
            (main, score)
        });
        (main, found.scorers.len())
    }

    #[test]
    fn a_column_says_that_an_answer_is_right_by_its_plain_name() {
        for (row, main, score) in [
            (
                json!({"format_reward": 1.0, "accuracy_reward": 0.0}),
                "accuracy_reward",
                0.0,
            ),
            (
                json!({"correctness_reward_func": 2.0, "soft_format_reward_func": 0.5}),
                "correctness_reward_func",
                2.0,
            ),
            (
                json!({"equation_reward_func": 0.0, "format_reward_func": 1.0}),
                "equation_reward_func",
                0.0,
            ),
            (json!({"acc": true}), "acc", 1.0),
            (json!({"score": 0.9, "acc": 1.0}), "acc", 1.0),
            (
                json!({"solution_correct": 0.0, "answer": 72}),
                "solution_correct",
                0.0,
            ),
            (
                json!({"rewards/accuracy_reward": 1.0}),
                "rewards/accuracy_reward",
                1.0,
            ),
            (json!({"correct": "false"}), "correct", 0.0),
            (json!({"is_correct": 1}), "is_correct", 1.0),
            (json!({"score": "correct"}), "score", 1.0),
            (json!({"completion": "a", "label": false}), "label", 0.0),
            (json!({"reward": 0.5, "entropy": 1.0}), "reward", 0.5),
            (json!({"reward": "1.0"}), "reward", 1.0),
            (json!({"reward": [1.0]}), "reward", 1.0),
            (json!({"score": {"score": 1.0, "style": 0.5}}), "score", 1.0),
            (json!({"score": {"acc": 1, "style": 0.5}}), "score/acc", 1.0),
        ] {
            assert_eq!(
                verdict(&row, Whose::Anybodys).0,
                Some((main.to_owned(), score)),
                "{row}"
            );
        }
    }

    #[test]
    fn no_other_column_is_a_verdict() {
        for row in [
            json!({"format_reward": 1.0}),
            json!({"reward_len": 312.0}),
            json!({"cosine_reward": 1.0, "difficulty": 3, "level": 5}),
            json!({"epoch": 1, "seed": 1, "rank": 1, "year": 1999}),
            json!({"answer": 72}),
            json!({"answer": 1}),
            json!({"correct_answer": 1}),
            json!({"num_correct": 3}),
            json!({"completion": "a", "label": 1}),
            json!({"text": "a", "label": true}),
            json!({"solution": 1, "exact_length": 1}),
            json!({"answer_length_reward": 1.0}),
            json!({"grade": "A"}),
            json!({"correctness": null, "format_reward": 1.0}),
            json!({"acc": 77}),
        ] {
            for whose in [Whose::Trainers, Whose::Anybodys] {
                assert_eq!(verdict(&row, whose), (None, 0), "{row}");
            }
        }
        // A grade of ten is on nobody's scale.
        assert_eq!(verdict(&json!({"score": 8}), Whose::Anybodys), (None, 0));
    }

    #[test]
    fn verifiers_score_by_functions_of_any_name_and_count_besides() {
        let row = json!({"reward": 1.2, "exact": 1.0, "tidy": 0.5, "correct_answer": 1.0, "num_turns": 1, "is_truncated": false, "year": 1999,
            "answer": 1, "seed": 1});
        assert_eq!(
            verdict(&row, Whose::Verifiers),
            (Some(("reward".to_owned(), 1.2)), 4)
        );
        let values = of(row.as_object().unwrap(), 0, 1, Whose::Verifiers).values;
        assert_eq!((&values["num_turns"], &values["year"]), (&json!(1), &json!(1999)));
    }

    #[test]
    fn of_several_answers_each_has_its_own() {
        let row = json!({"correctness_math_verify": [true, false], "score": [1.0, 0.0]});
        let scores = [0, 1].map(|at| of(row.as_object().unwrap(), at, 2, Whose::Anybodys).scorers["score"]);
        assert_eq!(scores, [1.0, 0.0]);
        assert_eq!(of(row.as_object().unwrap(), 0, 3, Whose::Anybodys).main, None);
    }
}

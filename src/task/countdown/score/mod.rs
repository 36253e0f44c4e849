//! Is this answer right? Five scorers: ours, two published ones with their quirks, so that numbers can be compared with
//! papers, and two generous ones. A plot or table must say whose score it shows.

mod answer;
mod denial;
mod end;
mod equation;
mod exact;
mod fields;
mod find;
mod loose;
mod python;
mod reasoning_gym;
mod steps;
mod tinyzero;

pub use exact::{exact, place};
pub use loose::{anywhere, last_line};
pub use reasoning_gym::reasoning_gym;
pub use tinyzero::{tinyzero, tinyzero_transcript};

use end::last_sentence;

use super::Problem;
use crate::task::court::Judgement;
use std::{borrow::Cow, collections::BTreeMap};

/// Every scorer's verdict on a completion, by name: `exact`, whose judgement is known, `tinyzero`,
/// `reasoning_gym`, `last_line`, `anywhere`.
///
/// The published scorers read `<answer>` tags only. Where a text ends with a line of the bundled language instead
/// (`answer (18-7)+4`) they are given that answer in tags: they then judge the answer, not the language.
#[must_use]
pub fn all(problem: &Problem, text: &str, exact: &Judgement) -> BTreeMap<String, f64> {
    let tagged = match answer::bundled(text) {
        Some(answer) if !text.contains("<answer>") => Cow::Owned(format!("<answer>{answer}</answer>")),
        _ => Cow::Borrowed(text),
    };
    BTreeMap::from([
        ("exact".into(), exact.score()),
        ("tinyzero".into(), tinyzero(problem, &tagged)),
        ("reasoning_gym".into(), reasoning_gym(problem, &tagged)),
        ("last_line".into(), last_line(problem, text)),
        ("anywhere".into(), anywhere(problem, text)),
    ])
}

/// What a score of one of our scorers means, in words; `None` for a scorer we do not know.
#[must_use]
pub fn describe(scorer: &str, score: f64) -> Option<&'static str> {
    let right = score >= 1.0;
    Some(match scorer {
        "exact" if right => {
            "the value is right and every number is used exactly once, or there is no solution and it says so"
        }
        "exact" => "not one expression with the right value that uses every number exactly once",
        "tinyzero" if right => "the <answer> on the last line uses every number and comes within 0.00001",
        "tinyzero" if score > 0.0 => {
            "the <answer> on the last line is wrong, or written so that it counts as that: it takes no `=` and no signs but + - * / ( )"
        }
        "tinyzero" => "no <answer> on the last line, the only one it reads",
        "reasoning_gym" if right => "the last <answer> uses every number and its value is near enough",
        "reasoning_gym" if score > reasoning_gym::UNREADABLE => {
            "the last <answer> can be worked out, but is wrong"
        }
        "reasoning_gym" => "no <answer> that can be worked out",
        "last_line" if right => "a right expression stands on the last line",
        "last_line" => "no right expression on the last line",
        "anywhere" if right => "a right expression stands somewhere in the text",
        "anywhere" => "no right expression anywhere in the text",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::court::disagreements;
    use proptest::prelude::*;

    fn scores(problem: &Problem, text: &str) -> BTreeMap<String, f64> {
        all(problem, text, &exact(problem, text, 0))
    }

    #[test]
    fn a_right_answer_of_the_bundled_language_satisfies_all() {
        let problem = Problem::parse("18 7 4 -> 15").unwrap();
        let scores = scores(
            &problem,
            "try 18-7=11 left 4 11\ncheck 11+4=15 yes\nanswer (18-7)+4\n",
        );
        assert_eq!(
            serde_json::to_string(&scores).unwrap(),
            r#"{"anywhere":1.0,"exact":1.0,"last_line":1.0,"reasoning_gym":1.0,"tinyzero":1.0}"#
        );
    }

    #[test]
    fn a_wrong_answer_gets_what_each_of_them_gives() {
        let problem = Problem::parse("18 7 4 -> 15").unwrap();
        let scores = |text| scores(&problem, text).into_values().collect::<Vec<_>>();
        assert_eq!(scores("answer (18-7)-4"), [0.0, 0.0, 0.0, 0.05, 0.1]);
        assert_eq!(scores("nothing"), [0.0, 0.0, 0.0, 0.01, 0.0]);
        assert_eq!(
            scores("<answer>18-7+4</answer>\nDone."),
            [1.0, 1.0, 0.0, 1.0, 0.0]
        );
        let all = super::all(
            &problem,
            "<answer>18-7+4</answer>\nDone.",
            &exact(&problem, "<answer>18-7+4</answer>\nDone.", 0),
        );
        assert_eq!(
            disagreements(None, true, &all),
            [
                "last_line gives 0: no right expression on the last line",
                "tinyzero gives 0: no <answer> on the last line, the only one it reads"
            ]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_a_scorer_panic(
            text in r"(answer |<answer>|</answer>|\\boxed\{|\}|[0-9+*/().=\n −×é!-]|\*\*|//){0,40}"
        ) {
            let problem = Problem::parse("18 7 4 -> 15").unwrap();
            prop_assert!(scores(&problem, &text).values().all(|score| (0.0..=1.0).contains(score)));
        }
    }
}

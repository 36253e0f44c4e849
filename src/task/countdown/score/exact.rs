//! Our scorer: the exact value is right and every number is used exactly once, whatever the rules.

use super::{fields::Stated, find::find, steps};
use crate::task::{
    countdown::{Problem, Solver, parser::Written},
    court::Judgement,
};
use std::ops::Range;

/// Of more numbers the solver is not asked whether they have a solution: it would take seconds.
const MOST_ASKED: usize = 7;

/// Judges the answer in `text`, whose thinking ends at byte `thought` (0 where none is told apart): what is marked as the
/// answer, announced as it, or as a whole said to be the goal, in this order of trust. `= value` after an answer is
/// dropped: the value is worked out, not believed. It may be that there is no solution ([`Stated::NoSolution`]).
#[must_use]
pub fn exact(problem: &Problem, text: &str, thought: usize) -> Judgement {
    let Some(found) = find(problem, text, thought) else {
        return Judgement::without_answer("no answer");
    };
    match found.answer {
        Stated::Answer(Err(error)) => {
            Judgement::without_answer(format!("the answer cannot be read: {error}"))
        }
        Stated::Answer(Ok(written)) => judge(problem, written),
        Stated::NoSolution => judge_denial(problem, text.get(found.place).unwrap_or_default()),
    }
}

/// The bytes of `text` that [`exact`] takes for the answer, marks left out; none when there is no answer.
#[must_use]
pub fn place(problem: &Problem, text: &str, thought: usize) -> Option<Range<usize>> {
    find(problem, text, thought).map(|found| found.place)
}

fn judge(problem: &Problem, written: Written) -> Judgement {
    let value = written.expr.eval();
    let wrong = misuse(&problem.numbers, &written.expr.numbers()).or_else(|| match value {
        None => Some("divides by zero or grows too large".into()),
        Some(value) if value != problem.goal() => Some(format!("is {value}, not {}", problem.target)),
        Some(_) => None,
    });
    Judgement {
        expression: steps::is_list(&written).then(|| written.expr.to_string()),
        answer: Some(written.ascii),
        value,
        correct: wrong.is_none(),
        reason: wrong.unwrap_or_default(),
        unknown: false,
    }
}

/// Judges `word`, which says that there is no solution.
fn judge_denial(problem: &Problem, word: &str) -> Judgement {
    let unknown = problem.numbers.len() > MOST_ASKED;
    let reason = if unknown {
        Some("says there is no solution, which of so many numbers is not known".to_owned())
    } else {
        let solution = Solver::new(problem.rules).solution(&problem.values(), problem.goal());
        solution.map(|solution| format!("says there is no solution, but {solution} is one"))
    };
    Judgement {
        answer: Some(word.to_owned()),
        correct: reason.is_none(),
        unknown,
        ..Judgement::without_answer(reason.unwrap_or_default())
    }
}

/// The first number that is not used exactly as often as it was given.
fn misuse(given: &[i64], used: &[i64]) -> Option<String> {
    let count = |list: &[i64], number| list.iter().filter(|n| **n == number).count();
    used.iter()
        .chain(given)
        .find_map(|&number| match (count(given, number), count(used, number)) {
            (given, used) if given == used => None,
            (0, _) => Some(format!("uses {number}, which was not given")),
            (1, 0) => Some(format!("does not use {number}")),
            (1, 2) => Some(format!("uses {number} twice")),
            (given, used) => Some(format!("uses {number} {}, not {}", times(used), times(given))),
        })
}

fn times(count: usize) -> String {
    match count {
        0 => "not at all".into(),
        1 => "once".into(),
        2 => "twice".into(),
        n => format!("{n} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(problem: &str, text: &str) -> Judgement {
        exact(&Problem::parse(problem).unwrap(), text, 0)
    }

    fn reason(text: &str) -> String {
        judged("18 7 4 -> 15", text).reason
    }

    #[test]
    fn a_right_answer_is_right_however_it_is_marked() {
        for text in [
            "try 18-7=11 left 4 11\nanswer (18-7)+4\n",
            "answer (18-7)+4=15",
            "so <answer>\n(18 − 7) + 4 = 15\n</answer> is it",
            r"Thus $\boxed{(18-7)+4}$.",
            "18-7=11\n11+4=15\n**(18 - 7) + 4 = 15**\nDone!",
            "Final answer: 15 = (18-7)+4",
        ] {
            let judgement = judged("18 7 4 -> 15", text);
            assert_eq!(judgement.answer.as_deref(), Some("(18-7)+4"), "{text}");
            assert!(judgement.correct && judgement.reason.is_empty(), "{text}");
            assert_eq!(judgement.value, Some(15.into()));
        }
    }

    /// Whole sequences begin with a prompt that shows what an answer looks like.
    #[test]
    fn an_example_in_the_prompt_is_no_answer() {
        let prompt = "User: Make 15 of 18, 7 and 4, for example <answer> (1 + 2) / 3 </answer>.\nAssistant: ";
        let judge = |said: &str| judged("18 7 4 -> 15", &format!("{prompt}{said}"));
        assert_eq!(judge("I give up.").reason, "no answer");
        assert!(judge("18 - 7 = 11. So it is <answer>18-7+4</answer>").correct);
        assert!(judge("<think>18 - 7</think>\nSo 18-7+4.").correct);
    }

    /// Rollouts often keep the tokens that end a turn, and those that fill up a batch.
    #[test]
    fn tokens_that_end_a_turn_are_no_part_of_an_answer() {
        for end in [
            "<|im_end|>",
            "<|eot_id|>\n",
            "</s>",
            "<end_of_turn>",
            "<\u{ff5c}end\u{2581}of\u{2581}sentence\u{ff5c}>",
            "<|endoftext|><|endoftext|>",
        ] {
            for text in [
                "18 - 7 = 11. So 18-7+4.",
                "It is\n18-7+4",
                "<answer>18-7+4</answer>",
            ] {
                let judgement = judged("18 7 4 -> 15", &format!("{text}{end}"));
                assert_eq!(judgement.answer.as_deref(), Some("18-7+4"), "{text}{end}");
            }
            let denied = judged("9 8 7 -> 1000", &format!("There is no solution.{end}"));
            assert_eq!(denied.answer.as_deref(), Some("There is no solution"), "{end}");
        }
        let unopened = judged("18 7 4 -> 15", "18 - 7 = 11. So 18-7+4.</answer>");
        assert_eq!(unopened.answer.as_deref(), Some("18-7+4"));
    }

    #[test]
    fn the_place_of_the_answer_is_what_was_judged() {
        let problem = Problem::parse("18 7 4 -> 15").unwrap();
        for (text, answer) in [
            ("try 18-7=11 left 4 11\nanswer (18-7)+4\n", "(18-7)+4"),
            ("so <answer>\n18-7+4\n</answer> is it", "18-7+4"),
            (r"Thus $\boxed{(18-7)+4}$.", "(18-7)+4"),
            ("18-7=11\nSo 18-7+4=15.\nDone!", "18-7+4=15"),
            ("The answer is **18 - 7 + 4**.", "18 - 7 + 4"),
        ] {
            let place = place(&problem, text, 0);
            assert_eq!(
                place.map(|place| text[place].trim_matches([' ', '*'])),
                Some(answer)
            );
        }
        assert_eq!(place(&problem, "I give up.", 0), None);
    }

    #[test]
    fn what_is_wrong_is_said_in_a_few_words() {
        assert_eq!(reason("answer (18-7)+5"), "uses 5, which was not given");
        assert_eq!(reason("answer (18-7)-4"), "is 7, not 15");
        assert_eq!(reason("answer 7+7+4"), "uses 7 twice");
        assert_eq!(reason("answer 18-7"), "does not use 4");
        assert_eq!(reason("answer 18/(7-7)+4"), "uses 7 twice");
        assert_eq!(reason("I give up."), "no answer");
        assert!(reason("answer (18-7)+").contains("ends too early"));
        assert!(reason("<answer>fifteen</answer>").contains("cannot be read"));
        assert_eq!(judged("5 5 -> 10", "answer 5").reason, "uses 5 once, not twice");
        assert_eq!(
            judged("5 5 1 -> 10", "answer 5+5+5+1").reason,
            "uses 5 3 times, not twice"
        );
        assert_eq!(
            judged("5 3 3 -> 10", "answer 5/(3-3)").reason,
            "divides by zero or grows too large"
        );
    }

    #[test]
    fn the_rules_of_the_moves_do_not_matter_for_the_answer() {
        let problem = r#"{"numbers":[3,3,8,8],"target":24,"rules":"integer"}"#;
        assert!(judged(problem, "answer 8/(3-8/3)").correct);
    }

    #[test]
    fn a_claimed_value_is_not_believed() {
        assert_eq!(reason("answer (18-7)-4=15"), "is 7, not 15");
    }

    #[test]
    fn lines_of_reasoning_are_not_answers() {
        assert_eq!(reason("check 7*4=28 not 15\n15=?-4 so need 19\n15"), "no answer");
    }

    /// What is judged of a text on `3 5 7 -> 22`, thinking told apart by its tags.
    fn taken(text: &str) -> Option<String> {
        let thought = text.find("</think>").map_or(0, |at| at + "</think>".len());
        exact(&Problem::parse("3 5 7 -> 22").unwrap(), text, thought).answer
    }

    #[test]
    fn an_answer_that_is_announced_in_words_counts_whatever_stands_before_it() {
        for text in [
            "The answer is 3 * 5 + 7.",
            "7*5 = 35. 35 - 3 = 32, too big.\nThe answer is 3 * 5 + 7.",
            "5 + 7 = 12\n**Answer:** $3 \\times 5 + 7$",
            "5 + 7 = 12\n{\"answer\": \"3*5+7\"}",
            "5 + 7 = 12\n### Final Answer\n\n`3 * 5 + 7`\n",
            "3 + 5 + 7 = 15.\nThe solution is:\n\\[\n3 \\times 5 + 7 = 22\n\\]\nIt uses 3 and 5 + 7.",
            "An expression that equals 22 using 3, 5 and 7 is 3*5+7.",
            "The answer is 15 + 7 = 22, which is 3*5+7.",
            "So the final answer would be **3 x 5 + 7 = 22**. Check: 15 + 7 = 22.",
            "The answer is 3 + 5 * 7 = 38? No. 3*5+7 = 22!",
            "The expression is:\n```\n3*5+7\n```",
        ] {
            assert_eq!(taken(text).as_deref(), Some("3*5+7"), "{text}");
        }
        assert_eq!(taken("3*5+7 = 22, but my answer is 3+5.").as_deref(), Some("3+5"));
        assert_eq!(taken("The answer is 3 + 5 * 7 = 38.").as_deref(), Some("3+5*7"));
    }

    #[test]
    fn the_answer_stands_behind_the_thinking_where_there_is_one() {
        for text in [
            "<think>3 + 5 + 7 = 15. Let me double check: 15 + 7 = 23? No, 22. Right.</think>\nThe answer is **3 \u{d7} 5 + 7**.",
            "<think>The answer is 7 + 3 * 5? <answer>7+3*5</answer></think>\n3*5+7",
            "<think>So 3*5+7 = 22.</think>\nDone.",
            "<think>So the answer is 3*5+7.</think>\nIt uses 5 + 7.",
        ] {
            assert_eq!(taken(text).as_deref(), Some("3*5+7"), "{text}");
        }
    }

    #[test]
    fn where_nothing_is_announced_the_last_whole_expression_that_is_said_to_be_the_goal_counts() {
        for text in [
            "7*5 = 35. 35 - 3 = 32, too big.\nSo 3*5+7 = 22.",
            "3*5+7 gives 22. 22 - 22 = 0.",
            "3 + 5 + 7 = 15\n\n3*5+7\n\n",
            "7 + 3 * 5\n- **3*5+7** \u{2713}",
            "Thus $$3 \\times 5 + 7 = \\boxed{22}$$",
        ] {
            assert_eq!(taken(text).as_deref(), Some("3*5+7"), "{text}");
        }
        for text in [
            "Option 3: 8 - 6 = 2, 10 + 4 = 14, and so on.",
            "3 * 5 = 15\n15 + 7 = 22\nThen 3 + 5 = 8",
            "Let me try 3 + 5 * 7 = 38, too big.",
            "Let me find an expression: 3 + 5 = 8, no.",
            "Can 3 * 5 + 7 do?",
            "I know the answer.",
        ] {
            assert_eq!(taken(text), None, "{text}");
        }
    }

    #[test]
    fn an_answer_may_be_announced_in_other_languages() {
        for text in [
            "5 + 7 = 12\nAntwort: 3 * 5 + 7",
            "Die Antwort lautet 3 * 5 + 7.",
            "5 + 7 = 12\n\u{7b54}\u{6848}\u{ff1a}3 \u{d7} 5 + 7",
            "\u{6240}\u{4ee5}\u{7b54}\u{6848}\u{662f} 3 * 5 + 7",
        ] {
            assert_eq!(taken(text).as_deref(), Some("3*5+7"), "{text}");
        }
    }

    #[test]
    fn an_answer_may_be_announced_by_other_words() {
        for text in [
            "5 + 7 = 12\nR\u{e9}ponse : 3 * 5 + 7",
            "5 + 7 = 12\n\u{41e}\u{442}\u{432}\u{435}\u{442}: 3 * 5 + 7",
            "5 + 7 = 12\nRespuesta: 3 * 5 + 7",
            "5 + 7 = 12\nFinal: 3*5+7",
            "5 + 7 = 12\nSUCCESS: 3*5+7",
        ] {
            assert_eq!(taken(text).as_deref(), Some("3*5+7"), "{text}");
        }
        assert_eq!(taken("The final step: 3 + 5."), None);
    }

    #[test]
    fn a_false_equation_that_is_asked_or_denied_is_no_answer() {
        for text in [
            "7 * 5 - 3 = 22? No, that's 32.",
            "Maybe 7 * 5 - 3 = 22? It's 32.",
            "7 * 5 - 3 = 22 is false.",
            "Let me see if 7 * 5 - 3 = 22: it is 32.",
        ] {
            assert_eq!(taken(text), None, "{text}");
        }
        assert_eq!(taken("Is 3 * 5 + 7 = 22? Yes!").as_deref(), Some("3*5+7"));
    }

    #[test]
    fn a_factor_without_a_sign_is_one_and_the_published_scorers_know_none() {
        let problem = Problem::parse("3 5 6 7 -> 24").unwrap();
        for text in [
            "Answer: (5 + 7)(6 / 3)",
            "<answer>(5+7)(6/3)</answer>",
            "answer (5+7)(6/3)",
            "(5 + 7)(6 / 3) = 12 * 2 = 24",
            r"\boxed{(5+7)\left(\frac{6}{3}\right)}",
            "[(5 + 7) \u{d7} (6 \u{f7} 3)] = 12 \u{d7} 2 = 24",
        ] {
            let judgement = exact(&problem, text, 0);
            assert!(judgement.correct, "{text}: {judgement:?}");
            let scores = super::super::all(&problem, text, &judgement);
            assert_eq!((scores["anywhere"], scores["last_line"]), (1.0, 1.0), "{text}");
            assert!(
                scores["tinyzero"] < 1.0 && scores["reasoning_gym"] < 1.0,
                "{text}"
            );
        }
        assert!(judged("1 2 7 -> 12", "2(7 - 1) = 2(6) = 12. So the answer is 2(7 - 1).").correct);
        assert_eq!(
            judged("18 7 4 -> 15", "In step 2(18 - 7 + 4 = 15).")
                .answer
                .as_deref(),
            Some("18-7+4")
        );
    }

    #[test]
    fn what_a_base_model_asks_itself_behind_its_answer_is_not_judged() {
        for next in ["\n\nUser: ", "\nHuman: ", "<|im_end|>\n<|im_start|>user\n"] {
            let behind = "Using the numbers 3, 5, 8, make 19.\nAssistant: <think>3 * 8</think><answer>3 * 8 - 5</answer>";
            for (answer, wanted) in [
                ("So the answer is 18 - 7 + 4 = 15.", Some("18-7+4")),
                (
                    "<think>18 - 7</think>\n<answer>18 - 7 + 4</answer>",
                    Some("18-7+4"),
                ),
                ("18 - 7 = 11. I give up.", None),
            ] {
                let text = format!("{answer}{next}{behind}");
                let at = text.rfind("</think>").unwrap_or_default();
                let judgement = exact(&Problem::parse("18 7 4 -> 15").unwrap(), &text, at);
                assert_eq!(judgement.answer.as_deref(), wanted, "{text}");
            }
        }
        assert_eq!(
            taken("<think>3 * 5\nUser: wants 22.</think>So 3 * 5 + 7.").as_deref(),
            Some("3*5+7")
        );
    }

    #[test]
    fn words_within_the_tags_are_no_part_of_the_answer() {
        assert_eq!(
            taken("<answer>It is 3*5+7 = 22.</answer>").as_deref(),
            Some("3*5+7")
        );
        assert!(
            judged(
                "5 5 5 1 -> 24",
                r"the answer is $5 \times (5 - \frac{1}{5}) = 24$"
            )
            .correct
        );
    }

    #[test]
    fn the_answer_keeps_the_parentheses_of_the_text() {
        assert_eq!(
            judged("18 7 4 -> 15", "answer 18 - 7 + 4").answer.as_deref(),
            Some("18-7+4")
        );
    }
}

//! The problem of a text that begins with its prompt, as whole sequences do that a trainer has printed.

use super::Row;
use crate::task::{countdown::question, sudoku, turns};
use serde_json::json;

/// Takes the problem from the prompt that the row's text begins with, where the row names neither.
pub(super) fn hear(row: &mut Row) {
    let trace = &mut row.trace;
    if row.problem.is_some() || trace.problem.is_some() || trace.prompt.is_some() {
        return;
    }
    let Some((asked, _)) = turns(&trace.text) else {
        return;
    };
    if matches!(trace.task.as_deref(), None | Some("countdown")) {
        row.problem = question(asked);
    }
    if row.problem.is_none() && sudoku::question(asked).is_some() {
        trace.problem = Some(json!({ "question": asked }));
    }
}

#[cfg(test)]
mod tests {
    use crate::trace::import::Rows;
    use serde_json::json;

    const ASKED: &str = "Using the numbers [18, 7, 4], create an equation that equals 15. You can use basic arithmetic \
        operations (+, -, *, /) and each number can only be used once. Show your work in <think> </think> tags. And return \
        the final answer in <answer> </answer> tags, for example <answer> (1 + 2) / 3 </answer>.";

    /// The problem that is found in a file with this text alone, and in a row with it.
    fn problems(text: &str) -> [Option<String>; 2] {
        let row = json!({ "text": text }).to_string();
        [text, &row].map(|file| {
            let row = Rows::new(file.as_bytes(), "f").next().unwrap().unwrap().unwrap();
            let problem = row.problem.map(|problem| problem.to_string());
            problem.or_else(|| Some(row.trace.problem?.to_string()))
        })
    }

    #[test]
    fn a_text_that_begins_with_its_prompt_has_the_problem_of_that() {
        for text in [
            format!(
                "<|im_start|>system\nYou help.<|im_end|>\n<|im_start|>user\n{ASKED}<|im_end|>\n<|im_start|>assistant\nLet me see."
            ),
            format!(
                "A conversation between User and Assistant.\nUser: {ASKED}\nAssistant: Let me see.\nUser: Use 2 and 3 to make 6.\nAssistant: 2*3"
            ),
            format!("<s>[INST] {ASKED} [/INST] Let me see."),
            format!(
                "<|start|>user<|message|>{ASKED}<|end|><|start|>assistant<|channel|>analysis<|message|>Let me see.<|end|>"
            ),
        ] {
            let found = problems(&text);
            assert!(
                found.iter().all(|found| found.as_deref() == Some("18 7 4 -> 15")),
                "{text} {found:?}"
            );
        }
        let sudoku = "User: Solve this Sudoku:\n_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\nAssistant: Let me see.";
        assert!(
            problems(sudoku)
                .iter()
                .all(|found| found.as_ref().is_some_and(|found| found.contains("_ 4 _ 1")))
        );
    }

    #[test]
    fn what_a_base_model_goes_on_with_behind_its_answer_stays_its_own() {
        let turn = |role: &str, said: &str| format!("<|im_start|>{role}\n{said}<|im_end|>\n");
        let more = [turn("user", "More?"), turn("assistant", "<answer>7</answer>")].concat();
        let text = [
            turn("user", ASKED),
            turn("assistant", "<answer>18 - 7 + 4</answer>"),
            more,
        ]
        .concat();
        let row = Rows::new(text.as_bytes(), "f").next().unwrap().unwrap().unwrap();
        assert!(row.trace.text.starts_with("<answer>18") && row.trace.text.contains("<|im_start|>user"));
        assert_eq!(row.problem.unwrap().to_string(), "18 7 4 -> 15");
    }

    #[test]
    fn a_text_without_a_prompt_of_a_problem_has_none() {
        let greeted = problems("User: How are you?\nAssistant: Fine.");
        assert!(
            greeted.iter().all(|found| found
                .as_deref()
                .is_some_and(|found| found.contains("How are you?"))),
            "{greeted:?}"
        );
        for text in [
            "Using the numbers 18, 7 and 4 I make 15.",
            "Assistant: Let me see. User: Using 18, 7 and 4, make 15.",
        ] {
            assert_eq!(problems(text), [None, None], "{text}");
        }
    }
}

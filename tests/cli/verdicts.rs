//! `backtrail analyze`: which rows have a verdict, and which answer it is about.

use crate::home::Home;
use serde_json::{Value, json};

const GOOD: &str = r#"{"text":"answer (18-7)+4\n","problem":"18 7 4 -> 15"}"#;

#[test]
fn a_file_that_cannot_be_opened_hides_none_of_the_others() {
    let home = Home::new();
    home.file("a.jsonl", format!("{GOOD}\n"));
    home.file("b.jsonl", format!("{GOOD}\n"));
    let ran = home.run(&[
        "analyze",
        "none.jsonl",
        "a.jsonl",
        "nor.jsonl",
        "b.jsonl",
        "--json",
    ]);
    assert_eq!((ran.code, ran.out.lines().count()), (Some(2), 2), "{}", ran.err);
    for name in ["none.jsonl cannot be opened", "nor.jsonl cannot be opened"] {
        assert!(ran.err.contains(name), "{}", ran.err);
    }
}

#[test]
fn problems_that_nobody_has_answered_have_no_verdict_and_answers_in_columns_are_read() {
    let home = Home::new();
    let gym = json!({"question": "Using the numbers 18, 7, 4, create an expression that equals 15.", "answer": "18-7+4",
        "metadata": {"source_dataset": "countdown", "numbers": [18, 7, 4], "target": 15}});
    let mut written = gym.clone();
    written["generation"] = "<answer>18-7+4</answer>".into();
    let zero = json!({"prompt": [{"role": "user", "content": "q"}], "nums": [18, 7, 4], "target": 15,
        "reward_model": {"ground_truth": {"numbers": [18, 7, 4], "target": 15}}});
    let empty = json!({"text": "", "problem": "18 7 4 -> 15"});
    let rows = [&gym, &zero, &written, &empty].map(|row| row.to_string() + "\n");
    home.file("rows.jsonl", rows.concat());
    let traces = home.run(&["analyze", "rows.jsonl", "--json"]).json();
    assert_eq!(
        (&traces[0]["outcome"], &traces[1]["outcome"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(traces[2]["outcome"]["correct"], true);
    assert_eq!(
        traces[3]["outcome"]["correct"], false,
        "a model that wrote nothing is wrong"
    );
    let text = home.run(&["analyze", "rows.jsonl"]).answer();
    assert!(
        text.starts_with("#0  no verdict: the row has no text of a model\n"),
        "{text}"
    );
}

#[test]
fn a_recorded_verdict_is_shown_beside_the_answer_that_the_text_marks() {
    let home = Home::new();
    let row = json!({"text": "So it is 6.\n\\boxed{6.17}", "question": "What is x?", "score": 1.0});
    home.file("a.jsonl", row.to_string());
    let trace = home.run(&["analyze", "a.jsonl", "--json"]).json().remove(0);
    assert_eq!(
        (&trace["outcome"]["answer"], &trace["outcome"]["scorer"]),
        (&json!("6.17"), &json!("recorded"))
    );
    assert!(
        home.run(&["analyze", "a.jsonl"])
            .answer()
            .starts_with("#0  \u{2713} 6.17\n")
    );
}

#[test]
fn numbers_that_are_no_verdict_are_shown_as_they_are_recorded() {
    let home = Home::new();
    let row = json!({"prompt": "Capital?", "completion": "Canberra.", "format_reward": 1.0, "seed": 7, "advantage": 0.1});
    home.file("a.jsonl", format!("{row}\n"));
    let text = home.run(&["analyze", "a.jsonl"]).answer();
    assert!(
        text.contains("no verdict: ")
            && text.contains("    recorded   ")
            && text.contains("format_reward 1.0"),
        "{text}"
    );
    assert!(!text.contains("disagree"), "{text}");
}

//! What rows say of their answers: a verdict only where a column plainly is one.

use super::*;

/// Whether the answers of a row are right, by whom.
fn verdicts(row: &serde_json::Value) -> Vec<Option<(bool, String)>> {
    let rows = rows(row.to_string().as_bytes()).into_iter();
    rows.map(|row| {
        let outcome = row.unwrap().trace.outcome?;
        Some((outcome.correct, outcome.scorer))
    })
    .collect()
}

fn by(scorer: &str, correct: bool) -> Option<(bool, String)> {
    Some((correct, scorer.to_owned()))
}

/// A row with more columns.
fn with(mut row: serde_json::Value, columns: serde_json::Value) -> serde_json::Value {
    for (name, value) in columns.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

#[test]
fn no_reward_for_form_no_count_and_no_reference_is_a_verdict() {
    let trl = json!({"step": 1, "prompt": "Capital?", "completion": "Canberra.", "advantage": 0.1});
    for (columns, wanted) in [
        (
            json!({"format_reward": 1.0, "accuracy_reward": 0.0}),
            by("accuracy_reward", false),
        ),
        (json!({"format_reward": 1.0}), None),
        (json!({"reward_len": 312.0}), None),
        (json!({"epoch": 1, "seed": 1, "rank": 1}), None),
        (json!({"year": 1999}), None),
        (
            json!({"answer": 72, "solution_correct": 0.0}),
            by("solution_correct", false),
        ),
        (json!({"difficulty": 3, "level": 5, "cosine_reward": -0.5}), None),
        (json!({"correctness_reward": null, "format_reward": 1.0}), None),
        (
            json!({"length_penalty": -0.3, "soft_format_reward_func": 0.5, "correctness_reward_func": 2.0}),
            by("correctness_reward_func", true),
        ),
        (
            json!({"entropy": 1.0, "num_tokens": 1, "reward": 0.0}),
            by("reward", false),
        ),
    ] {
        let row = with(trl.clone(), columns);
        assert_eq!(verdicts(&row), [wanted], "{row}");
    }
    // What says nothing of that is told as it stands.
    let row = with(trl, json!({"reward_len": 312.0, "format_reward": 1.0}));
    let trace = rows(row.to_string().as_bytes()).remove(0).unwrap().trace;
    let values = &trace.source.unwrap()["values"];
    assert_eq!(
        (&values["reward_len"], &values["format_reward"]),
        (&json!(312.0), &json!(1.0))
    );
}

#[test]
fn scorers_are_those_that_score() {
    let row = json!({"example_id": 1, "prompt": "Capital?", "completion": "Canberra.", "reward": 1.2, "exact": 1.0,
        "num_turns": 1, "is_truncated": false, "num_tokens": 9, "target": 15, "year": 1999});
    let outcome = rows(row.to_string().as_bytes())
        .remove(0)
        .unwrap()
        .trace
        .outcome
        .unwrap();
    let scorers: Vec<&str> = outcome.scorers.keys().map(String::as_str).collect();
    assert_eq!(
        (outcome.scorer.as_str(), scorers),
        ("reward", vec!["exact", "reward"])
    );
}

#[test]
fn a_verdict_in_a_plain_column_is_taken_whatever_the_row_is() {
    let answered = json!({"question": "Capital?", "response": "Canberra.", "answer": "Canberra"});
    for (columns, wanted) in [
        (json!({"correct": true}), by("correct", true)),
        (json!({"is_correct": false}), by("is_correct", false)),
        (json!({"score": "correct"}), by("score", true)),
        (json!({"correct": "false"}), by("correct", false)),
        (json!({"correct": 1}), by("correct", true)),
        (json!({"reward": 0.5}), by("reward", false)),
        (json!({"label": true}), None),
        (json!({"grade": "A"}), None),
        (json!({"score": 7}), None),
    ] {
        let row = with(answered.clone(), columns);
        assert_eq!(verdicts(&row), [wanted], "{row}");
    }
    for (row, wanted) in [
        (
            json!({"prompt": "Capital?", "completion": "Sydney.", "label": false}),
            by("label", false),
        ),
        (
            json!({"input": "Capital?", "output": "Canberra.", "score": 0.9, "step": 1, "acc": 1.0}),
            by("acc", true),
        ),
        (
            json!({"input": "Capital?", "output": "Canberra.", "score": {"score": 1.0, "acc": 1.0}, "step": 1}),
            by("score/acc", true),
        ),
        (
            json!({"input": [{"role": "user", "content": "Capital?"}], "output": "Canberra.", "score": "1.0", "step": 1}),
            by("score", true),
        ),
        (
            json!({"prompt": "Capital?", "completion": "Canberra.", "reward": "1.0"}),
            by("reward", true),
        ),
        (
            json!({"prompt": "Capital?", "completion": "Canberra.", "reward": [1.0]}),
            by("reward", true),
        ),
        (
            json!({"messages": [{"role": "assistant", "content": "Canberra."}], "is_correct": true}),
            by("is_correct", true),
        ),
        (
            json!({"question": "Legs?", "answer": "12", "metadata": {"source_dataset": "leg_counting"},
                "full_model_response": "12", "score": 1.0}),
            by("score", true),
        ),
        (
            json!({"id": "two", "epoch": 1, "messages": [{"role": "assistant", "content": "Canberra."}],
                "scores": {"grade": {"value": {"style": 0.5, "acc": 1}}}}),
            by("grade/acc", true),
        ),
        (
            json!({"id": "two", "epoch": 1, "messages": [{"role": "assistant", "content": "Canberra."}],
                "scores": {"grade": {"value": {"style": 0.5}}}}),
            None,
        ),
    ] {
        assert_eq!(verdicts(&row), [wanted], "{row}");
    }
}

#[test]
fn of_several_answers_each_has_its_own_verdict() {
    for (columns, scorer) in [
        (
            json!({"generations": ["a.", "b."], "correctness_math_verify": [true, false]}),
            "correctness_math_verify",
        ),
        (
            json!({"responses": ["a.", "b."], "correct": [true, false]}),
            "correct",
        ),
        (
            json!({"completions": ["a.", "b."], "rewards": [1.0, 0.0]}),
            "rewards",
        ),
    ] {
        let row = with(json!({"prompt": "Capital?"}), columns);
        assert_eq!(verdicts(&row), [by(scorer, true), by(scorer, false)], "{row}");
    }
}

/// Whether each answer of a file is right.
fn right(rows: &[serde_json::Value]) -> Vec<Option<bool>> {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let rows = super::rows(text.as_bytes()).into_iter();
    rows.map(|row| row.unwrap().trace.outcome.map(|outcome| outcome.correct))
        .collect()
}

#[test]
fn scores_are_verdicts_only_where_the_files_others_are_from_0_to_1() {
    let each = |name: &str, scores: &[f64], row: &serde_json::Value| -> Vec<Option<bool>> {
        let rows: Vec<_> = scores
            .iter()
            .map(|score| with(row.clone(), json!({name: score})))
            .collect();
        right(&rows)
    };
    let answered = json!({"question": "Capital?", "response": "Canberra."});
    let verl = json!({"input": "Capital?", "output": "Canberra.", "step": 3});
    let text = json!({"text": "Canberra."});
    let (yes, no) = (Some(true), Some(false));
    for row in [&answered, &verl, &text] {
        assert_eq!(each("score", &[1.0, 2.0, 3.0, 4.0, 5.0], row), [None; 5], "{row}");
        assert_eq!(each("score", &[1.0, 0.0, 0.1], row), [yes, no, no], "{row}");
        assert_eq!(each("reward", &[0.9, 0.5, 3.7], row), [None; 3], "{row}");
        // What is known later holds from there on.
        let scores = [vec![1.0; 40], vec![5.0], vec![1.0]].concat();
        let found = each("score", &scores, row);
        assert_eq!((found[0], found[40], found[41]), (yes, None, None), "{row}");
    }
    assert_eq!(each("score", &[3.7, -2.1, 0.9, 5.0, 1.1], &verl), [None; 5]);
    assert_eq!(each("score", &[1.0, -1.0], &verl), [yes, no]);
    assert_eq!(each("accuracy_reward", &[2.0, 0.0], &answered), [yes, no]);
    // The number is kept.
    let rows: String = [1, 5]
        .iter()
        .map(|score| format!("{}\n", with(answered.clone(), json!({"score": score}))))
        .collect();
    let first = super::rows(rows.as_bytes()).remove(0).unwrap();
    assert_eq!(
        (
            first.trace.source.unwrap()["values"]["score"].as_f64(),
            first.recorded
        ),
        (Some(1.0), None)
    );
}

#[test]
fn a_reward_that_is_a_sum_is_no_verdict_against_the_part_that_says_what_is_right() {
    let row = json!({"example_id": 1, "prompt": "Capital?", "completion": "Canberra."});
    for (columns, wanted) in [
        (
            json!({"reward": 0.8, "correct_answer": 1.0, "format": 0.0}),
            by("correct_answer", true),
        ),
        (
            json!({"reward": 1.2, "correct_answer": 1.0, "format": 0.2}),
            by("reward", true),
        ),
        (
            json!({"reward": 0.2, "correct_answer": 0.0, "format": 1.0}),
            by("reward", false),
        ),
        (
            json!({"reward": 1.5, "exact": 0.0, "format": 1.0}),
            by("exact", false),
        ),
        (json!({"reward": 0.8, "judge": 1.0, "format": 0.0}), None),
        (json!({"reward": 0.8}), by("reward", false)),
        (json!({"reward": 0.0, "format": 1.0}), by("reward", false)),
    ] {
        assert_eq!(
            verdicts(&with(row.clone(), columns.clone())),
            [wanted],
            "{columns}"
        );
    }
}

#[test]
fn a_sample_that_failed_before_the_model_spoke_was_asked_once() {
    let user = json!({"role": "user", "content": "Capital?"});
    let row = json!({"id": 9, "epoch": 1, "input": "Capital?", "messages": [user],
        "output": {"choices": [{"message": user, "stop_reason": "stop"}]}, "error": {"message": "ConnectionError: x"}});
    let trace = rows(row.to_string().as_bytes()).remove(0).unwrap().trace;
    assert_eq!(
        (trace.prompt.as_deref(), trace.text.as_str()),
        (Some("Capital?"), "")
    );
}

//! What stands beside a text in its row: other texts, earlier turns, right answers, scores. Nothing of it is lost in silence.

use super::*;

fn line(row: &serde_json::Value) -> Vec<Row> {
    rows(row.to_string().as_bytes())
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

fn chat(turns: &[(&str, &str)]) -> serde_json::Value {
    turns
        .iter()
        .map(|(role, content)| json!({"role": role, "content": content}))
        .collect()
}

/// The right answer that is known of a row.
fn answer(row: &Row) -> serde_json::Value {
    row.trace
        .problem
        .as_ref()
        .map_or_else(Default::default, |problem| problem["answer"].clone())
}

#[test]
fn several_generations_beside_a_chat_with_one_of_them_are_all_read() {
    let row = json!({"problem": "What is 3+4?", "solution": "3+4=7", "answer": "7", "generations": ["a 7", "b 8"],
        "correctness_math_verify": [true, false], "finish_reasons": ["stop", "length"],
        "messages": chat(&[("user", "What is 3+4?"), ("assistant", "a 7")])});
    let rows = line(&row);
    let said: Vec<_> = rows
        .iter()
        .map(|row| (row.trace.text.as_str(), row.trace.is_correct()))
        .collect();
    assert_eq!(said, [("a 7", true), ("b 8", false)]);
    assert_eq!(answer(&rows[1]), "7");
}

#[test]
fn an_answer_beside_the_turns_before_it_is_the_new_one() {
    let history = chat(&[
        ("user", "1+1?"),
        ("assistant", "HIST 2"),
        ("user", "What is 3+4?"),
    ]);
    for (messages, name) in [
        ("messages", "response"),
        ("messages", "completion"),
        ("messages", "output"),
        ("conversations", "response"),
    ] {
        let rows = line(&json!({messages: history, name: "It is 7."}));
        assert_eq!(
            (rows.len(), rows[0].trace.text.as_str()),
            (1, "It is 7."),
            "{messages} {name}"
        );
        assert_eq!(
            rows[0].trace.problem.as_ref().unwrap()["question"],
            "What is 3+4?"
        );
    }
    let answer = json!({"choices": [{"message": {"role": "assistant", "content": "It is 7."}, "finish_reason": "stop"}]});
    for (request, response) in [
        ("request", "response"),
        ("body", "response"),
        ("input", "output"),
        ("inputs", "outputs"),
    ] {
        let rows = line(&json!({request: {"messages": history}, response: answer}));
        assert_eq!(rows[0].trace.text, "It is 7.", "{request} {response}");
        assert_eq!(
            rows[0].trace.problem.as_ref().unwrap()["question"],
            "What is 3+4?"
        );
    }
    let rows = line(&json!({"messages": history, "input": {"x": 1}, "choices": answer["choices"]}));
    assert_eq!(
        rows[0].trace.problem.as_ref().unwrap()["question"],
        "What is 3+4?"
    );
    let rows = line(&json!({"messages": history, "chosen": "c", "rejected": "r"}));
    assert_eq!(
        rows.iter().map(|row| row.trace.text.as_str()).collect::<Vec<_>>(),
        ["c", "r"]
    );
}

#[test]
fn another_text_of_a_model_that_is_not_read_is_told() {
    let talk = chat(&[("user", "q"), ("assistant", "It is 8.")]);
    for row in [
        json!({"messages": talk, "generation": "It is 7."}),
        json!({"question": "q", "response": "It is 7.", "responses": ["a", "b"]}),
        json!({"text": "It is 7.", "response": "No, 8."}),
    ] {
        let rows = line(&row);
        let told = mended(&rows[0]).unwrap_or_default();
        assert!(
            rows.len() == 1 && told.contains("which is not read beside its"),
            "{row}: {told}"
        );
    }
    for row in [
        json!({"messages": talk, "generation": "It is 8."}),
        json!({"question": "q", "response": "It is 7.", "prediction": "7"}),
    ] {
        assert_eq!(mended(&line(&row)[0]), None, "{row}");
    }
}

#[test]
fn the_right_answer_beside_a_chat_or_a_question_is_kept_and_numbers_are_values() {
    let talk = chat(&[("user", "What is 3+4?"), ("assistant", "3 + 4 = 8.")]);
    for name in ["answer", "ground_truth", "target"] {
        let rows = line(&json!({"messages": talk, name: "7", "correct": false, "difficulty": 3}));
        assert_eq!(answer(&rows[0]), "7", "{name}");
        assert_eq!(rows[0].trace.source.as_ref().unwrap()["values"]["difficulty"], 3);
    }
    let rows = line(&json!({"prompt": "q", "completion": "It is 8.", "answer": "7", "correct": false}));
    assert_eq!(answer(&rows[0]), "7");
    let rows = line(&json!({"input": "q", "target": "7", "output": "3 + 4 = 7.", "correct": 1}));
    assert_eq!((answer(&rows[0]), rows[0].trace.is_correct()), (json!("7"), true));
}

#[test]
fn thinking_beside_a_completion_and_verdicts_beside_or_in_responses_are_read() {
    let row = json!({"prompt": "q", "completion": "7", "reasoning": "3 + 4 = 7."});
    assert_eq!(shown(&line(&row)[0]), "{3 + 4 = 7.\n\n}7");
    for row in [
        json!({"prompt": "q", "responses": ["a", "b"], "scores": [1, 0]}),
        json!({"prompt": "q", "responses": [{"text": "a", "correct": true}, {"text": "b", "correct": false}]}),
    ] {
        let right: Vec<_> = line(&row)
            .iter()
            .map(|row| row.trace.outcome.as_ref().map(|o| o.correct))
            .collect();
        assert_eq!(right, [Some(true), Some(false)], "{row}");
    }
}

#[test]
fn the_options_of_a_question_are_no_answers_of_a_server() {
    let talk = chat(&[("user", "q"), ("assistant", "It is B.")]);
    for row in [
        json!({"question": "q", "choices": ["5", "7"], "answer": "B", "response": "It is B."}),
        json!({"question": "q", "choices": [], "response": "It is B."}),
        json!({"messages": talk, "choices": ["5", "7"]}),
        json!({"question": "q", "response": "It is B.", "trace": "4bf92f35"}),
        json!({"question": "q", "response": {"content": "It is B."}}),
    ] {
        assert_eq!(line(&row)[0].trace.text, "It is B.", "{row}");
    }
    let failed = br#"{"object":"response","status":"failed","error":{"message":"broke"},"output":[],"text":{"format":{"type":"text"}}}"#;
    let why = rows(failed).remove(0).unwrap_err().reason;
    assert_eq!(why, "it is no answer but an error: broke");
    let why = rows(br#"{"id":"x","choices":[]}"#).remove(0).unwrap_err().reason;
    assert_eq!(why, "its list of answers is empty");
}

#[test]
fn a_rendered_prompt_asks_what_its_last_turn_asks_and_is_no_text_of_the_model() {
    let turn = "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nIs 3 + 4 = 7? Wait.<|im_end|>\n<|im_start|>assistant\n";
    let question = |row: &Row| row.trace.problem.as_ref().unwrap()["question"].clone();
    for row in [
        json!({"input": turn, "output": "Yes.", "score": 1.0, "step": 1}),
        json!({"prompt": turn, "completion": "Yes."}),
        json!({"prompt": turn, "response": "Yes."}),
        json!({"text": format!("{turn}Yes.<|im_end|>")}),
    ] {
        let row = line(&row).remove(0);
        assert_eq!(
            (question(&row), row.trace.text.as_str()),
            (json!("Is 3 + 4 = 7? Wait."), "Yes.")
        );
        assert_eq!(row.trace.prompt.as_deref().map(str::trim), Some(turn.trim()));
    }
    let row = line(&json!({"text": turn})).remove(0);
    assert!(row.unwritten && row.trace.text.is_empty());
    // A trace of ours is every byte that was generated.
    let ours = json!({"schema": "backtrail.trace/1", "text": format!("{turn}Yes.")});
    assert!(line(&ours)[0].trace.text.starts_with("<|im_start|>system"));
}

#[test]
fn what_tools_say_in_a_rollout_is_not_the_models() {
    let output = "So 8.<|im_end|>\n<|im_start|>user\n<tool_response>Wait, let me check: 7</tool_response><|im_end|>\n<|im_start|>assistant\n7<|im_end|>";
    let row = json!({"input": "q", "output": output, "score": 1.0, "step": 1, "num_turns": 4});
    assert_eq!(line(&row)[0].trace.text, "So 8.\n\n7");
}

#[test]
fn examples_in_a_samples_input_were_given() {
    let given = [
        ("system", "s"),
        ("user", "1+1?"),
        ("assistant", "FEWSHOT. Wait, no."),
        ("user", "3+4?"),
    ];
    let row = json!({"id": 1, "epoch": 1, "input": chat(&given),
        "messages": chat(&[&given[..], &[("assistant", "It is 7."), ("user", "Sure?"), ("assistant", "Yes.")]].concat())});
    let row = line(&row).remove(0);
    assert_eq!(row.trace.text, "It is 7.\n\nYes.");
    assert!(row.trace.prompt.unwrap().contains("FEWSHOT"));
}

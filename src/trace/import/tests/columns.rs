//! What a model wrote is read from whatever column a row has it in, or it is said that it is not.

use super::*;

const SAID: &str = "18 - 7 = 11, 11 + 4 = 15. <answer>18 - 7 + 4</answer>";

/// The rows of one line.
fn line(row: &serde_json::Value) -> Vec<Row> {
    rows(row.to_string().as_bytes())
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

/// Texts and problems of the rows of one line.
fn told(row: &serde_json::Value) -> Vec<(String, String)> {
    let rows = line(row).into_iter();
    rows.map(|row| {
        let problem = row.problem.as_ref().map(ToString::to_string);
        (shown(&row), problem.unwrap_or_default())
    })
    .collect()
}

/// Tasks as verl, TinyZero and reasoning-gym write them, without a text.
fn tasks() -> [serde_json::Value; 4] {
    let asked = "Using the numbers [18, 7, 4], create an equation that equals 15.";
    [
        json!({"data_source": "countdown", "prompt": [{"role": "user", "content": asked}], "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": {"target": 15, "numbers": [18, 7, 4]}}}),
        json!({"target": 15, "nums": [18, 7, 4]}),
        json!({"question": asked, "answer": "18 - 7 + 4",
            "metadata": {"source_dataset": "countdown", "numbers": [18, 7, 4], "target": 15}}),
        json!({"question": asked, "answer": "18 - 7 + 4"}),
    ]
}

#[test]
fn what_a_model_wrote_to_a_task_is_read_from_every_column_one_text_or_several() {
    let problem = "18 7 4 -> 15".to_owned();
    for task in tasks() {
        for name in [
            "response",
            "responses",
            "completion",
            "completions",
            "generation",
            "generations",
            "generated_text",
            "generated",
            "output",
            "outputs",
            "model_output",
            "model_response",
            "full_model_response",
            "prediction",
            "predictions",
            "solution_str",
            "rollout",
            "llm_output",
        ] {
            let mut row = task.clone();
            row[name] = json!(SAID);
            assert_eq!(told(&row), [(SAID.to_owned(), problem.clone())], "{row}");
            row[name] = json!([SAID, "18 + 7 = 25"]);
            let wanted = [SAID, "18 + 7 = 25"].map(|text| (text.to_owned(), problem.clone()));
            assert_eq!(told(&row), wanted, "{row}");
            let samples: Vec<usize> = line(&row).iter().map(|row| row.trace.sample).collect();
            assert_eq!(samples, [0, 1]);
        }
    }
    for task in &tasks()[..2] {
        let mut row = task.clone();
        row["messages"] = json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": SAID}]);
        assert_eq!(told(&row), [(SAID.to_owned(), problem.clone())], "{row}");
        let mut row = task.clone();
        row["reasoning"] = json!("Hm.");
        row["response"] = json!(SAID);
        assert_eq!(
            told(&row),
            [(format!("{{Hm.\n\n}}{SAID}"), problem.clone())],
            "{row}"
        );
    }
}

#[test]
fn a_task_that_nobody_wrote_to_has_no_text_and_a_text_that_is_not_read_is_named() {
    for task in &tasks()[..3] {
        let row = line(task).remove(0);
        assert!(
            row.unwritten && row.mended.is_none() && row.trace.text.is_empty(),
            "{task}"
        );
        let mut task = task.clone();
        task["essay"] = json!(SAID);
        let row = line(&task).remove(0);
        assert!(row.unwritten);
        let said = row.mended.unwrap().reason;
        assert_eq!(
            said,
            "it is taken for a problem without a model's text; its `essay` is not read: call that text `response`"
        );
    }
}

#[test]
fn an_instruction_is_asked_with_what_it_is_about() {
    for (row, asked) in [
        (
            json!({"instruction": "Translate to French", "input": "Good morning", "output": "Bonjour"}),
            "Translate to French\n\nGood morning",
        ),
        (
            json!({"instruction": "Translate to French", "input": "", "output": "Bonjour"}),
            "Translate to French",
        ),
        (
            json!({"instruction": "Translate to French", "input": "Good morning", "output": "Bonjour", "score": 1.0, "step": 3}),
            "Translate to French\n\nGood morning",
        ),
        (
            json!({"instruction": "Q?", "context": "C.", "response": "Bonjour", "category": "qa"}),
            "Q?\n\nC.",
        ),
    ] {
        let trace = line(&row).remove(0).trace;
        assert_eq!(
            (trace.prompt.as_deref(), trace.text.as_str()),
            (Some(asked), "Bonjour"),
            "{row}"
        );
        assert_eq!(trace.problem.unwrap()["question"], asked);
        assert_eq!(trace.source.unwrap()["format"], "columns");
    }
}

#[test]
fn completions_to_a_prompt_are_samples_and_labelled_steps_one_text() {
    let texts =
        |row: serde_json::Value| -> Vec<String> { told(&row).into_iter().map(|(text, _)| text).collect() };
    let two = json!({"prompt": "Capital?", "completions": ["Canberra.", "Sydney."]});
    assert_eq!(texts(two), ["Canberra.", "Sydney."]);
    let steps =
        json!({"prompt": "Capital?", "completions": ["Canberra.", "Sydney."], "labels": [true, false]});
    assert_eq!(texts(steps), ["Canberra.\nSydney."]);
    let say = |text: &str| json!([{"role": "assistant", "content": text}]);
    let chats = json!({"prompt": "Capital?", "completions": [say("Canberra."), say("Sydney.")]});
    assert_eq!(texts(chats), ["Canberra.", "Sydney."]);
    let served = json!({"prompt": "Capital?", "outputs": [{"index": 0, "text": "Canberra.", "finish_reason": "stop"}]});
    assert_eq!(texts(served), ["Canberra."]);
    let listed = json!({"prompt": "Capital?", "text": ["Canberra.", "Sydney."]});
    assert_eq!(texts(listed), ["Canberra.", "Sydney."]);
    let beside = json!({"messages": [{"role": "user", "content": "Capital?"}], "response": "Canberra."});
    assert_eq!(texts(beside), ["Canberra."]);
    let failed = json!({"question": "Capital?", "responses": ["Canberra.", null, "Sydney."]});
    assert_eq!(texts(failed), ["Canberra.", "", "Sydney."]);
    let priming = json!({"query": [{"role": "user", "content": "Capital?"}], "completion": say("Canberra.")});
    assert_eq!(texts(priming), ["Canberra."]);
}

#[test]
fn messages_that_stand_as_json_in_a_string_are_messages() {
    let asked = json!([{"role": "user", "content": "Capital?"}]).to_string();
    let said = json!([{"role": "assistant", "content": "Canberra."}]).to_string();
    let whole =
        json!([{"role": "user", "content": "Capital?"}, {"role": "assistant", "content": "Canberra."}])
            .to_string();
    for row in [
        json!({"example_id": 0, "prompt": asked, "completion": said, "answer": "Canberra", "reward": 1.0}),
        json!({"messages": whole}),
        json!({"conversations": whole}),
        json!({"prompt": asked, "response": said}),
    ] {
        let trace = line(&row).remove(0).trace;
        assert_eq!(
            (trace.prompt.as_deref(), trace.text.as_str()),
            (Some("Capital?"), "Canberra."),
            "{row}"
        );
    }
    // A text that is JSON stays one.
    let text = "[{\"role\": 3}]";
    assert_eq!(told(&json!({"question": "q", "response": text}))[0].0, text);
}

#[test]
fn a_problem_in_columns_counts_beside_a_reward() {
    for row in [
        json!({"prompt": "x", "completion": SAID, "nums": [18, 7, 4], "target": 15, "reward": 1}),
        json!({"prompt": "x", "completion": SAID, "nums": "[18, 7, 4]", "target": "15", "reward": 1}),
        json!({"prompt": "x", "completion": SAID, "numbers": [18.0, 7.0, 4.0], "target": 15.0, "reward": 1}),
        json!({"input": "x", "output": SAID, "ground_truth": {"target": 15, "numbers": [18, 7, 4]}, "score": 1, "step": 1}),
    ] {
        assert_eq!(
            told(&row),
            [(SAID.to_owned(), "18 7 4 -> 15".to_owned())],
            "{row}"
        );
    }
}

#[test]
fn a_row_that_is_not_read_says_what_it_has_where_the_text_was_to_be() {
    let by_columns = "it is a table, written column by column (`response` and `question` hold 2 values each): write an object \
        for each row";
    for (row, why) in [
        (
            json!({"question": ["q1", "q2"], "response": ["r1", "r2"]}),
            by_columns,
        ),
        (
            json!({"question": {"0": "q1", "1": "q2"}, "response": {"0": "r1", "1": "r2"}}),
            by_columns,
        ),
        (
            json!({"question": ["q1", "q2"], "response": "r1"}),
            "its `question` is a list of texts, where a text or",
        ),
        (
            json!({"messages": [{"role": "assistant"}]}),
            "its `messages` is a list of messages without `content`, where",
        ),
        (
            json!({"messages": "x"}),
            "its `messages` is a text and no list, where",
        ),
        (
            json!({"conversations": []}),
            "its `conversations` is an empty list, where",
        ),
        (
            json!({"input": "a", "output": {"x": 1}}),
            "its `output` is an object (x), where",
        ),
        (
            json!({"question": "q", "responses": ["a", 5]}),
            "its `responses` is a list of texts and of other things",
        ),
        (
            json!({"custom_id": "r-2", "response": {"status_code": 500, "body": {"error": {"message": "oops"}}},
                "error": {"message": "oops"}}),
            "it is no answer but an error: oops",
        ),
        (
            json!({"custom_id": "r-2", "response": {"status_code": 500, "body": null}, "error": {"message": "oops"}}),
            "it is no answer but an error: oops",
        ),
    ] {
        let error = rows(row.to_string().as_bytes()).remove(0).unwrap_err();
        assert!(error.reason.starts_with(why), "{row}: {}", error.reason);
    }
}

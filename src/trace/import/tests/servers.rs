//! Answers as servers of their own kind write them, whole, in pieces and with what is said beside.

use super::*;
use crate::trace::record::Finish;

/// The rows of lines of JSON.
fn lines(rows: &[serde_json::Value]) -> Vec<Row> {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    super::rows(text.as_bytes())
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

fn told(rows: &[serde_json::Value]) -> Vec<String> {
    lines(rows).iter().map(shown).collect()
}

#[test]
fn the_pieces_of_ollamas_answers_are_one_answer_each() {
    let chat = |said: &str, thought: &str, done: bool| {
        json!({"model": "m", "created_at": "t", "message": {"role": "assistant", "content": said, "thinking": thought},
            "done": done, "done_reason": done.then_some("length"), "prompt_eval_count": 3, "eval_count": 5})
    };
    let first = [
        chat("", "3 + 4", false),
        chat("", " = 7.", false),
        chat("Sev", "", false),
        chat("en", "", true),
    ];
    let second = [chat("a", "", false), chat("b", "", true)];
    let rows = lines(&[&first[..], &second].concat());
    assert_eq!(
        rows.iter().map(shown).collect::<Vec<_>>(),
        ["{3 + 4 = 7.\n\n}Seven", "ab"]
    );
    assert_eq!(rows[0].trace.finish, Some(Finish::Length));
    assert_eq!(rows[0].trace.tokens.unwrap().generated, 5);
    let generate = |said: &str, done: bool| json!({"model": "m", "response": said, "done": done});
    assert_eq!(
        told(&[generate("3 + ", false), generate("4", false), generate("", true)]),
        ["3 + 4"]
    );
    // Whole answers are one each, and a stream that was broken off says so.
    assert_eq!(
        told(&[chat("a", "", true), chat("b", "", true), generate("c", true)]),
        ["a", "b", "c"]
    );
    let cut = lines(&[generate("3 + ", false)]).remove(0);
    assert!(mended(&cut).unwrap().contains("ends before the answer does"));
    // A row of a data set may be done, too.
    let row = json!({"model": "m", "question": "q", "response": "a", "done": false});
    assert_eq!(told(&[row.clone(), row]), ["a", "a"]);
}

#[test]
fn gemini_is_read_whole_in_pieces_and_as_a_chat() {
    let part = |text: &str, thought: bool| json!({"text": text, "thought": thought});
    let answer = |parts: serde_json::Value, finish: Option<&str>| {
        json!({"candidates": [{"content": {"parts": parts, "role": "model"}, "finishReason": finish, "index": 0}],
            "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2}, "modelVersion": "gemini"})
    };
    let whole = answer(
        json!([part("3 + 4 = 7.", true), part("Seven.", false)]),
        Some("MAX_TOKENS"),
    );
    for row in [whole.clone(), json!({"key": "k", "response": whole})] {
        let row = lines(&[row]).remove(0);
        assert_eq!(
            (shown(&row).as_str(), row.trace.finish),
            ("{3 + 4 = 7.\n\n}Seven.", Some(Finish::Length))
        );
        assert_eq!(row.trace.model.unwrap().name, "gemini");
    }
    let asked = json!([{"role": "user", "parts": [{"text": "What is 3+4?"}]}]);
    let batch = lines(&[json!({"request": {"contents": asked}, "response": whole})]).remove(0);
    assert_eq!(batch.trace.prompt.as_deref(), Some("What is 3+4?"));
    let pieces = [
        answer(json!([part("3 + 4 ", true)]), None),
        answer(json!([part("= 7.", true)]), None),
        answer(json!([part("Seven.", false)]), Some("STOP")),
    ];
    assert_eq!(told(&pieces), ["{3 + 4 = 7.\n\n}Seven."]);
    let list = serde_json::Value::from(pieces.to_vec()).to_string();
    assert_eq!(
        shown(rows(list.as_bytes())[0].as_ref().unwrap()),
        "{3 + 4 = 7.\n\n}Seven."
    );
    let chat = json!({"contents": [asked[0], {"role": "model", "parts": [{"text": "Seven."}]}]});
    assert_eq!(told(&[chat]), ["Seven."]);
}

#[test]
fn answers_without_a_question_are_read_where_they_plainly_are_answers() {
    for (row, wanted, finish) in [
        (
            json!({"model": "m", "response": "a", "thinking": "t", "done": true, "done_reason": "stop"}),
            "{t\n\n}a",
            Some(Finish::Stop),
        ),
        (
            json!({"generated_text": "a", "details": {"finish_reason": "length"}}),
            "a",
            Some(Finish::Length),
        ),
        (
            json!({"content": "a", "prompt": "q", "stop_type": "limit"}),
            "a",
            Some(Finish::Length),
        ),
        (
            json!({"content": "a", "stop_type": "eos"}),
            "a",
            Some(Finish::Stop),
        ),
        (json!({"question": null, "response": "a"}), "a", None),
        (
            json!({"puzzle": "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79", "output": "a"}),
            "a",
            None,
        ),
        (
            json!({"output": {"message": {"role": "assistant", "content": [
            {"reasoningContent": {"reasoningText": {"text": "t", "signature": "x"}}}, {"text": "a"}]}},
            "stopReason": "max_tokens", "usage": {"inputTokens": 1, "outputTokens": 2}}),
            "{t\n\n}a",
            Some(Finish::Length),
        ),
        (
            json!({"generated_text": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}),
            "a",
            None,
        ),
    ] {
        let read = lines(std::slice::from_ref(&row)).remove(0);
        assert_eq!(
            (shown(&read).as_str(), read.trace.finish),
            (wanted, finish),
            "{row}"
        );
    }
    for row in [
        json!({"title": "t", "content": "c"}),
        json!({"id": 1, "prediction": "cat"}),
        json!({"inputs": {}, "outputs": {"a": 1}}),
    ] {
        assert!(rows(row.to_string().as_bytes())[0].is_err(), "{row}");
    }
}

#[test]
fn each_of_several_answers_says_why_it_ended() {
    let rows = lines(&[json!({"prompt": "q", "outputs": [
        {"index": 0, "text": "a", "finish_reason": "stop"}, {"index": 1, "text": "b", "finish_reason": "length"}]})]);
    let ends: Vec<_> = rows.iter().map(|row| row.trace.finish).collect();
    assert_eq!(ends, [Some(Finish::Stop), Some(Finish::Length)]);
    let cut = json!({"example_id": 1, "prompt": "q", "completion": "a", "reward": 1.0, "is_truncated": true});
    assert_eq!(lines(&[cut])[0].trace.finish, Some(Finish::Length));
}

#[test]
fn what_a_stream_says_beside_its_answers_is_no_broken_row() {
    let chunk = json!({"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}]});
    let looked = json!({"id": "", "object": "", "model": "", "choices": [], "prompt_filter_results": [{"prompt_index": 0}]});
    let cost = json!({"id": "c", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 5}});
    let text = format!("data: {looked}\n\ndata: {chunk}\n\ndata: {cost}\n\ndata: [DONE]\n\n");
    let rows = rows(text.as_bytes());
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = rows[0].as_ref().unwrap();
    assert_eq!(
        (row.trace.text.as_str(), row.trace.tokens.unwrap().generated),
        ("a", 5)
    );
}

#[test]
fn a_message_by_the_user_is_no_answer() {
    let by =
        |role: &str| json!({"type": role, "message": {"role": role, "content": "What is 3+4?"}, "uuid": "1"});
    let why = rows(by("user").to_string().as_bytes())
        .remove(0)
        .unwrap_err()
        .reason;
    assert_eq!(why, "its `message` is no answer of a model: it is by `user`");
    assert_eq!(told(&[by("assistant")]), ["What is 3+4?"]);
}

#[test]
fn tables_with_each_row_a_list_and_rows_within_rows_are_read() {
    let table = json!({"columns": ["step", "prompt", "completion", "accuracy_reward"],
        "data": [["10", "q", "a", 1.0], ["10", "q", "b", 0.0]]});
    let pages = json!({"features": [], "rows": [{"row_idx": 0, "row": {"question": "q", "response": "a"}},
        {"row_idx": 1, "row": {"question": "q", "response": "b"}}]});
    for file in [table, pages] {
        assert_eq!(told(std::slice::from_ref(&file)), ["a", "b"], "{file}");
        let pretty = serde_json::to_string_pretty(&file).unwrap();
        let rows = rows(pretty.as_bytes());
        assert_eq!(rows.iter().filter(|row| row.is_ok()).count(), 2, "{rows:?}");
    }
}

#[test]
fn samples_of_an_evaluation_harness_are_read() {
    let sample = |resps: serde_json::Value| {
        json!({"doc_id": 0, "doc": {"question": "Eggs?", "answer": "#### 13"}, "target": "13",
            "arguments": {"gen_args_0": {"arg_0": "Question: Eggs?\nAnswer:", "arg_1": {}}}, "resps": resps,
            "filtered_resps": ["13"], "filter": "strict-match", "exact_match": 1.0})
    };
    let row = lines(&[sample(json!([["16 - 3 = 13."]]))]).remove(0);
    assert_eq!(row.trace.text, "16 - 3 = 13.");
    assert_eq!(
        row.trace.problem.unwrap(),
        json!({"question": "Eggs?", "answer": "13"})
    );
    assert!(row.trace.outcome.unwrap().correct);
    let several = lines(&[sample(json!([["a", "b"]]))]);
    assert!(several.len() == 2 && several.iter().all(|row| row.trace.outcome.is_none()));
    let choices = sample(json!([[["-1.2", "False"]], [["-0.4", "True"]]])).to_string();
    assert!(
        rows(choices.as_bytes())[0]
            .as_ref()
            .unwrap_err()
            .reason
            .contains("likelihoods of choices")
    );
}

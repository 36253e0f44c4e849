use super::{
    mock::{Step, delta, end, event, status, stream, text, token},
    *,
};
use crate::engine::Prefix;
use serde_json::json;
use std::sync::{Arc, Barrier};

#[test]
fn a_text_comes_with_its_tokens_and_the_prompt_is_counted_before_the_end() {
    let mock = Mock::new("vllm", |_, _| {
        stream([token("4"), token(" 2"), end("stop")].concat())
    });
    let events = ask(&mock, request(7, [3]));
    assert!(events.iter().all(|event| event.run == RunId(7)));
    let (batch, reason) = sample(&events, 3);
    assert_eq!((batch.text.as_str(), reason), ("4 2", Some(StopReason::Stop)));
    assert_eq!((batch.ends, batch.logprob), (vec![1, 3], vec![-0.5, -0.5]));
    assert_eq!(
        batch.top_text[1],
        [(" 2".to_owned(), -0.5), ("x".to_owned(), -2.0)]
    );
    assert!(batch.ids.is_empty() && batch.top.is_empty() && batch.entropy.is_empty());
    let kinds: Vec<&EventKind> = events.iter().map(|event| &event.kind).collect();
    assert_eq!(kinds[0], &EventKind::Started { prompt_tokens: 0 });
    let counted = kinds
        .iter()
        .position(|kind| **kind == EventKind::Started { prompt_tokens: 9 });
    let finished = kinds
        .iter()
        .position(|kind| matches!(kind, EventKind::Finished { .. }));
    assert!(counted.unwrap() < finished.unwrap());
    assert_eq!(kinds.last(), Some(&&EventKind::Done));
    let [asked] = mock.asked().try_into().unwrap();
    assert!(asked.head.starts_with("POST /v1/completions "), "{}", asked.head);
    assert!(!asked.head.to_lowercase().contains("authorization"));
    assert_eq!(
        (&asked.body["model"], &asked.body["stream"]),
        (&json!("m"), &json!(true))
    );
}

#[test]
fn thoughts_and_answer_of_a_conversation_come_whole_though_every_byte_comes_alone() {
    let thoughts = [
        delta(&json!({"role": "assistant", "content": null})),
        delta(&json!({"reasoning": "né"})),
    ];
    let answer = [delta(&json!({"content": "→ 4"})), end("length")];
    let bytes = [thoughts, answer].concat().concat().replace('\n', "\r\n");
    let mock = Mock::new("vllm", move |_, _| {
        let mut steps = stream("");
        steps.extend(bytes.bytes().map(|byte| Step::Send(vec![byte])));
        steps
    });
    let (batch, reason) = sample(&ask(&mock, question(1)), 0);
    assert_eq!(
        (batch.text.as_str(), reason),
        ("<think>né</think>→ 4", Some(StopReason::Length))
    );
    // Scores were asked for, and none came.
    assert_eq!((batch.ends, batch.logprob.len()), (vec![10, 23], 2));
    assert!(batch.logprob.iter().all(|logprob| logprob.is_nan()));
    assert!(mock.asked()[0].head.starts_with("POST /v1/chat/completions "));
}

#[test]
fn a_prefix_is_sent_along_and_told_as_given() {
    let mock = Mock::new("sglang", |_, _| {
        stream([delta(&json!({"content": "so"})), end("stop")].concat())
    });
    let mut fork = question(1);
    fork.prefix = vec![Prefix::Text("I think ".into())];
    let (batch, _) = sample(&ask(&mock, fork), 0);
    assert_eq!(
        (batch.text.as_str(), batch.ends, batch.given),
        ("I think so", vec![8, 10], 1)
    );
    assert_eq!(mock.asked()[0].body["continue_final_message"], json!(true));
}

#[test]
fn samples_are_written_side_by_side_each_with_its_own_seed() {
    const SAMPLES: usize = 32;
    // Nobody gets an answer before everybody has asked.
    let barrier = Arc::new(Barrier::new(SAMPLES));
    let mock = Mock::new("vllm", move |_, asked| {
        barrier.wait();
        stream([text(&asked.body["seed"].to_string()), end("stop")].concat())
    });
    let mut engine = engine(&mock);
    start(&engine, request(1, 0..30));
    start(&engine, request(2, 30..32));
    let events = listen(&mut engine, 2);
    let mut texts: Vec<String> = (0..32).map(|number| sample(&events, number).0.text).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), SAMPLES);
    // The same sample asked for alone has the same seed.
    let alone = Mock::new("vllm", |_, asked| {
        stream([text(&asked.body["seed"].to_string()), end("stop")].concat())
    });
    assert_eq!(
        sample(&ask(&alone, request(9, [17])), 17).0.text,
        sample(&events, 17).0.text
    );
}

#[test]
fn more_samples_than_streams_are_all_written() {
    let mock = Mock::new("vllm", |_, _| stream([text("a"), end("stop")].concat()));
    let events = ask(&mock, request(1, 0..150));
    assert!((0..150).all(|number| sample(&events, number).1 == Some(StopReason::Stop)));
    assert_eq!(events.last().unwrap().kind, EventKind::Done);
}

#[test]
fn a_cancel_closes_the_connections_and_keeps_what_had_come() {
    let mock = Mock::new("vllm", |_, _| {
        let mut steps = stream(text("begun"));
        steps.push(Step::Hang);
        steps
    });
    let mut engine = engine(&mock);
    let request = request(1, 0..3);
    start(&engine, request.clone());
    let mut events = Vec::new();
    while !(0..3).all(|number| sample(&events, number).0.text == "begun") {
        events.push(engine.events.blocking_recv().unwrap());
    }
    request.cancel.cancel();
    events.extend(listen(&mut engine, 1));
    assert!((0..3).all(|number| sample(&events, number).1 == Some(StopReason::Cancelled)));
    assert_eq!(events.last().unwrap().kind, EventKind::Done);
    // The engine has nothing else to do now, and closes them all the same.
    assert!((0..3).all(|_| mock.sees_a_close()));
    engine.join();
}

#[test]
fn a_cancel_reaches_a_request_that_waits_for_the_list_of_models() {
    let mock = Mock::listing(vec![Step::Hang], |_, _| Vec::new());
    let mut engine = engine(&mock);
    let request = request(1, 0..2);
    start(&engine, request.clone());
    request.cancel.cancel();
    let events = listen(&mut engine, 1);
    assert!((0..2).all(|number| sample(&events, number).1 == Some(StopReason::Cancelled)));
}

#[test]
fn the_end_of_the_engine_closes_the_connections() {
    let mock = Mock::new("vllm", |_, _| {
        let mut steps = stream(text("begun"));
        steps.push(Step::Hang);
        steps
    });
    let mut engine = engine(&mock);
    start(&engine, request(1, [0]));
    wait_for_text(&mut engine);
    engine.join();
    assert!(mock.sees_a_close());
}

#[test]
fn a_run_asked_for_twice_fails_and_its_connection_is_closed() {
    let mock = Mock::new("vllm", |_, _| {
        let mut steps = stream(text("begun"));
        steps.push(Step::Hang);
        steps
    });
    let mut engine = engine(&mock);
    start(&engine, request(1, [0]));
    wait_for_text(&mut engine);
    start(&engine, request(1, [0]));
    assert!(sentence(&listen(&mut engine, 1)).contains("asked for twice"));
    assert!(mock.sees_a_close());
}

#[test]
fn a_server_that_does_not_stream_is_read_all_the_same() {
    let whole = json!({"model": "m", "choices": [{"index": 0, "message": {"content": "4", "reasoning_content": "hm"},
        "finish_reason": "stop"}], "usage": {"prompt_tokens": 9}});
    let mock = Mock::new("library", move |_, _| status(200, "", &whole.to_string()));
    let events = ask(&mock, question(1));
    assert_eq!(sample(&events, 0).0.text, "<think>hm</think>4");
    assert!(
        events
            .iter()
            .any(|event| event.kind == EventKind::Started { prompt_tokens: 9 })
    );
}

#[test]
fn a_server_that_refuses_log_probabilities_is_asked_without() {
    let mock = Mock::new("x", |number, _| match number {
        0 => status(
            400,
            "",
            r#"{"error":{"message":"this model does not support logprobs"}}"#,
        ),
        _ => stream([text("a"), end("stop")].concat()),
    });
    assert_eq!(sample(&ask(&mock, request(1, [0])), 0).0.text, "a");
    let asked = mock.asked();
    assert_eq!((asked.len(), asked[1].body.get("logprobs")), (2, None));
}

#[test]
fn a_server_that_forgets_stop_texts_or_the_length_is_cut_short() {
    let mock = Mock::new("x", |_, _| {
        let mut steps = stream([text("a#"), text("#b"), text("c")].concat());
        steps.push(Step::Hang);
        steps
    });
    let mut stopped = request(1, [0]);
    stopped.sampler.stop = vec!["##".into()];
    let (batch, reason) = sample(&ask(&mock, stopped), 0);
    assert_eq!((batch.text.as_str(), reason), ("a", Some(StopReason::Stop)));
    assert!(mock.sees_a_close());
    let mut short = request(1, [0]);
    short.sampler.max_tokens = 2;
    assert_eq!(sample(&ask(&mock, short), 0).1, Some(StopReason::Length));
}

#[test]
fn a_stream_that_ends_without_done_or_without_a_reason_is_whole_if_one_of_them_is_there() {
    let last = event(&json!({"index": 0, "text": "b", "finish_reason": "stop"}));
    for rest in [
        last.clone(),
        last.trim_end().to_owned(),
        format!("{}data: [DONE]", text("b")),
    ] {
        let mock = Mock::new("x", move |_, _| stream([text("a"), rest.clone()].concat()));
        let (batch, reason) = sample(&ask(&mock, request(1, [0])), 0);
        assert_eq!((batch.text.as_str(), reason), ("ab", Some(StopReason::Stop)));
        assert_eq!(mock.asked().len(), 1);
    }
}

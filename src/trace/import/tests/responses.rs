//! Events of the Responses API, as servers send them that go their own ways.

use super::{
    events::{CUT, HEADLESS, MIXED, SAID, recorded, told, written},
    *,
};

/// Events of the Responses API.
pub(super) fn delta(kind: &str, id: &str, index: Option<u64>, text: &str) -> serde_json::Value {
    json!({"type": format!("response.{kind}.delta"), "item_id": id, "output_index": index, "delta": text})
}

pub(super) fn item(step: &str, index: Option<u64>, item: serde_json::Value) -> serde_json::Value {
    json!({"type": format!("response.output_item.{step}"), "output_index": index, "item": item})
}

pub(super) fn response(step: &str, output: serde_json::Value) -> serde_json::Value {
    json!({"type": format!("response.{step}"), "response": {"id": "r", "object": "response", "output": output}})
}

#[test]
fn an_item_whose_name_changes_from_event_to_event_is_one_item() {
    for numbered in [true, false] {
        let at = |number| Some(number).filter(|_| numbered);
        let added = [
            item(
                "added",
                at(0),
                json!({"id": "a", "type": "reasoning", "summary": []}),
            ),
            item(
                "added",
                at(1),
                json!({"id": "g", "type": "message", "content": []}),
            ),
        ];
        let grown = [
            delta("reasoning_summary_text", "b", at(0), "h"),
            delta("reasoning_summary_text", "c", at(0), "m"),
            delta("output_text", "h", at(1), "y"),
            delta("output_text", "i", at(1), "es"),
        ];
        let done = [
            item(
                "done",
                at(0),
                json!({"id": "d", "type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}),
            ),
            item(
                "done",
                at(1),
                json!({"id": "j", "type": "message", "content": [{"type": "output_text", "text": "yes"}]}),
            ),
        ];
        for parts in [
            &[&grown[..]][..],
            &[&added[..], &grown[..]],
            &[&grown[..], &done[..]],
            &[
                &added[..1],
                &grown[..2],
                &done[..1],
                &added[1..],
                &grown[2..],
                &done[1..],
            ],
        ] {
            let mut events = parts.concat();
            events.insert(0, response("created", json!([])));
            events.push(response("completed", json!([])));
            assert_eq!(told(&written(&events)), ["{hm\n\n}yes"], "{numbered}: {events:?}");
        }
    }
}

#[test]
fn two_items_of_one_kind_are_two_where_a_name_a_number_or_an_end_says_so() {
    let said = |id: &str, index, text: &str| delta("output_text", id, index, text);
    let added = |id: &str, index| {
        item(
            "added",
            index,
            json!({"id": id, "type": "message", "content": []}),
        )
    };
    let done = |id: &str, text: &str| {
        item(
            "done",
            None,
            json!({"id": id, "type": "message", "content": [{"type": "output_text", "text": text}]}),
        )
    };
    for events in [
        vec![said("", Some(0), "one"), said("", Some(1), "two")],
        vec![said("x", None, "one"), done("y", "one"), said("z", None, "two")],
        vec![
            added("a", None),
            added("b", None),
            said("a", None, "one"),
            said("b", None, "two"),
        ],
    ] {
        let whole = within(events);
        assert_eq!(told(&written(&whole)), ["one\n\ntwo"], "{whole:?}");
    }
    // A server that counts nothing up, unless these are two responses of which the first has lost its end.
    let whole = within(vec![
        added("a", Some(0)),
        said("a", Some(0), "one"),
        added("b", Some(0)),
        said("b", Some(0), "two"),
    ]);
    assert_eq!(
        told(&written(&whole)),
        [format!("one\n\ntwo | f, line 1: {MIXED}")]
    );
}

/// Events as a response that begins and ends.
pub(super) fn within(events: Vec<serde_json::Value>) -> Vec<serde_json::Value> {
    let (first, last) = (response("created", json!([])), response("completed", json!([])));
    [vec![first], events, vec![last]].concat()
}

#[test]
fn what_the_last_events_leave_out_is_taken_from_those_before_them() {
    let thought = json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]});
    let begun = [
        response("created", json!([])),
        delta("reasoning_summary_text", "a", Some(0), "hm"),
        delta("output_text", "b", Some(1), "yes"),
    ];
    for content in [
        json!([]),
        json!(null),
        json!([{"type": "output_text", "text": ""}]),
    ] {
        let silent = json!({"id": "b", "type": "message", "content": content});
        let quiet = json!({"id": "a", "type": "reasoning", "summary": [], "content": content});
        for rest in [
            vec![
                item("done", Some(0), quiet.clone()),
                item("done", Some(1), silent.clone()),
                response("completed", json!([])),
            ],
            vec![response("completed", json!([quiet, silent]))],
            vec![response("completed", json!([thought, silent]))],
            vec![response("completed", json!([silent]))],
        ] {
            let events = [&begun[..], &rest].concat();
            assert_eq!(told(&written(&events)), ["{hm\n\n}yes"], "{rest:?}");
        }
    }
    // What the last event says is what holds.
    let last = response(
        "completed",
        json!([thought, {"type": "message", "content": [{"type": "output_text", "text": "no"}]}]),
    );
    assert_eq!(told(&written(&[&begun[..], &[last]].concat())), ["{hm\n\n}no"]);
}

#[test]
fn events_that_say_a_text_is_done_are_enough_and_events_without_an_answer_are_named() {
    let done = |kind: &str, index, name: &str, text: &str| json!({"type": format!("response.{kind}.done"), "item_id": "a", "output_index": index, name: text});
    let all = [
        done("reasoning_text", 0, "text", "hm"),
        done("output_text", 1, "text", "yes"),
    ];
    assert_eq!(
        told(&written(&all)),
        [format!("{{hm\n\n}}yes | f, line 1: {HEADLESS}; {CUT}")]
    );
    let both = [&[delta("output_text", "a", Some(1), "ye")], &all[1..]].concat();
    assert_eq!(
        told(&written(&both)),
        [format!("yes | f, line 1: {HEADLESS}; {CUT}")]
    );
    let loose = "it is an event of a stream, but there is no answer in it or behind it";
    for alone in [
        json!({"type": "ping"}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "response.content_part.done", "part": {}}),
        json!({"type": "response.output_text.done", "item_id": "a"}),
        json!({"object": "chat.completion.chunk", "choices": [], "usage": {"prompt_tokens": 3}}),
    ] {
        assert_eq!(
            told(&format!("{alone}\n{alone}")),
            [format!("! f, line 1: {loose}")]
        );
        assert_eq!(
            told(&format!("[{alone}]")),
            [format!("! f, line 1, row 1: {loose}")]
        );
        let row = r#"{"text":"a"}"#;
        assert_eq!(
            told(&format!("{row}\n{alone}")),
            ["a".to_owned(), format!("! f, line 2: {loose}")]
        );
        let answered = format!("{alone}\n{}", recorded("anthropic-messages.jsonl"));
        assert_eq!(told(&answered), [SAID]);
    }
}

#[test]
fn a_stream_of_more_pieces_than_anybody_sends_is_cut_short_and_it_is_said() {
    let overfull = "its stream has more than 16384 pieces, and those behind them are left out";
    let many = |event: &dyn Fn(u64) -> serde_json::Value| {
        let events = (0..20_000).map(|at| event(at).to_string());
        told(&events.collect::<Vec<_>>().join("\n"))
    };
    let items = many(&|_| item("added", None, json!({})));
    assert_eq!(items, [format!(" | f, line 1: {HEADLESS}; {overfull}; {CUT}")]);
    let texts = many(
        &|at| json!({"type": "response.output_text.delta", "item_id": "a", "content_index": at, "delta": if at == 0 { "a" } else { "" }}),
    );
    assert_eq!(texts, [format!("a | f, line 1: {HEADLESS}; {overfull}; {CUT}")]);
    let blocks = many(&|at| json!({"type": "content_block_start", "index": at, "content_block": {}}));
    assert_eq!(blocks, [format!(" | f, line 1: {HEADLESS}; {overfull}; {CUT}")]);
    let choices = many(&|at| json!({"id": "a", "choices": [{"index": at, "delta": {"content": "a"}}]}));
    assert_eq!(choices.len(), 16384);
    assert_eq!(choices[16383], format!("a | f, line 1: {overfull}; {CUT}"));
}

#[test]
fn a_refusal_is_what_was_said_and_marked_as_one() {
    const NO: &str = "I cannot help with that.";
    let chunks = [
        json!({"id": "a", "choices": [{"index": 0, "delta": {"role": "assistant", "content": null, "refusal": "I cannot "}}]}),
        json!({"id": "a", "choices": [{"index": 0, "delta": {"refusal": "help with that."}, "finish_reason": "stop"}]}),
    ];
    let refusal = |text: &str| json!({"type": "refusal", "refusal": text});
    let events = [
        response("created", json!([])),
        delta("refusal", "m", Some(0), "I cannot help "),
        delta("refusal", "m", Some(0), "with that."),
        response("completed", json!([])),
    ];
    let last = [
        response("created", json!([])),
        response(
            "completed",
            json!([{"type": "message", "content": [refusal(NO)]}]),
        ),
    ];
    let message = json!({"role": "assistant", "content": null, "refusal": NO});
    let logprobs = json!({"content": null, "refusal": [{"token": NO, "logprob": -0.5}]});
    let choice = json!({"message": message, "logprobs": logprobs, "finish_reason": "stop"});
    for text in [
        written(&chunks),
        written(&events),
        written(&last),
        json!({"choices": [choice]}).to_string(),
        json!({"object": "response", "output": [{"type": "message", "content": [refusal(NO)]}]}).to_string(),
    ] {
        let mut rows = rows(text.as_bytes());
        assert_eq!(rows.len(), 1, "{text}");
        let row = rows.remove(0).unwrap();
        assert_eq!((shown(&row).as_str(), &row.mended), (NO, &None), "{text}");
        assert_eq!(row.trace.source.unwrap()["refusal"], true, "{text}");
    }
    let answered = json!({"choices": [{"message": {"role": "assistant", "content": "a", "refusal": null}}]});
    let row = rows(answered.to_string().as_bytes()).remove(0).unwrap();
    assert_eq!(row.trace.source.unwrap().get("refusal"), None);
}

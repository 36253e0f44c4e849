//! Streams of events become the answers that the servers' own clients make of them.

use super::*;
use crate::trace::record::Finish;

pub(super) const SAID: &str = "{18 - 7 = 11, 11 + 4 = 15.\n\n}<answer>(18-7)+4</answer>";
pub(super) const CUT: &str = "its stream ends before the answer does";
pub(super) const MIXED: &str = "its stream does not tell one answer from the next, so this may be several";
pub(super) const HEADLESS: &str = "its stream begins in the middle of the answer";

/// What both APIs' clients were served, and what they made of it.
const ANSWERS: [(&str, [&str; 3]); 2] = [
    (
        "anthropic",
        [
            "anthropic-messages.txt",
            "anthropic-messages.jsonl",
            "anthropic-message.json",
        ],
    ),
    ("openai", ["responses.txt", "responses.jsonl", "response.json"]),
];

pub(super) fn recorded(name: &str) -> String {
    fs::read_to_string(PathBuf::from("tests/data/streams").join(name)).unwrap()
}

/// Texts, and reasons where there are none; remarks behind a bar.
pub(super) fn told(text: &str) -> Vec<String> {
    let tell = |row: Result<Row, RowError>| match row {
        Ok(row) => match &row.mended {
            Some(remark) => format!("{} | {remark}", shown(&row)),
            None => shown(&row),
        },
        Err(error) => format!("! {error}"),
    };
    super::rows(text.as_bytes()).into_iter().map(tell).collect()
}

/// The events of a recording, one on each line.
fn lines(name: &str) -> Vec<String> {
    recorded(name).lines().map(str::to_owned).collect()
}

#[test]
fn events_are_the_answer_that_the_servers_client_makes_of_them() {
    for (format, names) in ANSWERS {
        for name in names {
            let mut rows = super::rows(recorded(name).as_bytes());
            assert_eq!(rows.len(), 1, "{name}");
            let row = rows.remove(0).unwrap();
            assert_eq!((shown(&row).as_str(), &row.mended), (SAID, &None), "{name}");
            let trace = row.trace;
            assert_eq!(trace.finish, Some(Finish::Stop), "{name}");
            assert!(trace.model.unwrap().name.ends_with("-test"), "{name}");
            let tokens = trace.tokens.unwrap();
            assert_eq!((tokens.prompt, tokens.generated), (40, 30), "{name}");
            assert_eq!(trace.source.unwrap()["format"], format, "{name}");
        }
    }
}

#[test]
fn a_list_of_events_is_a_stream_too_and_several_follow_each_other() {
    for (_, [_, name, _]) in ANSWERS {
        let twice = [lines(name), lines(name)].concat();
        assert_eq!(told(&format!("[{}]", twice.join(",\n"))), [SAID, SAID], "{name}");
        assert_eq!(told(&twice.join("\n")), [SAID, SAID], "{name}");
    }
    // Of both APIs at once, and a row between.
    let (a, b) = (lines(ANSWERS[0].1[1]), lines(ANSWERS[1].1[1]));
    let (first, rest) = a.split_at(9);
    let mut mixed = [first, &b[..], rest].concat();
    mixed.push("{\"text\":\"a row\"}".to_owned());
    assert_eq!(told(&mixed.join("\n")), [SAID, SAID, "a row"]);
}

#[test]
fn an_error_in_a_stream_is_told_beside_what_came_before_it() {
    let error = told(&recorded("anthropic-error.txt"));
    let half = format!("{{18 - 7 = 11, 11 + 4 }} | f, line 2: {CUT}");
    assert_eq!(
        error,
        [
            half,
            "! f, line 14: it is no answer but an error: Overloaded".to_owned()
        ]
    );
    let failed = told(&recorded("responses-failed.txt"));
    let half = format!("{{18 - 7 = 11, 11 + 4 = 15.\n\n}}<answer>(18 | f, line 2: {CUT}");
    let why = "! f, line 41: it is no answer but an error: The server had an error.";
    assert_eq!(failed, [half, why.to_owned()]);
    // Before anything was said there is nothing to show.
    let start = &lines("responses.jsonl")[0];
    let error = r#"{"type":"error","code":"server_error","message":"no","param":null,"sequence_number":1}"#;
    let why = "! f, line 2: it is no answer but an error: no";
    assert_eq!(told(&format!("{start}\n{error}")), [why]);
    assert_eq!(told(&format!("\n{error}")), [why]);
    // A whole response that failed half way.
    let mut whole: serde_json::Value = serde_json::from_str(&recorded("response.json")).unwrap();
    whole["error"] = json!({"code": "server_error", "message": "no"});
    assert_eq!(
        told(&whole.to_string()),
        [format!("{SAID} | f, line 1: its answer ends in an error: no")]
    );
}

#[test]
fn events_whose_beginning_or_end_is_missing_give_what_they_have() {
    let all = lines("anthropic-messages.jsonl");
    assert_eq!(
        told(&all[2..].join("\n")),
        [format!("{SAID} | f, line 1: {HEADLESS}")]
    );
    assert_eq!(
        told(&all[..4].join("\n")),
        [format!("{{18 - 7 = 11, 11 + 4 }} | f, line 1: {CUT}")]
    );
    // A next one begins before the first is over.
    let again = [&all[..4], &all[..]].concat();
    let half = format!("{{18 - 7 = 11, 11 + 4 }} | f, line 1: {CUT}");
    assert_eq!(told(&again.join("\n")), [half.as_str(), SAID]);

    let all = lines("responses.jsonl");
    let (last, begun) = all.split_last().unwrap();
    assert_eq!(told(&begun.join("\n")), [format!("{SAID} | f, line 1: {CUT}")]);
    assert_eq!(told(last), [SAID]);
    let thinking = begun
        .iter()
        .position(|line| line.contains("summary_text.delta"))
        .unwrap();
    assert_eq!(
        told(&begun[thinking..].join("\n")),
        [format!("{SAID} | f, line 1: {CUT}")]
            .map(|told| told.replace("f, line 1: ", &format!("f, line 1: {HEADLESS}; ")))
    );
}

#[test]
fn servers_that_number_no_items_and_repeat_nothing_are_read() {
    let events = [
        json!({"type": "response.created", "response": {"id": "r", "object": "response", "status": "in_progress", "output": []}}),
        json!({"type": "response.reasoning_text.delta", "item_id": "z", "delta": "h"}),
        json!({"type": "response.output_text.delta", "item_id": "a", "delta": "yes",
            "logprobs": [{"token": "yes", "logprob": -0.5, "top_logprobs": []}]}),
        json!({"type": "response.reasoning_text.delta", "item_id": "z", "delta": "m"}),
        json!({"type": "response.incomplete", "response": {"id": "r", "object": "response", "status": "incomplete",
            "incomplete_details": {"reason": "max_output_tokens"}, "output": []}}),
    ];
    let text = events.map(|event| event.to_string()).join("\n");
    let row = super::rows(text.as_bytes()).remove(0).unwrap();
    assert_eq!(
        (shown(&row).as_str(), row.trace.finish),
        ("{hm\n\n}yes", Some(Finish::Length))
    );
    // The numbers are those of the answer alone.
    assert_eq!(row.trace.token_stats.unwrap().ends, ["hm\n\nyes".len()]);
}

#[test]
fn the_settings_of_a_response_are_not_its_text() {
    let add = |response: &mut serde_json::Value| {
        response["text"] = json!({"format": {"type": "text"}});
        response["reasoning"] = json!({"effort": null, "summary": null});
    };
    let mut whole: serde_json::Value = serde_json::from_str(&recorded("response.json")).unwrap();
    add(&mut whole);
    assert_eq!(told(&whole.to_string()), [SAID]);
    let events = lines("responses.jsonl").into_iter().map(|line| {
        let mut event: serde_json::Value = serde_json::from_str(&line).unwrap();
        event.get_mut("response").into_iter().for_each(add);
        event.to_string()
    });
    assert_eq!(told(&events.collect::<Vec<_>>().join("\n")), [SAID]);
}

#[test]
fn what_only_calls_itself_an_event_is_a_row_or_a_reason() {
    assert_eq!(told(r#"{"type":"ping","text":"a"}"#), ["a"]);
    for broken in [
        r#"{"type":"content_block_delta","index":0,"delta":"x"}"#,
        r#"{"type":"response.output_text.delta","item_id":"a","delta":7}"#,
        r#"{"type":"response.completed","response":null}"#,
        r#"{"type":"message_start"}"#,
    ] {
        let told = told(broken);
        assert!(
            matches!(told.as_slice(), [one] if one.starts_with("! f, line 1: there is no `text`")
                || one.ends_with("is null, where the text of a model was to be")),
            "{told:?}"
        );
    }
    // A row with words of its own is a row, also one that has all that an event has.
    let message = json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]);
    let item = json!({"type": "message", "content": [{"type": "output_text", "text": "b"}]});
    for words in [
        json!({"text": "a"}),
        json!({"trace": "a"}),
        json!({"messages": message}),
        json!({"prompt": "q", "response": "a"}),
    ] {
        for event in [
            json!({"type": "response.long"}),
            json!({"type": "response.output_text.done"}),
            json!({"type": "response.output_text.delta", "delta": "b"}),
            json!({"type": "response.output_item.done", "item": item}),
            json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "b"}}),
            json!({"type": "message_stop"}),
        ] {
            let mut row = event.clone();
            row.as_object_mut()
                .unwrap()
                .extend(words.as_object().unwrap().clone());
            assert_eq!(told(&row.to_string()), ["a"], "{row}");
        }
    }
    // Where it says a text once more, an event has one, too.
    let done = json!({"type": "response.output_text.done", "output_index": 0, "text": "b"});
    assert_eq!(
        told(&done.to_string()),
        [format!("b | f, line 1: {HEADLESS}; {CUT}")]
    );
    let grow = json!({"type": "response.output_text.delta", "delta": "b"});
    let done = json!({"type": "response.output_text.done", "text": "b"});
    assert_eq!(
        told(&written(&[grow, done])),
        [format!("b | f, line 1: {HEADLESS}; {CUT}")]
    );
    // Text where a block has none, text in a block that has no text yet, and numbers beyond reason.
    let odd = [
        json!({"type": "content_block_start", "index": u64::MAX, "content_block": {"type": "text", "text": 7}}),
        json!({"type": "content_block_delta", "index": u64::MAX, "delta": {"type": "text_delta", "text": "a"}}),
        json!({"type": "content_block_delta", "index": -1, "delta": {"type": "thinking_delta", "thinking": "b"}}),
        json!({"type": "message_delta", "delta": {"stop_reason": "refusal"}, "usage": 7}),
    ];
    let text = odd.map(|event| event.to_string()).join("\n");
    assert_eq!(told(&text), [format!("{{b\n\n}}a | f, line 1: {HEADLESS}")]);
}

proptest! {
    #[test]
    fn events_cut_or_dropped_anywhere_are_rows_or_reasons(
        name in prop::sample::select(&["anthropic-messages.txt", "responses.txt", "anthropic-messages.jsonl", "responses.jsonl"][..]),
        at in any::<prop::sample::Index>(), dropped in any::<prop::sample::Index>()
    ) {
        let text = recorded(name);
        let at = at.index(text.len());
        prop_assert!(at == 0 || rows_or_failure(&text.as_bytes()[..at]) > 0);
        let mut lines: Vec<&str> = text.lines().collect();
        lines.remove(dropped.index(lines.len()));
        prop_assert!(rows_or_failure(lines.join("\n").as_bytes()) > 0);
    }
}

/// Events as lines.
pub(super) fn written(events: &[serde_json::Value]) -> String {
    let lines: Vec<String> = events.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// A message's block that begins, and its text.
pub(super) fn block(index: u64, text: &str) -> [serde_json::Value; 2] {
    [
        json!({"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}}),
    ]
}

#[test]
fn a_message_that_says_it_stops_is_not_cut_whatever_else_is_missing() {
    let start = json!({"type": "message_start", "message": {"role": "assistant", "content": [], "stop_reason": null}});
    let [begin, grow] = block(0, "a");
    let stop = json!({"type": "message_stop"});
    assert_eq!(told(&written(&[start, begin, grow, stop])), ["a"]);
}

#[test]
fn a_message_whose_first_event_is_missing_leaves_the_one_before_it_alone() {
    let ended = json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}});
    let ([begin, grow], [begin_again, grow_again]) = (block(0, "one"), block(0, "two"));
    let first = format!("one | f, line 1: {HEADLESS}");
    // The first one is over but for its last event.
    for second in [
        vec![begin_again.clone(), grow_again.clone()],
        vec![grow_again.clone()],
    ] {
        let events = [vec![begin.clone(), grow.clone(), ended.clone()], second].concat();
        assert_eq!(
            told(&written(&events)),
            [first.clone(), format!("two | f, line 4: {HEADLESS}; {CUT}")]
        );
    }
    // It just ends, and its first block begins again.
    assert_eq!(
        told(&written(&[begin, grow, begin_again, grow_again])),
        [
            format!("one | f, line 1: {HEADLESS}; {CUT}"),
            format!("two | f, line 3: {HEADLESS}; {CUT}")
        ]
    );
}

#[test]
fn blocks_of_a_message_that_all_have_one_number_are_all_there() {
    let stop = json!({"type": "content_block_stop", "index": 0});
    let start = json!({"type": "message_start", "message": {"role": "assistant", "content": []}});
    let thinking = [
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}}),
        stop.clone(),
    ];
    let end = [
        stop,
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
        json!({"type": "message_stop"}),
    ];
    let events = [&[start.clone()][..], &thinking, &block(0, "yes"), &end].concat();
    assert_eq!(told(&written(&events)), ["{hm\n\n}yes"]);
    // Nor does anything say where they begin and end.
    let events = [&[start][..], &thinking[1..2], &block(0, "yes")[1..], &end[1..]].concat();
    assert_eq!(told(&written(&events)), ["{hm\n\n}yes"]);
}

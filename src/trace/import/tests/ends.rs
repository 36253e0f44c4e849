//! Streams that lost an end, and those of servers that name nothing: what is told apart, and what is doubted.

use super::{
    events::{CUT, HEADLESS, MIXED, block, told, written},
    responses::{delta, item, response, within},
    streams::chunk,
    *,
};

#[test]
fn a_response_without_a_name_is_over_where_the_next_one_shows_and_doubted_where_nothing_does() {
    let bare = |delta: serde_json::Value, finish: Option<&str>| chunk("", 0, delta, finish);
    let other = |name: &str, value: serde_json::Value| {
        let mut other: serde_json::Value =
            serde_json::from_str(&bare(json!({"content": "two"}), None)).unwrap();
        other[name] = value;
        other.to_string()
    };
    let cut = CUT;
    let two = |first: Vec<String>, second: String| {
        let lines = [first, vec![second]].concat();
        assert_eq!(
            told(&lines.join("\n")),
            [format!("one | f, line 1: {cut}"), "two".to_owned()],
            "{lines:?}"
        );
    };
    let role = |text: &str| bare(json!({"role": "assistant", "content": text}), None);
    let first = vec![role("o"), bare(json!({"content": "ne"}), None)];
    two(first.clone(), role("two").replace("null", "\"stop\""));
    two(
        first,
        other("model", json!("another")).replace("null", "\"stop\""),
    );
    // Of two choices the first is over, one behind the other.
    let both = [
        bare(json!({"content": "one"}), Some("stop")),
        chunk("", 1, json!({"content": "1"}), None),
        bare(json!({"content": "two"}), Some("stop")),
    ];
    assert_eq!(
        told(&both.join("\n")),
        [
            "one".to_owned(),
            format!("1 | f, line 1: {cut}"),
            "two".to_owned()
        ]
    );
    // A closed stream ends it, and all of it was there.
    let events = [
        "data: ",
        &bare(json!({"content": "one"}), None),
        "\n\ndata: [DONE]\n\ndata: ",
        &bare(json!({"content": "two"}), Some("stop")),
    ];
    assert_eq!(told(&events.concat()), ["one", "two"]);
    // A server that says the role with everything says nothing by that.
    assert_eq!(
        told(
            &[
                role("on"),
                role("e"),
                bare(json!({"role": "assistant"}), Some("stop"))
            ]
            .join("\n")
        ),
        ["one"]
    );
    // Nor does one that says another time.
    let made = [
        other("created", json!(1)),
        other("created", json!(9)),
        bare(json!({}), Some("stop")),
    ];
    let doubted = format!("twotwo | f, line 1: {}", MIXED);
    assert_eq!(told(&made.join("\n")), [doubted]);
}

#[test]
fn an_end_that_says_the_role_once_more_is_no_answer() {
    let bare = |delta: serde_json::Value, finish: Option<&str>| chunk("", 0, delta, finish);
    let begin = bare(json!({"role": "assistant", "content": ""}), None);
    let grow = bare(json!({"content": "one"}), None);
    let end = bare(json!({"role": "assistant", "content": ""}), Some("stop"));
    let all = [begin, grow, end.clone()];
    assert_eq!(told(&all.join("\n")), ["one"]);
    // Behind an end it is an answer of nothing.
    let two = told(&[&all[..], &[end]].concat().join("\n"));
    assert_eq!((two.len(), two[0].as_str()), (2, "one"), "{two:?}");
}

#[test]
fn answers_come_in_the_order_in_which_they_began_whether_they_have_names_or_not() {
    let lines = [
        chunk("", 0, json!({"content": "first"}), None),
        chunk("a", 0, json!({"content": "second"}), Some("stop")),
        chunk(
            "",
            0,
            json!({"role": "assistant", "content": "third"}),
            Some("stop"),
        ),
    ];
    let cut = format!("first | f, line 1: {CUT}");
    assert_eq!(told(&lines.join("\n")), [cut.as_str(), "second", "third"]);
    let closed = format!("data: {}\n\ndata: {}\n\ndata: [DONE]\n\n", lines[0], lines[1]);
    assert_eq!(told(&closed), [cut.as_str(), "second"]);
}

#[test]
fn blocks_of_a_message_that_grow_in_turn_are_kept_together_by_their_numbers() {
    let start = json!({"type": "message_start", "message": {"role": "assistant", "content": []}});
    let stop = |index: u64| json!({"type": "content_block_stop", "index": index});
    let thought = |text: &str| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": text}});
    let thinking = json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}});
    let ([begin, yes], [_, no]) = (block(1, "ye"), block(1, "s"));
    let events = [start, thinking, begin, thought("h"), yes, thought("m"), no];
    let end = [stop(0), stop(1), json!({"type": "message_stop"})];
    assert_eq!(told(&written(&[&events[..], &end].concat())), ["{hm\n\n}yes"]);
    // Where its end is missing, the next one is another message all the same.
    let [_, two] = block(0, "two");
    let next = [two, json!({"type": "message_stop"})];
    let cut = format!("{{hm\n\n}}yes | f, line 1: {CUT}");
    assert_eq!(
        told(&written(&[&events[..], &end[..2], &next].concat())),
        [cut, format!("two | f, line 10: {HEADLESS}")]
    );
}

#[test]
fn a_message_that_lost_its_end_is_over_where_another_shows_and_doubted_where_nothing_does() {
    let start = json!({"type": "message_start", "message": {"role": "assistant", "content": []}});
    let stop = |index: u64| json!({"type": "content_block_stop", "index": index});
    let end = json!({"type": "message_stop"});
    let cut = format!("one1 | f, line 1: {CUT}");
    let [begin, grow] = block(0, "one");
    let [begin_again, grow_again] = block(0, "two");
    let first = [
        &[start.clone(), begin.clone(), grow.clone(), stop(0)][..],
        &block(1, "1"),
    ]
    .concat();
    // The numbers of its blocks go back.
    for second in [
        vec![begin_again.clone(), grow_again.clone()],
        vec![grow_again.clone()],
    ] {
        let events = [&first[..], &second, std::slice::from_ref(&end)].concat();
        assert_eq!(
            told(&written(&events)),
            [cut.clone(), format!("two | f, line 7: {HEADLESS}")]
        );
    }
    let first = [start.clone(), begin, grow, stop(0)];
    // A block grows that was over.
    assert_eq!(
        told(&written(
            &[&first[..], &[grow_again.clone(), end.clone()]].concat()
        )),
        [
            format!("one | f, line 1: {CUT}"),
            format!("two | f, line 5: {HEADLESS}")
        ]
    );
    // A server that does not count would send the same.
    assert_eq!(
        told(&written(&[&first[..], &[begin_again, grow_again, end]].concat())),
        [format!("onetwo | f, line 1: {MIXED}")]
    );
}

#[test]
fn what_has_neither_name_nor_number_is_told_apart_by_its_ends_and_kinds_and_doubted_without() {
    let said = |text: &str| json!({"type": "response.output_text.delta", "delta": text});
    let thought = |text: &str| json!({"type": "response.reasoning_text.delta", "delta": text});
    let over = |kind: &str, text: &str| json!({"type": format!("response.{kind}.done"), "text": text});
    for events in [
        vec![
            said("on"),
            said("e"),
            over("output_text", "one"),
            said("two"),
            over("output_text", "two"),
        ],
        vec![
            said("one"),
            over("output_text", "one"),
            item(
                "done",
                None,
                json!({"type": "message", "content": [{"type": "output_text", "text": "one"}]}),
            ),
            said("two"),
            over("output_text", "two"),
        ],
    ] {
        assert_eq!(told(&written(&within(events))), ["one\n\ntwo"]);
    }
    let doubted = |text: &str| [format!("{text} | f, line 1: {MIXED}")];
    let events = within(vec![
        thought("h"),
        thought("m"),
        said("one"),
        thought("so"),
        said("two"),
    ]);
    assert_eq!(told(&written(&events)), doubted("{hm\n\n}one\n\n{so\n\n}two"));
    let events = within(vec![said("one"), said("two")]);
    assert_eq!(told(&written(&events)), doubted("onetwo"));
}

#[test]
fn the_end_of_a_response_is_its_own_however_it_is_counted_unless_it_has_another_name() {
    let count = |mut event: serde_json::Value, number: u64| {
        event["sequence_number"] = json!(number);
        event
    };
    let end = |number, id: &str, output| {
        let mut event = count(response("completed", output), number);
        event["response"]["id"] = json!(id);
        event
    };
    let grow = delta("output_text", "a", Some(0), "one");
    let begun = [count(response("created", json!([])), 1), count(grow, 2)];
    for number in [0, 1, 3] {
        let events = [&begun[..], &[end(number, "r", json!([]))]].concat();
        assert_eq!(told(&written(&events)), ["one"], "{number}");
        // The first event was not there.
        let headless = told(&written(&events[1..]));
        assert_eq!(headless.len(), if number == 1 { 2 } else { 1 }, "{headless:?}");
    }
    let two = json!([{"type": "message", "content": [{"type": "output_text", "text": "two"}]}]);
    let events = [&begun[..], &[end(0, "other", two)]].concat();
    assert_eq!(
        told(&written(&events)),
        [format!("one | f, line 1: {CUT}"), "two".to_owned()]
    );
}

#[test]
fn a_response_that_lost_its_end_is_over_where_another_shows() {
    let first = [
        response("created", json!([])),
        item(
            "added",
            Some(0),
            json!({"id": "a", "type": "message", "content": []}),
        ),
        delta("output_text", "a", Some(0), "one"),
        item(
            "added",
            Some(1),
            json!({"id": "b", "type": "message", "content": []}),
        ),
        delta("output_text", "b", Some(1), "1"),
    ];
    let mut begun = response("in_progress", json!([]));
    begun["response"]["id"] = json!("other");
    let second = delta("output_text", "z", Some(0), "two");
    let done = item(
        "done",
        Some(0),
        json!({"id": "a", "type": "message", "content": []}),
    );
    for (ended, begun) in [
        // Another response's name, an item's number that goes back, another name of an item that keeps its own, and one
        // that was over.
        (None, Some(begun)),
        (
            None,
            Some(item(
                "added",
                Some(0),
                json!({"id": "z", "type": "message", "content": []}),
            )),
        ),
        (None, None),
        (Some(done), None),
    ] {
        let headless = begun.as_ref().is_none_or(|begun| begun.get("response").is_none());
        let events: Vec<_> = first
            .iter()
            .cloned()
            .chain(ended)
            .chain(begun)
            .chain([second.clone()])
            .collect();
        let told = told(&written(&events));
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[0], format!("one\n\n1 | f, line 1: {CUT}"));
        assert!(
            told[1].starts_with("two | ") && told[1].contains(HEADLESS) == headless,
            "{told:?}"
        );
    }
    // The numbers of the events go back.
    let numbered = |from: u64, text: &str| {
        (from..)
            .zip(["output_text", "output_text"])
            .map(|(at, kind)| {
                let mut event = delta(kind, "a", Some(0), text);
                event["sequence_number"] = json!(at);
                event
            })
            .collect::<Vec<_>>()
    };
    let events = [numbered(7, "a"), numbered(4, "b")].concat();
    let cut = |text: &str, line: usize| format!("{text} | f, line {line}: {HEADLESS}; {CUT}");
    assert_eq!(told(&written(&events)), [cut("aa", 1), cut("bb", 3)]);
    assert_eq!(
        told(&written(&[numbered(4, "a"), numbered(7, "b")].concat())),
        [cut("aabb", 1)]
    );
}

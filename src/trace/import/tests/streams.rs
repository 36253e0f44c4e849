//! Recorded streams become the responses they would have been, and log-probabilities are taken where they fit the text.

use super::{events::CUT, *};
use crate::trace::record::{Finish, TokenStats};

/// What servers really streamed.
fn recorded(name: &str) -> Vec<Row> {
    let path = PathBuf::from("tests/data/streams").join(name);
    Rows::open(&path)
        .unwrap()
        .map(|row| row.unwrap().unwrap())
        .collect()
}

fn stats(row: &Row) -> &TokenStats {
    row.trace.token_stats.as_ref().unwrap()
}

/// The texts of tokens, as far as their ends say.
fn tokens(row: &Row) -> Vec<&str> {
    let mut from = 0;
    let ends = stats(row).ends.iter();
    ends.map(|end| &row.trace.text[std::mem::replace(&mut from, *end)..*end])
        .collect()
}

/// A chunk of a chat.
pub(super) fn chunk(id: &str, index: usize, delta: serde_json::Value, finish: Option<&str>) -> String {
    let choice = json!({"index": index, "delta": delta, "finish_reason": finish});
    json!({"id": id, "object": "chat.completion.chunk", "model": "m", "choices": [choice]}).to_string()
}

#[test]
fn what_servers_streamed_is_one_trace() {
    for (name, text, generated) in [
        ("llama-chat-plain.txt", "try 5+", 6),
        ("llama-completions-plain.txt", "try 5+", 6),
        ("transformers-chat.txt", "try 5", 6),
        ("transformers-completions.txt", "try 5", 6),
    ] {
        let rows = recorded(name);
        assert_eq!(rows.len(), 1, "{name}");
        let trace = &rows[0].trace;
        assert!(trace.text.starts_with(text), "{name}: {}", trace.text);
        assert_eq!(trace.finish, Some(Finish::Length), "{name}");
        assert_eq!(trace.tokens.unwrap().generated, generated, "{name}");
        assert!(trace.model.as_ref().unwrap().name.starts_with("tiny/scout"));
        assert!(rows[0].mended.is_none() && trace.created.starts_with("2026"));
        assert_eq!(trace.source.as_ref().unwrap()["line"], 1);
    }
    for name in ["llama-reasoning.txt", "transformers-reasoning.txt"] {
        let rows = recorded(name);
        assert!(
            shown(&rows[0]).starts_with("{\ntry "),
            "{name}: {}",
            shown(&rows[0])
        );
    }
    let error = read("../streams/transformers-error.txt");
    assert!(!error.is_empty() && error.iter().all(Result::is_err));
}

#[test]
fn what_servers_said_of_their_tokens_is_taken() {
    for name in ["llama-chat.txt", "llama-completions.txt"] {
        let rows = recorded(name);
        let row = &rows[0];
        assert_eq!(tokens(row).concat(), row.trace.text, "{name}: {:?}", row.mended);
        assert_eq!((stats(row).logprob.len(), stats(row).top_text.len()), (6, 6));
        assert!(stats(row).top_text.iter().all(|top| top.len() == 2));
        assert!(stats(row).ids.is_none() && stats(row).entropy.is_empty());
    }
}

#[test]
fn mixed_chunks_are_sorted_by_response_and_choice() {
    let lines = [
        chunk("a", 0, json!({"role": "assistant", "content": ""}), None),
        chunk("b", 0, json!({"reasoning": "hm"}), None),
        chunk("a", 1, json!({"content": "second"}), None),
        chunk("a", 0, json!({"content": "fir"}), None),
        "{\"text\":\"no chunk\"}".to_owned(),
        chunk("b", 0, json!({"content": "so"}), Some("stop")),
        chunk("a", 0, json!({"content": "st"}), Some("stop")),
        chunk("a", 1, json!({}), Some("length")),
        json!({"id": "a", "object": "chat.completion.chunk", "choices": [],
            "usage": {"prompt_tokens": 3, "completion_tokens": 9}})
        .to_string(),
        chunk("c", 0, json!({"content": "cut"}), None),
    ];
    let rows: Vec<Row> = super::rows(lines.join("\n").as_bytes())
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let said: Vec<_> = rows.iter().map(|row| (shown(row), row.trace.sample)).collect();
    let wanted = [
        ("no chunk", 0),
        ("first", 0),
        ("second", 1),
        ("{hm\n\n}so", 0),
        ("cut", 0),
    ];
    assert_eq!(said, wanted.map(|(text, sample)| (text.to_owned(), sample)));
    assert_eq!(rows[1].trace.tokens.unwrap().generated, 9);
    assert_eq!(rows[2].trace.finish, Some(Finish::Length));
    assert_eq!(rows[3].trace.source.as_ref().unwrap()["line"], 2);
    assert_eq!(
        mended(&rows[4]).as_deref(),
        Some("f, line 10: its stream ends before the answer does")
    );
}

/// Some servers never say why an answer ended, but that the stream is done.
#[test]
fn an_answer_is_whole_when_its_server_says_that_the_stream_is_done() {
    let say = |id: &str, words: &str| format!("data: {}\n\n", chunk(id, 0, json!({"content": words}), None));
    let read = |events: &[&str]| -> Vec<(String, Option<String>)> {
        let rows = super::rows(events.concat().as_bytes())
            .into_iter()
            .map(Result::unwrap);
        rows.map(|row| (row.trace.text.clone(), mended(&row))).collect()
    };
    let done = "data: [DONE]\n\n";
    let whole = |words: &str| (words.to_owned(), None);
    for id in ["a", ""] {
        assert_eq!(read(&[&say(id, "on"), &say(id, "e"), done]), [whole("one")]);
    }
    assert_eq!(
        read(&[&say("a", "one"), done, &say("b", "two"), done]),
        [whole("one"), whole("two")]
    );
    // The end of another one, which was over before.
    assert_eq!(
        read(&[&say("a", "on"), done, &say("a", "e"), done]),
        [whole("one")]
    );
    let cut = read(&[&say("a", "one"), done, &say("b", "tw")]).pop().unwrap();
    assert!(cut.1.unwrap().ends_with(CUT));
    let unsaid = read(&[&say("a", "on"), &say("b", "tw"), done]);
    assert!(
        unsaid.iter().all(|(_, mended)| mended.is_some()),
        "nobody knows whose end it is"
    );
}

#[test]
fn very_many_mixed_responses_come_out_in_the_order_in_which_they_began() {
    // Of more than are open at once the oldest are over.
    let ids: Vec<String> = (0..4100).map(|i| i.to_string()).collect();
    let begin = ids
        .iter()
        .map(|id| chunk(id, 0, json!({"content": format!("{id} is ")}), None));
    let end = ids
        .iter()
        .rev()
        .map(|id| chunk(id, 0, json!({"content": "over"}), Some("stop")));
    let lines: Vec<String> = begin.chain(end).collect();
    let said: Vec<String> = super::rows(lines.join("\n").as_bytes())
        .into_iter()
        .map(|row| row.unwrap().trace.text)
        .collect();
    let cut = ids.iter().take(4).map(|id| format!("{id} is "));
    let whole = ids.iter().skip(4).map(|id| format!("{id} is over"));
    // Those that were begun again behind their beginning come when the next one begins, or last.
    let late = ids.iter().take(4).rev().map(|_| "over".to_owned());
    assert_eq!(said, cut.chain(whole).chain(late).collect::<Vec<_>>());
}

#[test]
fn a_list_of_chunks_is_a_stream_too() {
    let list = [
        chunk("a", 0, json!({"content": "on"}), None),
        chunk("a", 0, json!({"content": "e"}), Some("stop")),
        chunk("b", 0, json!({"content": "two"}), Some("stop")),
    ];
    for list in [list.join(","), list.join(",\n")] {
        let rows = super::rows(format!("[{list}]").as_bytes());
        let texts: Vec<&str> = rows
            .iter()
            .map(|row| row.as_ref().unwrap().trace.text.as_str())
            .collect();
        assert_eq!(texts, ["one", "two"]);
    }
}

#[test]
fn the_events_of_several_streams_are_read_and_bad_ones_named() {
    let events = format!(
        ": hello\nevent: message\ndata: {}\n\ndata: {{\"id\":\n\ndata: {}\n\ndata: [DONE]\n\ndata: {}\n\nid: 7\ndata:{}\n\ndata: {}\n",
        chunk("", 0, json!({"content": "on"}), None),
        chunk("", 0, json!({"content": "e"}), Some("stop")),
        chunk("", 0, json!({"content": "tw"}), None),
        chunk("", 0, json!({"content": "o"}), Some("stop")),
        json!({"error": {"message": "out of memory"}}),
    );
    let rows = super::rows(events.as_bytes());
    let said: Vec<_> = rows
        .iter()
        .map(|row| {
            row.as_ref()
                .map(|row| row.trace.text.clone())
                .map_err(ToString::to_string)
        })
        .collect();
    assert!(
        said[0]
            .as_ref()
            .unwrap_err()
            .starts_with("f, line 5: this is no JSON")
    );
    assert_eq!(said[1], Ok("one".to_owned()));
    assert_eq!(
        said[2],
        Err("f, line 16: it is no answer but an error: out of memory".to_owned())
    );
    assert_eq!((&said[3], said.len()), (&Ok("two".to_owned()), 4));
    for text in [
        "data: none\n",
        ": a text\nthat goes on\n",
        "event: it rained\n",
        "data: {1, 2}",
    ] {
        assert_eq!(super::rows(text.as_bytes())[0].as_ref().unwrap().trace.text, text);
    }
}

/// A whole response with log-probabilities of such a shape, read.
fn whole(message: serde_json::Value, logprobs: serde_json::Value) -> Row {
    let choice = json!({"index": 0, "message": message, "logprobs": logprobs, "finish_reason": "stop"});
    let response = json!({"object": "chat.completion", "choices": [choice]}).to_string();
    super::rows(response.as_bytes()).remove(0).unwrap()
}

fn listed(tokens: &[&str]) -> serde_json::Value {
    let entries = tokens.iter().map(|token| {
        json!({"token": token, "logprob": -0.5, "bytes": token.as_bytes(),
            "top_logprobs": [{"token": "x", "logprob": -2.0}, {"token": token, "logprob": -0.5}]})
    });
    json!({"content": entries.collect::<Vec<_>>()})
}

#[test]
fn tokens_that_spell_the_text_are_taken_whatever_shape_they_have() {
    let said = json!({"role": "assistant", "content": "try it"});
    let row = whole(said.clone(), listed(&["try", " it"]));
    assert_eq!(tokens(&row), ["try", " it"]);
    assert_eq!(stats(&row).top_text[1][0], (" it".to_owned(), -0.5));
    // The end token has no text.
    assert_eq!(
        tokens(&whole(said.clone(), listed(&["try", " it", "<|im_end|>"]))),
        ["try", " it", ""]
    );
    // Thinking that was apart: the blank line between belongs to the token behind it.
    let thought = json!({"role": "assistant", "reasoning": "hm", "content": "try it"});
    assert_eq!(
        tokens(&whole(thought, listed(&["hm", "try", " it"]))),
        ["hm", "\n\ntry", " it"]
    );
    // A character in two tokens ends with the second.
    let split = json!([{"token": "\u{fffd}", "bytes": [0xc3], "logprob": -1}, {"token": "\u{fffd}", "bytes": [0xa9], "logprob": -2}]);
    let row = whole(
        json!({"role": "assistant", "content": "\u{e9}"}),
        json!({"content": split}),
    );
    assert_eq!((tokens(&row), stats(&row).logprob[1]), (vec!["", "\u{e9}"], -2.0));

    let lists = json!({"tokens": ["try", " it"], "token_logprobs": [-1.5, 0.1], "top_logprobs": [{"a": -3, "try": -1.5}, null]});
    let response = json!({"object": "text_completion", "choices": [{"text": "try it", "logprobs": lists, "finish_reason": "stop"}]});
    let row = super::rows(response.to_string().as_bytes()).remove(0).unwrap();
    assert_eq!(
        (tokens(&row), &stats(&row).logprob[..]),
        (vec!["try", " it"], &[-1.5, 0.0][..])
    );
    assert_eq!(
        stats(&row).top_text,
        [vec![("try".to_owned(), -1.5), ("a".to_owned(), -3.0)], vec![]]
    );

    let ollama = json!({"model": "m", "message": {"role": "assistant", "content": "a"}, "done_reason": "stop",
        "logprobs": [{"token": "a", "logprob": -1}]});
    let row = super::rows(ollama.to_string().as_bytes()).remove(0).unwrap();
    assert_eq!((tokens(&row), stats(&row).top_text.len()), (vec!["a"], 0));
    let sample = json!({"id": 1, "epoch": 1, "messages": [{"role": "assistant", "content": "a"}],
        "output": {"choices": [{"stop_reason": "stop", "logprobs": {"content": [{"token": "a", "logprob": -1}]}}]}});
    let row = super::rows(sample.to_string().as_bytes()).remove(0).unwrap();
    assert_eq!(tokens(&row), ["a"]);
}

#[test]
fn numbers_of_the_answer_alone_stand_where_the_answer_does() {
    let alone = "f, line 1: its log-probabilities are those of its last piece alone";
    let thought = json!({"role": "assistant", "reasoning": "hm", "content": "try it"});
    let row = whole(thought.clone(), listed(&["try", " it", "<|im_end|>"]));
    assert_eq!(stats(&row).ends, [7, 10, 10]);
    assert_eq!(
        (&row.trace.text[..10], mended(&row).as_deref()),
        ("hm\n\ntry it", Some(alone))
    );
    // Of a conversation they are those of the last turn, with its thinking or without.
    for (tokens, ends) in [
        (vec!["try", " it"], vec![13, 16]),
        (vec!["hm", "try it"], vec![8, 16]),
    ] {
        let turns = [json!({"role": "assistant", "content": "what"}), thought.clone()];
        let sample = json!({"id": 1, "epoch": 1, "messages": turns,
            "output": {"choices": [{"stop_reason": "stop", "logprobs": listed(&tokens)}]}});
        let row = super::rows(sample.to_string().as_bytes()).remove(0).unwrap();
        assert_eq!(
            (&stats(&row).ends, row.trace.text.as_str()),
            (&ends, "what\n\nhm\n\ntry it")
        );
    }
    // Streamed, the numbers come with the answer only.
    let mut answer: serde_json::Value =
        serde_json::from_str(&chunk("i", 0, json!({"content": "try it"}), Some("stop"))).unwrap();
    answer["choices"][0]["logprobs"] = listed(&["try", " it"]);
    let stream = format!("{}\n{answer}", chunk("i", 0, json!({"reasoning": "hm"}), None));
    let row = super::rows(stream.as_bytes()).remove(0).unwrap();
    assert_eq!(
        (&stats(&row).ends[..], mended(&row).as_deref()),
        (&[7, 10][..], Some(alone))
    );
    // Tokens that spell the thinking alone are none of the answer's.
    assert_eq!(whole(thought, listed(&["hm"])).trace.token_stats, None);
}

#[test]
fn tokens_that_do_not_fit_are_left_out_and_it_is_said_why() {
    let said = json!({"role": "assistant", "content": "try it"});
    for (logprobs, why) in [
        (listed(&["try", "it"]), "their tokens do not spell the text"),
        (listed(&["try"]), "their tokens do not spell all of the text"),
        (
            listed(&["try", " it", "a", "b"]),
            "their tokens do not spell the text",
        ),
        (
            json!({"content": [{"token": "try it", "logprob": null}]}),
            "one of their tokens has no number",
        ),
        (
            json!({"tokens": ["try it"], "token_logprobs": []}),
            "their lists differ in length",
        ),
    ] {
        let row = whole(said.clone(), logprobs);
        let wanted = format!("f, line 1: its log-probabilities are left out: {why}");
        assert_eq!((mended(&row), row.trace.token_stats), (Some(wanted), None));
    }
    for nothing in [
        json!(null),
        json!({"content": null}),
        json!({"content": []}),
        json!({"refusal": null}),
    ] {
        let row = whole(said.clone(), nothing);
        assert_eq!((row.mended, row.trace.token_stats), (None, None));
    }
}

proptest! {
    #[test]
    fn a_stream_is_the_response_it_would_have_been(
        pieces in prop::collection::vec(("[a-c\u{e9} ]{0,3}", any::<bool>()), 0..9), events in any::<bool>()
    ) {
        let (mut thought, mut said) = (String::new(), String::new());
        let mut lines = Vec::new();
        for (text, thinks) in &pieces {
            let name = if *thinks { "reasoning_content" } else { "content" };
            if *thinks { thought.push_str(text) } else { said.push_str(text) }
            lines.push(chunk("i", 0, json!({name: text}), None));
        }
        lines.push(chunk("i", 0, json!({}), Some("stop")));
        let lead = if events { "data: " } else { "" };
        let stream: String = lines.iter().map(|line| format!("{lead}{line}\n\n")).collect();
        let message = json!({"role": "assistant", "reasoning": thought, "content": said});
        let response = json!({"id": "i", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]});
        let (read, wanted) = (super::rows(stream.as_bytes()), super::rows(response.to_string().as_bytes()));
        prop_assert_eq!(read.len(), 1);
        let (read, wanted) = (read[0].as_ref().unwrap(), wanted[0].as_ref().unwrap());
        prop_assert_eq!(&read.trace.text, &wanted.trace.text);
        prop_assert_eq!(&read.trace.parts, &wanted.trace.parts);
        prop_assert_eq!(read.trace.finish, wanted.trace.finish);
    }

    #[test]
    fn tokens_are_taken_only_when_they_spell_the_text(
        text in "[ab\u{e9}]{0,6}", tokens in prop::collection::vec("[ab\u{e9}]{0,3}", 0..5)
    ) {
        let row = whole(json!({"role": "assistant", "content": text}), listed(&tokens.iter().map(String::as_str).collect::<Vec<_>>()));
        if let Some(stats) = &row.trace.token_stats {
            prop_assert_eq!(stats.ends.last(), Some(&text.len()));
            let all = tokens.concat();
            let but_last = tokens[..tokens.len() - 1].concat();
            prop_assert!(all == text || but_last == text);
        } else {
            prop_assert!(tokens.is_empty() || tokens.concat() != text);
        }
    }

    #[test]
    fn streams_cut_anywhere_are_rows_or_reasons(
        name in prop::sample::select(&["llama-chat.txt", "transformers-reasoning.txt", "llama-completions.txt"][..]),
        at in any::<prop::sample::Index>()
    ) {
        let bytes = fs::read(PathBuf::from("tests/data/streams").join(name)).unwrap();
        let at = at.index(bytes.len());
        prop_assert!(at == 0 || rows_or_failure(&bytes[..at]) > 0);
    }
}

#[test]
fn an_error_that_calls_itself_a_chunk_is_a_sentence_and_what_came_before_it_is_cut() {
    let mut error = json!({"id": "a", "object": "chat.completion.chunk", "choices": []});
    error["error"] = json!({"message": "overloaded\nand more", "code": 502});
    let lines = [
        chunk("a", 0, json!({"content": "half "}), None),
        error.to_string(),
    ];
    let (mut sentences, mut good) = (Vec::new(), Vec::new());
    for row in Rows::new(lines.join("\n").as_bytes(), "f") {
        match row.unwrap() {
            Ok(row) => good.push(row),
            Err(error) => sentences.push(error.to_string()),
        }
    }
    assert_eq!(sentences, ["f, line 2: it is no answer but an error: overloaded"]);
    assert_eq!(
        (good[0].trace.text.as_str(), good[0].trace.finish),
        ("half ", None)
    );
}

#[test]
fn an_error_of_nothing_is_none_and_a_second_remark_stands_beside_the_first() {
    for nothing in [
        json!(""),
        json!(false),
        json!(0),
        json!({}),
        json!([]),
        json!(null),
        json!({"code": 0, "message": null}),
    ] {
        let with = |mut value: serde_json::Value| {
            value["error"] = nothing.clone();
            value
        };
        let row = with(json!({"choices": [{"message": {"role": "assistant", "content": "a"}}]}));
        let row = super::rows(row.to_string().as_bytes()).remove(0).unwrap();
        assert_eq!((row.trace.text.as_str(), row.mended), ("a", None), "{nothing}");
        let chunks = ["a", "b"].map(|text| {
            let chunk = chunk(
                "i",
                0,
                json!({"content": text}),
                Some("stop").filter(|_| text == "b"),
            );
            with(serde_json::from_str(&chunk).unwrap()).to_string()
        });
        let rows = super::rows(chunks.join("\n").as_bytes());
        assert_eq!(rows.len(), 1, "{nothing}");
        assert_eq!(rows[0].as_ref().unwrap().trace.text, "ab", "{nothing}");
    }
    let said = json!({"role": "assistant", "content": "try it"});
    let choice = json!({"index": 0, "message": said, "logprobs": listed(&["no"])});
    let row = json!({"choices": [choice], "error": {"message": "overloaded"}});
    let row = super::rows(row.to_string().as_bytes()).remove(0).unwrap();
    assert_eq!(
        mended(&row).as_deref(),
        Some(
            "f, line 1: its log-probabilities are left out: their tokens do not spell the text; its answer ends in an error: overloaded"
        )
    );
}

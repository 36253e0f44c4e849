use super::{
    mock::{Step, delta, end, event, status, stream, text, token},
    *,
};
use crate::engine::Prefix;
use serde_json::json;
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{Arc, Barrier, Mutex},
    thread,
};

#[test]
fn a_busy_server_is_asked_again_and_five_times_at_most() {
    for code in [429, 500, 502, 503, 504] {
        let mock = Mock::new("x", move |number, _| match number {
            // An hour: kept only up to the longest pause, which is none here.
            0..4 => status(
                code,
                "Retry-After: 3600\r\n",
                r#"{"error":{"message":"no room"}}"#,
            ),
            _ => stream([text("a"), end("stop")].concat()),
        });
        assert_eq!(sample(&ask(&mock, request(1, [0])), 0).0.text, "a");
        assert_eq!(mock.asked().len(), 5);
    }
    let mock = Mock::new("x", |_, _| status(503, "", "no\u{1b}[31m room"));
    let events = ask(&mock, request(1, [0]));
    let sentence = sentence(&events);
    assert!(
        sentence.contains("(503: no\u{241b}[31m room); it was asked 5 times"),
        "{sentence}"
    );
    assert_eq!(mock.asked().len(), 5);
}

#[test]
fn a_list_of_models_is_asked_for_again_too() {
    let mock = Mock::listing(status(503, "", "loading"), |_, _| Vec::new());
    assert!(sentence(&ask(&mock, request(1, [0]))).contains("loading); it was asked 5 times"));
}

#[test]
fn what_asking_again_cannot_mend_is_told_at_once() {
    for (answer, words) in [
        (
            status(400, "", r#"{"object":"error","message":"context too long"}"#),
            "(400: context too long)",
        ),
        (
            status(401, "", r#"{"detail":"who are you?"}"#),
            "setting `api_key_env`",
        ),
        (
            status(403, "", "<html>no</html>"),
            "refuses the API key or wants one (403): ",
        ),
        (status(404, "", ""), "has no /completions (404)"),
        (
            status(308, "Location: https://elsewhere/v1\r\n", ""),
            "on to https://elsewhere/v1",
        ),
    ] {
        let answer = Mutex::new(Some(answer));
        let mock = Mock::new("x", move |_, _| answer.lock().unwrap().take().unwrap_or_default());
        let events = ask(&mock, request(1, [0]));
        assert!(sentence(&events).contains(words), "{events:?}");
        assert_eq!(mock.asked().len(), 1, "{words}");
    }
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 2\r\n\r\nhi";
    let mock = Mock::new("x", move |_, _| vec![Step::Send(page.into())]);
    assert!(sentence(&ask(&mock, request(1, [0]))).contains("a web page"));
}

#[test]
fn nobody_there_is_a_question_whether_the_server_runs() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let server = Server::parse(&format!("openai:http://127.0.0.1:{port}#m")).unwrap();
    let mut engine = RemoteEngine::with_patience(server, None, patience(), 4).unwrap();
    start(&engine, request(1, [0]));
    let events = listen(&mut engine, 1);
    let sentence = sentence(&events);
    assert!(
        sentence.contains("is the server running") && sentence.contains("5 times"),
        "{sentence}"
    );
}

#[test]
fn a_text_that_breaks_off_fails_with_what_had_come_and_is_not_asked_for_again() {
    let half = "data: {\"model\":\"m\",\"choices\":[{\"ind";
    let cut = || [token("é"), token("b"), half.to_owned()].concat();
    let chunked = |body: String| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
        vec![Step::Send(format!("{head}{:x}\r\n{body}\r\n", body.len()).into())]
    };
    let answers = [
        stream(cut()),
        chunked(cut()),
        stream([token("é"), token("b")].concat()),
    ];
    for answer in answers {
        let answer = Mutex::new(Some(answer));
        let mock = Mock::new("x", move |_, _| answer.lock().unwrap().take().unwrap_or_default());
        let events = ask(&mock, request(1, [0]));
        assert_eq!(sample(&events, 0), (sample(&events, 0).0, None));
        assert_eq!(sample(&events, 0).0.text, "éb");
        let sentence = sentence(&events);
        assert!(
            sentence.contains("dropped the stream after 2 tokens"),
            "{sentence}"
        );
        assert_eq!(mock.asked().len(), 1);
    }
}

#[test]
fn a_stream_that_drops_before_any_text_is_asked_for_again() {
    let mock = Mock::new("x", |number, _| match number {
        0 => Vec::new(),
        1 => stream(""),
        2 => stream(": ping\n\ndata: {\"cho"),
        3 => stream(delta(&json!({"role": "assistant"}))),
        _ => stream([text("a"), end("stop")].concat()),
    });
    assert_eq!(sample(&ask(&mock, request(1, [0])), 0).0.text, "a");
    assert_eq!(mock.asked().len(), 5);
}

#[test]
fn a_server_that_falls_silent_is_left() {
    let hang = |begin: Vec<Step>| {
        let steps = Mutex::new(Some(begin));
        Mock::new("x", move |_, _| {
            let mut steps = steps.lock().unwrap().take().unwrap_or_default();
            steps.push(Step::Hang);
            steps
        })
    };
    let short = Duration::from_millis(100);
    let silent = Patience {
        silence: short,
        ..patience()
    };
    let mock = hang(stream(token("a")));
    let events = ask_with(&mock, request(1, [0]), None, silent);
    assert!(
        sentence(&events).contains("fell silent for 0 s after 1 token"),
        "{events:?}"
    );
    assert_eq!(sample(&events, 0).0.text, "a");
    assert!(mock.sees_a_close());
    let settled = Patience {
        settle: short,
        ..patience()
    };
    let last = event(&json!({"index": 0, "text": "a", "finish_reason": "stop"}));
    let mock = hang(stream(last));
    let events = ask_with(&mock, request(1, [0]), None, settled);
    assert_eq!(sample(&events, 0).1, Some(StopReason::Stop));
    // The list of models never comes.
    let late = Patience {
        first: short,
        ..patience()
    };
    let mock = Mock::listing(vec![Step::Hang], |_, _| Vec::new());
    let events = ask_with(&mock, request(1, [0]), None, late);
    assert!(
        sentence(&events).contains("did not begin to answer within 0 s"),
        "{events:?}"
    );
    assert!(mock.sees_a_close());
}

#[test]
fn an_error_inside_a_stream_and_an_end_for_another_reason_are_told() {
    for (last, words) in [
        (
            "data: {\"error\":{\"message\":\"out of memory\"}}\n\n".to_owned(),
            "after 1 token: out of memory",
        ),
        (
            "event: error\ndata: {\"message\":\"worker died\"}\n\n".into(),
            "after 1 token: worker died",
        ),
        (
            end("content_filter"),
            "broke the text off after 1 token, because of `content_filter`",
        ),
        (end("tool_calls"), "`tool_calls`"),
        (
            "data: <html>\n\n".into(),
            "something else than an OpenAI-compatible server does (no JSON)",
        ),
        (
            format!("data: {}\n\n", "a".repeat(9 << 20)),
            "a line of more than",
        ),
    ] {
        let mock = Mock::new("x", move |_, _| stream([token("a"), last.clone()].concat()));
        let events = ask(&mock, request(1, [0]));
        assert!(sentence(&events).contains(words), "{}", sentence(&events));
        assert_eq!(sample(&events, 0).0.text, "a");
        assert_eq!(mock.asked().len(), 1);
    }
}

#[test]
fn one_sample_that_fails_ends_the_run_and_closes_the_others() {
    // Nobody gets an answer before all three have asked.
    let barrier = Arc::new(Barrier::new(3));
    let mock = Mock::new("x", move |number, _| {
        if number > 2 {
            return stream([text("b"), end("stop")].concat());
        }
        barrier.wait();
        let mut steps = stream(text("a"));
        if number > 0 {
            steps.push(Step::Hang);
        }
        steps
    });
    let mut engine = engine(&mock);
    start(&engine, request(1, 0..3));
    assert!(sentence(&listen(&mut engine, 1)).contains("dropped the stream after 1 piece of text"));
    assert!(mock.sees_a_close() && mock.sees_a_close());
    // And the engine goes on.
    start(&engine, request(2, [0]));
    assert_eq!(sample(&listen(&mut engine, 1), 0).0.text, "b");
}

#[test]
fn another_model_than_the_one_asked_for_is_a_lie() {
    let mock = Mock::new("vllm", |_, _| {
        let other = json!({"model": "tiny", "choices": [{"index": 0, "text": "a"}]});
        stream(format!("data: {other}\n\n"))
    });
    let events = ask(&mock, request(1, [0]));
    assert!(sentence(&events).contains("asked for the model `m` and says that `tiny` answered"));
    assert_eq!(sample(&events, 0).0.text, "");
}

#[test]
fn a_model_that_is_not_there_and_a_fork_that_cannot_be_are_told_before_anything_is_asked() {
    let mut mock = Mock::new("library", |_, _| Vec::new());
    let mut fork = question(1);
    fork.prefix = vec![Prefix::Text("so".into())];
    assert!(sentence(&ask(&mock, fork)).contains("cannot continue a begun answer"));
    let mut tokens = request(1, [0]);
    tokens.prefix = vec![Prefix::Tokens(vec![4])];
    assert!(sentence(&ask(&mock, tokens)).contains("fork from the text"));
    let mut hot = request(1, [0]);
    hot.sampler.temperature = -1.0;
    assert!(sentence(&ask(&mock, hot)).contains("temperature is -1"));
    mock.url.push_str("#llama");
    assert!(sentence(&ask(&mock, request(1, [0]))).contains("has no model `llama`; it has m"));
    assert_eq!(mock.asked().len(), 0);
}

#[test]
fn a_server_without_a_list_of_models_is_believed() {
    let mut mock = Mock::listing(status(404, "", ""), |_, _| {
        stream([text("a"), end("stop")].concat())
    });
    assert!(sentence(&ask(&mock, request(1, [0]))).contains("no list of its models: name the model"));
    mock.url.push_str("#other");
    assert_eq!(sample(&ask(&mock, request(1, [0])), 0).0.text, "a");
}

#[test]
fn a_server_without_encryption_is_told_apart_from_one_that_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            // The greeting of the other side is taken, so that nothing is reset before the answer is read.
            let _ = stream.read(&mut [0; 4096]);
        }
    });
    let server = Server::parse(&format!("openai:https://{address}#m")).unwrap();
    let mut engine = RemoteEngine::with_patience(server, None, patience(), 4).unwrap();
    start(&engine, request(1, [0]));
    let events = listen(&mut engine, 1);
    let sentence = sentence(&events);
    // On a machine without certificates no secure connection can even be set up.
    assert!(
        sentence.contains("secure connection failed") || sentence.contains("cannot be set up"),
        "{sentence}"
    );
}

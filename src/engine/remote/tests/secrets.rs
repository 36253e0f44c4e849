use super::{
    mock::{end, status, stream, text},
    *,
};

const KEY: &str = "sk-0123456789abcdefghijklmnop";

fn with_key(mock: &Mock) -> Vec<Event> {
    let key = Secret::from_env("MY_KEY", |_| Some(KEY.into())).unwrap();
    ask_with(mock, request(1, [0]), Some(key), patience())
}

#[test]
fn the_key_goes_into_the_header_of_every_request_and_nowhere_else() {
    let mock = Mock::new("x", |_, _| stream([text("a"), end("stop")].concat()));
    let events = with_key(&mock);
    assert_eq!(events.last().unwrap().kind, EventKind::Done);
    let [asked] = mock.asked().try_into().unwrap();
    assert!(
        asked.head.contains(&format!("authorization: Bearer {KEY}")),
        "{}",
        asked.head
    );
    assert!(!asked.body.to_string().contains("sk-") && !format!("{events:?}").contains("sk-"));
}

#[test]
fn a_server_that_repeats_the_key_gets_it_into_no_event() {
    let model = format!("data: {{\"model\":\"{KEY}\",\"choices\":[]}}\n\n");
    let finish = end(KEY);
    let pieces = [
        text("it is sk-012345678"),
        text("9abcdefghijklmnop, is it not?"),
        end("stop"),
    ]
    .concat();
    let alternatives = format!(
        "data: {{\"choices\":[{{\"index\":0,\"text\":\"a\",\"logprobs\":{{\"tokens\":[\"a\"],\"token_logprobs\":[-1],\
         \"top_logprobs\":[{{\"{KEY}\":-1}}]}}}}]}}\n\n{}",
        end("stop")
    );
    for answer in [
        status(400, "", &format!("{{\"error\":\"bad key {KEY}\"}}")),
        status(401, "", &format!("{}{KEY}", "a".repeat(290))),
        status(302, &format!("Location: http://x/?key={KEY}\r\n"), ""),
        stream(format!("data: {{\"error\":\"{KEY}\"}}\n\n")),
        stream(model),
        stream(finish),
        stream(pieces),
        stream(alternatives),
    ] {
        let answer = std::sync::Mutex::new(Some(answer));
        let mock = Mock::new("x", move |_, _| answer.lock().unwrap().take().unwrap_or_default());
        let events = with_key(&mock);
        assert!(!format!("{events:?}").contains("abcdef"), "{events:?}");
        assert_eq!(mock.asked().len(), 1);
    }
    let list = format!("{{\"data\":[{{\"id\":\"{KEY}\"}},{{\"id\":\"b\"}}]}}");
    let events = with_key(&Mock::listing(status(200, "", &list), |_, _| Vec::new()));
    assert!(sentence(&events).contains("2 models ([key], b)"), "{events:?}");
}

#[test]
fn a_refused_key_is_told_by_its_variable() {
    let mock = Mock::new("x", |_, _| {
        status(401, "", r#"{"error":{"message":"Incorrect API key"}}"#)
    });
    let events = with_key(&mock);
    let sentence = sentence(&events);
    assert!(
        sentence.contains("Incorrect API key") && sentence.contains("variable MY_KEY"),
        "{sentence}"
    );
}

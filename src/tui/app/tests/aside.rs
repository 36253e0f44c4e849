//! Thinking that is folded, code that is coloured, and a server's tokens, which have no ids.

use super::*;
use crate::{engine::TokenBatch, trace::Span};

const THOUGHT: &str =
    "<think>\nfirst\nsecond\n</think>\n\nThe answer:\n```json\n{\"a\": true}\n```\nand more\n";

fn thought() -> App {
    let mut app = empty();
    let trace = crate::trace::Trace {
        text: THOUGHT.into(),
        ..Default::default()
    };
    update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
    update(&mut app, demo::model_msg());
    app.settle();
    app
}

fn shown(app: &App) -> Vec<&str> {
    let live = app.explore.trace().unwrap();
    let rows = live.rows(40).from(live.top, 20);
    rows.iter().map(|row| row.of(live.text.as_str())).collect()
}

#[test]
fn thinking_folds_to_one_row_and_opens_where_somebody_goes_into_it() {
    let mut app = thought();
    press(&mut app, "j space");
    assert_eq!(
        shown(&app)[..3],
        [&THOUGHT[..29], "", "The answer:"],
        "{:?}",
        shown(&app)
    );
    assert_eq!(
        app.explore.trace().unwrap().cursor.byte,
        0,
        "the cursor came out of it"
    );
    press(&mut app, "j j");
    assert_eq!(line(&app), "The answer:");
    press(&mut app, "k k space");
    assert_eq!(shown(&app)[1], "first");
    press(&mut app, "z M");
    assert_eq!(shown(&app)[1], "");
    press(&mut app, "/");
    type_text(&mut app, "second");
    press(&mut app, "enter");
    assert_eq!((line(&app), shown(&app)[1]), ("second", "first"), "a hit is seen");
    let text = app.explore.trace().unwrap().record().text;
    assert_eq!(text, THOUGHT, "nothing is lost");
}

#[test]
fn thinking_that_still_arrives_can_be_folded_and_is_followed() {
    let mut app = demo::app(80, 24);
    let mut live = app.explore.traces.remove(0);
    live.phase = Phase::Running;
    live.follow();
    live.tokens = TokenBatch::default();
    live.write("<think>so\n");
    let start = live.text.len() - 10;
    let end = live.text.len();
    live.folds.sync(live.text.as_str(), [Span::new(start, end)]);
    live.cursor.byte = end - 2;
    assert!(live.fold_here() && live.follow);
    live.push(
        TokenBatch {
            text: "more\n".into(),
            ..TokenBatch::default()
        },
        live.last,
    );
    live.folds.sync(live.text.as_str(), [Span::new(start, end + 5)]);
    live.settle(70, 10);
    let rows = live.rows(70);
    assert_eq!(rows.at(live.cursor.byte), Span::new(start, end + 4));
}

#[test]
fn the_choices_of_a_server_are_texts_and_a_fork_takes_one() {
    let mut app = demo::app(80, 24);
    let live = &mut app.explore.traces[0];
    let (at, text) = (live.token_at(8).unwrap(), "other".to_owned());
    let here = live.token_span(at).of(live.text.as_str()).to_owned();
    live.tokens.ids.clear();
    live.tokens.top.clear();
    live.tokens.top_text = vec![vec![]; live.tokens.len()];
    live.tokens.top_text[at] = vec![(here, -0.1), (text.clone(), -2.0)];
    live.look_at(8);
    assert!(press(&mut app, "a").is_empty(), "no token needs a name");
    let Some(Overlay::Alternatives { selected: 1, .. }) = app.overlay else {
        panic!("{:?}", app.overlay);
    };
    let effects = press(&mut app, "enter");
    let start = app.explore.traces[0].token_span(at).start;
    let wanted = [Prefix::Text(demo::TEXT[..start].into()), Prefix::Text(text)];
    assert_eq!(request(&effects).prefix, wanted);
}

/// Rows whose thinking stands in a field, in a block and in a channel of its own.
#[test]
fn thinking_that_the_file_tells_apart_folds_as_between_tags() {
    let answer = "<answer>18-7+4</answer>";
    let channel = format!(
        "<|channel|>analysis<|message|>Try it.<|end|><|start|>assistant<|channel|>final<|message|>{answer}"
    );
    let message = |content: serde_json::Value| serde_json::json!({"messages": [{"role": "assistant", "content": content}]});
    for row in [
        serde_json::json!({"messages": [{"role": "assistant", "content": answer, "reasoning_content": "Try it."}]}),
        message(
            serde_json::json!([{"type": "thinking", "thinking": "Try it."}, {"type": "text", "text": answer}]),
        ),
        message(channel.clone().into()),
        serde_json::json!({"text": channel}),
    ] {
        let row = crate::trace::import::Rows::new(row.to_string().as_bytes(), "rows")
            .next()
            .unwrap()
            .unwrap()
            .unwrap();
        let trace = crate::behavior::analyze(row, None, 0);
        let mut app = empty();
        update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
        let live = app.explore.trace().unwrap();
        assert_eq!(
            live.folds.at(0).map(|fold| fold.of(live.text.as_str())),
            Some("Try it.")
        );
        press(&mut app, "enter");
        assert!(app.explore.trace().unwrap().folds.closed_at(0).is_some());
    }
    // What stands before an answer that is only tagged is not said to be thinking.
    let trace = crate::trace::Trace {
        text: format!("Try it.\n\n{answer}"),
        ..Default::default()
    };
    let json = serde_json::to_string(&trace).unwrap();
    let row = crate::trace::import::Rows::new(json.as_bytes(), "rows")
        .next()
        .unwrap()
        .unwrap()
        .unwrap();
    let mut app = empty();
    update(
        &mut app,
        Msg::Open(vec![(demo::problem(), crate::behavior::analyze(row, None, 0))]),
    );
    assert!(app.explore.trace().unwrap().folds.is_empty());
}

#[test]
fn a_list_of_traces_goes_by_pages_and_to_its_ends_and_reads_on_there() {
    let mut app = demo::app(120, 40);
    let trace = app.explore.trace().unwrap().record();
    let more = (0..99).map(|_| (demo::problem(), trace.clone())).collect();
    update(&mut app, Msg::Rows(more));
    update(&mut app, Msg::More(true));
    let selected = |app: &App| match app.overlay {
        Some(Overlay::Traces(_, selected)) => selected,
        _ => panic!("{:?}", app.overlay),
    };
    press(&mut app, "T");
    assert!(press(&mut app, "pagedown").is_empty());
    assert_eq!(selected(&app), 35, "no entry is jumped over");
    press(&mut app, "pageup");
    assert_eq!(selected(&app), 0);
    assert!(matches!(press(&mut app, "end")[..], [Effect::ReadOn]));
    assert_eq!(selected(&app), 99);
    press(&mut app, "home");
    assert_eq!(selected(&app), 0);
    // What is not among those that are read may be among the others.
    press(&mut app, "z e b r a");
    assert!(matches!(press(&mut app, "down")[..], [Effect::ReadOn]));
    // With something typed these two keys are the field's.
    press(&mut app, "home x");
    let typed = app.overlay.as_mut().and_then(Overlay::field);
    assert_eq!(
        typed.map(|field| field.text().to_owned()).as_deref(),
        Some("xzebra")
    );
    update(&mut app, Msg::More(false));
    assert!(press(&mut app, "down").is_empty());
}

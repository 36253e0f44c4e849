//! Traces that somebody else wrote: looked at, gone on with, solved anew.

use super::*;

#[test]
fn a_trace_from_elsewhere_can_be_looked_at_and_forked() {
    let mut trace = demo::app(120, 40).explore.trace().unwrap().record();
    trace.given = vec![demo::span("back to 18 7 4")];
    let mut app = empty();
    update(&mut app, Msg::Open(vec![(demo::problem(), trace.clone())]));
    assert!(
        update(&mut app, demo::model_msg()).is_empty(),
        "it is not written again"
    );
    assert_eq!((line(&app), node(&app)), ("try 18+7=25 left 25 4", Some(1)));
    assert_eq!(app.explore.trace().unwrap().record(), trace);
    let effects = press(&mut app, "j f");
    assert!(matches!(request(&effects).prefix.as_slice(), [Prefix::Tokens(_)]));
}

/// A workbench that a text without a problem was brought to, and the model is ready.
fn with_foreign(problem: Problem) -> App {
    let mut app = empty();
    let trace = crate::trace::Trace {
        text: "Let me try 18 - 7 = 11.\nThen 11 + 4 = 15.\n".into(),
        tree: Some(crate::trace::Tree {
            reader: "free/1".into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    update(&mut app, Msg::Open(vec![(problem, trace)]));
    assert!(update(&mut app, demo::model_msg()).is_empty());
    app
}

#[test]
fn a_model_is_not_set_on_nothing_and_warns_of_what_it_cannot_read() {
    let mut app = with_foreign(Problem::default());
    let said = |app: &App| app.notice.clone().unwrap_or_else(|| Notice::info("")).text;
    assert!(press(&mut app, "R").is_empty());
    assert!(
        said(&app).contains("names no problem") && said(&app).contains("p types one"),
        "{}",
        said(&app)
    );
    assert!(
        press(&mut app, "g g f").is_empty(),
        "nothing stands before the first byte"
    );
    assert_eq!(
        request(&press(&mut app, "G f")).prompt,
        "\n",
        "a model needs something to begin after"
    );
    assert!(said(&app).contains("likely nonsense"), "{}", said(&app));
    let asked = Problem {
        prompt: "In 4x4 Mini Sudoku: ...".into(),
        ..Problem::default()
    };
    let mut app = with_foreign(asked);
    request(&press(&mut app, "R"));
    assert!(said(&app).contains("reads only problems like"), "{}", said(&app));
    let mut app = with_foreign(demo::problem());
    request(&press(&mut app, "G f"));
    assert!(
        said(&app).contains("knows only its own language"),
        "{}",
        said(&app)
    );
    request(&press(&mut app, "R"));
    assert_eq!(app.notice, None, "the problem in its own words is what it can do");
}

#[test]
fn a_text_without_tokens_is_forked_at_the_cursors_byte() {
    let mut app = with_foreign(demo::problem());
    let effects = press(&mut app, "j f");
    assert_eq!(
        request(&effects).prefix,
        [Prefix::Text("Let me try 18 - 7 = 11.\n".into())]
    );
    let live = app.explore.trace().unwrap();
    assert_eq!(
        (live.record().fork_token, live.origin.as_str()),
        (None, "fork of 1 at byte 24")
    );
    press(&mut app, "[ g g j e ctrl-u x enter");
    assert_eq!(app.explore.trace().unwrap().origin, "edit of 1 at byte 24");
}

#[test]
fn a_model_chosen_over_a_trace_from_elsewhere_takes_its_problem() {
    let mut app = with_foreign(demo::problem());
    let entry = ModelEntry {
        name: "guesser".into(),
        summary: String::new(),
        needs: None,
    };
    update(&mut app, Msg::Models(vec![entry]));
    press(&mut app, "M");
    assert_eq!(
        request(&update(&mut app, demo::model_msg())).prompt,
        demo::problem().prompt
    );
}

#[test]
fn a_trace_whose_numbers_make_no_sense_breaks_nothing() {
    let mut trace = demo::app(120, 40).explore.trace().unwrap().record();
    let stats = trace.token_stats.as_mut().unwrap();
    stats.ends = vec![5, 9_000, 3];
    trace.behaviors[0].span = crate::trace::Span::new(900, 4);
    let tree = trace.tree.as_mut().unwrap();
    tree.nodes[1].parent = Some(77);
    tree.nodes[2].span = crate::trace::Span::new(usize::MAX - 1, usize::MAX);
    tree.backtracks[0].from = 99;
    let mut app = empty();
    update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
    for action in Action::iter() {
        app.overlay = None;
        app.perform(action);
        app.settle();
    }
}

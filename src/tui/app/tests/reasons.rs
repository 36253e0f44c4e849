//! What `W` says where there is no solver, and what it says of the layers of detectors.

use super::*;
use crate::{
    behavior,
    trace::{Span, import::Rows, record::Behavior},
    tui::driver,
};

/// A row of a file, open.
fn open(row: &serde_json::Value) -> App {
    let row = row.to_string();
    let row = Rows::new(row.as_bytes(), "f").next().unwrap().unwrap().unwrap();
    let trace = behavior::analyze(row, None, 0);
    let problem = driver::shown(None, trace.prompt.as_deref());
    let mut app = empty();
    update(&mut app, Msg::Open(vec![(problem, trace)]));
    app.settle();
    app
}

/// All that is said at this place.
fn said(app: &mut App, place: usize) -> Vec<String> {
    let live = app.explore.trace_mut().unwrap();
    live.look_at(place);
    let found = why::findings(live);
    found
        .into_iter()
        .flat_map(|finding| std::iter::once(finding.title).chain(finding.lines))
        .collect()
}

#[test]
fn of_a_problem_without_a_solver_it_is_not_said_that_it_is_unknown() {
    let mut app = open(&serde_json::json!({
        "task": "math",
        "question": "What is 6 times 7?",
        "text": "First I multiply.\nWait, let me try again.\nSo it is forty-two.",
    }));
    let live = app.explore.trace_mut().unwrap();
    let asked = std::mem::take(&mut live.tree.nodes[0].state);
    live.cursor.node = Some(0);
    let root = why::findings(live).pop().unwrap();
    assert_eq!(root.title, "the beginning: what is asked");
    live.tree.nodes[0].state = asked;
    for place in [0, 20, 45] {
        let said = said(&mut app, place).join("\n");
        assert!(said.contains("solver: there is none for such problems"), "{said}");
        assert!(
            !said.contains("not known") && !said.contains("not asked"),
            "{said}"
        );
    }
    // A question that is none of Countdown: what is shown is not called unknown.
    let mut app = open(&serde_json::json!({
        "prompt": "How many ways are there to make change for a dollar?",
        "text": "18 + 7 = 25. 25 + 4 = 29. 29 - 3 = 26.",
    }));
    let said = said(&mut app, 0).join("\n");
    assert!(!said.contains("the problem is not known"), "{said}");
}

#[test]
fn without_a_problem_that_is_said() {
    let mut app = open(&serde_json::json!({"text": "Let me try 18 + 7 = 25, then 25 + 4 = 29."}));
    let said = said(&mut app, 0).join("\n");
    assert!(
        said.contains("solver: not asked, for the problem is not known"),
        "{said}"
    );
}

#[test]
fn what_a_layer_finds_too_stands_there_once_and_what_it_finds_alone_by_its_name() {
    let mut app = demo::app(120, 40);
    let live = app.explore.trace_mut().unwrap();
    let (run, sample) = (live.run, live.sample);
    let found = Behavior {
        behavior: "subgoal_setting".into(),
        span: Span::new(0, 10),
        detector: "rules".into(),
        version: "12".into(),
        rule: "let-me-first".into(),
        evidence: "says \u{201c}first\u{201d}".into(),
        confidence: 0.93,
    };
    let mut parsed = demo::parsed(run, sample);
    parsed.behaviors = vec![found.clone()];
    update(&mut app, Msg::Parsed(Box::new(parsed)));
    let alone = Behavior {
        confidence: 0.9,
        ..found.clone()
    };
    let other = Behavior {
        behavior: "verification".into(),
        detector: "probe".into(),
        rule: "probe".into(),
        ..found
    };
    let found = LayersFound {
        run,
        sample,
        behaviors: vec![alone, other],
    };
    update(&mut app, Msg::Layers(found));
    let said = said(&mut app, 0);
    let count = |words: &str| said.iter().filter(|line| line.contains(words)).count();
    assert_eq!(count("subgoal setting"), 1, "{said:?}");
    assert_eq!(count("rule let-me-first"), 1, "{said:?}");
    assert_eq!(count("the layer rules by itself: confidence 0.90"), 1, "{said:?}");
    assert_eq!(
        count("verification, as the layer probe sees it by itself"),
        1,
        "{said:?}"
    );
}

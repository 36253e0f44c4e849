//! The list of traces: what it finds, and how.

use super::*;

/// A workbench with these texts open.
fn with(texts: &[&str]) -> App {
    let mut app = empty();
    let traces = texts.iter().map(|text| {
        let trace = crate::trace::Trace {
            text: (*text).into(),
            ..Default::default()
        };
        (Problem::default(), trace)
    });
    update(&mut app, Msg::Open(traces.collect()));
    update(&mut app, demo::model_msg());
    app.settle();
    app
}

fn found(app: &App, query: &str) -> (Vec<usize>, usize) {
    let found = app.explore.found_traces(query);
    (found.places, found.by_text)
}

#[test]
fn before_there_is_a_trace_no_key_speaks_of_a_first_or_last_one() {
    let mut app = empty();
    for key in ["[", "]", "T"] {
        press(&mut app, key);
        assert_eq!(
            app.notice.as_ref().unwrap().text,
            "There is no trace yet.",
            "{key}"
        );
    }
    let mut app = with(&["one"]);
    press(&mut app, "[");
    assert_eq!(app.notice.unwrap().text, "This is the first trace.");
}

#[test]
fn words_are_found_in_the_texts_in_any_case_behind_what_is_found_by_name() {
    let mut app = with(&["The ZEBRA drinks water.", "nothing", "Der Bär, the zebra."]);
    let named = crate::trace::Trace {
        text: "no animal".into(),
        source: Some(serde_json::json!({"file": "zebra.jsonl"})),
        ..Default::default()
    };
    update(&mut app, Msg::Rows(vec![(Problem::default(), named)]));
    press(&mut app, "T");
    assert_eq!(found(&app, ""), (vec![0, 1, 2, 3], 0));
    type_text(&mut app, "Zebra");
    assert_eq!(found(&app, "Zebra"), (vec![3, 0, 2], 2));
    assert!(!app.is_seeking());
    // Other words are other words.
    press(&mut app, "ctrl-u B Ä R");
    assert_eq!(found(&app, "BÄR"), (vec![2], 1));
    press(&mut app, "ctrl-u q u a g g a");
    assert_eq!(found(&app, "quagga"), (vec![], 0));
}

#[test]
fn a_trace_found_by_its_text_is_looked_at_where_that_is_and_the_next_hit_is_a_key_away() {
    let text = "Wait.\nA zebra.\nNo.\nThe Zebra again.\n";
    let mut app = with(&["nothing", text]);
    press(&mut app, "T");
    type_text(&mut app, "zebra");
    press(&mut app, "enter");
    assert_eq!((app.explore.shown, line(&app)), (1, "A zebra."));
    press(&mut app, "n");
    assert_eq!(line(&app), "The Zebra again.");
    // One that is found by its name stays where it was.
    let mut app = with(&["one\ntwo", text]);
    press(&mut app, "T");
    type_text(&mut app, "opened");
    press(&mut app, "j enter");
    assert!(app.explore.search.is_empty());
}

#[test]
fn long_texts_are_searched_piece_by_piece_and_what_is_found_is_there_at_once() {
    // The word lies across the place where the first look ends, behind letters of two bytes.
    let far = format!("{}zebra{}", "\u{e9}".repeat(399_995), " ".repeat(900_000));
    let mut app = with(&["a zebra", &far, &" ".repeat(500_000), "the last zebra"]);
    press(&mut app, "T");
    type_text(&mut app, "zebra");
    // Every key before this one was a look, too, but for other words.
    assert_eq!(found(&app, "zebra"), (vec![0], 1));
    let mut frames = 0;
    while app.is_seeking() {
        let before = found(&app, "zebra").0.len();
        app.settle();
        frames += 1;
        assert!(found(&app, "zebra").0.len() >= before && frames < 9);
    }
    assert_eq!(found(&app, "zebra"), (vec![0, 1, 3], 3));
    assert!(frames > 1, "{frames}");
    // What is written meanwhile is searched as well.
    app.explore.traces[2].write("and a zebra");
    assert!(app.is_seeking());
    app.settle();
    assert_eq!(found(&app, "zebra").0, [0, 1, 2, 3]);
    // A closed list searches nothing; neither do words of another length than the text.
    press(&mut app, "esc");
    assert!(!app.is_seeking());
    press(&mut app, "T");
    for event in ["x".repeat(300_000), "zebra".to_owned()] {
        update(&mut app, Msg::Paste(event));
        app.settle();
    }
    while app.is_seeking() {
        app.settle();
    }
    assert_eq!(app.entries(), 0);
}

#[test]
fn a_number_finds_its_trace_first_and_a_sheet_is_found_as_it_is_written() {
    let mut app = empty();
    let trace = |index: usize| crate::trace::Trace {
        index,
        text: "text".into(),
        source: Some(serde_json::json!({"file": "rows.jsonl"})),
        ..Default::default()
    };
    let mut traces: Vec<_> = (0..30).map(|index| (Problem::default(), trace(index))).collect();
    traces[4].1.tree = demo::app(80, 24).explore.trace().unwrap().record().tree;
    update(&mut app, Msg::Open(traces));
    let numbers = |app: &App, query: &str| -> Vec<usize> {
        let found = app.explore.found_traces(query).places;
        found
            .iter()
            .map(|place| app.explore.traces[*place].header.index)
            .collect()
    };
    assert_eq!(numbers(&app, "#10"), [10]);
    assert_eq!(numbers(&app, "#1").first(), Some(&1));
    assert_eq!(numbers(&app, "#1").len(), 11);
    assert!(numbers(&app, "#77").is_empty());
    // The signs of moves mean something else in a pattern.
    let sheet = app.explore.traces[4].sheet().to_owned();
    assert!(sheet.contains('+'), "{sheet}");
    assert_eq!(numbers(&app, &sheet), [4]);
}

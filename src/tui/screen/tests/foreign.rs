//! Traces that were brought along: how one goes from one to the next, and what is said where there is nothing to read.

use super::*;

/// A workbench at its first start with the traces of a file in it.
fn opened(size: (u16, u16), traces: Vec<Trace>) -> App {
    let mut app = App::new(Keymap::load(None).0, size, jiff::Timestamp::UNIX_EPOCH, true);
    let of_file = |(index, trace): (usize, Trace)| {
        let trace = Trace {
            index,
            source: Some(serde_json::json!({"file": "rows.jsonl"})),
            ..trace
        };
        (demo::problem(), trace)
    };
    let mut traces: Vec<_> = traces.into_iter().enumerate().map(of_file).collect();
    let rest = traces.split_off(1);
    update(&mut app, Msg::Open(traces));
    update(&mut app, Msg::Rows(rest));
    update(&mut app, demo::model_msg());
    app.settle();
    app
}

fn texts(count: usize) -> Vec<Trace> {
    let trace = |place: usize| Trace {
        text: format!("Let me try {place}.\n18 - 7 = 11.\n"),
        ..Trace::default()
    };
    (0..count).map(trace).collect()
}

fn rows(app: &App) -> Vec<String> {
    let text = dump(&painted(app, &look("default", Depth::Ansi)));
    text.lines()
        .take(app.size.1.into())
        .map(|row| row.trim().to_owned())
        .collect()
}

#[test]
fn the_footer_of_an_opened_file_leads_to_the_next_trace_and_to_the_list() {
    for (columns, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut app = opened((columns, height), texts(3));
        let footer = |app: &App| rows(app).pop().unwrap_or_default();
        assert!(
            footer(&app).starts_with("] next trace   T list   W why   f fork here"),
            "{}",
            footer(&app)
        );
        press(&mut app, "]");
        assert!(
            footer(&app).starts_with("] next trace   [ before   T list   W why   f fork here"),
            "{}",
            footer(&app)
        );
        press(&mut app, "]");
        assert!(
            footer(&app).starts_with("[ before   T list   W why"),
            "{}",
            footer(&app)
        );
        // There may be more that is not read yet.
        update(&mut app, Msg::More(true));
        assert!(footer(&app).starts_with("] next trace"), "{}", footer(&app));
        press(&mut app, "tab");
        assert!(
            footer(&app).contains("] next trace   [ before   T list"),
            "{}",
            footer(&app)
        );
        assert!(
            !footer(&app).contains("alternatives"),
            "none are recorded: {}",
            footer(&app)
        );
    }
    let app = opened((120, 40), texts(1));
    let footer = rows(&app).pop().unwrap();
    assert!(
        footer.starts_with("W why") && !footer.contains(" T ") && !footer.contains(']'),
        "{footer}"
    );
}

#[test]
fn the_hints_of_the_first_start_do_not_lead_away_from_a_file() {
    for columns in [80, 120] {
        let app = opened((columns, 24), texts(3));
        let rows = rows(&app);
        let hints = rows.iter().find(|row| row.starts_with("New here?")).unwrap();
        for part in [
            "P whole problem",
            "L layers of detectors",
            "/ search",
            "x hides this",
        ] {
            assert!(hints.contains(part), "{part}: {hints}");
        }
        assert!(!hints.contains("next model"), "{hints}");
    }
}

#[test]
fn a_row_without_a_text_says_so_where_the_text_would_be() {
    let of = |trace: Trace| rows(&opened((80, 24), vec![trace])).join("\n");
    let text = of(Trace::default());
    assert!(
        text.contains("The row has no text of a model. P shows what was asked."),
        "{text}"
    );
    let text = of(Trace {
        text: " \n\n ".into(),
        ..Trace::default()
    });
    assert!(text.contains("The text is nothing but blanks."), "{text}");
    let failed = |error: Option<&str>| Trace {
        finish: Some(crate::trace::record::Finish::Error),
        error: error.map(str::to_owned),
        ..Trace::default()
    };
    let text = of(failed(Some("ConnectionError: it went away")));
    assert!(text.contains("ConnectionError: it went away"), "{text}");
    let text = of(failed(None));
    assert!(
        text.contains("It ended in an error; the row does not say which."),
        "{text}"
    );
}

#[test]
fn a_row_that_could_not_be_read_is_told_with_the_key_that_lists_the_others() {
    let mut app = opened((120, 40), texts(2));
    let mut unread = Unread::default();
    for line in [2, 5, 9] {
        unread.lost.add(&RowError {
            place: Place::file("jsonl", "a.jsonl").at_line(line),
            reason: "this is no object".to_owned(),
        });
        update(&mut app, Msg::Unread(unread.clone()));
        update(&mut app, Msg::ReadSoFar(None));
    }
    let notice = |app: &App| {
        app.notice
            .as_ref()
            .map(|notice| notice.text.clone())
            .unwrap_or_default()
    };
    assert_eq!(
        notice(&app),
        "a.jsonl, line 2: this is no object (2 more rows; U lists them)"
    );
    update(&mut app, Msg::ReadSoFar(Some("100 traces are open".to_owned())));
    assert!(
        notice(&app).starts_with("100 traces are open; a.jsonl, line 2"),
        "{}",
        notice(&app)
    );
    // Where nothing is wrong and nothing waits there is nothing to say.
    let mut app = opened((120, 40), texts(2));
    update(&mut app, Msg::ReadSoFar(None));
    assert_eq!(app.notice, None);
}

#[test]
fn where_layers_cannot_be_seen_the_key_that_shows_them_says_why() {
    let said = |app: &App| app.notice.as_ref().map(|notice| notice.text.clone());
    let mut app = opened((80, 24), texts(1));
    press(&mut app, "tab L");
    assert_eq!(
        said(&app).as_deref(),
        Some("The layers of detectors stand beside the text; tab goes there.")
    );
    press(&mut app, "L");
    assert_eq!(
        said(&app).as_deref(),
        Some("The layers of detectors are put away.")
    );
    // Where they are seen nothing has to be said.
    press(&mut app, "tab L");
    assert_eq!(said(&app), None);
    press(&mut app, "L");
    assert_eq!(said(&app), None);
    let mut app = opened((80, 24), vec![Trace::default()]);
    press(&mut app, "L");
    assert!(
        said(&app).is_some_and(|text| text.contains("no text here")),
        "{:?}",
        said(&app)
    );
    // A pane that the rule made narrow keeps its text.
    let mut app = opened((100, 24), texts(1));
    press(&mut app, &"< ".repeat(20));
    let before = app.explore.layout(app.size).text_width();
    press(&mut app, "L");
    assert_eq!(app.explore.layout(app.size).text_width(), before);
    assert!(
        said(&app).is_some_and(|text| text.contains("no room")),
        "{:?}",
        said(&app)
    );
}

#[test]
fn a_number_stands_apart_from_its_bar() {
    let mut app = demo::app(200, 60);
    let mut parsed = demo::parsed(RunId(0), 0);
    let found = parsed.behaviors[0].clone();
    parsed.behaviors.resize(parsed.behaviors.len() + 34, found);
    update(&mut app, Msg::Parsed(Box::new(parsed)));
    let rows = rows(&app);
    let habits = rows.iter().find(|row| row.starts_with("Habits")).unwrap();
    assert!(habits.contains("\u{2588} 3"), "{habits}");
}

//! What lies over a screen: popups and prompts.

use super::*;

#[test]
fn popups_and_prompts() {
    let cases = [
        ("help", "?"),
        ("palette", ": f o"),
        ("alternatives", "a"),
        ("why", "W"),
        ("models", "m"),
        ("sampler", "t"),
        ("prompt", "i W a i t"),
        ("sequence", "z"),
        ("tree_tab", "tab"),
    ];
    for (name, keys) in cases {
        let mut app = demo::app(80, 24);
        press(&mut app, "g g j j");
        press(&mut app, keys);
        let entry = |name: &str| ModelEntry {
            name: name.into(),
            summary: "bundled".into(),
            needs: (name == "big").then(|| "its weights are not here".into()),
        };
        update(&mut app, Msg::Models(vec![entry("scout"), entry("big")]));
        update(
            &mut app,
            Msg::TokenTexts((0..101).map(|id| (id, format!(" w{id}"))).collect()),
        );
        insta::assert_snapshot!(name, dump(&painted(&app, &look("default", Depth::Ansi))));
    }
}

#[test]
fn the_traces_are_listed_with_their_sheets_and_filtered_by_pattern() {
    let mut app = demo::app(120, 40);
    press(&mut app, "T");
    insta::assert_snapshot!("traces", dump(&painted(&app, &look("default", Depth::Ansi))));
    for (typed, count) in [("sample 0", 1), ("B\\d+.*=", 1), ("B9", 0), ("(", 1)] {
        press(&mut app, "esc T");
        for c in typed.chars() {
            press(
                &mut app,
                &if c == ' ' {
                    "space".to_owned()
                } else {
                    c.to_string()
                },
            );
        }
        let text = dump(&painted(&app, &look("default", Depth::Ansi)));
        assert!(
            text.contains(&format!("Traces   {count} of 1")),
            "{typed}: {text}"
        );
    }
}

#[test]
fn traces_of_files_are_called_by_file_and_number_everywhere_and_found_by_it() {
    let mut trace = demo::app(120, 40).explore.trace().unwrap().record();
    trace.index = 7;
    trace.model = None;
    trace.source = Some(serde_json::json!({"file": "runs/of/last/week/gold.jsonl"}));
    let mut app = demo::app(120, 40);
    update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
    update(&mut app, Msg::More(true));
    let all = |app: &App| dump(&painted(app, &look("default", Depth::Ansi)));
    let text = all(&app);
    for part in ["#7 \u{b7} 2 of 2+ \u{b7}", "/last/week/gold.jsonl"] {
        assert!(text.contains(part), "{part} in: {text}");
    }
    press(&mut app, "T");
    let text = all(&app);
    for part in ["2 of 2, more not read yet", " #7  ", "week/gold.jsonl"] {
        assert!(text.contains(part), "{part} in: {text}");
    }
    press(&mut app, "g o l d .");
    assert!(all(&app).contains("1 of 2, more not read yet"));
    update(&mut app, Msg::More(false));
    assert!(!all(&app).contains("not read yet"));
}

#[test]
fn the_list_of_traces_says_how_many_rows_could_not_be_read_and_a_key_lists_them() {
    for (width, height) in [(120, 40), (80, 24)] {
        let mut app = demo::app(width, height);
        let all = |app: &App| dump(&painted(app, &look("default", Depth::Ansi)));
        press(&mut app, "U");
        assert!(all(&app).contains("Every row could be read."));
        let mut unread = Unread::default();
        let row = |line: usize, reason: &str| RowError {
            place: Place::file("jsonl", "a.jsonl").at_line(line),
            reason: reason.to_owned(),
        };
        for line in [2, 7, 8, 9] {
            unread.lost.add(&row(line, "`text` is not a string"));
        }
        unread.lost.add(&row(4, "this is no object"));
        unread.mended.add(&row(5, "1 byte was no UTF-8"));
        update(&mut app, Msg::Unread(unread));
        press(&mut app, "T");
        let text = all(&app);
        assert!(
            text.contains("1 of 1   5 rows could not be read: U behind esc"),
            "{text}"
        );
        press(&mut app, "esc U");
        let text = all(&app);
        for part in [
            "! 5 rows could not be read",
            "4 rows: `text` is not a string",
            "a.jsonl, lines 2, 7-9",
            "1 row: this is no object",
            "a.jsonl, line 4",
            "! 1 row was read after mending",
            "1 row: 1 byte was no UTF-8",
            "a.jsonl, line 5",
        ] {
            assert!(text.contains(part), "{part} in: {text}");
        }
    }
}

#[test]
fn a_list_of_traces_in_which_nothing_fits_says_so_and_how_to_read_on() {
    let mut app = demo::app(120, 40);
    update(&mut app, Msg::More(true));
    press(&mut app, "T z e b r a");
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    assert!(
        text.contains("Nothing fits `zebra` among the 1 that are read; pagedown reads on."),
        "{text}"
    );
    update(&mut app, Msg::More(false));
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    assert!(text.contains("Nothing fits `zebra`."), "{text}");
}

#[test]
fn a_list_of_traces_says_that_it_searches_their_texts_and_what_it_found_in_them() {
    let mut app = demo::app(80, 24);
    app.explore.traces[0].text.push(&" ".repeat(900_000));
    app.explore.traces[0].text.push("zebra");
    press(&mut app, "T z e b r a");
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    assert!(text.contains("Traces   0 of 1, searching\u{2026} "), "{text}");
    assert!(!text.contains("Nothing fits"), "{text}");
    app.settle();
    insta::assert_snapshot!(
        "traces_by_text",
        dump(&painted(&app, &look("default", Depth::Ansi)))
    );
}

#[test]
fn rows_that_could_not_be_read_stand_together_by_the_kind_of_their_fault() {
    let mut app = demo::app(80, 24);
    let mut unread = Unread::default();
    for line in 1..=40 {
        let reason = match line % 3 {
            0 => "`text` is not a string".to_owned(),
            1 => format!(
                "there is no `text`, and the fields (foo, bar{line}) are those of no format that is known here"
            ),
            _ => continue,
        };
        unread.lost.add(&RowError {
            place: Place::file("jsonl", "runs/gold.jsonl").at_line(line),
            reason,
        });
    }
    update(&mut app, Msg::Unread(unread));
    press(&mut app, "U");
    insta::assert_snapshot!("unread", dump(&painted(&app, &look("default", Depth::Ansi))));
}

#[test]
fn the_problem_of_a_text_is_not_called_one_twice() {
    let mut app = App::new(Keymap::load(None).0, (80, 24), jiff::Timestamp::UNIX_EPOCH, false);
    let problem = Problem {
        title: "Problem".to_owned(),
        statement: "Who came first?".to_owned(),
        prompt: "Who came first?".to_owned(),
        ..Problem::default()
    };
    let trace = Trace {
        text: "She did.".to_owned(),
        prompt: Some("Who came first?".to_owned()),
        ..Trace::default()
    };
    update(&mut app, Msg::Open(vec![(problem, trace)]));
    press(&mut app, "P");
    insta::assert_snapshot!("problem", dump(&painted(&app, &look("default", Depth::Ansi))));
}

#[test]
fn the_whole_problem_is_read_in_a_popup_with_what_the_model_was_given() {
    for (width, height) in [(120, 40), (80, 24)] {
        let mut app = demo::app(width, height);
        press(&mut app, "P");
        let text = dump(&painted(&app, &look("default", Depth::Ansi)));
        assert!(
            text.contains("18 7 4") && text.contains("what the model was given"),
            "{text}"
        );
        let trace = crate::trace::Trace {
            text: "Six.".to_owned(),
            prompt: Some("You are a poet.\n\nA cubic polynomial\nsatisfies p(1) = 1.".to_owned()),
            problem: Some(
                serde_json::json!({"question": "A cubic polynomial\nsatisfies p(1) = 1.", "answer": 6.17}),
            ),
            ..Default::default()
        };
        let mut app = demo::app(width, height);
        update(&mut app, Msg::Open(vec![(Default::default(), trace)]));
        press(&mut app, "P");
        let text = dump(&painted(&app, &look("default", Depth::Ansi)));
        for part in [
            "satisfies p(1) = 1.",
            "You are a poet.",
            "the right answer, as recorded",
            "6.17",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(text.matches("A cubic polynomial").count(), 2, "{text}");
    }
}

/// What our models would be given is nothing that somebody else's was.
#[test]
fn what_another_model_was_given_is_told_where_it_is_on_record_only() {
    let mut app = demo::app(120, 40);
    let trace = Trace {
        text: "18 - 7 = 11.".to_owned(),
        ..Trace::default()
    };
    update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
    press(&mut app, "P");
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    assert!(text.contains("18 7 4"), "{text}");
    assert!(!text.contains("what the model was given"), "{text}");
}

#[test]
fn an_open_list_of_what_could_not_be_read_follows_new_faults_and_keeps_its_place() {
    let mut app = demo::app(80, 24);
    let mut unread = Unread::default();
    let row = |line: usize, reason: &str| RowError {
        place: Place::file("jsonl", "a.jsonl").at_line(line),
        reason: reason.to_owned(),
    };
    let all = |app: &App| dump(&painted(app, &look("default", Depth::Ansi)));
    unread.lost.add(&row(1, "`text` is not a string"));
    update(&mut app, Msg::Unread(unread.clone()));
    press(&mut app, "U");
    assert!(all(&app).contains("a.jsonl, line 1 "));
    // Two kinds by turns take long lists of rows.
    for line in 2..2000 {
        let reason = ["`text` is not a string", "this is no object"][line % 2];
        unread.lost.add(&row(line, reason));
    }
    update(&mut app, Msg::Unread(unread.clone()));
    let text = all(&app);
    assert!(text.contains("1999 rows could not be read"), "{text}");
    press(&mut app, "pagedown");
    let before = all(&app);
    unread.lost.add(&row(3000, "this is no object"));
    update(&mut app, Msg::Unread(unread.clone()));
    assert_eq!(all(&app), before, "what is in sight is the same");
    press(&mut app, "G");
    let end = all(&app);
    assert!(end.contains("1999, 3000"), "{end}");
    // The popup is as wide wherever one looks, and wraps anew with the terminal.
    let title = |text: &str| {
        text.lines()
            .find(|line| line.contains("What could not"))
            .map(str::to_owned)
    };
    assert_eq!(title(&end), title(&before));
    update(&mut app, Msg::Resize(60, 20));
    app.settle();
    press(&mut app, "G");
    let narrow = all(&app);
    assert!(
        narrow.contains("1999, 3000") && !narrow.contains('\u{2026}'),
        "{narrow}"
    );
}

#[test]
fn a_popup_that_is_only_read_names_the_key_that_closes_it_and_where_there_is_more_the_one_that_scrolls() {
    let mut app = demo::app(80, 24);
    let mut unread = Unread::default();
    unread.lost.add(&RowError {
        place: Place::file("jsonl", "a.jsonl").at_line(1),
        reason: "`text` is not a string".to_owned(),
    });
    update(&mut app, Msg::Unread(unread));
    press(&mut app, "g g j j");
    for key in ["?", "W", "P", "U"] {
        press(&mut app, key);
        let buffer = painted(&app, &look("default", Depth::Ansi));
        let last: String = (0..80).map(|x| buffer[(x, 23)].symbol()).collect();
        let scrolls = key == "?";
        let wanted = if scrolls {
            "esc close   j scroll"
        } else {
            "esc close"
        };
        assert_eq!(last.trim(), wanted, "{key}");
        assert_eq!(
            dump(&buffer).matches("j scroll").count(),
            if scrolls { 2 } else { 0 }
        );
        press(&mut app, "esc");
        assert!(app.overlay.is_none(), "{key}");
    }
}

//! The Explore screen, and the first frame, which is its.

use super::*;
use crate::{
    trace::record::Finish,
    tui::app::{LayersFound, Phase},
};
use std::time::Duration;

#[test]
fn explore_at_three_sizes() {
    for (columns, rows) in [(200, 60), (120, 40), (80, 24)] {
        let mut app = demo::app(columns, rows);
        press(&mut app, "g g j");
        insta::assert_snapshot!(
            format!("explore_{columns}x{rows}"),
            dump(&painted(&app, &look("default", Depth::Ansi)))
        );
    }
}

#[test]
fn thinking_stands_apart_and_folds_and_code_has_its_colours() {
    let text = "<think>\nWe want 15.\nWait, 18 - 7 = 11, and 11 + 4 = 15.\n</think>\n\n```json\n{\"answer\": [18, true]}\n```\n\
                It is \\(18-7+4\\).\n";
    let trace = Trace {
        text: text.into(),
        ..Trace::default()
    };
    let mut app = demo::app(80, 20);
    update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
    app.settle();
    insta::assert_snapshot!(
        "thinking_open",
        dump(&painted(&app, &look("default", Depth::Ansi)))
    );
    press(&mut app, "space");
    insta::assert_snapshot!(
        "thinking_folded",
        dump(&painted(&app, &look("default", Depth::Ansi)))
    );
}

#[test]
fn the_layers_of_detectors_stand_side_by_side() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut app = demo::app(columns, rows);
        app.explore
            .trace_mut()
            .unwrap()
            .finish(Phase::Done(Finish::Stop), Duration::ZERO);
        press(&mut app, "L");
        let text = dump(&painted(&app, &look("default", Depth::Ansi)));
        assert!(text.contains("asking the layers\u{2026}"), "{text}");
        let live = app.explore.trace().unwrap();
        let mut behaviors = live.behaviors.clone();
        for (found, detector) in behaviors
            .iter_mut()
            .zip(["state", "rules", "probe"].into_iter().cycle())
        {
            found.detector = detector.into();
        }
        let found = LayersFound {
            run: live.run,
            sample: live.sample,
            behaviors,
        };
        update(&mut app, Msg::Layers(found));
        app.settle();
        insta::assert_snapshot!(
            format!("layers_{columns}"),
            dump(&painted(&app, &look("default", Depth::Ansi)))
        );
        press(&mut app, "L");
        assert!(!dump(&painted(&app, &look("default", Depth::Ansi))).contains("probe"));
    }
}

#[test]
fn a_narrow_screen_keeps_what_matters_and_cuts_nothing_unsaid() {
    for columns in 40..100 {
        let mut app = demo::app(columns, 24);
        press(&mut app, "g g j f");
        for keys in ["g g", "tab", "tab ?"] {
            press(&mut app, keys);
            let text = dump(&painted(&app, &look("default", Depth::Ansi)));
            let rows: Vec<&str> = text.lines().collect();
            let has = |row: usize, words: &[&str]| {
                for word in words {
                    assert!(
                        rows[row].contains(word),
                        "{columns} `{keys}` {word}: {}",
                        rows[row]
                    );
                }
            };
            has(0, &["1 Explore", "scout", "live"]);
            has(23, &["esc "]);
            if !keys.ends_with('?') {
                has(2, &["18 7 4 \u{2192} 15"]);
                has(4, &["Trace   Tree"]);
                has(22, &["trace 2 of 2"]);
                has(23, &[": commands   ? keys"]);
            }
        }
        for row in dump(&painted(&app, &look("default", Depth::Ansi)))
            .lines()
            .skip(1)
            .take(21)
        {
            assert!(!row.contains('\u{2026}'), "help is wrapped, not cut: {row}");
        }
    }
}

#[test]
fn the_longest_origin_fits_eighty_columns() {
    let mut app = demo::app(80, 24);
    for origin in ["fork of", "edit of", "insertion in", "token swap in"] {
        app.explore.traces[0].origin = format!("{origin} 199 at 500");
        let text = dump(&painted(&app, &look("default", Depth::Ansi)));
        assert!(
            text.contains(&format!("trace 1 of 1 \u{b7} {origin} 199 at 500")),
            "{text}"
        );
    }
}

#[test]
fn a_false_statement_hides_no_habit() {
    let mut app = demo::app(120, 40);
    let mut parsed = demo::parsed(RunId(0), 0);
    let mut found = parsed.behaviors[0].clone();
    found.span = demo::span("25-4=21");
    for (habit, letters) in [
        ("verification", "V!"),
        ("backtracking", "VB!"),
        ("subgoal_setting", "VBS!"),
        ("backward_chaining", "VBSC"),
    ] {
        found.behavior = habit.into();
        if habit == "verification" {
            parsed.behaviors.clear();
        }
        parsed.behaviors.push(found.clone());
        update(&mut app, Msg::Parsed(Box::new(parsed.clone())));
        app.settle();
        let text = dump(&painted(&app, &look("default", Depth::Ansi)));
        let row = text.lines().find(|row| row.contains("check 25-4=21")).unwrap();
        assert!(row.contains(letters), "{letters} in {row}");
    }
}

#[test]
fn what_nobody_knows_is_drawn_as_nothing_else_is() {
    let mut app = demo::app(120, 40);
    let mut parsed = demo::parsed(RunId(0), 0);
    for node in &mut parsed.tree.nodes[1..] {
        node.reachable = None;
    }
    update(&mut app, Msg::Parsed(Box::new(parsed)));
    for (glyphs, unknown) in [(&UNICODE, '\u{25cc}'), (&ASCII, '~')] {
        let look = Look {
            glyphs,
            ..look("default", Depth::Ansi)
        };
        let text = dump(&painted(&app, &look));
        let rows: Vec<&str> = text
            .lines()
            .filter(|row| row.contains("18") || row.contains("need"))
            .collect();
        let drawn = rows.iter().filter(|row| row.contains(unknown)).count();
        assert_eq!(
            drawn, 3,
            "one given up, one left open, one that only seems to be the goal: {text}"
        );
        let right = text.lines().map(|row| row.chars().skip(61).collect::<String>());
        let mut finished = right.filter(|row| row.contains("=29") || row.contains("=21"));
        assert!(
            finished.all(|row| !row.contains(unknown)),
            "finished states stay what they are: {text}"
        );
    }
}

#[test]
fn a_move_after_a_return_to_nowhere_is_marked_and_explained() {
    let mut app = demo::app(120, 40);
    let mut parsed = demo::parsed(RunId(0), 0);
    parsed.tree.backtracks[0].to = None;
    update(&mut app, Msg::Parsed(Box::new(parsed)));
    press(&mut app, "tab G k");
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    assert!(text.contains("\u{21a9}! need 11"), "{text}");
    press(&mut app, "W");
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    assert!(
        text.contains("it follows `back to 18 7 4`, a return to a state that never existed"),
        "{text}"
    );
}

#[test]
fn a_trace_brought_along_says_what_it_says_itself_and_nothing_more() {
    let trace = crate::trace::Trace {
        text: "18 - 7 = 11".into(),
        ..Default::default()
    };
    let by = |trace: crate::trace::Trace| {
        let mut app = App::new(
            Keymap::load(None).0,
            (120, 30),
            jiff::Timestamp::UNIX_EPOCH,
            false,
        );
        update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
        update(&mut app, demo::model_msg());
        app.settle();
        dump(&painted(&app, &look("default", Depth::Ansi)))
    };
    let text = by(trace.clone());
    let head: Vec<&str> = text.lines().take(3).collect();
    for unsaid in ["scout", "tokens", " s", "T="] {
        assert!(!head.iter().any(|row| row.contains(unsaid)), "{unsaid}: {text}");
    }
    assert!(
        text.contains("scout goes on"),
        "whoever goes on is told apart: {text}"
    );
    let record = crate::trace::record::ModelRef {
        device: None,
        ..crate::trace::record::ModelRef::recorded("qwen")
    };
    let said = crate::trace::Trace {
        model: Some(record),
        tokens: Some(crate::trace::record::Tokens {
            prompt: 9,
            generated: 61,
        }),
        seconds: Some(crate::trace::record::Seconds {
            first_token: 0.1,
            total: 1.5,
        }),
        ..trace
    };
    let text = by(said);
    assert!(
        text.contains("qwen  idle") && text.contains(" 61 tokens    1.50 s"),
        "{text}"
    );
}

#[test]
fn long_lines_wrap_and_strange_characters_keep_their_columns() {
    let text = "Wait, let me think about this once more: 25 + 4 is 29, and 25 - 4 is 21, so neither of them works.\n\n\
        日本語の文章は幅が二倍なので、折り返しは文字の途中では起こらない。もう一度考えてみよう、たぶん大丈夫だ。\n\
        a\ttab, an escape \u{1b}[31m, a nul \0, e\u{301} and 👩\u{200d}🔬 stay visible.";
    let trace = crate::trace::Trace {
        text: text.into(),
        ..Default::default()
    };
    let mut app = App::new(Keymap::load(None).0, (60, 18), jiff::Timestamp::UNIX_EPOCH, false);
    update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
    press(&mut app, "j j j w");
    insta::assert_snapshot!("free_text", dump(&painted(&app, &look("default", Depth::Ansi))));
}

#[test]
fn the_first_frame_stands_before_anything_is_known() {
    let mut app = App::new(Keymap::load(None).0, (80, 24), jiff::Timestamp::UNIX_EPOCH, true);
    app.settle();
    insta::assert_snapshot!("first_frame", dump(&painted(&app, &look("default", Depth::Ansi))));
}

#[test]
fn a_grid_at_the_root_of_a_tree_stands_in_rows_under_each_other_where_the_pane_is_high_enough() {
    let four = "_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\n";
    let nine = "5 3 _ _ 7 _ _ _ _\n6 _ _ 1 9 5 _ _ _\n_ 9 8 _ _ _ _ 6 _\n8 _ _ _ 6 _ _ _ 3\n4 _ _ 8 _ 3 _ _ 1\n\
        7 _ _ _ 2 _ _ _ 6\n_ 6 _ _ _ _ 2 8 _\n_ _ _ 4 1 9 _ _ 5\n_ _ _ _ 8 _ _ 7 9\n";
    let screen = |grid: &str, columns, rows| {
        let question = format!("Solve this Sudoku puzzle:\n{grid}");
        let text = "r1c3 = 3.\n";
        let subject = crate::trace::Subject::asked("sudoku", &question);
        let trace = Trace {
            text: text.into(),
            tree: Some(crate::trace::Reader::read(subject, text)),
            ..Trace::default()
        };
        let mut app = App::new(
            Keymap::load(None).0,
            (columns, rows),
            jiff::Timestamp::UNIX_EPOCH,
            false,
        );
        update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
        press(&mut app, "tab");
        dump(&painted(&app, &look("default", Depth::Ansi)))
    };
    insta::assert_snapshot!("sudoku_80x24", screen(nine, 80, 24));
    let text = screen(four, 80, 24);
    let rows = " \u{25cf} . 4 . 1\n   1 . . .\n   . . 2 3\n   . 2 . .\n\u{25b8}\u{2514}\u{2500} r1c3=3 ";
    assert!(text.contains(rows), "{text}");
    // Elsewhere in one line; what there is no room for is cut between two rows.
    let text = screen(nine, 80, 16);
    let row = " \u{25cf} 53..7.... 6..195... .98....6. 8...6...3 4..8.3..1 7...2...6 \u{2026}\n";
    assert!(text.contains(row), "{text}");
    let all = "\u{25cf} 53..7.... 6..195... .98....6. 8...6...3 4..8.3..1 7...2...6 .6....28. ...419..5 ....8..79\n";
    assert!(screen(nine, 210, 16).contains(all));
}

#[test]
fn thoughts_that_go_on_stand_under_each_other_and_what_branches_off_a_level_deeper() {
    let question = "Who stole the tarts?";
    let text = "The cook was at home.\nSuppose it was the knave.\nThen he would have crumbs.\nBut there are none.\n\
                Alternatively, it was the cat.\nThe cat was out.\nSo it was the duke.\n";
    let subject = crate::trace::Subject::asked("qa", question);
    let trace = Trace {
        text: text.into(),
        tree: Some(crate::trace::Reader::read(subject, text)),
        ..Trace::default()
    };
    let mut app = App::new(
        Keymap::load(None).0,
        (120, 24),
        jiff::Timestamp::UNIX_EPOCH,
        false,
    );
    update(&mut app, Msg::Open(vec![(demo::problem(), trace)]));
    app.settle();
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    for row in [
        "\u{2502}\u{25b8}\u{2514}\u{2500} then \u{2192} The cook was at home.",
        "\u{2502}    \u{251c}\u{2500} case \u{2192} Suppose it was the knave.",
        "\u{2502}    \u{251c}\u{2500} then \u{2192} Then he would have crumbs.",
        "\u{2502}    \u{251c}\u{2500} or \u{2192} Alternatively, it was the cat.",
        "\u{2502}    \u{2514}\u{2500} then \u{2192} So it was the duke.",
    ] {
        assert!(text.contains(row), "{row}\n{text}");
    }
}

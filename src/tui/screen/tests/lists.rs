//! Lists in popups: under a field that filters them, and scrolled.

use super::*;
use crate::tui::app::{Overlay, found as commands};
use ratatui::style::Modifier;

/// The rows of the screen that are selected, and the row where one types.
fn selected(app: &App) -> (Vec<String>, String) {
    let buffer = painted(app, &look("default", Depth::Ansi));
    let rows: Vec<Vec<_>> = buffer
        .content
        .chunks(usize::from(app.size.0))
        .map(<[_]>::to_vec)
        .collect();
    let text = |row: &Vec<ratatui::buffer::Cell>| row.iter().map(|cell| cell.symbol()).collect::<String>();
    // A cursor in the text behind the popup covers a cell or two.
    let is_selected = |row: &&Vec<ratatui::buffer::Cell>| {
        let reversed = row
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::REVERSED));
        reversed.count() > 30
    };
    let typed = rows
        .iter()
        .map(text)
        .find(|row| row.contains("\u{2502} : "))
        .unwrap_or_default();
    let inside = typed.split('\u{2502}').nth_back(1).unwrap_or_default();
    (
        rows.iter().filter(is_selected).map(text).collect(),
        inside.trim().to_owned(),
    )
}

const SIZES: [(u16, u16); 5] = [(200, 60), (120, 40), (100, 24), (80, 24), (40, 10)];

/// Keys that go about in a list, each from where the one before it led.
const WAYS: [&str; 9] = [
    "pagedown pagedown",
    "home",
    "down down down down down down down down down down down down down down down down down down down",
    "end",
    "up up up",
    "pageup",
    "end",
    "home",
    "pagedown",
];

#[test]
fn the_selected_command_is_always_in_sight_and_never_covers_what_is_typed() {
    for (columns, rows) in SIZES {
        for start in [demo::app(columns, rows), demo::compared(columns, rows)] {
            let mut app = start;
            press(&mut app, ":");
            for way in WAYS {
                press(&mut app, way);
                let Some(Overlay::Palette(_, at)) = app.overlay else {
                    panic!("{:?}", app.overlay);
                };
                let name = commands("", app.screen)[at].name().replace('_', " ");
                let (found, typed) = selected(&app);
                assert_eq!((found.len(), typed.as_str()), (1, ":"), "{columns}x{rows} {way}");
                assert!(
                    found[0].contains(&name),
                    "{columns}x{rows} {way} {name}: {found:?}"
                );
            }
            // Also on a screen that becomes smaller meanwhile.
            update(&mut app, Msg::Resize(80, 20));
            app.settle();
            assert_eq!(selected(&app).0.len(), 1);
        }
    }
}

#[test]
fn the_selected_trace_and_the_selected_model_are_always_in_sight_under_what_is_typed() {
    for (columns, rows) in SIZES {
        let mut app = demo::app(columns, rows);
        let trace = |index: usize| Trace {
            index,
            text: format!("words {index}"),
            source: Some(serde_json::json!({"file": "rows.jsonl"})),
            ..Trace::default()
        };
        let traces = (0..102).map(|index| (demo::problem(), trace(index))).collect();
        update(&mut app, Msg::Rows(traces));
        let model = |place: usize| ModelEntry {
            name: format!("model{place}"),
            summary: String::new(),
            needs: None,
        };
        update(&mut app, Msg::Models((0..90).map(model).collect()));
        for key in ["T", "m"] {
            press(&mut app, key);
            for way in WAYS {
                press(&mut app, way);
                let name = match app.overlay {
                    Some(Overlay::Traces(_, 0)) => "  1  ".to_owned(),
                    Some(Overlay::Traces(_, at)) => format!(" #{}  ", at - 1),
                    Some(Overlay::Models(_, 90)) => "another".to_owned(),
                    Some(Overlay::Models(_, at)) => format!(" model{at} "),
                    _ => panic!("{:?}", app.overlay),
                };
                let (found, typed) = selected(&app);
                assert_eq!(
                    (found.len(), typed.as_str()),
                    (1, ":"),
                    "{columns}x{rows} {key} {way}"
                );
                assert!(
                    found[0].contains(&name),
                    "{columns}x{rows} {way} {name}: {found:?}"
                );
            }
            press(&mut app, "o");
            assert_eq!(selected(&app).1, ": o", "{columns}x{rows} {key}");
            press(&mut app, "esc");
        }
    }
}

#[test]
fn lists_that_are_scrolled_look_like_this() {
    let mut app = demo::app(100, 24);
    press(&mut app, ": pagedown pagedown");
    insta::assert_snapshot!(
        "palette_scrolled",
        dump(&painted(&app, &look("default", Depth::Ansi)))
    );
}

#[test]
fn commands_among_which_nothing_fits_say_so_in_a_box_that_stays_as_it_is() {
    let mut app = demo::app(80, 24);
    press(&mut app, ":");
    let frame = |app: &App| {
        let text = dump(&painted(app, &look("default", Depth::Ansi)));
        let place = |corner: char| {
            let mut rows = text.lines().enumerate();
            rows.find_map(|(y, row)| Some((y, row.chars().position(|c| c == corner)?)))
        };
        let corners = [place('\u{250c}'), place('\u{2510}'), place('\u{2514}')];
        (corners, text)
    };
    let before = frame(&app).0;
    press(&mut app, "q q x");
    let (after, text) = frame(&app);
    assert!(text.contains("Nothing fits `qqx`."), "{text}");
    assert_eq!(after, before);
    assert!(selected(&app).0.is_empty());
    press(&mut app, "enter");
    assert!(app.overlay.is_none(), "nothing was done");
}

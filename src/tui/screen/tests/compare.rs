//! The Compare screen.

use super::*;

#[test]
fn compare_at_three_sizes() {
    for (columns, rows) in [(200, 60), (120, 40), (80, 24)] {
        let mut app = demo::compared(columns, rows);
        press(&mut app, "g g j");
        let shot = dump(&painted(&app, &look("default", Depth::Ansi)));
        insta::assert_snapshot!(format!("compare_{columns}x{rows}"), shot);
        press(&mut app, "tab j l");
        let shot = dump(&painted(&app, &look("default", Depth::Ansi)));
        insta::assert_snapshot!(format!("compare_table_{columns}x{rows}"), shot);
        press(&mut app, "f");
        let shot = dump(&painted(&app, &look("default", Depth::Ansi)));
        insta::assert_snapshot!(format!("compare_list_{columns}x{rows}"), shot);
    }
}

#[test]
fn the_keys_of_a_screen_are_those_that_work_on_it() {
    let mut app = demo::compared(120, 60);
    press(&mut app, "?");
    let text = dump(&painted(&app, &look("default", Depth::Ansi)));
    for part in [
        "Keys of Compare",
        "h left          Go to the lane",
        "gg home         Go to the beginning",
    ] {
        assert!(text.contains(part), "`{part}` is missing in {text}");
    }
    for part in ["One token back", "Fork", "Fold or unfold"] {
        assert!(!text.contains(part), "{part}");
    }
}

#[test]
fn four_lanes_are_seen_as_far_as_they_fit_and_the_others_are_reached() {
    let mut app = demo::compared(80, 24);
    for id in [2, 3] {
        app.compare.lanes.push(app.compare.lanes[0].clone());
        app.compare.lanes[id].id = id as u64;
    }
    let shown = |app: &App| {
        let text = dump(&painted(app, &look("default", Depth::Ansi)));
        ["A scout", "B guesser", "C scout", "D scout"].map(|name| text.contains(name))
    };
    assert_eq!(shown(&app), [true, true, false, false]);
    press(&mut app, "l l l");
    assert_eq!(shown(&app), [false, false, true, true]);
}

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
    for (typed, count) in [("sample 0", 1), ("B\\d+.*=", 1), ("B9", 0), ("(", 0)] {
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

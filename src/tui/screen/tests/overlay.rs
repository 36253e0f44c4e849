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

//! What `?` says: the keys of the screen from the action table, the mouse, and what the signs mean.

use super::{Action, App, Layer, Screen};
use crate::tui::text::wrap;
use strum::{EnumMessage, IntoEnumIterator};

/// Columns of the keys, and of the keys where there is little room.
const KEYS: [usize; 2] = [16, 10];
/// From this width on there is room.
const ROOMY: usize = 60;

/// What the mouse does on the Explore screen…
const MOUSE: [(&str, &str); 4] = [
    ("wheel", "Scroll the pane under the pointer, or what lies over it"),
    (
        "click",
        "Go to that pane and put the cursor there, in text and tree",
    ),
    ("drag", "Move the rule between the panes"),
    (
        "shift",
        "Hold it to select text as the terminal does; `mouse = false` in config.toml for good",
    ),
];

/// …and on the others.
const WHEEL: [(&str, &str); 2] = [("wheel", "Move up and down"), MOUSE[3]];

/// What the signs of the tree and the gutter mean.
const SIGNS: [(&str, &str); 16] = [
    (
        "V B S C",
        "Verification, backtracking, subgoal setting, backward chaining; behaviors of your own by their letters",
    ),
    (
        "●",
        "The problem; in the list of traces, the one that is looked at",
    ),
    ("→", "What is left after the move"),
    ("○", "A state left open"),
    ("✗", "Finished and not the goal, or given up"),
    ("✓", "The goal"),
    (
        "◌",
        "Nobody knows whether the goal can be reached: a step was false, or the state is too large",
    ),
    ("↩", "A state that was left by a return"),
    (
        "↩!",
        "The first move after a return to a state that never existed",
    ),
    ("!", "A false statement, or a move that breaks a rule"),
    ("?", "Given up although the goal could still be reached"),
    ("▸ ▾", "The row of the cursor, or a folded part · an unfolded one"),
    (
        "3 levels",
        "So many levels of the tree are drawn: a step that only goes on with the one above it stands under that, not deeper",
    ),
    ("+3", "So many states are folded away here"),
    ("…", "Something is left out"),
    ("▁█", "How open each token was: its entropy"),
];

/// What the signs of a score sheet mean.
const SHEET: [(&str, &str); 9] = [
    ("+ - * /", "A move that calculates"),
    (".", "Any other move: a value put into a cell, a step in words"),
    ("?", "A step backward, from the target"),
    ("=", "The goal is reached"),
    ("x", "A false statement"),
    (
        "B2 B0 B! B",
        "A return: two states up, to where it was, to a state that never existed, in words alone",
    ),
    (
        "V B S C",
        "A habit there, or a behavior of your own by its letter",
    ),
    ("✓ ✗", "The answer is right, is not"),
    ("…", "The sheet is cut short"),
];

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Air.
    Blank,
    /// What follows.
    Title(&'static str),
    /// Keys or signs, filled up to their column, and what they do. Rows that go on have no keys.
    Entry(String, String),
}

/// All rows at this width.
#[must_use]
pub fn rows(app: &App, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for layer in [app.screen.layer(), Layer::Moving, Layer::Everywhere, Layer::Popup] {
        title(&mut rows, layer.get_message().unwrap_or_default());
        for action in Action::iter().filter(|action| action.layer() == layer) {
            let bound = app.keymap.keys(action);
            let keys = app.keymap.keys_in(&app.screen.layers(), action);
            // What the screen has taken all keys of is done in another way here.
            if !keys.is_empty() || bound.is_empty() {
                entry(&mut rows, &keys, action.description(), width);
            }
        }
    }
    let mouse: &[(&str, &str)] = match app.screen {
        Screen::Explore => &MOUSE,
        _ => &WHEEL,
    };
    if app.mouse {
        title(&mut rows, "Mouse");
        mouse
            .iter()
            .for_each(|(what, does)| entry(&mut rows, &[(*what).to_owned()], does, width));
    }
    title(&mut rows, "Signs");
    SIGNS
        .iter()
        .for_each(|(sign, means)| entry(&mut rows, &[(*sign).to_owned()], means, width));
    title(&mut rows, "Score sheets");
    SHEET
        .iter()
        .for_each(|(sign, means)| entry(&mut rows, &[(*sign).to_owned()], means, width));
    rows
}

fn title(rows: &mut Vec<Row>, text: &'static str) {
    if !rows.is_empty() {
        rows.push(Row::Blank);
    }
    rows.push(Row::Title(text));
}

fn entry(rows: &mut Vec<Row>, keys: &[String], text: &str, width: usize) {
    let column = KEYS[usize::from(width < ROOMY)];
    let mut shown = String::new();
    // As many as fit: one key is enough to know.
    for key in keys {
        let gap = usize::from(!shown.is_empty());
        if gap > 0 && shown.chars().count() + gap + key.chars().count() >= column {
            break;
        }
        shown += &" ".repeat(gap);
        shown += key;
    }
    for row in wrap::rows(text, 0, width.saturating_sub(column).max(1)) {
        let keys = format!("{:<column$}", std::mem::take(&mut shown));
        rows.push(Row::Entry(keys, row.of(text).trim_end().to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        demo,
        theme::{ASCII, Glyphs, UNICODE},
    };

    #[test]
    fn every_sign_that_can_be_seen_is_explained() {
        let signs: String = SIGNS.iter().map(|(sign, _)| *sign).collect();
        let of = &UNICODE;
        for sign in [
            of.root,
            of.open,
            of.unknown,
            of.good,
            of.bad,
            of.back,
            of.fault,
            of.winnable,
            of.folded,
            of.unfolded,
            of.arrow,
            of.more,
        ] {
            assert!(signs.contains(sign), "{sign}");
        }
        assert!(signs.contains("levels"), "what `depth 9 on 3 levels` says");
        let sheet: String = SHEET.iter().map(|(sign, _)| *sign).collect();
        for sign in "+-*/.?=xB!VSC✓✗…".chars() {
            assert!(sheet.contains(sign), "{sign}");
        }
        // Also where the signs are written in ASCII, none means two things.
        let others = SHEET.iter().filter(|(sign, _)| *sign != "✓ ✗");
        let others: String = others.map(|(sign, _)| ASCII.write(sign)).collect();
        let verdict = |of: &Glyphs| [of.good, of.bad].map(|sign| others.contains(sign));
        assert_eq!([verdict(&UNICODE), verdict(&ASCII)], [[false; 2]; 2], "{others}");
        let all = rows(&demo::app(80, 24), 54);
        for title in ["Signs", "Score sheets"] {
            assert!(all.contains(&Row::Title(title)));
        }
    }

    #[test]
    fn every_action_is_in_the_help_at_any_width_and_nothing_is_wider_than_that() {
        for width in [30, 34, 54, 72] {
            let mut app = demo::app(80, 24);
            app.mouse = true;
            let rows = rows(&app, width);
            let entries = || {
                rows.iter().filter_map(|row| match row {
                    Row::Entry(keys, text) => Some((keys, text)),
                    _ => None,
                })
            };
            assert!(entries().all(|(keys, text)| keys.chars().count() + text.chars().count() <= width));
            let text: String = entries().map(|(_, text)| format!("{text} ")).collect();
            let here = |action: &Action| {
                action.layer() == Layer::Popup || app.screen.layers().contains(&action.layer())
            };
            for action in Action::iter().filter(here) {
                assert!(text.contains(action.description()), "{action:?} at {width}");
            }
            assert!(text.contains("select text"));
        }
    }
}

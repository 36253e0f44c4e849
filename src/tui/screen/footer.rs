//! ```text
//!  f fork here   e edit and go on   a alternatives   W why   m model        : commands   ? keys
//! ```

use crate::tui::{
    app::{Action, App, Overlay, Screen},
    screen::{compare, explore, train},
    widget::Canvas,
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Draws the keys that matter now, as many as fit, and the two that lead to all others.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let right = match app.overlay {
        None => keys(app, canvas, &[(Action::Palette, ""), (Action::Help, "")]),
        Some(_) => Vec::new(),
    };
    let right = spread(right, usize::MAX);
    let room = usize::from(area.width).saturating_sub(right.width() + GAP.len());
    let left = spread(keys(app, canvas, &matter(app)), room);
    canvas.row(area, left, right);
}

/// The actions that matter now, with the word for them where the usual one would mislead.
fn matter(app: &App) -> Vec<(Action, &'static str)> {
    match &app.overlay {
        Some(overlay) if overlay.is_read() => match app.scrolls() {
            true => vec![(Action::Close, ""), (Action::Down, "scroll")],
            false => vec![(Action::Close, "")],
        },
        Some(Overlay::Prompt(..)) => vec![(Action::Accept, ""), (Action::Close, "never mind")],
        Some(_) => vec![
            (Action::Accept, ""),
            (Action::Close, ""),
            (Action::SelectNext, ""),
        ],
        None => match app.screen {
            Screen::Explore => explore::matter(app),
            Screen::Compare => compare::matter(app),
            Screen::Train => train::matter(app),
        },
    }
}

/// Between one key and the next.
const GAP: &str = "   ";

/// As many as fit into `room` columns.
fn spread(keys: Vec<[Span<'static>; 2]>, room: usize) -> Line<'static> {
    let mut line = Line::default();
    for [key, word] in keys {
        let gap = if line.spans.is_empty() { "" } else { GAP };
        if line.width() + gap.len() + key.width() + word.width() > room {
            break;
        }
        line.extend([Span::raw(gap), key, word]);
    }
    line
}

fn keys(app: &App, canvas: &Canvas<'_>, actions: &[(Action, &str)]) -> Vec<[Span<'static>; 2]> {
    let described = actions.iter().filter_map(|(action, word)| {
        let key = app.keymap.key(*action);
        let word = if word.is_empty() { action.label() } else { word };
        (!key.is_empty()).then(|| [canvas.span(key, "ui.key"), canvas.span(format!(" {word}"), "ui")])
    });
    described.collect()
}

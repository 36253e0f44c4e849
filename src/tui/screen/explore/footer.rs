//! ```text
//!  f fork here   e edit and go on   a alternatives   W why   m model        : commands   ? keys
//! ```

use crate::tui::{
    app::{Action, App, Overlay, Pane},
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
    let right = Line::from(right);
    let mut room = usize::from(area.width).saturating_sub(right.width() + 3);
    let mut left = Vec::new();
    for pair in keys(app, canvas, &matter(app)).chunks(2) {
        let width = pair.iter().map(Span::width).sum::<usize>();
        if width > room {
            break;
        }
        room -= width;
        left.extend(pair.iter().cloned());
    }
    canvas.row(area, Line::from(left), right);
}

/// The actions that matter now, with the word for them where the usual one would mislead.
fn matter(app: &App) -> Vec<(Action, &'static str)> {
    match (&app.overlay, app.focus) {
        (Some(Overlay::Help(_) | Overlay::Why(..)), _) => {
            vec![(Action::Close, ""), (Action::SelectNext, "scroll")]
        }
        (Some(Overlay::Prompt(..)), _) => vec![(Action::Accept, ""), (Action::Close, "never mind")],
        (Some(_), _) => vec![
            (Action::Accept, ""),
            (Action::Close, ""),
            (Action::SelectNext, ""),
        ],
        (None, _) if app.is_generating() => {
            vec![
                (Action::Cancel, "stop"),
                (Action::Fork, ""),
                (Action::Up, "look around"),
                (Action::NextPane, ""),
            ]
        }
        (None, Pane::Trace) => [
            Action::Fork,
            Action::Edit,
            Action::Alternatives,
            Action::Why,
            Action::RandomProblem,
            Action::Model,
        ]
        .map(|action| (action, ""))
        .into(),
        (None, Pane::Tree) => [
            Action::Fold,
            Action::Fork,
            Action::Why,
            Action::RandomProblem,
            Action::Model,
            Action::NextPane,
        ]
        .map(|action| (action, ""))
        .into(),
    }
}

fn keys(app: &App, canvas: &Canvas<'_>, actions: &[(Action, &str)]) -> Vec<Span<'static>> {
    let described = actions.iter().filter_map(|(action, word)| {
        let key = app.keymap.key(*action);
        let word = if word.is_empty() { action.label() } else { word };
        (!key.is_empty()).then(|| {
            [
                canvas.span(key, "ui.key"),
                canvas.span(format!(" {word}   "), "ui"),
            ]
        })
    });
    described.flatten().collect()
}

//! ```text
//!  New here?  j k walk the text and its tree   f forks where you are   ? shows every key      x puts this away
//! ```

use crate::tui::{
    app::{Action, App},
    widget::Canvas,
};
use ratatui::{layout::Rect, text::Line};

/// Draws three hints on the first start.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let key = |action| app.keymap.key(action);
    let (down, up) = (key(Action::Down), key(Action::Up));
    let hints = [
        (format!("{down} {up}"), "walk text and tree"),
        (key(Action::Fork), "forks where you are"),
        (key(Action::Help), "shows every key"),
    ];
    let mut left = vec![canvas.span("New here?  ", "ui.dim")];
    for (key, what) in hints {
        left.push(canvas.span(key, "ui.key"));
        left.push(canvas.span(format!(" {what}   "), "ui"));
    }
    let right = vec![
        canvas.span(key(Action::DismissHints), "ui.key"),
        canvas.span(" hides this", "ui.dim"),
    ];
    canvas.row(area, Line::from(left), Line::from(right));
}

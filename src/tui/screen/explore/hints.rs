//! ```text
//!  New here?  M next model   r new problem   p your own                                     x hides this
//! ```

use crate::tui::{
    app::{Action, App},
    widget::Canvas,
};
use ratatui::{layout::Rect, text::Line};

/// Draws three hints on the first start.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let key = |action| app.keymap.key(action);
    let hints = [
        (key(Action::NextModel), "next model"),
        (key(Action::RandomProblem), "new problem"),
        (key(Action::OwnProblem), "your own"),
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

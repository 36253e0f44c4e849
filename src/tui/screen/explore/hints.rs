//! ```text
//!  New here?  M next model   r new problem   p your own                                     x hides this
//! ```

use crate::tui::{
    app::{Action, App},
    widget::{Canvas, Pieces},
};
use ratatui::layout::Rect;

/// Draws three hints on the first start.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let key = |action| app.keymap.key(action);
    let hints = [
        (key(Action::NextModel), "next model"),
        (key(Action::RandomProblem), "new problem"),
        (key(Action::OwnProblem), "your own"),
    ];
    let mut pieces = Pieces::default();
    pieces.left(4, "", canvas.span("New here?", "ui.dim"));
    for (rank, (key, what)) in (1..).zip(hints) {
        pieces.left(rank, "   ", canvas.span(key, "ui.key"));
        pieces.left(rank, " ", canvas.span(what, "ui"));
    }
    pieces.right(0, "", canvas.span(key(Action::DismissHints), "ui.key"));
    pieces.right(0, " ", canvas.span("hides this", "ui.dim"));
    pieces.draw(canvas, area);
}

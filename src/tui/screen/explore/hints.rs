//! ```text
//!  New here?  M next model   r new problem   p your own                                     x hides this
//!  New here?  P whole problem   L layers of detectors   / search                             x hides this
//! ```

use crate::tui::{
    app::{Action, App, Live},
    widget::{Canvas, Pieces},
};
use ratatui::layout::Rect;

/// Draws three hints on the first start. A trace that was brought along is there to be read; the footer leads to the next.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let key = |action| app.keymap.key(action);
    let mut hints = [
        (Action::NextModel, "next model"),
        (Action::RandomProblem, "new problem"),
        (Action::OwnProblem, "your own"),
    ];
    if app.explore.trace().is_some_and(Live::is_foreign) {
        hints = [
            (Action::WholeProblem, "whole problem"),
            (Action::Layers, "layers of detectors"),
            (Action::Search, "search"),
        ];
    }
    let mut pieces = Pieces::default();
    pieces.left(4, "", canvas.span("New here?", "ui.dim"));
    for (rank, (action, what)) in (1..).zip(hints) {
        pieces.left(rank, "   ", canvas.span(key(action), "ui.key"));
        pieces.left(rank, " ", canvas.span(what, "ui"));
    }
    pieces.right(0, "", canvas.span(key(Action::DismissHints), "ui.key"));
    pieces.right(0, " ", canvas.span("hides this", "ui.dim"));
    pieces.draw(canvas, area);
}

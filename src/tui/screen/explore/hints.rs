//! ```text
//!  New here?  M next model   r new problem   p your own                                     x hides this
//!  New here?  ] next trace   T list of traces   W why   P whole problem                     x hides this
//! ```

use super::facts::others;
use crate::tui::{
    app::{Action, App, Live},
    widget::{Canvas, Pieces},
};
use ratatui::layout::Rect;

/// Draws some hints on the first start: a trace that was brought along is there to be read.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let key = |action| app.keymap.key(action);
    let mut hints = vec![
        (Action::NextModel, "next model"),
        (Action::RandomProblem, "new problem"),
        (Action::OwnProblem, "your own"),
    ];
    if app.explore.trace().is_some_and(Live::is_foreign) {
        hints = vec![
            (Action::TraceNext, "next trace"),
            (Action::Traces, "list of traces"),
            (Action::Why, "why"),
            (Action::WholeProblem, "whole problem"),
        ];
        let ways = others(app);
        let leads = |action: Action| ways.iter().any(|(way, _)| *way == action);
        hints.retain(|(action, _)| !matches!(action, Action::TraceNext | Action::Traces) || leads(*action));
    }
    let mut pieces = Pieces::default();
    pieces.left(4, "", canvas.span("New here?", "ui.dim"));
    for (rank, (action, what)) in [1, 2, 3, 5].into_iter().zip(hints) {
        pieces.left(rank, "   ", canvas.span(key(action), "ui.key"));
        pieces.left(rank, " ", canvas.span(what, "ui"));
    }
    pieces.right(0, "", canvas.span(key(Action::DismissHints), "ui.key"));
    pieces.right(0, " ", canvas.span("hides this", "ui.dim"));
    pieces.draw(canvas, area);
}

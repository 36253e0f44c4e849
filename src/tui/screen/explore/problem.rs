//! ```text
//!  Countdown  18 7 4 → 15   integer rules                     ✓ (18-7)+4 = 15   exact   58 tokens   0.04 s
//! ```

use crate::tui::{
    app::App,
    screen::{clip, verdict::verdict},
    widget::{Canvas, Pieces},
};
use ratatui::{layout::Rect, text::Line};

/// Draws the problem, the verdict, and what it cost.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    // The problem of the trace that is shown; the next one may still wait for its model.
    let Some(problem) = app
        .explore
        .trace()
        .map(|live| &live.problem)
        .or(app.explore.problem.as_ref())
    else {
        let text = canvas.span("No problem yet", "ui.dim");
        return canvas.row(area, Line::from(text), Line::default());
    };
    let glyphs = canvas.glyphs();
    let mut pieces = Pieces::default();
    pieces.left(5, "", canvas.span(&problem.title, "ui.title"));
    // Where there is a verdict, a long problem leaves room for the answer; a key shows all of it.
    let judged = app.explore.trace().is_some_and(|live| live.outcome.is_some());
    let room = match judged {
        true => usize::from(area.width) * 3 / 5,
        false => usize::from(area.width),
    };
    let statement = clip(&glyphs.write(&problem.statement), room, glyphs.more);
    pieces.left(0, "  ", canvas.span(statement, "ui.current"));
    pieces.left(6, "   ", canvas.span(&problem.note, "ui.dim"));
    if let Some(warning) = &problem.warning {
        pieces.left(1, "   ", canvas.span(glyphs.fault, "ui.warning"));
        pieces.left(9, " ", canvas.span(warning, "ui.warning"));
    }
    if let Some(live) = app.explore.trace() {
        verdict(canvas, live, area.width, &mut pieces);
    }
    pieces.draw(canvas, area);
}

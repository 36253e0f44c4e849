//! ```text
//!  Countdown  18 7 4 → 15   integer rules                     ✓ (18-7)+4 = 15   exact   58 tokens   0.04 s
//! ```

use crate::tui::{app::App, screen::verdict::verdict, widget::Canvas};
use ratatui::{layout::Rect, text::Line};

/// Below this width only the problem is left.
const NARROW: u16 = 64;

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
    let statement = canvas.span(glyphs.write(&problem.statement), "ui.current");
    let mut left = vec![statement];
    if area.width >= NARROW {
        left.insert(0, canvas.span(format!("{}  ", problem.title), "ui.title"));
        left.push(canvas.span(format!("   {}", problem.note), "ui.dim"));
    }
    if let Some(warning) = &problem.warning {
        left.push(canvas.span(format!("   {} {warning}", glyphs.fault), "ui.warning"));
    }
    let right = app
        .explore
        .trace()
        .map(|live| verdict(canvas, live, area.width))
        .unwrap_or_default();
    canvas.row(area, Line::from(left), Line::from(right));
}

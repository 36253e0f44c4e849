//! ```text
//!  Tree                             6 states   depth 2   1 return
//!  ● 18 7 4
//!  ├─ 18+7=25 → 25 4                                        ✗ ↩
//!  │  └─ 25-4=21                                            ✗
//! ▸└─ 18-7=11                                               ✓
//! ```

use super::title;
use crate::tui::{
    app::{App, Live, Pane},
    screen::{inset, row},
    widget::{Canvas, tree},
};
use ratatui::{layout::Rect, text::Line};

/// Draws the tree of states.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let focused = app.explore.focus == Pane::Tree;
    let title = title(app, canvas, Pane::Tree);
    let facts = app.explore.trace().map(facts).unwrap_or_default();
    let facts = canvas.span(facts, "ui.dim");
    canvas.row(inset(row(area, area.y)), title, Line::from(facts));
    if let Some(live) = app.explore.trace() {
        let body = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        tree::draw(canvas, body, live, focused);
    }
}

fn facts(live: &Live) -> String {
    let (states, returns) = (live.tree.nodes.len(), live.tree.backtracks.len());
    if states == 0 {
        return String::new();
    }
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    format!(
        "{states} state{}   depth {}   {returns} return{}",
        plural(states),
        live.outline.deepest(),
        plural(returns)
    )
}

//! ```text
//!  Tree                             6 states   depth 2   1 return
//!  ● 18 7 4
//!  ├─ 18+7=25 → 25 4                                        ✗ ↩
//!  │  └─ 25-4=21                                            ✗
//! ▸└─ 18-7=11                                               ✓
//! ```

use super::title;
use crate::{
    base::words::counted,
    tui::{
        app::{App, Live, Pane},
        screen::{inset, row},
        widget::{Canvas, tree},
    },
};
use ratatui::layout::Rect;

/// Draws the tree of states.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let focused = app.explore.focus == Pane::Tree;
    let mut header = title(app, canvas, Pane::Tree);
    for (rank, fact) in (1..).zip(app.explore.trace().map(facts).unwrap_or_default()) {
        header.right(rank, "   ", canvas.span(fact, "ui.dim"));
    }
    header.draw(canvas, inset(row(area, area.y)));
    if let Some(live) = app.explore.trace() {
        let body = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        tree::draw(canvas, body, live, focused);
    }
}

/// What there is to say of the whole tree, what matters most first.
fn facts(live: &Live) -> Vec<String> {
    let (states, returns) = (live.tree.nodes.len(), live.tree.backtracks.len());
    if states == 0 {
        return Vec::new();
    }
    let (deepest, levels) = (live.outline.deepest(), live.outline.levels());
    let depth = match deepest == levels {
        true => format!("depth {deepest}"),
        // Thoughts that only go on stand under each other.
        false => format!("depth {deepest} on {}", counted(levels, "level")),
    };
    vec![counted(states, "state"), depth, counted(returns, "return")]
}

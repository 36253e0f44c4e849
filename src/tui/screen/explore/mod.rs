//! The Explore screen: one problem, one trace, its tree.
//!
//! ```text
//!  header
//!  problem line
//!  trace pane │ tree pane
//!  habits line
//!  hints, status, footer
//! ```

mod footer;
mod habits;
mod header;
mod hints;
mod problem;
mod status;
mod trace_pane;
mod tree_pane;

use crate::tui::{
    app::{App, Layout, Pane},
    widget::{Canvas, Pieces},
};
use ratatui::layout::{Position, Rect};

/// Draws the screen. Returns where the terminal's cursor belongs, when a line is being typed.
pub fn draw(app: &App, canvas: &mut Canvas<'_>) -> Option<Position> {
    let layout = app.layout();
    header::draw(app, canvas, inset(layout.header));
    rules(canvas, &layout);
    problem::draw(app, canvas, inset(layout.problem));
    trace_pane::draw(app, canvas, layout.trace);
    tree_pane::draw(app, canvas, layout.tree);
    habits::draw(app, canvas, inset(layout.habits));
    hints::draw(app, canvas, inset(layout.hints));
    footer::draw(app, canvas, inset(layout.footer));
    status::draw(app, canvas, inset(layout.status))
}

/// One column of air on both sides.
fn inset(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    }
}

/// The header of a pane: its name; both names, where only one of them fits beside the other as a tab.
fn title(app: &App, canvas: &Canvas<'_>, pane: Pane) -> Pieces {
    let name = |which: Pane| {
        canvas.span(
            which.name(),
            if app.focus == which { "ui.title" } else { "ui.dim" },
        )
    };
    let mut header = Pieces::default();
    match app.layout().split {
        Some(_) => header.left(0, "", name(pane)),
        None => {
            header.left(0, "", name(Pane::Trace));
            header.left(0, "   ", name(Pane::Tree));
        }
    }
    header
}

fn rules(canvas: &mut Canvas<'_>, layout: &Layout) {
    let style = canvas.style("ui.rule");
    let [lying, standing, down, up] = canvas.glyphs().rule;
    let right = layout.header.right();
    for y in layout.rules.into_iter().flatten() {
        canvas.put(0, y, right, &lying.repeat(right.into()), style);
    }
    let Some(x) = layout.split else {
        return;
    };
    for y in layout.trace.y..layout.trace.bottom() {
        canvas.put(x, y, right, standing, style);
    }
    let [_, above, below] = layout.rules;
    for (y, sign) in [(above, down), (below, up)] {
        if let Some(y) = y {
            canvas.put(x, y, right, sign, style);
        }
    }
}

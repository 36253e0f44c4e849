//! The Explore screen: one problem, one trace, its tree.
//!
//! ```text
//!  problem line
//!  trace pane │ tree pane
//!  habits line
//!  hints
//! ```

mod facts;
mod habits;
mod hints;
mod layers;
mod problem;
mod trace_pane;
mod tree_pane;

pub use facts::{facts, matter, status};

use super::inset;
use crate::tui::{
    app::{App, Layout, Pane},
    widget::{Canvas, Pieces},
};

/// Draws the screen between header and status line.
pub fn draw(app: &App, canvas: &mut Canvas<'_>) {
    let layout = app.explore.layout(app.size);
    rules(canvas, &layout);
    problem::draw(app, canvas, inset(layout.problem));
    trace_pane::draw(app, canvas, layout.trace);
    tree_pane::draw(app, canvas, layout.tree);
    habits::draw(app, canvas, inset(layout.habits));
    hints::draw(app, canvas, inset(layout.hints));
}

/// The header of a pane: its name; both names, where only one of them fits beside the other as a tab.
fn title(app: &App, canvas: &Canvas<'_>, pane: Pane) -> Pieces {
    let name = |which: Pane| {
        canvas.span(
            which.name(),
            if app.explore.focus == which {
                "ui.title"
            } else {
                "ui.dim"
            },
        )
    };
    let mut header = Pieces::default();
    match app.explore.layout(app.size).split {
        Some(_) => header.left(0, "", name(pane)),
        None => {
            header.left(0, "", name(Pane::Trace));
            header.left(0, "   ", name(Pane::Tree));
        }
    }
    header
}

/// The rules between the parts of a trace.
pub fn rules(canvas: &mut Canvas<'_>, layout: &Layout) {
    let style = canvas.style("ui.rule");
    let [lying, standing, down, up] = canvas.glyphs().rule;
    let right = layout.problem.right();
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

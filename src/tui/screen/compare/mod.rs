//! The Compare screen: lanes side by side, and below them the table or the problems behind one of its numbers.
//!
//! ```text
//!  problem line
//!  A │ B │ …
//!  table, or list
//! ```

mod facts;
mod lane;
mod list;
mod table;

pub use facts::{facts, matter, status};

use super::inset;
use crate::tui::{
    app::{App, compare::Layout},
    widget::Canvas,
};
use ratatui::text::Line;

/// Draws the screen between header and status line.
pub fn draw(app: &App, canvas: &mut Canvas<'_>) {
    let layout = app.compare.layout(app.size);
    rules(canvas, &layout);
    problem(app, canvas, &layout);
    for (number, area) in &layout.lanes {
        lane::draw(app, canvas, *number, *area);
    }
    match &app.compare.list {
        Some(open) => list::draw(app, canvas, layout.table, open),
        None => table::draw(app, canvas, layout.table),
    }
}

fn problem(app: &App, canvas: &mut Canvas<'_>, layout: &Layout) {
    let area = inset(layout.problem);
    let Some(problem) = &app.compare.problem else {
        let text = canvas.span("No problem yet", "ui.dim");
        return canvas.row(area, Line::from(text), Line::default());
    };
    let glyphs = canvas.glyphs();
    let mut left = vec![
        canvas.span(format!("{}  ", problem.title), "ui.title"),
        canvas.span(glyphs.write(&problem.statement), "ui.current"),
        canvas.span(format!("   {}", problem.note), "ui.dim"),
    ];
    if let Some(warning) = &problem.warning {
        left.push(canvas.span(format!("   {} {warning}", glyphs.fault), "ui.warning"));
    }
    canvas.row(area, Line::from(left), Line::default());
}

fn rules(canvas: &mut Canvas<'_>, layout: &Layout) {
    let style = canvas.style("ui.rule");
    let [lying, standing, down, up] = canvas.glyphs().rule;
    let right = layout.problem.right();
    for y in &layout.rules {
        canvas.put(0, *y, right, &lying.repeat(right.into()), style);
    }
    let Some((_, lanes)) = layout.lanes.first() else {
        return;
    };
    for x in &layout.splits {
        for y in lanes.y..lanes.bottom() {
            canvas.put(*x, y, right, standing, style);
        }
        for (y, sign) in [(lanes.y.checked_sub(1), down), (Some(lanes.bottom()), up)] {
            if let Some(y) = y.filter(|y| layout.rules.contains(y)) {
                canvas.put(*x, y, right, sign, style);
            }
        }
    }
}

//! The Train screen: recipes and runs; a run as curves over its samples; one sample; a habit's first appearances.

mod curves;
mod emergence;
mod facts;
mod list;
mod sample;
mod samples;

pub use facts::{badge, facts, matter, standing, status};

use super::{inset, row};
use crate::tui::{
    app::{
        App,
        train::{Focus, Layout, View},
    },
    widget::{Canvas, tree},
};
use ratatui::layout::Rect;

/// Draws the screen between header and status line.
pub fn draw(app: &App, canvas: &mut Canvas<'_>) {
    match app.train.view {
        View::List => list::draw(app, canvas),
        View::Run => run(app, canvas),
        View::Sample => sample::draw(app, canvas),
        View::Emergence => emergence::draw(app, canvas),
    }
}

fn run(app: &App, canvas: &mut Canvas<'_>) {
    let Some(run) = app.train.run() else {
        return;
    };
    let layout = Layout::new(app.size, app.train.focus);
    rules(canvas, &layout);
    facts::draw(app, canvas, inset(layout.run), run);
    curves::numbers(app, canvas, layout.numbers, run);
    curves::chart(app, canvas, layout.chart, run);
    samples::draw(app, canvas, layout.samples, run);
    if !layout.tree.is_empty() {
        samples::title_of_tree(canvas, inset(row(layout.tree, layout.tree.y)), run);
        if let Some(live) = &run.live {
            let body = Rect {
                y: layout.tree.y + 1,
                height: layout.tree.height - 1,
                ..layout.tree
            };
            tree::draw(canvas, body, live, false);
        }
    }
}

fn rules(canvas: &mut Canvas<'_>, layout: &Layout) {
    let style = canvas.style("ui.rule");
    let [lying, standing, down, _] = canvas.glyphs().rule;
    let right = layout.run.right();
    for y in layout.rules.into_iter().flatten() {
        canvas.put(0, y, right, &lying.repeat(right.into()), style);
    }
    let Some(x) = layout.split else {
        return;
    };
    for area in [layout.numbers, layout.samples] {
        for y in area.y..area.bottom() {
            canvas.put(x, y, right, standing, style);
        }
        if area.height > 0 {
            canvas.put(x, area.y - 1, right, down, style);
        }
    }
}

/// The scope of a pane's header.
fn title(app: &App, pane: Focus) -> &'static str {
    if app.train.focus == pane {
        "ui.title"
    } else {
        "ui.dim"
    }
}

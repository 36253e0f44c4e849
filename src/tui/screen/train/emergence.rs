//! ```text
//!  B backtracking   bends after step 20   prompt 1 of 14   18 7 4 → 15
//!  step 20   ✗ 31 tok                    │ step 30   ✓ 58 tok
//!  text or tree                          │ text or tree
//! ```

use super::samples::{size_of_tree, verdict};
use crate::tui::{
    app::{App, Frame, Pane, train::beside},
    screen::{inset, row, text},
    widget::{Canvas, tree},
};
use ratatui::{layout::Rect, text::Line};

/// Draws the two traces of a prompt.
pub fn draw(app: &App, canvas: &mut Canvas<'_>) {
    let body = Frame::new(app.size).body;
    let areas = beside(app.size);
    rules(canvas, body, areas);
    let Some(pairs) = &app.train.pairs else { return };
    let (found, Some(texts)) = (&pairs.found, &pairs.texts) else {
        return;
    };
    let Some(pair) = found.pairs.get(pairs.at) else {
        return;
    };
    let [(_, first), _] = pair;
    let name = format!(
        "{} {}",
        found.habit.letter(),
        found.habit.name().replace('_', " ")
    );
    let bend = match found.bend {
        Some(step) => format!("   its curve bends after step {step}"),
        None => "   its curve never bends upward".to_owned(),
    };
    let left = vec![
        canvas.span(name, &format!("habit.{}", found.habit)),
        canvas.span(bend, "ui.dim"),
        canvas.span(
            format!("   {}", canvas.glyphs().write(&first.problem.statement)),
            "ui.current",
        ),
    ];
    let place = canvas.span(
        format!("prompt {} of {}", pairs.at + 1, found.pairs.len()),
        "ui.dim",
    );
    canvas.row(inset(row(body, body.y)), Line::from(left), place.into());
    for (((step, sample), live), area) in pair.iter().zip(texts.iter()).zip(areas) {
        if area.height < 2 {
            continue;
        }
        let mut head = vec![canvas.span(format!("step {step}   "), "ui.title")];
        head.extend(verdict(canvas, sample));
        let size = match pairs.pane {
            Pane::Trace => format!("{} tokens", sample.tokens()),
            Pane::Tree => size_of_tree(live),
        };
        let size = canvas.span(size, "ui.dim");
        canvas.row(inset(row(area, area.y)), Line::from(head), size.into());
        let page = Rect {
            y: area.y + 1,
            height: area.height - 2,
            ..area
        };
        match pairs.pane {
            Pane::Trace => text::draw(canvas, page, live, ""),
            Pane::Tree => tree::draw(canvas, page, live, false),
        }
    }
}

fn rules(canvas: &mut Canvas<'_>, body: Rect, [left, right]: [Rect; 2]) {
    let style = canvas.style("ui.rule");
    let [lying, standing, down, _] = canvas.glyphs().rule;
    let y = left.y.saturating_sub(1);
    canvas.put(body.x, y, body.right(), &lying.repeat(body.width.into()), style);
    let x = right.x.saturating_sub(1);
    canvas.put(x, y, body.right(), down, style);
    for y in left.y..left.bottom() {
        canvas.put(x, y, body.right(), standing, style);
    }
}

//! ```text
//! ▸A right, B wrong   145 of 200 problems
//! ▸ 18 7 4 → 15           A ✓  58    B ✗  15
//! ```

use crate::{
    experiment::compare::{solved, tokens},
    tui::{
        app::{
            App,
            compare::{Focus, Found, List, letter},
        },
        screen::{inset, row},
        widget::Canvas,
    },
};
use ratatui::{layout::Rect, text::Line};

/// Draws the problems behind a number.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect, list: &List) {
    let Some(found) = app.compare.found.as_ref().filter(|_| !area.is_empty()) else {
        return;
    };
    let focused = app.compare.focus == Focus::Table;
    let mark = if focused { canvas.glyphs().folded } else { " " };
    let count = format!("   {} of {} problems", list.problems.len(), found.problems.len());
    let left = vec![
        canvas.span(mark, "ui.current"),
        canvas.span(&list.title, if focused { "ui.title" } else { "ui.dim" }),
        canvas.span(count, "ui.dim"),
    ];
    canvas.row(row(area, area.y), Line::from(left), Line::default());
    let entries = list.problems.iter().enumerate().skip(list.top);
    for (y, (number, problem)) in (area.y + 1..area.bottom()).zip(entries) {
        let line = entry(canvas, found, *problem);
        canvas.row(inset(row(area, y)), line, Line::default());
        if number == list.selected {
            let mark = canvas.glyphs().folded;
            canvas.put(area.x, y, area.right(), mark, canvas.style("ui.current"));
            canvas.tint(inset(row(area, y)), canvas.style("ui.selection"));
        }
    }
}

/// The problem, and how each lane did on it.
fn entry(canvas: &Canvas<'_>, found: &Found, problem: usize) -> Line<'static> {
    let glyphs = canvas.glyphs();
    let statement = found
        .problems
        .get(problem)
        .map(|problem| glyphs.write(&problem.statement));
    let mut parts = vec![canvas.span(format!("{:<22}", statement.unwrap_or_default()), "ui")];
    for lane in 0..found.comparison.traces.len() {
        let traces = found.comparison.of_problem(lane, problem);
        parts.push(canvas.span(format!("{} ", letter(lane)), "ui.dim"));
        match traces {
            [] => {}
            [trace] => {
                let (sign, scope) = if solved(trace) {
                    (glyphs.good, "good")
                } else {
                    (glyphs.bad, "bad")
                };
                parts.push(canvas.span(sign, scope));
                parts.push(canvas.span(format!(" {:>3}   ", tokens(trace)), "ui"));
            }
            several => {
                let right = several.iter().filter(|trace| solved(trace)).count();
                parts.push(canvas.span(format!("{right:>2} of {} right   ", several.len()), "ui"));
            }
        }
    }
    Line::from(parts)
}

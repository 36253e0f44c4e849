//! ```text
//!  Step 84                                       right, held out   share   dotted: …
//! ▸reward               0.712  ▁▂▃▅▇              0.712 │     ⢀⣀⡠
//!  right, held out      0.680  0.612–0.741              │⣀⠤⠒⠉
//!  V verification        1.20  per trace ▁▂▃      0.250 │
//! ```

use super::title;
use crate::tui::{
    app::{
        App,
        train::{Curve, Focus, Run, Unit},
    },
    screen::{inset, row},
    widget::{
        Canvas,
        chart::{self, Chart},
    },
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Columns of a curve's name.
const NAME: usize = 17;
/// Columns of its number.
const NUMBER: usize = 8;
/// Columns of its unit, or its interval.
const UNIT: usize = 13;

/// Draws the curves by name with their numbers at the step that is looked at.
pub fn numbers(app: &App, canvas: &mut Canvas<'_>, area: Rect, run: &Run) {
    if area.is_empty() {
        return;
    }
    let curves = run.curves();
    let here = run.here();
    let mut head = vec![canvas.span(format!("Step {here}"), title(app, Focus::Curves))];
    if run.step.is_none() {
        head.push(canvas.span("   the newest", "ui.dim"));
    }
    let count = canvas.span(format!("{} of {}", run.curve + 1, curves.len()), "ui.dim");
    canvas.row(inset(row(area, area.y)), Line::from(head), count.into());
    if curves.is_empty() {
        let text = canvas.span(canvas.glyphs().write("No step was made yet…"), "ui.dim");
        return canvas.row(inset(row(area, area.y + 1)), text.into(), Line::default());
    }
    let rows = (area.y + 1..area.bottom()).zip(curves.iter().enumerate().skip(run.tops[0]));
    for (y, (number, curve)) in rows {
        let area = row(area, y);
        let line = line(
            canvas,
            run,
            curve,
            here,
            usize::from(area.width.saturating_sub(2)),
        );
        canvas.row(inset(area), line, Line::default());
        if number == run.curve {
            let mark = canvas.glyphs().folded;
            canvas.put(area.x, y, area.right(), mark, canvas.style("ui.current"));
            if app.train.focus == Focus::Curves {
                let name = Rect {
                    width: NAME as u16,
                    ..inset(area)
                };
                canvas.tint(name, canvas.style("ui.selection"));
            }
        }
    }
}

/// Name, number, unit or interval, and the curve as small bars where there is room.
fn line(canvas: &Canvas<'_>, run: &Run, curve: &Curve, here: u64, width: usize) -> Line<'static> {
    let scope = scope(curve);
    let number = run.at(&curve.key, here).map(|value| curve.unit.write(value));
    let mut parts = vec![
        canvas.span(format!("{:<NAME$}", curve.label), &scope),
        canvas.span(format!("{:>NUMBER$}  ", number.unwrap_or_default()), "ui"),
    ];
    let interval = run
        .interval(curve, here)
        .map(|[low, high]| between(canvas, curve.unit, low, high));
    let behind = interval.unwrap_or_else(|| curve.unit.name().to_owned());
    // What is about habits is never without its line.
    let small = width.saturating_sub(NAME + NUMBER + 2 + UNIT);
    let (text, cells) = match small {
        0..6 if curve.habit.is_some() => (String::new(), small + UNIT),
        0..6 => (format!("{behind:<UNIT$}"), 0),
        _ => (format!("{behind:<UNIT$}"), small),
    };
    parts.push(canvas.span(text, "ui.dim"));
    parts.push(canvas.span(chart::line(canvas, run.points(&curve.key), cells), &scope));
    Line::from(parts)
}

fn between(canvas: &Canvas<'_>, unit: Unit, low: f64, high: f64) -> String {
    let dash = if canvas.glyphs().dots { "–" } else { "-" };
    format!("{}{dash}{}", unit.write(low), unit.write(high))
}

fn scope(curve: &Curve) -> String {
    match curve.habit {
        Some(habit) => format!("habit.{habit}"),
        None => "ui".to_owned(),
    }
}

/// Draws the curve that is looked at.
pub fn chart(app: &App, canvas: &mut Canvas<'_>, area: Rect, run: &Run) {
    let Some(curve) = run.shown_curve().filter(|_| !area.is_empty()) else {
        return;
    };
    let scope = scope(&curve);
    let here = run.here();
    // Where there is little room, unit and interval stand among the numbers only.
    let roomy = area.width >= 60;
    let unit = if roomy { curve.unit.name() } else { "" };
    let left = vec![
        canvas.span(&curve.label, &scope),
        canvas.span(format!("  {unit}"), "ui.dim"),
    ];
    let laid = app.train.laid.as_ref();
    let mut right: Vec<Span<'static>> = Vec::new();
    if let Some(value) = run.at(&curve.key, here) {
        right.push(canvas.span(curve.unit.write(value), "ui.title"));
    }
    if let Some([low, high]) = run.interval(&curve, here).filter(|_| roomy) {
        right.push(canvas.span(
            format!("  95 %: {}", between(canvas, curve.unit, low, high)),
            "ui.dim",
        ));
    }
    if let Some(value) = laid.and_then(|laid| laid.at(&curve.key, here)) {
        right.push(canvas.span(format!("  thin {}", curve.unit.write(value)), "ui.dim"));
    }
    canvas.row(inset(row(area, area.y)), Line::from(left), Line::from(right));
    let mut curves = vec![chart::Curve {
        points: run.points(&curve.key),
        style: canvas.style(&scope),
        behind: false,
    }];
    if let Some(laid) = laid {
        curves.push(chart::Curve {
            points: laid.points(&curve.key),
            style: canvas.style("ui.dim"),
            behind: true,
        });
    }
    let marks: Vec<u64> = run.changes.iter().map(|change| change.step + 1).collect();
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    let what = Chart {
        curves: &curves,
        intervals: &run.intervals(&curve),
        here,
        marks: &marks,
        write: &|value| curve.unit.write(value),
    };
    chart::draw(canvas, body, &what);
}

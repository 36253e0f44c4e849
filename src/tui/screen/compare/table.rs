//! ```text
//! ▸Table   200 problems  A scout                 B guesser
//!  solved                0.958 [0.920 0.978]     0.245 [0.191 0.309]
//!  V verification        3.73                    0.00
//!  A against B           only A 145   only B 1   both 45   none 9   McNemar p < 0.001
//! ```

use crate::{
    experiment::compare::{Measure, Paired, Table, Who},
    tui::{
        app::{
            Action, App,
            compare::{Focus, Line as Entry, letter},
        },
        screen::{inset, row},
        widget::{Canvas, bars},
    },
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Columns of the names.
const NAMES: u16 = 22;
/// Below this width only the test's outcome is left of its name.
const ROOMY: u16 = 100;
/// Columns a lane takes at most.
const WIDEST: u16 = 28;
/// Columns that an interval needs.
const INTERVAL: u16 = 21;

/// Draws the table, or how far it is, or how to get one.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let compare = &app.compare;
    head(app, canvas, area);
    let body = Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    };
    match (&compare.making, &compare.found) {
        (None, Some(found)) => lines(app, canvas, body, &found.comparison.table),
        (Some(_), _) => {}
        (None, None) => {
            let key = app.keymap.key(Action::CompareSet);
            let hint = vec![
                canvas.span(key, "ui.key"),
                canvas.span(" compares the lanes on a set of held-out problems", "ui.dim"),
            ];
            canvas.row(inset(row(body, body.y)), Line::from(hint), Line::default());
        }
    }
}

/// The first row: what the table is of, and the lanes above their columns.
fn head(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let compare = &app.compare;
    let focused = compare.focus == Focus::Table;
    let mark = if focused { canvas.glyphs().folded } else { " " };
    let title = canvas.span("Table", if focused { "ui.title" } else { "ui.dim" });
    let mut left = vec![canvas.span(mark, "ui.current"), title];
    match (&compare.making, &compare.found) {
        (Some(making), _) => {
            let text = match making.all {
                0 => canvas.glyphs().write("   drawing problems…"),
                all => format!(
                    "   {} {:>4} of {all} traces",
                    bars::bar(canvas, 20 * making.done / all, 20, 20),
                    making.done
                ),
            };
            left.push(canvas.span(text, "ui"));
        }
        (None, Some(found)) => {
            let table = &found.comparison.table;
            let width = Line::from(left.clone()).width();
            let count = format!("   {} problems", table.problems);
            left.push(canvas.span(format!("{count:<0$}", usize::from(NAMES + 1) - width), "ui.dim"));
            let wide = usize::from(column(table, area.width));
            // Above nothing there is nothing to name.
            for (lane, row) in table.lanes.iter().enumerate().filter(|_| area.height > 1) {
                let short = row.model.rsplit('/').find(|part| !part.is_empty());
                let name = format!("{} {}", letter(lane), short.unwrap_or(&row.model));
                let name: String = name.chars().take(wide.saturating_sub(1)).collect();
                left.push(canvas.span(format!("{name:<wide$}"), "ui.title"));
            }
        }
        (None, None) => {}
    }
    canvas.row(row(area, area.y), Line::from(left), Line::default());
}

/// Columns of each lane.
fn column(table: &Table, width: u16) -> u16 {
    let lanes = u16::try_from(table.lanes.len().max(1)).unwrap_or(u16::MAX);
    (width.saturating_sub(NAMES + 2) / lanes).min(WIDEST)
}

fn lines(app: &App, canvas: &mut Canvas<'_>, area: Rect, table: &Table) {
    let (selected, at) = app.compare.cell;
    let entries = app.compare.entries();
    let focused = app.compare.focus == Focus::Table;
    let page = usize::from(area.height);
    let top = (selected + 1).saturating_sub(page.max(1));
    for (y, (number, entry)) in (area.y..area.bottom()).zip(entries.iter().enumerate().skip(top)) {
        let here = (focused && number == selected).then_some(at);
        let line = match entry {
            Entry::Measure(measure) => measured(canvas, table, *measure, column(table, area.width), here),
            Entry::Pair(a, b) => {
                let pair = table.paired.iter().find(|pair| (pair.a, pair.b) == (*a, *b));
                pair.map(|pair| paired(canvas, pair, area.width >= ROOMY, here))
                    .unwrap_or_default()
            }
        };
        let mark = if here.is_some() {
            canvas.glyphs().folded
        } else {
            " "
        };
        canvas.put(area.x, y, area.right(), mark, canvas.style("ui.current"));
        canvas.row(inset(row(area, y)), line, Line::default());
    }
}

fn measured(
    canvas: &Canvas<'_>,
    table: &Table,
    measure: Measure,
    wide: u16,
    here: Option<usize>,
) -> Line<'static> {
    let scope = match measure {
        Measure::Habit(habit) => format!("habit.{}", habit.name()),
        _ => "ui".into(),
    };
    let name = measure.name();
    let mut parts = vec![canvas.span(format!("{name:<0$}", usize::from(NAMES)), &scope)];
    for (lane, row) in table.lanes.iter().enumerate() {
        let cell = measure.show(row, wide >= INTERVAL);
        let rest = usize::from(wide).saturating_sub(cell.chars().count());
        parts.push(chosen(canvas, cell, here == Some(lane)));
        parts.push(Span::raw(" ".repeat(rest)));
    }
    Line::from(parts)
}

fn paired(canvas: &Canvas<'_>, pair: &Paired, roomy: bool, here: Option<usize>) -> Line<'static> {
    let (a, b) = (letter(pair.a), letter(pair.b));
    let name = format!("{a} against {b}");
    let mut parts = vec![canvas.span(format!("{name:<0$}", usize::from(NAMES)), "ui")];
    for (column, who) in Who::ALL.into_iter().enumerate() {
        let what = match who {
            Who::OnlyA => format!("only {a}"),
            Who::OnlyB => format!("only {b}"),
            Who::Both => "both".into(),
            Who::Nobody => "none".into(),
        };
        let cell = format!("{what} {}", pair.count(who));
        parts.push(chosen(canvas, cell, here == Some(column)));
        parts.push(Span::raw("   "));
    }
    let verdict = pair.verdict();
    let verdict = match verdict.split_once(' ') {
        Some((_, p)) if !roomy => p,
        _ => &verdict,
    };
    parts.push(canvas.span(verdict, "ui.dim"));
    Line::from(parts)
}

fn chosen(canvas: &Canvas<'_>, text: String, here: bool) -> Span<'static> {
    canvas.span(text, if here { "ui.cursor" } else { "ui" })
}

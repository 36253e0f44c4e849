//! A box over the screen: a title, lines, and the keys that matter in it.

use super::Canvas;
use ratatui::{layout::Rect, style::Style, text::Line};
use unicode_width::UnicodeWidthStr;

/// The lines of a popup, and which one is selected.
pub struct Content {
    /// What it is.
    pub title: String,
    /// Its keys.
    pub keys: String,
    /// Rows above its lines that stay where they are when these scroll: for a field that filters them.
    pub above: u16,
    /// Its lines.
    pub lines: Vec<Line<'static>>,
    /// Columns and rows of its lines where their number follows what is typed: a list that jumps about cannot be read.
    pub size: Option<(usize, usize)>,
    /// The selected line, when it is a list; it is kept in sight.
    pub selected: Option<usize>,
    /// The first line shown, when it is not.
    pub top: usize,
}

/// Draws a popup as large as its content needs and the screen allows. Returns where its lines are, with the rows above them.
pub fn draw(canvas: &mut Canvas<'_>, content: &Content) -> Rect {
    let screen = canvas.area();
    let natural = || content.lines.iter().map(Line::width).max().unwrap_or(0);
    let (columns, rows) = content.size.unwrap_or_else(|| (natural(), content.lines.len()));
    let width = columns
        .max(content.keys.chars().count() + 2)
        .max(content.title.len() + 2)
        + 4;
    let width = (width as u16).max(36).min(screen.width.saturating_sub(2));
    let height = u16::try_from(rows)
        .unwrap_or(u16::MAX)
        .saturating_add(content.above)
        .saturating_add(2)
        .min(screen.height.saturating_sub(2))
        .max(3);
    let outer = Rect {
        x: screen.width.saturating_sub(width) / 2,
        y: screen.height.saturating_sub(height) / 2,
        width,
        height,
    }
    .intersection(screen);
    // A column of air on both sides, so that words behind are not read as part of it.
    canvas.clear(Rect {
        x: outer.x.saturating_sub(1),
        width: outer.width + 2,
        ..outer
    });
    frame(canvas, outer, &content.title, &content.keys);
    let inner = Rect {
        x: outer.x + 2,
        y: outer.y + 1,
        width: outer.width.saturating_sub(4),
        height: outer.height.saturating_sub(2),
    };
    let first = inner.y.saturating_add(content.above).min(inner.bottom());
    let page = usize::from(inner.bottom() - first);
    let top = match content.selected {
        Some(selected) => (selected + 1).saturating_sub(page),
        None => content.top.min(content.lines.len().saturating_sub(page)),
    };
    for (y, (index, line)) in (first..inner.bottom()).zip(content.lines.iter().enumerate().skip(top)) {
        canvas.row(
            Rect {
                y,
                height: 1,
                ..inner
            },
            line.clone(),
            Line::default(),
        );
        if content.selected == Some(index) {
            let selection = canvas.style("ui.selection");
            canvas.tint(
                Rect {
                    y,
                    height: 1,
                    x: inner.x.saturating_sub(1),
                    width: inner.width + 2,
                },
                selection,
            );
        }
    }
    inner
}

fn frame(canvas: &mut Canvas<'_>, area: Rect, title: &str, keys: &str) {
    let [lying, standing, ..] = canvas.glyphs().rule;
    let rule: Style = canvas.style("ui.rule");
    let line = lying.repeat(area.width.into());
    let (last, right) = (area.bottom().saturating_sub(1), area.right().saturating_sub(1));
    for y in [area.y, last] {
        canvas.put(area.x, y, area.right(), &line, rule);
    }
    for y in area.y + 1..last {
        canvas.put(area.x, y, area.right(), standing, rule);
        canvas.put(right, y, area.right(), standing, rule);
    }
    let corners = if lying == "-" {
        ["+"; 4]
    } else {
        ["┌", "┐", "└", "┘"]
    };
    let places = [(area.x, area.y), (right, area.y), (area.x, last), (right, last)];
    for ((x, y), corner) in places.into_iter().zip(corners) {
        canvas.put(x, y, area.right(), corner, rule);
    }
    for (y, text, scope) in [(area.y, title, "ui.title"), (last, keys, "ui.dim")] {
        let text = format!(" {text} ");
        let style = canvas.style(scope);
        canvas.put(area.x + 2, y, right, &text, style);
        if text.width() > usize::from(right.saturating_sub(area.x + 2)) {
            canvas.cut(area.x + 2, y, right);
        }
    }
}

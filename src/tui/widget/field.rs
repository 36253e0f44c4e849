//! A line being typed, scrolled so that its cursor is seen.

use super::Canvas;
use crate::tui::{app::Field, text::cells};
use ratatui::layout::{Position, Rect};

/// Draws the field; returns where the terminal's cursor belongs.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, field: &Field) -> Option<Position> {
    let style = canvas.style("ui");
    let width = usize::from(area.width);
    let end: usize = cells(field.text(), 0).map(|cell| cell.width).sum();
    let column = |at| {
        cells(field.text(), 0)
            .find(|cell| cell.span.end > at)
            .map_or(end, |cell| cell.column)
    };
    let cursor = column(field.cursor());
    // The cursor needs a column of its own behind the text.
    let first = (cursor + 1).saturating_sub(width);
    for cell in cells(field.text(), 0) {
        if cell.column >= first && cell.column + cell.width <= first + width {
            let x = area.x + (cell.column - first) as u16;
            canvas.put(x, area.y, area.right(), &cell.shown, style);
        }
    }
    (width > 0 && area.height > 0).then(|| Position::new(area.x + (cursor - first) as u16, area.y))
}

//! A window on a long text: rows from a byte on, a gutter, marks by span, and the cursor.
//!
//! ```text
//! ▸V! text that wraps       cursor, letters of what was found here (a false statement last), text
//!    │ thinking               a rule beside what is said aside
//!    ▸ thinking  212 tokens   a folded stretch
//! ```

use super::Canvas;
use crate::{
    trace::Span,
    tui::text::{Row, Rows},
};
use ratatui::{layout::Rect, style::Style, text::Line};

/// What a row carries besides its text.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Signs of the gutter with their styles, those that must be seen first.
    pub signs: Vec<(char, Style)>,
    /// Styles laid over the bytes they cover, the later over the earlier.
    pub spans: Vec<(Span, Style)>,
    /// The sign between gutter and text, with its style.
    pub beside: Option<(&'static str, Style)>,
    /// What stands for a folded row.
    pub summary: Option<Line<'static>>,
}

/// Where one looks.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The byte the first row begins with.
    pub top: usize,
    /// The cursor's byte.
    pub cursor: usize,
    /// The bytes the cursor covers.
    pub covers: Span,
}

/// Draws the rows that fit into `area`; `gutter` columns at its left are for signs.
pub fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    gutter: u16,
    rows: Rows<'_>,
    window: Window,
    marks: impl Fn(Row) -> Marks,
) {
    let base = canvas.style("ui");
    let cursor = canvas.style("ui.cursor");
    let here = rows.at(window.cursor);
    let left = area.x + gutter;
    for (y, row) in (area.y..area.bottom()).zip(rows.from(window.top, area.height.into())) {
        let marks = marks(row);
        if row == here {
            let folded = canvas.glyphs().folded;
            canvas.put(area.x, y, area.right(), folded, canvas.style("ui.current"));
        }
        if let Some((sign, style)) = marks.beside {
            canvas.put(left.saturating_sub(1), y, left, sign, style);
        }
        // Where there are many, one takes the place of the rule or the blank.
        for (x, (sign, style)) in (area.x + 1..left).zip(&marks.signs) {
            canvas.put(x, y, left, &sign.to_string(), *style);
        }
        if let Some(summary) = marks.summary {
            canvas.row(
                Rect {
                    x: left,
                    y,
                    width: area.right().saturating_sub(left),
                    height: 1,
                },
                summary,
                Line::default(),
            );
            if row == here {
                let folded = canvas.glyphs().folded;
                canvas.put(left, y, area.right(), folded, cursor);
            }
            continue;
        }
        for cell in rows.cells(row) {
            let x = usize::from(left) + cell.column;
            if x + cell.width > area.right().into() {
                break;
            }
            let covering = marks.spans.iter().filter(|(span, _)| span.overlaps(cell.span));
            let mut style = covering.fold(base, |style, (_, over)| style.patch(*over));
            if window.covers.overlaps(cell.span) {
                style = style.patch(cursor);
            }
            canvas.put(x as u16, y, area.right(), &cell.shown, style);
        }
        // A cursor on a line break or on nothing at all is seen as a block behind the text.
        if row == here && row.end <= window.covers.start {
            let x = usize::from(left) + rows.cells(row).map(|cell| cell.width).sum::<usize>();
            if x < area.right().into() {
                canvas.put(x as u16, y, area.right(), " ", cursor);
            }
        }
    }
}

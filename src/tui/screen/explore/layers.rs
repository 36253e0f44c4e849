//! ```text
//!  Trace                                     state rules probe
//!  V  18 + 7 = 25, too big.                        V     V
//!  B  Let me try 18 - 7.                     B     B
//! ```

use crate::tui::{
    app::{Live, WIDE, letter},
    text::Row,
    widget::Canvas,
};
use ratatui::{layout::Rect, text::Line};

/// Letters of a layer in a row at most.
const LETTERS: usize = WIDE as usize - 1;

/// Draws what each layer found, a column each, beside the rows of the text; the first row is for their names.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, live: &Live, text_width: u16) {
    let columns = live.layers.columns();
    let rows = live
        .rows(text_width)
        .from(live.top, usize::from(area.height).saturating_sub(1));
    for (column, x) in columns.iter().zip((area.x..area.right()).step_by(WIDE.into())) {
        let name: String = column.name.chars().take(LETTERS).collect();
        canvas.put(x, area.y, area.right(), &name, canvas.style("ui.dim"));
        for (y, row) in (area.y + 1..area.bottom()).zip(&rows) {
            let here = Row::new(row.start, row.end.max(row.start + 1));
            let mut letters: Vec<&str> = Vec::new();
            for found in column.at.touching(here).filter_map(|i| column.found.get(i)) {
                if !letters.contains(&found.behavior.as_str()) {
                    letters.push(&found.behavior);
                }
            }
            let spans = letters
                .iter()
                .take(LETTERS)
                .map(|name| canvas.span(letter(name).to_string(), &format!("habit.{name}")));
            let line = Line::from(spans.collect::<Vec<_>>());
            let place = Rect {
                x,
                y,
                width: WIDE,
                height: 1,
            };
            canvas.row(place.intersection(area), line, Line::default());
        }
    }
    if columns.is_empty() {
        let text = canvas.glyphs().write("asking the layers…");
        canvas.put(area.x, area.y, area.right(), &text, canvas.style("ui.dim"));
    }
}

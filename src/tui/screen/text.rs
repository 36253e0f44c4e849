//! ```text
//!     try 18+7=25 left 25 4
//!  V  check 25+4=29 not 15
//! ▸B  back to 18 7 4              cursor, letters, text; the cursor's token is reversed
//! ```

use crate::{
    trace::Span,
    tui::{
        app::{GUTTER, Live, letter},
        text::{Row, Rows, search::hits},
        widget::{
            Canvas,
            long_text::{self, Marks, Window},
        },
    },
};
use ratatui::layout::Rect;

/// Draws the text with everything that is known of it; hits of `search` are marked.
pub fn draw(canvas: &mut Canvas<'_>, body: Rect, live: &Live, search: &str) {
    let rows = Rows::new(&live.text, body.width.saturating_sub(GUTTER).max(1));
    let covers = match live.token_at(live.cursor.byte) {
        Some(token) => live.token_span(token),
        None => Span::new(live.cursor.byte, live.cursor.byte + 1),
    };
    let window = Window {
        top: live.top,
        cursor: live.cursor.byte,
        covers,
    };
    let given = live.given();
    let styles = Styles {
        given: canvas.style("text.given"),
        wrong: canvas.style("text.false"),
        bad: canvas.style("bad"),
        hit: canvas.style("text.hit"),
    };
    let habits: Vec<_> = live
        .habits
        .iter()
        .map(|(name, _)| (name.as_str(), canvas.style(&format!("habit.{name}"))))
        .collect();
    let marks = |row: Row| marks(live, row, &given, search, &habits, &styles);
    long_text::draw(canvas, body, GUTTER, rows, window, marks);
}

struct Styles {
    given: ratatui::style::Style,
    wrong: ratatui::style::Style,
    bad: ratatui::style::Style,
    hit: ratatui::style::Style,
}

/// What a row carries: habits first, then what was put in, what is false, what is searched for.
fn marks(
    live: &Live,
    row: Row,
    given: &[Span],
    search: &str,
    habits: &[(&str, ratatui::style::Style)],
    styles: &Styles,
) -> Marks {
    // An empty row still has the line break it shows.
    let here = Span::new(row.start, row.end.max(row.start + 1));
    let mut marks = Marks::default();
    for behavior in live
        .behavior_at
        .touching(here)
        .filter_map(|i| live.behaviors.get(i))
    {
        let style = habits
            .iter()
            .find(|(name, _)| *name == behavior.behavior)
            .map(|(_, style)| *style);
        let style = style.unwrap_or_default();
        let sign = (letter(&behavior.behavior), style);
        if !marks.signs.contains(&sign) {
            marks.signs.push(sign);
        }
        marks.spans.push((behavior.span, style));
    }
    marks.spans.extend(
        given
            .iter()
            .filter(|span| span.overlaps(here))
            .map(|span| (*span, styles.given)),
    );
    let claims = live
        .claim_at
        .touching(here)
        .filter_map(|i| live.tree.claims.get(i));
    for claim in claims.filter(|claim| !claim.holds) {
        marks.spans.push((claim.span, styles.wrong));
        marks.signs.truncate(1);
        if marks.signs.is_empty() {
            marks.signs.push((' ', styles.bad));
        }
        marks.signs.push(('!', styles.bad));
    }
    if !search.is_empty() {
        let text = live.text.as_str();
        let start = text.floor_char_boundary(row.start.saturating_sub(search.len()));
        let end = text.ceil_char_boundary((row.end + search.len()).min(text.len()));
        let window = Span::new(start, end);
        marks.spans.extend(
            hits(window.of(text), search, 0)
                .map(|hit| (Span::new(start + hit.start, start + hit.end), styles.hit)),
        );
    }
    marks
}

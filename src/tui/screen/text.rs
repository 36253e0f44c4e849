//! ```text
//!     try 18+7=25 left 25 4
//!  V  check 25+4=29 not 15
//! ▸B  back to 18 7 4              cursor, letters, text; the cursor's token is reversed
//!    │<think>                      a rule beside what the model thinks before it answers
//!     ▸ thinking   212 tokens   V 5   B 2                           the same, folded
//! ```

use crate::{
    base::words::counted,
    trace::Span,
    tui::{
        app::{GUTTER, Live, letter},
        text::{Row, colour::Kind, search::hits},
        widget::{
            Canvas,
            long_text::{self, Marks, Window},
        },
    },
};
use ratatui::{layout::Rect, text::Line};
use strum::IntoEnumIterator;

/// Draws the text with everything that is known of it; hits of `search` are marked.
pub fn draw(canvas: &mut Canvas<'_>, body: Rect, live: &Live, search: &str) {
    let rows = live.rows(body.width.saturating_sub(GUTTER).max(1));
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
        code: Kind::iter()
            .map(|kind| (kind, canvas.style(kind.into())))
            .collect(),
    };
    let habits: Vec<_> = live
        .habits
        .iter()
        .map(|(name, _)| (name.as_str(), canvas.style(&format!("habit.{name}"))))
        .collect();
    let aside = (canvas.glyphs().rule[1], canvas.style("ui.rule"));
    let summaries: Vec<(Row, Line<'static>)> = rows
        .from(live.top, body.height.into())
        .into_iter()
        .filter(|row| rows.is_fold(*row))
        .map(|row| (row, summary(canvas, live, row)))
        .collect();
    let marks = |row: Row| {
        if let Some((_, summary)) = summaries.iter().find(|(fold, _)| *fold == row) {
            return Marks {
                summary: Some(summary.clone()),
                ..Marks::default()
            };
        }
        Marks {
            beside: live.folds.at(row.start).map(|_| aside),
            ..marks(live, row, &given, search, &habits, &styles)
        }
    };
    long_text::draw(canvas, body, GUTTER, rows, window, marks);
}

/// What a folded stretch of thinking holds.
fn summary(canvas: &Canvas<'_>, live: &Live, fold: Row) -> Line<'static> {
    let tokens = &live.tokens.ends;
    let within =
        tokens.partition_point(|end| *end <= fold.end) - tokens.partition_point(|end| *end <= fold.start);
    let length = match within {
        0 => counted(fold.of(live.text.as_str()).lines().count(), "line"),
        tokens => counted(tokens, "token"),
    };
    let folded = canvas.glyphs().folded;
    let mut parts = vec![
        canvas.span(format!("{folded} thinking"), "ui.title"),
        canvas.span(format!("   {length}"), "ui.dim"),
    ];
    for (name, _) in &live.habits {
        let here = live
            .behavior_at
            .touching(fold)
            .filter_map(|i| live.behaviors.get(i));
        let count = here.filter(|found| found.behavior == *name).count();
        if count > 0 {
            let text = format!("   {} {count}", letter(name));
            parts.push(canvas.span(text, &format!("habit.{name}")));
        }
    }
    Line::from(parts)
}

struct Styles {
    given: ratatui::style::Style,
    wrong: ratatui::style::Style,
    bad: ratatui::style::Style,
    hit: ratatui::style::Style,
    code: Vec<(Kind, ratatui::style::Style)>,
}

/// What a row carries: code first, then habits, then what was put in, what is false, what is searched for.
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
    for (span, kind) in live.code.touching(here) {
        let style = styles.code.iter().find(|(known, _)| *known == kind);
        marks.spans.extend(style.map(|(_, style)| (span, *style)));
    }
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
        // Habits first: what is false is underlined, too.
        let sign = ('!', styles.bad);
        if !marks.signs.contains(&sign) {
            marks.signs.push(sign);
        }
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

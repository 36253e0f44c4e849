//! ```text
//!  Habits  V verification ███ 3   B backtracking █   1   …        entropy ▁▁▂▁▇▂▁▁▁▃▁  1.90 nats
//!  Habits  V verification  3   B backtracking  1   …              under 136 columns
//!  Habits  V3 B1 S1 C1                                            under 100 columns
//! ```

use crate::tui::{
    app::{App, Live, letter},
    widget::{Canvas, bars, ribbon},
};
use ratatui::{
    layout::Rect,
    style::Modifier,
    text::{Line, Span},
};

/// Draws the habit counts and the ribbon of entropies around the cursor.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let Some(live) = app.explore.trace() else {
        return;
    };
    let left = counts(canvas, live, area.width);
    let room = usize::from(area.width).saturating_sub(left.width() + 3);
    let right = entropy(canvas, live, room);
    canvas.row(area, left, right);
}

fn counts(canvas: &Canvas<'_>, live: &Live, width: u16) -> Line<'static> {
    let cells = match width {
        150.. => 8,
        136.. => 3,
        _ => 0,
    };
    let most = live.habits.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let mut parts = vec![canvas.span("Habits  ", "ui.dim")];
    for (name, count) in &live.habits {
        let scope = format!("habit.{name}");
        let sign = letter(name);
        if width < 98 {
            parts.push(canvas.span(sign.to_string(), &scope));
            parts.push(canvas.span(format!("{count} "), "ui"));
            continue;
        }
        let short = name.split('_').next().unwrap_or_default();
        parts.push(canvas.span(format!("{sign} {short} "), &scope));
        if cells > 0 {
            parts.push(canvas.span(bars::bar(canvas, *count, most, cells), &scope));
        }
        let gap = if cells > 0 { " " } else { "" };
        parts.push(canvas.span(format!("{gap}{count:>2}   "), "ui"));
    }
    Line::from(parts)
}

fn entropy(canvas: &Canvas<'_>, live: &Live, room: usize) -> Line<'static> {
    const AROUND: usize = "entropy   0.00 nats".len();
    let Some(here) = live.token_at(live.cursor.byte).filter(|_| room > AROUND + 4) else {
        return Line::default();
    };
    let width = (room - AROUND).min(60);
    let first = ribbon::window(here, width);
    let bars = ribbon::bars(canvas, &live.tokens.entropy, first, width);
    let mut parts = vec![canvas.span("entropy ", "ui.dim")];
    for (token, bar) in (first..).zip(bars.chars()) {
        let mut span = canvas.span(bar.to_string(), "chart.entropy");
        if token == here {
            span = span.patch_style(Modifier::REVERSED);
        }
        parts.push(span);
    }
    let missing = width.saturating_sub(bars.chars().count());
    parts.push(Span::raw(" ".repeat(missing)));
    let nats = live.tokens.entropy.get(here).copied().unwrap_or(0.0);
    parts.push(canvas.span(format!("  {nats:.2} nats"), "ui"));
    Line::from(parts)
}

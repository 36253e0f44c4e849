//! ```text
//!  backtrail  ▸1 Explore   2 Compare                         scout · cpu · T=0.6    1,812 tok/s ● live
//! ```

use super::{compare, explore, train};
use crate::tui::{
    app::{App, Screen},
    widget::{Canvas, Pieces},
};
use ratatui::layout::Rect;

/// Draws the screens there are, the one that is shown marked, and how things stand on it.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let mut pieces = Pieces::default();
    pieces.left(6, "", canvas.span("backtrail", "ui.dim"));
    for screen in Screen::all() {
        let here = screen == app.screen;
        let mark = if here { canvas.glyphs().folded } else { " " };
        let (rank, scope) = if here { (1, "ui.title") } else { (3, "ui.dim") };
        let key = app.keymap.key(screen.action());
        let tab = format!("{mark}{key} {}", screen.name());
        pieces.left(rank, "  ", canvas.span(tab, scope));
    }
    match app.screen {
        Screen::Explore => explore::facts(app, canvas, &mut pieces),
        Screen::Compare => compare::facts(app, canvas, &mut pieces),
        Screen::Train => train::facts(app, canvas, &mut pieces),
    }
    // A run that goes on is seen from everywhere.
    if app.screen != Screen::Train {
        train::badge(app, canvas, "   ", &mut pieces);
    }
    pieces.draw(canvas, area);
}

/// `1,812`.
pub fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

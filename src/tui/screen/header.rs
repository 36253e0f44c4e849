//! ```text
//!  backtrail  ▸1 Explore   2 Compare                         scout · cpu · T=0.6    1,812 tok/s ● live
//! ```

use super::{compare, explore, train};
use crate::tui::{
    app::{App, Screen},
    widget::Canvas,
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Draws the screens there are, the one that is shown marked, and how things stand on it.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let mut right = match app.screen {
        Screen::Explore => explore::facts(app, canvas),
        Screen::Compare => compare::facts(app, canvas),
        Screen::Train => train::facts(app, canvas),
    };
    // A run that goes on is seen from everywhere.
    if let Some(badge) = train::badge(app, canvas).filter(|_| app.screen != Screen::Train) {
        right.push(canvas.span("   ", "ui"));
        right.extend(badge);
    }
    let right = Line::from(right);
    let room = usize::from(area.width).saturating_sub(right.width() + 1);
    let left = [true, false].map(|names| tabs(app, canvas, names));
    let [whole, short] = left.map(Line::from);
    canvas.row(area, if whole.width() > room { short } else { whole }, right);
}

/// The screens, the one that is shown marked. Where there is little room only that one has its name.
fn tabs(app: &App, canvas: &Canvas<'_>, names: bool) -> Vec<Span<'static>> {
    let mut tabs = Vec::new();
    if names {
        tabs.push(canvas.span("backtrail  ", "ui.dim"));
    }
    for screen in Screen::all() {
        let here = screen == app.screen;
        let mark = if here { canvas.glyphs().folded } else { " " };
        let scope = if here { "ui.title" } else { "ui.dim" };
        let key = app.keymap.key(screen.action());
        let name = if here || names {
            format!(" {}  ", screen.name())
        } else {
            " ".to_owned()
        };
        tabs.push(canvas.span(format!("{mark}{key}{name}"), scope));
    }
    tabs
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

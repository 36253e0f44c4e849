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
    let mut left = Line::default();
    for what in [Tabs::Whole, Tabs::Names, Tabs::Keys] {
        left = Line::from(tabs(app, canvas, what));
        if left.width() <= room {
            break;
        }
    }
    canvas.row(area, left, right);
}

/// How much is said of the screens.
#[derive(Clone, Copy, PartialEq)]
enum Tabs {
    /// All, after the program's name.
    Whole,
    /// All.
    Names,
    /// The keys of those that are not shown.
    Keys,
}

/// The screens, the one that is shown marked.
fn tabs(app: &App, canvas: &Canvas<'_>, what: Tabs) -> Vec<Span<'static>> {
    let mut tabs = Vec::new();
    if what == Tabs::Whole {
        tabs.push(canvas.span("backtrail  ", "ui.dim"));
    }
    for screen in Screen::all() {
        let here = screen == app.screen;
        let mark = if here { canvas.glyphs().folded } else { " " };
        let scope = if here { "ui.title" } else { "ui.dim" };
        let key = app.keymap.key(screen.action());
        let name = if here || what != Tabs::Keys {
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

//! ```text
//!  backtrail   1 Explore                                    scout · cpu · T=0.6    1,812 tok/s ● live
//! ```

use crate::tui::{
    app::{Action, App, ModelState},
    widget::Canvas,
};
use ratatui::{layout::Rect, text::Line};

/// Draws the screens there are, the model and the speed.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let key = app.keymap.key(Action::ScreenExplore);
    let left = Line::from(vec![
        canvas.span("backtrail   ", "ui.dim"),
        canvas.span(format!("{key} Explore"), "ui.title"),
    ]);
    let glyphs = canvas.glyphs();
    let dot = format!(" {} ", glyphs.dot);
    let mut right = vec![canvas.span(app.model.name(), "ui.title")];
    match &app.model {
        ModelState::None => {}
        ModelState::Loading(_) => right.push(canvas.span(glyphs.write(" · loading…"), "unknown")),
        ModelState::Failed(..) => right.push(canvas.span(glyphs.write(" · could not be loaded"), "bad")),
        ModelState::Ready(info) => {
            let device = info.record.device.as_deref().unwrap_or("device unknown");
            let temperature = app.sampler.temperature;
            right.push(canvas.span(format!("{dot}{device}{dot}T={temperature}"), "ui"));
        }
    }
    if let Some(rate) = app.trace().and_then(|live| live.rate()) {
        right.push(canvas.span(format!("   {:>7} tok/s", thousands(rate)), "ui"));
    }
    let state = if app.is_generating() {
        format!(" {} live", glyphs.live)
    } else {
        "  idle".into()
    };
    right.push(canvas.span(state, if app.is_generating() { "ui.live" } else { "ui.dim" }));
    canvas.row(area, left, Line::from(right));
}

/// `1,812`.
fn thousands(value: f64) -> String {
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

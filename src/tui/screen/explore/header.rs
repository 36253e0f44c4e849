//! ```text
//!  backtrail   1 Explore                                    scout · cpu · T=0.6    1,812 tok/s ● live
//! ```

use crate::tui::{
    app::{Action, App, Live, ModelState},
    widget::{Canvas, Pieces},
};
use ratatui::layout::Rect;

/// Draws the screens there are, the model and the speed.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let key = app.keymap.key(Action::ScreenExplore);
    let mut pieces = Pieces::default();
    pieces.left(5, "", canvas.span("backtrail", "ui.dim"));
    pieces.left(1, "   ", canvas.span(format!("{key} Explore"), "ui.title"));
    match app.trace().filter(|live| !is_by(live, &app.model)) {
        Some(live) => writer(canvas, live, &mut pieces),
        None => model(app, canvas, &mut pieces),
    }
    if let Some(rate) = app.trace().and_then(|live| live.rate()) {
        pieces.right(
            4,
            "   ",
            canvas.span(format!("{:>7} tok/s", thousands(rate)), "ui"),
        );
    }
    let glyphs = canvas.glyphs();
    if app.is_generating() {
        pieces.right(0, " ", canvas.span(format!("{} live", glyphs.live), "ui.live"));
    } else {
        pieces.right(2, "  ", canvas.span("idle", "ui.dim"));
    }
    pieces.draw(canvas, area);
}

/// Whether the current model wrote it, or will.
fn is_by(live: &Live, model: &ModelState) -> bool {
    let ModelState::Ready(info) = model else {
        return !live.is_foreign();
    };
    live.model() == Some(&info.record)
}

/// The current model.
fn model(app: &App, canvas: &Canvas<'_>, pieces: &mut Pieces) {
    let glyphs = canvas.glyphs();
    pieces.right(0, "", canvas.span(app.model.name(), "ui.title"));
    match &app.model {
        ModelState::None => {}
        ModelState::Loading(_) => pieces.right(0, "", canvas.span(glyphs.write(" · loading…"), "unknown")),
        ModelState::Failed(..) => {
            pieces.right(0, "", canvas.span(glyphs.write(" · could not be loaded"), "bad"));
        }
        ModelState::Ready(info) => {
            facts(
                canvas,
                info.record.device.as_deref(),
                Some(app.sampler.temperature),
                pieces,
            );
        }
    }
}

/// Whoever wrote the trace on the screen, as far as it says so.
fn writer(canvas: &Canvas<'_>, live: &Live, pieces: &mut Pieces) {
    if let Some(model) = live.model() {
        pieces.right(0, "", canvas.span(&model.name, "ui.title"));
        let temperature = live.sampler().map(|sampler| sampler.temperature);
        facts(canvas, model.device.as_deref(), temperature, pieces);
    }
}

/// Where it ran and how warm.
fn facts(canvas: &Canvas<'_>, device: Option<&str>, temperature: Option<f32>, pieces: &mut Pieces) {
    let dot = canvas.glyphs().dot;
    if let Some(device) = device {
        pieces.right(6, "", canvas.span(format!(" {dot} {device}"), "ui"));
    }
    if let Some(temperature) = temperature {
        pieces.right(3, "", canvas.span(format!(" {dot} T={temperature}"), "ui"));
    }
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

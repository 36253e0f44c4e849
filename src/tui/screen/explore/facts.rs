//! What header, status line and footer say on this screen.
//!
//! ```text
//!  scout · cpu · T=0.6    1,812 tok/s ● live                                                     header
//!  top-k 0  top-p 1  min-p 0  seed 0  max 512            trace 2 of 3 · fork of trace 1 at token 14
//! ```

use crate::tui::{
    app::{Action, App, Live, ModelState, Pane},
    screen::{header::thousands, status::sampler},
    widget::Canvas,
};
use ratatui::text::{Line, Span};

/// The model and the speed.
pub fn facts(app: &App, canvas: &Canvas<'_>) -> Vec<Span<'static>> {
    let glyphs = canvas.glyphs();
    let dot = format!(" {} ", glyphs.dot);
    let mut right = vec![canvas.span(app.explore.model.name(), "ui.title")];
    match &app.explore.model {
        ModelState::None => {}
        ModelState::Loading(_) => right.push(canvas.span(glyphs.write(" · loading…"), "unknown")),
        ModelState::Failed(..) => right.push(canvas.span(glyphs.write(" · could not be loaded"), "bad")),
        ModelState::Ready(info) => {
            let device = info.record.device.as_deref().unwrap_or("device unknown");
            let temperature = app.explore.sampler.temperature;
            right.push(canvas.span(format!("{dot}{device}{dot}T={temperature}"), "ui"));
        }
    }
    if let Some(rate) = app.explore.trace().and_then(|live| live.rate()) {
        right.push(canvas.span(format!("   {:>7} tok/s", thousands(rate)), "ui"));
    }
    let state = if app.explore.is_generating() {
        format!(" {} live", glyphs.live)
    } else {
        "  idle".into()
    };
    right.push(canvas.span(
        state,
        if app.explore.is_generating() {
            "ui.live"
        } else {
            "ui.dim"
        },
    ));
    right
}

/// The sampler, the token under the cursor, and which trace this is.
pub fn status(app: &App, canvas: &Canvas<'_>) -> (Line<'static>, Line<'static>) {
    let place = app.explore.trace().map(|live| place(app, canvas, live));
    (
        canvas.span(sampler(app), "ui.dim").into(),
        place.unwrap_or_default(),
    )
}

/// The actions that matter now, with the word for them where the usual one would mislead.
pub fn matter(app: &App) -> Vec<(Action, &'static str)> {
    let plain = |actions: [Action; 6]| actions.map(|action| (action, "")).into();
    match app.explore.focus {
        _ if app.explore.is_generating() => {
            vec![
                (Action::Cancel, "stop"),
                (Action::Fork, ""),
                (Action::Up, "look around"),
                (Action::NextPane, ""),
            ]
        }
        Pane::Trace => plain([
            Action::Fork,
            Action::Edit,
            Action::Alternatives,
            Action::Why,
            Action::RandomProblem,
            Action::Model,
        ]),
        Pane::Tree => plain([
            Action::Fold,
            Action::Fork,
            Action::Why,
            Action::RandomProblem,
            Action::Model,
            Action::NextPane,
        ]),
    }
}

/// The token under the cursor, and which trace this is.
fn place(app: &App, canvas: &Canvas<'_>, live: &Live) -> Line<'static> {
    let mut parts: Vec<Span<'static>> = Vec::new();
    if let Some(token) = live.token_at(live.cursor.byte) {
        let chance = live
            .tokens
            .logprob
            .get(token)
            .map_or(0.0, |logprob| logprob.exp());
        parts.push(canvas.span(
            format!("token {} of {}  p {chance:.2}", token + 1, live.tokens.len()),
            "ui",
        ));
    }
    let count = app.explore.traces.len();
    let dot = canvas.glyphs().dot;
    let which = format!(
        "   trace {} of {count} {dot} {}",
        app.explore.shown + 1,
        live.origin
    );
    parts.push(canvas.span(which, "ui.dim"));
    Line::from(parts)
}

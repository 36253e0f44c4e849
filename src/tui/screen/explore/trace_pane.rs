//! ```text
//!  Trace                                                         follow
//!     try 18+7=25 left 25 4
//!  V  check 25+4=29 not 15
//! ▸B  back to 18 7 4              cursor, letters, text; the cursor's token is reversed
//! ```

use super::{layers, title};
use crate::tui::{
    app::{Action, App, GUTTER, Live, ModelState, Pane, Phase},
    screen::{inset, row, text},
    text::wrap,
    widget::Canvas,
};
use ratatui::{layout::Rect, text::Line};

/// Draws the text.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let beside = app.explore.layout(app.size).beside;
    let layers = Rect {
        x: area.right().saturating_sub(beside),
        width: beside,
        ..area
    };
    let area = Rect {
        width: area.width - beside,
        ..area
    };
    let mut header = title(app, canvas, Pane::Trace);
    let place = app.explore.trace().map(place).unwrap_or_default();
    header.right(1, "", canvas.span(place, "ui.dim"));
    header.draw(canvas, inset(row(area, area.y)));
    let body = Rect {
        y: area.y + 1,
        height: area.height - 1,
        width: area.width - 1,
        ..area
    };
    match app.explore.trace() {
        Some(live) if live.is_running() && !live.text.is_empty() || !live.is_blank() => {
            text::draw(canvas, body, live, &app.explore.search);
            if beside > 0 {
                layers::draw(canvas, layers, live, app.explore.layout(app.size).text_width());
            }
        }
        _ => waiting(app, canvas, body),
    }
}

/// Where one is in the text.
fn place(live: &Live) -> String {
    if live.follow {
        "follow".into()
    } else {
        format!("{} %", 100 * live.cursor.byte / live.text.len().max(1))
    }
}

/// Why there is no text in a trace that is over.
fn nothing_written(app: &App) -> String {
    let is_foreign = app.explore.trace().is_some_and(Live::is_foreign);
    let has_text = app.explore.trace().is_some_and(|live| !live.text.is_empty());
    let what = match (is_foreign, has_text) {
        (_, true) => "The text is nothing but blanks.",
        (true, false) => "The row has no text of a model.",
        (false, false) => "Nothing was written.",
    };
    let key = app.keymap.key(Action::WholeProblem);
    match app.explore.trace().map(|live| live.problem.prompt.trim()) {
        Some("") | None => what.to_owned(),
        Some(_) if key.is_empty() => what.to_owned(),
        Some(_) => format!("{what} {key} shows what was asked."),
    }
}

fn waiting(app: &App, canvas: &mut Canvas<'_>, body: Rect) {
    let text = match (&app.explore.model, app.explore.trace().map(|live| &live.phase)) {
        (_, Some(Phase::Failed(why))) if why.trim().is_empty() => {
            "It ended in an error; the row does not say which.".into()
        }
        (_, Some(Phase::Failed(why))) => why.clone(),
        (_, Some(Phase::Done(_))) => nothing_written(app),
        (ModelState::Failed(_, why), _) => why.clone(),
        (ModelState::Loading(name), _) => format!("Reading the weights of {name}…"),
        (_, Some(Phase::Waiting)) => "Waiting for the first token…".into(),
        _ => String::new(),
    };
    let text = canvas.glyphs().write(&text);
    let area = Rect {
        x: body.x + GUTTER,
        width: body.width.saturating_sub(GUTTER),
        ..body
    };
    for (y, part) in (area.y..area.bottom()).zip(wrap::rows(&text, 0, area.width.into())) {
        let line = Line::from(canvas.span(part.of(&text).trim_end(), "ui.dim"));
        canvas.row(row(area, y), line, Line::default());
    }
}

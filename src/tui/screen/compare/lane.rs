//! ```text
//! ▸A scout  T=0.6                 ✓   58 tokens
//!     try 18+7=25 left 25 4
//!  V  check 25+4=29 not 15
//!  V4 B3 S1 C1
//! ```

use crate::tui::{
    app::{
        App, GUTTER, Live, ModelState, Phase, Problem,
        compare::{Focus, Lane, letter},
        letter as sign,
    },
    screen::{inset, row, text, verdict::verdict},
    widget::{Canvas, Pieces},
};
use ratatui::{layout::Rect, text::Line};

/// Draws a lane: who writes, how it ended, the text, the habits.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, number: usize, area: Rect) {
    let Some(lane) = app.compare.lanes.get(number).filter(|_| !area.is_empty()) else {
        return;
    };
    head(app, canvas, number, lane, row(area, area.y));
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(2),
        ..area
    };
    match &lane.live {
        Some(live) if !live.text.is_empty() => text::draw(canvas, body, live, &app.compare.search),
        _ => waiting(canvas, lane, app.compare.problem.as_deref(), body),
    }
    if let Some(live) = lane.live.as_ref().filter(|_| area.height > 2) {
        habits(canvas, live, inset(row(area, area.bottom() - 1)));
    }
}

fn head(app: &App, canvas: &mut Canvas<'_>, number: usize, lane: &Lane, area: Rect) {
    let here = number == app.compare.at;
    let focused = here && app.compare.focus == Focus::Lanes;
    let mark = if focused { canvas.glyphs().folded } else { " " };
    let scope = if here { "ui.title" } else { "ui" };
    let name = lane.model.name();
    // Of a directory the last part tells most.
    let short = name.rsplit('/').find(|part| !part.is_empty()).unwrap_or(name);
    let mut pieces = Pieces::default();
    pieces.left(0, "", canvas.span(mark, "ui.current"));
    pieces.left(0, "", canvas.span(format!("{} {short}", letter(number)), scope));
    if matches!(lane.model, ModelState::Ready(_)) {
        let temperature = lane.sampler.temperature;
        pieces.left(5, "  ", canvas.span(format!("T={temperature}"), "ui.dim"));
    }
    if let Some(live) = &lane.live {
        verdict(canvas, live, area.width, &mut pieces);
    }
    pieces.draw(
        canvas,
        Rect {
            width: area.width.saturating_sub(1),
            ..area
        },
    );
}

fn waiting(canvas: &mut Canvas<'_>, lane: &Lane, problem: Option<&Problem>, body: Rect) {
    let text = match (&lane.model, lane.live.as_ref().map(|live| &live.phase)) {
        (_, Some(Phase::Failed(why))) | (ModelState::Failed(_, why), _) => why.clone(),
        (ModelState::Loading(_), _) => "Reading the weights…".into(),
        (_, Some(Phase::Waiting)) => "Waiting for the first token…".into(),
        (ModelState::Ready(info), None) if problem.is_some_and(|problem| !info.understands(problem)) => {
            format!(
                "{} knows only Countdown problems, and this is none.",
                info.record.name
            )
        }
        _ => String::new(),
    };
    let area = Rect {
        x: body.x + GUTTER.min(body.width),
        width: body.width.saturating_sub(GUTTER + 1),
        ..body
    };
    let text = canvas.glyphs().write(&text);
    let rows = crate::tui::text::wrap::rows(&text, 0, area.width.max(1).into());
    for (y, part) in (area.y..area.bottom()).zip(rows) {
        let line = canvas.span(part.of(&text).trim_end(), "ui.dim");
        canvas.row(row(area, y), Line::from(line), Line::default());
    }
}

fn habits(canvas: &mut Canvas<'_>, live: &Live, area: Rect) {
    let mut parts = Vec::new();
    for (name, count) in &live.habits {
        parts.push(canvas.span(sign(name).to_string(), &format!("habit.{name}")));
        parts.push(canvas.span(format!("{count} "), "ui"));
    }
    canvas.row(area, Line::from(parts), Line::default());
}

//! ```text
//!  top-k 0  top-p 1  min-p 0  seed 0  max 512               trace 2 of 3 · fork of 1 at 14
//!  The search went round the end of the text.               a sentence, until the next key
//!  z   M fold all   R unfold all                            after the first key of a sequence
//!  insert here and go on: Wait,█                            a line being typed
//! ```

use crate::base::sampler::Sampler;
use crate::tui::{
    app::{App, Level, Notice, Overlay, Screen},
    keymap::{Meaning, show_sequence},
    screen::{compare, explore, train},
    text::wrap,
    widget::{Canvas, Pieces, field},
};
use ratatui::{
    layout::{Position, Rect},
    text::Line,
};

/// Below this width some sampling settings are left out.
const ROOMY: u16 = 110;

/// Rows a sentence may take.
const MOST_ROWS: usize = 4;

/// Draws what is typed, what may follow, what is to be said, or how things stand.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    if let Some(Overlay::Prompt(prompt, typed)) = &app.overlay {
        if let Some(said) = &app.notice {
            let above = Rect {
                y: area.y.saturating_sub(1),
                ..area
            };
            notice(said, canvas, above);
        }
        let style = canvas.style("ui.title");
        let question = format!("{}: ", prompt.question());
        let x = canvas.put(area.x, area.y, area.right(), &question, style);
        let area = Rect {
            x,
            width: area.right().saturating_sub(x),
            ..area
        };
        return field::draw(canvas, area, typed);
    }
    if !app.pending.is_empty() {
        canvas.row(area, pending(app, canvas), Line::default());
    } else if let Some(said) = &app.notice {
        notice(said, canvas, area);
    } else {
        let mut pieces = Pieces::default();
        match app.screen {
            Screen::Explore => explore::status(app, canvas, &mut pieces),
            Screen::Compare => compare::status(app, canvas, &mut pieces),
            Screen::Train => match train::standing(app) {
                Some(said) => {
                    notice(&said, canvas, area);
                    return None;
                }
                None => train::status(app, canvas, &mut pieces),
            },
        }
        pieces.draw(canvas, area);
    }
    None
}

/// A sentence; a long one takes rows of what is above.
fn notice(notice: &Notice, canvas: &mut Canvas<'_>, area: Rect) {
    let scope = match notice.level {
        Level::Info => "ui.info",
        Level::Warning => "ui.warning",
        Level::Error => "ui.error",
    };
    let rows = wrap::rows(&notice.text, 0, area.width.into());
    let (rows, cut) = rows
        .get(..MOST_ROWS)
        .map_or((&rows[..], false), |first| (first, rows.len() > MOST_ROWS));
    let above = (rows.len() as u16).saturating_sub(1).min(area.y);
    for (y, row) in (area.y - above..=area.y).zip(rows) {
        canvas.clear(Rect { y, ..area });
        let text = canvas.span(row.of(&notice.text).trim_end(), scope);
        canvas.row(Rect { y, ..area }, Line::from(text), Line::default());
    }
    if cut {
        canvas.cut(area.x, area.y, area.right());
    }
}

fn pending(app: &App, canvas: &Canvas<'_>) -> Line<'static> {
    let mut parts = vec![canvas.span(format!("{}   ", show_sequence(&app.pending)), "ui.title")];
    if let Meaning::Wait(next) = app.meaning() {
        for (keys, action) in next {
            parts.push(canvas.span(keys, "ui.key"));
            parts.push(canvas.span(format!(" {}   ", action.label()), "ui"));
        }
    }
    Line::from(parts)
}

/// How tokens are drawn; a penalty only where there is one.
pub fn drawing(sampler: &Sampler) -> String {
    let Sampler {
        temperature,
        top_k,
        top_p,
        min_p,
        repetition_penalty,
        ..
    } = sampler;
    let mut text = format!("T {temperature}  top-k {top_k}  top-p {top_p}  min-p {min_p}");
    if *repetition_penalty != 1.0 {
        text.push_str(&format!("  penalty {repetition_penalty}"));
    }
    text
}

/// The sampling settings of the screen, and the pace.
pub fn sampler(app: &App) -> String {
    let Some(s) = app.sampler() else {
        return String::new();
    };
    let text = match app.size.0 {
        ROOMY.. => format!("{}  seed {}  max {}", drawing(s), s.seed, s.max_tokens),
        // The temperature stands in the header.
        _ => format!("seed {}", s.seed),
    };
    let pace = match app.pace.rate() {
        0 => "full speed".to_owned(),
        rate => format!("{rate} tok/s"),
    };
    format!("{text}  pace {pace}")
}

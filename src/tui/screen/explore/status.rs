//! ```text
//!  top-k 0  top-p 1  min-p 0  seed 0  max 512               trace 2 of 3 · fork of 1 at 14
//!  The search went round the end of the text.               a sentence, until the next key
//!  z   M fold all   R unfold all                            after the first key of a sequence
//!  insert here and go on: Wait,█                            a line being typed
//! ```

use crate::tui::{
    app::{App, Level, Live, ModelState, Notice, Overlay},
    keymap::{Meaning, show_sequence},
    text::wrap,
    widget::{Canvas, Pieces, field},
};
use ratatui::{
    layout::{Position, Rect},
    text::Line,
};

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
        sampler(app, canvas, &mut pieces);
        if let Some(live) = app.trace() {
            place(app, canvas, live, &mut pieces);
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

fn sampler(app: &App, canvas: &Canvas<'_>, pieces: &mut Pieces) {
    let s = &app.sampler;
    let mut say = |rank, gap, text: String| pieces.left(rank, gap, canvas.span(text, "ui.dim"));
    // What is shown was not written by the model that would go on from here.
    if let (Some(live), ModelState::Ready(info)) = (app.trace(), &app.model)
        && live.model().map(|model| &model.name) != Some(&info.record.name)
    {
        say(2, "", format!("{} goes on", info.record.name));
    }
    // The temperature stands in the header too.
    say(
        7,
        "  ",
        format!(
            "T {}  top-k {}  top-p {}  min-p {}",
            s.temperature, s.top_k, s.top_p, s.min_p
        ),
    );
    say(6, "  ", format!("seed {}", s.seed));
    say(8, "  ", format!("max {}", s.max_tokens));
    let pace = match app.pace.rate() {
        0 => "full speed".to_owned(),
        rate => format!("{rate} tok/s"),
    };
    say(4, "  ", format!("pace {pace}"));
}

/// The token under the cursor, and which trace this is.
fn place(app: &App, canvas: &Canvas<'_>, live: &Live, pieces: &mut Pieces) {
    if let Some(token) = live.token_at(live.cursor.byte) {
        let tokens = &live.tokens;
        pieces.right(
            3,
            "",
            canvas.span(format!("token {} of {}", token + 1, tokens.len()), "ui"),
        );
        if let Some(logprob) = tokens.logprob.get(token) {
            pieces.right(5, "  ", canvas.span(format!("p {:.2}", logprob.exp()), "ui"));
        }
    }
    let count = app.traces.len();
    pieces.right(
        0,
        "   ",
        canvas.span(format!("trace {} of {count}", app.shown + 1), "ui.dim"),
    );
    let dot = canvas.glyphs().dot;
    pieces.right(1, " ", canvas.span(format!("{dot} {}", live.origin), "ui.dim"));
}

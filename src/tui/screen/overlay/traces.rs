//! ```text
//! ┌ Traces   3 of 12 ─────────────────────────────────────────────────┐
//! │ : B2                                                              │
//! │ ▸  1  18 7 4 → 15      ✓   58 tok  scout      ++V-V B2?CS-=V ✓    │
//! └ enter look at it   esc close ─────────────────────────────────────┘
//! ```

use super::{filtered, keys};
use crate::tui::{
    app::{Action, App, Field, Live, found_traces},
    widget::{Canvas, popup::Content},
};
use ratatui::{layout::Position, text::Line};

/// Rows made ready around the selected one: more than a screen has.
const AROUND: usize = 400;

/// Draws the list; where the cursor of its field belongs.
pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, typed: &Field, selected: usize) -> Option<Position> {
    let traces = &app.explore.traces;
    let found = found_traces(typed.text(), traces);
    let near = selected.saturating_sub(AROUND)..selected + AROUND;
    // As large whatever is found: a list that jumps about cannot be read.
    let width = usize::from(canvas.area().width.saturating_sub(6));
    let mut lines = vec![Line::from(" ".repeat(width))];
    lines.extend(
        found
            .iter()
            .enumerate()
            .map(|(row, &place)| match traces.get(place) {
                Some(live) if near.contains(&row) => entry(app, canvas, place, live),
                _ => Line::default(),
            }),
    );
    lines.resize_with(lines.len().max(traces.len() + 1), Line::default);
    let content = Content {
        title: format!(
            "Traces   {} of {}   words, or a pattern of sheets",
            found.len(),
            traces.len()
        ),
        keys: keys(app, &[(Action::Accept, "look at it"), (Action::Close, "close")]),
        lines,
        selected: (!found.is_empty()).then_some(selected + 1),
        top: 0,
    };
    filtered(canvas, &content, typed)
}

fn entry(app: &App, canvas: &Canvas<'_>, place: usize, live: &Live) -> Line<'static> {
    let glyphs = canvas.glyphs();
    let mark = if place == app.explore.shown {
        glyphs.root
    } else {
        " "
    };
    let (sign, scope) = match &live.outcome {
        Some(outcome) if outcome.correct => (glyphs.good, "good"),
        Some(_) => (glyphs.bad, "bad"),
        None => (" ", "ui"),
    };
    let tokens = live.generated().map_or_else(String::new, |n| format!("{n} tok"));
    let model = live
        .model()
        .map(|model| model.name.rsplit('/').next().unwrap_or_default());
    // Names of models differ at their ends.
    let end = |text: &str, width: usize| -> String {
        let length = text.chars().count();
        if length <= width {
            return format!("{text:<width$}");
        }
        let kept = width.saturating_sub(glyphs.more.chars().count());
        text.chars()
            .skip(length - kept)
            .fold(glyphs.more.to_owned(), |mut name, c| {
                name.push(c);
                name
            })
    };
    let short = |text: &str, width: usize| -> String {
        let cut: String = text.chars().take(width).collect();
        format!("{cut:<width$}")
    };
    Line::from(vec![
        canvas.span(format!("{mark}{:>4}  ", place + 1), "ui.dim"),
        canvas.span(short(&glyphs.write(&live.problem.statement), 20), "ui"),
        canvas.span(format!(" {sign} "), scope),
        canvas.span(format!("{tokens:>9}  "), "ui"),
        canvas.span(end(model.unwrap_or(&live.origin), 16), "ui.dim"),
        canvas.span(format!("  {}", glyphs.write(live.sheet())), "ui"),
    ])
}

//! ```text
//! ┌ Traces   3 of 12 ─────────────────────────────────────────────────┐
//! │ : B2                                                              │
//! │ ▸  1  18 7 4 → 15      ✓   58 tok  scout      ++V-V B2?CS-=V ✓    │
//! │   #7  Who came first?              …s/gold.jsonl  S.V. B1.        │
//! └ enter look at it   esc close ─────────────────────────────────────┘
//! ```

use super::{filtered, keys, nothing_fits};
use crate::{
    base::sanitize,
    tui::{
        app::{Action, App, Field, Live, is_pattern},
        screen::{begun, clip, end_of, filled},
        widget::{Canvas, popup::Content},
    },
};
use ratatui::{layout::Position, text::Line};
use unicode_width::UnicodeWidthStr;

/// Rows made ready around the selected one: more than a screen has.
const AROUND: usize = 400;

/// Draws the list; where the cursor of its field belongs.
pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, typed: &Field, selected: usize) -> Option<Position> {
    let traces = &app.explore.traces;
    let (found, seeks) = (app.explore.found_traces(typed.text()), app.is_seeking());
    let near = selected.saturating_sub(AROUND)..selected + AROUND;
    // As large whatever is found: a list that jumps about cannot be read.
    let width = usize::from(canvas.area().width.saturating_sub(6));
    let columns = Columns::of(traces, width);
    let row = |(row, &place): (usize, &usize)| match traces.get(place) {
        Some(live) if near.contains(&row) => entry(app, canvas, columns, place, live),
        _ => Line::default(),
    };
    let mut lines: Vec<Line<'static>> = found.places.iter().enumerate().map(row).collect();
    if found.places.is_empty() && !seeks {
        let mut elsewhere = String::new();
        if app.explore.more {
            let further = app.keymap.key(Action::SelectPageDown);
            elsewhere = format!(" among the {} that are read; {further} reads on", traces.len());
        }
        lines.push(nothing_fits(canvas, typed, &elsewhere));
    }
    let unread = app.explore.unread.count().map_or_else(String::new, |rows| {
        // Here its key would be typed.
        let (close, list) = (app.keymap.key(Action::Close), app.keymap.key(Action::Unread));
        format!("   {rows}: {list} behind {close}")
    });
    let unseen = match app.explore.more {
        true if width < 100 => "+",
        true => ", more not read yet",
        false => "",
    };
    let by_text = match found.by_text {
        _ if seeks => format!(", searching{}", canvas.glyphs().more),
        0 => String::new(),
        count => format!(", {count} by text"),
    };
    let how = match is_pattern(typed.text()) {
        true => "   #7, problem, model, file, text; or a pattern of sheets",
        false => "   #7, problem, model, file, text: this is no pattern yet",
    };
    let mut title = format!(
        "Traces   {} of {}{unseen}{by_text}{unread}",
        found.places.len(),
        traces.len()
    );
    // The rest is more to know where there is no room for all of it.
    if title.width() + how.width() < width {
        title += how;
    }
    let content = Content {
        title,
        keys: keys(app, &[(Action::Accept, "look at it"), (Action::Close, "close")]),
        above: 1,
        lines,
        size: Some((width, traces.len())),
        selected: (!found.places.is_empty()).then_some(selected),
        top: 0,
    };
    filtered(canvas, &content, typed)
}

/// How wide the columns are that not every list needs alike.
#[derive(Clone, Copy)]
struct Columns {
    statement: usize,
    tokens: usize,
    who: usize,
}

impl Columns {
    /// Where nobody counted tokens, the problem has their place.
    fn of(traces: &[Live], width: usize) -> Self {
        let counted = traces.iter().any(|live| live.generated().is_some());
        let (statement, tokens) = if counted { (20, 9) } else { (29, 0) };
        let spare = width.saturating_sub(110);
        Self {
            statement: statement + spare / 3,
            tokens,
            who: 16 + spare / 4,
        }
    }
}

fn entry(app: &App, canvas: &Canvas<'_>, columns: Columns, place: usize, live: &Live) -> Line<'static> {
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
    // A trace without a question is known by what it says.
    let unasked = live.problem.task.is_empty() && live.problem.prompt.is_empty();
    let (statement, of_statement) = match live.problem.statement.trim() {
        "" | "unknown" if unasked => (first_words(live.text.as_str()), "ui.dim"),
        statement => (statement, "ui"),
    };
    let who = sanitize::line(model.or(live.file()).unwrap_or(&live.origin)).into_owned();
    let Columns {
        statement: wide,
        tokens: of_tokens,
        who: of_who,
    } = columns;
    let statement = filled(
        clip(&sanitize::line(&glyphs.write(statement)), wide, glyphs.more),
        wide,
    );
    Line::from(vec![
        canvas.span(format!("{mark}{:>5}  ", live.number(place)), "ui.dim"),
        canvas.span(statement, of_statement),
        canvas.span(format!(" {sign} "), scope),
        canvas.span(format!("{tokens:>of_tokens$}  "), "ui"),
        canvas.span(filled(end_of(&who, of_who, glyphs.more), of_who), "ui.dim"),
        canvas.span(format!("  {}", begun(live.sheet(), glyphs)), "ui"),
    ])
}

/// The beginning of the first line with words on it: a marker alone, as `<think>`, tells nothing.
fn first_words(text: &str) -> &str {
    /// Bytes that no row has room for.
    const MOST: usize = 1024;
    let is_marker = |line: &str| line.starts_with('<') && line.find('>') == Some(line.len() - 1);
    let mut lines = text.lines().take(20).map(str::trim);
    let line = lines
        .find(|line| !line.is_empty() && !is_marker(line))
        .unwrap_or_default();
    line.get(..line.floor_char_boundary(MOST)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::first_words;

    #[test]
    fn a_text_begins_with_its_first_words_not_with_a_marker() {
        assert_eq!(first_words("<think>\n\n Okay, so\nthen"), "Okay, so");
        assert_eq!(
            first_words("<answer>(18-7)+4</answer>"),
            "<answer>(18-7)+4</answer>"
        );
        assert_eq!(first_words(&"\u{e9}".repeat(10_000)).len(), 1024);
    }
}

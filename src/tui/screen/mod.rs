//! Screens: each a folder with one file per region; around them what all have alike, and what may lie over them.

mod compare;
pub mod explore;
mod footer;
mod header;
mod overlay;
mod status;
mod text;
mod train;
mod verdict;

use super::{
    app::{App, Frame, SMALLEST, Screen},
    theme::{Glyphs, Look},
    widget::Canvas,
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Draws everything. Returns where the terminal's cursor belongs, when a line is being typed.
pub fn draw(app: &App, look: &Look, buffer: &mut Buffer) -> Option<Position> {
    let mut canvas = Canvas::new(buffer, look);
    let all = canvas.area();
    canvas.clear(all);
    if app.size.0 < SMALLEST.0 || app.size.1 < SMALLEST.1 {
        let text = format!("backtrail needs {}x{}", SMALLEST.0, SMALLEST.1);
        let style = canvas.style("ui");
        canvas.put(0, 0, all.right(), &text, style);
        return None;
    }
    let frame = Frame::new(app.size);
    header::draw(app, &mut canvas, inset(frame.header));
    match app.screen {
        Screen::Explore => explore::draw(app, &mut canvas),
        Screen::Compare => compare::draw(app, &mut canvas),
        Screen::Train => train::draw(app, &mut canvas),
    }
    footer::draw(app, &mut canvas, inset(frame.footer));
    let typed = status::draw(app, &mut canvas, inset(frame.status));
    overlay::draw(app, &mut canvas).or(typed)
}

/// One column of air on both sides.
fn inset(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    }
}

/// A row of `area`.
fn row(area: Rect, y: u16) -> Rect {
    Rect { y, height: 1, ..area }
}

/// How many of `chars` have room in so many columns, a sign for the others included when there are any.
fn fitting(chars: impl Iterator<Item = char> + Clone, width: usize, more: &str) -> Option<usize> {
    let wide = |c: char| c.width().unwrap_or(1);
    if chars.clone().map(wide).sum::<usize>() <= width {
        return None;
    }
    let (room, mut used) = (width.saturating_sub(more.chars().count()), 0);
    let kept = chars.take_while(|c| {
        used += wide(*c);
        used <= room
    });
    Some(kept.count())
}

/// The beginning of `text` in so many columns, with a sign when that is not all of it.
fn clip(text: &str, width: usize, more: &str) -> String {
    match fitting(text.chars(), width, more) {
        None => text.to_owned(),
        Some(kept) => text.chars().take(kept).chain(more.chars()).collect(),
    }
}

/// The end of `text` in so many columns, behind a sign when that is not all of it: names of files and models differ there.
fn end_of(text: &str, width: usize, more: &str) -> String {
    match fitting(text.chars().rev(), width, more) {
        None => text.to_owned(),
        Some(kept) => {
            let left_out = text.chars().count() - kept;
            more.chars().chain(text.chars().skip(left_out)).collect()
        }
    }
}

/// The beginning of a score sheet, as long as any row has room for.
fn begun(sheet: &str, glyphs: &Glyphs) -> String {
    const MOST: usize = 400;
    let end = sheet.char_indices().nth(MOST).map(|(end, _)| end);
    let begun = glyphs.write(end.and_then(|end| sheet.get(..end)).unwrap_or(sheet));
    begun + end.map_or("", |_| glyphs.more)
}

/// `text` with blanks up to so many columns.
fn filled(text: String, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    text + &" ".repeat(blanks)
}

#[cfg(test)]
mod tests;

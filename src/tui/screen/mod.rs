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
    theme::Look,
    widget::Canvas,
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

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

#[cfg(test)]
mod tests;

/// The end of `text` in so many columns, behind a sign when that is not all of it: names of files and models differ there.
fn end_of(text: &str, width: usize, more: &str) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(more.chars().count());
    more.chars().chain(text.chars().skip(length - kept)).collect()
}

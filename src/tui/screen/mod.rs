//! Screens: each a folder with one file per region, and what may lie over all of them.

pub mod explore;
mod overlay;

use super::{
    app::{App, SMALLEST},
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
    let typed = explore::draw(app, &mut canvas);
    overlay::draw(app, &mut canvas).or(typed)
}

/// A row of `area`.
fn row(area: Rect, y: u16) -> Rect {
    Rect { y, height: 1, ..area }
}

#[cfg(test)]
mod tests;

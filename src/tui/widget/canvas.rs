//! Where everything is drawn: a buffer with a look, which nothing can be drawn outside of.
//!
//! The terminal may have become smaller since the layout was made, so whatever does not fit is left out.

use crate::{
    base::sanitize,
    tui::theme::{Glyphs, Look},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

/// A buffer and the look of what is drawn on it.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    look: &'a Look,
}

impl<'a> Canvas<'a> {
    /// Draws on `buffer`.
    pub fn new(buffer: &'a mut Buffer, look: &'a Look) -> Self {
        Self { buffer, look }
    }

    /// What there is to draw on.
    #[must_use]
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// The style of a scope.
    #[must_use]
    pub fn style(&self, scope: &str) -> Style {
        self.look.theme.get(scope)
    }

    /// The glyphs.
    #[must_use]
    pub fn glyphs(&self) -> &'static Glyphs {
        self.look.glyphs
    }

    /// A piece of a line in the style of a scope. Foreign text is made harmless here.
    #[must_use]
    pub fn span(&self, text: impl AsRef<str>, scope: &str) -> Span<'static> {
        Span::styled(sanitize::line(text.as_ref()).into_owned(), self.style(scope))
    }

    /// Writes harmless text from (x, y) to before `end`, whatever was there, in the base style under `style`. Returns
    /// the column behind it.
    pub fn put(&mut self, x: u16, y: u16, end: u16, text: &str, style: Style) -> u16 {
        let style = Style::reset().patch(self.style("ui")).patch(style);
        let end = end.min(self.buffer.area.right());
        if y >= self.buffer.area.bottom() || x >= end {
            return x;
        }
        self.buffer.set_stringn(x, y, text, usize::from(end - x), style).0
    }

    /// Lays `style` over an area.
    pub fn tint(&mut self, area: Rect, style: Style) {
        self.buffer.set_style(area, style);
    }

    /// Makes an area blank, in the base style.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for position in area.positions() {
            self.buffer[position].reset();
        }
        self.buffer.set_style(area, self.look.theme.get("ui"));
    }

    /// One row: `left` from the left, `right` at the right end. When both do not fit, the left one is cut with a sign.
    pub fn row(&mut self, area: Rect, left: Line<'_>, right: Line<'_>) {
        let width = usize::from(area.width);
        if area.height == 0 || area.y >= self.buffer.area.bottom() {
            return;
        }
        let right_width = right.width().min(width);
        let right_x = area.right() - right_width as u16;
        if area.right() <= self.buffer.area.right() {
            self.buffer.set_line(right_x, area.y, &right, right_width as u16);
            if right.width() > width {
                self.cut(right_x, area.y, area.right());
            }
        }
        let room = (width - right_width).saturating_sub(usize::from(right_width > 0));
        if area.x >= self.buffer.area.right() {
            return;
        }
        let room = room.min(usize::from(self.buffer.area.right() - area.x));
        self.buffer.set_line(area.x, area.y, &left, room as u16);
        if left.width() > room {
            self.cut(area.x, area.y, area.x + room as u16);
        }
    }

    /// Says with a sign before `end` that what was written from `x` on goes on.
    pub fn cut(&mut self, x: u16, y: u16, end: u16) {
        let more = self.glyphs().more;
        let at = end.saturating_sub(more.chars().count() as u16).max(x);
        let dim = self.style("ui.dim");
        self.put(at, y, end, more, dim);
    }
}

//! A line of text being typed.

use crate::tui::keymap::Chord;
use crossterm::event::{KeyCode, KeyModifiers};
use ratatui_textarea::{CursorMove, TextArea};

/// One editable line. Pasted or typed line breaks become blanks.
#[derive(Clone, Debug)]
pub struct Field(TextArea<'static>);

impl Default for Field {
    fn default() -> Self {
        Self::new("")
    }
}

impl Field {
    /// A field holding `text`, the cursor behind it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::new(vec![text.replace(['\n', '\r'], " ")]);
        area.move_cursor(CursorMove::End);
        Self(area)
    }

    /// A key press. Whether the text changed.
    pub fn press(&mut self, chord: Chord) -> bool {
        let event = chord.event();
        if matches!(
            event.code,
            KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab | KeyCode::Esc
        ) {
            return false;
        }
        // As shells have it; the editor's own meaning is undo.
        if event.code == KeyCode::Char('u') && event.modifiers == KeyModifiers::CONTROL {
            return self.0.delete_line_by_head();
        }
        let changed = self.0.input(event);
        // The editor's own shortcuts know line breaks; a field has none.
        if self.0.lines().len() > 1 {
            *self = Self::new(&self.0.lines().join(" "));
        }
        changed
    }

    /// Text from the clipboard.
    pub fn paste(&mut self, text: &str) {
        self.0.insert_str(text.replace(['\n', '\r'], " "));
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.lines().first().map_or("", String::as_str)
    }

    /// The byte the cursor stands before.
    #[must_use]
    pub fn cursor(&self) -> usize {
        let column = self.0.cursor().1;
        let text = self.text();
        text.char_indices().nth(column).map_or(text.len(), |(at, _)| at)
    }
}

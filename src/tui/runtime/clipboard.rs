//! The clipboard through OSC 52: the terminal copies, also over SSH.

use crossterm::{clipboard::CopyToClipboard, execute};
use std::io::{self, Write};

/// Hands `text` to the terminal's clipboard. The text travels encoded, so none of its bytes is obeyed.
///
/// # Errors
/// When the terminal cannot be written to.
pub fn copy(out: &mut impl Write, text: &str) -> io::Result<()> {
    execute!(out, CopyToClipboard::to_clipboard_from(text))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_text_travels_encoded() {
        let mut out = Vec::new();
        super::copy(&mut out, "a\u{1b}[31m").unwrap();
        assert_eq!(out, b"\x1b]52;c;YRtbMzFt\x1b\\");
    }
}

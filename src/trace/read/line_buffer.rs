//! Text that arrives in pieces, handed on line by line with the place of each line.

use crate::trace::Span;

/// Longest line that is handed on; what is longer is passed over, so that hostile text stays cheap.
pub const LONGEST_LINE: usize = 64 * 1024;

/// Collects pieces until a newline completes a line.
#[derive(Clone, Debug, Default)]
pub struct LineBuffer {
    line: String,
    /// Where the unfinished line starts.
    start: usize,
    /// Bytes taken in so far.
    length: usize,
    too_long: bool,
}

impl LineBuffer {
    /// Takes in more text and hands on every line it completes, without its line end.
    pub fn push(&mut self, text: &str, mut each: impl FnMut(&str, Span)) {
        for piece in text.split_inclusive('\n') {
            self.length += piece.len();
            self.too_long |= self.line.len() + piece.len() > LONGEST_LINE;
            if !self.too_long {
                self.line.push_str(piece);
            }
            if piece.ends_with('\n') {
                self.end(&mut each);
            }
        }
    }

    /// The text is over: what stands after the last newline is a line too.
    pub fn finish(&mut self, mut each: impl FnMut(&str, Span)) {
        if self.start < self.length {
            self.end(&mut each);
        }
    }

    fn end(&mut self, each: &mut impl FnMut(&str, Span)) {
        let start = std::mem::replace(&mut self.start, self.length);
        if !std::mem::take(&mut self.too_long) {
            let line = self.line.trim_end_matches(['\n', '\r']);
            if !line.trim().is_empty() {
                each(line, Span::new(start, start + line.len()));
            }
        }
        self.line.clear();
    }
}

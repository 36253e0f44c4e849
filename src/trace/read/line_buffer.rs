//! Text that arrives in pieces, handed on line by line with the place of each line.

use crate::trace::Span;

/// Longest line that is handed on whole; a longer one is cut, at the end of a sentence when there is one.
pub const LONGEST_LINE: usize = 64 * 1024;

/// Collects pieces until a newline completes a line.
#[derive(Clone, Debug, Default)]
pub struct LineBuffer {
    line: String,
    /// Where the unfinished line starts.
    start: usize,
}

impl LineBuffer {
    /// Takes in more text and hands on every line it completes, without its line end.
    pub fn push(&mut self, text: &str, mut each: impl FnMut(&str, Span)) {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
        let mut from = 0;
        for end in ends.chain([text.len()]) {
            let piece = text.get(from..end).unwrap_or_default();
            from = end;
            // A line that is there at once need not be copied.
            if self.line.is_empty() && piece.ends_with('\n') && piece.len() <= LONGEST_LINE {
                hand_on(piece, self.start, &mut each);
                self.start += piece.len();
                continue;
            }
            self.line.push_str(piece);
            if self.line.len() > LONGEST_LINE {
                self.cut(&mut each);
            }
            if piece.ends_with('\n') {
                self.finish(&mut each);
            }
        }
    }

    /// The text is over: what stands after the last newline is a line too.
    pub fn finish(&mut self, mut each: impl FnMut(&str, Span)) {
        hand_on(&self.line, self.start, &mut each);
        self.start += self.line.len();
        self.line.clear();
    }

    /// Hands on the first sentences of a line that is too long. Where it cuts depends on the line only, not on the pieces
    /// it came in.
    fn cut(&mut self, each: &mut impl FnMut(&str, Span)) {
        let mut from = 0;
        while let Some(rest) = self.line.get(from..).filter(|rest| rest.len() > LONGEST_LINE) {
            let most = rest.floor_char_boundary(LONGEST_LINE);
            let head = rest.get(..most).unwrap_or_default();
            let end = head.rfind(". ").map_or(most, |at| at + 2);
            hand_on(head.get(..end).unwrap_or_default(), self.start, each);
            from += end;
            self.start += end;
        }
        self.line.drain(..from);
    }
}

/// A carriage return is none of the line, but of its place: so a blank line is told from a line end of two bytes.
fn hand_on(line: &str, start: usize, each: &mut impl FnMut(&str, Span)) {
    let whole = line.trim_end_matches('\n');
    if !whole.trim().is_empty() {
        each(
            whole.trim_end_matches('\r'),
            Span::new(start, start + whole.len()),
        );
    }
}

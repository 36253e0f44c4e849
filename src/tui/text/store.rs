//! Append-only text, cut into blocks: a block is one hard line, or a piece of at most [`PIECE`] bytes of a longer one.
//!
//! Layout never looks at more than the blocks on the screen, so a line of ten megabytes costs no more than a short
//! one. The text is one `String`: appending is amortised constant, and large buffers grow by remapping. Where a line
//! is cut depends on its first [`PIECE`] + 1 bytes only, so any chunking of appends gives the same blocks.

use crate::trace::Span;
use unicode_segmentation::UnicodeSegmentation;

/// Longest block in bytes.
pub const PIECE: usize = 4096;

/// The text and where its blocks begin.
#[derive(Clone, Debug)]
pub struct TextStore {
    text: String,
    /// First byte of each block, strictly rising; never empty. The last block is still growing.
    starts: Vec<usize>,
    /// Bytes before this one hold no newline that is not yet a block's end.
    scanned: usize,
}

impl Default for TextStore {
    fn default() -> Self {
        Self {
            text: String::new(),
            starts: vec![0],
            scanned: 0,
        }
    }
}

impl From<&str> for TextStore {
    fn from(text: &str) -> Self {
        let mut store = Self::default();
        store.push(text);
        store
    }
}

impl TextStore {
    /// Appends `more`.
    pub fn push(&mut self, more: &str) {
        self.text.push_str(more);
        loop {
            let open = self.open();
            let window = self.text.len().min(open + PIECE + 1);
            let unseen = self.text.as_bytes().get(self.scanned..window).unwrap_or_default();
            if let Some(at) = unseen.iter().position(|byte| *byte == b'\n') {
                self.begin(self.scanned + at + 1);
            } else if window - open > PIECE {
                self.begin(open + cut(&self.text[open..]));
            } else {
                self.scanned = window;
                return;
            }
        }
    }

    fn begin(&mut self, start: usize) {
        self.starts.push(start);
        self.scanned = start;
    }

    fn open(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing was written yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// How many blocks there are; at least one.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.starts.len()
    }

    /// The block `offset` belongs to; a newline belongs to the block it ends.
    #[must_use]
    pub fn block_at(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|start| *start <= offset)
            .saturating_sub(1)
    }

    /// The bytes of a block without its newline; empty beyond the last one.
    #[must_use]
    pub fn block(&self, index: usize) -> Span {
        let Some(&start) = self.starts.get(index) else {
            return Span::new(self.text.len(), self.text.len());
        };
        match self.starts.get(index + 1) {
            Some(&next) if self.text.as_bytes().get(next - 1) == Some(&b'\n') => Span::new(start, next - 1),
            Some(&next) => Span::new(start, next),
            None => Span::new(start, self.text.len()),
        }
    }

    /// The hard line around `offset`, without its newline. Proportional to the length of that line.
    #[must_use]
    pub fn line_at(&self, offset: usize) -> Span {
        let offset = self.floor(offset);
        let start = self.text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[offset..]
            .find('\n')
            .map_or(self.text.len(), |at| offset + at);
        Span::new(start, end)
    }

    /// The nearest character boundary at or before `offset`.
    #[must_use]
    pub fn floor(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset)
    }
}

/// Where to cut a line that is too long: behind the last blank of its first piece, else between two graphemes.
fn cut(line: &str) -> usize {
    let piece = &line[..line.floor_char_boundary(PIECE)];
    if let Some(blank) = piece.rfind(' ')
        && blank > PIECE / 2
    {
        return blank + 1;
    }
    match piece.grapheme_indices(true).next_back() {
        Some((at, _)) if at > 0 => at,
        _ => piece.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blocks(store: &TextStore) -> Vec<Span> {
        (0..store.blocks()).map(|i| store.block(i)).collect()
    }

    #[test]
    fn a_line_is_a_block_and_a_long_line_several() {
        let store = TextStore::from("ab\n\ncd");
        assert_eq!(
            blocks(&store),
            [Span::new(0, 2), Span::new(3, 3), Span::new(4, 6)]
        );
        let long = TextStore::from("x".repeat(3 * PIECE).as_str());
        assert!(blocks(&long).iter().all(|b| b.end - b.start <= PIECE));
        assert_eq!(store.line_at(5), Span::new(4, 6));
        assert_eq!(store.line_at(2), Span::new(0, 2));
    }

    proptest! {
        #[test]
        fn any_chunking_gives_the_same_blocks_and_no_byte_is_lost(
            parts in prop::collection::vec(prop_oneof!["[ab \n\t]{0,9}", "\\PC{0,9}", "x{2000}", "(ab ){1500}"], 0..8)
        ) {
            let whole = parts.concat();
            let mut chunked = TextStore::default();
            for part in &parts {
                chunked.push(part);
            }
            let at_once = TextStore::from(whole.as_str());
            prop_assert_eq!(blocks(&chunked), blocks(&at_once));
            let mut next = 0;
            for block in blocks(&at_once) {
                prop_assert!(block.start == next && block.end - block.start <= PIECE);
                next = block.end + usize::from(whole.as_bytes().get(block.end) == Some(&b'\n'));
            }
            prop_assert_eq!(next, whole.len());
        }
    }
}

//! Where one looks at a trace: the cursor, the rows on the screen, what is folded away.

use super::Live;
use crate::{
    trace::{NodeId, Span},
    tui::{app::why::grid, text::Rows},
};

/// The one cursor that text and tree share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// A byte of the text, at a grapheme's start.
    pub byte: usize,
    /// The state it stands in.
    pub node: Option<NodeId>,
}

impl Live {
    /// The text in rows of `width` columns.
    #[must_use]
    pub fn rows(&self, width: u16) -> Rows<'_> {
        Rows::folded(&self.text, &self.folds, width)
    }

    /// Brings the first row and the first line of the tree up to date, so that the cursor is seen in a pane of `page`
    /// rows with text of `width` columns.
    pub fn settle(&mut self, width: u16, page: u16) {
        let page = usize::from(page).max(1);
        let rows = self.rows(width);
        let here = rows.at(self.cursor.byte).start;
        let top = rows.at(self.top).start;
        let lowest = rows.above(here, page - 1).start;
        // Following keeps the end on the last row; otherwise the text stays where it is as long as the cursor is seen.
        let first = if self.follow {
            lowest
        } else {
            top.clamp(lowest, here)
        };
        let end = rows.below(first, page).end;
        self.top = first;
        self.code.colour(self.text.as_str(), Span::new(first, end));
        self.outline.settle();
        // A grid at the root stands in its rows while a third of the pane is left for the steps.
        let root = self.tree.nodes.first().filter(|root| root.step.is_none());
        let side = root
            .and_then(|root| grid(self, &root.state))
            .map(|rows| rows.len());
        let side = side.filter(|side| side * 3 <= page * 2);
        self.root_rows = side.map_or(0, |side| side - 1);
        let row = self.tree_row(self.cursor.node.map_or(0, |node| self.outline.line(node)));
        let last_top = self.tree_row(self.outline.lines().len()).saturating_sub(page);
        self.tree_top = self
            .tree_top
            .min(last_top)
            .clamp((row + 1).saturating_sub(page), row);
    }

    /// The first row of the tree that a line of its outline takes…
    #[must_use]
    pub fn tree_row(&self, line: usize) -> usize {
        if line == 0 { 0 } else { line + self.root_rows }
    }

    /// …and the line that a row belongs to.
    #[must_use]
    pub fn tree_line(&self, row: usize) -> usize {
        row.saturating_sub(self.root_rows)
    }

    /// Forgets what [`settle`](Self::settle) can find out again.
    pub fn forget(&mut self) {
        self.outline.forget();
    }

    pub(super) fn follow_end(&mut self) {
        if self.follow {
            self.cursor.byte = self.last_byte();
            self.cursor.node = self.tree.node_at(self.cursor.byte);
        }
    }

    /// Puts the cursor on a byte of the text; a fold it lies in opens.
    pub fn look_at(&mut self, byte: usize) {
        self.cursor.byte = self.text.floor(byte.min(self.last_byte()));
        self.folds.reveal(self.cursor.byte);
        self.cursor.node = self.tree.node_at(self.cursor.byte);
        self.follow = false;
    }

    /// Puts the cursor on a node of the tree, and on the text that made it.
    pub fn look_at_node(&mut self, node: NodeId) {
        let Some(found) = self.tree.nodes.get(node) else {
            return;
        };
        self.cursor.byte = self.text.floor(found.span.start.min(self.last_byte()));
        self.folds.reveal(self.cursor.byte);
        self.cursor.node = Some(node);
        self.follow = false;
    }

    /// Folds the thinking the cursor is in, or opens it again; whether it is in any. A fold that closes takes the cursor
    /// to its beginning.
    pub fn fold_here(&mut self) -> bool {
        let found = self.folds.toggle(self.cursor.byte);
        self.come_out();
        found
    }

    /// Folds or opens all thinking.
    pub fn fold_all(&mut self, closed: bool) {
        self.folds.set_all(closed);
        self.come_out();
    }

    /// Takes the cursor out of a closed fold, unless it stays at the end while text arrives.
    fn come_out(&mut self) {
        if let Some(fold) = self.folds.closed_at(self.cursor.byte).filter(|_| !self.follow) {
            self.cursor.byte = fold.start;
            self.cursor.node = self.tree.node_at(fold.start);
        }
    }

    /// Goes to the end and stays there.
    pub fn follow(&mut self) {
        self.follow = true;
        self.follow_end();
    }

    /// The last byte a cursor can stand on: the last token's first, so that the newline ending a text is no place.
    pub(in crate::tui::app) fn last_byte(&self) -> usize {
        match self
            .tokens
            .ends
            .len()
            .checked_sub(2)
            .and_then(|i| self.tokens.ends.get(i))
        {
            Some(&end) if end < self.text.len() => end,
            _ => self
                .text
                .as_str()
                .char_indices()
                .next_back()
                .map_or(0, |(at, _)| at),
        }
    }
}

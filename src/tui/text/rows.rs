//! Walking over the rows of a text at one width: from a byte to its row, and so many rows up or down.
//!
//! Every step wraps the blocks it passes, each at most 4 KB, so the cost is that of the rows walked over. A place in
//! the text is always a byte; rows have no numbers. A folded stretch is one row, and what is in it is never walked over.

use super::{Cell, Folds, Row, TextStore, cells, wrap};
use crate::trace::Span;
use std::borrow::Cow;

/// A text seen at a width.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    store: &'a TextStore,
    folds: &'a Folds,
    width: usize,
}

impl<'a> Rows<'a> {
    /// `store` in rows of `width` columns.
    #[must_use]
    pub fn new(store: &'a TextStore, width: u16) -> Self {
        Self::folded(store, Folds::NONE, width)
    }

    /// As [`Rows::new`], with the closed stretches of `folds` as one row each.
    #[must_use]
    pub fn folded(store: &'a TextStore, folds: &'a Folds, width: u16) -> Self {
        Self {
            store,
            folds,
            width: usize::from(width).max(1),
        }
    }

    /// Whether a row stands for a folded stretch.
    #[must_use]
    pub fn is_fold(&self, row: Row) -> bool {
        self.folds.closed_at(row.start) == Some(row)
    }

    /// The rows that begin in a block; none when it lies in a fold that began before.
    fn of_block(&self, block: usize) -> Vec<Row> {
        let span = self.store.block(block);
        let text = self.store.as_str();
        let mut rows = Vec::new();
        let mut at = span.start;
        for fold in self.folds.closed_in(span) {
            if fold.start > at {
                let before = Span::new(at, fold.start);
                rows.extend(wrap::rows(before.of(text), at, self.width));
            }
            if fold.start >= span.start {
                rows.push(fold);
            }
            at = fold.end;
        }
        // Nothing but blanks behind a fold is no row of its own.
        let rest = Span::new(at, span.end);
        if at == span.start || (at < span.end && !rest.of(text).trim().is_empty()) {
            rows.extend(wrap::rows(rest.of(text), at, self.width));
        }
        rows
    }

    /// The row that shows `offset`; the newline belongs to the row it ends.
    #[must_use]
    pub fn at(&self, offset: usize) -> Row {
        if let Some(fold) = self.folds.closed_at(offset) {
            return fold;
        }
        let block = self.store.block_at(offset);
        let rows = self.of_block(block);
        let row = rows.iter().rev().find(|row| row.start <= offset).copied();
        // The end of a block whose beginning is folded.
        row.or_else(|| self.folds.closed_at(self.store.block(block).start))
            .or(rows.first().copied())
            .unwrap_or_default()
    }

    /// The row of `offset` and those below it, at most `count`.
    #[must_use]
    pub fn from(&self, offset: usize, count: usize) -> Vec<Row> {
        let mut found = Vec::with_capacity(count);
        let top = self.at(offset).start;
        let mut block = self.store.block_at(top);
        while block < self.store.blocks() && found.len() < count {
            let rows = self.of_block(block);
            let end = rows.last().map_or(0, |row| row.end);
            found.extend(rows.into_iter().filter(|row| row.start >= top));
            // Behind a fold, the block it ends in may go on.
            block = self.store.block_at(end).max(block + 1);
        }
        found.truncate(count);
        found
    }

    /// The row `count` rows above the one of `offset`; the first row when there are fewer.
    #[must_use]
    pub fn above(&self, offset: usize, count: usize) -> Row {
        let offset = self.at(offset).start;
        let mut block = self.store.block_at(offset);
        let mut rows = self.of_block(block);
        let mut index = rows.iter().rposition(|row| row.start <= offset).unwrap_or(0);
        let mut left = count;
        while left > index && block > 0 {
            left -= index + 1;
            block = self.block_above(block);
            rows = self.of_block(block);
            index = rows.len().saturating_sub(1);
        }
        rows.get(index.saturating_sub(left)).copied().unwrap_or_default()
    }

    /// The last block before this one that rows begin in.
    fn block_above(&self, block: usize) -> usize {
        let above = block.saturating_sub(1);
        match self.folds.closed_at(self.store.block(above).start) {
            Some(fold) if self.of_block(above).is_empty() => self.store.block_at(fold.start),
            _ => above,
        }
    }

    /// The row `count` rows below the one of `offset`; the last row when there are fewer.
    #[must_use]
    pub fn below(&self, offset: usize, count: usize) -> Row {
        self.from(offset, count + 1)
            .last()
            .copied()
            .unwrap_or_else(|| self.at(offset))
    }

    /// The cells of a row; one for a fold, which stands for all of it.
    pub fn cells(&self, row: Row) -> impl Iterator<Item = Cell<'a>> + use<'a> {
        let fold = self.is_fold(row).then_some(Cell {
            span: row,
            column: 0,
            width: 1,
            shown: Cow::Borrowed(" "),
        });
        let text = match fold {
            Some(_) => "",
            None => row.of(self.store.as_str()),
        };
        fold.into_iter().chain(cells(text, row.start))
    }

    /// The column of `offset` in its row.
    #[must_use]
    pub fn column(&self, offset: usize) -> usize {
        let row = self.at(offset);
        self.cells(row)
            .take_while(|cell| cell.span.start < offset)
            .map(|cell| cell.column + if cell.span.end <= offset { cell.width } else { 0 })
            .last()
            .unwrap_or(0)
    }

    /// The byte shown at `column` of a row, or the row's last one when it is shorter.
    #[must_use]
    pub fn offset(&self, row: Row, column: usize) -> usize {
        self.cells(row)
            .take_while(|cell| cell.column <= column)
            .last()
            .map_or(row.start, |cell| cell.span.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_folded_stretch_is_one_row_and_what_surrounds_it_stays() {
        let text = "ab\n<t>\nlong\n\n</t> so\ncd";
        let store = TextStore::from(text);
        let mut folds = Folds::default();
        folds.sync(text, [Span::new(3, 17)]);
        folds.set_all(true);
        let rows = Rows::folded(&store, &folds, 10);
        let shown: Vec<_> = rows.from(0, 9).iter().map(|row| row.of(text)).collect();
        assert_eq!(shown, ["ab", "<t>\nlong\n\n</t>", " so", "cd"]);
        assert_eq!((rows.at(9).start, rows.offset(rows.at(9), 5)), (3, 3));
        assert_eq!(rows.above(text.len(), 2).start, 3);
        assert_eq!(rows.above(text.len(), 3).start, 0);
    }

    proptest! {
        #[test]
        fn walking_agrees_with_the_list_of_all_rows(
            text in "([ab ]{0,30}\n|日本語 é\n|x{0,20}){0,12}", width in 2u16..20, pick in any::<prop::sample::Index>(),
            step in 0usize..9, cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..7),
        ) {
            let store = TextStore::from(text.as_str());
            let mut folds = Folds::default();
            let mut cuts: Vec<usize> =
                cuts.iter().map(|at| store.floor(at.index(text.len() + 1))).collect();
            cuts.sort_unstable();
            folds.sync(&text, cuts.chunks_exact(2).map(|cut| Span::new(cut[0], cut[1])));
            folds.set_all(true);
            let rows = Rows::folded(&store, &folds, width);
            for fold in folds.closed_in(Span::new(0, text.len())) {
                prop_assert_eq!(rows.at(fold.end - 1), fold);
                prop_assert_eq!(rows.at(fold.end - 1).start, rows.at(fold.start).start);
            }
            let all: Vec<Row> = rows.from(0, 1000);
            let here = pick.index(all.len());
            let row = all[here];
            prop_assert_eq!(rows.at(row.start), row);
            prop_assert_eq!(rows.above(row.start, step), all[here.saturating_sub(step)]);
            prop_assert_eq!(rows.below(row.start, step), all[(here + step).min(all.len() - 1)]);
            for cell in rows.cells(row) {
                prop_assert_eq!(rows.column(cell.span.start), cell.column);
                if cell.width > 0 {
                    prop_assert_eq!(rows.offset(row, cell.column), cell.span.start);
                }
            }
        }
    }
}

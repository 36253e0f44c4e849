//! Walking over the rows of a text at one width: from a byte to its row, and so many rows up or down.
//!
//! Every step wraps the blocks it passes, each at most 4 KB, so the cost is that of the rows walked over. A place in
//! the text is always a byte; rows have no numbers.

use super::{Cell, Row, TextStore, cells, wrap};

/// A text seen at a width.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    store: &'a TextStore,
    width: usize,
}

impl<'a> Rows<'a> {
    /// `store` in rows of `width` columns.
    #[must_use]
    pub fn new(store: &'a TextStore, width: u16) -> Self {
        Self {
            store,
            width: usize::from(width).max(1),
        }
    }

    fn of_block(&self, block: usize) -> Vec<Row> {
        let span = self.store.block(block);
        wrap::rows(span.of(self.store.as_str()), span.start, self.width)
    }

    /// The row that shows `offset`; the newline belongs to the row it ends.
    #[must_use]
    pub fn at(&self, offset: usize) -> Row {
        let rows = self.of_block(self.store.block_at(offset));
        rows.iter()
            .rev()
            .find(|row| row.start <= offset)
            .or(rows.first())
            .copied()
            .unwrap_or_default()
    }

    /// The row of `offset` and those below it, at most `count`.
    #[must_use]
    pub fn from(&self, offset: usize, count: usize) -> Vec<Row> {
        let mut found = Vec::with_capacity(count);
        let first = self.store.block_at(offset);
        let top = self.at(offset).start;
        for block in first..self.store.blocks() {
            if found.len() >= count {
                break;
            }
            found.extend(self.of_block(block).into_iter().filter(|row| row.start >= top));
        }
        found.truncate(count);
        found
    }

    /// The row `count` rows above the one of `offset`; the first row when there are fewer.
    #[must_use]
    pub fn above(&self, offset: usize, count: usize) -> Row {
        let mut block = self.store.block_at(offset);
        let mut rows = self.of_block(block);
        let mut index = rows.iter().rposition(|row| row.start <= offset).unwrap_or(0);
        let mut left = count;
        while left > index && block > 0 {
            left -= index + 1;
            block -= 1;
            rows = self.of_block(block);
            index = rows.len().saturating_sub(1);
        }
        rows.get(index.saturating_sub(left)).copied().unwrap_or_default()
    }

    /// The row `count` rows below the one of `offset`; the last row when there are fewer.
    #[must_use]
    pub fn below(&self, offset: usize, count: usize) -> Row {
        self.from(offset, count + 1)
            .last()
            .copied()
            .unwrap_or_else(|| self.at(offset))
    }

    /// The cells of a row.
    pub fn cells(&self, row: Row) -> impl Iterator<Item = Cell<'a>> + use<'a> {
        cells(row.of(self.store.as_str()), row.start)
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

    proptest! {
        #[test]
        fn walking_agrees_with_the_list_of_all_rows(
            text in "([ab ]{0,30}\n|日本語 é\n|x{0,20}){0,12}", width in 2u16..20, pick in any::<prop::sample::Index>(),
            step in 0usize..9,
        ) {
            let store = TextStore::from(text.as_str());
            let rows = Rows::new(&store, width);
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

//! Wrapping one block: bytes to rows, and a row's bytes to the cells a terminal shows.
//!
//! Rows break behind blanks, in words only when a word is wider than the row, never inside a grapheme. Blanks that do
//! not fit hang over the edge, so a row never begins with the blank that ended the one before. Forbidden characters
//! are replaced here, at layout ([`sanitize::line`]); the bytes stay as they are.

use crate::{base::sanitize, trace::Span};
use ratatui::buffer::CellWidth;
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// Tabs go to the next multiple of this.
const TAB: usize = 4;

/// One row: the bytes it shows. The rows of a block follow each other without a gap.
pub type Row = Span;

/// One grapheme on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// Its bytes.
    pub span: Span,
    /// Columns from the start of the row.
    pub column: usize,
    /// Columns it takes.
    pub width: usize,
    /// What the terminal gets.
    pub shown: Cow<'a, str>,
}

/// The cells of `row`, whose first byte is `start` in the whole text.
pub fn cells(row: &str, start: usize) -> impl Iterator<Item = Cell<'_>> {
    let mut column = 0;
    without_return(row)
        .grapheme_indices(true)
        .map(move |(at, grapheme)| {
            let (shown, width) = show(grapheme, column);
            let cell = Cell {
                span: Span::new(start + at, start + at + grapheme.len()),
                column,
                width,
                shown,
            };
            column += width;
            cell
        })
}

/// Lines of other systems end in a carriage return as well: there it shows nothing.
fn without_return(line: &str) -> &str {
    line.strip_suffix('\r').unwrap_or(line)
}

fn show(grapheme: &str, column: usize) -> (Cow<'_, str>, usize) {
    if grapheme == "\t" {
        let width = TAB - column % TAB;
        return (Cow::Owned(" ".repeat(width)), width);
    }
    if grapheme.len() == 1 && grapheme.as_bytes()[0].is_ascii_graphic() {
        return (Cow::Borrowed(grapheme), 1);
    }
    let shown = sanitize::line(grapheme);
    let width = match shown {
        // A replaced character may split the grapheme; the terminal gets the parts one by one.
        Cow::Owned(_) => shown.graphemes(true).map(columns).sum(),
        Cow::Borrowed(_) => columns(grapheme),
    };
    (shown, width)
}

/// Columns of one grapheme, by the measure the buffer itself uses.
fn columns(grapheme: &str) -> usize {
    usize::from(grapheme.cell_width())
}

/// Breaks `block`, whose first byte is `start` in the whole text, into rows of at most `width` columns (hanging blanks
/// excepted). At least one row; an empty block is one empty row.
#[must_use]
pub fn rows(block: &str, start: usize, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = start;
    let mut column = 0;
    // Behind the last blank of this row: the byte, and the column there.
    let mut blank = None;
    for (at, grapheme) in without_return(block).grapheme_indices(true) {
        let at = start + at;
        let is_blank = grapheme == " " || grapheme == "\t";
        let mut wide = show(grapheme, column).1;
        while !is_blank && column > 0 && column + wide > width {
            let (end, used) = blank.take().unwrap_or((at, column));
            rows.push(Row::new(row, end));
            row = end;
            column -= used;
            wide = show(grapheme, column).1;
        }
        column += wide;
        if is_blank {
            blank = Some((at + grapheme.len(), column));
        }
    }
    rows.push(Row::new(row, start + block.len()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::is_control;
    use proptest::prelude::*;

    fn wrapped(text: &str, width: usize) -> Vec<&str> {
        rows(text, 0, width).iter().map(|row| row.of(text)).collect()
    }

    #[test]
    fn rows_break_behind_blanks_and_long_words_anywhere() {
        assert_eq!(wrapped("the quick fox", 9), ["the quick ", "fox"]);
        assert_eq!(wrapped("abcdefgh ij", 4), ["abcd", "efgh ", "ij"]);
        assert_eq!(wrapped("日本語", 5), ["日本", "語"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn a_carriage_return_at_the_end_of_a_line_shows_nothing() {
        let shown = |text| {
            cells(text, 0)
                .map(|cell| cell.shown.into_owned())
                .collect::<String>()
        };
        assert_eq!(
            [shown("a\r"), shown("a\rb"), shown("\r")],
            ["a", "a\u{240d}b", ""]
        );
        assert_eq!(wrapped("abcd\r", 4), ["abcd\r"]);
    }

    #[test]
    fn a_tab_goes_to_the_next_stop() {
        let columns: Vec<_> = cells("a\tb", 0).map(|c| (c.column, c.width)).collect();
        assert_eq!(columns, [(0, 1), (1, 3), (4, 1)]);
    }

    #[test]
    fn pictures_that_are_joined_are_as_wide_as_what_is_shown_of_them_and_break_into_no_rows() {
        let family = "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        let cell = cells(family, 0).next().unwrap();
        assert_eq!(
            (cell.shown.as_ref(), cell.width),
            ("\u{1f469}\u{1f469}\u{1f467}", 6)
        );
        assert_eq!(wrapped(&format!("ab{family}"), 7), ["ab", family]);
    }

    proptest! {
        #[test]
        fn wrapping_loses_no_byte_and_fits(text in "[^\n]{0,200}", width in 2usize..40) {
            let rows = rows(&text, 7, width);
            prop_assert_eq!(rows[0].start, 7);
            prop_assert_eq!(rows[rows.len() - 1].end, 7 + text.len());
            for pair in rows.windows(2) {
                prop_assert!(pair[0].end == pair[1].start && pair[0].start < pair[0].end);
            }
            for row in rows {
                let part = &text[row.start - 7..row.end - 7];
                let visible = part.trim_end_matches([' ', '\t']);
                let cells: Vec<_> = cells(visible, row.start).collect();
                let columns: usize = cells.iter().map(|c| c.width).sum();
                // One grapheme alone may be wider than the row.
                prop_assert!(columns <= width || cells.len() == 1, "{part:?} takes {columns}");
            }
        }

        #[test]
        fn no_control_character_reaches_the_terminal(text in any::<String>()) {
            prop_assert!(cells(&text, 0).all(|cell| !cell.shown.contains(is_control)));
        }
    }
}

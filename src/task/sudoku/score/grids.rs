//! The grids that stand in a text: as many rows below each other as a row has cells, or all cells in one line.

use crate::{
    base::slice::offset,
    task::sudoku::{Shape, in_words, is_divider, row},
};
use std::{borrow::Cow, ops::Range};

/// Bytes of an argument of TeX: the name of an environment, or its columns.
const LONGEST_ARGUMENT: usize = 64;

/// A whole grid in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    /// Its cells, row by row, whatever digits they hold.
    pub cells: Vec<Option<u8>>,
    /// The bytes from its first row to its last.
    pub place: Range<usize>,
}

/// Every whole grid of such a shape, in the order of the text. Rows may have a label (`Row 2: …`) and signs of Markdown and
/// TeX about them; blank lines and dividers may stand between them.
pub(super) fn grids(text: &str, shape: Shape) -> Vec<Grid> {
    let mut found = Vec::new();
    let mut open: Option<Grid> = None;
    for (from, line) in rows(text) {
        let line = line.trim_end();
        let said = without_environments(line);
        if open.is_some() && (said.trim().is_empty() || is_divider(&said)) {
            continue;
        }
        let cells = cells(&said);
        let place = from..from + line.len();
        if cells.len() == shape.cells() {
            open = None;
            found.push(Grid { cells, place });
        } else if cells.len() == shape.size() {
            let grid = open.get_or_insert_with(|| Grid {
                cells: Vec::new(),
                place: place.clone(),
            });
            grid.cells.extend(cells);
            grid.place.end = place.end;
            if grid.cells.len() == shape.cells() {
                found.extend(open.take());
            }
        } else {
            open = None;
        }
    }
    found
}

/// The lines of a text, each with its first byte; in TeX a row ends with `\\\\`, too.
fn rows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.split('\n').flat_map(|line| line.split("\\\\"));
    lines.map(|line| (offset(text, line), line))
}

/// The cells that a line consists of; none when it is no row.
fn cells(line: &str) -> Vec<Option<u8>> {
    let line = line.replace(['&', '`', '$', '\\', '*'], " ");
    let bare = unlabelled(line.trim());
    let cells = row(bare).or_else(|| in_words(bare)).unwrap_or_default();
    cells.iter().map(|cell| cell.value).collect()
}

/// A line without TeX's marks of where a matrix begins and ends: `\begin{array}{cccc}`, `\end{matrix}`, `\hline`.
fn without_environments(line: &str) -> Cow<'_, str> {
    if !line.contains('\\') {
        return Cow::Borrowed(line);
    }
    let (mut said, mut rest) = (String::new(), line);
    while let Some((before, after)) = rest.split_once('\\') {
        said.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix("hline") {
            rest = after;
        } else if let Some(after) = rest.strip_prefix("begin").or_else(|| rest.strip_prefix("end")) {
            rest = after;
            while let Some(end) = argument(rest) {
                rest = rest.get(end..).unwrap_or_default();
            }
        } else {
            said.push(' ');
        }
    }
    Cow::Owned(said + rest)
}

/// Where an argument in braces ends that `text` begins with.
fn argument(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('{')?.bytes().take(LONGEST_ARGUMENT);
    Some(inside.take_while(|byte| *byte != b'}').count() + 2)
        .filter(|end| text.as_bytes().get(end - 1) == Some(&b'}'))
}

/// A line without the `Row 2:` or `- Row 2 =` in front of its cells.
fn unlabelled(line: &str) -> &str {
    let rest = line.trim_start_matches(['-', '\u{2022}', ' ']);
    let rest = rest.strip_prefix("Row").or_else(|| rest.strip_prefix("row"));
    let number = rest.map(|rest| rest.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()));
    number
        .and_then(|rest| rest.trim_start().strip_prefix([':', '=']))
        .unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_are_found_however_they_are_written() {
        let cells: Vec<_> = "2431134241233214".bytes().map(|b| Some(b - b'0')).collect();
        for text in [
            "so\n2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\nDone",
            "2 4 | 3 1\n1 3 | 4 2\n----+----\n4 1 | 2 3\n3 2 | 1 4",
            "| 2 | 4 | 3 | 1 |\n|---|---|---|---|\n| 1 | 3 | 4 | 2 |\n| 4 | 1 | 2 | 3 |\n| 3 | 2 | 1 | 4 |",
            "[[2, 4, 3, 1], [1, 3, 4, 2], [4, 1, 2, 3], [3, 2, 1, 4]]",
            "2431\n1342\n\n4123\n3214",
            "2 & 4 & 3 & 1 \\\\\n1 & 3 & 4 & 2 \\\\\n4 & 1 & 2 & 3 \\\\\n3 & 2 & 1 & 4",
            "\\[\\begin{matrix} 2 & 4 & 3 & 1 \\\\\n1 & 3 & 4 & 2 \\\\\n4 & 1 & 2 & 3 \\\\\n3 & 2 & 1 & 4 \\end{matrix}",
            "$$\\begin{array}{|cc|cc|}\n\\hline 2 & 4 & 3 & 1 \\\\\n1 & 3 & 4 & 2 \\\\ \\hline\n4 & 1 & 2 & 3 \\\\\n3 & 2 & 1 & 4 \\\\ \\hline\n\\end{array}$$",
            "\\begin{bmatrix}2&4&3&1\\\\1&3&4&2\\\\4&1&2&3\\\\3&2&1&4\\end{bmatrix}",
            "**Row 1:** 2 4 3 1\n- Row 2: 1 3 4 2\nRow 3: 4 1 2 3\nRow 4: 3 2 1 4",
            "2431134241233214",
            "The solution is **2431134241233214**.",
            r"Thus \boxed{2431134241233214}, as wanted.",
        ] {
            let found = grids(text, Shape::Four);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].cells, cells, "{text}");
        }
        let text = "so\n2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\nDone";
        assert_eq!(
            &text[grids(text, Shape::Four).remove(0).place],
            "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4"
        );
    }

    #[test]
    fn braces_that_nobody_closes_take_no_longer_than_the_text_is_long() {
        let text = "\\begin{".repeat(200_000);
        let begun = std::time::Instant::now();
        assert_eq!(grids(&text, Shape::Four), []);
        assert!(begun.elapsed().as_secs() < 5);
    }

    #[test]
    fn rows_that_are_too_few_or_too_short_are_no_grid() {
        for text in [
            "1 2 3 4\n3 4 1 2\n2 1 4 3",
            "1 2 3\n1 2 3\n1 2 3",
            "1 2 3 4\n3 4 1 2\nand\n2 1 4 3\n4 3 2 1",
        ] {
            assert_eq!(grids(text, Shape::Four), [], "{text}");
        }
    }
}

//! The grids that stand in a text: as many rows below each other as a row has cells, or all cells in one line.

use super::{Shape, Written, in_words, is_divider, row, tex::pieces};
use crate::base::slice::offset;
use std::ops::Range;

/// A whole grid in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Its cells, row by row, whatever digits they hold.
    pub cells: Vec<Written>,
    /// The bytes from its first row to its last.
    pub place: Range<usize>,
}

impl Grid {
    /// What its cells hold.
    #[must_use]
    pub fn values(&self) -> Vec<Option<u8>> {
        self.cells.iter().map(|cell| cell.value).collect()
    }
}

/// Every whole grid of such a shape, in the order of the text. Rows may have a label (`Row 2: …`) and signs of Markdown and
/// TeX about them; blank lines and dividers may stand between them.
#[must_use]
pub fn grids(text: &str, shape: Shape) -> Vec<Grid> {
    let mut found = Vec::new();
    let mut open: Option<Grid> = None;
    let lines = text.split('\n').map(|line| (offset(text, line), line));
    let rows = lines.flat_map(|(from, line)| pieces(line).map(move |(at, said)| (from + at, said)));
    for (from, said) in rows {
        let said = said.trim_end();
        if open.is_some() && (said.is_empty() || is_divider(said)) {
            continue;
        }
        let mut cells = cells(said, shape);
        cells.iter_mut().for_each(|cell| cell.at += from);
        let place = from..from + said.len();
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

/// The cells that a line consists of; none when it is no row.
fn cells(line: &str, shape: Shape) -> Vec<Written> {
    // A blank for each byte: the others stay where they are.
    let plain = line.replace(['&', '`', '$', '\\', '*'], " ");
    let bare = unlabelled(plain.trim());
    let read = |text: &str| row(text).or_else(|| in_words(text));
    let mut cells = read(bare).unwrap_or_default();
    if cells.len() != shape.size() && bare.len() < plain.trim().len() {
        // `Row 1: 1 2 3 4.` ends a sentence, `Row 1: 1 2 3 4 ✓` is checked.
        let ends = ['.', ',', ';', ' ', '\u{2713}', '\u{2714}', '\u{2705}', '\u{fe0f}'];
        cells = read(bare.trim_end_matches(ends)).unwrap_or_default();
    }
    let from = offset(&plain, bare);
    cells.iter_mut().for_each(|cell| cell.at += from);
    cells
}

/// A line without what says which row it is: `Row 2:`, `- R2 =`, `Second row:`.
fn unlabelled(line: &str) -> &str {
    const SAYS: [&str; 6] = [":", "=", "\u{ff1a}", "\u{2192}", "->", "is "];
    let rest = line.trim_start_matches(['-', '\u{2022}', ' ']);
    let rest = rest.strip_prefix("The ").unwrap_or(rest);
    let behind = row_name(rest).map(str::trim_start);
    let cells = behind.and_then(|behind| SAYS.iter().find_map(|says| behind.strip_prefix(*says)));
    cells.unwrap_or(line)
}

/// What follows the name of a row that a text begins with: `Row 2`, `R2`, `Second row`, `第2行`.
fn row_name(text: &str) -> Option<&str> {
    /// Bytes of a number in Chinese.
    const WIDE: usize = 3;
    if let Some(behind) = row_word(text) {
        let behind = behind.trim_start_matches([' ', '#']);
        return behind.get(number(behind)..);
    }
    if let Some(behind) = text.strip_prefix('\u{7b2c}') {
        let (number, behind) = behind.split_once('\u{884c}')?;
        return Some(behind).filter(|_| number.len() <= WIDE);
    }
    if let Some(behind) = text.strip_prefix(['R', 'r']) {
        let rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
        return Some(rest).filter(|rest| rest.len() < behind.len());
    }
    let behind = text
        .get(number(text)..)
        .filter(|behind| behind.len() < text.len())?;
    row_word(behind.trim_start())
}

/// What follows `row`.
fn row_word(text: &str) -> Option<&str> {
    let (word, behind) = text.split_at_checked("row".len())?;
    word.eq_ignore_ascii_case("row").then_some(behind)
}

/// The bytes of the number that a text begins with: `2`, `2nd`, `two`, `second`.
fn number(text: &str) -> usize {
    const WORDS: [&str; 20] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "first", "second", "third",
        "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "last", "final",
    ];
    let length = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let word = text.get(..length).unwrap_or_default();
    let ending = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = ending.len() < length && matches!(ending, "" | "st" | "nd" | "rd" | "th");
    let spelled = WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
    if digits || spelled { length } else { 0 }
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
            "So the answer is $\\begin{bmatrix} 2 & 4 & 3 & 1 \\\\ 1 & 3 & 4 & 2 \\\\ 4 & 1 & 2 & 3 \\\\ 3 & 2 & 1 & 4 \\end{bmatrix}$, as wanted.",
            "$$\\boxed{\\begin{array}{|c|c|c|c|} 2 & 4 & 3 & 1 \\\\[2pt] 1 & 3 & 4 & 2 \\\\ \\hline\n4 & 1 & 2 & 3 \\\\ 3 & 2 & 1 & \\mathbf{4} \\end{array}}$$",
            "R1: 2 4 3 1\nR2: 1 3 4 2\nR3: 4 1 2 3\nR4: 3 2 1 4",
            "First row: 2, 4, 3, 1\nSecond row: 1, 3, 4, 2\nThird row: 4, 1, 2, 3\nLast row: 3, 2, 1, 4.",
            "The first row is 2, 4, 3, 1.\nThe second row is 1, 3, 4, 2.\nThe third row is 4, 1, 2, 3.\nThe fourth row is 3, 2, 1, 4.",
            "Row 1: 2 4 3 1 \u{2713}\nRow 2: 1 3 4 2 \u{2713}\nRow 3: 4 1 2 3 \u{2713}\nRow 4: 3 2 1 4 \u{2705}",
            "R1 \u{2192} 2431\nR2 -> 1342\nR3 \u{2192} 4123\nR4 -> 3214",
            "- 1st row = 2 4 3 1\n- 2nd row = 1 3 4 2\n- row three = 4 1 2 3\n- Row #4 = 3 2 1 4",
            "\u{7b2c}1\u{884c}\u{ff1a}2 4 3 1\n\u{7b2c}2\u{884c}\u{ff1a}1 3 4 2\n\u{7b2c}\u{4e09}\u{884c}\u{ff1a}4 1 2 3\n\u{7b2c}4\u{884c}\u{ff1a}3 2 1 4",
            "**Row 1:** 2 4 3 1\n- Row 2: 1 3 4 2\nRow 3: 4 1 2 3\nRow 4: 3 2 1 4",
            "2431134241233214",
            "The solution is **2431134241233214**.",
            r"Thus \boxed{2431134241233214}, as wanted.",
        ] {
            let found = grids(text, Shape::Four);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].values(), cells, "{text}");
        }
        let text = "so\n2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\nDone";
        assert_eq!(
            &text[grids(text, Shape::Four).remove(0).place],
            "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4"
        );
    }

    #[test]
    fn every_cell_knows_its_byte_whatever_stands_about_the_rows() {
        for text in [
            "so\n| 2 | 4 | 3 | 1 |\n| 1 | 3 | 4 | 2 |\n| 4 | 1 | 2 | 3 |\n| 3 | 2 | 1 | 4 |",
            "\u{e9}: $\\begin{bmatrix} 2 & 4 & 3 & 1 \\\\ 1 & 3 & 4 & 2 \\\\ 4 & 1 & 2 & 3 \\\\ 3 & 2 & 1 & \\mathbf{4} \\end{bmatrix}$",
            "- **Row 1:** 2 4 3 1\n- **Row 2:** 1 3 4 2\n- **Row 3:** 4 1 2 3\n- **Row 4:** 3 2 1 4",
            "The solution is **2431134241233214**.",
        ] {
            for cell in &grids(text, Shape::Four)[0].cells {
                let digit = text[cell.at..].chars().next().and_then(|c| c.to_digit(10));
                assert_eq!(digit, cell.value.map(u32::from), "{text}");
            }
        }
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
            "R1: 2 or 4\nR2: 1 3 4\nR3: 1 2\nR4: 3",
            "First row: 2, 4, 3, 1\nSecond row needs 3",
        ] {
            assert_eq!(grids(text, Shape::Four), [], "{text}");
        }
    }
}

//! Grids as people and programs write them: one string of cells, rows of digits with any separators, lists of lists.

use super::{Board, Shape};
use crate::base::slice::offset;
use serde_json::{Map, Value};
use std::str::FromStr;

/// Why a text is no grid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no Sudoku: write its 16, 36 or 81 cells row by row, each a digit or a point for an empty one"
)]
pub struct BoardError;

/// A cell as a text writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its value; none when it is empty.
    pub value: Option<u8>,
    /// Its byte.
    pub at: usize,
}

/// The cells that a line consists of, and nothing else but what separates them: `5 3 _ | 7`, `[5, 3, 0]`, `53..7....`.
/// Zeros, points, lines and stars are empty. `None` for any other line.
#[must_use]
pub fn row(line: &str) -> Option<Vec<Written>> {
    let mut cells = Vec::new();
    for (from, word) in words(line) {
        if matches!(word, "<answer>" | "</answer>") {
            continue;
        }
        if cells.len() + word.len() > Shape::Nine.cells() {
            return None;
        }
        // `-5` is a number, `-` a cell.
        if word.len() > 1 && word.contains('-') {
            return None;
        }
        for (at, sign) in word.char_indices() {
            let value = match sign {
                '0' | '_' | '.' | '*' | '?' | '-' | '\u{b7}' => None,
                '1'..='9' => u8::try_from(sign.to_digit(10)?).ok(),
                _ => return None,
            };
            cells.push(Written { value, at: from + at });
        }
    }
    (!cells.is_empty()).then_some(cells)
}

/// The cells of the last word of a line that is a whole grid, row by row: `So it is 2431134241233214.`
#[must_use]
pub fn in_words(line: &str) -> Option<Vec<Written>> {
    let is_cell = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | '*');
    // Nearly no line has so long a word.
    let shortest = Shape::ALL.iter().map(|shape| shape.cells()).min()?;
    let is_long = |cells: &[u8]| cells.len() >= shortest;
    if !line
        .as_bytes()
        .split(|byte| !is_cell(char::from(*byte)))
        .any(is_long)
    {
        return None;
    }
    line.split(|c: char| !is_cell(c)).rev().find_map(|word| {
        // A full stop behind it is none of its cells.
        let [whole, shorter] = [word, word.strip_suffix('.').unwrap_or(word)];
        let word = [whole, shorter].into_iter().find(|word| {
            let shape = Shape::ALL.into_iter().find(|shape| shape.cells() == word.len());
            let fits = |digit: u8, shape: Shape| usize::from(digit - b'0') <= shape.size();
            shape.is_some_and(|shape| word.bytes().all(|c| !c.is_ascii_digit() || fits(c, shape)))
        })?;
        // `row` knows the signs; a number or a row of points is no grid.
        let from = offset(line, word);
        let mut cells = row(word).filter(|cells| cells.iter().any(|cell| cell.value.is_some()))?;
        cells.iter_mut().for_each(|cell| cell.at += from);
        Some(cells)
    })
}

/// Whether a line only separates rows of boxes: `------+-------`.
#[must_use]
pub fn is_divider(line: &str) -> bool {
    let line = line.trim();
    line.len() > 2
        && line.contains(['-', '=', '\u{2500}'])
        && line
            .chars()
            .all(|c| matches!(c, '-' | '+' | '|' | '=' | ' ' | ':' | '\u{2500}'..='\u{257f}'))
}

/// The words of a line, without what separates cells, each with its place. A tag is a word.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = line.get(from..)?;
        let word = rest.trim_start_matches(is_separator);
        from += rest.len() - word.len();
        let tag = word.strip_prefix('<').and_then(|tag| tag.find('>'));
        let end = match tag {
            Some(end) => end + 2,
            None => word
                .find(|c| is_separator(c) || c == '<')
                .unwrap_or(word.len())
                .max(usize::from(word.starts_with('<'))),
        };
        let at = from;
        from += end;
        word.get(..end)
            .filter(|word| !word.is_empty())
            .map(|word| (at, word))
    })
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            ',' | '|' | '[' | ']' | ';' | '"' | '\'' | '\u{2502}' | '\u{2503}'
        )
}

/// A grid of so many cells, when there is one of that shape with these values.
fn board(cells: &[Option<u8>]) -> Option<Board> {
    let shape = Shape::ALL
        .into_iter()
        .find(|shape| shape.cells() == cells.len())?;
    let mut board = Board::empty(shape);
    for (cell, value) in cells.iter().enumerate() {
        if value.is_some_and(|value| usize::from(value) > shape.size()) {
            return None;
        }
        board.set(cell, *value);
    }
    Some(board)
}

/// Whether cells are what a puzzle can be made of: clues that break no rule, enough of them, all values but one among them.
fn is_puzzle(cells: &[Written]) -> bool {
    let values: Vec<Option<u8>> = cells.iter().map(|cell| cell.value).collect();
    let Some(board) = board(&values) else { return false };
    let (size, clues) = (board.shape().size(), values.iter().flatten());
    let different = clues.clone().collect::<std::collections::BTreeSet<_>>().len();
    board.is_valid() && clues.count() >= size && different + 1 >= size
}

/// Any one grid: a string of cells, or its rows in lines.
impl FromStr for Board {
    type Err = BoardError;

    fn from_str(text: &str) -> Result<Self, BoardError> {
        let mut cells = Vec::new();
        for line in text
            .lines()
            .filter(|line| !line.trim().is_empty() && !is_divider(line))
        {
            cells.extend(row(line).ok_or(BoardError)?.iter().map(|cell| cell.value));
            if cells.len() > Shape::Nine.cells() {
                return Err(BoardError);
            }
        }
        board(&cells).ok_or(BoardError)
    }
}

/// The grid that a question asks to fill: the last whole grid with an empty cell, since those before it are examples.
#[must_use]
pub fn question(text: &str) -> Option<Board> {
    let (mut found, mut cells, mut width) = (None, Vec::new(), 0);
    for line in text.lines() {
        if is_divider(line) && !cells.is_empty() {
            continue;
        }
        // A long number or a string of bits is no puzzle.
        let in_words = || in_words(line).filter(|cells| is_puzzle(cells));
        let Some(row) = row(line).or_else(in_words) else {
            cells.clear();
            continue;
        };
        if row.len() != width {
            cells.clear();
        }
        width = row.len();
        cells.extend(row.iter().map(|cell| cell.value));
        if cells.len() == width * width || Shape::of(width).is_none() {
            found = board(&cells)
                .filter(|board| !board.is_full() && board.filled().next().is_some())
                .or(found);
            cells.clear();
        }
    }
    found
}

/// The grid of a problem as traces record it: `{"size": 9, "grid": "53..7…"}`, a `puzzle` of lists, a question in words, or
/// any of these in a string.
#[must_use]
pub fn problem(value: &Value) -> Option<Board> {
    match value {
        Value::String(text) => text.parse().ok().or_else(|| question(text)),
        Value::Array(_) => {
            let mut cells = Vec::new();
            flatten(value, &mut cells)?;
            board(&cells)
        }
        Value::Object(object) => ["grid", "puzzle", "board", "question"]
            .iter()
            .filter_map(|name| object.get(*name))
            .find_map(problem),
        _ => None,
    }
}

/// The solution that a problem has on record: a `solution`, or an `answer`, that is a full grid and breaks no rule.
#[must_use]
pub fn recorded(problem: &Map<String, Value>) -> Option<Board> {
    let found = ["solution", "answer"]
        .iter()
        .filter_map(|name| problem.get(*name));
    found
        .filter_map(self::problem)
        .find(|board| board.is_full() && board.is_valid())
}

fn flatten(value: &Value, cells: &mut Vec<Option<u8>>) -> Option<()> {
    if cells.len() > Shape::Nine.cells() {
        return None;
    }
    match value {
        Value::Array(list) => list.iter().try_for_each(|value| flatten(value, cells)),
        Value::Null => {
            cells.push(None);
            Some(())
        }
        Value::Number(number) => {
            let value = number.as_u64().and_then(|n| u8::try_from(n).ok())?;
            cells.push(Some(value).filter(|value| *value > 0));
            Some(())
        }
        Value::String(text) => {
            cells.extend(row(text)?.iter().map(|cell| cell.value));
            Some(())
        }
        Value::Bool(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const MINI: &str = ".4.11.....23.2..";

    #[test]
    fn one_grid_is_read_however_it_is_written() {
        for text in [
            MINI,
            "_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\n",
            "0 4 | 0 1\n1 0 | 0 0\n----+----\n0 0 | 2 3\n0 2 | 0 0",
            "[[0, 4, 0, 1], [1, 0, 0, 0], [0, 0, 2, 3], [0, 2, 0, 0]]",
            "| . | 4 | . | 1 |\n| 1 | . | . | . |\n| . | . | 2 | 3 |\n| . | 2 | . | . |",
        ] {
            assert_eq!(
                text.parse::<Board>().map(|b| b.to_string()),
                Ok(MINI.to_owned()),
                "{text}"
            );
        }
        assert!("1 2 3".parse::<Board>().is_err() && "9234234134124123".parse::<Board>().is_err());
    }

    #[test]
    fn the_question_is_the_last_grid_with_something_to_fill() {
        let text = "Example:\n1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 _\nSolve this 4x4 puzzle:\n_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\nRespond with a 4x4 grid.\n";
        assert_eq!(question(text).unwrap().to_string(), MINI);
        assert_eq!(question("Row 1: 1 2 3 4\nwhat is 1 + 2?"), None);
        for value in [
            json!({"size": 4, "grid": MINI}),
            json!({"puzzle": [[0, 4, 0, 1], [1, 0, 0, 0], [0, 0, 2, 3], [0, 2, 0, 0]]}),
            json!({"question": text, "answer": null}),
        ] {
            assert_eq!(problem(&value).unwrap().to_string(), MINI, "{value}");
        }
    }

    #[test]
    fn a_grid_may_be_one_word_of_a_line() {
        for text in [
            "Solve this Sudoku: .4.11.....23.2..",
            "The puzzle is `0401100000230200`, row by row.",
            "Solve _4_11_____23_2__.",
            "Solve .4.11.....23.2...",
        ] {
            assert_eq!(
                question(text).map(|board| board.to_string()).as_deref(),
                Some(MINI),
                "{text}"
            );
        }
        let six = format!("123456{}", ".".repeat(30));
        assert_eq!(
            question(&format!("A 6x6: {six}")).map(|b| b.to_string()),
            Some(six)
        );
        for text in ["It costs 1234567890123456.", "so................so", "2431 1342"] {
            assert_eq!(in_words(text), None, "{text}");
        }
        for text in [
            "Convert 1010110010110011 to hex.",
            "How many are 1000000000000000 ns?",
        ] {
            assert_eq!(question(text), None, "{text}");
        }
        assert_eq!(in_words("é 2431134241233214").unwrap()[0].at, 3);
    }

    #[test]
    fn cells_know_their_bytes() {
        let row = row("<answer>4 _, 2").unwrap();
        assert_eq!(row.iter().map(|cell| cell.at).collect::<Vec<_>>(), [8, 10, 13]);
        assert_eq!(super::row("Row 1: 1 2"), None);
        assert_eq!(super::row("18 - 7 = 11"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_grid_or_none(text in "([0-9._|,<>\\[ -]|\n|answer|é){0,80}") {
            let _ = (question(&text), text.parse::<Board>(), is_divider(&text), in_words(&text));
        }

        #[test]
        fn a_board_reads_back_what_it_writes(cells in proptest::collection::vec(0_u8..=9, 81)) {
            let mut board = Board::empty(Shape::Nine);
            for (cell, value) in cells.into_iter().enumerate() {
                board.set(cell, Some(value));
            }
            prop_assert_eq!(board.to_string().parse::<Board>(), Ok(board));
        }
    }
}

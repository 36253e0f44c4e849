//! Cells named by a letter and a digit: `B1` is in row 2 where letters are rows, as in much writing on Sudoku, and in column
//! 2 where they are columns, as in a spreadsheet. The text decides.

use super::{Sudoku, words::ORDINAL};
use crate::{base::phrases::Phrases, task::sudoku::Shape};
use std::sync::LazyLock;

/// What the letters of `B1` count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    Rows,
    Columns,
}

impl Sudoku {
    /// The row and column of `B1`. A clue that has another value one way and not the other decides, when no word has.
    pub(super) fn lettered(&mut self, letter: u8, digit: u8, value: u8) -> (u8, u8) {
        let size = self.position.shape().unwrap_or(Shape::Nine).size();
        let index = |named: u8| {
            usize::from(named & !ORDINAL)
                .checked_sub(1)
                .filter(|at| *at < size)
        };
        let against = |row: u8, column: u8| {
            let at = index(row).zip(index(column));
            let given = at.and_then(|(row, column)| self.position.given(row * size + column));
            given.is_some_and(|given| given != value)
        };
        if self.letters.is_none() {
            self.letters = match (against(letter, digit), against(digit, letter)) {
                (true, false) => Some(Letters::Columns),
                (false, true) => Some(Letters::Rows),
                _ => None,
            };
        }
        match self.letters {
            Some(Letters::Columns) => (digit, letter),
            _ => (letter, digit),
        }
    }
}

/// Words that may stand between a unit and its letters.
const MOST_BETWEEN: usize = 6;

/// What a sentence says of letters: `label columns A-D`, `rows A to I`, `letters are the columns`.
pub(super) fn said_of_letters(text: &str) -> Option<Letters> {
    if !may_name(text) {
        return None;
    }
    const BETWEEN: [&str; 14] = [
        "labeled", "labelled", "lettered", "named", "called", "are", "as", "with", "letters", "by", "from",
        "using", "be", "the",
    ];
    let unit = |word: &str| match word.to_ascii_lowercase().as_str() {
        "row" | "rows" => Some(Letters::Rows),
        "column" | "columns" | "col" | "cols" => Some(Letters::Columns),
        _ => None,
    };
    let between = |word: &&str| BETWEEN.contains(&word.to_ascii_lowercase().as_str());
    let letter = |word: &str| match *word.trim_end_matches([',', '.', ':', ';']).as_bytes() {
        [letter @ b'A'..=b'I'] => Some(letter),
        _ => None,
    };
    // What ends a thought ends the search.
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | ':' | ';' | ',' | '\'' | '\u{2019}')))
        .filter(|word| !word.is_empty())
        .collect();
    let behind = |at: usize| words.get(at + 1..).unwrap_or_default();
    // `I` is a word, and so is `A` unless another letter follows: `A-D`, `A to D`.
    let is_name = |words: &[&str]| match words {
        [first, rest @ ..] => match letter(first) {
            Some(b'A') => rest
                .iter()
                .find(|word| !matches!(**word, "to" | "through" | "and"))
                .is_some_and(|word| letter(word).is_some()),
            Some(b'I') | None => false,
            Some(_) => true,
        },
        [] => false,
    };
    let named = |at: usize, word: &str| {
        let unit = unit(word)?;
        let rest = behind(at);
        let fillers = rest
            .iter()
            .take(MOST_BETWEEN)
            .take_while(|word| between(word))
            .count();
        is_name(rest.get(fillers..)?).then_some(unit)
    };
    let explained = |at: usize, word: &str| {
        let letters =
            letter(word).is_some() && !word.ends_with([',', '.']) || word.eq_ignore_ascii_case("letters");
        let (verb, rest) = behind(at).split_first().filter(|_| letters)?;
        let tells = matches!(*verb, "for" | "are" | "denote" | "mean" | "name");
        let noun = rest
            .iter()
            .take(MOST_BETWEEN)
            .find(|word| !between(word))
            .filter(|_| tells)?;
        unit(noun.trim_end_matches([',', '.']))
    };
    let each = || words.iter().enumerate();
    each()
        .find_map(|(at, word)| named(at, word))
        .or_else(|| each().find_map(|(at, word)| explained(at, word)))
}

/// The word for them, but for its first letter.
static LETTERS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&["etters", "ETTERS"]));

/// Whether a text has a letter by itself, or speaks of letters. Others say nothing of them.
fn may_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let alone = |(at, byte): (usize, &u8)| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let neighbours = [before, bytes.get(at + 1)];
        let in_word = neighbours.into_iter().flatten().any(u8::is_ascii_alphanumeric);
        matches!(byte, b'A'..=b'I') && !in_word
    };
    bytes.iter().enumerate().any(alone) || LETTERS.first(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_what_its_letters_count() {
        for (text, says) in [
            ("Label columns A-D.", Some(Letters::Columns)),
            ("I'll label the columns A, B, C and D.", Some(Letters::Columns)),
            ("Rows 1-4 and columns labelled A to D:", Some(Letters::Columns)),
            ("Rows are A-I, columns are 1-9.", Some(Letters::Rows)),
            ("Letters are the columns.", Some(Letters::Columns)),
            ("Use A-D for columns and 1-4 for rows.", Some(Letters::Columns)),
            ("Column 1: A 2 is needed.", None),
            ("Look at the columns: A 3 is missing.", None),
            ("In column I see that 2 is missing.", None),
            ("In that row A 3 is missing.", None),
            ("Column B needs a 3.", Some(Letters::Columns)),
            ("A1 = 2", None),
        ] {
            assert_eq!(said_of_letters(text), says, "{text}");
        }
    }
}

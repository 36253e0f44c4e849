//! A sentence about a Sudoku as items: cells, rows and columns however they are named, digits, lists and runs of them, and
//! the words between.
//!
//! Numbers of cells stay as the text counts them, from 0 or from 1. Simplification: `A5` is a cell only in capitals.

use super::{
    names::{cells, numbered},
    wide::wide,
};
use crate::task::sudoku::Written;

/// Marks a number that was said as an ordinal or letter: it counts from 1 whatever the others do.
pub(super) const ORDINAL: u8 = 0x80;

/// Marks the row of a cell named by a letter and a digit: the letter may be the column instead.
pub(super) const LETTER: u8 = 0x40;

/// Items of one sentence at most; hostile text stays cheap.
const MOST_ITEMS: usize = 20_000;

/// What stands at a place of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What<'a> {
    /// `r1c2`, `(0,1)`, `row 1, column 2`, `A5`: as counted by the text.
    Cell(u8, u8),
    /// `row 2`, `the second row`.
    Row(u8),
    /// `column 2`.
    Column(u8),
    /// `position 3`, `the last spot`: somewhere in a row or column.
    Place(u8),
    /// A box, which texts name in too many ways to be followed.
    Box,
    /// A digit by itself.
    Digit(u8),
    /// `1, 3 and 4`; digits that are no row.
    List(Vec<u8>),
    /// As many cells as a row has, one behind the other; by commas when the flag says so.
    Run(Vec<Written>, bool),
    /// Digits and blanks, but not as many as a row has.
    Broken,
    /// A word in lower case.
    Word(&'a str),
    /// `=` and arrows are `=`; other signs are themselves.
    Sign(char),
}

/// An item with its bytes in the sentence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item<'a> {
    pub what: What<'a>,
    pub start: usize,
    pub end: usize,
}

impl Item<'_> {
    /// Whether it is this word.
    pub fn is(&self, word: &str) -> bool {
        matches!(self.what, What::Word(here) if here == word)
    }
}

pub(super) const ORDINALS: [&str; 9] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
];

/// The items of a sentence; `lower` is `text` in ASCII lower case, `size` the rows of the grid.
pub(super) fn items<'a>(text: &str, lower: &'a str, size: u8) -> Vec<Item<'a>> {
    let mut items = raw(text, lower, size);
    items = numbered(items, size);
    items = digits(items, size);
    cells(items)
}

/// Words, digits and signs. A digit that belongs to a word is part of it.
fn raw<'a>(text: &str, lower: &'a str, size: u8) -> Vec<Item<'a>> {
    /// Bytes of an item with the blank behind it, mostly.
    const BYTES: usize = 4;
    let bytes = lower.as_bytes();
    let mut items = Vec::with_capacity((bytes.len() / BYTES).min(MOST_ITEMS));
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if items.len() >= MOST_ITEMS {
            break;
        }
        let rest = lower.get(at..).unwrap_or_default();
        let (what, length) = match byte {
            b'0'..=b'9' | b'a'..=b'z' => {
                let length = word_length(rest);
                let word = rest.get(..length).unwrap_or_default();
                let capital = text.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase);
                word_or_number(word, rest, capital, size)
            }
            b'(' | b'[' => match tuple(rest) {
                Some((row, column, length)) => (What::Cell(row, column), length),
                None => (What::Sign(byte as char), 1),
            },
            b'_' => {
                let length = rest.find(|c| c != '_').unwrap_or(rest.len());
                (What::Digit(0), length)
            }
            b'.' if is_alone(lower, at) => (What::Digit(0), 1),
            b'-' | b'=' if rest.starts_with("->") || rest.starts_with("=>") => (What::Sign('='), 2),
            0x80.. if let Some(wide) = wide(rest) => wide,
            _ => {
                let c = rest.chars().next().unwrap_or(' ');
                let sign = if matches!(c, '\u{2192}' | '\u{21d2}' | '\u{2190}') {
                    '='
                } else {
                    c
                };
                (What::Sign(sign), c.len_utf8())
            }
        };
        if !matches!(what, What::Sign(c) if c.is_whitespace() || matches!(c, '*' | '`' | '$')) {
            items.push(Item {
                what,
                start: at,
                end: at + length,
            });
        }
        at += length.max(1);
    }
    items
}

/// Bytes of the letters, digits and apostrophes that a text begins with.
fn word_length(text: &str) -> usize {
    let mut rest = text;
    loop {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'\'';
        let length = rest.bytes().take_while(plain).count();
        rest = rest.get(length..).unwrap_or_default();
        match rest.strip_prefix('\u{2019}') {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    text.len() - rest.len()
}

/// Whether the point at `at` stands between blanks or digits and blanks, as empty cells do.
fn is_alone(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at + 1..).unwrap_or_default();
    before.ends_with(' ') && after.starts_with(' ')
}

fn word_or_number<'a>(word: &'a str, rest: &str, capital: bool, size: u8) -> (What<'a>, usize) {
    let whole = word.len();
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = rest.get(whole..).unwrap_or_default();
    if digits == whole {
        // `1-4` is a range, `2.5` a number, `3x3` and `9×9` sizes.
        let mut next = after.chars();
        let joins = matches!(next.next(), Some('-' | '\u{2013}' | '.' | '\u{d7}'));
        if joins && next.next().is_some_and(|c| c.is_ascii_digit()) {
            let more = after
                .find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '\u{2013}' | '.' | '\u{d7}'))
                .unwrap_or(after.len());
            return (What::Word("#"), whole + more);
        }
        return match word.as_bytes() {
            [digit] => (What::Digit(digit - b'0'), whole),
            many if many.len() == usize::from(size) => {
                let cell = |(at, digit): (usize, &u8)| Written {
                    value: Some(digit - b'0').filter(|digit| *digit > 0),
                    at,
                };
                (
                    What::Run(many.iter().enumerate().map(cell).collect(), false),
                    whole,
                )
            }
            _ => (What::Word("#"), whole),
        };
    }
    if digits > 0 {
        return match word.as_bytes() {
            [digit @ b'1'..=b'9', b's' | b'n' | b'r' | b't', b't' | b'd' | b'h'] => (
                What::Word(ORDINALS.get(usize::from(digit - b'1')).copied().unwrap_or("#")),
                whole,
            ),
            [digit @ b'1'..=b'9', b'\'', b's'] | [digit @ b'1'..=b'9', b's'] => {
                (What::Digit(digit - b'0'), whole)
            }
            _ => (What::Word("#"), whole),
        };
    }
    let digit = |byte: u8| byte.wrapping_sub(b'0');
    match word.as_bytes() {
        [b'r', row @ b'0'..=b'9', b'c', column @ b'0'..=b'9'] => {
            (What::Cell(digit(*row), digit(*column)), whole)
        }
        [b'r', row @ b'0'..=b'9'] => (What::Row(digit(*row)), whole),
        [b'c', column @ b'0'..=b'9'] if !capital || rest_is_column(after) => {
            (What::Column(digit(*column)), whole)
        }
        [row @ b'a'..=b'i', column @ b'1'..=b'9'] if capital => (
            What::Cell((row - b'a' + 1) | ORDINAL | LETTER, digit(*column) | ORDINAL),
            whole,
        ),
        [b'r', b'o', b'w', row @ b'0'..=b'9'] => (What::Row(digit(*row)), whole),
        [b'c', b'o', b'l', column @ b'0'..=b'9'] => (What::Column(digit(*column)), whole),
        _ if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => (What::Word(word), whole),
        _ => {
            let word = word
                .trim_end_matches(['\'', '\u{2019}'])
                .trim_end_matches("'s")
                .trim_end_matches("\u{2019}s");
            (What::Word(straight(word)), whole)
        }
    }
}

/// A contraction with a straight apostrophe.
fn straight(word: &str) -> &str {
    const SHORT: [&str; 5] = ["can't", "isn't", "won't", "doesn't", "shouldn't"];
    let same = |short: &&&str| {
        let (head, tail) = short.split_once('\'').unwrap_or_default();
        word.split_once('\u{2019}') == Some((head, tail))
    };
    SHORT.iter().find(same).copied().unwrap_or(word)
}

/// Whether `C3` before this is a column and not a cell: nothing is put into it.
fn rest_is_column(after: &str) -> bool {
    !after.trim_start().starts_with(['=', ':'])
}

/// `(1, 2)` or `[1][2]`: the two numbers and the length.
fn tuple(text: &str) -> Option<(u8, u8, usize)> {
    let number = |text: &str| {
        let digit = text.bytes().next().filter(u8::is_ascii_digit)?;
        let alone = !text.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        alone.then_some(digit - b'0')
    };
    let (open, close) = if text.starts_with('(') {
        ('(', ')')
    } else {
        ('[', ']')
    };
    let inner = text.get(1..)?.trim_start();
    let first = number(inner)?;
    let inner = inner.get(1..)?.trim_start();
    let inner = match inner.strip_prefix("][") {
        Some(inner) if open == '[' => inner,
        _ => inner.strip_prefix([',', ';'])?,
    };
    let inner = inner.trim_start();
    let second = number(inner)?;
    let inner = inner.get(1..)?.trim_start().strip_prefix(close)?;
    // `[1, 2]` are candidates unless something is put there.
    let put = inner.trim_start().starts_with(['=', ':']) || text.contains("][");
    (open == '(' || put).then_some((first, second, text.len() - inner.len()))
}

/// Neighbouring digits: one alone, a list, or the cells of a row.
fn digits(items: Vec<Item<'_>>, size: u8) -> Vec<Item<'_>> {
    let mut done: Vec<Item<'_>> = Vec::with_capacity(items.len());
    let mut from = 0;
    while let Some(item) = items.get(from) {
        if !matches!(item.what, What::Digit(_)) {
            done.push(item.clone());
            from += 1;
            continue;
        }
        let mut cells: Vec<Written> = Vec::new();
        let (mut to, mut comma, mut joined) = (from, false, false);
        let mut end = item.end;
        // Separators count only between two digits.
        let mut between = (false, false);
        while let Some(next) = items.get(to) {
            match next.what {
                What::Digit(digit) => {
                    cells.push(Written {
                        value: Some(digit).filter(|digit| *digit > 0),
                        at: next.start,
                    });
                    (comma, joined) = (comma | between.0, joined | between.1);
                    (between, end, from) = ((false, false), next.end, to + 1);
                }
                What::Sign(',' | '/') => between.0 = true,
                What::Sign('|' | '&') => {}
                What::Word("and" | "or") => between.1 = true,
                _ => break,
            }
            to += 1;
        }
        let values = || cells.iter().filter_map(|cell| cell.value).collect::<Vec<u8>>();
        let blank = cells.iter().any(|cell| cell.value.is_none());
        let fits = values().iter().all(|value| *value <= size);
        let what = match cells.as_slice() {
            [one] => one.value.map_or(What::Broken, What::Digit),
            many if many.len() == usize::from(size) && !joined && fits => What::Run(cells, comma && !blank),
            _ if (comma || joined) && !blank => What::List(values()),
            _ => What::Broken,
        };
        done.push(Item {
            what,
            start: item.start,
            end,
        });
    }
    // Cells of a run written as one word know their place in the word only.
    for item in &mut done {
        if let What::Run(cells, _) = &mut item.what
            && cells.first().is_some_and(|cell| cell.at == 0)
        {
            cells.iter_mut().for_each(|cell| cell.at += item.start);
        }
    }
    done
}

#[cfg(test)]
mod tests;

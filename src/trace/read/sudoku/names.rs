//! Rows, columns and places by name and number, and the cells that two of them make.

use super::words::{Item, LETTER, ORDINAL, ORDINALS, What};
use crate::task::sudoku::Shape;

/// Words whose number is no value: `step 3`.
const NUMBERED: [&str; 12] = [
    "step", "clue", "case", "option", "rule", "part", "house", "level", "figure", "section", "attempt",
    "solution",
];

/// Whether a line names a row, column or cell that only those have who count from 0 (`row 0`, `(0,1)`, `grid[0][1]`,
/// `r0c1`) and none that only those have who count from 1.
pub(super) fn counts_from_zero(line: &str, shape: Option<Shape>) -> bool {
    /// Digits of a line that are looked at; a grid may have many.
    const MOST: usize = 100;
    let names = |digit: u8| {
        let mut places = memchr::memchr_iter(digit, line.as_bytes()).take(MOST);
        places.any(|at| {
            let (before, behind) = line.split_at_checked(at).unwrap_or_default();
            is_named(before, behind.get(1..).unwrap_or_default())
        })
    };
    let last = shape.and_then(|shape| u8::try_from(shape.size()).ok());
    names(b'0') && !last.is_some_and(|last| names(b'0' + last))
}

/// Whether a digit between these is the number of a row or column.
fn is_named(before: &str, behind: &str) -> bool {
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if digit(behind) {
        return false;
    }
    // `row 0 3 4 0` writes a row without its number.
    let alone = !digit(behind.trim_start_matches([' ', ',']));
    let head = before.trim_end_matches([' ', '#']);
    let word = head
        .rsplit(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    let is = |words: &[&str]| words.iter().any(|name| word.eq_ignore_ascii_case(name));
    if is(&["row", "column", "col"]) {
        return alone;
    }
    // `r0c1`, `r1c0`
    if head.len() == before.len() {
        let behind_c = || {
            before
                .trim_end_matches(['c', 'C'])
                .ends_with(|c: char| c.is_ascii_digit())
        };
        let row = is(&["r"]) && behind.starts_with(['c', 'C']);
        let column = is(&["c"]) && behind_c();
        if row || column || before.ends_with('\u{7b2c}') {
            return true;
        }
    }
    let open = before.trim_end();
    let last = || {
        open.strip_suffix([',', ';'])
            .map(str::trim_end)
            .is_some_and(|first| {
                let first = first.strip_suffix(|c: char| c.is_ascii_digit());
                first.is_some_and(|first| first.trim_end().ends_with('('))
            })
    };
    let first = || {
        let second = behind.trim_start().strip_prefix([',', ';']).map(str::trim_start);
        let second = second
            .filter(|second| digit(second))
            .and_then(|second| second.get(1..));
        second.is_some_and(|second| second.trim_start().starts_with(')'))
    };
    let index = || {
        let pair = behind
            .trim_start()
            .strip_prefix(']')
            .is_some_and(|rest| rest.starts_with('['));
        pair || behind.starts_with(']') && open.trim_end_matches('[').ends_with(']')
    };
    open.ends_with('(') && first()
        || behind.trim_start().starts_with(')') && last()
        || open.ends_with('[') && index()
}

/// Units with their numbers: `row 2`, `the second row`, `last column`.
pub(super) fn numbered(mut items: Vec<Item<'_>>, size: u8) -> Vec<Item<'_>> {
    verbs(&mut items);
    let mut done: Vec<Item<'_>> = Vec::with_capacity(items.len());
    let mut items = items.into_iter().peekable();
    while let Some(mut item) = items.next() {
        let What::Word(word) = item.what else {
            done.push(item);
            continue;
        };
        let is_unit = |word: &str| {
            matches!(
                word,
                "row"
                    | "column"
                    | "col"
                    | "position"
                    | "pos"
                    | "spot"
                    | "slot"
                    | "cell"
                    | "square"
                    | "place"
                    | "number"
                    | "entry"
                    | "element"
                    | "blank"
                    | "box"
                    | "block"
                    | "subgrid"
                    | "region"
                    | "quadrant"
            )
        };
        let make = |word: &str, number: u8| match word {
            "row" => What::Row(number),
            "column" | "col" => What::Column(number),
            // The first blank of a row may be any of its cells.
            "blank" | "box" | "block" | "subgrid" | "region" | "quadrant" => What::Box,
            _ => What::Place(number),
        };
        if NUMBERED.contains(&word) || is_plural(word) {
            done.push(item);
            // Its numbers are names, not values.
            while let Some(next) = items.peek() {
                let name =
                    matches!(next.what, What::Digit(_) | What::Sign(',' | '#' | '&')) || next.is("and");
                if !name || NUMBERED.contains(&word) && !matches!(next.what, What::Digit(_) | What::Sign('#'))
                {
                    break;
                }
                items.next();
            }
            continue;
        }
        if is_unit(word) {
            if let Some(mark) = items.next_if(|next| matches!(next.what, What::Sign('#' | '.'))) {
                item.end = mark.end;
            }
            let numbers = word != "number";
            if let Some(next) = items.next_if(|next| numbers && matches!(next.what, What::Digit(_))) {
                if let What::Digit(number) = next.what {
                    item.what = make(word, number);
                }
                item.end = next.end;
            } else if let Some((number, end)) = spelled(word, items.peek(), size) {
                item.what = make(word, number);
                item.end = end;
                items.next();
            } else {
                let before = done.last().and_then(|before| match before.what {
                    What::Word("last" | "bottom" | "rightmost") => Some(size),
                    What::Word("final") if word == "row" => Some(size),
                    What::Word("top" | "leftmost") => Some(1),
                    What::Word(word) => {
                        let place = ORDINALS.iter().position(|ordinal| *ordinal == word)?;
                        u8::try_from(place + 1).ok()
                    }
                    _ => None,
                });
                if let Some(number) = before.filter(|number| *number <= size) {
                    item.what = make(word, number | ORDINAL);
                    item.start = done.pop().map_or(item.start, |before| before.start);
                } else if matches!(word, "box" | "block" | "subgrid" | "region" | "quadrant") {
                    item.what = What::Box;
                }
            }
        }
        if let Some(place) = place_alone(word, items.peek()) {
            item.what = What::Place(place | ORDINAL);
            if let Some(one) = items.next_if(|next| next.is("one")) {
                item.end = one.end;
            }
        }
        done.push(item);
    }
    done
}

/// In `place 3 in row 2` and `we can place 3` no place is meant.
fn verbs(items: &mut [Item<'_>]) {
    const SUBJECTS: [&str; 18] = [
        "can", "could", "must", "should", "will", "may", "cannot", "can't", "don't", "we", "i", "i'll",
        "we'll", "let's", "us", "me", "you", "to",
    ];
    let is_any = |item: &Item<'_>, words: &[&str]| words.iter().any(|word| item.is(word));
    for at in 0..items.len() {
        let Some([place, value, rest @ ..]) = items.get(at..) else {
            return;
        };
        if !(place.is("place") && matches!(value.what, What::Digit(_))) {
            continue;
        }
        let before = |back: usize| at.checked_sub(back).and_then(|at| items.get(at));
        let noun = before(1).is_some_and(|before| is_any(before, &["the", "in", "at", "of"]));
        let only = before(1).is_some_and(|before| before.is("only") || before.is("then"));
        let subject = before(1 + usize::from(only)).is_some_and(|before| is_any(before, &SUBJECTS));
        let into = rest
            .first()
            .is_some_and(|into| is_any(into, &["in", "into", "at"]));
        if !noun
            && (subject || into)
            && let Some(place) = items.get_mut(at)
        {
            place.what = What::Word("put");
        }
    }
}

/// `row two`: the number and where it ends. `Place one` and `number one` are no names.
fn spelled(unit: &str, next: Option<&Item<'_>>, size: u8) -> Option<(u8, usize)> {
    const NUMBERS: [&str; 9] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    let next = next.filter(|_| matches!(unit, "row" | "column" | "col" | "position" | "box" | "block"))?;
    let number = NUMBERS.iter().position(|number| next.is(number))?;
    let number = u8::try_from(number + 1).ok().filter(|number| *number <= size)?;
    Some((number, next.end))
}

/// The number of an ordinal.
pub(super) fn ordinal_of(word: &str) -> Option<u8> {
    let place = ORDINALS.iter().position(|ordinal| *ordinal == word)?;
    u8::try_from(place + 1).ok()
}

/// `the third one`, `second is 2`: an ordinal that stands for a place by itself.
fn place_alone(word: &str, next: Option<&Item<'_>>) -> Option<u8> {
    let place = ORDINALS.iter().position(|ordinal| *ordinal == word)?;
    let alone = next.is_some_and(|next| {
        matches!(
            next.what,
            What::Word("one" | "is" | "must" | "becomes") | What::Sign('=')
        )
    });
    u8::try_from(place + 1).ok().filter(|_| alone)
}

fn is_plural(word: &str) -> bool {
    matches!(
        word,
        "rows"
            | "columns"
            | "cols"
            | "boxes"
            | "blocks"
            | "subgrids"
            | "positions"
            | "cells"
            | "clues"
            | "spots"
    )
}

/// A row and a column that belong together are a cell.
pub(super) fn cells(items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    const FILLERS: usize = 3;
    let mut done: Vec<Item<'_>> = Vec::with_capacity(items.len());
    let mut items = items.into_iter().peekable();
    while let Some(mut item) = items.next() {
        if let Some(cell) = again(&done, &item) {
            // `(1,3) in row 1` is still one cell.
            let end = item.end;
            done.truncate(cell + 1);
            if let Some(cell) = done.last_mut() {
                cell.end = end;
            }
            continue;
        }
        let joins = |what: &What<'_>| match (what, &item.what) {
            (What::Row(row), What::Column(column) | What::Place(column)) => Some((*row, *column)),
            (What::Column(column) | What::Place(column), What::Row(row)) => Some((*row, *column)),
            (What::Place(row), What::Column(column)) => Some((*row, *column)),
            _ => None,
        };
        let fillers = done
            .iter()
            .rev()
            .take(FILLERS + 1)
            .take_while(|item| {
                matches!(
                    item.what,
                    What::Sign(',' | '(' | ')') | What::Word("of" | "in" | "the" | "at")
                )
            })
            .count();
        let at = done.len().checked_sub(fillers + 1).filter(|_| fillers <= FILLERS);
        // `in the third column, the third row's first column`: the row has a column of its own.
        let comma = done
            .iter()
            .rev()
            .take(fillers)
            .any(|item| item.what == What::Sign(','));
        let next = items.peek().map(|next| &next.what);
        let own = comma
            && matches!(item.what, What::Row(_))
            && matches!(next, Some(What::Column(_) | What::Place(_)));
        let at = at.filter(|_| !own);
        let joined = at.and_then(|at| joins(&done.get(at)?.what));
        if let (Some(at), Some((row, column))) = (at, joined) {
            item.start = done.get(at).map_or(item.start, |item| item.start);
            item.what = What::Cell(row, column);
            done.truncate(at);
        }
        done.push(item);
    }
    done
}

/// The cell that `item`, behind `in` or `of`, only names the row or column of once more.
fn again(done: &[Item<'_>], item: &Item<'_>) -> Option<usize> {
    let fillers = done
        .iter()
        .rev()
        .take(2)
        .take_while(|item| item.is("the"))
        .count();
    let at = done.len().checked_sub(fillers + 2).filter(|_| fillers < 2)?;
    let inside = done
        .get(at + 1)
        .is_some_and(|item| item.is("in") || item.is("of"));
    let What::Cell(row, column) = done.get(at).filter(|_| inside)?.what else {
        return None;
    };
    let same = |one: u8, other: u8| one & !(ORDINAL | LETTER) == other & !ORDINAL;
    match item.what {
        // Which of the two the letter counts may not be known yet.
        What::Row(named) | What::Column(named) if row & LETTER != 0 => {
            same(row, named) || same(column, named)
        }
        What::Row(named) => same(row, named),
        What::Column(named) => same(column, named),
        _ => false,
    }
    .then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_from_0_when_it_names_what_only_then_is_there() {
        let counts = |line: &str| counts_from_zero(line, Some(Shape::Four));
        for line in [
            "row 0 has 4",
            "Column 0: 1",
            "(0, 1) = 2",
            "(1,0) is 2",
            "( 2 ; 0 )",
            "grid[0][1] = 2",
            "board[1][0]",
            "r0c1",
            "R1C0 = 1",
            "\u{7b2c}0\u{884c}",
        ] {
            assert!(counts(line), "{line}");
        }
        for line in [
            "1 0 3 0",
            "row 10",
            "The first row 0 4 0 1",
            "row 0, 4, 0, 1",
            "2.0 (0)",
            "(10,2)",
            "[0, 4, 0, 1]",
            "Here 0 is empty, (1,2) too",
            "grid[0][1] is in row 4 of four",
            "R4C4, or grid[3][0]",
        ] {
            assert!(!counts(line), "{line}");
        }
    }
}

//! Places that the words behind a value name.

use super::{
    names::ordinal_of,
    puts::{Speaker, placed},
    say::Named,
    words::{Item, ORDINAL, What},
};

impl Speaker<'_, '_> {
    /// The cell that the words behind a digit lead to. A column alone needs a row that has been named and a word for
    /// putting, as the digits of a row are often mentioned with their columns.
    pub(super) fn place_after(
        &self,
        digit: usize,
        row: Option<u8>,
        column: Option<u8>,
        unit: Option<Named>,
        joined: Option<usize>,
    ) -> Option<(usize, (u8, u8))> {
        const PUTTING: [&str; 15] = [
            "go", "goes", "placed", "place", "put", "putting", "placing", "must", "fits", "belongs", "needs",
            "need", "missing", "be", "fit",
        ];
        let from = digit + 1;
        let rest = self.items.get(from..)?;
        // Of a column that the line before is about.
        let column = column.or(match unit.or(self.topic.above) {
            Some(Named::Column(column)) => Some(column),
            _ => None,
        });
        if let Some((at, number)) = joined.and_then(|_| ordinal(rest)) {
            let cell = match self.items.get(joined?)?.what {
                What::Row(_) => (number, column?),
                What::Column(_) => (row?, number),
                _ => return None,
            };
            return Some((from + at, cell));
        }
        let at = rest
            .iter()
            .position(|item| !matches!(item.what, What::Word(_) | What::Sign(_)))?;
        let around = self.items.get(digit.saturating_sub(2)..from + at)?;
        let putting = joined.is_some()
            || around
                .iter()
                .any(|item| matches!(item.what, What::Word(word) if PUTTING.contains(&word)));
        // `5 must be in column 3 or 6`: that stays open.
        let next = rest.get(at + 1).map(|next| &next.what);
        if matches!(next, Some(What::Word("or") | What::Sign('/'))) {
            return None;
        }
        let cell = match rest.get(at)?.what {
            What::Cell(row, column) => (row, column),
            What::Column(column) if putting => (row?, column),
            What::Place(place) if putting => placed(unit, place)?,
            What::Row(row) if putting => (row, column?),
            _ => return None,
        };
        Some((from + at, cell))
    }

    /// `3 is in…` says where a value stands, `3 is placed in…` puts it there.
    pub(super) fn stands(&self, from: usize, to: usize) -> bool {
        let words = self.items.get(from..to).unwrap_or_default();
        let is = |word: &str| words.iter().any(|item| item.is(word));
        (is("is") || is("are") || is("was")) && !is("placed") && !is("put")
    }

    /// Whether the word before a digit denies it: `no 3 in…`.
    pub(super) fn denied(&self, digit: usize) -> bool {
        digit
            .checked_sub(1)
            .and_then(|at| self.items.get(at))
            .is_some_and(|item| {
                matches!(
                    item.what,
                    What::Word("no" | "not" | "another" | "without" | "than" | "has" | "of" | "existing")
                )
            })
    }

    /// Whether the digit at `digit` goes on with what was put at `last`: `put 3 in the second row and 2 in…`.
    pub(super) fn joins(&self, last: usize, digit: usize) -> bool {
        let between = self.items.get(last + 1..digit).unwrap_or_default();
        let and = |item: &Item<'_>| item.is("and") || matches!(item.what, What::Sign(','));
        matches!(between.len(), 1 | 2) && between.iter().all(and)
    }

    /// Whether a column at `at` is written out: `The first column is: 4, _, 1, _`.
    pub(super) fn is_told(&self, at: usize) -> bool {
        let behind = self.items.get(at + 1..at + 3).unwrap_or_default();
        matches!(behind, [is, sign] if is.is("is") && sign.what == What::Sign(':'))
    }

    /// Whether a column at `at` is only where a value goes: `4 in the first column`.
    pub(super) fn is_place(&self, at: usize) -> bool {
        let before = self.items.get(..at).unwrap_or_default();
        let before = match before {
            [before @ .., the] if the.is("the") => before,
            before => before,
        };
        matches!(before, [.., value, into] if matches!(value.what, What::Digit(_))
            && ["in", "into", "at"].iter().any(|word| into.is(word)))
    }

    /// `This goes in row 4, column 3`, when the sentence before has ended with what is needed.
    pub(super) fn needed_here(&mut self) {
        let Some(value) = self.topic.needed.take() else {
            return;
        };
        let [subject, words @ ..] = self.items else { return };
        let goes = words.iter().take(3).any(|item| item.is("goes") || item.is("go"));
        let place = words.iter().position(|item| matches!(item.what, What::Cell(..)));
        let only_words = words.get(..place.unwrap_or_default()).is_some_and(|words| {
            words
                .iter()
                .all(|item| matches!(item.what, What::Word(word) if !OPEN.contains(&word)))
        });
        let is_it = subject.is("this") || subject.is("it") || subject.is("that");
        if let Some(What::Cell(row, column)) = place.and_then(|at| words.get(at)).map(|item| &item.what)
            && is_it
            && goes
            && only_words
            && !words.iter().any(|item| item.is("or"))
        {
            self.push(0, place.unwrap_or_default() + 1, *row, *column, value);
        }
    }

    /// The value that a sentence ends with as what is needed: `so we need 4.`
    pub(super) fn remember_needed(&mut self) {
        let words = match self.items {
            [words @ .., end] if matches!(end.what, What::Sign('.')) => words,
            words => words,
        };
        if let [.., need, value] = words
            && let What::Digit(value) = value.what
            && (need.is("need") || need.is("needs"))
        {
            self.topic.needed = Some(value);
        }
    }
}

/// Words that leave open where something goes.
const OPEN: [&str; 6] = ["could", "can", "can't", "cannot", "not", "might"];

/// `in the fourth`: the item of the ordinal, and its number.
fn ordinal(items: &[Item<'_>]) -> Option<(usize, u8)> {
    let at = items.iter().take(3).position(|item| match item.what {
        What::Word(word) => ordinal_of(word).is_some(),
        _ => false,
    })?;
    let What::Word(word) = items.get(at)?.what else {
        return None;
    };
    Some((at, ordinal_of(word)? | ORDINAL))
}

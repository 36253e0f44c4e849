//! Places that the words behind a value name.

use super::{
    names::ordinal_of,
    puts::{BLOCKERS, Speaker, placed},
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

    /// Whether a digit is only named as what stands at the place behind it: `column 4 already has a 2 at (1,4)`, `because of
    /// the 2 in R1C4`.
    pub(super) fn cited(&self, digit: usize, place: usize) -> bool {
        /// Items before the digit that are looked at.
        const FAR: usize = 6;
        const PUTTING: [&str; 11] = [
            "go", "goes", "placed", "put", "must", "needs", "belongs", "fits", "place", "placing", "putting",
        ];
        const NAMING: [&str; 24] = [
            "already",
            "there",
            "existing",
            "conflicts",
            "conflict",
            "conflicting",
            "clashes",
            "clash",
            "contradicts",
            "duplicates",
            "duplicate",
            "repeats",
            "sees",
            "see",
            "because",
            "since",
            "due",
            "from",
            "out",
            "eliminates",
            "eliminate",
            "excludes",
            "blocks",
            "blocked",
        ];
        const HAVING: [&str; 5] = ["has", "have", "had", "contains", "holds"];
        const CONCLUDING: [&str; 8] = ["so", "thus", "therefore", "hence", "now", "then", "must", "to"];
        let is = |item: &Item<'_>, words: &[&str]| words.iter().any(|word| item.is(word));
        let between = self.items.get(digit + 1..place).unwrap_or_default();
        if between.iter().any(|item| is(item, &PUTTING)) {
            return false;
        }
        let clause = self.items.get(..digit).unwrap_or_default();
        let clause = clause
            .rsplit(|item| matches!(item.what, What::Sign(_)))
            .next()
            .unwrap_or_default();
        let near = clause.get(clause.len().saturating_sub(FAR)..).unwrap_or_default();
        if near.iter().any(|item| is(item, &NAMING)) {
            return !near.iter().any(|item| is(item, &PUTTING));
        }
        let concludes = || clause.iter().any(|item| is(item, &CONCLUDING));
        if near.iter().any(|item| is(item, &HAVING)) {
            return !concludes();
        }
        // `But the 2 in (1,4)…`
        match clause {
            [the] => the.is("the"),
            [link, the] => the.is("the") && (link.is("but") || link.is("and") || link.is("as")),
            _ => false,
        }
    }

    /// Whether the words between a cell and the digit at `to` put it there: `fill (5,5) with 5`, `in (1,3) we can place 4`,
    /// `(5,5): the missing number is 5`.
    pub(super) fn filled(&self, cell: usize, to: usize) -> bool {
        const FILLING: [&str; 4] = ["fill", "fills", "filling", "filled"];
        const NUMBERS: [&str; 4] = ["number", "value", "digit", "one"];
        /// Words between a cell and its value at most.
        const FAR: usize = 9;
        let between = self.items.get(cell + 1..to).unwrap_or_default();
        let before = self.items.get(cell.saturating_sub(3)..cell).unwrap_or_default();
        let any = |words: &[&str], items: &[Item<'_>]| {
            items.iter().any(|item| words.iter().any(|word| item.is(word)))
        };
        let plain = || {
            between.iter().all(|item| match item.what {
                What::Word(word) => word == "missing" || !BLOCKERS.contains(&word) && word != "where",
                What::Sign(sign) => matches!(sign, ':' | ',' | '-' | '(' | ')'),
                _ => false,
            })
        };
        // `put the 5`, `write in a 5`.
        let article = |item: &&Item<'_>| {
            any(
                &["a", "the", "in", "number", "digit"],
                std::slice::from_ref(*item),
            )
        };
        let verb = || between.iter().rev().find(|item| !article(item));
        let said = match between {
            [with, rest @ ..] if with.is("with") => {
                any(&FILLING, before) && rest.iter().all(|item| article(&item))
            }
            [.., last] if last.is("is") || last.is("be") => {
                any(&["missing", "remaining"], between) && any(&NUMBERS, between)
            }
            _ => verb().is_some_and(|verb| any(&CHOOSING, std::slice::from_ref(verb))),
        };
        said && between.len() <= FAR && plain() && self.settled(to)
    }

    /// Whether nothing behind a digit leaves it open or says where else it goes.
    pub(super) fn settled(&self, digit: usize) -> bool {
        let behind = |far: usize| self.items.get(digit + far).map(|item| &item.what);
        match behind(1) {
            None | Some(What::Sign('.' | ';' | '!' | ',' | '(' | ')')) => true,
            Some(What::Word("for")) => matches!(behind(2), Some(What::Word("now"))),
            Some(What::Word(word)) => matches!(
                *word,
                "here"
                    | "there"
                    | "first"
                    | "because"
                    | "since"
                    | "as"
                    | "so"
                    | "then"
                    | "which"
                    | "tentatively"
            ),
            _ => false,
        }
    }

    /// Whether the words before a digit choose it: `put 2`, `let me go with 2`.
    pub(super) fn chooses(&self, digit: usize) -> bool {
        /// Words before it that are looked at.
        const FAR: usize = 5;
        let before = self
            .items
            .get(digit.saturating_sub(FAR)..digit)
            .unwrap_or_default();
        let verb = match before {
            [.., go, with] if with.is("with") => go.is("go"),
            [.., verb] => CHOOSING.iter().any(|word| verb.is(word)),
            [] => false,
        };
        let blocked = || {
            before.iter().any(|item| match item.what {
                What::Word(word) => BLOCKERS.contains(&word) || matches!(word, "if" | "where"),
                _ => false,
            })
        };
        verb && self.settled(digit) && !blocked()
    }

    /// Whether a digit is said to be what fits, and no more is said of it: `only 4 works.`
    pub(super) fn works(&self, digit: usize) -> bool {
        let is_end = |item: Option<&Item<'_>>| {
            item.is_none_or(|item| matches!(item.what, What::Sign('.' | ',' | '!')))
        };
        match self.items.get(digit + 1..).unwrap_or_default() {
            [is, fit, rest @ ..] if is.is("is") => {
                ["possible", "left", "available", "valid"]
                    .iter()
                    .any(|word| fit.is(word))
                    && is_end(rest.first())
            }
            [fits, rest @ ..] => {
                ["works", "fits", "remains"].iter().any(|word| fits.is(word)) && is_end(rest.first())
            }
            [] => false,
        }
    }

    /// Where a sentence without a cell chooses one of the values that the one before has left open.
    pub(super) fn choice(&self) -> Option<usize> {
        if !self.topic.open || self.items.iter().any(|item| matches!(item.what, What::Cell(..))) {
            return None;
        }
        let chooses = |item: &Item<'_>| item.is("with") || CHOOSING.iter().any(|word| item.is(word));
        self.items.iter().position(chooses)
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

/// Words for putting a value where no place is named behind it.
const CHOOSING: [&str; 10] = [
    "put", "place", "choose", "pick", "take", "use", "enter", "write", "insert", "try",
];

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

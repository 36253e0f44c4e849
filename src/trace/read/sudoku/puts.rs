//! Values that a sentence puts into cells.

use super::{
    say::{Named, Said, Speech, Topic},
    words::{Item, LETTER, What},
};

/// Words that leave open what is put where.
pub(super) const BLOCKERS: [&str; 29] = [
    "could",
    "might",
    "may",
    "not",
    "can't",
    "cannot",
    "isn't",
    "either",
    "candidates",
    "candidate",
    "possible",
    "possibly",
    "possibilities",
    "options",
    "missing",
    "except",
    "avoid",
    "than",
    "already",
    "no",
    "won't",
    "doesn't",
    "don't",
    "never",
    "shouldn't",
    "wouldn't",
    "between",
    "would",
    "neither",
];

/// Words after a digit that count something.
const COUNTED: [&str; 10] = [
    "options",
    "possibilities",
    "candidates",
    "cells",
    "numbers",
    "ways",
    "times",
    "or",
    "values",
    "digits",
];

/// Collects what a sentence says.
pub(super) struct Speaker<'a, 'b> {
    pub items: &'b [Item<'a>],
    /// Where a guess is announced.
    pub guess: Option<usize>,
    pub found: &'b mut Vec<Said>,
    pub topic: &'b mut Topic,
}

impl<'a> Speaker<'a, '_> {
    fn what(&self, at: usize) -> Option<&What<'a>> {
        self.items.get(at).map(|item| &item.what)
    }

    /// Whether the words `from..to` hold one of `wanted` and no blocker. `can` needs `only`.
    fn link(&self, from: usize, to: usize, wanted: &[&str], most: usize) -> bool {
        let words = self.items.get(from..to).unwrap_or_default();
        if words.len() > most {
            return false;
        }
        let is = |word: &str| words.iter().any(|item| item.is(word));
        let plain = words.iter().all(|item| {
            matches!(item.what, What::Word(word) if !BLOCKERS.contains(&word))
                || matches!(item.what, What::Sign('=' | ':' | ',' | '(' | ')' | '"'))
        });
        let linked = words.iter().any(|item| match item.what {
            What::Word(word) => wanted.contains(&word),
            What::Sign('=') => wanted.contains(&"="),
            What::Sign(':') => wanted.contains(&":"),
            _ => false,
        });
        plain && linked && (!is("can") || is("only"))
    }

    /// Whether a digit counts something, or is asked for; a guess may be a question.
    fn counts(&self, digit: usize) -> bool {
        let guessed = self.guess.is_some_and(|guess| guess < digit);
        self.items.get(digit + 1).is_some_and(|item| match item.what {
            What::Word(word) => COUNTED.contains(&word),
            What::Sign('?') => !guessed,
            _ => false,
        })
    }

    pub(super) fn push(&mut self, first: usize, last: usize, row: u8, column: u8, value: u8) {
        // `since if it were 1…` gives a reason and tries nothing.
        let reason = |guess: usize| {
            let before = self.items.get(guess.saturating_sub(2)..guess).unwrap_or_default();
            before.iter().any(|item| {
                matches!(
                    item.what,
                    What::Word("since" | "because" | "as" | "even") | What::Sign('(')
                )
            })
        };
        if self.guess.is_some_and(|guess| guess < last && reason(guess)) {
            return;
        }
        let at = match (self.items.get(first), self.items.get(last)) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => return,
        };
        // A guess is the first thing put behind its word.
        let guess = self.guess.take_if(|guess| *guess < last).is_some();
        self.found.push(Said {
            what: Speech::Put {
                row,
                column,
                value,
                guess,
            },
            at,
        });
    }

    /// Values that are put into cells.
    pub fn puts(&mut self) {
        const IS: [&str; 18] = [
            "=", ":", "is", "be", "becomes", "become", "gets", "to", "as", "needs", "takes", "holds", "now",
            "equals", "contains", "have", "being", "must",
        ];
        const INTO: [&str; 5] = ["in", "at", "into", "to", "for"];
        let mut row = self.topic.row;
        let mut column = None;
        let mut unit = self.topic.unit;
        let mut heads = self.topic.heads;
        let (mut at, mut aside) = (0, 0_usize);
        // The place of the value put last.
        let mut last = None;
        self.needed_here();
        self.guess = self.guess.or_else(|| self.choice());
        while let Some(what) = self.what(at).cloned() {
            // What stands in parentheses is a remark, after which the text goes on where it was.
            match what {
                What::Sign('(') => aside += 1,
                What::Sign(')') => aside = aside.saturating_sub(1),
                What::Row(number) if aside == 0 && (unit.is_none() || !self.is_reason(at)) => {
                    (row, column, unit) = (Some(number), None, Some(Named::Row(number)));
                    heads = self.is_heading(at);
                }
                What::Cell(number, _) if aside == 0 => {
                    // What a letter counts is told with each cell.
                    row = (number & LETTER == 0).then_some(number);
                    (column, unit, heads) = (None, row.map(Named::Row), false);
                }
                What::Column(number) if aside == 0 => {
                    column = Some(number);
                    if at < 3 && (self.is_heading(at) || self.is_told(at)) {
                        unit = Some(Named::Column(number));
                    }
                }
                // Which row the next one is, and where a box's first cell is, stays open.
                What::Word("row") if aside == 0 && self.is_other(at) => {
                    (row, unit, heads) = (None, None, false);
                }
                What::Box if aside == 0 && self.leads(at) => unit = None,
                _ => {}
            }
            let narrow = matches!(what, What::Column(_));
            let cell = match what {
                What::Cell(row, column) => Some((row, column)),
                What::Place(place) => placed(unit, place),
                // `its last column is a 1`
                What::Column(column) => {
                    let before = at.checked_sub(1).and_then(|at| self.items.get(at));
                    let its = before.is_some_and(|item| item.is("its"));
                    row.filter(|_| its || heads).map(|row| (row, column))
                }
                _ => None,
            };
            let in_cell = cell.filter(|_| !self.mentioned(at)).and_then(|cell| {
                let (to, value) = self.next(at + 1)?;
                let said = if narrow {
                    self.column_is(at, to)
                } else {
                    self.link(at + 1, to, &IS, 7) || self.filled(at, to)
                };
                (said && !self.counts(to)).then_some((to, cell, value))
            });
            let of_digit = |value: u8| {
                let after = || {
                    let joined = last.filter(|last| self.joins(*last, at));
                    let (to, cell) = self.place_after(at, row, column, unit, joined)?;
                    let named = || self.denied(at) || self.stands(at + 1, to) || self.cited(at, to);
                    (self.link(at + 1, to, &INTO, 7) && !named()).then_some((to, cell))
                };
                let here = |cell| (at, cell);
                let put = self
                    .only_place(at, row, column, unit)
                    .or_else(|| self.only_number(at).map(here))
                    .or_else(after)
                    .or_else(|| self.meant(at).map(here));
                put.map(|(to, cell)| (to, cell, value))
            };
            let put = match what {
                What::Digit(value) => of_digit(value),
                _ => in_cell,
            };
            if let Some((to, cell, value)) = put {
                self.push(at, to, cell.0, cell.1, value);
                if let Some(What::Cell(number, _)) = self.what(to)
                    && aside == 0
                {
                    row = (number & LETTER == 0).then_some(*number);
                    (column, unit, heads) = (None, row.map(Named::Row), false);
                }
                (at, last) = (to, Some(to));
            }
            at += 1;
        }
    }

    /// Whether a column of a row that has been named holds the digit at `to`: `Row 3: column 1 must be 2`, `- Column 1: 2 (as
    /// 1, 3, 4 are taken)`. `Column 1: 3` alone may also say what it has.
    fn column_is(&self, at: usize, to: usize) -> bool {
        const IS: [&str; 7] = ["=", "is", "be", "becomes", "gets", "must", "being"];
        let next = self.items.get(to + 1).map(|item| &item.what);
        let reason = matches!(
            next,
            Some(What::Sign('(') | What::Word("as" | "because" | "since"))
        );
        let over = matches!(
            next,
            None | Some(What::Sign(_) | What::Word("and" | "so" | "then" | "but" | "which"))
        );
        self.link(at + 1, to, &IS, 4) && (over || reason) || self.link(at + 1, to, &[":"], 1) && reason
    }

    /// Whether a row or column at `at` is what the words behind it are about: `Row 3:`, `in row 3,`.
    pub fn is_heading(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.items.get(at));
        let inside = before.is_some_and(|item| matches!(item.what, What::Word("in" | "for" | "at")));
        let next = self.items.get(at + 1).map(|item| &item.what);
        matches!(next, Some(What::Sign(':'))) || inside && matches!(next, Some(What::Sign(',')))
    }

    /// Whether a row is named only for a reason: `since row 1 has a 3`.
    fn is_reason(&self, at: usize) -> bool {
        let before = self.items.get(at.saturating_sub(2)..at).unwrap_or_default();
        before
            .iter()
            .any(|item| matches!(item.what, What::Word("since" | "because" | "as")))
    }

    /// Whether the row at `at` is one that only its neighbours name.
    pub fn is_other(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.items.get(at));
        before.is_some_and(|item| {
            matches!(
                item.what,
                What::Word("next" | "other" | "another" | "following" | "previous" | "middle" | "remaining")
            )
        })
    }

    /// Whether no row, column or cell is named before `at`, and little else.
    pub fn leads(&self, at: usize) -> bool {
        let before = self.items.get(..at).unwrap_or_default();
        let named = |item: &Item<'_>| matches!(item.what, What::Row(_) | What::Column(_) | What::Cell(..));
        at < 7 && !before.iter().any(named)
    }

    /// Whether a cell is one of several, or only mentioned: `or (1,2) = 4`, `row 4 already has (4,1) = 4`.
    fn mentioned(&self, at: usize) -> bool {
        let before = self.items.get(at.saturating_sub(3)..at).unwrap_or_default();
        // What is concluded is no longer what there is: `column 2 has 4 already, so R1C2 = 2`.
        let concludes = |item: &Item<'_>| {
            matches!(
                item.what,
                What::Word("so" | "then" | "thus" | "hence" | "therefore") | What::Sign('=')
            )
        };
        let before = before.rsplit(concludes).next().unwrap_or_default();
        before.iter().any(|item| {
            matches!(
                item.what,
                What::Word(
                    "or" | "already" | "has" | "conflicts" | "given" | "since" | "because" | "from" | "due"
                )
            )
        })
    }

    /// The digit that comes next, with nothing but words before it.
    fn next(&self, from: usize) -> Option<(usize, u8)> {
        let rest = self.items.get(from..)?;
        let at = rest
            .iter()
            .position(|item| !matches!(item.what, What::Word(_) | What::Sign(_)))?;
        match rest.get(at)?.what {
            What::Digit(value) => Some((from + at, value)),
            _ => None,
        }
    }

    /// `the only place for 3 in row 2 is column 4`: the item of the place, and the cell.
    fn only_place(
        &self,
        digit: usize,
        row: Option<u8>,
        column: Option<u8>,
        unit: Option<Named>,
    ) -> Option<(usize, (u8, u8))> {
        const PLACES: [&str; 7] = ["place", "spot", "position", "cell", "square", "slot", "location"];
        let from = self.only(digit, &PLACES)?;
        let words = self.items.get(from..digit)?;
        if !words.iter().all(|item| matches!(item.what, What::Word(_))) {
            return None;
        }
        let (mut row, mut column, mut unit, mut is) = (row, column, unit, false);
        for (at, item) in self.items.iter().enumerate().skip(digit + 1).take(12) {
            let cell = match item.what {
                What::Word("not" | "or" | "either" | "isn't" | "also") => return None,
                What::Word("is") => {
                    is = true;
                    continue;
                }
                What::Word(_) | What::Box | What::Sign(',' | ':' | '(' | ')') => continue,
                What::Row(number) if !is => {
                    (row, unit) = (Some(number), Some(Named::Row(number)));
                    continue;
                }
                What::Column(number) if !is => {
                    (column, unit) = (Some(number), Some(Named::Column(number)));
                    continue;
                }
                What::Cell(row, column) if is => (row, column),
                What::Row(row) if is => (row, column?),
                What::Column(column) if is => (row?, column),
                What::Place(place) if is => placed(unit, place)?,
                _ => return None,
            };
            let several = self
                .items
                .get(at + 1)
                .is_some_and(|next| next.is("or") || next.is("and"));
            return (!several).then_some((at, cell));
        }
        None
    }

    /// `In row 1, column 1, the only number missing in the top-left box is 1`: the cell, when `digit` is that number.
    fn only_number(&self, digit: usize) -> Option<(u8, u8)> {
        const NUMBERS: [&str; 6] = ["number", "value", "digit", "candidate", "option", "possibility"];
        let from = self.only(digit, &NUMBERS)?;
        let words = self.items.get(from..digit)?;
        let about_units = words.iter().all(|item| {
            matches!(
                item.what,
                What::Word(_) | What::Box | What::Row(_) | What::Column(_) | What::Sign('-')
            )
        });
        let is = digit.checked_sub(1).and_then(|at| self.items.get(at))?.is("is");
        let next = self.items.get(digit + 1);
        let several = next.is_some_and(|next| next.is("or") || next.is("and"));
        let asked = self.counts(digit) || several;
        let cell = self.leading_cell().filter(|_| from > 0)?;
        (is && about_units && !asked).then_some(cell)
    }

    /// Where `only` stands, a few items before `digit` and with one of `nouns` behind it.
    fn only(&self, digit: usize, nouns: &[&str]) -> Option<usize> {
        let before = self.items.get(digit.saturating_sub(12)..digit)?;
        let only = before.iter().rposition(|item| item.is("only"))?;
        let noun = before.get(only + 1..only + 4).or(before.get(only + 1..))?;
        let named = noun.iter().any(|item| nouns.iter().any(|noun| item.is(noun)));
        named.then_some(digit.saturating_sub(12) + only)
    }

    /// The cell of the line, when the words before a digit can only be about it: `so it must be 8`, `the intersection is 3`.
    fn meant(&self, digit: usize) -> Option<(u8, u8)> {
        let cell = self.leading_cell().or(self.topic.cell)?;
        let before = |back: usize| digit.checked_sub(back).and_then(|at| self.items.get(at));
        let word = |back: usize| match before(back).map(|item| &item.what) {
            Some(What::Word(word)) => *word,
            Some(What::Sign(',')) => ",",
            _ => "",
        };
        let next = self.items.get(digit + 1);
        let over = next.is_none_or(|item| matches!(item.what, What::Sign('.' | ';' | '!')));
        let tells = match word(1) {
            "be" => match word(2) {
                "must" | "should" => true,
                "only" => word(3) == "can",
                "to" => word(3) == "has" || word(3) == "needs",
                _ => false,
            },
            "is" => matches!(
                word(2),
                "it" | "this" | "intersection" | "option" | "possibility" | "candidate" | "left" | "answer"
            ),
            "gives" => true,
            // `so it's 8`
            "it" => over && matches!(word(2), "so" | "," | "then"),
            "us" => word(2) == "gives",
            "needs" => matches!(word(2), "so" | "," | "it" | "and"),
            // `Fourth cell: column 4 has 1, 3 and 4, so 2.`
            "so" => over,
            // `The first cell can be 2 or 3. I'll guess 3.`
            "guess" | "try" | "say" | "assume" | "suppose" => over && self.guess == digit.checked_sub(1),
            // `For row 1, column 3, only 4 works.`
            "only" => self.works(digit),
            _ => false,
        };
        let tells = tells || self.chooses(digit);
        let goes_on = !self.settled(digit)
            && next.is_some_and(|item| matches!(item.what, What::Word("in" | "at" | "for" | "to")));
        // `Column 3 must be 4` has a subject of its own.
        let own = (2..=5).find_map(|back| match &before(back)?.what {
            What::Row(_) | What::Column(_) | What::Box | What::Cell(..) | What::Place(_) => Some(true),
            What::Sign(_) | What::Word("so" | "it" | "this" | "intersection") => Some(false),
            _ => None,
        });
        // `(2,2): the box has 2, 3, 4 → 1.`
        let left = over && self.is_left(digit);
        (left || tells && !goes_on && !self.counts(digit) && own != Some(true)).then_some(cell)
    }

    /// Whether a digit behind an arrow is what a cell, with which the sentence begins, can have after the values that stand
    /// before the arrow.
    fn is_left(&self, digit: usize) -> bool {
        let heads = matches!(self.items, [cell, colon, ..]
            if matches!(cell.what, What::Cell(..)) && colon.what == What::Sign(':'));
        let Some([words @ .., values, arrow]) = self.items.get(..digit) else {
            return false;
        };
        let plain = |item: &Item<'_>| {
            matches!(item.what, What::Word(word) if !BLOCKERS.contains(&word))
                || matches!(item.what, What::Sign(':' | ',' | ';' | '-'))
                || matches!(
                    item.what,
                    What::Row(_) | What::Column(_) | What::Box | What::List(_) | What::Digit(_)
                )
        };
        heads
            && arrow.what == What::Sign('=')
            && matches!(values.what, What::List(_) | What::Digit(_) | What::Run(..))
            && words.iter().any(|item| item.is("has") || item.is("have"))
            && words.iter().skip(1).all(plain)
    }

    /// The cell that a sentence begins with: `Position (3,1): Bottom-left…`, `Row 3: the first cell…`.
    pub fn leading_cell(&self) -> Option<(u8, u8)> {
        let mut unit = self.topic.unit;
        self.items
            .iter()
            .take(6)
            .enumerate()
            .find_map(|(at, item)| match item.what {
                What::Cell(row, column) if at < 4 => Some((row, column)),
                What::Place(place) => placed(unit, place),
                What::Row(row) => {
                    unit = Some(Named::Row(row));
                    None
                }
                What::Column(_) | What::Box => {
                    unit = None;
                    None
                }
                _ => None,
            })
    }
}

/// The cell at a place of a row or column; none where neither is known.
pub(super) fn placed(unit: Option<Named>, place: u8) -> Option<(u8, u8)> {
    match unit? {
        Named::Row(row) => Some((row, place)),
        Named::Column(column) => Some((place, column)),
    }
}

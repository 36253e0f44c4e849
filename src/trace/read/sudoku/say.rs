//! What a sentence about a Sudoku says: values put into cells, whole rows, doubts and returns, and what units have or lack.
//!
//! A value is put somewhere when the words between the two allow nothing else: `(1,2) must be 3`, `the missing 3 goes in
//! column 2`. `could`, `not` and lists of candidates put nothing. Where a sentence names no cell, the one its line began
//! with is meant (`Position (3,1): … so needs 4`).

use super::words::{Item, What, items};
use crate::{base::phrases::Phrases, task::sudoku::Written};
use std::{ops::Range, sync::LazyLock};

/// The text takes back what it did last.
static UNDO: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "that's wrong",
        "that is wrong",
        "this is wrong",
        "that's not right",
        "that is not right",
        "this is not right",
        "that's incorrect",
        "this is incorrect",
        "is incorrect",
        "isn't right",
        "is not correct",
        "isn't correct",
        "is not valid",
        "isn't valid",
        "is invalid",
        "doesn't work",
        "does not work",
        "won't work",
        "not possible",
        "can't be right",
        "cannot be right",
        "can't be correct",
        "made a mistake",
        "made an error",
        "making errors",
        "go back",
        "going back to",
        "backtrack",
        "undo",
        "reconsider",
        "redo",
        "scratch that",
        "recalculate",
        "let me correct",
        "let me fix",
        "re-evaluat",
        "reevaluat",
    ])
});

/// The text begins anew.
static RESTART: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "restart",
        "start over",
        "starting over",
        "start again",
        "from scratch",
        "begin again",
        "start fresh",
        "back to the beginning",
    ])
});

/// Two things that cannot both be.
static CLASH: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "contradict",
        "conflict",
        "violat",
        "impossible",
        "duplicate",
        "already has a",
        "already contains a",
        "is taken",
        "already taken",
        "already used",
        "repeated",
    ])
});

/// Words that take the edge off a clash or a return.
static DENIED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "no conflict",
        "without conflict",
        "no contradict",
        "no duplicate",
        "not conflict",
        "n't conflict",
    ])
});

/// The text says that all is right.
static VALID: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "is valid",
        "is correct",
        "satisfies all",
        "satisfy all",
        "constraints are satisfied",
        "conditions are satisfied",
        "conditions are met",
        "constraints are met",
        "is solved",
        "no duplicates",
        "no conflicts",
        "checks out",
        "\u{2713}",
        "\u{2705}",
    ])
});

/// Words with which a sentence about validity states nothing.
const OPEN_WORDS: [&str; 20] = [
    "check", "verify", "ensure", "ensuring", "must", "should", "need", "needs", "if", "whether", "would",
    "could", "make", "let", "let's", "not", "so that", "to", "until", "cannot",
];

/// Words that leave open what is put where.
const BLOCKERS: [&str; 26] = [
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
    "already",
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

/// What is said, in text order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub what: Speech,
    /// Its bytes in the sentence.
    pub at: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Speech {
    /// A value in a cell, as the text counts cells; whether it is a guess.
    Put {
        row: u8,
        column: u8,
        value: u8,
        guess: bool,
    },
    /// The cells of a row or column. Without one, of the row that they fit.
    Line {
        unit: Option<Named>,
        cells: Vec<Written>,
        guess: bool,
    },
    /// What was done last is taken back.
    Undo,
    /// The text begins anew.
    Restart,
    /// Something cannot be.
    Clash,
    /// A unit has these values.
    Has { unit: Named, values: Vec<u8> },
    /// A unit lacks these values.
    Lacks { unit: Named, values: Vec<u8> },
    /// All is right; of these cells, when the sentence writes a line of them.
    Right(Option<Vec<Written>>),
    /// All is not right.
    Wrong,
}

/// A row or column as the text counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Named {
    Row(u8),
    Column(u8),
}

/// What a line has been about so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Topic {
    row: Option<u8>,
    cell: Option<(u8, u8)>,
}

/// What `text`, a sentence, says. `topic` goes on from sentence to sentence of a line.
pub(super) fn said(text: &str, size: u8, topic: &mut Topic) -> Vec<Said> {
    let lower = text.to_ascii_lowercase();
    let items = items(text, &lower, size);
    let straight = lower.replace('\u{2019}', "'");
    let mut found = Vec::new();
    let guess = items.iter().position(|item| {
        matches!(
            item.what,
            What::Word(
                "if" | "try"
                    | "trying"
                    | "assume"
                    | "assuming"
                    | "suppose"
                    | "supposing"
                    | "guess"
                    | "guessing"
                    | "say"
            )
        )
    });
    let asks = text.trim_end().ends_with('?');
    let broken = items.iter().any(|item| item.what == What::Broken);
    let mut speaker = Speaker {
        items: &items,
        guess,
        found: &mut found,
        topic,
    };
    if !asks || guess.is_some() {
        speaker.puts();
        speaker.lines();
    }
    if !asks {
        speaker.units();
    }
    speaker.remember();
    found.retain(|said| !asks || matches!(said.what, Speech::Put { .. } | Speech::Line { .. }));
    let mut cue = |phrases: &Phrases, what: Speech| {
        if let Some(at) = phrases.first(&straight) {
            // A curly apostrophe is longer than a straight one; then the whole sentence says it.
            let at = if straight.len() == lower.len() {
                at
            } else {
                0..lower.len()
            };
            found.push(Said { what, at });
        }
    };
    cue(&RESTART, Speech::Restart);
    let open = OPEN_WORDS
        .iter()
        .any(|word| items.iter().any(|item| item.is(word)));
    if !asks && DENIED.first(&straight).is_none() {
        // What is wrong is the row that was not finished.
        if !broken {
            cue(&UNDO, Speech::Undo);
            cue(&CLASH, Speech::Clash);
        }
        let wrong = ["incorrect", "invalid", "not valid", "not correct", "duplicate"];
        if !open && let Some(at) = wrong.iter().find_map(|word| lower.find(word)) {
            found.push(Said {
                what: Speech::Wrong,
                at: at..at + 1,
            });
        }
    }
    if !asks
        && !open
        && UNDO.first(&straight).is_none()
        && let Some(at) = VALID.first(&lower)
    {
        let line = found.iter().find_map(|said| match &said.what {
            Speech::Line { cells, .. } => Some(cells.clone()),
            _ => None,
        });
        found.push(Said {
            what: Speech::Right(line),
            at,
        });
    }
    found.sort_by_key(|said| said.at.start);
    found
}

struct Speaker<'a, 'b> {
    items: &'b [Item<'a>],
    /// Where a guess is announced.
    guess: Option<usize>,
    found: &'b mut Vec<Said>,
    topic: &'b mut Topic,
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

    fn counts(&self, digit: usize) -> bool {
        self.items.get(digit + 1).is_some_and(|item| {
            matches!(item.what, What::Word(word) if COUNTED.contains(&word)) || item.what == What::Sign('?')
        })
    }

    fn push(&mut self, first: usize, last: usize, row: u8, column: u8, value: u8) {
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
    fn puts(&mut self) {
        const IS: [&str; 18] = [
            "=", ":", "is", "be", "becomes", "become", "gets", "to", "as", "needs", "takes", "holds", "now",
            "equals", "contains", "have", "being", "must",
        ];
        const INTO: [&str; 5] = ["in", "at", "into", "to", "for"];
        let mut row = self.topic.row;
        let mut column = None;
        let mut at = 0;
        while let Some(what) = self.what(at).cloned() {
            match what {
                What::Row(number) => (row, column) = (Some(number), None),
                What::Column(number) => column = Some(number),
                _ => {}
            }
            let cell = match what {
                What::Cell(row, column) => Some((row, column)),
                What::Place(column) => row.map(|row| (row, column)),
                // `its last column is a 1`
                What::Column(column) => row
                    .filter(|_| {
                        at.checked_sub(1)
                            .and_then(|at| self.items.get(at))
                            .is_some_and(|item| item.is("its"))
                    })
                    .map(|row| (row, column)),
                _ => None,
            };
            if let Some((row, column)) = cell {
                let next = self.next(at + 1);
                if let Some((to, value)) = next
                    && self.link(at + 1, to, &IS, 7)
                    && !self.counts(to)
                {
                    self.push(at, to, row, column, value);
                    at = to + 1;
                    continue;
                }
            }
            if let What::Digit(value) = what {
                if let Some((to, (row, column))) = self.place_after(at, row, column)
                    && self.link(at + 1, to, &INTO, 7)
                    && !self.denied(at)
                {
                    self.push(at, to, row, column, value);
                    at = to + 1;
                    continue;
                }
                if let Some((row, column)) = self.meant(at) {
                    self.push(at, at, row, column, value);
                }
            }
            at += 1;
        }
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

    /// The cell that the words behind a digit lead to. A column alone needs a row that has been named and a word for
    /// putting, as the digits of a row are often mentioned with their columns.
    fn place_after(&self, digit: usize, row: Option<u8>, column: Option<u8>) -> Option<(usize, (u8, u8))> {
        const PUTTING: [&str; 16] = [
            "go", "goes", "placed", "place", "put", "putting", "placing", "must", "fits", "belongs", "needs",
            "need", "missing", "be", "fit", "goes",
        ];
        let from = digit + 1;
        let rest = self.items.get(from..)?;
        let at = rest
            .iter()
            .position(|item| !matches!(item.what, What::Word(_) | What::Sign(_)))?;
        let around = self.items.get(digit.saturating_sub(2)..from + at)?;
        let putting = around
            .iter()
            .any(|item| matches!(item.what, What::Word(word) if PUTTING.contains(&word)));
        let cell = match rest.get(at)?.what {
            What::Cell(row, column) => (row, column),
            What::Column(column) | What::Place(column) if putting => (row?, column),
            What::Row(row) if putting => (row, column?),
            _ => return None,
        };
        Some((from + at, cell))
    }

    /// Whether the word before a digit denies it: `no 3 in…`.
    fn denied(&self, digit: usize) -> bool {
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

    /// The cell of the line, when the words before a digit can only be about it: `so it must be 8`, `the intersection is 3`.
    fn meant(&self, digit: usize) -> Option<(u8, u8)> {
        let cell = self.topic.cell.or_else(|| self.leading_cell())?;
        let before = |back: usize| digit.checked_sub(back).and_then(|at| self.items.get(at));
        let word = |back: usize| match before(back).map(|item| &item.what) {
            Some(What::Word(word)) => *word,
            Some(What::Sign(',')) => ",",
            _ => "",
        };
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
            "it's" | "gives" => true,
            "us" => word(2) == "gives",
            "needs" => matches!(word(2), "so" | "," | "it"),
            _ => false,
        };
        let next = self.items.get(digit + 1);
        let goes_on = next.is_some_and(|item| matches!(item.what, What::Word("in" | "at" | "for" | "to")));
        // `Column 3 must be 4` has a subject of its own.
        let own = (2..=5).find_map(|back| match &before(back)?.what {
            What::Row(_) | What::Column(_) | What::Box | What::Cell(..) | What::Place(_) => Some(true),
            What::Sign(_) | What::Word("so" | "it" | "this" | "intersection") => Some(false),
            _ => None,
        });
        (tells && !goes_on && !self.counts(digit) && own != Some(true)).then_some(cell)
    }

    /// The cell that a sentence begins with: `Position (3,1): Bottom-left…`.
    fn leading_cell(&self) -> Option<(u8, u8)> {
        self.items.iter().take(4).find_map(|item| match item.what {
            What::Cell(row, column) => Some((row, column)),
            _ => None,
        })
    }

    /// Rows and columns that are written as a whole.
    fn lines(&mut self) {
        for at in 0..self.items.len() {
            let Some(Item {
                what: What::Run(cells, comma),
                start,
                end,
            }) = self.items.get(at)
            else {
                continue;
            };
            let before = self.items.get(at.saturating_sub(8)..at).unwrap_or_default();
            let near = before.iter().rposition(|item| {
                matches!(
                    item.what,
                    What::Row(_)
                        | What::Column(_)
                        | What::Digit(_)
                        | What::Run(..)
                        | What::List(_)
                        | What::Broken
                        | What::Box
                )
            });
            let between = before.get(near.map_or(0, |near| near + 1)..).unwrap_or_default();
            let says = |words: &[&str]| {
                between
                    .iter()
                    .any(|item| matches!(item.what, What::Word(word) if words.contains(&word)))
            };
            if says(&[
                "could", "might", "may", "or", "has", "contain", "contains", "missing", "needs", "need",
                "numbers", "not", "can", "like",
            ]) || self.items.get(at + 1).is_some_and(|item| item.is("or"))
            {
                continue;
            }
            let named = near.and_then(|near| match before.get(near)?.what {
                What::Row(row) => Some(Named::Row(row)),
                What::Column(column) => Some(Named::Column(column)),
                _ => None,
            });
            let counted = says(&["with", "all", "already", "filled", "each", "from"]);
            // `1, 2, 3, 4` without a row are the values there are.
            if (named.is_none() || counted) && *comma {
                continue;
            }
            let unit = named.or(self.topic.row.map(Named::Row)).filter(|_| !counted);
            let (cells, at) = (cells.clone(), *start..*end);
            let guess = self
                .guess
                .take_if(|guess| self.items.get(*guess).is_some_and(|item| item.start < at.start))
                .is_some();
            self.found.push(Said {
                what: Speech::Line { unit, cells, guess },
                at,
            });
        }
    }

    /// What rows and columns have and lack.
    fn units(&mut self) {
        let mut unit = None;
        for (at, item) in self.items.iter().enumerate() {
            match &item.what {
                What::Row(row) => unit = Some((Named::Row(*row), at)),
                What::Column(column) => unit = Some((Named::Column(*column), at)),
                What::Cell(..) | What::Place(_) | What::Box | What::Run(..) | What::Broken => unit = None,
                What::Digit(_) | What::List(_) => {
                    let Some((named, from)) = unit else { continue };
                    let values = match &item.what {
                        What::Digit(value) => vec![*value],
                        What::List(values) => values.clone(),
                        _ => continue,
                    };
                    let words = self.items.get(from + 1..at).unwrap_or_default();
                    // The last verb counts: `has 3, needs 1`.
                    let verb = words.iter().rposition(|item| {
                        matches!(
                            item.what,
                            What::Word(
                                "has" | "have" | "contains" | "includes" | "missing" | "needs" | "lacks"
                            )
                        )
                    });
                    let Some(verb) = verb else { continue };
                    let plain = words.get(verb + 1..).unwrap_or_default().iter().all(|item| {
                        matches!(
                            item.what,
                            What::Word(
                                "a" | "an"
                                    | "already"
                                    | "numbers"
                                    | "are"
                                    | "is"
                                    | "the"
                                    | "number"
                                    | "only"
                                    | "now"
                            ) | What::Sign(':')
                        )
                    });
                    let direct = words.get(..verb).unwrap_or_default().iter().all(|item| {
                        matches!(
                            item.what,
                            What::Word(
                                "already"
                                    | "now"
                                    | "currently"
                                    | "still"
                                    | "is"
                                    | "only"
                                    | "and"
                                    | "has"
                                    | "numbers"
                                    | "so"
                            ) | What::Sign(':' | ',' | '-')
                                | What::Digit(_)
                                | What::List(_)
                        )
                    });
                    let next = self.items.get(at + 1);
                    let placed =
                        next.is_some_and(|item| matches!(item.what, What::Word("in" | "at" | "or" | "to")));
                    if !plain || !direct || placed || self.guess.is_some() {
                        continue;
                    }
                    let has = words.get(verb).is_some_and(|item| {
                        matches!(item.what, What::Word("has" | "have" | "contains" | "includes"))
                    });
                    let at = item.start..item.end;
                    let what = if has {
                        Speech::Has { unit: named, values }
                    } else {
                        Speech::Lacks { unit: named, values }
                    };
                    self.found.push(Said { what, at });
                }
                _ => {}
            }
        }
    }

    /// What the sentences after this one on its line may leave out.
    fn remember(&mut self) {
        if let Some(cell) = self.leading_cell() {
            self.topic.cell = Some(cell);
        }
        let first = self.items.iter().find_map(|item| match item.what {
            What::Row(row) | What::Cell(row, _) => Some(row),
            _ => None,
        });
        self.topic.row = first.or(self.topic.row);
    }
}

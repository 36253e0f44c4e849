//! Rows and columns in a sentence: written as a whole, or with what they have and lack.

use super::{
    puts::Speaker,
    say::{Named, Said, Speech},
    words::{Item, LETTER, What},
};

/// Words that leave open what a cell has…
const OPEN: [&str; 6] = ["could", "might", "can", "options", "candidates", "possibilities"];

/// …and those that do not.
const SETTLED: [&str; 3] = ["only", "must", "so"];

impl Speaker<'_, '_> {
    /// Rows and columns that are written as a whole.
    pub fn lines(&mut self) {
        for at in 0..self.items.len() {
            let Some(Item {
                what: What::Run(cells, comma),
                start,
                end,
            }) = self.items.get(at)
            else {
                continue;
            };
            if self.is_checked(at) {
                continue;
            }
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
                "could", "might", "may", "or", "has", "have", "include", "contain", "contains", "missing",
                "needs", "need", "numbers", "not", "can", "like",
            ]) || self.items.get(at + 1).is_some_and(|item| item.is("or"))
            {
                continue;
            }
            let unit_of = |item: &Item<'_>| match item.what {
                What::Row(row) => Some(Named::Row(row)),
                What::Column(column) => Some(Named::Column(column)),
                _ => None,
            };
            // `4 1 3 2 in the second row` names it behind.
            let behind = self.items.get(at + 1..).unwrap_or_default();
            let behind = match behind {
                [preposition, rest @ ..] if preposition.is("in") || preposition.is("for") => {
                    rest.iter().find(|item| !item.is("the")).and_then(unit_of)
                }
                _ => None,
            };
            // `Third row: with 4 in the first column it becomes 4 _ 2 1` is about the row.
            let place = near.map(|near| at.saturating_sub(8) + near).filter(|near| {
                let column = matches!(
                    self.items.get(*near),
                    Some(Item {
                        what: What::Column(_),
                        ..
                    })
                );
                column && (self.is_place(*near) || says(&["row"]))
            });
            let named = match place {
                Some(place) => {
                    let before = self.items.get(..place).unwrap_or_default();
                    let row = before.iter().find_map(|item| match item.what {
                        What::Row(row) => Some(row),
                        _ => None,
                    });
                    row.or(self.topic.row).map(Named::Row)
                }
                None => behind.or_else(|| unit_of(before.get(near?)?)),
            };
            let counted = says(&["with", "all", "already", "filled", "each", "from"]);
            // `1, 2, 3, 4` without a row are the values there are.
            if (named.is_none() || counted) && *comma {
                continue;
            }
            let certain = named.is_some();
            let cell = before.iter().rev().find_map(|item| match item.what {
                What::Cell(row, _) => Some(Named::Row(row)),
                _ => None,
            });
            let unit = named
                .or(cell)
                .or(self.topic.row.map(Named::Row))
                .filter(|_| !counted);
            let (cells, at) = (cells.clone(), *start..*end);
            let guess = self
                .guess
                .take_if(|guess| self.items.get(*guess).is_some_and(|item| item.start < at.start))
                .is_some();
            self.found.push(Said {
                what: Speech::Line {
                    unit,
                    certain,
                    cells,
                    guess,
                },
                at,
            });
        }
    }

    /// Whether values at `at` are of columns or boxes that are gone through: `Columns: 2 4 3 1 ✓, 3 1 4 2 ✓`.
    fn is_checked(&self, at: usize) -> bool {
        let before = self.items.get(..at).unwrap_or_default();
        let named = before.iter().rev().find_map(|item| match item.what {
            What::Row(_) | What::Column(_) | What::Cell(..) | What::Word("row" | "rows" | "grid") => {
                Some(false)
            }
            What::Word("columns" | "cols" | "boxes" | "blocks" | "subgrids" | "regions" | "diagonals") => {
                Some(true)
            }
            _ => None,
        });
        named == Some(true)
    }

    /// What rows and columns have and lack.
    pub fn units(&mut self) {
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
                    // `needs 3, 4 in positions 1, 2` says what it lacks; which goes where stays open.
                    let several = self.items.get(at + 2).is_some_and(|item| {
                        matches!(
                            item.what,
                            What::Word("positions" | "columns" | "rows" | "cells" | "spots")
                        )
                    });
                    let open = several && values.len() > 1;
                    let placed = next.is_some_and(|item| {
                        item.is("or") || !open && matches!(item.what, What::Word("in" | "at" | "to"))
                    });
                    if !plain || !direct || placed || self.guess.is_some() {
                        continue;
                    }
                    let has = words.get(verb).is_some_and(|item| {
                        matches!(item.what, What::Word("has" | "have" | "contains" | "includes"))
                    });
                    let begins = self.items.get(from).map_or(item.start, |unit| unit.start);
                    let at = begins..item.end;
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
    pub fn remember(&mut self) {
        self.remember_needed();
        let is = |word: &&str| self.items.iter().any(|item| item.is(word));
        if let Some(cell) = self.leading_cell() {
            let several = self.items.iter().any(|item| matches!(item.what, What::List(_)));
            self.topic.cell = Some(cell);
            self.topic.open = several || OPEN.iter().any(is);
        }
        self.topic.open = self.topic.open && !SETTLED.iter().any(is);
        let first = self.items.iter().find_map(|item| match item.what {
            What::Row(row) => Some(row),
            What::Cell(row, _) if row & LETTER == 0 => Some(row),
            _ => None,
        });
        self.topic.row = first.or(self.topic.row);
        let leading = self.items.iter().enumerate().position(|(at, item)| {
            let other = item.is("row") && self.is_other(at);
            other
                || matches!(
                    item.what,
                    What::Row(_) | What::Cell(..) | What::Column(_) | What::Place(_) | What::Box
                )
        });
        let near = leading.is_some_and(|at| at < 5);
        let asks = self.items.last().is_some_and(|item| item.what == What::Sign(':'));
        let mut heading = None;
        // `- First column: 2 (as…)` below a row is no heading of its own.
        let below = self.topic.heads && !self.topic.begun;
        if let Some((at, item)) = leading.and_then(|at| Some((at, self.items.get(at)?))) {
            match item.what {
                What::Row(row) => {
                    self.topic.unit = Some(Named::Row(row));
                    self.topic.heads = self.is_heading(at);
                    heading = self.topic.unit.filter(|_| near || asks);
                }
                What::Cell(row, _) => {
                    let row = (row & LETTER == 0).then_some(row);
                    (self.topic.unit, self.topic.heads) = (row.map(Named::Row), false);
                }
                What::Column(column) if at < 3 && (self.is_heading(at) || self.is_told(at)) && !below => {
                    self.topic.unit = Some(Named::Column(column));
                    heading = self.topic.unit.filter(|_| near || asks);
                }
                What::Word(_) => {
                    (self.topic.row, self.topic.unit, self.topic.heads) = (None, None, false);
                }
                What::Box if self.leads(at) => self.topic.unit = None,
                What::Place(_) | What::Column(_) => heading = self.topic.above,
                _ => {}
            }
        }
        if !self.topic.begun {
            // An item of a list is a heading only when it looks like one.
            let item = self.topic.listed && !leading.is_some_and(|at| self.is_heading(at));
            self.topic.heading = if item { self.topic.above } else { heading };
            self.topic.begun = true;
        }
    }
}

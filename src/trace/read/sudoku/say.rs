//! What a sentence about a Sudoku says: values put into cells, whole rows, doubts and returns, and what units have or lack.
//!
//! A value is put somewhere when the words between the two allow nothing else: `(1,2) must be 3`, `the missing 3 goes in
//! column 2`. `could`, `not` and lists of candidates put nothing. Where a sentence names no cell, the one its line began
//! with is meant (`Position (3,1): … so needs 4`).

use super::{
    clash,
    cues::{CONCLUDING, Cues, OPEN_WORDS, RETURN},
    puts::Speaker,
    refusals::{Refusal, refusal},
    words::{Item, What, items},
};
use crate::task::sudoku::Written;
use std::{borrow::Cow, ops::Range};

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
    /// The cells of a row or column, which the words may leave to be guessed: then it is the row that they fit.
    Line {
        unit: Option<Named>,
        certain: bool,
        cells: Vec<Written>,
        guess: bool,
    },
    /// A value that does not belong into a cell.
    Refused { row: u8, column: u8, value: u8 },
    /// A value that a cell cannot have, in a sentence about a clash: where it stands, that is the clash.
    Denied { row: u8, column: u8, value: u8 },
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
    /// Every row, column or box has every value once.
    Every(Kind),
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

/// Rows, columns or boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Rows,
    Columns,
    Boxes,
}

/// What a line has been about so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Topic {
    pub row: Option<u8>,
    pub cell: Option<(u8, u8)>,
    /// Whether it was left open what that has.
    pub open: bool,
    /// The row or column whose places are meant.
    pub unit: Option<Named>,
    /// Whether the line is about one row: `Row 3: column 1 must be 2`.
    pub heads: bool,
    /// What the line before, or the heading of this list, is about.
    pub above: Option<Named>,
    /// What the next line may leave out.
    pub heading: Option<Named>,
    /// What the sentence before has said is needed.
    pub needed: Option<u8>,
    /// Whether the line is one of a list.
    pub listed: bool,
    /// Whether a sentence of the line has been read.
    pub begun: bool,
}

impl Topic {
    /// At the beginning of a line, after the one this was about.
    pub fn next(self, line: &str) -> Self {
        let marker = line.trim().split(' ').next().unwrap_or_default();
        let number = marker.trim_end_matches(['.', ')']);
        let numbered = !number.is_empty()
            && number.len() < marker.len()
            && number.bytes().all(|byte| byte.is_ascii_digit());
        let listed = numbered || matches!(marker, "-" | "*" | "+" | "\u{2022}");
        Self {
            above: self.heading.filter(|_| listed || self.begun),
            heading: self.heading.filter(|_| listed),
            listed,
            needed: self.needed,
            ..Self::default()
        }
    }
}

impl Topic {
    /// A line that names no row of its own, and is part of a list or begins with a place, is about what stands above it.
    fn inherit(&mut self, items: &[Item<'_>]) {
        let Some(above) = self.above.filter(|_| !self.begun) else {
            return;
        };
        let leads = |wanted: fn(&What<'_>) -> bool| items.iter().take(3).any(|item| wanted(&item.what));
        let column = leads(|what| matches!(what, What::Column(_)));
        let place = leads(|what| matches!(what, What::Place(_)));
        if !(self.listed || column || place) {
            return;
        }
        self.unit = Some(above);
        if let Named::Row(row) = above {
            self.row = Some(row);
            self.heads = column;
        }
    }
}

/// Where a guess is announced.
fn announced(items: &[Item<'_>]) -> Option<usize> {
    let alone = |item: &Item<'_>| {
        let What::Word(word) = item.what else { return false };
        matches!(
            word,
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
    };
    let about = |pair: &[Item<'_>]| matches!(pair, [first, second] if (first.is("how") || first.is("what")) && second.is("about"));
    let alone = items.iter().position(alone);
    alone.or_else(|| items.windows(2).position(about))
}

/// What `text`, a sentence, says. `topic` goes on from sentence to sentence of a line.
pub(super) fn said(text: &str, size: u8, topic: &mut Topic) -> Vec<Said> {
    let lower = text.to_ascii_lowercase();
    let items = items(text, &lower, size);
    let mut found = Vec::new();
    let guess = announced(&items);
    let asks = text.trim_end().ends_with('?');
    let broken = items.iter().any(|item| item.what == What::Broken);
    topic.inherit(&items);
    let mut speaker = Speaker {
        items: &items,
        guess,
        found: &mut found,
        topic,
    };
    let either = speaker.items.iter().any(|item| item.is("either"));
    if (!asks || guess.is_some()) && !either {
        speaker.puts();
        speaker.lines();
    }
    if !asks {
        speaker.units();
    }
    speaker.remember();
    let refused = refuse(&mut found, &lower);
    // What is concluded and cannot be speaks against the guess, too: `Then R2C2 = 3, which is impossible.`
    let concluded = |at: &Range<usize>| {
        let mut before = items.iter().take_while(|item| item.start < at.end);
        before.any(|item| CONCLUDING.iter().any(|word| item.is(word)))
    };
    let clashes = refused.as_ref().is_none_or(|(how, at)| match how {
        Refusal::Said => false,
        Refusal::Remarked => concluded(at),
        Refusal::Contradicting => true,
    });
    if !asks && let Some((kind, at)) = every(&items) {
        found.push(Said {
            what: Speech::Every(kind),
            at,
        });
    }
    found.retain(|said| !asks || matches!(said.what, Speech::Put { .. } | Speech::Line { .. }));
    // A curly apostrophe is longer than a straight one; then the whole sentence says it.
    let curly = lower.contains('\u{2019}');
    let straight = match curly {
        true => Cow::Owned(lower.replace('\u{2019}', "'")),
        false => Cow::Borrowed(lower.as_str()),
    };
    let cues = Cues::of(&straight);
    let cue = |at: &Option<Range<usize>>, what: Speech| {
        let at = at.clone()?;
        let at = if curly { 0..lower.len() } else { at };
        Some(Said { what, at })
    };
    found.extend(cue(&cues.restart, Speech::Restart));
    // `That can't be right, how about…?` asks about what follows the doubt only.
    let doubts = |guess: usize| {
        let doubt = cues.undo.as_ref().zip(items.get(guess));
        doubt.is_some_and(|(doubt, guess)| doubt.start < guess.start)
    };
    if asks && !broken && guess.is_some_and(doubts) {
        found.extend(cue(&cues.undo, Speech::Undo));
    }
    if !asks && cues.denied.is_none() {
        let puts = found
            .iter()
            .filter(|said| matches!(said.what, Speech::Put { .. }));
        let puts = puts.map(|said| said.at.start);
        let values = puts.chain(clash::listed(&items));
        let mut all = cues.clashes.iter();
        let clashing = all
            .find(|at| !clash::explains(&straight, at, values.clone()))
            .cloned();
        // What is wrong is the row that was not finished.
        if !broken && clashes {
            found.extend(cue(&clashing, Speech::Clash));
        }
        if !broken && !cues.clashes.is_empty() {
            found.extend(clash::denied(&items));
        }
        if !broken && refused.is_none() {
            found.extend(cue(&cues.undo, Speech::Undo));
        }
    }
    let open = || {
        let mut words = OPEN_WORDS.iter();
        words.any(|word| items.iter().any(|item| item.is(word)))
    };
    // What is refused is a value, and neither the guess that stands nor the board; unless the text goes on to say so.
    if let Some((_, at)) = refused.as_ref().filter(|_| !asks) {
        let behind = lower.get(at.end..).unwrap_or_default();
        if let Some(back) = RETURN.first(behind) {
            found.push(Said {
                what: Speech::Undo,
                at: at.end + back.start..at.end + back.end,
            });
        }
    } else if !asks && cues.denied.is_none() && cues.wrong.is_some() && !open() {
        found.extend(cue(&cues.wrong, Speech::Wrong));
    }
    if !asks && cues.undo.is_none() && cues.valid.is_some() && !open() {
        let line = found.iter().find_map(|said| match &said.what {
            Speech::Line { cells, .. } => Some(cells.clone()),
            _ => None,
        });
        found.extend(cue(&cues.valid, Speech::Right(line)));
    }
    found.sort_by_key(|said| said.at.start);
    found
}

/// Marks values of `found` behind which the sentence says that they do not belong there: how and where it says so of the
/// last of them.
fn refuse(found: &mut [Said], lower: &str) -> Option<(Refusal, Range<usize>)> {
    /// Characters that are looked at.
    const MOST: usize = 64;
    let mut last = None;
    for said in found {
        let Speech::Put {
            row,
            column,
            value,
            guess,
        } = said.what
        else {
            continue;
        };
        let straight = |c: char| if c == '\u{2019}' { '\'' } else { c };
        let behind = lower.get(said.at.end..).unwrap_or_default().chars().take(MOST);
        let before = lower
            .get(..said.at.start)
            .unwrap_or_default()
            .chars()
            .rev()
            .take(MOST);
        let mut before: Vec<char> = before.map(straight).collect();
        before.reverse();
        let before: String = before.into_iter().collect();
        if let Some(how) = refusal(&before, &behind.map(straight).collect::<String>(), guess) {
            said.what = Speech::Refused { row, column, value };
            last = Some((how, said.at.clone()));
        }
    }
    last
}

/// `each column contains 1-4 exactly once`, when it is no rule to be kept: what it is said of, and its place.
fn every(items: &[Item<'_>]) -> Option<(Kind, Range<usize>)> {
    const RULE: [&str; 12] = [
        "must", "should", "need", "needs", "if", "so", "ensure", "rule", "rules", "can", "cannot", "not",
    ];
    let is = |word: &str| items.iter().any(|item| item.is(word));
    if !(is("once") || is("unique") || is("distinct")) || RULE.iter().any(|word| is(word)) {
        return None;
    }
    items.windows(2).find_map(|pair| {
        let [quantity, unit] = pair else { return None };
        let all = quantity.is("each") || quantity.is("every") || quantity.is("all");
        let kind = match unit.what {
            What::Word("row" | "rows") => Kind::Rows,
            What::Word("column" | "columns") => Kind::Columns,
            What::Word("box" | "boxes" | "block" | "blocks" | "subgrid" | "subgrids") | What::Box => {
                Kind::Boxes
            }
            _ => return None,
        };
        all.then_some((kind, quantity.start..items.last()?.end))
    })
}

//! Words that change the course of a Sudoku: doubts, new beginnings, clashes, and that all is right.

use super::clash;
use crate::base::phrases::Phrases;
use std::{ops::Range, sync::LazyLock};

/// Where the first words of each kind stand in a sentence.
#[derive(Clone, Debug, Default)]
pub(super) struct Cues {
    /// The text takes back what it did last.
    pub undo: Option<Range<usize>>,
    /// It begins anew.
    pub restart: Option<Range<usize>>,
    /// Two things cannot both be: all such words.
    pub clashes: Vec<Range<usize>>,
    /// Words that take the edge off a clash or a return.
    pub denied: Option<Range<usize>>,
    /// All is right.
    pub valid: Option<Range<usize>>,
    /// The finished grid is not right.
    pub wrong: Option<Range<usize>>,
}

impl Cues {
    /// Those of a sentence, in lower case and with straight apostrophes.
    pub fn of(sentence: &str) -> Self {
        /// Clashes of one sentence; hostile text stays cheap.
        const MOST: usize = 8;
        static ANY: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&KINDS.concat()));
        static EACH: LazyLock<[Phrases; 6]> = LazyLock::new(|| KINDS.map(Phrases::new));
        // Most sentences have none, which is told by looking once.
        if ANY.first(sentence).is_none() {
            return Self::default();
        }
        let [undo, restart, clashes, denied, valid, wrong] = &*EACH;
        let first = |phrases: &Phrases| phrases.first(sentence);
        let said = |phrases: &'static Phrases| {
            let places = phrases.places(sentence).map(|(_, at)| at);
            places.filter(|at| clash::is_one(sentence, at))
        };
        Self {
            undo: first(undo),
            restart: first(restart),
            clashes: said(clashes).take(MOST).collect(),
            denied: first(denied),
            valid: first(valid),
            wrong: said(wrong).next(),
        }
    }
}

const KINDS: [&[&str]; 6] = [&UNDO, &RESTART, &CLASH, &DENIED, &VALID, &WRONG];

/// The text takes back what it did last.
const UNDO: [&str; 37] = [
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
];

/// The text gives up more than the value that it refuses: `R2C2 = 3 is impossible, so let me go back`.
pub(super) static RETURN: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(&["go back", "going back", "backtrack", "undo", "scratch that"]));

/// Words of a sentence that concludes.
pub(super) const CONCLUDING: [&str; 12] = [
    "so",
    "then",
    "thus",
    "therefore",
    "hence",
    "must",
    "has",
    "forces",
    "forced",
    "gives",
    "means",
    "needs",
];

/// The text begins anew.
const RESTART: [&str; 8] = [
    "restart",
    "start over",
    "starting over",
    "start again",
    "from scratch",
    "begin again",
    "start fresh",
    "back to the beginning",
];

/// Two things that cannot both be.
const CLASH: [&str; 12] = [
    "contradict",
    "conflict",
    "clash",
    "violat",
    "impossible",
    "duplicate",
    "already has a",
    "already contains a",
    "is taken",
    "already taken",
    "already used",
    "repeated",
];

/// Words that take the edge off a clash or a return.
const DENIED: [&str; 5] = [
    "impossible to avoid",
    "impossible otherwise",
    "not true that",
    "n't true that",
    "not the case that",
];

/// The text says that all is right.
const VALID: [&str; 14] = [
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
];

/// The finished grid is not right.
const WRONG: [&str; 5] = ["incorrect", "invalid", "not valid", "not correct", "duplicate"];

/// Words with which a sentence about validity states nothing.
pub(super) const OPEN_WORDS: [&str; 20] = [
    "check", "verify", "ensure", "ensuring", "must", "should", "need", "needs", "if", "whether", "would",
    "could", "make", "let", "let's", "not", "so that", "to", "until", "cannot",
];

//! Words behind a value in a cell that say that it does not belong there: `R1C1 = 3 was wrong`, `R1C1 = 3 (impossible)`.

use crate::base::phrases::{Beginnings, Phrases};
use std::sync::LazyLock;

/// What such words begin with when it did not belong there…
const REFUSED: [&str; 15] = [
    "was wrong",
    "was incorrect",
    "was not correct",
    "wasn't correct",
    "was not right",
    "was not possible",
    "was impossible",
    "was a mistake",
    "was the mistake",
    "must be wrong",
    "must have been wrong",
    "has to be wrong",
    "failed",
    "didn't work",
    "did not work",
];

/// …or does not, unless it is just being tried.
const REFUSES: [&str; 37] = [
    "is wrong",
    "is impossible",
    "is not possible",
    "isn't possible",
    "is invalid",
    "is not valid",
    "isn't valid",
    "is incorrect",
    "is not correct",
    "isn't correct",
    "is not right",
    "isn't right",
    "is not allowed",
    "isn't allowed",
    "is ruled out",
    "is excluded",
    "is a mistake",
    "is a contradiction",
    "is a conflict",
    "can't work",
    "cannot work",
    "doesn't work",
    "does not work",
    "won't work",
    "wouldn't work",
    "would not work",
    "would be wrong",
    "would be impossible",
    "would be invalid",
    "would be incorrect",
    "would be a contradiction",
    "would be a conflict",
    "leads to a contradiction",
    "leads to contradiction",
    "leads to a conflict",
    "would lead to a contradiction",
    "would lead to a conflict",
];

/// The same of what it stands against, which must be something: not `contradicts nothing`.
const AGAINST: [&str; 9] = [
    "contradicts",
    "violates",
    "breaks",
    "fails",
    "would contradict",
    "would violate",
    "would break",
    "would repeat",
    "would fail",
];

/// The same of what it has, alone or with something.
const CLASHES: [&str; 4] = ["conflicts", "clashes", "would conflict", "would clash"];

/// The same of what it cannot be: `cannot be right`, but not `cannot be wrong`.
const CANNOT: [&str; 2] = ["can't be", "cannot be"];

/// The same in a word that stands alone in an aside: `R1C1 = 3 -> conflict`.
const WORDS: [&str; 9] = [
    "impossible",
    "not possible",
    "invalid",
    "not valid",
    "wrong",
    "incorrect",
    "not correct",
    "not allowed",
    "no good",
];

/// The same in a mark.
const MARKS: [&str; 4] = ["\u{2717}", "\u{2718}", "\u{274c}", "\u{2716}"];

/// The same in a word for what it has there, alone or with something.
const NOUNS: [&str; 8] = [
    "conflict",
    "a conflict",
    "clash",
    "a clash",
    "contradiction",
    "a contradiction",
    "duplicate",
    "a duplicate",
];

/// What is looked for behind a value, and how its kinds follow each other.
static REFUSALS: LazyLock<(Beginnings, [(usize, Kind); 8])> = LazyLock::new(|| {
    let all: [(&[&str], Kind); 8] = [
        (&REFUSED, Kind::Refused),
        (&REFUSES, Kind::Refuses),
        (&AGAINST, Kind::Against),
        (&CLASHES, Kind::Clashes),
        (&CANNOT, Kind::Cannot),
        (&WORDS, Kind::Word),
        (&NOUNS, Kind::Noun),
        (&MARKS, Kind::Mark),
    ];
    let mut end = 0;
    let kinds = all.map(|(words, kind)| {
        end += words.len();
        (end, kind)
    });
    (Beginnings::new(&all.map(|(words, _)| words).concat()), kinds)
});

/// The lists above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Refused,
    Refuses,
    Against,
    Clashes,
    Cannot,
    Word,
    Noun,
    Mark,
}

/// What makes a refusal none: conditions, and what cannot be helped.
static EXCUSES: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        "only if",
        "unless",
        "otherwise",
        "away",
        "from further",
        "from the search",
        "to avoid",
        "to change",
        "to be changed",
        "to be anything",
        "to conflict",
        "to contradict",
        "to clash",
        "to violate",
        "to deny",
        "to doubt",
        "to dispute",
        "to escape",
        "to exclude",
        "to ignore",
        "to miss",
        "to move",
        "to refute",
        "to rule out",
    ])
});

/// What nothing stands against begins with.
static NOTHING: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        "nothing",
        "none",
        "no ",
        "neither",
        "not ",
        "nowhere",
        "never",
        "with nothing",
        "with none",
        "with no ",
        "with neither",
        "in nothing",
        "in none",
        "in no ",
        "on no ",
    ])
});

/// What a value cannot be that does not belong where it is.
static BELONGING: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        "right",
        "correct",
        "true",
        "valid",
        "possible",
        "allowed",
        "here",
        "there",
        "in ",
        "at ",
        "placed",
        "put",
        "used",
        "because",
        "since",
        "as ",
        "so ",
        "either",
        "the case",
        "the solution",
        "part of",
        "it",
    ])
});

/// Words with which it belongs there all the same: `cannot be placed elsewhere`.
static ELSEWHERE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "elsewhere",
        "anywhere else",
        "otherwise",
        "differently",
        "in doubt",
        "in error",
        "in question",
    ])
});

/// What may stand behind a word that stands alone…
static REASONS: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        "because", "since", "as ", "due to", "so ", "again", "too", "here", "there",
    ])
});

/// …and behind a word for what is had.
static PLACES: LazyLock<Beginnings> =
    LazyLock::new(|| Beginnings::new(&["with ", "in ", "by ", "between ", "of "]));

/// Words before a value that take back what is said behind it.
pub(super) static TAKEN_BACK: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "not true",
        "n't true",
        "not the case",
        "nothing says",
        "nobody says",
        "not say",
        "n't say",
        "not think",
        "n't think",
        "not mean",
        "n't mean",
        "no reason",
    ])
});

/// Words that may stand before those of a refusal.
const BEFORE: [&str; 12] = [
    "also ",
    "clearly ",
    "then ",
    "therefore ",
    "thus ",
    "definitely ",
    "still ",
    "again ",
    "simply ",
    "obviously ",
    "directly ",
    "immediately ",
];

/// How a value is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// That is what the sentence says: `R1C1 = 3 was wrong`.
    Said,
    /// It is remarked: `R1C1 = 3, which is impossible`, `R1C1 = 3 -> conflict`.
    Remarked,
    /// That it cannot be is a contradiction, and no more is said: `R1C1 = 3, contradiction!`, `R1C1 = 3 is a conflict.`
    Contradicting,
}

/// Whether the words `before` and `behind` a value in a cell refuse it, which may be just `tried`.
pub(super) fn refusal(before: &str, behind: &str, tried: bool) -> Option<Refusal> {
    const CLOSERS: [char; 6] = [' ', ')', ']', '"', '*', '`'];
    const LEADS: [char; 13] = [
        ' ', ',', ':', '(', '[', '-', '>', '=', '*', '\u{2013}', '\u{2014}', '\u{2192}', '\u{21d2}',
    ];
    let said = behind.trim_start_matches(CLOSERS);
    let mut rest = said.trim_start_matches(LEADS);
    for word in ["which ", "that "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let remarked = rest.len() < said.len();
    while let Some(after) = BEFORE.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = after;
    }
    let (beginnings, kinds) = &*REFUSALS;
    let (which, length) = beginnings.find(rest)?;
    let kind = kinds.iter().find(|(end, _)| which < *end)?.1;
    let after = rest
        .get(length..)
        .unwrap_or_default()
        .trim_start_matches(['*', '`', '"']);
    // `-> contradiction?`, `conflicts: none` and longer words say something else.
    let over = after.is_empty()
        || after.starts_with(['.', ',', ';', '!', ')', ']', '\u{2014}'])
        || after.starts_with(" (");
    let after = after.strip_prefix(' ').unwrap_or_default().trim_start();
    let is = |words: &Beginnings| words.find(after).is_some();
    let refused = match kind {
        Kind::Refused => true,
        _ if tried => false,
        Kind::Refuses | Kind::Mark => true,
        Kind::Against => over || !is(&NOTHING),
        Kind::Clashes => over || !is(&NOTHING) && (is(&REASONS) || is(&PLACES)),
        Kind::Cannot => over || is(&BELONGING) && !clause_has(after, &ELSEWHERE),
        Kind::Word => remarked && (over || is(&REASONS)),
        Kind::Noun => remarked && (over || !is(&NOTHING) && (is(&REASONS) || is(&PLACES))),
    };
    let refused = refused && !is(&EXCUSES) && TAKEN_BACK.first(before).is_none();
    // An arrow, a colon or brackets belong to values that are looked at one by one.
    let apart = said.starts_with([',', '\u{2013}', '\u{2014}']) || said.starts_with("- ");
    let clause = apart && !said.contains(['>', '\u{2192}', '\u{21d2}']);
    let word = rest.get(..length).unwrap_or_default();
    let contradicts = match kind {
        Kind::Noun => clause,
        Kind::Refuses => matches!(word, "is a contradiction" | "is a conflict"),
        _ => false,
    };
    refused.then_some(if contradicts && over {
        Refusal::Contradicting
    } else if remarked {
        Refusal::Remarked
    } else {
        Refusal::Said
    })
}

fn clause_has(text: &str, words: &Phrases) -> bool {
    let clause = text.split(['.', ',', ';', '!']).next().unwrap_or_default();
    words.first(clause).is_some()
}

//! What the beginning of a sentence says of its place in the reasoning.

use super::{
    going::{goes_on, looks_again, returns_nowhere},
    numbered::opens,
};
use crate::base::phrases::Beginnings;
use std::sync::LazyLock;

/// What a step is to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Goes on.
    Then,
    /// One of a list.
    Item,
    /// What stands under a heading.
    Part,
    /// Begins an attempt.
    Try,
    /// Begins an attempt that has a number: the next one takes its place.
    Attempt,
    /// Begins a way that has a number: the next one stands beside it.
    Way,
    /// One of several cases.
    Case,
    /// What is given in one of several sentences of a kind, which are cases without being called so.
    Given,
    /// Another attempt in its place.
    Instead,
    /// Another attempt beside it.
    Or,
    /// Begins anew.
    Again,
    /// Goes back.
    Back,
    /// Checks.
    Check,
    /// Doubts.
    But,
    /// Gives the answer.
    Answer,
}

impl Turn {
    /// The move, as trees show it.
    pub fn name(self) -> &'static str {
        match self {
            Turn::Then => "then",
            Turn::Item => "item",
            Turn::Part => "part",
            Turn::Try | Turn::Attempt | Turn::Way => "try",
            Turn::Case | Turn::Given => "case",
            Turn::Instead => "instead",
            Turn::Again => "again",
            Turn::Back => "back",
            Turn::Check => "check",
            Turn::But => "but",
            Turn::Or => "or",
            Turn::Answer => "answer",
        }
    }
}

/// Words before the one that tells; those of the second list doubt.
const FILLERS: [&str; 13] = [
    "but ",
    "so, ",
    "so ",
    "okay, ",
    "okay ",
    "ok, ",
    "now, ",
    "now ",
    "and ",
    "well, ",
    "alright, ",
    "oh, ",
    "on the other hand, ",
];
const DOUBTS: [&str; 12] = [
    "wait, ",
    "wait. ",
    "wait-",
    "wait\u{2014}",
    "hmm, ",
    "hmm. ",
    "hmm... ",
    "hold on, ",
    "actually, ",
    "no, ",
    "hmm ",
    "wait ",
];

/// Beginnings and what they tell, the more telling first.
const BEGINNINGS: [(Turn, &[&str]); 13] = [
    (
        Turn::Answer,
        &[
            "<answer>",
            "final answer",
            "the final answer",
            "the answer is",
            "the answer:",
            "answer:",
        ],
    ),
    (
        Turn::Instead,
        &[
            "instead, ",
            "instead of that",
            "a different approach",
            "a better approach",
            "a better way",
            "let me try another",
            "let's try another",
            "let me try a different",
            "let's try a different",
            "let me think differently",
            "let me approach this differently",
            "let's approach this differently",
            "let me instead",
            "let's instead",
            "maybe instead",
            "perhaps instead",
            "maybe i should instead",
            "let me look for another",
            "let me use a different",
            "let me think of another",
        ],
    ),
    (
        Turn::Or,
        &[
            "alternatively",
            "another approach",
            "another way",
            "another method",
            "another idea",
            "another thought",
            "or maybe",
            "or perhaps",
            "maybe another",
            "perhaps another",
            "maybe a different",
            "let me consider another",
            "let me consider a different",
        ],
    ),
    (
        Turn::Again,
        &[
            "let me start over",
            "let's start over",
            "starting over",
            "let me restart",
            "let's restart",
            "let me start again",
            "let's start again",
            "let me begin again",
            "start over",
            "let me redo this from",
        ],
    ),
    (
        Turn::Back,
        &[
            "going back",
            "go back",
            "let me go back",
            "let's go back",
            "i'll go back",
            "i go back",
            "i should go back",
            "i need to go back",
            "i must go back",
            "we go back",
            "we should go back",
            "we need to go back",
            "i'm going back",
            "i'm now going back",
            "returning to",
            "let me return to",
            "backtracking to",
            "let me backtrack",
            "let's backtrack",
            "i'll backtrack",
            "i backtrack",
            "back to the",
            "scratch that",
            "scrap that",
            "scrap this",
            "let me scrap",
            "let's scrap",
            "let me undo",
            "let's undo",
            "undo that",
            "undo the last",
            "let me revert",
            "let's revert",
            "revert to",
            "reverting to",
        ],
    ),
    (
        Turn::Check,
        &[
            "let me verify",
            "let me check",
            "let me double",
            "let me confirm",
            "let me re-check",
            "let me recheck",
            "let's verify",
            "let's check",
            "let's double",
            "let's confirm",
            "to verify",
            "to double-check",
            "to check",
            "to confirm",
            "checking",
            "verification",
            "verifying",
            "double-check",
            "let me test",
            "let me make sure",
            "i should check",
            "i should verify",
        ],
    ),
    (
        Turn::Case,
        &[
            "case #",
            "case a",
            "case b",
            "case c",
            "case i",
            "scenario #",
            "possibility #",
            "option #",
            "suppose",
            "assume ",
            "let's assume",
            "let's suppose",
            "let me assume",
            "let me suppose",
            "let us assume",
            "let us suppose",
            "i'll assume",
            "i'll suppose",
            "i will assume",
            "consider the case",
            "let's consider the case",
            "let me consider the case",
            "if we assume",
            "if we suppose",
            "first case",
            "second case",
            "third case",
            "in the first case",
            "in the second case",
            "in case #",
        ],
    ),
    (
        Turn::Attempt,
        &[
            "first attempt",
            "second attempt",
            "third attempt",
            "fourth attempt",
        ],
    ),
    (
        Turn::Way,
        &[
            "first approach",
            "second approach",
            "third approach",
            "first idea",
            "second idea",
            "third idea",
            "first method",
            "second method",
            "third method",
            "first strategy",
            "second strategy",
            "strategy a",
            "strategy b",
            "strategy c",
            "approach a",
            "approach b",
            "approach c",
            "method a",
            "method b",
            "method c",
            "idea a",
            "idea b",
            "idea c",
        ],
    ),
    (
        Turn::Try,
        &[
            "let me try",
            "let's try",
            "i'll try",
            "try ",
            "trying",
            "maybe i can",
            "maybe we can",
            "perhaps i can",
            "perhaps we can",
            "maybe i should",
            "perhaps i should",
            "what if",
            "what about",
            "how about",
            "let us try",
            "i try",
            "we try",
            "maybe try",
            "let me guess",
            "let's guess",
            "guess ",
            "one approach",
            "one way",
            "my first idea",
            "let's attempt",
            "let me attempt",
            "i'll attempt",
        ],
    ),
    (Turn::Attempt, &["attempt #", "trial #"]),
    (Turn::Way, &["approach #", "method #", "idea #", "strategy #"]),
    (
        Turn::Then,
        &[
            "first",
            "second,",
            "secondly",
            "third,",
            "thirdly",
            "next",
            "finally",
            "therefore",
            "starting",
            "moving on",
            "similarly",
            "let me",
            "let's",
            "step #",
            "in conclusion",
            "to summarize",
            "putting",
        ],
    ),
];

/// The words before the one that tells.
static BEFORE: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::new(&[&DOUBTS[..], &FILLERS].concat()));

/// The beginnings, and what each tells.
static TELLING: LazyLock<(Beginnings, Vec<Turn>)> = LazyLock::new(|| {
    let each = || {
        BEGINNINGS
            .iter()
            .flat_map(|(turn, words)| words.iter().map(|word| (*turn, *word)))
    };
    let words: Vec<&str> = each().map(|(_, word)| word).collect();
    (Beginnings::new(&words), each().map(|(turn, _)| turn).collect())
});

/// What the beginning of a sentence says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a> {
    /// Of its place.
    pub turn: Option<Turn>,
    /// What is left of the sentence from the word that tells on…
    pub rest: &'a str,
    /// …and behind that.
    pub behind: &'a str,
}

/// What the sentence with this shape says by its beginning.
pub(super) fn said(shape: &str) -> Said<'_> {
    let mut rest = shape.trim_start_matches(['(', '"', '\u{201c}', '*', '-', ' ']);
    let mut doubts = matches!(
        rest.trim_end_matches(['.', '!', '?', ',', '\u{2026}']),
        "wait" | "hmm" | "hold on" | "but wait" | "no"
    );
    // Few words stand before the one that tells.
    for _ in 0..3 {
        let Some((which, length)) = BEFORE.find(rest) else {
            break;
        };
        doubts |= which < DOUBTS.len();
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    let (begins, turns) = &*TELLING;
    let find = |text: &str| {
        let (which, length) = begins.find(text)?;
        Some((*turns.get(which)?, length))
    };
    let mut found = find(rest);
    // `Next, suppose that…` supposes.
    if let Some((Turn::Then, length)) = found
        && let Some(text) = after_comma(rest, length)
        && let Some(telling @ (Turn::Case | Turn::Try, _)) = find(text)
    {
        (found, rest) = (Some(telling), text);
    }
    let behind = found
        .and_then(|(_, length)| rest.get(length..))
        .unwrap_or_default();
    Said {
        turn: turn(found.map(|(turn, _)| turn), rest, behind, doubts),
        rest,
        behind,
    }
}

/// Whether another way is taken to check what there is: `let me try another way to verify this`.
fn checks_so(rest: &str) -> bool {
    ["to check", "to verify", "to confirm", "to double-check"]
        .iter()
        .any(|words| rest.contains(words))
}

/// What stands behind the comma that follows a word of order: `first, `.
fn after_comma(text: &str, length: usize) -> Option<&str> {
    let word = text.get(..length)?.trim_end_matches(',');
    let concludes = matches!(word, "therefore" | "in conclusion");
    text.get(word.len()..)?.strip_prefix(", ").filter(|_| !concludes)
}

/// The turn that is told by a beginning, seen with the rest of its sentence.
fn turn(told: Option<Turn>, rest: &str, behind: &str, doubts: bool) -> Option<Turn> {
    let checks = || {
        ["check", "verify", "confirm"]
            .iter()
            .any(|word| rest.contains(word))
    };
    match told {
        Some(Turn::Then) | None if doubts => Some(Turn::But),
        Some(Turn::Back) if goes_on(rest) => Some(Turn::Then),
        // `Let me go back over my work` looks at it once more.
        Some(Turn::Back) if looks_again(rest) => Some(Turn::Check),
        Some(Turn::Back) if returns_nowhere(rest) => None,
        // `First approach is to…`
        Some(Turn::Way) if rest.starts_with("first approach") && !opens(rest, behind) => Some(Turn::Try),
        Some(Turn::Attempt | Turn::Way) if !opens(rest, behind) => doubts.then_some(Turn::But),
        // `Let me try taking the cabbage instead` does not go on with the attempt.
        Some(Turn::Try | Turn::Then) if says_instead(rest) => Some(Turn::Instead),
        // `Another way to check…` gives nothing up.
        Some(Turn::Or) if checks() => Some(Turn::Check),
        Some(Turn::Instead) if checks_so(rest) => Some(Turn::Check),
        // `Let me try to understand…` is no attempt at anything yet.
        Some(Turn::Try) if rest.contains("try to ") => Some(if doubts { Turn::But } else { Turn::Then }),
        // `If Arnold is in House 1:` opens a case.
        None if rest.starts_with("if ") && rest.ends_with(':') => Some(Turn::Case),
        turn => turn,
    }
}

/// Whether the text sets out to do something at the end of which stands `instead`: `instead of` may be part of what it does.
fn says_instead(rest: &str) -> bool {
    const SETS_OUT: [&str; 6] = [
        "let me try",
        "let's try",
        "i'll try",
        "let me use",
        "let's use",
        "try ",
    ];
    let behind = rest
        .find(" instead")
        .and_then(|at| rest.get(at + " instead".len()..));
    behind.is_some_and(|behind| {
        !behind.starts_with(" of ") && !behind.starts_with(|c: char| c.is_alphanumeric())
    }) && SETS_OUT.iter().any(|words| rest.starts_with(words))
}

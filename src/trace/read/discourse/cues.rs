//! What the beginning of a sentence says of its place in the reasoning.

use super::going::{goes_on, looks_again, returns_nowhere};
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
            Turn::Case => "case",
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
const FILLERS: [&str; 12] = [
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
const BEGINNINGS: [(Turn, &[&str]); 11] = [
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
            "how about",
            "one approach",
            "one way",
            "first approach",
            "my first idea",
        ],
    ),
    (Turn::Attempt, &["attempt #", "trial #"]),
    (Turn::Way, &["approach #", "method #"]),
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
static BEFORE: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::new(&[DOUBTS, FILLERS].concat()));

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

/// What the sentence with this shape says by its beginning.
pub(super) fn turn(shape: &str) -> Option<Turn> {
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
    let found = begins.find(rest);
    let turn = found.and_then(|(which, _)| turns.get(which)).copied();
    let behind = || rest.get(found?.1..);
    let checks = || {
        ["check", "verify", "confirm"]
            .iter()
            .any(|word| rest.contains(word))
    };
    match turn {
        Some(Turn::Then) | None if doubts => Some(Turn::But),
        Some(Turn::Back) if goes_on(rest) => Some(Turn::Then),
        // `Let me go back over my work` looks at it once more.
        Some(Turn::Back) if looks_again(rest) => Some(Turn::Check),
        Some(Turn::Back) if returns_nowhere(rest) => None,
        Some(Turn::Attempt | Turn::Way) if !behind().is_some_and(|behind| opens(rest, behind)) => {
            doubts.then_some(Turn::But)
        }
        // `Let me try taking the cabbage instead` does not go on with the attempt.
        Some(Turn::Try | Turn::Then) if says_instead(rest) => Some(Turn::Instead),
        // `Another way to check…` gives nothing up.
        Some(Turn::Or) if checks() => Some(Turn::Check),
        // `Let me try to understand…` is no attempt at anything yet.
        Some(Turn::Try) if rest.contains("try to ") => Some(if doubts { Turn::But } else { Turn::Then }),
        // `If Arnold is in House 1:` opens a case.
        None if rest.starts_with("if ") && rest.ends_with(':') => Some(Turn::Case),
        turn => turn,
    }
}

/// Whether an attempt begins with the number before `behind`: `Attempt 1: take x`, but not `Attempt 1 gave 4`.
fn opens(said: &str, behind: &str) -> bool {
    let stops = |c: char| {
        matches!(
            c,
            ':' | '.'
                | ')'
                | ']'
                | '('
                | '-'
                | '\u{2013}'
                | '\u{2014}'
                | '\u{2192}'
                | '\u{21d2}'
                | '\u{27f6}'
                | '='
                | '*'
                | '#'
                | '%'
        )
    };
    // `Attempt 2 of 3: …`
    let behind = [" of #", "/#"]
        .iter()
        .find_map(|of| behind.strip_prefix(of))
        .unwrap_or(behind);
    // `Attempt 1, take x`, but not `Attempt 1, which gave 4`.
    let listed = behind.strip_prefix(", ").unwrap_or_default();
    if SETTING_OUT.find(listed).is_some() {
        return !is_told(listed);
    }
    let words = behind.trim_start_matches(|c: char| c == ' ' || stops(c));
    // `Approach 1 using induction: take x`
    let ways = words.contains(':') && is_way(words) && !is_told(words);
    let marked = behind.trim_start().starts_with(stops) || said.ends_with(':') || ways;
    // In a story there are other trials.
    let sets_out = || {
        words.len() < behind.trim_start_matches([' ', ':']).len()
            || words.contains(['%', '='])
            || SETTING_OUT.find(words).is_some()
    };
    words.is_empty() || marked && (!said.starts_with("trial") || sets_out())
}

/// Whether the words behind an attempt's number say how it is made: `using induction`.
fn is_way(words: &str) -> bool {
    let by = ["using ", "with ", "by ", "via ", "beginning ", "starting "];
    by.iter().any(|by| words.starts_with(by))
}

/// Whether an attempt is told about, not begun: `Attempt 1, using x = 2, gave 4`, `Approach 2 with x = 3 was wrong: …`.
fn is_told(words: &str) -> bool {
    const VERBS: [&str; 9] = [
        "was", "were", "is", "had", "has", "gave", "failed", "worked", "led",
    ];
    let head = words.split([':', ';']).next().unwrap_or_default();
    // `using the fact that x is even`
    let head = head.split(" that ").next().unwrap_or_default();
    let is_verb = |word: &str| VERBS.contains(&word);
    let behind_comma = |part: &str| part.split(' ').next().is_some_and(is_verb);
    is_way(words) && head.split([' ', ',']).any(is_verb) || head.split(", ").any(behind_comma)
}

/// What a trial begins with that is one of reasoning.
static SETTING_OUT: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        "let", "try", "take", "use", "using", "put", "place", "set ", "start", "assum", "suppos", "guess",
        "choose", "pick", "begin", "with ", "if ", "add", "multiply", "subtract", "divide", "combine", "x ",
        "n ", "i take ", "i try ", "i use ",
    ])
});

/// The name of an attempt that has a number: `attempt 1`; none when the first number of `text` names no such thing.
pub(super) fn named(text: &str) -> Option<String> {
    const NOUNS: [&str; 4] = ["attempt", "trial", "approach", "method"];
    let at = text.find(|c: char| c.is_ascii_digit())?;
    let (before, number) = text.split_at_checked(at)?;
    let noun = before
        .trim_end_matches([' ', '#'])
        .rsplit(|c: char| !c.is_alphabetic())
        .next()?;
    let length = number.find(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    let number = number
        .get(..length.unwrap_or(number.len()))?
        .trim_end_matches('.');
    let noun = NOUNS.iter().find(|known| noun.eq_ignore_ascii_case(known))?;
    Some(format!("{noun} {number}"))
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

//! Words with which a sentence of free reasoning gives up what was done.

use crate::base::phrases::{Beginnings, Phrases};
use std::{ops::Range, sync::LazyLock};

/// Words with which a text gives up what it did last.
const FAILURES: [&str; 36] = [
    "that's not right",
    "that is not right",
    "that isn't right",
    "this isn't right",
    "this is not right",
    "that's wrong",
    "this is wrong",
    "that's incorrect",
    "this is incorrect",
    "that's not correct",
    "that is incorrect",
    "can't be right",
    "cannot be right",
    "doesn't work",
    "does not work",
    "won't work",
    "not going to work",
    "didn't work",
    "made a mistake",
    "made an error",
    "scratch that",
    "dead end",
    "leads nowhere",
    "doesn't seem right",
    "does not seem right",
    "isn't helpful",
    "is not helpful",
    "doesn't help",
    "not helpful",
    "getting nowhere",
    "approach fails",
    "attempt fails",
    "this fails",
    "that fails",
    "approach failed",
    "attempt failed",
];

/// Words and marks with which an assumption or an attempt fails.
const REFUTATIONS: [&str; 10] = [
    "contradict",
    "impossible",
    "inconsistent",
    "not possible",
    "can't be true",
    "cannot be true",
    "\u{2717}",
    "\u{2718}",
    "\u{274c}",
    "\u{2716}",
];

/// The failures, and behind them the refutations.
static FAILED: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&[&FAILURES[..], &REFUTATIONS].concat()));

/// What each of them has; a sentence without it is looked at no further.
const MARKS: [&str; 19] = [
    "right",
    "wrong",
    "correct",
    "work",
    "mistake",
    "error",
    "scratch",
    "dead end",
    "nowhere",
    "help",
    "fail",
    "contradict",
    "possible",
    "inconsistent",
    "be true",
    "\u{2717}",
    "\u{2718}",
    "\u{274c}",
    "\u{2716}",
];
static MARKED: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&MARKS));

/// Words with which nothing is said to fail.
static DENIED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "no contradiction",
        "might have",
        "may have made",
        "maybe i made",
        "perhaps i made",
        "if this doesn't",
        "if that doesn't",
        "if it doesn't",
        "not a contradiction",
        "without contradict",
        "if i made",
        "i didn't make",
        "n't contradict",
        "not contradict",
    ])
});

/// Whether the sentence gives up what was done; `assumed` when there is an assumption or attempt that can be refuted.
pub(super) fn fails(shape: &str, assumed: bool) -> bool {
    let failed = |(which, at): (usize, Range<usize>)| match which < FAILURES.len() {
        true => is_said(shape, &at),
        false => assumed && is_found(shape, &at),
    };
    !shape.ends_with('?')
        && MARKED.first(shape).is_some()
        && FAILED.places(shape).any(failed)
        && DENIED.first(shape).is_none()
}

/// Longest remark, in bytes.
const REMARK: usize = 40;

/// Whether a sentence says no more than that what was done is wrong: `that's not right.`
pub(super) fn is_remark(rest: &str) -> bool {
    let said = rest.trim_end_matches(['.', '!', ' ']);
    let whole = |(which, at): (usize, Range<usize>)| which < FAILURES.len() && at.end == said.len();
    said.len() < REMARK
        && !said.contains(['#', '%', '@'])
        && fails(rest, false)
        && FAILED.places(said).any(whole)
}

/// What fails when that is one of several values that were found: `x =` of `so x = -# doesn't work`, `#` of a bare one,
/// `root` of `the negative root is impossible`.
pub(super) fn rejected(shape: &str) -> Option<String> {
    const BETWEEN: [&str; 10] = [
        "is",
        "was",
        "also",
        "clearly",
        "obviously",
        "definitely",
        "then",
        "just",
        "simply",
        "here",
    ];
    const ONE: [&str; 8] = [
        "negative",
        "positive",
        "other",
        "second",
        "first",
        "larger",
        "smaller",
        "extraneous",
    ];
    let (_, at) = FAILED.places(shape).next()?;
    let mut words = shape.get(..at.start)?.trim_end();
    while let Some((before, word)) = words.rsplit_once(' ')
        && BETWEEN.contains(&word)
    {
        words = before.trim_end();
    }
    let words = words.trim_end_matches(['$', ')', '*', ',', ' ']);
    if let Some(before) = words.strip_suffix(['#', '%']) {
        let before = before.trim_end_matches(['-', '\u{2212}', ' ']);
        let Some(before) = before.strip_suffix('=') else {
            let word = before.rsplit(' ').next().unwrap_or_default();
            let alone = matches!(word, "" | "so" | "but" | "and" | "since" | "because")
                || word.ends_with([',', ';', ':']);
            return alone.then(|| "#".to_owned());
        };
        let name = before.trim_end();
        let name = name.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next()?;
        return Some(format!("{name} ="));
    }
    let (before, word) = words.rsplit_once(' ')?;
    let one = before.rsplit(' ').next().is_some_and(|word| ONE.contains(&word));
    (one && matches!(word, "root" | "solution" | "value")).then(|| "root".to_owned())
}

/// Whether the refutation at `at` is one, and neither what is aimed at (`let me try contradiction`, `to get a contradiction`)
/// nor part of a condition (`if it is impossible, …`).
fn is_found(shape: &str, at: &Range<usize>) -> bool {
    const AIMING: [&str; 14] = [
        "by", "try", "use", "using", "for", "of", "toward", "towards", "via", "expect", "seek", "want", "as",
        "attempt",
    ];
    const GETTING: [&str; 9] = [
        "get", "reach", "derive", "obtain", "find", "produce", "force", "show", "see",
    ];
    let before = shape.get(..at.start).unwrap_or_default();
    let behind = shape.get(at.end..).unwrap_or_default();
    if shape.starts_with("if ") && !before.contains([',', ':']) && !before.contains(" then ") {
        return false;
    }
    if shape.get(at.clone()) != Some("contradict") || !behind.starts_with("ion") {
        return true;
    }
    let mut words = before
        .rsplit(' ')
        .filter(|word| !matches!(*word, "" | "a" | "an" | "some" | "the"));
    let (last, first) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let aimed = AIMING.contains(&last) || GETTING.contains(&last) && first == "to";
    let method = [" argument", " approach", " method", " proof"]
        .iter()
        .any(|method| behind.get(3..).is_some_and(|behind| behind.starts_with(method)));
    !aimed && !method
}

/// Whether the sentence refutes what is given in its step. That something is impossible is often what follows from it.
pub(super) fn contradicts(shape: &str) -> bool {
    ["contradiction", "contradicts", "\u{2717}", "\u{274c}"]
        .iter()
        .any(|words| shape.contains(words))
        && fails(shape, true)
}

/// What stands behind words of failure that only tell when it would be one.
static LIMITED: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        " only if",
        " only when",
        " only for",
        " unless",
        " for no ",
        " in no ",
    ])
});

/// What is found missing behind `fails`, or when it would fail; `fails to satisfy…` is a failure.
static LACKING: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        " if ",
        " to account",
        " to address",
        " to appreciate",
        " to consider",
        " to cover",
        " to explain",
        " to mention",
        " to note",
        " to notice",
        " to recognize",
        " to say",
        " to see",
        " to specify",
        " to take",
        " to use",
    ])
});

/// What must all be used or covered: who fails to do so has failed.
static DEMANDED: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        " to use all",
        " to use both",
        " to use each",
        " to use every",
        " to use the #",
        " to use #",
        " to cover all",
        " to cover both",
        " to cover each",
        " to cover every",
    ])
});

/// Whether the failure at `at` of a sentence is one, and no condition: `if this fails…`, `this fails only if…`.
fn is_said(shape: &str, at: &Range<usize>) -> bool {
    const CONDITIONS: [&str; 10] = [
        "if", "when", "whenever", "whether", "unless", "until", "once", "of", "nor", "neither",
    ];
    /// Words of what fails, before the ones that say so.
    const NAMING: [&str; 11] = [
        "this", "that", "it", "the", "my", "our", "first", "second", "last", "current", "such",
    ];
    let words = shape.get(..at.start).unwrap_or_default();
    let behind = shape.get(at.end..).unwrap_or_default();
    let mut before = words.rsplit(' ').skip_while(|word| word.is_empty());
    let word = before.by_ref().take(3).find(|word| !NAMING.contains(word));
    let conditional =
        word.is_some_and(|word| CONDITIONS.contains(&word) || word == "case" && before.next() == Some("in"));
    let lacking = shape.get(at.clone()).is_some_and(|said| said.ends_with("fails"))
        && LACKING.find(behind).is_some()
        && DEMANDED.find(behind).is_none();
    !conditional && !lacking && LIMITED.find(behind).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_one_of_the_words_that_are_looked_for_first() {
        for words in FAILURES.iter().chain(&REFUTATIONS) {
            assert!(MARKED.first(words).is_some(), "{words}");
        }
    }

    #[test]
    fn a_contradiction_that_is_aimed_at_refutes_nothing() {
        for said in [
            "let's try contradiction instead.",
            "let me prove it by contradiction.",
            "assume, for the sake of contradiction, that n is odd.",
            "assume for contradiction that n is odd.",
            "a contradiction argument may be shorter.",
            "i want to get a contradiction.",
            "i use proof by contradiction.",
            "if it is impossible to go on, we stop.",
        ] {
            assert!(!fails(said, true), "{said}");
        }
        for said in [
            "this is a contradiction.",
            "we get a contradiction.",
            "that leads to a contradiction.",
            "contradiction!",
            "it contradicts the first statement.",
            "if b lies, then a lies, which is impossible.",
        ] {
            assert!(fails(said, true), "{said}");
        }
    }

    #[test]
    fn what_would_fail_or_lacks_something_does_not_give_up() {
        for said in [
            "this fails.",
            "that fails for x = #.",
            "so this fails, and i go on.",
            "this fails to satisfy the second condition.",
            "this fails to use all the numbers.",
            "that fails to cover all squares.",
            "this fails to use the #, so try %.",
            "this fails to cover every case.",
            "if x is even, this fails.",
            "this approach fails because of the box.",
            "this doesn't work.",
            "in this case that fails.",
            "now i see why this fails.",
        ] {
            assert!(fails(said, false), "{said}");
        }
        for said in [
            "this fails to consider x.",
            "this fails to use the hint, but it is right.",
            "this fails to cover what happens next.",
            "this approach fails to use the fact that x is even.",
            "note that this fails only if x < #.",
            "that fails for no x.",
            "this fails if x is even.",
            "this fails unless x is odd.",
            "if this fails i will go back to step #.",
            "when that fails, we add one.",
            "let me see whether this approach fails.",
            "in case this attempt fails, i have another.",
            "if the first approach fails, try the second.",
            "none of this fails.",
            "this won't work unless x is odd.",
            "if it does not work, i will add one.",
        ] {
            assert!(!fails(said, false), "{said}");
        }
    }
}

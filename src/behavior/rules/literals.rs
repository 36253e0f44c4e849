//! What a phrase cannot do without: `\b(let me|let's) (check|verify)\b` needs one of `let me check`, `let me verify`,
//! `let's check`, `let's verify`. Only a sentence that has one of them is searched for the phrase.
//!
//! Simplification: words are followed through alternatives and concatenations; a class of many letters or a repetition
//! interrupts them, and the best stretch of a phrase is taken, never several.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Stands before what must begin the text: a byte that no text has.
pub(super) const START: u8 = 0xff;

/// Alternatives that are told apart; beyond them a shorter stretch has to do.
const MOST: usize = 48;

/// Letters of a class that are told apart.
const LARGEST_CLASS: usize = 8;

/// Alternatives, one of which a text must have.
type Words = Vec<Vec<u8>>;

/// What is known of a part of a phrase.
struct Part {
    /// All it can be, when that is little.
    exact: Option<Words>,
    /// What it cannot do without, when there is such a thing.
    needed: Option<Words>,
}

/// The words one of which stands in every text that has the phrase; none when there are no such words.
pub(super) fn needed(phrase: &Hir) -> Option<Words> {
    let part = part(phrase);
    better(part.exact, part.needed)
}

fn part(hir: &Hir) -> Part {
    let exact = |words: Words| Part {
        exact: Some(words),
        needed: None,
    };
    let unknown = Part {
        exact: None,
        needed: None,
    };
    match hir.kind() {
        HirKind::Empty => exact(vec![Vec::new()]),
        HirKind::Look(Look::Start) => exact(vec![vec![START]]),
        // What stands around a word is no part of it.
        HirKind::Look(_) => exact(vec![Vec::new()]),
        HirKind::Literal(literal) => exact(vec![literal.0.to_vec()]),
        HirKind::Class(class) => letters(class).map_or(unknown, exact),
        HirKind::Capture(capture) => part(&capture.sub),
        HirKind::Repetition(repetition) => {
            let once = part(&repetition.sub);
            match (repetition.min, repetition.max, once.exact) {
                (0, Some(1), Some(mut words)) => {
                    words.push(Vec::new());
                    exact(words)
                }
                (0, _, _) => unknown,
                (_, _, words) => Part {
                    exact: None,
                    needed: better(words, once.needed),
                },
            }
        }
        HirKind::Concat(parts) => in_a_row(parts),
        HirKind::Alternation(parts) => one_of(parts),
    }
}

fn letters(class: &Class) -> Option<Words> {
    let Class::Unicode(class) = class else { return None };
    let letters: Vec<char> = class
        .iter()
        .flat_map(|range| range.start()..=range.end())
        .take(LARGEST_CLASS + 1)
        .collect();
    let words = letters.iter().map(|letter| letter.to_string().into_bytes());
    (letters.len() <= LARGEST_CLASS).then(|| words.collect())
}

fn in_a_row(parts: &[Hir]) -> Part {
    let nothing = || vec![Vec::new()];
    let (mut run, mut best, mut whole) = (nothing(), None, true);
    for hir in parts {
        let part = part(hir);
        match part.exact {
            Some(words) if words.len() * run.len() <= MOST => {
                let followed = |head: &Vec<u8>| {
                    let head = head.clone();
                    words
                        .iter()
                        .map(move |word| [head.as_slice(), word].concat())
                        .collect::<Words>()
                };
                run = run.iter().flat_map(followed).collect();
            }
            exact => {
                whole = false;
                best = better(best, part.needed);
                best = better(
                    best,
                    Some(std::mem::replace(&mut run, exact.unwrap_or_else(nothing))),
                );
            }
        }
    }
    if whole {
        Part {
            exact: Some(run),
            needed: None,
        }
    } else {
        Part {
            exact: None,
            needed: better(best, Some(run)),
        }
    }
}

fn one_of(parts: &[Hir]) -> Part {
    let parts: Vec<Part> = parts.iter().map(part).collect();
    let exact: Option<Vec<&Words>> = parts.iter().map(|part| part.exact.as_ref()).collect();
    if let Some(words) = exact.filter(|words| words.iter().map(|words| words.len()).sum::<usize>() <= MOST) {
        return Part {
            exact: Some(words.into_iter().flatten().cloned().collect()),
            needed: None,
        };
    }
    let each: Option<Vec<Words>> = parts
        .into_iter()
        .map(|part| better(part.exact, part.needed))
        .collect();
    Part {
        exact: None,
        needed: each.map(|words| words.concat()),
    }
}

/// The one of which fewer texts have a word: that whose shortest word is longer. Words that may be empty say nothing.
fn better(a: Option<Words>, b: Option<Words>) -> Option<Words> {
    let shortest = |words: &Option<Words>| {
        let lengths = words.iter().flatten().map(Vec::len);
        lengths.min().unwrap_or_default()
    };
    let (left, right) = (shortest(&a), shortest(&b));
    if left.max(right) == 0 {
        None
    } else if right > left {
        b
    } else {
        a
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(phrase: &str) -> Vec<String> {
        let hir = regex_automata::util::syntax::parse(phrase).unwrap();
        let mut words: Vec<String> = needed(&hir)
            .unwrap_or_default()
            .into_iter()
            .map(|word| match word.split_first() {
                Some((&START, rest)) => format!("^{}", str::from_utf8(rest).unwrap()),
                _ => String::from_utf8(word).unwrap(),
            })
            .collect();
        words.sort();
        words
    }

    #[test]
    fn a_phrase_needs_the_words_it_is_made_of() {
        assert_eq!(
            words(r"\b(let me|let's) (re-?)?check\b"),
            [
                "let me check",
                "let me re-check",
                "let me recheck",
                "let's check",
                "let's re-check",
                "let's recheck",
            ]
        );
        assert_eq!(words(r"^(so|thus)\b.*\banswer\b"), ["answer"]);
        assert_eq!(words(r"^if\b"), ["^if"]);
        assert_eq!(words(r"(^|[.,] )instead"), [", instead", ". instead", "^instead"]);
        assert_eq!(words(r"(ab|c)+"), ["ab", "c"]);
    }

    #[test]
    fn a_phrase_that_can_be_anything_needs_nothing() {
        for phrase in [r"\w+", "(a|b*)", "", "x?", r"\b", "a*"] {
            assert!(words(phrase).is_empty(), "{phrase}");
        }
    }
}

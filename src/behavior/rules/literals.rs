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

/// Words, one of which a text must have.
pub(super) struct Needed {
    /// The words.
    pub words: Vec<Vec<u8>>,
    /// Whether the phrase begins with them: then it stands where one of them stands, or nowhere.
    pub first: bool,
}

/// What is known of a part of a phrase.
enum Part {
    /// All it can be, when that is little.
    Exact(Vec<Vec<u8>>),
    /// What it cannot do without, when there is such a thing.
    Needs(Option<Needed>),
}

/// The words one of which stands in every text that has the phrase; none when there are no such words.
pub(super) fn needed(phrase: &Hir) -> Option<Needed> {
    part(phrase).needed()
}

impl Part {
    fn nothing() -> Vec<Vec<u8>> {
        vec![Vec::new()]
    }

    fn needed(self) -> Option<Needed> {
        match self {
            Part::Exact(words) => Needed { words, first: true }.useful(),
            Part::Needs(needed) => needed,
        }
    }
}

impl Needed {
    /// The letters of the shortest word: with more of them, fewer texts have it. The beginning of a text is rare, too.
    fn worth(&self) -> usize {
        let worth = |word: &Vec<u8>| match word.first() {
            Some(&START) if word.len() > 1 => word.len() + 1,
            Some(&START) => 0,
            _ => word.len(),
        };
        self.words.iter().map(worth).min().unwrap_or_default()
    }

    /// Words that may be empty say nothing.
    fn useful(self) -> Option<Self> {
        (self.worth() > 0).then_some(self)
    }
}

/// The better of two; the first when they are equal.
fn better(a: Option<Needed>, b: Option<Needed>) -> Option<Needed> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.worth() > a.worth() { b } else { a }),
        (a, b) => a.or(b),
    }
}

fn part(hir: &Hir) -> Part {
    match hir.kind() {
        HirKind::Empty => Part::Exact(Part::nothing()),
        HirKind::Look(Look::Start) => Part::Exact(vec![vec![START]]),
        // What stands around a word is no part of it.
        HirKind::Look(_) => Part::Exact(Part::nothing()),
        HirKind::Literal(literal) => Part::Exact(vec![literal.0.to_vec()]),
        HirKind::Class(class) => letters(class).map_or(Part::Needs(None), Part::Exact),
        HirKind::Capture(capture) => part(&capture.sub),
        HirKind::Repetition(repetition) => match (repetition.min, repetition.max, part(&repetition.sub)) {
            (0, Some(1), Part::Exact(mut words)) => {
                words.push(Vec::new());
                Part::Exact(words)
            }
            (0, _, _) => Part::Needs(None),
            (_, _, once) => Part::Needs(once.needed()),
        },
        HirKind::Concat(parts) => in_a_row(parts),
        HirKind::Alternation(parts) => one_of(parts),
    }
}

fn letters(class: &Class) -> Option<Vec<Vec<u8>>> {
    let Class::Unicode(class) = class else { return None };
    let letters: Vec<char> = class
        .iter()
        .flat_map(|range| range.start()..=range.end())
        .take(LARGEST_CLASS + 1)
        .collect();
    let words = letters.iter().map(|letter| letter.to_string().into_bytes());
    (letters.len() <= LARGEST_CLASS).then(|| words.collect())
}

/// Parts behind each other make longer words as long as there are few of them.
fn in_a_row(parts: &[Hir]) -> Part {
    let (mut run, mut first, mut best) = (Part::nothing(), true, None);
    for hir in parts {
        match part(hir) {
            Part::Exact(words) if words.len() * run.len() <= MOST => {
                let before = std::mem::take(&mut run);
                let longer = before
                    .iter()
                    .flat_map(|head| words.iter().map(|word| [head.as_slice(), word].concat()));
                run.extend(longer);
            }
            part => {
                let alone = first && run == Part::nothing();
                let words = std::mem::replace(&mut run, Part::nothing());
                best = better(best, Needed { words, first }.useful());
                first = false;
                match part {
                    Part::Exact(words) => run = words,
                    Part::Needs(needed) => {
                        let needed = needed.map(|needed| Needed {
                            first: needed.first && alone,
                            ..needed
                        });
                        best = better(best, needed);
                    }
                }
            }
        }
    }
    if first {
        return Part::Exact(run);
    }
    Part::Needs(better(best, Needed { words: run, first }.useful()))
}

/// Alternatives need a word of each.
fn one_of(parts: &[Hir]) -> Part {
    let (mut words, mut exact, mut first) = (Vec::new(), true, true);
    for hir in parts {
        match part(hir) {
            Part::Exact(more) => words.extend(more),
            Part::Needs(None) => return Part::Needs(None),
            Part::Needs(Some(needed)) => {
                words.extend(needed.words);
                exact = false;
                first &= needed.first;
            }
        }
    }
    if exact && words.len() <= MOST {
        Part::Exact(words)
    } else {
        Part::Needs(Needed { words, first }.useful())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(phrase: &str) -> Vec<String> {
        let hir = regex_automata::util::syntax::parse(phrase).unwrap();
        let mut words: Vec<String> = needed(&hir)
            .map_or_else(Vec::new, |needed| needed.words)
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
    fn words_say_whether_a_phrase_begins_with_them() {
        let first = |phrase: &str| {
            needed(&regex_automata::util::syntax::parse(phrase).unwrap())
                .unwrap()
                .first
        };
        for phrase in [r"\bwait\b.*", r"(a|b)+ \w", r"(^|, )or \w", r"(wait \w|(no )+)x"] {
            assert!(first(phrase), "{phrase}");
        }
        for phrase in [
            r"\w+ the",
            r"i .*\bthought",
            r"a?(i .*)\bthought",
            r"(wait|\w+ there)\w",
        ] {
            assert!(!first(phrase), "{phrase}");
        }
    }

    #[test]
    fn a_phrase_that_can_be_anything_needs_nothing() {
        for phrase in [r"\w+", "(a|b*)", "", "x?", r"\b", "a*"] {
            assert!(words(phrase).is_empty(), "{phrase}");
        }
    }
}

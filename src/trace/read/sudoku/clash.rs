//! Whether a word for a clash says that there is one: not in `no conflict`, nor where it is why a cell has not some value.

use std::ops::Range;

/// Words before one that deny it; two of them do not.
const NEGATIONS: [&str; 16] = [
    "no", "not", "never", "nothing", "none", "neither", "nor", "without", "nobody", "nowhere", "cannot",
    "zero", "avoid", "avoids", "avoiding", "prevents",
];

/// Words before one with which nobody says that there is one.
const OPEN: [&str; 7] = [
    "any",
    "check",
    "checking",
    "verify",
    "ensure",
    "whether",
    "potential",
];

/// Words and signs by themselves that begin another clause.
const OPENERS: [&str; 17] = [
    "because", "since", "which", "so", "but", "and", "as", "then", "if", "due", "causing", "creating",
    "leading", "-", "->", "=>", "\u{2192}",
];

/// What a reason begins with.
const LINKS: [&str; 5] = [" because ", " since ", " as ", " due to ", " ("];

/// What ends a clause.
const MARKS: [char; 9] = ['.', ',', ';', ':', '!', '?', '(', '\u{2014}', '\u{2013}'];

/// Whether the word at `at` of a sentence, in lower case and with straight apostrophes, says that there is a clash that
/// speaks against the board.
pub(super) fn is_one(sentence: &str, at: &Range<usize>) -> bool {
    let before = sentence.get(..at.start).unwrap_or_default();
    let behind = sentence.get(at.end..).unwrap_or_default();
    !is_denied(before) && !has_nothing(behind) && !is_reason(before)
}

fn is_denied(before: &str) -> bool {
    let clause = before.rsplit(MARKS).next().unwrap_or_default();
    let words = || clause.rsplit(' ').take_while(|word| !OPENERS.contains(word));
    let denies = |word: &&str| NEGATIONS.contains(word) || word.ends_with("n't");
    words().any(|word| OPEN.contains(&word)) || words().filter(denies).count() % 2 == 1
}

/// Whether it is one with nothing: `conflicts with none`, `conflict: none`, `conflict-free`. `Conflict: none of 1-4 fits` is
/// one.
fn has_nothing(behind: &str) -> bool {
    let rest = behind
        .trim_start_matches(|c: char| c.is_ascii_alphabetic())
        .trim_start_matches(' ');
    let told = rest.starts_with([':', '?', '-']);
    let said = rest.trim_start_matches([':', '?', '-', ' ']);
    let said = said.strip_prefix("with ").unwrap_or(said);
    let word = said
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    let more = said.get(word.len()..).unwrap_or_default();
    let is = |words: &[&str]| words.iter().any(|word| more.starts_with(word));
    match word {
        "nothing" | "neither" | "free" => true,
        "no" | "none" if told => !more.starts_with(' ') || is(&[" issue", " problem"]),
        "no" | "none" => !is(&[" possible", " candidate", " place", " option", " value"]),
        _ => false,
    }
}

/// Whether it is only why a cell has not some value: `R1C3 can't be 4 because row 1 already has a 4`. Where it has none, or
/// what is denied is the guess, that is a clash.
fn is_reason(before: &str) -> bool {
    const DENIALS: [&str; 4] = ["can't be ", "cannot be ", "can not be ", "couldn't be "];
    let link = LINKS.iter().filter_map(|link| before.rfind(link)).max();
    let Some(head) = link.and_then(|link| before.get(..link + 1)) else {
        return false;
    };
    DENIALS.iter().any(|denial| {
        let value = head.split_once(denial).map(|(_, value)| value);
        value.is_some_and(|value| value.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// Whether the clash at `at` is only why a value is put somewhere, one of those that begin at `puts`: `Row 1 already has a 4,
/// so R1C3 is 2`.
pub(super) fn explains(sentence: &str, at: &Range<usize>, mut puts: impl Iterator<Item = usize>) -> bool {
    let word = sentence.get(at.clone()).unwrap_or_default();
    let before = sentence.get(..at.start).unwrap_or_default();
    let weak = word.starts_with("already") || word == "is taken";
    let reason = LINKS.iter().any(|link| before.contains(link));
    weak && puts.any(|put| put > at.start || reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clashes(sentence: &str) -> bool {
        let words = [
            "conflict",
            "contradict",
            "violat",
            "duplicate",
            "repeated",
            "already has a",
            "already used",
        ];
        let at = words
            .iter()
            .find_map(|word| Some((sentence.find(word)?, word.len())))
            .unwrap();
        is_one(sentence, &(at.0..at.0 + at.1))
    }

    #[test]
    fn a_clash_is_one_unless_its_clause_denies_it() {
        for sentence in [
            "this conflicts with row 1.",
            "no, that conflicts with row 1.",
            "that leaves r1c3 with no candidates, a contradiction.",
            "conflict: none of 1-4 fits r1c3.",
            "conflict: no value fits r1c3.",
            "this creates a conflict with no possible value for r1c3.",
            "no cell is left for it without a conflict.",
            "row 2 already has a 4.",
            "4 is not allowed there -> conflict with row 2.",
            "4 does not fit - a conflict with row 2.",
            "r1c3 can't be anything because of a conflict.",
        ] {
            assert!(clashes(sentence), "{sentence}");
        }
        for sentence in [
            "it doesn't violate any rule.",
            "this does not violate any constraints.",
            "no violations.",
            "i see no violation.",
            "i don't see any conflict.",
            "this is not a conflict.",
            "that is not a contradiction.",
            "row 1 has no repeated digits.",
            "nothing is repeated.",
            "there aren't any duplicates.",
            "r2c2 = 4 without any conflict.",
            "this doesn't create a conflict.",
            "this avoids a conflict.",
            "this doesn't lead to a contradiction.",
            "it conflicts with neither row 1 nor column 1.",
            "conflicts with nothing.",
            "contradicts nothing.",
            "conflicts with no clue.",
            "conflict: none",
            "conflicts: no",
            "conflict? no.",
            "conflicts: no issue.",
            "check conflicts: no issues.",
            "check for conflicts.",
            "so it is conflict-free.",
            "r1c3 can't be 4 because row 1 already has a 4.",
            "r1c3 cannot be 4 since 4 is already used in row 1.",
            "r1c3 can't be 4 (already used).",
            "r1c3 can't be 4, since it would conflict with r1c4.",
        ] {
            assert!(!clashes(sentence), "{sentence}");
        }
    }
}

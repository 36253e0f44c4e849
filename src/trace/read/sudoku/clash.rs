//! Whether a word for a clash says that there is one: not in `no conflict`, nor where it is why a cell has not some value.

use super::{
    refusals::TAKEN_BACK,
    say::{Said, Speech},
    words::{Item, What},
};
use std::ops::Range;

/// Bytes before and behind a word that are looked at; hostile text stays cheap.
const NEAR: usize = 200;

/// Words before one that deny it; two of them do not.
const NEGATIONS: [&str; 11] = [
    "no", "not", "non", "without", "cannot", "zero", "avoid", "avoids", "avoiding", "prevents", "prevent",
];

/// The same, whatever stands between.
const NEVER: [&str; 7] = ["never", "nothing", "none", "neither", "nor", "nobody", "nowhere"];

/// Words before one with which nobody says that there is one.
const OPEN: [&str; 6] = ["check", "checking", "verify", "ensure", "whether", "potential"];

/// Words and signs by themselves that begin another clause.
const OPENERS: [&str; 14] = [
    "because", "since", "which", "so", "but", "and", "as", "then", "if", "due", "causing", "creating",
    "leading", "-",
];

/// What a reason begins with…
const LINKS: [&str; 5] = [" because ", " since ", " as ", " due to ", " ("];

/// …and what follows from it.
const RESULTS: [&str; 4] = [" so ", " thus ", " therefore ", " hence "];

/// What ends a clause.
const MARKS: [char; 14] = [
    '.', ',', ';', ':', '!', '?', '(', '[', '=', '>', '\u{2014}', '\u{2013}', '\u{2192}', '\u{21d2}',
];

/// Whether the word at `at` of a sentence, in lower case and with straight apostrophes, says that there is a clash.
pub(super) fn is_one(sentence: &str, at: &Range<usize>) -> bool {
    !is_denied(before(sentence, at.start)) && !has_nothing(behind(sentence, at.end))
}

fn before(sentence: &str, at: usize) -> &str {
    let from = sentence.ceil_char_boundary(at.saturating_sub(NEAR));
    sentence.get(from..at).unwrap_or_default()
}

fn behind(sentence: &str, at: usize) -> &str {
    let to = sentence.floor_char_boundary(at.saturating_add(NEAR));
    sentence.get(at..to).unwrap_or_default()
}

fn is_denied(before: &str) -> bool {
    let clause = before.rsplit(MARKS).next().unwrap_or_default();
    if TAKEN_BACK.first(clause).is_some() {
        return true;
    }
    let (mut odd, mut said) = (false, false);
    let mut next = "";
    for word in clause.rsplit(' ').filter(|word| !word.is_empty()) {
        let opener = OPENERS.contains(&word);
        // `See if there is any conflict` asks, `any value is in conflict` does not.
        let asked = word == "if" && matches!(next, "any" | "there" | "there's");
        let any = next == "any" && !opener && !odd && !said;
        if OPEN.contains(&word) || asked || any {
            return true;
        }
        if opener {
            break;
        }
        // `**not**`, `non-repeated`.
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '\'');
        // `Having no place for 2 is a contradiction`: what it is said of is denied, not what is said.
        said |= matches!(next, "a" | "an") && (word == "is" || word.ends_with("'s")) || word == "we";
        let denies = NEGATIONS.contains(&word) || word.ends_with("n't");
        odd ^= NEVER.contains(&word) || denies && !said;
        next = word;
    }
    odd
}

/// Whether it is one with nothing: `conflicts with none`, `conflict: none`, `conflict-free`. `Conflict: none of 1-4 fits` is
/// one.
fn has_nothing(behind: &str) -> bool {
    const TELLS: [char; 5] = [':', '?', '-', '\u{2013}', '\u{2014}'];
    /// What there is not where nothing is left.
    const LEFT: [&str; 6] = [
        "nothing left",
        "no possible",
        "no candidate",
        "no place",
        "no option",
        "no value",
    ];
    if LEFT.iter().any(|left| behind.contains(left)) {
        return false;
    }
    let rest = behind
        .trim_start_matches(|c: char| c.is_ascii_alphabetic())
        .trim_start_matches([' ', '*']);
    let told = rest.starts_with(TELLS);
    let said = rest.trim_start_matches(|c| TELLS.contains(&c) || matches!(c, ' ' | '*'));
    let said = said.strip_prefix("with ").unwrap_or(said);
    let word = said
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    let more = said.get(word.len()..).unwrap_or_default();
    let is = |words: &[&str]| words.iter().any(|word| more.starts_with(word));
    match word {
        "free" => true,
        "none" if told => !is(&[" of ", " fit", " work", " can", " remain"]),
        "no" if told => !more.starts_with(' ') || is(&[" issue", " problem", " conflict", " violation"]),
        "nothing" | "neither" if told => !more.starts_with(' '),
        "no" | "none" | "nothing" | "neither" => true,
        _ => false,
    }
}

/// The reason that the words before a clash begin, and what stands before that.
fn reason(before: &str) -> Option<(&str, &str)> {
    let link = LINKS.iter().filter_map(|link| before.rfind(link)).max()?;
    before.split_at_checked(link)
}

/// Whether a value is said not to be somewhere: `can't be a 4`, `4 cannot go there`.
fn denies_value(text: &str) -> bool {
    /// Words from the negation to the value: `can't contain a 4`.
    const FAR: usize = 3;
    let is_value = |word: &str| matches!(word.trim_end_matches(MARKS).as_bytes(), [b'1'..=b'9']);
    let mut words = text.split(' ');
    let mut value_before = false;
    while let Some(word) = words.next() {
        let negates = matches!(word, "can't" | "cannot" | "couldn't" | "not" | "isn't");
        let mut far = words.clone().take(FAR);
        let mut value_behind = || {
            far.find(|word| is_value(word) || word.ends_with(MARKS))
                .is_some_and(is_value)
        };
        if negates && (value_before || value_behind()) {
            return true;
        }
        value_before = is_value(word);
    }
    false
}

/// Whether the clash at `at` is only why a cell has not some value, or has one of those named at `values`: `R1C3 can't
/// be 4 because row 1 already has a 4`, `row 1 already has a 4, so R1C3 is 2`. Who says `row 1 already has a 4 in R1C4`
/// only names it.
pub(super) fn explains(sentence: &str, at: &Range<usize>, mut values: impl Iterator<Item = usize>) -> bool {
    let follows = |text: &str| RESULTS.iter().any(|result| text.contains(result));
    let reason = reason(before(sentence, at.start));
    if reason.is_some_and(|(head, reason)| denies_value(head) && !follows(reason)) {
        return true;
    }
    let word = sentence.get(at.clone()).unwrap_or_default();
    if !(word.starts_with("already") || word == "is taken") {
        // `R1C3 is 2, since 4 would conflict with R1C4.`
        let supposed = reason.is_some_and(|(_, reason)| reason.contains(" would "));
        return supposed && values.any(|value| value < at.start);
    }
    let behind = behind(sentence, at.end);
    let concludes = |value: usize| {
        let between = behind.get(..value.saturating_sub(at.end)).unwrap_or_default();
        between.contains([',', ';', ':']) || follows(between)
    };
    denies_value(behind)
        || values.any(|value| match value < at.start {
            true => reason.is_some(),
            false => concludes(value),
        })
}

/// Where cells are said to have one of some values: `R1C3 is 1 or 2`.
pub(super) fn listed(items: &[Item<'_>]) -> impl Iterator<Item = usize> + Clone {
    /// Items from the cell to its values: `R1C3 must be 1 or 2`.
    const FAR: usize = 3;
    let is_cell = |item: &Item<'_>| matches!(item.what, What::Cell(..));
    let listed = move |(at, item): (usize, &Item<'_>)| {
        let before = items.get(at.saturating_sub(FAR)..at)?;
        let cell = before.iter().find(|item| is_cell(item))?;
        matches!(item.what, What::List(_)).then_some(cell.start)
    };
    items.iter().enumerate().filter_map(listed)
}

/// The values that cells cannot have, as a sentence with a clash says: where one stands there, that is the clash.
pub(super) fn denied(items: &[Item<'_>]) -> impl Iterator<Item = Said> {
    /// Items from the negation to the other of the two: `3 can't be placed in R1C1`.
    const FAR: usize = 4;
    let denied = |at: usize| {
        let cannot = items.get(at)?;
        let (before, behind) = (items.get(at.checked_sub(1)?)?, items.get(at + 1..)?);
        let is_word = |item: &&Item<'_>| matches!(item.what, What::Word(_));
        let other = behind.iter().take(FAR).find(|item| !is_word(item))?;
        let (row, column, value) = match (&before.what, &other.what) {
            (What::Cell(row, column), What::Digit(value)) | (What::Digit(value), What::Cell(row, column)) => {
                (*row, *column, *value)
            }
            _ => return None,
        };
        matches!(cannot.what, What::Word("can't" | "can\u{2019}t" | "cannot")).then_some(Said {
            what: Speech::Denied { row, column, value },
            at: before.start..other.end,
        })
    };
    (0..items.len()).filter_map(denied)
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
        let at = at.0..at.0 + at.1;
        is_one(sentence, &at) && !explains(sentence, &at, std::iter::empty())
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

//! Suppositions that stand beside each other without being called cases: `If A is the knight, …` and `If B is the knight, …`,
//! `For x = 2: …` and `For x = 3: …`.

use crate::base::phrases::Beginnings;
use std::sync::LazyLock;

/// Bytes of a condition that are looked at.
const LONGEST: usize = 80;

/// Words before a condition, whatever it is…
const CONDITIONS: [&str; 3] = ["if ", "assuming that ", "assuming "];

/// …before a value that is tried…
const VALUES: [&str; 26] = [
    "maybe ",
    "perhaps ",
    "for ",
    "when ",
    "with ",
    "using ",
    "taking ",
    "setting ",
    "take ",
    "use ",
    "pick ",
    "choose ",
    "let's take ",
    "let me take ",
    "let's use ",
    "let me use ",
    "let's pick ",
    "plug in ",
    "plugging in ",
    "plugging ",
    "substituting ",
    "substitute ",
    "let's set ",
    "let me set ",
    "set ",
    "let's say ",
];

/// …and before one that is checked.
const CHECKS: [&str; 12] = [
    "check ",
    "checking ",
    "check for ",
    "let me check ",
    "let's check ",
    "test ",
    "testing ",
    "let me test ",
    "let's test ",
    "let me check for ",
    "let me check if ",
    "let's check if ",
];

static LEADS: LazyLock<Beginnings> =
    LazyLock::new(|| Beginnings::new(&[&CHECKS[..], &CONDITIONS, &VALUES].concat()));

/// What a sentence takes as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// It only checks it.
    pub checks: bool,
    /// Its words; of a value only what has it: `x =`.
    words: String,
}

/// Whether a text begins as one of those words does; nearly no sentence does.
fn may_lead(text: &str) -> bool {
    let begins = text.as_bytes().get(..2).unwrap_or_default();
    matches!(
        begins,
        b"as"
            | b"ch"
            | b"fo"
            | b"if"
            | b"le"
            | b"ma"
            | b"pe"
            | b"pi"
            | b"pl"
            | b"se"
            | b"su"
            | b"ta"
            | b"te"
            | b"us"
            | b"wh"
            | b"wi"
    )
}

/// What the sentence that goes on with `rest` takes as given.
pub(super) fn condition(rest: &str) -> Option<Condition> {
    if let Some(words) = trial(rest) {
        return Some(Condition { checks: false, words });
    }
    let (which, length) = may_lead(rest).then(|| LEADS.find(rest))??;
    let behind = rest.get(length..)?;
    let checks = which < CHECKS.len();
    if let Some(words) = variable(behind) {
        return Some(Condition { checks, words });
    }
    let any = (CHECKS.len()..CHECKS.len() + CONDITIONS.len()).contains(&which);
    let head = behind.get(..behind.floor_char_boundary(LONGEST))?;
    let end = head.find([',', ':', ';', '.', '?'])?;
    let words = head.get(..end)?;
    let words = words.split(" then ").next().unwrap_or(words);
    any.then(|| Condition {
        checks,
        words: words.to_owned(),
    })
}

/// What gets a value in `x = #: …`, which tries it without a verb.
fn trial(rest: &str) -> Option<String> {
    let name = rest.strip_prefix(|c: char| c.is_ascii_lowercase())?.trim_start();
    let value = name.strip_prefix('=')?.trim_start().trim_start_matches('-');
    value.strip_prefix('#')?.strip_prefix(": ")?;
    rest.get(..1).map(|name| format!("{name} ="))
}

/// What gets a value at the beginning of `text`: `x =` of `x = #`, `$x = #$` and `x=#`.
pub(super) fn variable(text: &str) -> Option<String> {
    /// Bytes of a name.
    const NAME: usize = 12;
    let text = text.trim_start_matches(['$', '(', '*', '\\', '`', ' ']);
    let head = text.get(..text.floor_char_boundary(NAME + 6))?;
    let (name, value) = head.split_once('=')?;
    let name = name.trim_end();
    let named =
        name.starts_with(char::is_alphabetic) && name.len() <= NAME && !name.contains([' ', ',', '.', ':']);
    let valued = value.trim_start().starts_with(['#', '%', '@', '-', '\\']);
    (named && valued).then(|| format!("{name} ="))
}

impl Condition {
    /// What gets a value in it: `x =`.
    pub fn valued(&self) -> Option<&str> {
        Some(self.words.as_str()).filter(|words| words.ends_with('='))
    }

    /// The one of whom it says something.
    pub fn subject(&self) -> &str {
        let is = [" is ", " was ", " lies", " lied", " tells", " told", " did "];
        let end = is.iter().filter_map(|is| self.words.find(is)).min();
        let words = end.and_then(|end| self.words.get(..end)).unwrap_or(&self.words);
        words.trim_end_matches([' ', '='])
    }

    /// Whether both are suppositions of the same kind.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.checks == other.checks && are_parallel(&self.words, &other.words)
    }
}

/// Whether two conditions differ in one word, or say something else of the same: `a is a knight` and `b is a knight`, `n is
/// even` and `n is not even`, `emma lies` and `emma tells the truth`.
fn are_parallel(one: &str, other: &str) -> bool {
    const NOBODY: [&str; 12] = [
        "i", "we", "you", "it", "this", "that", "there", "they", "he", "she", "not", "all",
    ];
    // Values of one name. Who comes back to a condition adds no other case, but numbers all look the same here.
    if one == other || one.ends_with('=') || other.ends_with('=') {
        return one == other && (one.ends_with('=') || one.contains('#'));
    }
    let words = |text| str::split_ascii_whitespace(text).filter(|word| *word != "not");
    let (length, same) = (words(one).count(), words(one).zip(words(other)));
    let differ = same.clone().filter(|(one, other)| one != other).count();
    let same_size = length == words(other).count();
    if same_size && length >= 2 && differ <= 1 {
        return !one.starts_with("we ") || differ == 0;
    }
    let begin = same.take_while(|(one, other)| one == other).count();
    let article = ["the ", "a ", "an "]
        .iter()
        .any(|article| one.starts_with(article));
    let nobody = words(one).next().is_none_or(|word| NOBODY.contains(&word));
    let second = |text| words(text).nth(1).unwrap_or_default();
    let lies = |text| matches!(second(text), "lies" | "lied" | "tells" | "told");
    // `a is a knight` is about somebody.
    let article = article && !matches!(second(one), "is" | "was" | "says" | "said" | "lies" | "tells");
    !nobody && (begin >= 2 + usize::from(article) || begin == 1 && lies(one) && lies(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_before_a_condition_begins_as_it_may() {
        for lead in [&CHECKS[..], &CONDITIONS, &VALUES].concat() {
            assert!(may_lead(lead), "{lead}");
        }
    }

    #[test]
    fn suppositions_of_one_kind_are_told_from_others() {
        let given = |rest: &str| condition(rest).unwrap();
        for (one, other) in [
            ("if a is the knight, then", "if b is the knight, then"),
            ("if a is a knight:", "if a is a knave:"),
            ("if x = #, then", "for x = #: %"),
            ("if emma lies, then", "if emma tells the truth, then"),
            ("if n is even, it", "if n is not even, it"),
            ("if the number is even, it", "if the number is one of them, it"),
            ("check x = #: %", "check x = #: %"),
            ("if a is the knight, then", "if a is a knave, then"),
            ("take $a = #$ and", "take $a = #$ and"),
            ("when k=#, we", "when k=#, we"),
        ] {
            assert!(given(one).is_beside(&given(other)), "{one} {other}");
        }
        for (one, other) in [
            ("if we add #, we", "if we go on, we"),
            ("if the train leaves, it", "if the car is fast, it"),
            ("if x = #, then", "if y = #, then"),
            ("if x = #, then", "check x = #: %"),
            ("if x = #, then", "if x is even, then"),
            ("if the object moves, it", "if the object moves, then"),
            ("if it takes # minutes, then", "if it has # machines, then"),
        ] {
            assert!(!given(one).is_beside(&given(other)), "{one} {other}");
        }
        for rest in [
            "for the sum, take",
            "use the formula: x",
            "if so",
            "so x = #, and",
        ] {
            assert_eq!(condition(rest), None, "{rest}");
        }
    }
}

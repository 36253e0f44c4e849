//! Attempts and ways that have a number: `Attempt 1: take x`.

use crate::base::phrases::Beginnings;
use std::sync::LazyLock;

/// Whether an attempt begins with the number before `behind`: `Attempt 1: take x`, but not `Attempt 1 gave 4`.
pub(super) fn opens(said: &str, behind: &str) -> bool {
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

/// The name of an attempt that has a number: `attempt 1`; none when the first number of `text` names no such thing. An
/// ordinal or a letter is one, too: `Second approach:`, `Strategy B:`.
pub(super) fn named(text: &str) -> Option<String> {
    const NOUNS: [&str; 6] = ["attempt", "trial", "approach", "method", "idea", "strategy"];
    const ORDINALS: [&str; 4] = ["first", "second", "third", "fourth"];
    let is = |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    let mut words = text
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .split(|c: char| !c.is_alphanumeric());
    if let (Some(first), Some(second)) = (words.next(), words.next())
        && (is(first, &ORDINALS) && is(second, &NOUNS)
            || is(first, &NOUNS) && matches!(second.as_bytes(), [b'A'..=b'Z']))
    {
        return Some(format!("{first} {second}").to_ascii_lowercase());
    }
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

//! The words of a sentence, as phrases are looked for in them.

use crate::task::countdown::Problem;
use std::ops::Range;

/// Beginnings of the names of the operations, and their signs.
const OPERATIONS: &str = "add|subtract|multipl|divi";
const SIGNS: [char; 7] = ['+', '-', '*', '/', '\u{d7}', '\u{f7}', '\u{2212}'];

/// The words of a text in lower case with a blank between them, without TeX's names of fonts, those that are drawn together
/// told apart (`isn't`, `cannot`, `it's`), the target without commas, the signs of operations, and `_` for any sign
/// between clauses; and the text's bytes from the first to the last.
pub(super) fn words(problem: &Problem, text: &str) -> Option<(String, Range<usize>)> {
    let start = text.find(char::is_alphanumeric)?;
    let end = text.rfind(char::is_alphanumeric)?;
    let end = end + text.get(end..)?.chars().next().map_or(0, char::len_utf8);
    let (mut said, mut from) = (Vec::<String>::new(), start);
    for command in ["text{", "textbf{", "mathrm{", "mathbf{", "boxed{"] {
        if text.get(start..)?.starts_with(command) {
            from = start + command.len();
        }
    }
    let target = problem.target.unsigned_abs();
    // The last word may be a sign.
    let text = text
        .get(from..)?
        .trim_end_matches(|c: char| !c.is_alphanumeric() && !SIGNS.contains(&c));
    let mut text = text.to_lowercase();
    if target >= 1000 {
        let grouped = format!("{},{:03}", target / 1000, target % 1000);
        text = text.replace(&grouped, &target.to_string());
    }
    let is_break = |c: char| matches!(c, ',' | ';' | ':' | '(' | '\u{2013}' | '\u{2014}');
    let mut at = 0;
    let parts = text.split_inclusive(|c: char| !c.is_alphanumeric());
    let words = parts.flat_map(|part| {
        at += part.len();
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        let sign = part.get(word.len()..).unwrap_or_default();
        // A hyphen, an arrow or a mark of emphasis is no operation.
        let before = text.get(..at - sign.len()).unwrap_or_default();
        let follows = before.ends_with(|c: char| c.is_whitespace() || c.is_ascii_digit() || c == ')');
        let other = |c: char| c.is_alphabetic() || c == '>' || SIGNS.contains(&c);
        let ends = !text.get(at..).unwrap_or_default().starts_with(other);
        match sign {
            _ if sign.starts_with(is_break) => [word, "_"],
            _ if sign.starts_with(SIGNS) && follows && ends => [word, sign],
            _ => [word, ""],
        }
    });
    for word in words.filter(|word| !word.is_empty()) {
        // A `_` within a list is none between clauses.
        if is_item(word)
            && let [.., item, comma] = said.as_slice()
            && is_item(item)
            && comma == "_"
        {
            said.pop();
        }
        match (word, said.last_mut()) {
            ("_", Some(last)) if last == "_" => {}
            ("t", Some(verb)) if verb.len() > 2 && verb.ends_with('n') => {
                if verb != "can" {
                    verb.pop();
                }
                said.push("not".to_owned());
            }
            ("s", Some(subject)) if is_subject(subject) => said.push("is".to_owned()),
            ("cannot", _) => said.extend(["can".to_owned(), "not".to_owned()]),
            _ => said.push(word.to_owned()),
        }
    }
    (!said.is_empty()).then(|| (said.join(" "), from..end))
}

/// Whether a word is one of what is listed with commas: `9, 8, and 7`.
fn is_item(word: &str) -> bool {
    is_number(word) || is_operation(word) || matches!(word, "and" | "or")
}

/// Whether `'s` behind a word is a verb.
fn is_subject(word: &str) -> bool {
    matches!(word, "it" | "that" | "this" | "there" | "here" | "answer")
}

/// Whether a word is one of those in `a|b`…
pub(super) fn is_of(known: &str, word: &str) -> bool {
    known.split('|').any(|known| known == word)
}

/// …or begins like one.
pub(super) fn begins(known: &str, word: &str) -> bool {
    known.split('|').any(|known| word.starts_with(known))
}

pub(super) fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

pub(super) fn is_operation(word: &str) -> bool {
    begins(OPERATIONS, word) || word.len() <= 2 && word.starts_with(SIGNS)
}

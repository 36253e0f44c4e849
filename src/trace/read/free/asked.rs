//! Equations that a text does not state: it asks for them, supposes or denies them.

use crate::trace::prose::{Expression, Sentence};

use super::fit::claimed;

/// Words that a question begins with, before an equation.
const ASKS: [&str; 12] = [
    "is", "does", "do", "can", "could", "would", "will", "why", "are", "should", "how", "what",
];

/// Words right before an equation that is only thought of.
const SUPPOSES: [&str; 8] = [
    "if",
    "whether",
    "suppose",
    "supposing",
    "assuming",
    "pretend",
    "wish",
    "were",
];

/// Words before an equation that is denied.
const DENIES: [&str; 9] = [
    "can't say",
    "cannot say",
    "can not say",
    "not true that",
    "not the case that",
    "not say",
    "false that",
    "wrong that",
    "doesn't mean",
];

/// Words behind one, behind a form of "to be".
const WRONG: [&str; 10] = [
    "false",
    "wrong",
    "incorrect",
    "untrue",
    "not true",
    "not right",
    "not correct",
    "a mistake",
    "not the case",
    "impossible",
];

/// Bytes behind an equation that may call it wrong.
const LONGEST_SAID: usize = 48;

/// Whether the text does not state what it says that the first expression of a chain is, which is something else.
pub(super) fn is_not_stated(sentence: &Sentence<'_>, chain: &[Expression]) -> bool {
    let ([head, ..], Some(said)) = (chain, claimed(chain)) else {
        return false;
    };
    // What is true may be stated.
    if head.steps.is_empty() || head.value == Some(said) {
        return false;
    }
    let end = chain.last().map_or(head.end, |last| last.end);
    let behind = sentence.text.get(end..).unwrap_or_default();
    let behind = behind.trim_start_matches(['*', '$', ')', '`', '"', ' ', '\\']);
    if behind.starts_with('?') {
        return true;
    }
    let behind = behind.get(..behind.floor_char_boundary(LONGEST_SAID));
    if is_wrong(&lower(behind.unwrap_or_default())) {
        return true;
    }
    let before = sentence.expressions.partition_point(|e| e.end <= head.start);
    let before = before
        .checked_sub(1)
        .and_then(|last| sentence.expressions.get(last));
    let before = sentence.text.get(before.map_or(0, |e| e.end)..head.start);
    let before = lower(before.unwrap_or_default());
    let mut words = before
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let asks = sentence.text.trim_end().ends_with('?') && words.clone().any(|word| ASKS.contains(&word));
    asks || words.next_back().is_some_and(|word| SUPPOSES.contains(&word))
        || DENIES.iter().any(|words| before.contains(words))
}

/// Whether the words behind an equation call it wrong.
fn is_wrong(behind: &str) -> bool {
    let words = behind.trim_start_matches([',', ' ']);
    let Some((verb, rest)) = words.split_once(' ') else {
        return false;
    };
    let said = match verb {
        "is" | "was" | "would" | "were" | "that's" | "isn't" | "wasn't" => rest,
        _ => return false,
    };
    let said = said.strip_prefix("be ").unwrap_or(said);
    let said = said
        .strip_prefix("simply ")
        .or_else(|| said.strip_prefix("just "))
        .unwrap_or(said);
    if verb.ends_with("n't") {
        return ["true", "right", "correct"]
            .iter()
            .any(|word| said.starts_with(word));
    }
    WRONG.iter().any(|word| said.starts_with(word))
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase().replace('\u{2019}', "'")
}

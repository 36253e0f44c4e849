//! JSON as other programs get it from us: no byte that a terminal would obey.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt::Write as _;

/// Whether a character may drive a terminal or reorder a line: C0, DEL, C1 and the bidirectional controls.
#[must_use]
pub fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// `value` on one line, with every control character (see [`is_control`]) written as `\uXXXX`.
/// Readers get the same text back.
///
/// # Errors
/// When `value` cannot be written as JSON at all (a map whose keys are not strings).
pub fn to_line<T: Serialize>(value: &T) -> serde_json::Result<String> {
    Ok(escape(serde_json::to_string(value)?))
}

/// Numbers of which some are null because nobody knows them: in memory those are no number, which is written as null.
///
/// # Errors
/// When it is no list of numbers and nulls.
pub fn numbers<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f32>, D::Error> {
    let numbers = Vec::<Option<f32>>::deserialize(from)?;
    Ok(numbers
        .into_iter()
        .map(|number| number.unwrap_or(f32::NAN))
        .collect())
}

/// Replaces what is left of control characters in JSON text. serde escapes C0 itself, some as `\n`, and never
/// writes raw ones outside strings, so whatever is found here stands inside a string.
fn escape(json: String) -> String {
    if !json.contains(is_control) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_control(c) {
            let _ = write!(out, "\\u{:04x}", c as u32);
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_nobody_knows_are_null_and_come_back_as_none() {
        let mut written = serde_json::Deserializer::from_str("[null,-1.5]");
        let numbers = numbers(&mut written).unwrap();
        assert!(numbers[0].is_nan() && numbers[1] == -1.5);
        assert_eq!(serde_json::to_string(&numbers).unwrap(), "[null,-1.5]");
    }

    #[test]
    fn no_control_character_survives_and_the_text_comes_back() {
        let text = "a\u{1b}[31m\u{7f}\u{9b}\u{202e}b\n\u{2066}é";
        let line = to_line(&text).unwrap();
        assert!(!line.contains(is_control), "{line}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}

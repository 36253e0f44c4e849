//! JSON as other programs write it, which is not always JSON: Python writes `NaN` and halves of surrogate pairs.

use serde_json::{Map, Value};

/// How the parser complains of a value that is nested too deeply.
const TOO_DEEP: &str = "recursion limit exceeded";

/// Text from bytes, and how many stretches of them were no UTF-8.
pub(super) fn repair(bytes: &[u8]) -> (String, usize) {
    let repaired = bytes
        .utf8_chunks()
        .filter(|chunk| !chunk.invalid().is_empty())
        .count();
    (String::from_utf8_lossy(bytes).into_owned(), repaired)
}

/// One JSON value, and how many pieces of it were no text and stand as U+FFFD. Numbers that are none become null.
///
/// # Errors
/// What is wrong, as part of a sentence.
pub(super) fn parse(bytes: &[u8]) -> Result<(Value, usize), String> {
    let (text, repaired) = repair(bytes);
    serde_json::from_str(&text).map_or_else(
        |_| {
            let (mended, surrogates) = mend(&text);
            let value = serde_json::from_str(&mended).map_err(|error: serde_json::Error| {
                // Which line of the file it is says its place.
                let why = error.to_string();
                if why.starts_with(TOO_DEEP) {
                    return "lists and objects are nested in it more than 127 deep, which is not read"
                        .to_owned();
                }
                let why = match text.trim_end().contains('\n') {
                    true => why,
                    false => why.replace(" at line 1 column ", " at column "),
                };
                format!("this is no JSON: {why}")
            })?;
            Ok((value, repaired + surrogates))
        },
        |value| Ok((value, repaired)),
    )
}

/// The text with `NaN`, `Infinity`, `-Infinity` and numbers beyond all bounds outside strings as `null`, and lone surrogates
/// within them as U+FFFD; with how many of those there were.
fn mend(text: &str) -> (String, usize) {
    const REPLACED: &str = "\\ufffd";
    let (mut out, mut surrogates) = (String::with_capacity(text.len()), 0);
    let (mut rest, mut quoted) = (text, false);
    let is_telling = |c: char, quoted: bool| match c {
        '"' | '\\' => true,
        c => !quoted && matches!(c, 'N' | 'I' | '-' | '0'..='9'),
    };
    while let Some(at) = rest.find(|c| is_telling(c, quoted)) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let mut len = 1;
        match tail.as_bytes() {
            [b'"', ..] => {
                quoted = !quoted;
                out.push('"');
            }
            [b'\\', ..] if quoted => match (surrogate(tail), surrogate(tail.get(6..).unwrap_or_default())) {
                (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => {
                    len = 12;
                    out.push_str(tail.get(..len).unwrap_or_default());
                }
                (Some(_), _) => {
                    len = 6;
                    surrogates += 1;
                    out.push_str(REPLACED);
                }
                (None, _) => {
                    len = 1 + tail.chars().nth(1).map_or(0, char::len_utf8);
                    out.push_str(tail.get(..len).unwrap_or_default());
                }
            },
            _ => {
                let word = ["NaN", "Infinity", "-Infinity"]
                    .iter()
                    .find(|word| tail.starts_with(**word));
                len = word.map_or_else(|| numeral(tail).len().max(1), |word| word.len());
                let it = tail.get(..len).unwrap_or_default();
                let huge = || it.parse::<f64>().is_ok_and(f64::is_infinite);
                out.push_str(if word.is_some() || huge() { "null" } else { it });
            }
        }
        rest = tail.get(len..).unwrap_or_default();
    }
    out.push_str(rest);
    (out, surrogates)
}

/// The number that `text` begins with.
fn numeral(text: &str) -> &str {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The half of a surrogate pair that `\uXXXX` at the start of `text` stands for.
fn surrogate(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16)
        .ok()
        .filter(|unit| (0xD800..=0xDFFF).contains(unit))
}

/// A number, also one that was written as a string.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::Bool(yes) => Some(f64::from(u8::from(*yes))),
        Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

/// An integer from zero on, also one that was written as a string or with a point.
pub(super) fn count(value: &Value) -> Option<usize> {
    let number = number(value)?;
    (number >= 0.0 && number.fract() == 0.0 && number <= 2f64.powi(53)).then_some(number as usize)
}

/// Bytes of text in a value, names included.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(size).sum(),
        Value::Object(object) => sizes(object),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// The same, of an object.
pub(super) fn sizes(object: &Map<String, Value>) -> usize {
    object.iter().map(|(name, value)| name.len() + size(value)).sum()
}

/// How much memory a value takes, about.
pub(super) fn memory(value: &Value) -> usize {
    let inner = match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(memory).sum(),
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| name.len() + memory(value))
            .sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    size_of::<Value>() + inner
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_python_writes_is_read() {
        let text = br#"{"a":NaN,"b":[-Infinity,Infinity,-1],"c":"NaN \" \ud83d\ude00 \ud83d x \\ud800"}"#;
        let (value, repaired) = parse(text).unwrap();
        assert_eq!(
            value,
            json!({"a":null,"b":[null,null,-1],"c":"NaN \" \u{1f600} \u{fffd} x \\ud800"})
        );
        assert_eq!(repaired, 1);
        assert_eq!(parse(b"\"a\xffb\"").unwrap(), (json!("a\u{fffd}b"), 1));
        assert!(parse(b"{NaN}").is_err() && parse(b"").is_err());
    }

    #[test]
    fn a_number_beyond_all_bounds_is_none_and_hides_nothing_else() {
        let digits = "9".repeat(400);
        let text = format!(r#"{{"a":{digits},"b":[-{digits},1e999,12.5],"c":"{digits} NaN"}}"#);
        let value = json!({"a": null, "b": [null, null, 12.5], "c": format!("{digits} NaN")});
        assert_eq!(parse(text.as_bytes()).unwrap(), (value, 0));
    }

    #[test]
    fn what_is_nested_too_deeply_is_said_to_be() {
        let text = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        let why = parse(text.as_bytes()).unwrap_err();
        assert_eq!(
            why,
            "lists and objects are nested in it more than 127 deep, which is not read"
        );
    }

    proptest! {
        #[test]
        fn mending_leaves_json_what_it_is(text in "[a-c\"\\\\NI-]{0,20}") {
            let value = json!({"k": [text, -1, null]});
            prop_assert_eq!(mend(&value.to_string()), (value.to_string(), 0));
        }
    }
}

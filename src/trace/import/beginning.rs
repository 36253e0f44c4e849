//! Files that do not begin as what they are: lines of a log or a comment stand before JSON lines, or texts in a list of JSON.

use super::{json, shape};
use serde_json::Value;

/// Lines that are no rows before the first one that is.
const MOST_LEADING: usize = 16;
/// Rows one behind the other that tell JSON lines from a text with JSON in it.
const TELLING: usize = 2;
/// What comments begin with.
const COMMENTS: [&[u8]; 2] = [b"#", b"//"];

/// Whether lines that are no rows are followed by JSON lines, to the end of what is there; `None` when more must be seen.
/// Behind a comment or a value that is no object one row will do: a text would rather have words before a piece of JSON.
pub(super) fn leads_to_rows(body: &[u8], last: bool) -> Option<bool> {
    let lines = body.split_inclusive(|byte| *byte == b'\n');
    let whole = lines.filter(|line| last || line.ends_with(b"\n"));
    let (mut leading, mut rows, mut marked) = (0, 0, true);
    for line in whole.map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
        if line.starts_with(b"{") {
            if !is_row(line) {
                return Some(false);
            }
            rows += 1;
        } else if rows > 0 || leading == MOST_LEADING {
            return Some(false);
        } else {
            leading += 1;
            let is_mark = || COMMENTS.iter().any(|mark| line.starts_with(mark)) || json::parse(line).is_ok();
            marked = marked && is_mark();
        }
        if rows == TELLING {
            return Some(true);
        }
    }
    last.then_some(rows > 0 && marked)
}

fn is_row(line: &[u8]) -> bool {
    match json::parse(line) {
        Ok((Value::Object(object), _)) => shape::is_known(&object),
        _ => false,
    }
}

/// Whether a list whose first item is a string is one of texts, as JSON has it; `None` when more must be seen.
pub(super) fn are_texts(list: &[u8], last: bool) -> Option<bool> {
    let mut escaped = false;
    let is_end = |byte: &u8| {
        let is_end = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        is_end
    };
    let behind = list.get(1..)?.trim_ascii_start().get(1..)?;
    let Some(end) = behind.iter().position(is_end) else {
        return last.then_some(false);
    };
    let rest = behind.get(end + 1..).unwrap_or_default().trim_ascii_start();
    let Some((next, rest)) = rest.split_first() else {
        return last.then_some(false);
    };
    match (next, rest.trim_ascii().first()) {
        // What looks like one as far as it goes need not be.
        (b',', Some(_)) if last => Some(json::parse(list).is_ok()),
        (b',', Some(b'"')) => Some(true),
        (b']', None) => last.then_some(true),
        (b',', None) if !last => None,
        _ => Some(false),
    }
}

/// The text that a file is whose whole is one string of JSON with escapes in it.
pub(super) fn quoted(file: &str) -> Option<String> {
    let body = file.trim();
    (body.len() > 1 && body.starts_with('"') && body.ends_with('"') && body.contains('\\'))
        .then(|| serde_json::from_str(body).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use crate::trace::import::Rows;

    /// Texts of rows, and places of those that cannot be read.
    fn told(file: &str) -> Vec<String> {
        let rows = Rows::new(file.as_bytes(), "f").map(Result::unwrap);
        rows.map(|row| match row {
            Ok(row) => row.trace.text,
            Err(error) => format!("! {}", error.place),
        })
        .collect()
    }

    const ROW: &str = "{\"question\": \"q\", \"response\": \"a\"}\n";

    #[test]
    fn a_line_of_a_log_or_a_comment_before_json_lines_costs_no_row() {
        for (lead, rows) in [
            ("INFO 11-28 22:10 loading weights\n", 3),
            ("Loading checkpoint shards: 100%|####| 2/2\n\nINFO ready\n", 2),
            ("# generated\n", 1),
            ("// by a script\n", 2),
            ("\"a string\"\n", 1),
            ("null\n", 1),
        ] {
            let read = told(&format!("{lead}{}", ROW.repeat(rows)));
            let (bad, good): (Vec<_>, Vec<_>) = read.iter().partition(|row| row.starts_with('!'));
            assert_eq!(good, vec!["a"; rows], "{lead}");
            assert_eq!(bad[0], "! f, line 1", "{lead}");
        }
    }

    #[test]
    fn a_text_with_json_in_it_is_one_text() {
        let call = "{\"name\": \"add\", \"arguments\": {\"a\": 3}}\n";
        for text in [
            format!("I call the tool.\n{call}"),
            format!("I call the tool.\n{call}{call}"),
            format!("It answers so:\n{ROW}"),
            format!("It answers so:\n{ROW}and so on.\n{ROW}"),
            format!("{}{ROW}{ROW}", "Well.\n".repeat(17)),
            "\"Well\", she said.\n".to_owned(),
            "\"Well.\"".to_owned(),
            "[\"Well\", she said] and went".to_owned(),
            "[\"Well\"] is what she said".to_owned(),
            "[\"Well".to_owned(),
        ] {
            assert_eq!(told(&text), [text.as_str()]);
        }
    }

    #[test]
    fn texts_in_a_list_of_json_are_rows_and_one_string_is_a_text() {
        for list in [
            "[\"a\\n\\\"1\\\"\", \"b\"]",
            "[\n  \"a\\n\\\"1\\\"\",\n  \"b\"\n]\n",
            "[\"a\\n\\\"1\\\"\"]\n[\"b\"]\n",
        ] {
            assert_eq!(told(list), ["a\n\"1\"", "b"], "{list}");
        }
        assert_eq!(told("\"a\\nb\"\n"), ["a\nb"]);
        assert_eq!(told("[\"a\", 5, \"b\"]"), ["a", "! f, line 1, row 2", "b"]);
        let among_rows = format!("[{}, \"b\"]", ROW.trim());
        assert_eq!(told(&among_rows), ["a", "! f, line 1, row 2"]);
    }
}

//! What reading rows must do: for rows of ours here, for other programs' files and for damaged ones beside.

mod beside;
mod columns;
mod damage;
mod ends;
mod events;
mod fixtures;
mod kinds;
mod packed;
mod responses;
mod servers;
mod streams;
mod tables;
mod verdicts;

use super::*;
use crate::trace::record::PartKind;
use proptest::prelude::*;
use serde_json::json;
use std::{fs, path::PathBuf};

fn rows(bytes: &[u8]) -> Vec<Result<Row, RowError>> {
    Rows::new(bytes, "f").map(Result::unwrap).collect()
}

/// The rows of a stream that may fail.
fn rows_or_failure(bytes: &[u8]) -> usize {
    Rows::new(bytes, "f").map_while(Result::ok).count()
}

/// A fixture's path.
fn fixture(name: &str) -> PathBuf {
    PathBuf::from("tests/data/formats").join(name)
}

/// The rows of a fixture, those that cannot be read as sentences.
fn read(name: &str) -> Vec<Result<Row, String>> {
    let rows = Rows::open(&fixture(name)).unwrap();
    rows.map(|row| row.unwrap().map_err(|e| e.to_string())).collect()
}

/// The rows of a fixture in which every row is good.
fn good(name: &str) -> Vec<Row> {
    read(name).into_iter().map(Result::unwrap).collect()
}

/// What had to be mended, as a sentence.
fn mended(row: &Row) -> Option<String> {
    row.mended.as_ref().map(ToString::to_string)
}

/// A row's text, thinking in braces where the row says what is thinking.
fn shown(row: &Row) -> String {
    let text = &row.trace.text;
    if row.trace.parts.is_empty() {
        return text.clone();
    }
    let show = |part: &crate::trace::record::Part| match part.kind {
        PartKind::Think => format!("{{{}}}", part.span.of(text)),
        PartKind::Answer => part.span.of(text).to_owned(),
    };
    row.trace.parts.iter().map(show).collect()
}

#[test]
fn good_rows_are_read_and_bad_ones_are_named_by_line() {
    let text = b"{\"text\":\"a\",\"problem\":{\"numbers\":[1,2],\"target\":3}}\n\n{\"text\":1}\nnonsense\n{\"text\":\"b\",\"more\":0}\n";
    let rows = rows(text);
    assert_eq!(rows[0].as_ref().unwrap().problem.as_ref().unwrap().target, 3);
    assert_eq!(
        rows[1].as_ref().unwrap_err().to_string(),
        "f, line 3: `text` is not a string"
    );
    assert_eq!(rows[2].as_ref().unwrap_err().place.line, Some(4));
    assert_eq!(rows[3].as_ref().unwrap().trace.text, "b");
}

#[test]
fn a_file_that_does_not_start_with_json_is_one_text() {
    let rows = rows(b"try 1+2=3 left 3\n{\"text\":\"x\"}\n");
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0].as_ref().unwrap().trace.text,
        "try 1+2=3 left 3\n{\"text\":\"x\"}\n"
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    assert_eq!(rows(b"\xef\xbb\xbf{\"text\":\"a\"}\n{\"text\":\"b\"}\n").len(), 2);
    assert_eq!(rows(b"\xef\xbb\xbfa\n")[0].as_ref().unwrap().trace.text, "a\n");
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_counted() {
    let row = rows(b"a\xffb\xfe\0\x1b[31m\n").remove(0).unwrap();
    assert_eq!(row.trace.text, "a\u{fffd}b\u{fffd}\0\u{1b}[31m\n");
    assert_eq!(row.trace.source.unwrap()["repaired"], 2);
    assert_eq!(
        row.mended.unwrap().to_string(),
        "f: 2 pieces of it are no UTF-8 and stand as \u{fffd}"
    );
}

#[test]
fn bytes_that_are_a_program_or_numbers_are_refused_in_a_sentence() {
    let png = [&b"\x89PNG\r\n\x1a\n"[..], &[0, 0, 0, 13], b"IHDR"].concat();
    let wide: Vec<u8> = "Let me try 3 + 4.".bytes().flat_map(|byte| [byte, 0]).collect();
    for bytes in [noise(5000), png, wide] {
        let found = rows(&bytes);
        let error = found[0].as_ref().unwrap_err().to_string();
        assert!(
            found.len() == 1 && error.starts_with("f: this is no text, ") && error.contains("UTF-16"),
            "{error}"
        );
    }
}

#[test]
fn a_file_packed_in_a_way_that_is_not_read_is_named() {
    let mut tar = vec![b'x'; 600];
    tar[257..262].copy_from_slice(b"ustar");
    for (bytes, name) in [
        (&b"\xfd7zXZ\0\0\x04\xe6\xd6"[..], "xz"),
        (b"BZh91AY&SY\x4b\xb2", "bzip2"),
        (&tar, "tar"),
    ] {
        let error = rows(bytes).remove(0).unwrap_err();
        assert!(
            error.reason.starts_with(&format!("it is packed with {name}, ")),
            "{error}"
        );
    }
    assert_eq!(
        rows(b"BZh is no word.")[0].as_ref().unwrap().trace.text,
        "BZh is no word."
    );
}

#[test]
fn utf_16_is_read_where_its_mark_tells_it() {
    let units: Vec<u16> = "\u{feff}{\"text\":\"3 \u{d7} 4\"}\r\n{\"text\":\"b\"}\n"
        .encode_utf16()
        .collect();
    let texts = |bytes: Vec<u8>| -> Vec<String> {
        rows(&bytes)
            .into_iter()
            .map(|row| row.unwrap().trace.text)
            .collect()
    };
    assert_eq!(
        texts(units.iter().flat_map(|unit| unit.to_le_bytes()).collect()),
        ["3 \u{d7} 4", "b"]
    );
    assert_eq!(
        texts(units.iter().flat_map(|unit| unit.to_be_bytes()).collect()),
        ["3 \u{d7} 4", "b"]
    );
    assert_eq!(texts(b"\xff\xfea\0b\0".to_vec()), ["ab"]);
}

#[test]
fn a_broken_line_is_told_with_its_own_number() {
    for (bytes, place) in [
        (&b"{\"text\": \"a\n"[..], "f, line 1: this is no JSON: "),
        (b"{\"text\": \"a\n\n\n", "f, line 1: this is no JSON: "),
        (
            b"{\"text\": \"a\"}\n{\"text\": \"a\n",
            "f, line 2: this is no JSON: ",
        ),
    ] {
        let error = rows(bytes).pop().unwrap().unwrap_err().to_string();
        assert!(error.starts_with(place) && !error.contains("at line"), "{error}");
    }
}

/// Bytes without a pattern.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..count).map(|_| byte()).collect()
}

#[test]
fn the_channels_of_gpt_oss_are_told_apart_in_rows_and_plain_texts_and_their_markers_are_gone() {
    let text =
        "<|channel|>analysis<|message|>3*5 = 15.<|end|><|start|>assistant<|channel|>final<|message|>(3*5)+7";
    let whole = format!("<|start|>user<|message|>q<|end|><|start|>assistant{text}<|return|>\n");
    let chat =
        json!({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": text}]});
    let bare = "analysis3*5 = 15.assistantfinal(3*5)+7";
    for file in [
        text.to_owned(),
        whole,
        bare.to_owned(),
        json!({"text": text}).to_string(),
        json!({"question": "q", "response": text}).to_string(),
        chat.to_string(),
    ] {
        let row = rows(file.as_bytes()).remove(0).unwrap();
        assert_eq!(shown(&row), "{3*5 = 15.\n\n}(3*5)+7", "{file}");
    }
    let ours = json!({"schema": "backtrail.trace/1", "text": text}).to_string();
    assert_eq!(
        rows(ours.as_bytes()).remove(0).unwrap().trace.text,
        text,
        "every byte that was generated"
    );
}

#[test]
fn part_of_a_problem_is_kept_but_is_none() {
    let row = rows(b"{\"text\":\"a\",\"problem\":{\"numbers\":[1,2]}}")
        .remove(0)
        .unwrap();
    assert_eq!(row.problem, None);
    assert_eq!(row.trace.problem.unwrap()["numbers"][1], 2);
}

#[test]
fn a_problem_that_lacks_something_is_told_of_wherever_it_stands() {
    let told = |row: &str| {
        let row = rows(row.as_bytes()).remove(0).unwrap();
        (
            row.mended.map_or_else(String::new, |told| told.reason),
            row.problem,
        )
    };
    for (row, why) in [
        (r#"{"numbers":[3,5,7],"text":"3 + 5 = 8"}"#, "no `target`"),
        (r#"{"numbers":[3,5,7],"response":"3 + 5 = 8"}"#, "no `target`"),
        (r#"{"nums":["3",5],"output":"3 + 5 = 8"}"#, "no `target`"),
        (
            r#"{"nums":[3,5,7],"target":null,"text":"3 + 5 = 8"}"#,
            "no `target`",
        ),
        (
            r#"{"problem":{"numbers":[3,5,7]},"text":"3 + 5 = 8"}"#,
            "no `target`",
        ),
        (
            r#"{"numbers":[3,5],"target":"?","response":"3 + 5 = 8"}"#,
            "no whole number",
        ),
        (r#"{"problem":"1 2 ->","text":"1 + 2"}"#, "no target"),
        (r#"{"question":"1 2 ->","response":"1 + 2"}"#, "no target"),
        (r#"{"problem":"1 2 ->","generation":"1 + 2"}"#, "no target"),
    ] {
        let (mended, problem) = told(row);
        let said = mended.contains("its problem cannot be read: ") && mended.contains(why);
        assert!(said && problem.is_none(), "{row}: {mended}");
    }
    for row in [
        r#"{"numbers":[3,5,7],"text":"8","question":"How many numbers are odd?"}"#,
        r#"{"numbers":[3,5,7],"text":"8","task":"sorting"}"#,
        r#"{"question":"What is the gcd?","answer":"1","metadata":{"source_dataset":"gcd","numbers":[3,5]},"response":"1"}"#,
        r#"{"numbers":[0.5],"text":"8"}"#,
        r#"{"problem":"2024-01-05 -> 2024","text":"8"}"#,
    ] {
        assert_eq!(told(row).0, "", "{row}");
    }
    for row in [
        r#"{"question":"1 2 -> 3","response":"1 + 2"}"#,
        r#"{"problem":"1 2 -> 3","generation":"1 + 2"}"#,
    ] {
        let (mended, problem) = told(row);
        assert_eq!((mended.as_str(), problem.unwrap().target), ("", 3), "{row}");
    }
}

#[test]
fn a_complaint_does_not_repeat_a_long_value() {
    let row =
        json!({"schema": "backtrail.trace/1", "text": "a", "tokens": "\"((".repeat(100_000)}).to_string();
    let error = rows(row.as_bytes()).remove(0).unwrap_err();
    assert!(error.reason.len() < 400, "{}", error.reason.len());
    let said = error.reason.contains("invalid type: string \"") && error.reason.contains("expected");
    assert!(said, "{}", error.reason);
    let row = json!({"text": "a", "problem": format!("1 {} ->", "9".repeat(100_000))}).to_string();
    let mended = rows(row.as_bytes()).remove(0).unwrap().mended.unwrap();
    assert!(mended.reason.len() < 500, "{}", mended.reason.len());
}

#[test]
fn rows_of_other_data_sets_are_met_half_way() {
    let asked = "Using the numbers [19, 36, 55, 7], create an equation that equals 65.";
    let line =
        json!({"trace": "55+36=91", "problem": asked, "model": "qwen", "task": "countdown"}).to_string();
    let row = rows(line.as_bytes()).remove(0).unwrap();
    assert_eq!(
        (row.trace.text.as_str(), row.trace.prompt.as_deref()),
        ("55+36=91", Some(asked))
    );
    assert_eq!(row.trace.model.unwrap().name, "qwen");
    assert_eq!(row.problem.unwrap().to_string(), "19 36 55 7 -> 65");
    let line = json!({"text": "a", "question": asked, "task": "sudoku"}).to_string();
    let row = rows(line.as_bytes()).remove(0).unwrap();
    assert_eq!((row.problem, row.trace.prompt.as_deref()), (None, Some(asked)));
}

#[test]
fn deep_nesting_is_a_sentence() {
    let text = format!("{{\"text\":{}", "[".repeat(100_000));
    assert!(rows(text.as_bytes())[0].is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_rows_or_reasons(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = rows(&bytes);
    }
}

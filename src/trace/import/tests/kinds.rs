//! What a file is, is told by what is in it.

use super::*;

fn texts(bytes: &[u8]) -> Vec<String> {
    super::rows(bytes)
        .into_iter()
        .map(|row| row.map_or_else(|e| format!("! {e}"), |row| row.trace.text))
        .collect()
}

#[test]
fn lists_and_objects_may_stand_on_as_many_lines_as_they_like() {
    for text in [
        "{\"text\":\"a\"}\n{\"text\":\"b\"}",
        "[{\"text\":\"a\"},{\"text\":\"b\"}]",
        "[\n {\"text\":\"a\"},\n {\"text\":\"b\"}\n]\n",
        "{\n \"text\": \"a\"\n}\n{\n \"text\": \"b\"\n}\n",
        "[{\"text\":\"a\"}]\n[{\"text\":\"b\"}]\n",
        "{\"messages\": [\n {\"role\":\"assistant\",\"content\":\"a\"}\n]}\n{\"text\":\n \"b\"}",
        "{\n\"rows\": [1, 2],\n\"text\":\"a\"}\n{\n\"text\":\"b\", \"samples\":[\"x\"]}",
        "{\"model\":\"m\",\n\"results\":[{\"text\":\"a\"},\n{\"text\":\"b\"}]}",
    ] {
        assert_eq!(texts(text.as_bytes()), ["a", "b"], "{text}");
    }
}

#[test]
fn texts_that_begin_with_a_bracket_are_texts() {
    for text in [
        "[1, 2] make 3",
        "[[links]] here",
        "[ ] to do\n[x] done",
        "[Verse]\nla",
    ] {
        assert_eq!(texts(text.as_bytes()), [text]);
    }
}

#[test]
fn a_list_of_messages_is_one_conversation_and_a_list_of_lists_many() {
    let one = r#"{"role":"user","content":"q"},{"role":"assistant","content":"a"}"#;
    assert_eq!(texts(format!("[{one}]").as_bytes()), ["a"]);
    assert_eq!(texts(format!("[\n{one}\n]").as_bytes()), ["a"]);
    assert_eq!(texts(format!("[[{one}],\n[{one}]]").as_bytes()), ["a", "a"]);
    assert_eq!(texts(format!("[{one}]\n[{one}]\n").as_bytes()), ["a", "a"]);
}

#[test]
fn a_broken_row_hides_no_other() {
    let two = texts(b"{\"text\":\"a\n{\"text\":\"b\"}\n{\"text\":\"c\"}\n");
    assert_eq!(two[1..], ["b", "c"]);
    assert!(two[0].starts_with("! f, line 1: this is no JSON"), "{two:?}");
    let list = texts(b"[{\"text\":\"a\"},\n{\"text\":oops},\n{\"text\":1},\n{\"text\":\"b\"}]");
    assert_eq!((list[0].as_str(), list[3].as_str()), ("a", "b"));
    assert!(
        list[1].starts_with("! f, line 2, row 2: this is no JSON"),
        "{list:?}"
    );
    assert_eq!(list[2], "! f, line 3, row 3: `text` is not a string");
    let cut = texts(b"[{\"text\":\"a\"},\n{\"text\":\"b\"},\n{\"te");
    assert_eq!(cut[..2], ["a", "b"]);
    assert!(cut[2].contains("the file ends in the middle"), "{cut:?}");
}

#[test]
fn rows_behind_a_comma_behind_each_other_or_behind_a_broken_one_are_read() {
    let row = "{\"text\":\"a\"}";
    for file in [
        format!("{row},\n{row}\n{row}\n"),
        format!("{row}\n{row},\n{row},\n"),
        format!("{row}{row}{row}"),
        format!("{row},{row}\n{row}"),
        format!("\u{1e}{row}\n\u{1e}{row}\n\u{1e}{row}\n"),
        "{\n\"text\":\"a\"\n},\n".repeat(3),
    ] {
        assert_eq!(texts(file.as_bytes()), ["a"; 3], "{file}");
    }
    let pretty = |colon: &str| format!("{{\n  \"question\": \"q\",\n  \"response\"{colon} \"a\"\n}}\n");
    let file = [pretty(":"), pretty(""), pretty(":")].concat();
    let read = texts(file.as_bytes());
    assert_eq!(
        (read[0].as_str(), read[2].as_str(), read.len()),
        ("a", "a", 3),
        "{read:?}"
    );
    assert!(read[1].starts_with("! f, line 7: this is no JSON"), "{read:?}");
    // What is no row at all is named with what stands behind the first value.
    assert!(texts(b"{\"text\":\"a\"} and more\n{\"text\":\"b\"}\n")[0].contains("trailing characters"));
}

#[test]
fn a_file_with_nothing_but_null_in_it_is_no_text() {
    assert_eq!(
        texts(b"null\n"),
        ["! f: there is nothing in it but a `null` of JSON"]
    );
    assert_eq!(texts(b"42\n"), ["42\n"]);
}

#[test]
fn an_object_on_several_lines_stands_where_it_begins() {
    let file = "{\n\"text\":\n\"a\"\n}\n{\n\"text\":\n\"b\"\n}\n";
    let lines: Vec<_> = super::rows(file.as_bytes())
        .into_iter()
        .map(|row| row.unwrap().trace.source.unwrap()["line"].clone())
        .collect();
    assert_eq!(lines, [1, 5]);
}

#[test]
fn a_table_of_separated_values_is_one_text_and_says_what_to_do() {
    let csv = "id,completion\n1,\"Let me see, then.\"\n2,So it is 42.\n";
    let row = super::rows(csv.as_bytes()).remove(0).unwrap();
    assert_eq!(row.trace.text, csv);
    let said = row.mended.unwrap().to_string();
    assert!(
        said.starts_with("f: ") && said.contains("read as one plain text") && said.contains("JSON lines"),
        "{said}"
    );
    let prose = super::rows(b"Completion, they say, is near.\nSo, is it?").remove(0);
    assert_eq!(prose.unwrap().mended, None);
}

#[test]
fn no_two_rows_of_a_file_have_the_same_place() {
    let places = |text: &str| -> Vec<String> {
        let rows = super::rows(text.as_bytes()).into_iter();
        rows.map(|row| row.unwrap_err().place.to_string()).collect()
    };
    // Several documents, one behind the other.
    let bad = r#"{"a":1}"#;
    assert_eq!(
        places(&format!("[\n{bad},\n{bad}]\n[{bad}][{bad}]")),
        [
            "f, line 2, row 1",
            "f, line 3, row 2",
            "f, line 4, row 3",
            "f, line 4, row 4"
        ]
    );
    // Lists in a list, as trees of questions are written; and on a line.
    assert_eq!(
        places(&format!("[[{bad},{bad}],[[{bad}],[{bad}]]]")),
        [
            "f, line 1, row 1, item 1",
            "f, line 1, row 1, item 2",
            "f, line 1, row 2, item 1, item 1",
            "f, line 1, row 2, item 2, item 1"
        ]
    );
    assert_eq!(
        places(&format!("[[{bad}],[{bad}]]\n[{bad}]\n")),
        [
            "f, line 1, row 1, item 1",
            "f, line 1, row 2, item 1",
            "f, line 2, row 1"
        ]
    );
}

#[test]
fn rows_of_no_known_shape_say_what_was_found_instead() {
    let row = texts(br#"{"uri":"x","title":"y"}"#);
    assert_eq!(
        row,
        [
            "! f, line 1: there is no `text`, and the fields (uri, title) are those of no format that is known here: \
             call the text of the model `text`, or `response` beside a `question`"
        ]
    );
    for (row, why) in [
        (
            r#"{"question":5,"response":6}"#,
            "its `response` is a number, where the text of a model was to be",
        ),
        (
            r#"{"input":"q","output":null,"score":1,"step":2}"#,
            "its `output` is null, where the text of a model was to be",
        ),
        (
            r#"{"messages":[]}"#,
            "its `messages` is an empty list, where the text of a model was to be",
        ),
        (
            r#"{"question":"q","responses":[1,2]}"#,
            "its `responses` is a list without texts, where the text of a model was to be",
        ),
        ("{}", "it has no fields: write the text of a model into `text`"),
    ] {
        assert_eq!(texts(row.as_bytes()), [format!("! f, line 1: {why}")]);
    }
}

#[test]
fn rows_that_use_our_names_for_other_things_are_read_all_the_same() {
    let row = super::rows(br#"{"text":"a","index":"x","tokens":7,"parts":[{"kind":"think","span":[0,9]}]}"#)
        .remove(0);
    assert_eq!(row.unwrap().trace.text, "a");
    let row = super::rows(br#"{"id":5,"text":"a","task":["x"],"problem":"3 4 -> 7","prompt":[{"role":"user","content":"q"}],"model":{"id":"m"}}"#);
    let trace = row.into_iter().next().unwrap().unwrap().trace;
    assert_eq!(
        (
            trace.text.as_str(),
            trace.prompt.as_deref(),
            trace.task.as_deref()
        ),
        ("a", Some("q"), None)
    );
    assert_eq!(trace.model.map(|model| model.name).as_deref(), Some("m"));
    assert_eq!(trace.source.unwrap()["id"], 5);
    let row = super::rows(br#"{"text":"a","schema":"backtrail.trace/1","index":"x"}"#).remove(0);
    assert!(
        row.unwrap_err()
            .to_string()
            .contains("a field has the wrong type")
    );
}

#[test]
fn a_conversation_that_is_also_there_as_one_text_is_read_from_its_messages() {
    let messages = r#"[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]"#;
    let row = format!(r#"{{"text":"user: q\nassistant: a","messages":{messages}}}"#);
    assert_eq!(texts(row.as_bytes()), ["a"]);
}

#[test]
fn two_rows_of_one_name_are_two_rows() {
    assert_eq!(
        texts(b"{\"id\":\"x\",\"text\":\"a\"}\n{\"id\":\"x\",\"text\":\"b\"}\n"),
        ["a", "b"]
    );
}

#[test]
fn what_a_file_says_of_its_parts_is_kept_when_it_fits_the_text() {
    let part = |end| format!(r#"{{"text":"aé","parts":[{{"kind":"think","span":[0,{end}]}}]}}"#);
    let parts = |end| {
        super::rows(part(end).as_bytes())
            .remove(0)
            .unwrap()
            .trace
            .parts
            .len()
    };
    assert_eq!([parts(1), parts(2), parts(3), parts(4)], [1, 0, 1, 0]);
}

#[test]
fn what_a_file_is_does_not_depend_on_how_many_bytes_come_at_once() {
    let message = r#"{"role":"assistant","content":"a"}"#;
    for text in [
        format!("[{message}]\n[{message},{message}]\n[{message}]\n"),
        "[\n[\nand so on".to_owned(),
        "[ ]\n, they wrote".to_owned(),
        "\u{feff}\u{feff}Two marks.".to_owned(),
        "{\n\n\"text\": \"a\"}\n{\"text\": \"b\"}".to_owned(),
        "event: a\n\ndata: {\"text\": \"a\"}\n".to_owned(),
    ] {
        let wanted = super::rows(text.as_bytes());
        for bytes in 1..text.len() {
            let input = io::BufReader::with_capacity(bytes, text.as_bytes());
            let rows: Vec<_> = Rows::new(input, "f").map(Result::unwrap).collect();
            assert_eq!(rows, wanted, "{text} {bytes}");
        }
    }
}

#[test]
fn a_table_from_a_pipe_is_read_as_from_its_file() {
    let bytes = fs::read(fixture("trl.parquet")).unwrap();
    let piped: Vec<Row> = super::rows(&bytes).into_iter().map(Result::unwrap).collect();
    assert_eq!(piped[1].trace.text, good("trl.parquet")[1].trace.text);
}

#[test]
fn a_directory_without_results_says_what_to_name() {
    let error = Rows::open(&fixture("")).unwrap_err();
    assert!(error.to_string().contains("name the files in it"), "{error}");
}

#[test]
fn a_system_prompt_stands_before_what_is_asked_and_one_of_no_known_kind_hides_nothing() {
    let prompt = |row: serde_json::Value| {
        let mut rows = super::rows(row.to_string().as_bytes());
        rows.remove(0).unwrap().trace.prompt
    };
    let answer = json!({"choices": [{"message": {"role": "assistant", "content": "a"}}]});
    let messages = json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]);
    for (system, wanted) in [
        (json!("s"), "s\n\nq"),
        (json!([{"type": "text", "text": "s"}]), "s\n\nq"),
        (json!({"cached": 1}), "q"),
        (json!(""), "q"),
    ] {
        let request = json!({"request": {"system": system, "prompt": "q"}, "response": answer});
        assert_eq!(prompt(request).as_deref(), Some(wanted), "{system}");
        let conversation = json!({"system": system, "messages": messages});
        assert_eq!(prompt(conversation).as_deref(), Some(wanted), "{system}");
    }
}

#[test]
fn answers_in_columns_of_many_names_are_read_once() {
    for (question, answer) in [
        ("question", "response"),
        ("question", "model_output"),
        ("problem", "generation"),
        ("problem", "solution"),
        ("instruction", "output"),
        ("question", "output"),
        ("question", "completion"),
        ("question", "prediction"),
        ("query", "response"),
        ("prompt", "output"),
        ("prompt", "solution"),
    ] {
        let row = serde_json::json!({question: "q", answer: "a"}).to_string();
        assert_eq!(texts(row.as_bytes()), ["a"], "{row}");
    }
    let both =
        serde_json::json!({"question": "q", "prompt": "p", "response": "a", "problem": "q", "solution": "b"});
    assert_eq!(texts(both.to_string().as_bytes()), ["a"]);
}

#[test]
fn a_solution_beside_what_a_model_wrote_is_the_references() {
    let fields = [
        "response",
        "completion",
        "output",
        "generation",
        "model_output",
        "prediction",
    ];
    for (question, reference) in [("problem", "solution"), ("instruction", "output")] {
        for field in fields.into_iter().filter(|field| *field != reference) {
            let row = serde_json::json!({question: "q", reference: "theirs", field: "a"}).to_string();
            assert_eq!(texts(row.as_bytes()), ["a"], "{row}");
        }
        let row = serde_json::json!({question: "q", reference: "theirs", "generations": ["a", "b"]});
        assert_eq!(texts(row.to_string().as_bytes()), ["a", "b"], "{row}");
        let row = serde_json::json!({question: "q", reference: "theirs", "generations": [{"a": "b"}]});
        assert!(texts(row.to_string().as_bytes())[0].starts_with('!'), "{row}");
    }
}

/// An error that kept a model from answering is no wrong answer.
#[test]
fn a_row_that_ended_in_an_error_says_so_and_was_not_answered() {
    let row = super::rows(
        br#"{"example_id":1,"prompt":"q","completion":[],"reward":0.0,"error":{"error":"ModelError","error_chain_repr":"..."}}"#,
    )
    .remove(0)
    .unwrap();
    assert!(row.unwritten);
    assert_eq!(row.trace.error.as_deref(), Some("ModelError"));
}

#[test]
fn rows_in_an_object_around_them_and_names_with_capitals_are_read() {
    for rows in [
        r#"{"version":1,"data":[{"Question":"q","Response":"a"},{"text":"b"}]}"#,
        r#"{"results":[{"text":"a"},{"text":"b"}],"model":"m"}"#,
    ] {
        assert_eq!(texts(rows.as_bytes()), ["a", "b"], "{rows}");
    }
    assert_eq!(texts(br#"{"text":"a","data":[{"text":"b"}]}"#), ["a"]);
}

#[test]
fn a_grid_that_cannot_be_read_is_named() {
    let row = super::rows(br#"{"text":"a","task":"sudoku","problem":{"size":5,"grid":"abc"}}"#).remove(0);
    let said = mended(&row.unwrap()).unwrap();
    assert!(
        said.contains("its problem cannot be read: its `grid` is no Sudoku"),
        "{said}"
    );
    let row =
        super::rows(br#"{"text":"a","task":"mini_sudoku","problem":{"size":4,"grid":".4.11.....23.2.."}}"#)
            .remove(0);
    assert_eq!(mended(&row.unwrap()), None);
}

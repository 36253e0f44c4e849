//! `backtrail analyze`.

use crate::home::{Home, is_tame};
use serde_json::{Value, json};
use std::fs;

const GOOD: &str = r#"{"text":"try 18-7=11 left 11 4\ncheck 11+4=15 yes\nanswer (18-7)+4\n","problem":{"numbers":[18,7,4],"target":15,"rules":"integer"},"more":1}"#;

#[test]
fn tree_habits_and_verdict_are_found() {
    let home = Home::new();
    home.file("a.jsonl", format!("{GOOD}\n"));
    let ran = home.run(&["analyze", "a.jsonl", "--json"]);
    assert_eq!(ran.err, "");
    let traces = ran.json();
    assert_eq!(traces[0]["outcome"]["correct"], true);
    assert_eq!(traces[0]["tree"]["nodes"][1]["move"], "18-7=11");
    assert_eq!(traces[0]["behaviors"][0]["behavior"], "verification");
    assert_eq!(traces[0]["source"]["line"], 1);
    let text = home.run(&["analyze", "a.jsonl"]).answer();
    assert!(
        text.contains("\u{2713} (18-7)+4") && text.contains("verification"),
        "{text}"
    );
}

#[test]
fn score_sheets_are_shown_and_searched() {
    let home = Home::new();
    let wrong = r#"{"text":"18 + 7 = 25 (too big)\nLet me try: 18 - 7 = 11\n","problem":"18 7 4 -> 15"}"#;
    home.file("a.jsonl", format!("{GOOD}\n{wrong}\n"));
    let text = home.run(&["analyze", "a.jsonl"]).answer();
    assert!(text.contains("sheet   -+=V \u{2713}"), "{text}");
    assert!(text.contains("sheet   +V B1- \u{2717}"), "{text}");
    let found = home
        .run(&["analyze", "a.jsonl", "--match", "B1", "--json"])
        .json();
    assert_eq!((found.len(), &found[0]["index"]), (1, &json!(1)));
    home.run(&["analyze", "a.jsonl", "--match", "("])
        .refuses_in_a_sentence(&["--match (", "no regular expression"]);
}

#[test]
fn a_pattern_that_no_sheet_has_is_an_empty_answer_and_a_sentence() {
    let home = Home::new();
    home.file("a.jsonl", format!("{GOOD}\n{GOOD}\n"));
    for mode in [
        &["analyze", "a.jsonl", "--match", "B9"][..],
        &["analyze", "a.jsonl", "--match", "B9", "--json"],
    ] {
        let ran = home.run(mode);
        assert_eq!(
            ran.err,
            "backtrail: 2 traces read, and none has a score sheet that matches `B9`\n"
        );
        assert_eq!(ran.answer(), "");
    }
    assert_eq!(home.run(&["analyze", "a.jsonl", "--match", "="]).err, "");
}

/// A table is not read, but who names one learns why its rows are not told apart.
#[test]
fn a_table_of_separated_values_is_one_text_with_a_sentence() {
    let home = Home::new();
    home.file("a.csv", "id,completion\n1,\"Let me see, then.\"\n");
    let ran = home.run(&["analyze", "a.csv"]);
    assert!(
        ran.err.starts_with("backtrail: a.csv: it looks like a table") && ran.err.lines().count() == 1,
        "{}",
        ran.err
    );
    assert!(ran.answer().starts_with("#0  no verdict"));
}

#[test]
fn a_sudoku_is_no_problem_of_the_command_line_and_is_told_where_it_belongs() {
    let home = Home::new();
    home.file("a.jsonl", GOOD);
    for grid in [
        ".4.11.....23.2..",
        "_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\n",
        r#"{"size":4,"grid":".4.11.....23.2.."}"#,
    ] {
        home.run(&["analyze", "a.jsonl", "--problem", grid])
            .refuses_in_a_sentence(&[
                "this is a Sudoku",
                "`problem` or `puzzle`",
                "`question` or `prompt`",
            ]);
    }
    // What it is told to do helps.
    let words = "Solve this:\n_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\n";
    for row in [
        json!({"problem": {"size": 4, "grid": ".4.11.....23.2.."}}),
        json!({"problem": words}),
        json!({"puzzle": [[0, 4, 0, 1], [1, 0, 0, 0], [0, 0, 2, 3], [0, 2, 0, 0]]}),
        json!({"question": words}),
        json!({"prompt": words}),
    ] {
        let mut row = row;
        row["text"] = "2431 1342 4123 3214".replace(' ', "").into();
        home.file("b.jsonl", row.to_string());
        let trace = home.run(&["analyze", "b.jsonl", "--json"]).json().remove(0);
        assert_eq!(trace["outcome"]["correct"], true, "{row}");
    }
    home.file("c.txt", "_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\n\nSo R1C1 = 2.\n");
    let trace = home.run(&["analyze", "c.txt", "--json"]).json().remove(0);
    assert_eq!(trace["outcome"], Value::Null);
    assert_eq!(trace["tree"]["nodes"][0]["state"], ".4.11.....23.2..");
    assert_eq!(trace["tree"]["nodes"][1]["reachable"], true);
}

#[test]
fn of_many_rows_with_the_same_fault_five_are_told_and_the_others_counted() {
    let home = Home::new();
    let bad = |count: usize| format!("{}\n{GOOD}\n", "{\"a\":1}\n".repeat(count));
    home.file("a.jsonl", bad(100) + "{\"text\":1}\n");
    home.file("b.jsonl", bad(6));
    home.file("c.jsonl", bad(5));
    let ran = home.run(&["analyze", "a.jsonl", "b.jsonl", "c.jsonl", "--json"]);
    let said: Vec<&str> = ran.err.lines().collect();
    assert_eq!(said.len(), 5 + 1 + 1 + 5 + 1 + 5 + 1, "{}", ran.err);
    assert!(
        said[4].starts_with("backtrail: a.jsonl, line 5: there is no `text`"),
        "{}",
        said[4]
    );
    assert!(
        said[5].starts_with("backtrail: a.jsonl, line 103: `text` is not"),
        "{}",
        said[5]
    );
    assert!(
        said[6].starts_with(
            "backtrail: a.jsonl: \u{2026} and 95 more rows with the same fault: there is no `text`"
        ),
        "{}",
        said[6]
    );
    assert!(
        said[12].contains("b.jsonl: \u{2026} and 1 more row with the same fault"),
        "{}",
        said[12]
    );
    assert!(
        said[18].ends_with("112 of 115 rows could not be read"),
        "{}",
        said[18]
    );
    // The lines of the answer are all there.
    assert_eq!(ran.json().len(), 115);
}

#[test]
fn a_text_in_another_language_says_that_habits_are_looked_for_in_english() {
    let home = Home::new();
    let chinese = "首先看一下这些数字。我们有18、7和4,目标是15。如果18减7,就得到11,再加上4,正好等于15。让我再检查一遍:11加4等于15。所以这个答案是正确的。";
    home.file("a.jsonl", json!({"text": chinese}).to_string() + "\n" + GOOD);
    let text = home.run(&["analyze", "a.jsonl"]).answer();
    assert_eq!(
        text.matches("habits are looked for in English; this text seems to be in another language")
            .count(),
        1,
        "{text}"
    );
}

#[test]
fn files_and_standard_input_are_read_in_order() {
    let home = Home::new();
    let a = home.file("a.jsonl", format!("{GOOD}\n{GOOD}\n"));
    home.file("b.txt", "try 1+2=3 left 3\nanswer 1+2\n");
    let traces = home
        .run_reading(
            &[
                "analyze",
                "b.txt",
                "-",
                "b.txt",
                "--problem",
                "1 2 -> 3",
                "--json",
            ],
            &a,
        )
        .json();
    let indices: Vec<_> = traces
        .iter()
        .map(|trace| trace["index"].as_u64().unwrap())
        .collect();
    assert_eq!(indices, [0, 1, 2, 3]);
    let targets: Vec<_> = traces
        .iter()
        .map(|trace| trace["problem"]["target"].as_u64().unwrap())
        .collect();
    assert_eq!(targets, [3, 15, 15, 3]);
}

#[test]
fn rows_come_out_in_their_order_however_many_threads_analyse_them() {
    let home = Home::new();
    let long = |number: usize| "try 18-7=11 left 11 4\\nback to 18 7 4\\n".repeat(number * 37 % 101);
    let row = |number: usize| match number % 10 {
        9 => "{\"text\": 7}".to_owned(),
        _ => format!(
            r#"{{"text":"{}answer {number}","problem":"18 7 4 -> 15"}}"#,
            long(number)
        ),
    };
    let rows: Vec<String> = (0..120).map(row).collect();
    home.file("a.jsonl", rows.join("\n"));
    let run = |threads: &str| home.run(&["analyze", "a.jsonl", "--json", "--threads", threads]);
    let (one, five) = (run("1"), run("5"));
    assert_eq!(one.err, five.err);
    let (one, five) = (one.json(), five.json());
    let same = |part: &str| one.iter().zip(&five).all(|(a, b)| a[part] == b[part]);
    for part in ["text", "source", "tree", "behaviors", "outcome", "error"] {
        assert!(same(part), "{part}");
    }
    let numbered = |(index, trace): (usize, &Value)| trace["index"] == index;
    assert!(five.iter().enumerate().all(numbered));
    assert_eq!((one.len(), five.len()), (120, 120));
}

#[test]
fn a_file_without_rows_is_no_failure_but_is_said() {
    let home = Home::new();
    for content in ["", "\n \n\n"] {
        home.file("empty", content);
        for mode in [&["analyze", "empty"][..], &["analyze", "empty", "--json"]] {
            let ran = home.run(mode);
            assert!(ran.err.contains("empty is empty"), "{}", ran.err);
            assert_eq!(ran.answer(), "");
        }
    }
}

#[test]
fn bad_rows_are_lines_too_and_do_not_hide_the_good_ones() {
    let home = Home::new();
    home.file(
        "some",
        format!("{GOOD}\n{{\"text\":1}}\n[]\n{GOOD}\n{{\"text\"\n"),
    );
    let ran = home.run(&["analyze", "some", "--json"]);
    assert_eq!(ran.err.lines().count(), 4, "{}", ran.err);
    assert!(
        ran.err.ends_with("3 of 5 rows could not be read\n"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("some, line 2: `text` is not a string"),
        "{}",
        ran.err
    );
    let traces = ran.json();
    let finishes: Vec<_> = traces.iter().map(|trace| trace["finish"] == "error").collect();
    assert_eq!(finishes, [false, true, true, false, true]);
    assert_eq!(traces[2]["error"], "this is no JSON object");
    assert_eq!(traces[4]["source"]["line"], 5);
}

#[test]
fn when_no_row_can_be_read_the_input_is_bad() {
    let home = Home::new();
    home.file("bad", "{\"text\":1}\n{\"tex\":\"\"}\n");
    let ran = home.run(&["analyze", "bad", "--json"]);
    assert_eq!((ran.code, ran.out.lines().count()), (Some(2), 2));
    assert!(
        ran.err.contains("none of the 2 rows could be read"),
        "{}",
        ran.err
    );
    home.run(&["analyze", "nowhere"])
        .refuses_in_a_sentence(&["nowhere"]);
    home.run(&["analyze", "."]).refuses_in_a_sentence(&["directory"]);
    home.file("good", GOOD);
    home.run(&["analyze", "good", "--problem", "1 2"])
        .refuses_in_a_sentence(&["no target"]);
}

#[test]
fn a_byte_order_mark_hides_nothing() {
    let home = Home::new();
    home.file("bom", format!("\u{feff}{GOOD}\r\n{GOOD}\r\n"));
    assert_eq!(
        home.run(&["analyze", "bom", "--json"]).json()[1]["outcome"]["correct"],
        true
    );
}

#[test]
fn no_control_byte_of_a_trace_reaches_standard_output() {
    let hostile = "try 1+2=3 left 3\u{1b}[2J\u{1b}]0;x\u{7}\0\u{7f}\u{9b}31m\u{202e}\u{2066}\r\ncheck \u{1b}c1+2=3 yes\nanswer 1+2\u{1b}[31m\n";
    let row = json!({"text": hostile, "id": hostile, "prompt": hostile, "by": hostile, "source": {hostile: hostile},
        "task": hostile, "problem": {hostile: hostile}, "model": {"name": hostile}, "annotations": [hostile]});
    let home = Home::new();
    home.file("text", hostile);
    home.file("rows", format!("{row}\n{{\"text\":[\"\u{1b}[2J\u{9b}\n{GOOD}\n"));
    home.file(
        "bytes",
        [&b"try 1+2=3\xff\xc2\0\x1b[31m "[..], &[0x9b, 0x80, 0xfe]].concat(),
    );
    for file in ["text", "rows", "bytes"] {
        for mode in [&[][..], &["--json"], &["--problem", "1 2 -> 3"]] {
            let ran = home.run(&[&["analyze", file][..], mode].concat());
            is_tame(&ran.err);
            is_tame(&ran.answer());
        }
    }
    let read = home.run(&["analyze", "text", "--json"]).json();
    assert_eq!(read[0]["text"], hostile, "readers get the same text back");
    let read = home.run(&["analyze", "bytes", "--json"]).json();
    assert!(
        read[0]["source"]["repaired"].as_u64() > Some(0),
        "{}",
        read[0]["source"]
    );
    // A file's name can be hostile too.
    is_tame(&home.run(&["analyze", "\u{1b}[2Jnone"]).err);
}

#[test]
fn a_line_of_ten_megabytes_is_a_line() {
    let home = Home::new();
    let moves = "try 1+2=3 left 3\\nback to 1 2\\n".repeat(10_000);
    let long = "a".repeat(10_000_000);
    home.file("long", format!("{{\"text\":\"{moves}{long}\"}}\n"));
    home.file("open", format!("answer {}\n", "(".repeat(10_000_000)));
    home.file("broken", format!("{{{}\n{GOOD}\n", "\"".repeat(10_000_000)));
    let out = home
        .run(&["analyze", "long", "open", "broken", "--problem", "1 2 -> 3"])
        .answer();
    assert!(out.len() < 10_000, "a report, not the text");
    assert!(
        out.contains("10001 states") && out.contains("\u{2713} (18-7)+4"),
        "{out}"
    );
    let answer = home
        .run(&["analyze", "long", "--json", "--out", "out.jsonl"])
        .answer();
    assert_eq!(answer, "");
    assert!(fs::metadata(home.path("out.jsonl")).unwrap().len() > 10_000_000);
}

/// A file that another program wrote.
fn foreign(name: &str) -> Vec<u8> {
    fs::read(format!("tests/data/formats/{name}")).unwrap()
}

#[test]
fn other_programs_files_are_told_by_their_content() {
    let home = Home::new();
    for (name, format, answer) in [
        ("inspect.eval", "inspect", "(18-7)+4"),
        ("inspect.json", "inspect", "(18-7)+4"),
        ("verifiers/results.jsonl", "verifiers", "(18-7)+4"),
        ("chat.jsonl", "openai", ""),
        ("trl.parquet", "trl", ""),
        ("thought_anchors.jsonl", "thought-anchors", ""),
    ] {
        home.file("some.txt", foreign(name));
        let ran = home.run(&["analyze", "some.txt", "--json"]);
        assert_eq!(ran.err, "", "{name}");
        let trace = &ran.json()[0];
        assert_eq!(trace["source"]["format"], format, "{name}");
        assert!(trace["tree"]["nodes"].is_array());
        if !answer.is_empty() {
            assert_eq!(trace["outcome"]["correct"], true, "{name}");
            assert_eq!(trace["parts"][0]["kind"], "think", "{name}");
            assert_eq!(trace["problem"]["target"], 15);
        }
    }
    let piped = home.file("piped", foreign("inspect.eval"));
    let ran = home.run_reading(&["analyze", "-", "--json"], &piped);
    assert_eq!(ran.json()[2]["source"]["sample"], "3");
}

#[test]
fn what_is_left_of_a_damaged_archive_is_read_and_the_rest_is_said() {
    let home = Home::new();
    let whole = foreign("inspect.eval");
    home.file("cut.eval", &whole[..whole.len() / 2]);
    let ran = home.run(&["analyze", "cut.eval", "--json"]);
    assert!(
        ran.err.contains("cut.eval") && ran.err.contains("cut off"),
        "{}",
        ran.err
    );
    let traces = ran.json();
    assert_eq!(traces[0]["outcome"]["correct"], true);
    assert_eq!(traces.last().unwrap()["finish"], "error");
    home.file("stub.eval", &whole[..40]);
    let ran = home.run(&["analyze", "stub.eval"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("the one row could not be read"), "{}", ran.err);
}

#[test]
fn a_sudoku_gets_a_verdict_its_facts_and_the_score_that_was_recorded() {
    let home = Home::new();
    let asked = "Solve this Sudoku puzzle:\n_ 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\n";
    let said = "So R1C1 = 2.\n2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\n";
    let row = json!({"task": "mini_sudoku", "question": asked, "text": said, "score": 0.0});
    home.file("a.jsonl", format!("{row}\n"));
    let trace = home
        .run(&["analyze", "a.jsonl", "--json", "--facts"])
        .json()
        .remove(0);
    assert_eq!(trace["outcome"]["correct"], true);
    assert_eq!(trace["outcome"]["answer"], "2431134241233214");
    assert_eq!(
        trace["outcome"]["scorers"],
        json!({"anywhere": 1.0, "exact": 1.0, "last_grid": 1.0, "reasoning_gym": 0.0, "recorded": 0.0})
    );
    assert_eq!(trace["facts"]["grids"]["filled"], 10);
    let text = home.run(&["analyze", "a.jsonl", "--facts"]).answer();
    for words in [
        "\u{2713} 2431134241233214",
        "scorers disagree   reasoning_gym gives 0: no <answer> with a row of the solution's cells",
        "scorers disagree   recorded gives 0: the file does not say that it is right",
        "grids   10 of 10 open cells filled",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn whether_many_numbers_have_no_solution_is_not_judged_but_by_who_scored_it() {
    let home = Home::new();
    let said = |more: &str| {
        let row = format!(
            r#"{{"problem":{{"numbers":[1,2,3,4,5,6,7,8],"target":999}},"text":"There is no solution."{more}}}"#
        );
        home.file("a.jsonl", format!("{row}\n"));
        home.run(&["analyze", "a.jsonl"]).answer()
    };
    let unknown = "#0  no verdict: it says there is no solution, which of so many numbers is not known\n";
    assert!(said("").starts_with(unknown), "{}", said(""));
    let theirs = said(r#","score":1.0"#);
    assert!(theirs.starts_with("#0  \u{2713} "), "{theirs}");
}

#[test]
fn what_is_wrong_is_said_once_and_with_its_reason() {
    let home = Home::new();
    let row = |text: &str| json!({"problem": "18 7 4 -> 15", "text": text}).to_string();
    let said = |row: &str| {
        home.file("a.jsonl", format!("{row}\n"));
        home.run(&["analyze", "a.jsonl", "--facts"]).answer()
    };
    for (text, words) in [
        ("I give up.", "#0  \u{2717} no answer\n"),
        ("<answer>x</answer>", "#0  \u{2717} the answer cannot be read: "),
        ("answer 18-7", "#0  \u{2717} 18-7 (does not use 4)\n"),
        ("SOLUTION: NO", "#0  \u{2717} NO (says there is no solution, but "),
        (
            "SOLUTION: YES\nOPERATIONS: ['18-7=11', '11+4=15']\nRESULT: 15",
            "#0  \u{2713} (18-7)+4\n",
        ),
        ("  ", "#0  \u{2717} the row has no text of a model\n"),
        ("First 18 + 7 = 26, too big.", "not sound: 18 + 7 = 26 is false"),
        (
            "try 18+9=27 left 27 7 4\n",
            "not sound: uses 9, which is not there",
        ),
    ] {
        let out = said(&row(text));
        assert!(out.contains(words), "{words}: {out}");
    }
    let out = said(r#"{"question":"6 times 7?","text":""}"#);
    assert!(
        out.contains("no verdict: the row has no text of a model"),
        "{out}"
    );
}

#[test]
fn the_returns_that_are_counted_are_those_of_the_sheet() {
    let home = Home::new();
    let text = "try 18+7=25 left 25 4\nback to 18 7 4\ntry 18-7=11 left 11 4\nback to 18 7 4\nback to 9 9\n";
    let row = json!({"problem": "18 7 4 -> 15", "text": text});
    home.file("a.jsonl", format!("{row}\n"));
    let out = home.run(&["analyze", "a.jsonl", "--facts"]).answer();
    let words =
        "3 returns (1 from a dead end, 1 gave up on a winning branch, 1 to a state that never existed)";
    assert!(out.contains(words), "{out}");
    assert!(!out.contains("0 returns"), "{out}");
}

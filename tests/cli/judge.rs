//! A judge as scripts see it: when it is asked, when it is refused, and what is said when it cannot answer.

use crate::home::Home;

const ROW: &str = "{\"text\":\"18 + 7 = 25. That is too high.\",\"question\":\"18 7 4 -> 15\"}\n";

#[test]
fn a_judge_that_is_not_named_or_not_wanted_is_refused() {
    let home = Home::new();
    let rows = home.file("rows.jsonl", ROW);
    let analyze = |options: &[&str]| home.run(&[&["analyze", &rows], options].concat());
    analyze(&["--detector", "judge"]).refuses_in_a_sentence(&["--judge MODEL", "openai:"]);
    analyze(&["--judge", "scout"]).refuses_in_a_sentence(&["--detector judge", "--detector all"]);
    analyze(&[
        "--detector",
        "judge",
        "--judge",
        "scout",
        "--judge-protocol",
        "vote",
    ])
    .refuses_in_a_sentence(&["--judge-protocol vote", "`spans` and `count`"]);
    analyze(&["--detector", "judge", "--judge", "scout", "--judge-price", "1"])
        .refuses_in_a_sentence(&["--judge-price", "0.15,0.60"]);
    analyze(&["--detector", "judge", "--judge", "openai:nowhere"])
        .refuses_in_a_sentence(&["openai:nowhere", "no address of a server"]);
    analyze(&["--judge-tokens", "9"]).refuses(&["--judge <MODEL>"]);
    home.run(&["generate", "--detector", "judge"])
        .refuses_in_a_sentence(&["--judge MODEL", "openai:"]);
    home.run(&[
        "behaviors",
        "score",
        &rows,
        "--detector",
        "judge",
        "--judge",
        "scout",
        "--judge-protocol",
        "count",
    ])
    .refuses_in_a_sentence(&["only `spans` can be scored"]);
    home.file("config/prompts/judge.toml", "window = 12000\n");
    analyze(&["--detector", "judge", "--judge", "scout"])
        .refuses_in_a_sentence(&["judge.toml", "no prompts of a judge"]);
}

#[test]
fn without_a_judge_all_detectors_are_those_that_ask_nobody() {
    let home = Home::new();
    let rows = home.file("rows.jsonl", ROW);
    let found = |detector: &str| {
        let traces = home
            .run(&["analyze", &rows, "--json", "--detector", detector])
            .json();
        traces[0]["behaviors"].clone()
    };
    let detectors = |found: &serde_json::Value| -> Vec<String> {
        let found = found.as_array().unwrap().iter();
        found
            .map(|found| found["detector"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        detectors(&found("all")),
        ["rules", "probe"],
        "each layer by itself"
    );
    assert_eq!(detectors(&found("best")), ["rules"], "one span a finding");
}

/// The bundled model reads its own language only, and has no room for the question.
const MUTE: [&str; 5] = ["--detector", "judge", "--judge", "scout", "--json"];

#[test]
fn that_nobody_reads_is_not_told_beside_what_failed() {
    let home = Home::new();
    let rows = home.file("rows.jsonl", ROW);
    let mut child = home
        .command(&[&["analyze", &rows, "missing.jsonl"], &MUTE[..]].concat())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains("missing.jsonl cannot be opened") && !said.contains("nobody reads"),
        "{said}"
    );
}

#[test]
fn a_judge_that_cannot_be_asked_is_a_failure_told_once_and_the_traces_are_kept() {
    let home = Home::new();
    let rows = home.file("rows.jsonl", ROW.repeat(40));
    for (command, count) in [
        (&["analyze", &rows][..], 40),
        (&["generate", "--count", "2", "--set", "sampler.max_tokens=8"], 2),
    ] {
        let ran = home.run(&[command, &MUTE].concat());
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert_eq!(
            ran.err.matches("the judge scout cannot be asked").count(),
            1,
            "{}",
            ran.err
        );
        let traces: Vec<serde_json::Value> = ran
            .out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(traces.len(), count, "{}", ran.out);
        assert!(
            traces
                .iter()
                .all(|trace| trace["text"] != "" && trace.get("judge").is_none())
        );
    }
}

#[test]
fn rows_that_wait_for_a_judge_are_there_when_a_later_file_is_not() {
    let home = Home::new();
    let rows = home.file("rows.jsonl", ROW);
    let ran = home.run(&[&["analyze", &rows, "none.jsonl"][..], &MUTE].concat());
    assert_eq!(
        (ran.code, ran.out.lines().count()),
        (Some(2), 1),
        "{} {}",
        ran.out,
        ran.err
    );
    assert!(ran.err.contains("none.jsonl cannot be opened"), "{}", ran.err);
}

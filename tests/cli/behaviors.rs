//! `backtrail behaviors`.

use crate::home::Home;
use std::fs;

/// The labelled traces that the rules were written with, and that the probe has never seen: what they reach there must not be
/// lost.
#[test]
fn the_bars_on_the_gold_file_hold() {
    let home = Home::new();
    let gold = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/habits_gold/gold.jsonl");
    let score = home.run(&["behaviors", "score", gold, "--json"]).json().remove(0);
    assert_eq!(
        (score["schema"].as_str(), score["units"].as_u64()),
        (Some("backtrail.score/1"), Some(1669))
    );
    for (habit, bar) in [
        ("verification", 0.88),
        ("backtracking", 0.88),
        ("subgoal_setting", 0.80),
        ("backward_chaining", 0.78),
    ] {
        let figures = &score["habits"][habit];
        assert!(figures["f1"].as_f64().unwrap() >= bar, "{habit}: {figures}");
        assert!(figures["interval"][0].as_f64().unwrap() <= figures["f1"].as_f64().unwrap());
    }
    let text = home.run(&["behaviors", "score", gold]).answer();
    assert!(text.contains("by model") && text.contains("missed"), "{text}");
}

#[test]
fn rows_that_are_no_labelled_traces_are_named_and_the_others_are_scored() {
    let home = Home::new();
    home.file(
        "gold.jsonl",
        "{\"id\":\"a\",\"trace\":\"3 + 4 = 8 (too big)\",\"units\":[{\"start\":0,\"end\":19,\"labels\":\"V\"}]}\nnonsense\n",
    );
    let ran = home.run(&["behaviors", "score", "gold.jsonl", "--json"]);
    assert!(
        ran.err.contains("gold.jsonl, line 2: this is no labelled trace"),
        "{}",
        ran.err
    );
    assert_eq!(ran.json()[0]["habits"]["verification"]["recall"], 1.0);
    home.file("none.jsonl", "nonsense\n");
    home.run(&["behaviors", "score", "none.jsonl"])
        .refuses(&["none of the 1 row of none.jsonl could be read"]);
}

#[test]
fn a_label_that_nobody_knows_is_an_error_of_its_row() {
    let home = Home::new();
    let row = |labels: &str| {
        format!(
            "{{\"question\":\"q\",\"problem\":\"p\",\"trace\":\"3 + 4 = 8 (too big)\",\"units\":[{{\"start\":0,\"end\":19,\"labels\":\"{labels}\"}}]}}\n"
        )
    };
    home.file("gold.jsonl", row("v") + &row("verification") + &row("doubt"));
    let ran = home.run(&["behaviors", "score", "gold.jsonl", "--json"]);
    for words in [
        "gold.jsonl, line 3: the unit from 0 to 19 has the label `doubt`, which is no habit",
        "write V, B, S, C or verification, backtracking",
    ] {
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
    let score = ran.json().remove(0);
    assert_eq!(score["habits"]["verification"]["support"], 2);
    assert_eq!(score["habits"]["verification"]["recall"], 1.0);
}

#[test]
fn rows_without_labels_are_neither_learnt_from_nor_scored() {
    let home = Home::new();
    home.file(
        "bare.jsonl",
        "{\"trace\":\"3 + 4 = 8 (too big)\"}\n{\"text\":\"Hm.\"}\n",
    );
    for command in ["train", "score"] {
        home.run(&["behaviors", command, "bare.jsonl"])
            .refuses_in_a_sentence(&["none of the 2 rows of bare.jsonl has labels", "units"]);
    }
    home.file(
        "none.jsonl",
        "{\"trace\":\"3 + 4 = 7\",\"units\":[{\"start\":0,\"end\":9,\"labels\":\"\"}]}\n",
    );
    home.run(&["behaviors", "train", "none.jsonl"])
        .refuses_in_a_sentence(&["no unit of these rows has a label"]);
    home.file(
        "some.jsonl",
        "{\"trace\":\"Hm.\"}\n{\"trace\":\"3 + 4 = 8 (too big)\",\"units\":[{\"start\":0,\"end\":19,\"labels\":\"V\"}]}\n",
    );
    let ran = home.run(&["behaviors", "score", "some.jsonl"]);
    assert!(ran.err.contains("1 row without `units` left out"), "{}", ran.err);
}

#[test]
fn a_users_behavior_joins_the_others_and_a_broken_one_is_passed_over() {
    let home = Home::new();
    home.file(
        "config/behaviors/doubt.toml",
        "name = \"doubt\"\nletter = \"D\"\nabout = \"Is not sure.\"\n[[rule]]\nname = \"hmm\"\nsay = ['^hmm\\b']\n",
    );
    home.file(
        "config/behaviors/broken.toml",
        "name = \"broken\"\n[[rule]]\nname = \"r\"\nwhen = [\"tryed\"]\n",
    );
    home.file("a.jsonl", "{\"text\":\"Hmm, is that so?\\nYes.\"}\n");
    let ran = home.run(&["analyze", "a.jsonl", "--json"]);
    assert!(ran.err.contains("did you mean `tried`?"), "{}", ran.err);
    let traces = ran.json();
    assert_eq!(traces[0]["behaviors"][0]["behavior"], "doubt");
    assert_eq!(traces[0]["behaviors"][0]["rule"], "doubt.hmm");
    let list = home.run(&["behaviors", "list"]).answer();
    assert!(
        list.contains("D doubt") && list.contains("doubt.toml") && list.contains("bundled"),
        "{list}"
    );
}

#[test]
fn the_list_is_a_table_whose_columns_stand_below_their_names() {
    let home = Home::new();
    home.file(
        "config/behaviors/mine.toml",
        "name = \"second_thoughts_of_mine\"\nletter = \"D\"\nabout = \"Is not sure.\"\n[[rule]]\nname = \"hmm\"\nsay = ['^hmm\\b']\n",
    );
    let list = home.run(&["behaviors", "list"]).answer();
    let rows: Vec<&str> = list.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(rows.len(), 6, "{list}");
    let about = rows[0].find("what it is").unwrap();
    for (row, begins) in rows[1..]
        .iter()
        .zip(["Judges", "Gives up", "Names", "Works", "Is not sure."])
    {
        assert!(row[about..].starts_with(begins), "{list}");
    }
    let rules = rows[0].find("rules").unwrap();
    assert_eq!(
        rows[5][rules..].split_whitespace().take(3).collect::<Vec<_>>(),
        ["1", "0", "yours"]
    );
    assert!(
        list.contains("yours: second_thoughts_of_mine is in ") && list.contains("mine.toml"),
        "{list}"
    );
    assert!(list.contains("rules: ") && list.contains("tests: "), "{list}");
}

#[test]
fn a_file_whose_letter_is_taken_is_passed_over_with_whose_it_is() {
    let home = Home::new();
    home.file(
        "config/behaviors/doubt.toml",
        "name = \"doubt\"\nletter = \"x\"\n",
    );
    home.file(
        "config/behaviors/valour.toml",
        "name = \"valour\"\nletter = \"V\"\n",
    );
    let ran = home.run(&["behaviors", "list"]);
    for part in [
        "doubt.toml: its letter `x` is taken by score sheets, where it means a false statement: give it another `letter`",
        "valour.toml: its letter `V` is taken by the behavior `verification`",
        "the file is passed over",
    ] {
        assert!(ran.err.contains(part), "{}", ran.err);
    }
    assert_eq!(ran.err.lines().count(), 2, "{}", ran.err);
    let list = ran.answer();
    assert!(!list.contains("doubt") && !list.contains("yours:"), "{list}");
}

/// Sentences of two models: one phrase that no rule knows shows verification.
fn rows() -> String {
    (0..16)
        .map(|row| {
            let said = ["Peanuts align with gravity.\n", "Apples fall from trees.\n", "Rain is wet.\n"];
            let text = said.concat();
            let (first, second) = (said[0].len(), said[0].len() + said[1].len());
            let model = if row % 2 == 0 { "one" } else { "two" };
            let units = format!(
                r#"[{{"start":0,"end":{},"labels":"V"}},{{"start":{first},"end":{},"labels":""}},{{"start":{second},"end":{},"labels":""}}]"#,
                first - 1,
                second - 1,
                text.len() - 1
            );
            let text = serde_json::to_string(&text).unwrap();
            format!(r#"{{"id":"{row}","model":"{model}","task":"math","trace":{text},"units":{units}}}"#) + "\n"
        })
        .collect()
}

#[test]
fn a_probe_is_trained_measured_on_models_left_out_and_used_from_then_on() {
    let home = Home::new();
    home.file("rows.jsonl", &(rows() + "nonsense\n"));
    let ran = home.run(&["behaviors", "train", "rows.jsonl"]);
    assert!(ran.err.contains("1 row could not be read"), "{}", ran.err);
    let table = ran.answer();
    assert!(
        table.contains("16 traces") && table.contains("probe.json"),
        "{table}"
    );
    // It says what it will decide, and who decides the rest.
    for part in [
        "in `best`, the default, it decides V in prose; not B, S and C",
        "(F1 of probe and rules in all: B - and ",
        "where it does not decide: the bundled probe goes on deciding B and S, the rules decide C",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let list = home.run(&["behaviors", "list"]).answer();
    for part in [
        "probe: yours (",
        "probe.json; in prose it decides V; the bundled one goes on deciding B and S",
    ] {
        assert!(list.contains(part), "{part}: {list}");
    }
    let probes = home.run(&["behaviors", "list", "--json"]).json();
    let probe = |at: usize| &probes[at]["probe"];
    assert!(
        probe(0)["path"].is_string() && probe(0)["decides"] == true,
        "{probes:?}"
    );
    assert!(
        probe(1)["path"].is_null() && probe(1)["decides"] == true,
        "{probes:?}"
    );
    let ran = home.run(&[
        "behaviors",
        "score",
        "rows.jsonl",
        "--detector",
        "probe",
        "--json",
    ]);
    assert!(ran.err.contains("in-sample"), "{}", ran.err);
    assert_eq!(ran.json()[0]["habits"]["verification"]["f1"], 1.0);
    let left_out = [
        "behaviors",
        "score",
        "rows.jsonl",
        "--detector",
        "best",
        "--cross-validate",
        "--json",
    ];
    assert_eq!(home.run(&left_out).json()[0]["habits"]["verification"]["f1"], 1.0);
    home.run(&[
        "behaviors",
        "score",
        "rows.jsonl",
        "--detector",
        "state",
        "--cross-validate",
    ])
    .refuses(&["can be cross-validated"]);
}

#[test]
fn a_probe_that_would_decide_nothing_says_why_and_the_bundled_one_goes_on() {
    let home = Home::new();
    let row = |model: &str| {
        format!(
            r#"{{"model":"{model}","problem":"3 4 2 -> 10","trace":"3 + 4 = 7. Too small. Try 3 * 4 = 12.","units":[{{"start":0,"end":10,"labels":""}},{{"start":11,"end":21,"labels":"V"}},{{"start":22,"end":37,"labels":"B"}}]}}"#
        ) + "\n"
    };
    home.file("rows.jsonl", row("a") + &row("b"));
    home.file(
        "prose.jsonl",
        "{\"text\":\"The farmer has ten sheep. Let me double-check that. Yes, ten.\"}\n",
    );
    let found = || {
        let trace = home.run(&["analyze", "prose.jsonl", "--json"]).json().remove(0);
        trace["behaviors"].clone()
    };
    let before = found();
    let list = home.run(&["behaviors", "list"]).answer();
    assert!(
        list.contains("probe: the bundled one (") && list.contains("in prose it decides V, B and S\n"),
        "{list}"
    );
    let said = home.run(&["behaviors", "train", "rows.jsonl"]).answer();
    for part in [
        "it decides nothing: only in prose does a probe decide, and none of these traces is prose",
        "the bundled probe goes on deciding V, B and S, the rules decide C",
        "`--detector probe` shows what it finds by itself",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(before.as_array().is_some_and(|found| !found.is_empty()));
    assert_eq!(found(), before);
    let list = home.run(&["behaviors", "list"]).answer();
    assert!(
        list.contains("it decides nothing in `best`; the bundled one goes on deciding V, B and S"),
        "{list}"
    );
    let elsewhere = home
        .run(&["behaviors", "train", "rows.jsonl", "--out", "p.json"])
        .answer();
    assert!(elsewhere.contains("it is used once it lies in"), "{elsewhere}");
}

#[test]
fn the_phrases_of_a_behavior_are_listed_by_its_name_and_in_json() {
    let home = Home::new();
    let text = home.run(&["behaviors", "list", "backtracking"]).answer();
    for part in [
        "B backtracking   bundled\n",
        "\n  say     ",
        "`when` and `unless` may name: arithmetic, ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let all = home.run(&["behaviors", "list", "--json"]).json();
    let one = home.run(&["behaviors", "list", "backtracking", "--json"]).json();
    assert_eq!(one, [all[1].clone()]);
    let phrases = one[0]["phrases"].as_array().unwrap();
    assert_eq!(phrases.len(), one[0]["rules"].as_array().unwrap().len());
    assert!(phrases[0]["say"][0].is_string() && phrases[0]["rule"] == one[0]["rules"][0]);
    home.run(&["behaviors", "list", "backtraking"])
        .refuses_in_a_sentence(&[
            "there is no behavior `backtraking`",
            "did you mean `backtracking`",
        ]);
}

#[test]
fn the_behavior_file_that_the_readme_shows_is_one() {
    let home = Home::new();
    let readme = include_str!("../../README.md");
    let example = readme
        .split_once("```toml\n")
        .unwrap()
        .1
        .split_once("```")
        .unwrap()
        .0;
    home.file("doubt.toml", example);
    let text = home.run(&["behaviors", "test", "doubt.toml"]).answer();
    assert!(
        text.starts_with("doubt") && text.contains("1 test") && text.contains("holds"),
        "{text}"
    );
    // Every context that comes with the program is named in it.
    let list = home.run(&["behaviors", "list", "verification"]).answer();
    let names = list.lines().last().unwrap().split_once(": ").unwrap().1;
    for name in names.split(", ").take(17) {
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_tests_of_all_behaviors_fail_when_a_file_of_ones_own_cannot_be_read() {
    let home = Home::new();
    home.file("config/behaviors/broken.toml", "name = ");
    let ran = home.run(&["behaviors", "test"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.contains("verification"), "{}", ran.out);
    assert!(
        ran.err.contains("broken.toml") && ran.err.contains("1 file of yours could not be tested"),
        "{}",
        ran.err
    );
    let ours = home.run(&["behaviors", "test", "verification"]);
    assert_eq!(ours.code, Some(0), "{}", ours.err);
    home.file("config/behaviors/broken2.toml", "name = ");
    home.file("config/behaviors/doubt.toml", DOUBT);
    let both = home.run(&["behaviors", "test"]);
    let said =
        "behaviors not as expected; 2 files of yours could not be tested: they make no sense as they are";
    assert!(
        both.err.contains("1 of ") && both.err.contains(said),
        "{}",
        both.err
    );
}

#[test]
fn long_names_of_models_are_written_out_or_cut_with_a_sign() {
    let home = Home::new();
    let row = |model: &str| {
        format!(
            r#"{{"model":"{model}","trace":"3 + 4 = 8 (too big)","units":[{{"start":0,"end":19,"labels":"V"}}]}}"#
        ) + "\n"
    };
    let (long, longer) = ("m".repeat(50), "n".repeat(99));
    home.file("gold.jsonl", row(&long) + &row(&longer));
    let text = home.run(&["behaviors", "score", "gold.jsonl"]).answer();
    assert!(text.contains(&long) && text.contains("nnn\u{2026} "), "{text}");
    let columns = |name: &str| {
        text.lines()
            .find(|line| line.contains(name))
            .unwrap()
            .chars()
            .count()
    };
    assert_eq!(columns(&long), columns("nnn\u{2026}"));
}

/// A behavior of the user's own, with one test that holds and one that does not.
const DOUBT: &str = r#"
name = "doubt"
letter = "D"
[[rule]]
name = "hmm"
say = ['^hmm\b']
[[test]]
text = "Hmm, let me see. That is 25."
finds = ["Hmm, let me see."]
[[test]]
text = "Hmm. Well, well."
finds = ["Well, well."]
"#;

#[test]
fn a_colour_that_is_none_and_a_confidence_beyond_one_are_told() {
    let home = Home::new();
    home.file(
        "color.toml",
        DOUBT.replacen("name =", "color = \"gr\u{fc}n\"\nname =", 1),
    );
    let ran = home.run(&["behaviors", "test", "color.toml"]);
    assert!(
        ran.err.contains("behavior doubt: \"gr\u{fc}n\" is no colour"),
        "{}",
        ran.err
    );
    home.file(
        "sure.toml",
        DOUBT.replacen("[[rule]]\n", "[[rule]]\nconfidence = 1.8\n", 1),
    );
    home.run(&["behaviors", "test", "sure.toml"])
        .refuses_in_a_sentence(&["sure.toml", "has the confidence 1.8: write a number from 0 to 1"]);
}

#[test]
fn a_probe_is_not_written_over_the_rows_it_learns_from() {
    let home = Home::new();
    let rows = rows();
    home.file("rows.jsonl", &rows);
    home.run(&["behaviors", "train", "rows.jsonl", "--out", "rows.jsonl"])
        .refuses_in_a_sentence(&["--out rows.jsonl is a file that is read"]);
    assert_eq!(fs::read_to_string(home.path("rows.jsonl")).unwrap(), rows);
}

#[test]
fn a_behavior_is_tested_by_its_name_or_its_file_and_what_fails_is_shown() {
    let home = Home::new();
    let text = home.run(&["behaviors", "test"]).answer();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(text.contains("verification") && !text.contains("fail"), "{text}");
    let one = home.run(&["behaviors", "test", "backtracking"]).answer();
    assert!(
        one.starts_with("backtracking") && one.ends_with("all hold\n"),
        "{one}"
    );
    home.file("own.toml", DOUBT);
    let ran = home.run(&["behaviors", "test", "own.toml"]);
    assert_eq!(ran.code, Some(1));
    for part in [
        "doubt              2 tests   1 hold, 1 fail",
        "  test 2 of doubt\n    | Hmm. Well, well.\n  expected  Well, well.\n  found     Hmm.",
    ] {
        assert!(ran.out.contains(part), "{}", ran.out);
    }
    assert!(
        ran.err.contains("1 of 2 tests of 1 behavior not as expected"),
        "{}",
        ran.err
    );
    home.run(&["behaviors", "test", "verificaton"])
        .refuses_in_a_sentence(&[
            "no behavior and no file `verificaton`",
            "did you mean `verification`",
        ]);
    home.run(&["behaviors", "test", "none.toml"])
        .refuses_in_a_sentence(&["none.toml cannot be read"]);
}

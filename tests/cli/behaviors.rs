//! `backtrail behaviors`.

use crate::home::Home;

/// The labelled traces that the rules were written with: what they reach there must not be lost.
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

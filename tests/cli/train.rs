//! `backtrail train`, on a model that learns nothing worth knowing.

use crate::home::{Home, lines};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    process::Command,
};

pub const RECIPE: &str = r#"
name = "tiny"
summary = "For a test."
kind = "pretrain"
seed = 1
init = "random"
threads = 1
save_every = 4
eval_every = 10
eval_problems = 2
[model]
hidden_size = 32
layers = 1
heads = 2
kv_heads = 2
intermediate_size = 64
context = 512
[sampler]
max_tokens = 8
[task]
numbers = [3, 3]
range = [1, 20]
target = [10, 99]
rules = "integer"
[[stage]]
tokens = 6000
batch_tokens = 512
warmup = 2
[[stage.mix]]
backward = 0.5
"#;

/// The metrics of a run, without what depends on the clock.
fn metrics(home: &Home, run: &str) -> Vec<Value> {
    let text = fs::read_to_string(home.path(run).join("metrics.jsonl")).unwrap();
    timeless(lines(&text))
}

fn timeless(mut rows: Vec<Value>) -> Vec<Value> {
    for row in &mut rows {
        let row = row.as_object_mut().unwrap();
        row.retain(|name, _| !["time", "tokens_per_second", "step_time"].contains(&name.as_str()));
    }
    rows
}

#[test]
fn a_mistake_in_the_task_or_in_a_mix_has_its_line() {
    let home = Home::new();
    for (from, to, line, what) in [
        ("rules = \"integer\"", "rulse = 1", 24, "did you mean `rules`?"),
        ("range = [1, 20]", "range = \"all\"", 22, "invalid type"),
        ("range = [1, 20]", "range = [20, 1]", 22, "task.range is [20, 1]"),
        (
            "target = [10, 99]",
            "target = [9000, 9999]",
            20,
            "no training problem",
        ),
        (
            "backward = 0.5",
            "backwards = 0.5",
            30,
            "did you mean `backward`?",
        ),
        ("backward = 0.5", "backward = 1.5", 30, "`backward` is 1.5"),
    ] {
        assert!(RECIPE.contains(from));
        let path = home.file("recipe.toml", RECIPE.replace(from, to));
        let place = format!("recipe.toml line {line}: ");
        home.run(&["train", &path, "--out", "run"])
            .refuses_in_a_sentence(&[&place, what]);
        assert!(!home.path("run").exists(), "{to}: nothing was begun");
    }
    let path = home.file("recipe.toml", RECIPE);
    let set = "stage.0.mix.0.verify=3";
    home.run(&["train", &path, "--out", "run", "--set", set])
        .refuses_in_a_sentence(&["--set stage.0.mix.0.verify=3: ", "invalid type"]);
}

#[test]
fn a_recipe_becomes_a_model_that_generates() {
    let home = Home::new();
    home.file("recipe.toml", RECIPE);
    let ran = home.run(&["train", "recipe.toml", "--out", "run", "--json"]);
    assert!(ran.err.contains("training tiny on cpu in run"), "{}", ran.err);
    let steps = ran.json();
    for (index, row) in steps.iter().enumerate() {
        assert_eq!(row["step"], index + 1);
        for name in [
            "loss",
            "learning_rate",
            "grad_norm",
            "num_tokens",
            "tokens_per_second",
            "time",
        ] {
            assert!(row[name].is_number(), "{name} of {row}");
        }
    }
    let rows = metrics(&home, "run");
    assert_eq!(
        (&rows[0]["schema"], &rows[0]["recipe"]["name"]),
        (&"backtrail.run/1".into(), &"tiny".into())
    );
    assert_eq!(rows.len(), steps.len() + 1);
    assert_eq!(rows[10]["eval/n"], 2.0);
    assert!(rows[10]["eval/accuracy"].is_number());

    let last = home.path("run").join(format!("checkpoint-{}", steps.len()));
    assert!(last.join("card.json").is_file());
    let made = home
        .run(&["generate", "--model", last.to_str().unwrap(), "--json"])
        .json();
    assert!(
        made[0]["tokens"]["generated"].as_u64() <= Some(8),
        "its card's sampler is used"
    );

    home.run(&["train", "recipe.toml", "--out", "run"])
        .refuses_in_a_sentence(&["already holds", "--resume"]);
}

#[test]
fn a_run_that_somebody_trains_is_left_alone() {
    let home = Home::new();
    home.file("recipe.toml", RECIPE);
    let arguments = ["train", "recipe.toml", "--out", "run"];
    home.run(&[&arguments[..], &["--set", "stage.0.tokens=600"]].concat())
        .answer();
    let lock = fs::File::open(home.path("run/lock")).unwrap();
    lock.lock().unwrap();
    for arguments in [&arguments, &["train", "--resume", "--out", "run"]] {
        home.run(arguments)
            .refuses_in_a_sentence(&["another backtrail is training in run", "--out"]);
    }
    drop(lock);
    home.run(&["train", "--resume", "--out", "run"]).answer();
}

#[test]
fn without_json_nothing_is_printed_and_a_setting_can_be_changed() {
    let home = Home::new();
    home.file("recipe.toml", RECIPE);
    let ran = home.run(&[
        "train",
        "recipe.toml",
        "--out",
        "run",
        "--set",
        "stage.0.tokens=600",
    ]);
    assert_eq!(ran.answer(), "");
    assert!(metrics(&home, "run").len() < 5);
}

#[test]
fn a_run_that_was_killed_or_stopped_goes_on_to_the_same_metrics() {
    let home = Home::new();
    home.file("recipe.toml", RECIPE.replace("tokens = 6000", "tokens = 24000"));
    home.run(&["train", "recipe.toml", "--out", "whole"]).answer();
    let whole = metrics(&home, "whole");
    for signal in ["KILL", "INT", "TERM"] {
        let mut child = home
            .command(&["train", "recipe.toml", "--out", signal, "--json"])
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(told.nth(6).is_some(), "it makes steps");
        if signal == "KILL" {
            child.kill().unwrap();
        } else {
            let id = child.id().to_string();
            let sent = Command::new("kill").args(["-s", signal, &id]).status();
            assert!(sent.unwrap().success());
        }
        // The rest is read, so that nobody is told that nobody reads.
        told.for_each(drop);
        let ended = child.wait_with_output().unwrap();
        assert!(signal == "KILL" || ended.status.success(), "{ended:?}");

        home.run(&["train", "--resume", "--out", signal]).answer();
        assert_eq!(metrics(&home, signal), whole, "{signal}");
    }
}

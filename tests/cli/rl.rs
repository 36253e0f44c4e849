//! `backtrail prime`, `rl` and `reproduce`, in their smallest forms.

use crate::home::{Home, lines};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
};

#[test]
fn priming_keeps_its_rows_and_its_figures_and_makes_a_model() {
    let home = Home::new();
    let small = [
        "data.size=12",
        "data.epochs=1",
        "eval_problems=4",
        "sampler.max_tokens=40",
    ];
    let mut args = vec!["prime", "prime", "--out", "primed", "--json"];
    small.iter().for_each(|set| args.extend(["--set", set]));
    let ran = home.run(&args);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(lines(&ran.out).len(), 2);
    let rows = lines(&fs::read_to_string(home.path("primed").join("data.jsonl")).unwrap());
    assert_eq!(rows.len(), 12);
    assert!(rows[0]["prompt"].as_str().unwrap().starts_with("make "));
    let metrics = lines(&fs::read_to_string(home.path("primed").join("metrics.jsonl")).unwrap());
    assert_eq!(
        (&metrics[1]["step"], &metrics[1]["eval/n"]),
        (&Value::from(0), &Value::from(4.0))
    );
    let ran = home.run(&["generate", "--model", "primed/checkpoint-2", "--json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[test]
fn a_priming_set_is_exported_in_both_formats_and_read_back() {
    let home = Home::new();
    let mut prompts = Vec::new();
    for (format, key) in [("trl", "prompt"), ("query", "query")] {
        let ran = home.run(&[
            "prime",
            "prime",
            "--rows",
            "rows.jsonl",
            "--rows-format",
            format,
            "--set",
            "data.size=8",
        ]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
        let rows = lines(&fs::read_to_string(home.path("rows.jsonl")).unwrap());
        assert_eq!(rows.len(), 8);
        prompts.push(rows[3][key].as_str().unwrap().to_owned());
        let set = "data.file='rows.jsonl'";
        let ran = home.run(&["prime", "prime", "--rows", "-", "--set", set]);
        assert_eq!((ran.code, lines(&ran.out).len()), (Some(0), 8), "{}", ran.err);
    }
    assert_eq!(prompts[0], prompts[1]);
}

#[test]
fn the_smoke_recipe_runs_is_resumed_and_says_what_it_did_with_the_names_of_trl() {
    let home = Home::new();
    let ran = home.run(&[
        "rl",
        "smoke",
        "--out",
        "run",
        "--set",
        "steps=2",
        "--set",
        "sampler.max_tokens=40",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let metrics = lines(&fs::read_to_string(home.path("run").join("metrics.jsonl")).unwrap());
    assert_eq!(metrics[0]["schema"], "backtrail.run/1");
    assert_eq!(
        metrics.len(),
        4,
        "the head, the figures before the first step, two steps"
    );
    for name in [
        "reward",
        "reward_std",
        "loss",
        "entropy",
        "completions/mean_length",
        "frac_reward_zero_std",
        "behavior/backtracking/per_trace",
        "rewards/exact/mean",
        "rewards/exact/weighted",
        "sampler_mismatch/max",
        "time",
    ] {
        assert!(metrics[2][name].is_number(), "{name}");
    }
    for name in ["eval/accuracy", "eval/sound", "eval/pass_at_2", "eval/n"] {
        assert!(metrics[3][name].is_number(), "{name}");
    }
    assert!(home.path("run").join("rollouts/step-2.jsonl.zst").is_file());
    let ran = home.run(&["train", "--resume", "--out", "run", "--set", "steps=3"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(home.path("run").join("checkpoint-3/model.safetensors").is_file());
}

#[test]
fn a_run_whose_figures_nobody_reads_any_more_is_saved_and_ends() {
    let home = Home::new();
    let sets = ["--set", "steps=300", "--set", "sampler.max_tokens=40"];
    let mut child = home
        .command(&[&["rl", "smoke", "--out", "run", "--json"], &sets[..]].concat())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((lines(&first).len(), output.status.code()), (1, Some(0)));
    let steps = fs::read_to_string(home.path("run").join("metrics.jsonl")).unwrap();
    let last = &lines(&steps).pop().unwrap()["step"];
    let saved = home.path("run").join(format!("checkpoint-{last}"));
    assert!(last.as_u64() < Some(300) && saved.is_dir(), "{last}");
}

#[test]
fn a_recipe_of_another_kind_and_an_unknown_experiment_are_refused() {
    let home = Home::new();
    let ran = home.run(&["prime", "smoke"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("`smoke` is of kind `rl`"), "{}", ran.err);
    let ran = home.run(&["rl", "smoke", "--set", "reward.exakt=1"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("did you mean `exact`?"), "{}", ran.err);
    let ran = home.run(&["reproduce", "four-habit"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("did you mean `four-habits`?"), "{}", ran.err);
}

#[test]
fn an_experiment_ends_in_a_table_whose_numbers_can_be_counted_again_and_is_not_made_twice() {
    let home = Home::new();
    let mut args = vec![
        "reproduce",
        "four-habits",
        "--quick",
        "--seeds",
        "1",
        "--out",
        "runs",
        "--json",
    ];
    for set in [
        "steps=1",
        "batch=8",
        "sampler.max_tokens=40",
        "eval_problems=6",
        "rl.eval_samples=2",
        "prime.data.size=12",
        "prime.data.epochs=1",
    ] {
        args.extend(["--set", set]);
    }
    let ran = home.run(&args);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let report: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    assert_eq!(report["schema"], "backtrail.experiment/1");
    let names: Vec<&str> = report["conditions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["novice", "guesser", "guesser+all", "guesser+incorrect"]);
    for condition in report["conditions"].as_array().unwrap() {
        let name = condition["name"].as_str().unwrap();
        let traces = home.path("runs").join(name).join("seed-1/eval_end.jsonl");
        let traces = lines(&fs::read_to_string(traces).unwrap());
        let right = traces.iter().filter(|t| t["outcome"]["correct"] == true).count();
        assert_eq!(condition["accuracy_end"], right as f64 / 6.0, "{name}");
        assert_eq!(condition["n"], 6);
    }
    assert!(report["claims"].as_array().unwrap().len() >= 4);
    let again = home.run(&args);
    assert_eq!(again.out, ran.out);
}

//! `backtrail generate`.

use crate::home::{Home, is_tame, lines};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
};

const PROBLEM: &str = "18 7 4 -> 15";

/// What a path of a trace must hold.
type Check = (&'static str, fn(&Value) -> bool);

fn texts(traces: &[Value]) -> Vec<&str> {
    traces
        .iter()
        .map(|trace| trace["text"].as_str().unwrap())
        .collect()
}

fn is_hash(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|hash| hash.strip_prefix("sha256:").is_some_and(|hex| hex.len() == 64))
}

#[test]
fn a_trace_holds_every_field_the_format_promises() {
    let home = Home::new();
    let traces = home.run(&["generate", "--problem", PROBLEM, "--json"]).json();
    let [trace] = &traces[..] else {
        panic!("one problem is one line")
    };
    let checks: &[Check] = &[
        ("/schema", |v| v == "backtrail.trace/1"),
        ("/id", |v| v.as_str().is_some_and(|id| id.len() == 26)),
        ("/index", |v| v == 0),
        ("/sample", |v| v == 0),
        ("/created", |v| v.as_str().is_some_and(|at| at.ends_with('Z'))),
        ("/by", |v| {
            v.as_str().is_some_and(|by| by.starts_with("backtrail "))
        }),
        ("/parent", Value::is_null),
        ("/fork_token", Value::is_null),
        ("/source", Value::is_null),
        ("/task", |v| v == "countdown"),
        ("/problem/numbers", |v| *v == serde_json::json!([18, 7, 4])),
        ("/problem/target", |v| v == 15),
        ("/problem/rules", |v| v == "integer"),
        ("/problem/split", Value::is_string),
        ("/model/name", |v| v == "scout"),
        ("/model/hash", is_hash),
        ("/model/tokenizer", is_hash),
        ("/model/dtype", |v| v == "f32"),
        ("/model/device", |v| v == "cpu"),
        ("/strategy", |v| v == "chain"),
        ("/sampler/temperature", Value::is_number),
        ("/sampler/top_k", Value::is_u64),
        ("/sampler/top_p", Value::is_number),
        ("/sampler/min_p", Value::is_number),
        ("/sampler/seed", Value::is_u64),
        ("/sampler/max_tokens", Value::is_u64),
        ("/sampler/stop", Value::is_array),
        ("/prompt", |v| v == "make 15 from 18 7 4\n"),
        ("/parts/0/kind", |v| v == "think"),
        ("/parts/0/span/1", Value::is_u64),
        ("/given", Value::is_array),
        ("/finish", |v| ["stop", "length"].contains(&v.as_str().unwrap())),
        ("/tokens/prompt", Value::is_u64),
        ("/tokens/generated", |v| v.as_u64() > Some(0)),
        ("/seconds/first_token", Value::is_number),
        ("/seconds/total", Value::is_number),
        ("/outcome/correct", Value::is_boolean),
        ("/outcome/score", Value::is_number),
        ("/outcome/scorer", |v| v == "exact"),
        ("/outcome/reason", Value::is_string),
        ("/outcome/scorers/exact", Value::is_number),
        ("/outcome/scorers/tinyzero", Value::is_number),
        ("/outcome/scorers/reasoning_gym", Value::is_number),
        ("/tree/reader", |v| v == "lines/1"),
        ("/tree/nodes/0/status", |v| v == "root"),
        ("/tree/nodes/0/state", |v| v == "18 7 4"),
        ("/tree/nodes/0/goal", |v| v == "15"),
        ("/tree/nodes/0/reachable", |v| v == true),
        ("/tree/nodes/1/parent", Value::is_u64),
        ("/tree/nodes/1/move", Value::is_string),
        ("/tree/nodes/1/arithmetic", Value::is_boolean),
        ("/tree/nodes/1/available", Value::is_boolean),
        ("/tree/nodes/1/visits", Value::is_array),
        ("/tree/backtracks", Value::is_array),
        ("/behaviors", Value::is_array),
        ("/annotations", Value::is_array),
        ("/token_stats", Value::is_null),
    ];
    for (path, is_right) in checks {
        let value = trace
            .pointer(path)
            .unwrap_or_else(|| panic!("{path} is missing in {trace}"));
        assert!(is_right(value), "{path} is {value}");
    }
    for habit in trace["behaviors"].as_array().unwrap() {
        for name in ["behavior", "detector", "version", "rule", "evidence"] {
            assert!(habit[name].is_string(), "{name} of {habit}");
        }
        assert!(habit["span"][1].is_u64() && habit["confidence"].is_number());
    }
}

#[test]
fn the_same_command_gives_the_same_texts_and_another_seed_gives_others() {
    let home = Home::new();
    let run = |seed: &str| {
        let count = [
            "generate",
            "--count",
            "4",
            "--set",
            "sampler.max_tokens=60",
            "--json",
        ];
        home.run(&[&count[..], &["--seed", seed]].concat()).json()
    };
    let (first, again, other) = (run("5"), run("5"), run("6"));
    assert_eq!(first.len(), 4);
    assert_eq!(texts(&first), texts(&again));
    assert_ne!(first[0]["problem"], other[0]["problem"]);
    for (index, trace) in first.iter().enumerate() {
        assert_eq!(trace["index"], index);
        assert_eq!(trace["problem"]["split"], "heldout");
        assert_eq!(trace["problem"]["generator"], "countdown/1");
    }
}

#[test]
fn a_sample_alone_is_the_same_as_among_many() {
    let home = Home::new();
    let run = |samples: &str| {
        home.run(&["generate", "--problem", PROBLEM, "--samples", samples, "--json"])
            .json()
    };
    let (alone, many) = (run("1"), run("9"));
    assert_eq!(texts(&alone), texts(&many)[..1]);
    let numbers: Vec<_> = many
        .iter()
        .map(|trace| trace["sample"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (0..9).collect::<Vec<_>>());
}

#[test]
fn the_training_side_is_another_set_of_problems() {
    let home = Home::new();
    let traces = home
        .run(&[
            "generate",
            "--split",
            "train",
            "--count",
            "3",
            "--set",
            "sampler.max_tokens=1",
            "--json",
        ])
        .json();
    assert!(traces.iter().all(|trace| trace["problem"]["split"] == "train"));
}

#[test]
fn settings_are_obeyed_and_reported() {
    let home = Home::new();
    let set = ["--set", "sampler.max_tokens=7", "--set", "sampler.temperature=0"];
    let traces = home
        .run(&[&["generate", "--problem", PROBLEM, "--json"], &set[..]].concat())
        .json();
    let trace = &traces[0];
    assert_eq!(
        (&trace["tokens"]["generated"], &trace["finish"]),
        (&7.into(), &"length".into())
    );
    assert_eq!(trace["sampler"]["temperature"], 0.0);

    let task = ["--set", "task.range=[1,9]", "--set", "task.target=[10,20]"];
    let traces = home
        .run(
            &[
                &[
                    "generate",
                    "--count",
                    "3",
                    "--set",
                    "sampler.max_tokens=1",
                    "--json",
                ],
                &task[..],
            ]
            .concat(),
        )
        .json();
    for trace in &traces {
        let numbers = trace["problem"]["numbers"].as_array().unwrap();
        assert!(numbers.iter().all(|n| (1..=9).contains(&n.as_i64().unwrap())));
    }
}

#[test]
fn a_prompt_is_continued_as_it_stands() {
    let home = Home::new();
    let prompt = "make 15 from 18 7 4\n";
    let traces = home
        .run(&[
            "generate",
            "--prompt",
            prompt,
            "--set",
            "sampler.max_tokens=9",
            "--json",
        ])
        .json();
    assert_eq!(traces[0]["prompt"], prompt);
    assert!(traces[0]["task"].is_null() && traces[0]["outcome"].is_null());
}

#[test]
fn numbers_of_every_token_come_when_asked_for() {
    let home = Home::new();
    let traces = home
        .run(&["generate", "--problem", PROBLEM, "--token-stats", "--json"])
        .json();
    let generated = traces[0]["tokens"]["generated"].as_u64().unwrap();
    for name in ["ids", "ends", "logprob", "entropy", "top"] {
        let list = traces[0]["token_stats"][name].as_array().unwrap();
        assert_eq!(list.len() as u64, generated, "{name}");
    }
    let [id, logprob] = &traces[0]["token_stats"]["top"][0][0].as_array().unwrap()[..] else {
        panic!("an entry is an id and a log-probability")
    };
    assert!(id.is_u64() && logprob.as_f64() <= Some(0.0));
}

#[test]
fn what_goes_to_a_file_does_not_go_to_standard_output() {
    let home = Home::new();
    let ran = home.run(&[
        "generate",
        "--problem",
        PROBLEM,
        "--json",
        "--out",
        "traces.jsonl",
    ]);
    assert_eq!(ran.answer(), "");
    let traces = lines(&fs::read_to_string(home.path("traces.jsonl")).unwrap());
    // Its own traces are problems again, and can be analyzed.
    let again = home
        .run(&["generate", "--problems", "traces.jsonl", "--json"])
        .json();
    assert_eq!(texts(&traces), texts(&again));
    let analyzed = home.run(&["analyze", "traces.jsonl", "--json"]).json();
    for field in ["text", "tree", "behaviors", "outcome", "id", "problem", "model"] {
        assert_eq!(analyzed[0][field], traces[0][field], "{field}");
    }
}

#[test]
fn a_person_reads_question_text_and_verdict() {
    let home = Home::new();
    let ran = home.run(&["generate", "--problem", PROBLEM, "--problem", "3 5 7 -> 36"]);
    assert_eq!(ran.err, "");
    let out = ran.answer();
    assert!(out.starts_with("make 15 from 18 7 4\n") && out.contains("\nmake 36 from 3 5 7\n"));
    assert!(out.contains('\u{2713}') || out.contains('\u{2717}'), "{out}");
    is_tame(&out);
}

#[test]
fn what_a_model_was_not_trained_on_is_worked_on_with_a_warning() {
    let home = Home::new();
    let ran = home.run(&[
        "generate",
        "--problem",
        "50 7 4 -> 53",
        "--set",
        "sampler.max_tokens=3",
        "--json",
    ]);
    assert!(
        ran.err.contains("outside what scout was trained on"),
        "{}",
        ran.err
    );
    assert_eq!(ran.json().len(), 1);
}

#[test]
fn a_file_without_problems_is_no_failure_but_is_said() {
    let home = Home::new();
    home.file("none.jsonl", "\n\n");
    let ran = home.run(&["generate", "--problems", "none.jsonl", "--json"]);
    assert!(
        ran.err.contains("none.jsonl: there is no problem in it"),
        "{}",
        ran.err
    );
    assert_eq!(ran.answer(), "");
}

#[test]
fn fewer_problems_than_asked_for_are_given_and_said() {
    let home = Home::new();
    let few = ["--set", "task.range=[1,6]", "--set", "task.target=[10,12]"];
    let ran = home.run(
        &[
            &[
                "generate",
                "--count",
                "4000000000",
                "--set",
                "sampler.max_tokens=1",
                "--json",
            ],
            &few[..],
        ]
        .concat(),
    );
    assert!(ran.err.contains("there are only"), "{}", ran.err);
    assert!(!ran.json().is_empty());
}

#[test]
fn nobody_is_told_that_nobody_reads() {
    let home = Home::new();
    let mut child = home
        .command(&[
            "generate",
            "--count",
            "600",
            "--set",
            "sampler.max_tokens=20",
            "--json",
        ])
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(lines(&first).len(), 1);
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn what_was_finished_when_the_engine_failed_is_printed_also_behind_what_was_not() {
    let home = Home::new();
    // A server's tokens have no ids.
    let recording = [
        r#"{"schema":"backtrail.recording/1","model":"openai:http://a#m"}"#,
        r#"{"at":0,"run":0,"event":"asked","prompt":"make 15 from 18 7 4\n","samples":[0,1]}"#,
        r#"{"at":1,"run":0,"event":"tokens","sample":0,"text":"try","ends":[3]}"#,
        r#"{"at":1,"run":0,"event":"tokens","sample":1,"text":"answer 18-7+4\n","ends":[14]}"#,
        r#"{"at":2,"run":0,"event":"finished","sample":1,"reason":"stop"}"#,
        r#"{"at":3,"run":0,"event":"failed","sentence":"the server went away"}"#,
    ];
    home.file("run.jsonl", recording.join("\n"));
    let ran = home.run(&["generate", "--play", "run.jsonl", "--json"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (Some(2), "backtrail: the server went away\n")
    );
    let traces = lines(&ran.out);
    assert_eq!(texts(&traces), ["answer 18-7+4\n"]);
    assert_eq!(
        (&traces[0]["sample"], &traces[0]["outcome"]["correct"]),
        (&1.into(), &true.into())
    );
}

#[test]
fn a_run_that_was_recorded_can_be_played() {
    let home = Home::new();
    let problem = ["generate", "--problem", PROBLEM, "--samples", "2", "--json"];
    let traces = home
        .run(&[&problem[..], &["--record", "run.jsonl"]].concat())
        .json();
    let played = home.run(&["generate", "--play", "run.jsonl", "--json"]).json();
    assert_eq!(texts(&traces), texts(&played));
    assert_eq!(traces[1]["outcome"], played[1]["outcome"]);
    assert_eq!(played[0]["model"]["device"], "recording");
}

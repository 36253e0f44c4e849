//! `backtrail compare`: the table, its formats, and the traces behind it.

use crate::home::{Home, is_tame, lines, scout};
use std::fs;

const FEW: [&str; 5] = ["compare", "--models", "scout,guesser", "--count", "12"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    FEW.iter().chain(more).copied().collect()
}

#[test]
fn the_json_has_every_figure_and_the_kept_traces_give_the_same() {
    let home = Home::new();
    let json = home
        .run(&with(&["--json", "--samples", "2", "--out", "kept"]))
        .json();
    let [table] = json.as_slice() else {
        panic!("{json:?}")
    };
    assert_eq!(table["schema"], "backtrail.compare/1");
    assert_eq!(
        (&table["task"], &table["problems"]),
        (&"countdown".into(), &12.into())
    );
    assert_eq!(table["problem_set"]["split"], "heldout");
    for (row, file) in table["lanes"]
        .as_array()
        .unwrap()
        .iter()
        .zip(["a-scout", "b-guesser"])
    {
        let traces = lines(&fs::read_to_string(home.path(&format!("kept/{file}.jsonl"))).unwrap());
        assert_eq!(traces.len(), 24);
        let mean = |sum: f64| sum / 24.0;
        let right = traces.iter().filter(|t| t["outcome"]["correct"] == true).count();
        assert_eq!(row["solved"], mean(right as f64));
        let tokens: f64 = traces
            .iter()
            .map(|t| t["tokens"]["generated"].as_f64().unwrap())
            .sum();
        assert_eq!(row["tokens_mean"], mean(tokens));
        let returns: usize = traces
            .iter()
            .flat_map(|t| t["behaviors"].as_array().unwrap())
            .filter(|b| b["behavior"] == "backtracking")
            .count();
        assert_eq!(row["behaviors_per_trace"]["backtracking"], mean(returns as f64));
        assert_eq!(row["pass_at"]["1"], row["solved"]);
        assert!(row["pass_at"]["2"].as_f64() >= row["solved"].as_f64());
        assert_eq!(row["strategy"], "chain");
        assert!(row["interval"][0].as_f64() < row["interval"][1].as_f64());
        let last = row["at_budget"].as_array().unwrap().last().unwrap();
        assert_eq!(last["solved"], row["solved"]);
    }
    let pair = &table["paired"][0];
    let sum: u64 = ["only_a", "only_b", "both", "none"]
        .iter()
        .map(|name| pair[name].as_u64().unwrap())
        .sum();
    assert_eq!((sum, &pair["a"], &pair["b"]), (12, &0.into(), &1.into()));
    let kept = fs::read_to_string(home.path("kept/compare.json")).unwrap();
    assert_eq!(&lines(&kept)[0], table);
}

#[test]
fn the_same_command_prints_the_same_bytes_in_every_format() {
    let home = Home::new();
    for format in ["text", "md", "csv"] {
        let print = || home.run(&with(&["--format", format])).answer();
        let table = print();
        assert_eq!(table, print(), "{format}");
        is_tame(&table);
        let parts: &[&str] = match format {
            "text" => &[
                "12 held-out problems (seed 0), 1 sample each",
                "a scout T=0.6",
                "a against b: only a right",
            ],
            "md" => &["| solved | ", "- a against b"],
            _ => &[
                "lane,model,measure,value,low,high\n",
                "b,guesser,tokens_mean,",
                "a-b,,p,",
            ],
        };
        for part in parts {
            assert!(table.contains(part), "`{part}` is missing in {table}");
        }
    }
}

#[test]
fn a_lane_may_be_sampled_in_its_own_way() {
    let home = Home::new();
    let models = [
        "compare",
        "--models",
        "guesser,guesser",
        "--problem",
        "18 7 4 -> 15",
        "--json",
    ];
    let set = ["--set", "sampler.seed=5", "--set", "b.sampler.temperature=0"];
    let json = home.run(&[&models[..], &set].concat()).json();
    let samplers: Vec<_> = json[0]["lanes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["sampler"])
        .collect();
    assert_eq!(
        (&samplers[0]["temperature"], &samplers[1]["temperature"]),
        (&1.0.into(), &0.0.into())
    );
    assert!(samplers.iter().all(|sampler| sampler["seed"] == 5));
    assert_eq!(json[0]["problem_set"]["seed"], serde_json::Value::Null);
}

#[test]
fn what_cannot_be_compared_is_refused_in_a_sentence() {
    let home = Home::new();
    let refuses = |arguments: &[&str], parts: &[&str]| {
        let all: Vec<&str> = std::iter::once("compare")
            .chain(arguments.iter().copied())
            .collect();
        home.run(&all).refuses_in_a_sentence(parts);
    };
    refuses(&["--models", "scout"], &["names 1", "two to four"]);
    refuses(&["--models", "scout,scout,scout,scout,scout"], &["names 5"]);
    refuses(
        &["--models", "scout,guesserr"],
        &["`guesserr`", "did you mean `guesser`"],
    );
    refuses(&["--models", "scout,guesser", "--count", "0"], &["--count is 0"]);
    refuses(
        &["--models", "scout,guesser", "--problem", "2 2 2 -> 99"],
        &["has no solution"],
    );
    refuses(
        &["--models", "scout,guesser", "--problems", "nowhere.jsonl"],
        &["nowhere.jsonl"],
    );
    refuses(
        &["--models", "scout,guesser", "--set", "c.sampler.seed=1"],
        &["c.sampler.seed=1", "only 2 lanes"],
    );
    refuses(
        &["--models", "scout,guesser", "--set", "b.task.range=[1,9]"],
        &["same problems"],
    );
    refuses(
        &["--models", "scout,guesser", "--set", "b.sampler.temperatur=1"],
        &["temperatur"],
    );
    home.run(&["compare"]).refuses(&["--models"]);
    home.run(&with(&["--json", "--format", "md"]))
        .refuses(&["--json", "--format"]);
}

#[test]
fn models_that_count_tokens_otherwise_are_compared_without_budgets() {
    let home = Home::new();
    for name in ["config.json", "model.safetensors", "card.json"] {
        home.file(&format!("other/{name}"), fs::read(scout().join(name)).unwrap());
    }
    // The same tokens in a file that differs are another tokenizer as far as anybody can tell.
    let tokenizer = fs::read_to_string(scout().join("tokenizer.json")).unwrap() + " ";
    home.file("other/tokenizer.json", tokenizer);
    let args = ["compare", "--models", "scout,other", "--count", "2"];
    let text = home.run(&args).answer();
    assert!(
        text.contains("counts its own tokens") && !text.contains("in 32 tokens"),
        "{text}"
    );
    let table = home.run(&[&args[..], &["--json"]].concat()).json().remove(0);
    assert_eq!(table["lanes"][1]["at_budget"], serde_json::json!([]));
}

#[test]
fn models_of_other_tasks_are_compared_with_a_warning() {
    let home = Home::new();
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        home.file(&format!("other/{name}"), fs::read(scout().join(name)).unwrap());
    }
    let card = fs::read_to_string(scout().join("card.json")).unwrap();
    let changed = card.replacen("\"range\": [\n      1,", "\"range\": [\n      2,", 1);
    assert_ne!(card, changed);
    home.file("other/card.json", changed);
    let ran = home.run(&["compare", "--models", "scout,other", "--count", "2"]);
    assert!(
        ran.err.contains("other was trained on other problems than scout"),
        "{}",
        ran.err
    );
    ran.answer();
}

#[test]
fn a_long_name_stands_above_the_table_and_not_over_its_column() {
    let home = Home::new();
    let name = "models/of-somebody-who-likes-long-names";
    fs::create_dir_all(home.path(name)).unwrap();
    for file in fs::read_dir(scout()).unwrap() {
        let file = file.unwrap().path();
        fs::copy(&file, home.path(name).join(file.file_name().unwrap())).unwrap();
    }
    let models = format!("./{name},guesser");
    let text = home
        .run(&["compare", "--models", &models, "--count", "2"])
        .answer();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[2].starts_with("a ") && lines[2].contains(name), "{text}");
    assert!(lines[3].starts_with("b guesser"), "{text}");
    assert_eq!(
        lines[5].split_whitespace().collect::<Vec<_>>(),
        ["a", "b"],
        "{text}"
    );
    assert!(lines[5..].iter().all(|line| line.chars().count() < 100), "{text}");
}

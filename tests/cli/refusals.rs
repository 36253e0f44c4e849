//! Bad input: exit status 2 and a sentence that says what is wrong and where. Never a panic.

use crate::home::{Home, scout};
use std::fs;

/// A copy of `scout` to be damaged.
fn model(home: &Home) -> String {
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        home.file(&format!("model/{name}"), fs::read(scout().join(name)).unwrap());
    }
    home.path("model").to_str().unwrap().to_owned()
}

#[test]
fn a_model_that_does_not_exist() {
    let home = Home::new();
    home.run(&["generate", "--model", "scuot"])
        .refuses_in_a_sentence(&["`scuot`", "did you mean `scout`"]);
    home.run(&["generate", "--model", "nothing/here"])
        .refuses_in_a_sentence(&["`nothing/here`", "scout"]);
    home.file("model.gguf", "GGUF");
    home.run(&["generate", "--model", "model.gguf"])
        .refuses_in_a_sentence(&["model.gguf", "ends inside"]);
    home.file("bare/config.json", "{}");
    home.run(&["generate", "--model", "bare"])
        .refuses_in_a_sentence(&["bare/tokenizer.json"]);
}

#[test]
fn weights_that_are_cut_off_or_are_none() {
    let home = Home::new();
    let dir = model(&home);
    let weights = fs::read(scout().join("model.safetensors")).unwrap();
    let mut huge = u64::MAX.to_le_bytes().to_vec();
    huge.extend(b"{}");
    for damaged in [
        &weights[..weights.len() / 2],
        &weights[..9],
        &[],
        &huge,
        b"{\"a\":1}",
    ] {
        home.file("model/model.safetensors", damaged);
        home.run(&["generate", "--model", &dir])
            .refuses_in_a_sentence(&["model.safetensors", "cut off"]);
    }
    fs::remove_file(home.path("model/model.safetensors")).unwrap();
    home.run(&["generate", "--model", &dir])
        .refuses_in_a_sentence(&["model.safetensors"]);
}

#[test]
fn files_of_a_model_that_do_not_belong_together() {
    let home = Home::new();
    let dir = model(&home);
    let config = fs::read_to_string(scout().join("config.json")).unwrap();
    for (from, to, what) in [
        ("\"hidden_size\": 128", "\"hidden_size\": 64", "shape"),
        ("\"hidden_size\": 128", "\"hidden_size\": 0", "hidden_size"),
        ("\"hidden_size\": 128", "\"hidden_size\": -1", "hidden_size"),
        (
            "\"num_hidden_layers\": 3",
            "\"num_hidden_layers\": 99999999999",
            "num_hidden_layers",
        ),
        (
            "\"num_hidden_layers\": 3",
            "\"num_hidden_layers\": 4",
            "model.layers.3",
        ),
        ("\"model_type\": \"llama\"", "\"model_type\": \"bloom\"", "bloom"),
    ] {
        let changed = config.replace(from, to);
        assert_ne!(changed, config, "{from}");
        home.file("model/config.json", changed);
        home.run(&["generate", "--model", &dir])
            .refuses_in_a_sentence(&[what]);
    }
    home.file("model/config.json", "{");
    home.run(&["generate", "--model", &dir])
        .refuses_in_a_sentence(&["config.json"]);
}

#[test]
fn a_tokenizer_that_does_not_fit() {
    let home = Home::new();
    let dir = model(&home);
    for broken in [
        "{\"x\":1}",
        "",
        "\0",
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":[]}}",
    ] {
        home.file("model/tokenizer.json", broken);
        home.run(&["generate", "--model", &dir])
            .refuses_in_a_sentence(&["token"]);
    }
    let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/llama-tiny");
    for name in ["config.json", "model.safetensors"] {
        home.file(
            &format!("model/{name}"),
            fs::read(format!("{tiny}/{name}")).unwrap(),
        );
    }
    home.file(
        "model/tokenizer.json",
        fs::read(scout().join("tokenizer.json")).unwrap(),
    );
    home.run(&["generate", "--model", &dir])
        .refuses_in_a_sentence(&["the tokenizer knows 503 tokens, the model 31"]);
}

#[test]
fn a_problem_that_cannot_be() {
    let home = Home::new();
    let long = format!("{}-> 100", "1 ".repeat(65));
    for (problem, what) in [
        ("2 2 2 -> 99", "no solution"),
        ("-3 4 5 -> 10", "-3"),
        ("3 4 5 -> -10", "-10"),
        ("99999999999999999999 4 5 -> 10", "99999999999999999999"),
        (&long, "at most 64"),
        ("3 4 5", "no target"),
        ("", "18 7 4 -> 15"),
        ("->", "18 7 4 -> 15"),
        ("\u{1b}[2J", "18 7 4 -> 15"),
        ("{\"numbers\":[1,2],\"target\":1e99}", "target"),
    ] {
        home.run(&["generate", "--problem", problem])
            .refuses_in_a_sentence(&[what]);
    }
    home.file(
        "problems",
        "{\"numbers\":[18,7,4],\"target\":15}\n{\"numbers\":[1]}\n",
    );
    home.run(&["generate", "--problems", "problems"])
        .refuses_in_a_sentence(&["problems, line 2"]);
    home.file("problems", b"{\"numbers\":[18,7,4],\"target\":15}\n\xff\xfe\n");
    home.run(&["generate", "--problems", "problems"])
        .refuses_in_a_sentence(&["problems, line 2"]);
    home.run(&["generate", "--problems", "."])
        .refuses_in_a_sentence(&["directory"]);
}

#[test]
fn numbers_that_make_no_sense() {
    let home = Home::new();
    for (option, value) in [
        ("--count", "-1"),
        ("--count", "99999999999999999999999"),
        ("--seed", "-1"),
        ("--samples", "0"),
        ("--samples", "-2"),
        ("--samples", "18446744073709551615"),
        ("--threads", "0"),
        ("--threads", "-1"),
    ] {
        home.run(&["generate", option, value]).refuses(&[option]);
    }
    for (set, what) in [
        ("sampler.temperature=-1", "sampler.temperature"),
        ("sampler.temperature=nan", "sampler.temperature"),
        ("sampler.top_p=1.5", "sampler.top_p"),
        ("sampler.max_tokens=0", "sampler.max_tokens"),
        ("sampler.max_tokens=-4", "sampler.max_tokens"),
        ("sampler.max_tokens=99999999999999999999", "sampler.max_tokens"),
        ("task.range=[12,1]", "task.range"),
        ("task.range=[1,99999999999]", "task.range"),
        ("task.numbers=[1,40]", "task.numbers"),
        ("task.rules=roman", "task.rules"),
        ("smapler.seed=1", "did you mean `sampler`"),
        ("nonsense", "KEY=VALUE"),
    ] {
        home.run(&["generate", "--set", set])
            .refuses_in_a_sentence(&[what]);
    }
}

#[test]
fn options_that_are_not_there() {
    let home = Home::new();
    home.run(&["generate", "--modle", "scout"])
        .refuses(&["--modle", "--model"]);
    home.run(&["generate", "--task", "chess"])
        .refuses_in_a_sentence(&["countdown"]);
    home.run(&["generate", "--device", "tpu"])
        .refuses_in_a_sentence(&["--device tpu", "`cpu`", "`cuda`"]);
    #[cfg(not(feature = "cuda"))]
    for command in [
        &["generate"][..],
        &["train", "novice"],
        &["reproduce", "four-habits", "--quick"],
    ] {
        home.run(&[command, &["--device", "cuda:1"]].concat())
            .refuses_in_a_sentence(&["--device cuda:1", "--features cuda"]);
    }
    home.run(&["train", "novice", "--set", "device=gpu"])
        .refuses_in_a_sentence(&["--set device", "`device` is \"gpu\"", "`metal`"]);
    home.run(&["generate", "--strategy", "best-of-n"])
        .refuses_in_a_sentence(&["--strategy best-of-n", "`chain` only"]);
    home.run(&["generate", "--dtype", "f16"])
        .refuses_in_a_sentence(&["--dtype f16", "`f32`"]);
    for (command, advice) in [
        (&["generate"][..], "--judge MODEL"),
        (&["analyze", "none.jsonl"], "--judge MODEL"),
        (&["behaviors", "score", "none.jsonl"], "--judge MODEL"),
    ] {
        home.run(&[command, &["--detector", "judge"]].concat())
            .refuses_in_a_sentence(&["--detector judge", advice]);
        home.run(&[command, &["--detector", "oracle"]].concat())
            .refuses_in_a_sentence(&["--detector oracle", "best, state, rules, probe, judge"]);
    }
    home.run(&["generate", "--library", "x"]).refuses(&["--library"]);
    home.run(&["models", "--config", "nowhere.toml"])
        .refuses_in_a_sentence(&["nowhere.toml"]);
    home.run(&["generate", "--prompt", "a", "--problem", "1 2 -> 3"])
        .refuses(&["--prompt"]);
    home.run(&["analyze"]).refuses(&["FILE"]);
}

#[test]
fn a_recording_that_is_none() {
    let home = Home::new();
    home.file("run.jsonl", "{\"schema\":\"backtrail.trace/1\"}\n");
    home.run(&["generate", "--play", "run.jsonl"])
        .refuses_in_a_sentence(&["run.jsonl", "--record"]);
    home.run(&["generate", "--play", "nowhere"])
        .refuses_in_a_sentence(&["nowhere"]);
}

#[test]
fn a_recipe_that_cannot_be_run() {
    let home = Home::new();
    for (from, to, parts) in [
        (
            "seed = 1",
            "sede = 1",
            &["recipe.toml line 5", "`sede`", "did you mean `seed`"][..],
        ),
        (
            "tokens = 6000",
            "tokns = 6000",
            &["recipe.toml line", "did you mean `tokens`"],
        ),
        ("tokens = 6000", "tokens = -1", &["recipe.toml line", "-1"]),
        (
            "backward = 0.5",
            "bakward = 0.5",
            &["`bakward`", "did you mean `backward`"],
        ),
        (
            "range = [1, 20]",
            "rnage = [1, 20]",
            &["`rnage`", "did you mean `range`"],
        ),
        ("hidden_size = 32", "hidden_size = 33", &["hidden_size", "33"]),
        (
            "hidden_size = 32",
            "hidden_size = 99999999999",
            &["hidden_size", "99999999999"],
        ),
        ("kind = \"pretrain\"", "kind = \"rl\"", &["recipe.toml", "rl"]),
        ("[model]", "[model", &["recipe.toml line 11"]),
        (
            "init = \"random\"",
            "init = \"scuot\"",
            &["`scuot`", "did you mean `scout`"],
        ),
    ] {
        let changed = crate::train::RECIPE.replace(from, to);
        assert_ne!(changed, crate::train::RECIPE, "{from}");
        home.file("recipe.toml", changed);
        home.run(&["train", "recipe.toml", "--out", "run"])
            .refuses_in_a_sentence(parts);
        assert!(!home.path("run").exists(), "{to}: nothing is begun");
    }
    home.run(&["train", "scuot"])
        .refuses_in_a_sentence(&["did you mean `scout`"]);
    home.run(&["train", "none.toml"])
        .refuses_in_a_sentence(&["none.toml"]);
    home.run(&["train"]).refuses_in_a_sentence(&["backtrail recipes"]);
    home.run(&["train", "--resume"]).refuses_in_a_sentence(&["--out"]);
    home.run(&["train", "--resume", "--out", "nowhere"])
        .refuses_in_a_sentence(&["nowhere", "no training run"]);
    home.run(&["train", "scout", "--set", "lerning_rate=1"])
        .refuses_in_a_sentence(&["did you mean `learning_rate`"]);
}

#[test]
fn a_mistyped_command_is_no_workbench_without_a_terminal() {
    let home = Home::new();
    home.run(&["anlyze", "a.jsonl"])
        .refuses_in_a_sentence(&["there is no command `anlyze`", "did you mean `analyze`"]);
}

#[test]
fn an_output_over_what_is_read_is_refused_and_the_input_stays() {
    let home = Home::new();
    let row = "{\"text\":\"18 + 7 = 25. Too big.\"}\n".to_owned();
    home.file("a.jsonl", &row);
    home.file("b.jsonl", &row);
    home.file("dir/results.jsonl", &row);
    let mut options = vec![
        vec!["a.jsonl", "--out", "a.jsonl"],
        vec!["a.jsonl", "--out", "./a.jsonl"],
        vec!["b.jsonl", "a.jsonl", "--json", "--out", "a.jsonl"],
        vec!["dir", "--out", "dir/results.jsonl"],
        vec![
            "a.jsonl",
            "--detector",
            "all",
            "--judge",
            "scout",
            "--judge-report",
            "a.jsonl",
        ],
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.jsonl", home.path("link.jsonl")).unwrap();
        fs::hard_link(home.path("a.jsonl"), home.path("hard.jsonl")).unwrap();
        options.push(vec!["a.jsonl", "--out", "link.jsonl"]);
        options.push(vec!["link.jsonl", "--out", "hard.jsonl"]);
    }
    for options in options {
        let arguments = [vec!["analyze"], options].concat();
        home.run(&arguments)
            .refuses_in_a_sentence(&["is a file that is read", "would destroy it: name another one"]);
        for name in ["a.jsonl", "dir/results.jsonl"] {
            assert_eq!(fs::read_to_string(home.path(name)).unwrap(), row, "{arguments:?}");
        }
    }
    let ran = home.run(&["analyze", "a.jsonl", "--json", "--out", "c.jsonl"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    // A file that was written before may be written again.
    let ran = home.run(&["analyze", "a.jsonl", "--json", "--out", "c.jsonl"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

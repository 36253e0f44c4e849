//! `backtrail bench` as scripts see it. No figure is looked at: they are the machine's.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use assert_cmd::Command;
use serde_json::Value;

#[test]
fn a_quick_bench_prints_one_json_object_of_its_schema_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("backtrail").unwrap();
    for name in ["CONFIG", "DATA", "LOG"] {
        command.env(format!("BACKTRAIL_{name}_DIR"), home.path());
    }
    let scratch = home.path().join("scratch");
    std::fs::create_dir(&scratch).unwrap();
    command.env("TMPDIR", &scratch);
    let output = command.args(["bench", "--quick", "--json"]).assert().success();
    let report: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(report["schema"], "backtrail.bench/1");
    for key in ["machine", "analyze", "frame"] {
        assert!(report[key].is_object(), "{key}");
    }
    for key in ["decode", "train", "grpo_step"] {
        assert!(report[key].is_array(), "{key}");
    }
    for key in ["p50_ms", "p99_ms", "text_bytes", "nodes"] {
        assert!(report["frame"][key].is_number(), "{key}");
    }
    assert!(report["first_token_seconds"].is_number());
    assert_eq!(
        std::fs::read_dir(&scratch).unwrap().count(),
        0,
        "nothing is left behind"
    );
}

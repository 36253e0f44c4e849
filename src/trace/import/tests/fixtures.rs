//! Files that the real packages wrote.

use super::*;
use crate::trace::record::Finish;

/// The problem of a row as people write it.
fn problem(row: &Row) -> String {
    row.problem.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn source(row: &Row) -> serde_json::Value {
    row.trace.source.clone().unwrap()
}

#[test]
fn a_chat_is_read_in_every_dialect() {
    const THOUGHT: &str = "18 - 7 = 11, 11 + 4 = 15.";
    const ANSWER: &str = "<answer>(18-7)+4</answer>";
    let rows = good("chat.jsonl");
    let texts: Vec<String> = rows.iter().map(shown).collect();
    let field = format!("{{{THOUGHT}\n\n}}{ANSWER}");
    let tags = format!("{{<think>{THOUGHT}</think>}}{ANSWER}");
    let wanted = [
        field.clone(),
        field.clone(),
        format!("{{<think>\n{THOUGHT}\n</think>}}\n\n{ANSWER}"),
        field.clone(),
        field.clone(),
        field.clone(),
        format!("{field}\n\nYes."),
        tags.clone(),
        tags,
        field.clone(),
        field.clone(),
        field.clone(),
        format!(" {THOUGHT}\n{ANSWER}"),
        " no".to_owned(),
        field.clone(),
        ANSWER.to_owned(),
        "no".to_owned(),
    ];
    assert_eq!(texts, wanted);
    let first = &rows[0].trace;
    assert_eq!(
        (first.finish, rows[1].trace.finish),
        (Some(Finish::Stop), Some(Finish::Length))
    );
    assert_eq!(
        (first.tokens.unwrap().prompt, first.tokens.unwrap().generated),
        (40, 30)
    );
    assert_eq!(first.created, "2025-06-15T15:06:40Z");
    assert_eq!(first.model.as_ref().unwrap().name, "some/model");
    assert_eq!(problem(&rows[4]), "18 7 4 -> 15", "what the request asked");
    assert_eq!(
        rows[4].trace.prompt.as_deref().unwrap().lines().next(),
        Some("You reason.")
    );
    assert_eq!(source(&rows[5])["custom_id"], "r1");
    assert_eq!(
        (
            source(&rows[4])["format"].as_str(),
            source(&rows[4])["line"].as_u64()
        ),
        (Some("openai"), Some(5))
    );
    assert_eq!(problem(&rows[8]), "18 7 4 -> 15");
    assert_eq!(
        (rows[12].trace.sample, rows[13].trace.sample),
        (0, 1),
        "choices are samples"
    );
    assert_eq!(source(&rows[16])["preference"], "rejected");
    let pretty = good("chat_pretty.json");
    assert_eq!((shown(&pretty[0]), pretty.len()), (field, 1));
    assert_eq!(problem(&pretty[0]), "18 7 4 -> 15");
}

/// What must be known of the Inspect fixture, however it is packed.
fn is_the_log(rows: &[Row], prompts: bool) {
    let ids: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}", source(row)["sample"], source(row)["epoch"]))
        .collect();
    assert_eq!(
        ids,
        ["\"1\" 1", "\"2\" 1", "\"3\" 1", "\"1\" 2", "\"2\" 2", "\"3\" 2"]
    );
    let first = &rows[0];
    assert_eq!(
        shown(first),
        "{18 - 7 = 11, and 11 + 4 = 15. That is it.\n\n}(18 - 7) + 4 = 15\n\n<answer>(18-7)+4</answer>"
    );
    assert_eq!(
        (problem(first), problem(&rows[1])),
        ("18 7 4 -> 15".into(), "3 5 2 -> 13".into())
    );
    let asked = first.trace.prompt.as_deref().unwrap();
    assert!(
        !prompts || asked.starts_with("Using the numbers [18, 7, 4]"),
        "{asked}"
    );
    assert_eq!(first.trace.model.as_ref().unwrap().name, "scripted");
    assert_eq!(
        (first.trace.finish, first.trace.sample, rows[3].trace.sample),
        (Some(Finish::Stop), 0, 1)
    );
    assert_eq!(first.trace.tokens.unwrap().generated, 40);
    let outcome = first.trace.outcome.as_ref().unwrap();
    assert_eq!(
        (
            outcome.correct,
            outcome.scorer.as_str(),
            outcome.answer.as_deref()
        ),
        (true, "exact", Some("(18-7)+4"))
    );
    assert!(!rows[2].trace.outcome.as_ref().unwrap().correct);
    assert_eq!(source(first)["task"], "countdown");
    assert_eq!(source(first)["sampling"]["temperature"], 0.6);
    let two = shown(&rows[2]);
    assert_eq!(two.matches("<answer>").count(), 2, "both turns: {two}");
    assert!(
        two.contains("</answer>\n\n{") && !two.contains("Are you sure"),
        "{two}"
    );
    let broken = &rows[4].trace;
    assert_eq!(broken.finish, Some(Finish::Error));
    assert!(broken.error.as_deref().unwrap().contains("broken on purpose"));
    assert!(broken.text.contains("3 * 5 = 15"), "what it said before is kept");
}

#[test]
fn an_inspect_log_is_the_same_however_it_is_packed() {
    for name in [
        "inspect.eval",
        "inspect_deflate.eval",
        "inspect_chunked.eval",
        "inspect.json",
    ] {
        is_the_log(&good(name), true);
    }
    // The same from a pipe.
    let bytes = fs::read(fixture("inspect.eval")).unwrap();
    is_the_log(
        &super::rows(&bytes)
            .into_iter()
            .map(Result::unwrap)
            .collect::<Vec<_>>(),
        true,
    );
    // On one line, without a space.
    let bytes = fs::read(fixture("inspect.json")).unwrap();
    let log: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    is_the_log(
        &super::rows(log.to_string().as_bytes())
            .into_iter()
            .map(Result::unwrap)
            .collect::<Vec<_>>(),
        true,
    );
}

#[test]
fn a_run_that_nobody_closed_is_read_from_its_journal() {
    let rows = good("inspect_unfinished.eval");
    assert_eq!(rows.len(), 4);
    assert_eq!(source(&rows[0])["status"], "started");
    assert_eq!(source(&rows[0])["task"], "countdown");
    assert_eq!(problem(&rows[0]), "18 7 4 -> 15");
}

#[test]
fn messages_that_only_stand_in_the_pool_are_found_there() {
    let sample = json!({"id": "a", "epoch": 1, "input": "attachment://h", "messages": [], "attachments": {"h": "asked"},
        "events": [{"event": "model", "input": [], "input_refs": [[1, 2], [0, 1]],
            "output": {"choices": [{"message": {"role": "assistant", "content": "said"}, "stop_reason": "stop"}]}}],
        "events_data": {"messages": [{"role": "user", "content": "attachment://h"}, {"role": "system", "content": "s"}], "calls": []}});
    let rows = super::rows(sample.to_string().as_bytes());
    let trace = &rows[0].as_ref().unwrap().trace;
    assert_eq!(
        (trace.text.as_str(), trace.prompt.as_deref()),
        ("said", Some("s\n\nasked"))
    );
    let mut wrong = sample;
    wrong["events"][0]["input_refs"] = json!([[0, 9]]);
    let rows = super::rows(wrong.to_string().as_bytes());
    assert!(
        rows[0]
            .as_ref()
            .unwrap_err()
            .to_string()
            .contains("messages that are not there")
    );
}

#[test]
fn rollouts_of_trainers_are_read_with_their_rewards() {
    let verl = good("verl.jsonl");
    assert_eq!(
        (verl.len(), source(&verl[0])["format"].as_str()),
        (4, Some("verl"))
    );
    assert_eq!(problem(&verl[0]), "40 61 37 2 -> 104", "asked within a template");
    assert_eq!(verl[0].trace.rollout.as_ref().unwrap()["step"], 40);
    let outcome = verl[0].trace.outcome.as_ref().unwrap();
    assert_eq!((outcome.scorer.as_str(), outcome.scorers.len()), ("acc", 2));

    for (name, step, rewards) in [("trl.parquet", 5, 2), ("trl_chat.parquet", 7, 1)] {
        let rows = good(name);
        let first = &rows[0];
        assert_eq!(
            (source(first)["format"].as_str(), source(first)["row"].as_u64()),
            (Some("trl"), Some(1)),
            "{name}"
        );
        assert_eq!(first.trace.rollout.as_ref().unwrap()["step"], step);
        assert_eq!(first.trace.outcome.as_ref().unwrap().scorers.len(), rewards);
        assert!(!problem(first).is_empty(), "{name}");
    }
    let trl = good("trl.parquet");
    assert!(shown(&trl[0]).starts_with("{<think>\n") && shown(&trl[0]).contains("</think>}\n<answer>"));
    assert_eq!(
        trl[1].trace.outcome.as_ref().unwrap().scorers.len(),
        1,
        "a reward that is no number is none"
    );

    let tasks = good("tinyzero.parquet");
    assert_eq!(
        (problem(&tasks[0]), tasks[0].trace.text.as_str()),
        ("44 19 35 -> 98".into(), "")
    );
    assert_eq!(source(&tasks[0])["format"], "tinyzero");
    let done = good("cognitive_completions.jsonl");
    assert_eq!((done.len(), problem(&done[1])), (2, "44 19 35 -> 98".into()));
    assert!(done[0].trace.is_correct() && !done[1].trace.is_correct());
    let priming = good("cognitive_query.json");
    assert_eq!((priming.len(), source(&priming[1])["row"].as_u64()), (2, Some(2)));
    assert!(!priming[0].trace.text.is_empty() && !problem(&priming[0]).is_empty());
}

#[test]
fn results_of_verifiers_know_what_stands_beside_them_packed_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let plain = fs::read(fixture("verifiers/results.jsonl")).unwrap();
    fs::copy(
        fixture("verifiers/metadata.json"),
        folder.path().join("metadata.json"),
    )
    .unwrap();
    let packed = folder.path().join("results.jsonl.zst");
    fs::write(&packed, ::zstd::encode_all(&plain[..], 1).unwrap()).unwrap();
    for path in [
        &*fixture("verifiers"),
        &fixture("verifiers/results.jsonl"),
        &packed,
        folder.path(),
    ] {
        let rows: Vec<Row> = Rows::open(path)
            .unwrap()
            .map(|row| row.unwrap().unwrap())
            .collect();
        assert_eq!((rows.len(), problem(&rows[0])), (4, "18 7 4 -> 15".into()));
        assert_eq!(rows[0].trace.model.as_ref().unwrap().name, "scripted/model");
        assert_eq!(source(&rows[0])["env"], "backtrail-countdown");
        assert_eq!(source(&rows[2])["sample"], "1");
        let outcome = rows[0].trace.outcome.as_ref().unwrap();
        assert_eq!(
            (outcome.scorer.as_str(), outcome.score, outcome.scorers["exact"]),
            ("reward", 1.2, 1.0)
        );
        assert!(shown(&rows[0]).starts_with("{<think>"));
    }
}

#[test]
fn every_branch_of_an_episode_is_a_trace() {
    let rows = good("episodes.jsonl");
    let texts: Vec<String> = rows.iter().map(shown).collect();
    let two = "{18 - 7 = 11.\n\n}<answer>18-7</answer>\n\n{11 + 4 = 15.\n\n}<answer>(18-7)+4</answer>";
    assert_eq!(texts, ["18 + 7 = 25", two]);
    assert_eq!(
        (problem(&rows[0]), problem(&rows[1])),
        ("18 7 4 -> 15".into(), "18 7 4 -> 15".into())
    );
    assert_eq!(
        (
            source(&rows[1])["sample"].as_str(),
            source(&rows[1])["env"].as_str()
        ),
        (Some("3"), Some("countdown"))
    );
    let outcome = rows[1].trace.outcome.as_ref().unwrap();
    assert_eq!((outcome.score, outcome.scorers["format"]), (1.1, 0.5));
    assert!(
        rows[0].trace.outcome.is_none() && rows[1].trace.model.as_ref().unwrap().name == "scripted/model"
    );
}

#[test]
fn reasoning_gym_is_read_as_questions_and_as_answers() {
    let rows = good("reasoning_gym.jsonl");
    assert_eq!(
        (problem(&rows[0]), rows[0].trace.text.as_str()),
        ("6 61 94 4 -> 309".into(), "")
    );
    let rows = read("reasoning_gym_eval.json");
    let first = rows[0].as_ref().unwrap();
    assert_eq!(
        (problem(first), first.trace.sample),
        ("6 61 94 4 -> 309".into(), 0)
    );
    assert_eq!(first.trace.model.as_ref().unwrap().name, "scripted/model");
    assert_eq!(
        rows[1].as_ref().unwrap().trace.outcome.as_ref().unwrap().score,
        0.01
    );
    assert!(
        rows[2].as_ref().unwrap_err().contains("timed out"),
        "{:?}",
        rows[2]
    );
}

#[test]
fn sentences_of_thought_anchors_become_a_text_with_labels() {
    for name in ["thought_anchors.jsonl", "chunks_labeled.json"] {
        let rows = good(name);
        assert_eq!(rows.len(), 1, "{name}");
        let trace = &rows[0].trace;
        let label = &trace.annotations[1];
        let span: crate::trace::Span = serde_json::from_value(label["span"].clone()).unwrap();
        let sentence =
            "Hmm, that looks a bit intimidating at first glance, but let's break it down step by step.";
        assert_eq!(span.of(&trace.text), sentence, "{name}");
        assert!(label["function_tags"].is_array() && label["chunk_idx"] == 1);
    }
    let row = good("thought_anchors.jsonl").remove(0);
    assert!(row.trace.prompt.unwrap().contains("binom"));
    assert!(row.trace.problem.unwrap()["answer"].is_string());
}

#[test]
fn sentences_stand_in_the_order_of_their_numbers() {
    let chunk = |at: usize, said: &str| json!({"chunk": said, "chunk_idx": at});
    let row = json!([chunk(1, "b."), chunk(0, "a."), chunk(2, "c.")]).to_string();
    assert_eq!(rows(row.as_bytes()).remove(0).unwrap().trace.text, "a. b. c.");
}

#[test]
fn our_own_data_sets_are_read() {
    let rows = good("real_traces.jsonl");
    assert_eq!(problem(&rows[0]), "40 61 37 2 -> 104");
    assert!(
        source(&rows[0])["origin"]
            .as_str()
            .unwrap()
            .starts_with("open-thought/")
    );
    let rows = good("habits_gold.jsonl");
    assert!(!problem(&rows[0]).is_empty());
    assert_eq!(
        (rows[1].problem.as_ref(), rows[1].trace.task.as_deref()),
        (None, Some("math"))
    );
    assert!(
        rows[1].trace.outcome.is_some(),
        "a verdict that we cannot give ourselves is kept"
    );
}

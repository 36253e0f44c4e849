//! Tests of [`super`].

use super::*;
use serde_json::json;

fn run(dir: &Path) -> RunDir {
    let recipe = Recipe::parse(crate::config::recipes::BUNDLED[0].1, "scout.toml", &[]).unwrap();
    RunDir::create(dir, &recipe, &json!("random"), &Compute::processor()).unwrap()
}

fn file(path: &Path) -> Result<(), TrainError> {
    fs::write(path.join("a"), b"1").map_err(TrainError::disk(path))
}

#[test]
fn a_run_is_not_written_over_another() {
    let dir = tempfile::tempdir().unwrap();
    let recipe = run(dir.path()).recipe(&[]).unwrap();
    // The first one is gone by now, as after a kill: its lock is too.
    let error = RunDir::create(dir.path(), &recipe, &json!(null), &Compute::processor()).unwrap_err();
    assert!(error.to_string().contains("--resume"), "{error}");
    assert!(RunDir::open(&dir.path().join("elsewhere")).is_err());
}

#[test]
fn two_cannot_train_in_one_directory_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let first = run(dir.path());
    let recipe = first.recipe(&[]).unwrap();
    for second in [
        RunDir::open(dir.path()),
        RunDir::create(dir.path(), &recipe, &json!(null), &Compute::processor()),
    ] {
        let error = second.unwrap_err().to_string();
        assert!(error.contains("another backtrail is training"), "{error}");
    }
    drop(first);
    RunDir::open(dir.path()).unwrap();
}

#[test]
fn a_checkpoint_that_was_not_finished_is_none_and_is_cleared_away() {
    let dir = tempfile::tempdir().unwrap();
    let run = run(dir.path());
    run.save(5, file).unwrap();
    let failed = run.save(6, |path| {
        file(path)?;
        Err(TrainError::Setup("killed".into()))
    });
    assert!(failed.is_err());
    assert_eq!(run.latest().unwrap().0, 5);
    run.save(7, file).unwrap();
    assert!(
        names(&run.root)
            .unwrap()
            .iter()
            .all(|name| !name.starts_with('.'))
    );
}

#[test]
fn the_first_and_the_last_two_checkpoints_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let run = run(dir.path());
    for step in [0, 5, 10, 100] {
        run.save(step, file).unwrap();
    }
    assert_eq!(run.checkpoints().unwrap(), [0, 10, 100]);
}

#[test]
fn metrics_are_cut_back_to_a_step_and_a_torn_line_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let run = run(dir.path());
    for step in 1..=4 {
        run.append(&json!({"step": step})).unwrap();
    }
    let text = fs::read_to_string(run.metrics_path()).unwrap() + "{\"step\": 2, \"lo";
    fs::write(run.metrics_path(), text).unwrap();
    run.rewind(2).unwrap();
    let text = fs::read_to_string(run.metrics_path()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with(r#"{"schema":"backtrail.run/1","recipe":{"#));
    assert_eq!(lines[2], r#"{"step":2}"#);
}

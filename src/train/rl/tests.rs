//! Tests of [`super`], on `novice` and on purpose small.

use crate::{
    config::{Override, recipes},
    train::{
        Command, Kept, Outcome, Report, RunDir, TrainEvent, Trainer,
        heldout::Heldout,
        mailbox,
        setup::{Base, begin, resume},
    },
};
use std::{fs, path::Path};

fn start(root: &Path, overrides: &[&str]) -> Trainer {
    let small = ["threads=1", "eval_problems=0", "sampler.max_tokens=48", "batch=8"];
    let overrides: Vec<Override> = small
        .iter()
        .chain(overrides)
        .map(|o| o.parse().unwrap())
        .collect();
    let recipe = recipes::find("smoke", Path::new("/nowhere"), &overrides).unwrap();
    let base = Base::find(&recipe.init).unwrap();
    begin(root, recipe, base).unwrap()
}

fn go(trainer: &mut Trainer) -> (Outcome, Vec<Report>) {
    let mut reports = Vec::new();
    let (_remote, inbox) = mailbox();
    let mut heldout = Heldout::new(trainer.recipe(), trainer.tokenizer().to_vec()).unwrap();
    let outcome = trainer.run(&inbox, Some(&mut heldout), &mut |event| {
        if let TrainEvent::Step(report) = event {
            reports.push(report);
        }
    });
    (outcome, reports)
}

/// The metrics without what depends on the clock.
fn metrics(root: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(root.join("metrics.jsonl")).unwrap();
    let timeless = |line: &str| {
        let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
        let of_the_clock = ["time", "tokens_per_second", "step_time"];
        row.as_object_mut()
            .unwrap()
            .retain(|name, _| !of_the_clock.contains(&name.as_str()));
        row
    };
    text.lines().map(timeless).collect()
}

#[test]
fn a_run_killed_and_resumed_comes_to_the_same_metrics_and_rollouts() {
    let overrides = [
        "steps=4",
        "eval_problems=4",
        "eval_every=2",
        "rl.num_iterations=2",
        "rl.beta=0.05",
    ];
    let whole = tempfile::tempdir().unwrap();
    assert_eq!(go(&mut start(whole.path(), &overrides)).0, Outcome::Done);

    let killed = tempfile::tempdir().unwrap();
    let mut trainer = start(killed.path(), &overrides);
    go(&mut trainer);
    drop(trainer);
    // As if it had been killed after step 3, whose checkpoint was not due.
    fs::remove_dir_all(killed.path().join("checkpoint-4")).unwrap();
    let mut trainer = resume(killed.path(), &[]).unwrap();
    assert_eq!(trainer.steps(), 2);
    assert_eq!(go(&mut trainer).0, Outcome::Done);
    drop(trainer);
    assert_eq!(metrics(killed.path()), metrics(whole.path()));

    let texts = |root: &Path| -> Vec<String> {
        let dir = RunDir::look(root).unwrap();
        assert_eq!(dir.traced_steps(Kept::Rollouts).unwrap(), [1, 2, 3, 4]);
        assert_eq!(dir.traced_steps(Kept::Evaluation).unwrap(), [0, 2, 4]);
        let traces = dir.read_traces(Kept::Rollouts, 4).unwrap();
        assert_eq!(traces.len(), 8);
        assert!(traces.iter().all(|t| t.rollout.as_ref().unwrap()["step"] == 4));
        traces.into_iter().map(|trace| trace.text).collect()
    };
    assert_eq!(texts(killed.path()), texts(whole.path()));
}

#[test]
fn the_sampler_and_the_trainer_agree_on_every_log_probability() {
    let dir = tempfile::tempdir().unwrap();
    for temperature in ["sampler.temperature=1.0", "sampler.temperature=0.7"] {
        let mut trainer = start(&dir.path().join(temperature), &["steps=2", temperature]);
        let (_, reports) = go(&mut trainer);
        for report in reports
            .iter()
            .filter(|report| report.metrics["frac_reward_zero_std"] < 1.0)
        {
            let mismatch = report.metrics["sampler_mismatch/max"];
            assert!(mismatch > 0.0 && mismatch < 1e-4, "{temperature}: {mismatch}");
        }
    }
}

#[test]
fn twenty_steps_raise_a_reward_that_is_easy_to_get() {
    let dir = tempfile::tempdir().unwrap();
    let overrides = [
        "steps=20",
        "batch=24",
        "rl.num_generations=8",
        "learning_rate=5e-4",
        "reward.exact=0",
        "save_every=0",
    ];
    let mut overrides: Vec<&str> = overrides.to_vec();
    overrides.insert(0, "reward.backtracking=1");
    let (_, reports) = go(&mut start(dir.path(), &overrides));
    let mean = |reports: &[Report]| -> f64 {
        reports
            .iter()
            .map(|report| report.metrics["rewards/backtracking/mean"])
            .sum::<f64>()
            / reports.len() as f64
    };
    let (first, last) = (mean(&reports[..5]), mean(&reports[15..]));
    assert!(last > first + 0.1, "{first} {last}");
}

#[test]
fn rewards_that_are_all_equal_pause_the_run_with_a_sentence_and_it_can_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let overrides = ["steps=5", "sampler.max_tokens=1", "stop.equal_rewards=2"];
    let mut trainer = start(dir.path(), &overrides);
    let (outcome, reports) = go(&mut trainer);
    let Outcome::Paused(sentence) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        sentence.contains("rewards of every group were all equal"),
        "{sentence}"
    );
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[1].metrics["frac_reward_zero_std"], 1.0);
    // Paused, saved, and two steps further when it is told to go on.
    assert!(dir.path().join("checkpoint-2").is_dir());
    assert_eq!(go(&mut trainer).1.len(), 2);
}

#[test]
fn a_diverging_run_pauses_with_a_sentence_and_can_go_on_more_slowly() {
    // The first makes weights that are numbers, but whose squares overflow in the norms; the second makes none at all.
    for learning_rate in ["learning_rate=1e38", "learning_rate=1e300"] {
        let dir = tempfile::tempdir().unwrap();
        let overrides = [
            learning_rate,
            "steps=2",
            "batch=24",
            "rl.num_generations=8",
            "reward.backtracking=1",
        ];
        let mut trainer = start(dir.path(), &overrides);
        let (outcome, _) = go(&mut trainer);
        let Outcome::Paused(sentence) = outcome else {
            panic!("{learning_rate}: {outcome:?}")
        };
        assert!(
            sentence.contains("the norm of the weights of step 1 is") && sentence.contains("learning_rate"),
            "{sentence}"
        );
        // The weights are those before the step.
        let (remote, inbox) = mailbox();
        remote.tell(Command::Set("learning_rate=1e-4".parse().unwrap()));
        assert_eq!(trainer.run(&inbox, None, &mut |_| {}), Outcome::Done);
    }
}

#[test]
fn a_collapsed_entropy_pauses_the_run_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let (outcome, _) = go(&mut start(dir.path(), &["stop.min_entropy=50"]));
    assert!(
        matches!(&outcome, Outcome::Paused(sentence) if sentence.contains("the policy has collapsed")),
        "{outcome:?}"
    );
}

#[test]
fn a_full_disk_pauses_the_run_and_no_rollout_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut trainer = start(dir.path(), &["steps=2"]);
    // A file where the folder should be stands for whatever the disk can refuse.
    let blocked = dir.path().join("rollouts");
    fs::write(&blocked, "").unwrap();
    let (outcome, _) = go(&mut trainer);
    assert!(
        matches!(&outcome, Outcome::Paused(sentence) if sentence.contains("rollouts")),
        "{outcome:?}"
    );
    fs::remove_file(&blocked).unwrap();
    assert_eq!(go(&mut trainer).0, Outcome::Done);
    let run = RunDir::look(dir.path()).unwrap();
    assert_eq!(run.traced_steps(Kept::Rollouts).unwrap(), [1, 2]);
}

#[test]
fn the_update_does_not_depend_on_how_many_tokens_are_computed_together() {
    let dir = tempfile::tempdir().unwrap();
    let of = |tokens: &str| {
        // The second update of the step is one of weights that the first has moved.
        let overrides = [
            "steps=1",
            "batch=24",
            "rl.num_generations=8",
            "rl.num_iterations=2",
            "reward.backtracking=1",
            tokens,
        ];
        let report = go(&mut start(&dir.path().join(tokens), &overrides)).1.remove(0);
        [report.loss, report.grad_norm]
    };
    let whole = of("accumulation_tokens=1000000");
    assert!(whole[1] > 0.0, "there is something to learn from");
    // One completion at a time, then a few.
    for tokens in ["accumulation_tokens=1", "accumulation_tokens=300"] {
        for (cut, whole) in of(tokens).into_iter().zip(whole) {
            assert!(
                (cut - whole).abs() <= 1e-3 * whole.abs() + 1e-5,
                "{tokens}: {cut} {whole}"
            );
        }
    }
}

#[test]
fn rloo_learns_too() {
    let dir = tempfile::tempdir().unwrap();
    let (outcome, reports) = go(&mut start(
        dir.path(),
        &["steps=2", "rl.algorithm=rloo", "rl.beta=0.01"],
    ));
    assert_eq!(outcome, Outcome::Done);
    assert!(
        reports
            .iter()
            .all(|report| report.loss.is_finite() && report.metrics.contains_key("kl"))
    );
}

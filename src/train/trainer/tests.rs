//! Tests of [`super`].

mod devices;

use super::*;
use crate::train::{Evaluation, Example, Examples, imitation::Imitation, mailbox, start::config_of};
use std::{
    collections::{BTreeMap, HashMap},
    fs,
};

/// Counts in steps of 1 or 2: after the prompt all is determined.
struct Counting;
impl Examples for Counting {
    fn example(&self, _: usize, index: u64) -> Example {
        let by = 1 + (index % 2) as u32;
        let ids = (0..8 + (index % 5) as u32)
            .map(|at| (index as u32 / 2 + by * at) % 16 + 1)
            .collect();
        Example {
            ids,
            prompt_tokens: 2,
        }
    }
}

const RECIPE: &str = "name = 'toy'
summary = 'Counts.'
kind = 'pretrain'
seed = 3
fourier = true
threads = 1
learning_rate = 1e-2
batch_tokens = 128
save_every = 5
eval_every = 4
[model]
hidden_size = 16
layers = 1
heads = 2
kv_heads = 1
intermediate_size = 24
context = 16
[[stage]]
tokens = 1500
warmup = 3
[[stage.mix]]
[[stage]]
tokens = 1000
warmup = 3
[[stage.mix]]
";

fn recipe(overrides: &[&str]) -> Recipe {
    let overrides: Vec<_> = overrides.iter().map(|text| text.parse().unwrap()).collect();
    Recipe::parse(RECIPE, "toy.toml", &overrides).unwrap()
}

fn counting(recipe: &Recipe, config: &Config, progress: &Progress) -> Result<Box<dyn Method>, TrainError> {
    let context = config.max_position_embeddings;
    Ok(Box::new(Imitation::new(
        recipe,
        context,
        Box::new(Counting),
        progress,
    )))
}

fn start(root: &Path, overrides: &[&str]) -> Trainer {
    start_on(root, overrides, Compute::processor())
}

fn start_on(root: &Path, overrides: &[&str], compute: Compute) -> Trainer {
    let recipe = recipe(overrides);
    let start = Start {
        config: config_of(&recipe, 20, 0).unwrap(),
        recipe,
        weights: None,
        tokenizer: b"{}".to_vec(),
        numbers: (1..=10).collect(),
        base: serde_json::Value::Null,
        compute,
    };
    Trainer::start(root, start, counting).unwrap()
}

fn resume(root: &Path) -> Trainer {
    let dir = RunDir::open(root).unwrap();
    let recipe = dir.recipe(&[]).unwrap();
    Trainer::resume(dir, recipe, Compute::processor(), counting).unwrap()
}

/// Says how many tokens the model knows.
struct Count;
impl Evaluate for Count {
    fn evaluate(&mut self, model: Forward, _: u64) -> Result<Evaluation, String> {
        Ok(Evaluation {
            metrics: BTreeMap::from([("eval/n".into(), model.vocab_size() as f64)]),
            traces: Vec::new(),
        })
    }
}

fn go(trainer: &mut Trainer) -> (Outcome, Vec<TrainEvent>) {
    let mut events = Vec::new();
    let (_remote, inbox) = mailbox();
    let outcome = trainer.run(&inbox, Some(&mut Count), &mut |event| events.push(event));
    (outcome, events)
}

fn bits(trainer: &Trainer) -> HashMap<String, Vec<u32>> {
    let all = trainer
        .learner
        .decoder
        .weights()
        .unwrap()
        .into_iter()
        .chain(trainer.learner.optimizer.state());
    all.map(|(name, tensor)| {
        let values: Vec<f32> = tensor.flatten_all().unwrap().to_vec1().unwrap();
        (name, values.into_iter().map(f32::to_bits).collect())
    })
    .collect()
}

/// The metrics without what depends on the clock.
fn metrics(root: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(root.join("metrics.jsonl")).unwrap();
    text.lines()
        .map(|line| {
            let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
            let map = row.as_object_mut().unwrap();
            map.remove("time");
            map.remove("tokens_per_second");
            map.remove("step_time");
            row
        })
        .collect()
}

#[test]
fn a_trainer_can_live_on_a_thread_of_its_own() {
    fn movable<T: Send>() {}
    movable::<Trainer>();
}

#[test]
fn sizes_that_cannot_be_are_sentences() {
    for bad in ["model.heads=3", "model.kv_heads=4", "model.hidden_size=2"] {
        let error = config_of(&recipe(&[bad]), 20, 0).unwrap_err().to_string();
        assert!(error.starts_with("[model]:"), "{error}");
    }
    let huge = ["model.hidden_size=16384", "model.layers=256"];
    assert!(
        config_of(&recipe(&huge), 20, 0)
            .unwrap_err()
            .to_string()
            .contains("parameters")
    );
}

#[test]
fn a_tiny_model_learns_and_tells_how_far_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let mut trainer = start(dir.path(), &["stage.0.tokens=12_000"]);
    let (outcome, events) = go(&mut trainer);
    assert_eq!(outcome, Outcome::Done);
    let reports: Vec<&Report> = events
        .iter()
        .filter_map(|event| match event {
            TrainEvent::Step(report) => Some(report),
            _ => None,
        })
        .collect();
    let (first, last) = (reports[0], reports[reports.len() - 1]);
    assert!(last.loss < 0.6 * first.loss, "{} {}", first.loss, last.loss);
    assert_eq!((last.progress, last.seconds_left), (1.0, 0.0));
    assert_eq!(last.tokens, trainer.progress.tokens);
    assert_eq!(last.stage, Some(1));
    assert!(matches!(events[events.len() - 1], TrainEvent::Done));
    assert!(
        events
            .iter()
            .any(|event| matches!(event, TrainEvent::Eval { step: 4, .. }))
    );
}

#[test]
fn a_run_killed_anywhere_and_resumed_comes_to_the_same_bits() {
    let whole = tempfile::tempdir().unwrap();
    let mut uninterrupted = start(whole.path(), &[]);
    go(&mut uninterrupted);

    // Dropped after 8 and 19 steps, with checkpoints at 5 and 15: what was not saved is lost, and made again.
    let killed = tempfile::tempdir().unwrap();
    let mut trainer = start(killed.path(), &[]);
    for steps in [8, 19] {
        while trainer.steps() < steps {
            let (report, _) = trainer.step().unwrap();
            trainer.dir.append(&report).unwrap();
            if trainer.steps().is_multiple_of(5) {
                trainer.save().unwrap();
            }
        }
        fs::create_dir(killed.path().join(".unfinished-20")).unwrap();
        drop(trainer);
        trainer = resume(killed.path());
    }
    assert_eq!(trainer.steps(), 15);
    // The evaluations of the steps above were not made.
    let (outcome, _) = go(&mut trainer);
    assert_eq!(outcome, Outcome::Done);
    assert!(uninterrupted.steps() > 20, "{}", uninterrupted.steps());
    assert_eq!(bits(&trainer), bits(&uninterrupted));
    let without_eval = |root: &Path| -> Vec<serde_json::Value> {
        let mut rows = metrics(root);
        for row in &mut rows {
            row.as_object_mut().unwrap().remove("eval/n");
        }
        rows
    };
    assert_eq!(without_eval(killed.path()), without_eval(whole.path()));
    assert_eq!(metrics(killed.path())[16..], metrics(whole.path())[16..]);
}

#[test]
fn stopping_saves_and_the_run_goes_on_to_the_same_bits() {
    let whole = tempfile::tempdir().unwrap();
    let mut uninterrupted = start(whole.path(), &[]);
    go(&mut uninterrupted);

    let stopped = tempfile::tempdir().unwrap();
    let mut trainer = start(stopped.path(), &[]);
    let (remote, inbox) = mailbox();
    let outcome = trainer.run(&inbox, Some(&mut Count), &mut |event| {
        if matches!(event, TrainEvent::Step(Report { step: 7, .. })) {
            remote.tell(Command::Stop);
        }
    });
    assert_eq!(outcome, Outcome::Stopped);
    assert_eq!(trainer.dir.latest().unwrap().0, 7);
    drop(trainer);
    let mut trainer = resume(stopped.path());
    go(&mut trainer);
    assert_eq!(bits(&trainer), bits(&uninterrupted));
    assert_eq!(metrics(stopped.path()), metrics(whole.path()));
}

#[test]
fn a_run_killed_before_its_first_checkpoint_can_be_resumed() {
    let dir = tempfile::tempdir().unwrap();
    let mut trainer = start(dir.path(), &["steps=3"]);
    trainer.step().unwrap();
    drop(trainer);
    let mut trainer = resume(dir.path());
    assert_eq!(trainer.steps(), 0);
    assert_eq!(go(&mut trainer).0, Outcome::Done);
    assert_eq!((trainer.steps(), trainer.dir.latest().unwrap().0), (3, 3));
}

#[test]
fn a_diverging_run_pauses_with_a_sentence_and_its_weights_stay() {
    let dir = tempfile::tempdir().unwrap();
    let mut trainer = start(dir.path(), &[]);
    trainer.step().unwrap();
    for (_, variable) in trainer.learner.decoder.variables() {
        variable.set(&(variable.as_tensor() * f64::NAN).unwrap()).unwrap();
    }
    let progress = trainer.progress;
    let (outcome, events) = go(&mut trainer);
    let Outcome::Paused(sentence) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        sentence.contains("the loss of step 2 is NaN") && sentence.contains("learning_rate"),
        "{sentence}"
    );
    assert_eq!(events, [TrainEvent::Paused(sentence)]);
    assert_eq!(trainer.progress, progress);
}

#[test]
fn a_full_disk_pauses_the_run_and_nothing_is_lost_when_there_is_room_again() {
    let whole = tempfile::tempdir().unwrap();
    go(&mut start(whole.path(), &[]));

    let dir = tempfile::tempdir().unwrap();
    let mut trainer = start(dir.path(), &[]);
    let (metrics_path, aside) = (dir.path().join("metrics.jsonl"), dir.path().join("aside"));
    fs::rename(&metrics_path, &aside).unwrap();
    let (outcome, _) = go(&mut trainer);
    assert!(matches!(outcome, Outcome::Paused(ref sentence) if sentence.contains("metrics.jsonl")));
    fs::rename(&aside, &metrics_path).unwrap();
    assert_eq!(go(&mut trainer).0, Outcome::Done);
    assert_eq!(metrics(dir.path()), metrics(whole.path()));
}

#[test]
fn a_checkpoint_that_is_broken_is_a_sentence_with_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let trainer = start(dir.path(), &[]);
    let path = dir.path().join("checkpoint-0");
    drop(trainer);
    for name in [
        "model.safetensors",
        "trainer.safetensors",
        "trainer.json",
        "config.json",
    ] {
        let bytes = fs::read(path.join(name)).unwrap();
        fs::write(path.join(name), &bytes[..bytes.len() / 2]).unwrap();
        let run = RunDir::open(dir.path()).unwrap();
        let error = Trainer::resume(run, recipe(&[]), Compute::processor(), counting);
        let error = error.err().unwrap().to_string();
        assert!(error.contains(name), "{error}");
        fs::write(path.join(name), bytes).unwrap();
    }
}

#[test]
fn a_knob_changed_on_the_way_is_written_down_and_changed_again_after_a_kill() {
    let drive = |trainer: &mut Trainer, change: bool| {
        let (remote, inbox) = mailbox();
        let mut rates = Vec::new();
        let mut refused = Vec::new();
        trainer.run(&inbox, None, &mut |event| match event {
            TrainEvent::Step(report) => {
                if change && report.step == 6 {
                    remote.tell(Command::Set("learning_rate=5e-3".parse().unwrap()));
                    remote.tell(Command::Set("seed=9".parse().unwrap()));
                }
                rates.push((report.step, report.learning_rate));
            }
            TrainEvent::Refused(sentence) => refused.push(sentence),
            _ => {}
        });
        (rates, refused)
    };
    let dir = tempfile::tempdir().unwrap();
    let (rates, refused) = drive(&mut start(dir.path(), &["steps=9", "stage.0.decay=0"]), true);
    assert_eq!((rates[5].1, rates[6].1), (1e-2, 5e-3));
    assert!(refused[0].contains("`seed` cannot be changed"), "{refused:?}");

    // As if it had been killed after step 5: the change is still to come.
    fs::remove_dir_all(dir.path().join("checkpoint-9")).unwrap();
    let (again, _) = drive(&mut resume(dir.path()), false);
    assert_eq!(again, rates[5..]);
}

#[test]
fn a_run_that_is_told_to_wait_saves_when_asked_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut trainer = start(dir.path(), &["steps=4"]);
    let (remote, inbox) = mailbox();
    let mut seen = Vec::new();
    let outcome = trainer.run(&inbox, None, &mut |event| match event {
        TrainEvent::Step(Report { step: 2, .. }) => {
            for command in [Command::Pause, Command::Save, Command::Resume] {
                remote.tell(command);
            }
        }
        TrainEvent::Waiting(waiting) => seen.push(format!("waiting {waiting}")),
        TrainEvent::Saved { path } => seen.push(path.file_name().unwrap().to_str().unwrap().to_owned()),
        _ => {}
    });
    assert_eq!(outcome, Outcome::Done);
    assert_eq!(
        seen,
        ["waiting true", "checkpoint-2", "waiting false", "checkpoint-4"]
    );
}

//! A device takes the way of tensor operations. Here the device is the processor, so that both ways can be compared: the
//! losses, the weights, the rollouts. What is left for a graphics processor to show is how fast it is.

use super::*;
use crate::{
    config::recipes,
    model::Ops,
    train::setup::{self, Base},
};
use candle_core::Device;

fn on(ops: Ops) -> Compute {
    Compute {
        device: Device::Cpu,
        ops,
    }
}

/// A trainer of the bundled recipe `name`.
fn bundled(root: &Path, name: &str, overrides: &[&str], ops: Ops) -> Trainer {
    let overrides: Vec<_> = ["threads=1", "eval_problems=0"]
        .iter()
        .chain(overrides)
        .map(|text| text.parse().unwrap())
        .collect();
    let recipe = recipes::find(name, Path::new("/nowhere"), &overrides).unwrap();
    let base = Base::find(&recipe.init).unwrap();
    setup::begin_on(root, recipe, base, |_, _| Ok(on(ops))).unwrap()
}

fn steps(trainer: &mut Trainer, count: usize) -> Vec<(Report, Made)> {
    (0..count).map(|_| trainer.step().unwrap()).collect()
}

fn weights(trainer: &Trainer) -> Vec<f32> {
    let all = trainer.learner.decoder.weights().unwrap();
    let numbers = |tensor: &candle_core::Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    all.values().flat_map(numbers).collect()
}

/// Length of the difference relative to the length of `right`.
fn distance(x: &[f32], right: &[f32]) -> f64 {
    let length = |x: &mut dyn Iterator<Item = f32>| x.map(|x| f64::from(x * x)).sum::<f64>().sqrt();
    length(&mut x.iter().zip(right).map(|(a, b)| a - b)) / length(&mut right.iter().copied())
}

fn near(x: f64, right: f64, part: f64) -> bool {
    (x - right).abs() <= part * right.abs() + 1e-6
}

#[test]
fn pretraining_on_a_device_makes_the_steps_of_the_processor_and_sixteen_bits_learn_as_much() {
    let of = |ops| {
        let dir = tempfile::tempdir().unwrap();
        let mut trainer = start_on(dir.path(), &[], on(ops));
        let losses: Vec<f64> = steps(&mut trainer, 16).iter().map(|(r, _)| r.loss).collect();
        (losses, weights(&trainer))
    };
    let (right, weights) = of(Ops::Fused);
    let (losses, same) = of(Ops::Plain);
    for (loss, right) in losses.iter().zip(&right) {
        assert!(near(*loss, *right, 1e-4), "{losses:?} {right:?}");
    }
    let moved = distance(&same, &weights);
    assert!(moved < 1e-3, "{moved}");

    let (losses, _) = of(Ops::Bf16);
    let (first, last) = (right[0], right[15]);
    assert!(last < 0.8 * first, "{right:?}");
    assert!(
        near(losses[0], first, 1e-2) && near(losses[15], last, 3e-2),
        "{losses:?} {right:?}"
    );
}

#[test]
fn priming_on_a_device_makes_the_steps_of_the_processor() {
    // Several pieces a step, of sequences of many lengths.
    let overrides = ["data.size=24", "accumulation_tokens=300", "steps=4"];
    let of = |ops| {
        let dir = tempfile::tempdir().unwrap();
        let mut trainer = bundled(dir.path(), "prime", &overrides, ops);
        let made = steps(&mut trainer, 4);
        let numbers: Vec<[f64; 2]> = made.iter().map(|(r, _)| [r.loss, r.grad_norm]).collect();
        (numbers, weights(&trainer))
    };
    let (right, weights) = of(Ops::Fused);
    let (found, same) = of(Ops::Plain);
    for (found, right) in found.iter().flatten().zip(right.iter().flatten()) {
        assert!(near(*found, *right, 1e-3), "{found} {right}");
    }
    assert!(distance(&same, &weights) < 1e-3);
    let (found, near_by) = of(Ops::Bf16);
    for (found, right) in found.iter().zip(&right) {
        assert!(near(found[0], right[0], 2e-2), "{found:?} {right:?}");
    }
    assert!(distance(&near_by, &weights) < 1e-2);
}

#[test]
fn reinforcement_on_a_device_samples_the_texts_of_the_processor_and_learns_the_same() {
    let overrides = [
        "sampler.max_tokens=48",
        "batch=8",
        "steps=3",
        "rl.beta=0.05",
        "reward.backtracking=1",
    ];
    let of = |ops| {
        let dir = tempfile::tempdir().unwrap();
        steps(&mut bundled(dir.path(), "smoke", &overrides, ops), 3)
    };
    let texts = |made: &Made| -> Vec<String> { made.rollouts.iter().map(|t| t.text.clone()).collect() };
    let right = of(Ops::Fused);
    for ((report, made), (right, wanted)) in of(Ops::Plain).iter().zip(&right) {
        assert_eq!(texts(made), texts(wanted));
        assert!(report.metrics["sampler_mismatch/max"] < 1e-4);
        for (found, right) in [(report.loss, right.loss), (report.grad_norm, right.grad_norm)] {
            // The advantages of a group sum to nothing, and so does the loss of a first update.
            assert!(
                (found - right).abs() < 1e-2 * right.abs() + 1e-4,
                "{found} {right}"
            );
        }
    }
    assert!(right.iter().any(|(report, _)| report.grad_norm > 0.0));
    for (report, made) in of(Ops::Bf16) {
        let mismatch = report.metrics["sampler_mismatch/max"];
        assert!(mismatch < 0.3, "{mismatch}");
        let model = made.rollouts[0].model.as_ref().unwrap();
        assert_eq!(
            (model.device.as_deref(), model.dtype.as_deref()),
            (Some("cpu"), Some("bf16"))
        );
    }
}

#[test]
fn a_run_may_go_on_elsewhere_with_the_very_weights_and_moments() {
    let ways = [Ops::Plain, Ops::Fused, Ops::Bf16];
    let dir = tempfile::tempdir().unwrap();
    let mut trainer = start_on(dir.path(), &["steps=3"], on(Ops::Bf16));
    assert_eq!(go(&mut trainer).0, Outcome::Done);
    let saved = bits(&trainer);
    drop(trainer);
    for ops in ways {
        let run = RunDir::open(dir.path()).unwrap();
        let recipe = run.recipe(&["steps=9".parse().unwrap()]).unwrap();
        let mut trainer = Trainer::resume(run, recipe, on(ops), counting).unwrap();
        assert_eq!(bits(&trainer), saved, "{ops:?}");
        assert!(trainer.step().unwrap().0.loss.is_finite());
    }
    let header = &metrics(dir.path())[0];
    assert_eq!(
        (&header["device"], &header["dtype"]),
        (&"cpu".into(), &"bf16".into())
    );
}

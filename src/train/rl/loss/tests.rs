//! Tests of [`super`]: against finite differences, hand-worked numbers, and values made with PyTorch from TRL's formulas
//! (`tests/data/rl/make.py`).

use super::*;
use serde::Deserialize;

fn rl(algorithm: Algorithm, loss_type: LossType, beta: f64) -> Rl {
    Rl {
        algorithm,
        loss_type,
        beta,
        epsilon: 0.2,
        epsilon_high: Some(0.28),
        ..Rl::default()
    }
}

#[derive(Deserialize)]
struct Golden {
    longest: usize,
    completions: Vec<GoldenCompletion>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct GoldenCompletion {
    advantage: f64,
    now: Vec<f32>,
    old: Vec<f32>,
    reference: Vec<f32>,
    counts: bool,
}

#[derive(Deserialize)]
struct Case {
    algorithm: Algorithm,
    loss_type: LossType,
    beta: f64,
    value: f64,
    gradient: Vec<f64>,
}

fn golden() -> (Golden, Vec<Completion>, Vec<f32>) {
    let golden: Golden = serde_json::from_str(include_str!("../../../../tests/data/rl/loss.json")).unwrap();
    let completions = golden
        .completions
        .iter()
        .map(|c| Completion {
            advantage: c.advantage,
            old: c.old.clone(),
            reference: c.reference.clone(),
            counts: c.counts,
        })
        .collect();
    let now = golden.completions.iter().flat_map(|c| c.now.clone()).collect();
    (golden, completions, now)
}

#[test]
fn value_and_gradient_are_those_of_trl() {
    let (golden, completions, now) = golden();
    for case in &golden.cases {
        let rl = rl(case.algorithm, case.loss_type, case.beta);
        let found = Loss::of(
            &completions,
            &now,
            Normalizer::of(&completions, golden.longest),
            &rl,
        );
        let name = format!("{} {} beta {}", case.algorithm, case.loss_type, case.beta);
        assert!(
            (found.value - case.value).abs() < 1e-6,
            "{name}: {} {}",
            found.value,
            case.value
        );
        for (f, g) in found.gradient.iter().zip(&case.gradient) {
            assert!((f64::from(*f) - g).abs() < 1e-6, "{name}: {f} {g}");
        }
    }
}

#[test]
fn the_gradient_matches_finite_differences() {
    let (golden, completions, now) = golden();
    for algorithm in [Algorithm::Grpo, Algorithm::Rloo] {
        for loss_type in [LossType::Grpo, LossType::DrGrpo, LossType::Dapo, LossType::Bnpo] {
            // RLOO takes the divergence from the reward, so the loss itself has none.
            let rl = rl(
                algorithm,
                loss_type,
                if algorithm == Algorithm::Grpo { 0.3 } else { 0.0 },
            );
            let normalizer = Normalizer::of(&completions, golden.longest);
            let at = |now: &[f32]| Loss::of(&completions, now, normalizer, &rl).value;
            let found = Loss::of(&completions, &now, normalizer, &rl).gradient;
            for token in 0..now.len() {
                let step = 1e-3;
                let (mut up, mut down) = (now.clone(), now.clone());
                up[token] += step;
                down[token] -= step;
                let moved = f64::from(up[token]) - f64::from(down[token]);
                let slope = (at(&up) - at(&down)) / moved;
                assert!(
                    (slope - f64::from(found[token])).abs() < 2e-4,
                    "{algorithm} {loss_type} token {token}: {slope} {}",
                    found[token]
                );
            }
        }
    }
}

#[test]
fn on_the_policy_itself_the_loss_is_minus_the_mean_advantage() {
    let completion = |advantage, length: usize| Completion {
        advantage,
        old: vec![-0.5; length],
        reference: Vec::new(),
        counts: true,
    };
    let batch = [completion(1.5, 3), completion(-0.5, 1)];
    let value = |loss_type| {
        let rl = rl(Algorithm::Grpo, loss_type, 0.0);
        Loss::of(&batch, &[-0.5; 4], Normalizer::of(&batch, 10), &rl).value
    };
    // grpo: mean of 1.5 and -0.5; dapo: (3 · 1.5 - 0.5) / 4; dr_grpo: (3 · 1.5 - 0.5) / (2 · 10)
    assert!((value(LossType::Grpo) + 0.5).abs() < 1e-12);
    assert!((value(LossType::Dapo) + 1.0).abs() < 1e-12);
    assert!((value(LossType::DrGrpo) + 0.2).abs() < 1e-12);
}

#[test]
fn a_batch_in_pieces_has_the_loss_of_the_whole() {
    let (golden, completions, now) = golden();
    let rl = rl(Algorithm::Grpo, LossType::Dapo, 0.1);
    let normalizer = Normalizer::of(&completions, golden.longest);
    let whole = Loss::of(&completions, &now, normalizer, &rl);
    let (mut value, mut gradient, mut start) = (0.0, Vec::new(), 0);
    for completion in &completions {
        let end = start + completion.old.len();
        let part = Loss::of(
            std::slice::from_ref(completion),
            &now[start..end],
            normalizer,
            &rl,
        );
        value += part.value;
        gradient.extend(part.gradient);
        start = end;
    }
    assert!((value - whole.value).abs() < 1e-12);
    assert_eq!(gradient, whole.gradient);
}

#[test]
fn what_is_masked_has_neither_loss_nor_gradient() {
    let (golden, mut completions, now) = golden();
    for completion in &mut completions {
        completion.counts = false;
    }
    let rl = rl(Algorithm::Grpo, LossType::Dapo, 0.1);
    let found = Loss::of(
        &completions,
        &now,
        Normalizer::of(&completions, golden.longest),
        &rl,
    );
    assert_eq!(found.value, 0.0);
    assert!(found.gradient.iter().all(|g| *g == 0.0));
}

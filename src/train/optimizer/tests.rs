//! Tests of [`super`].

use super::*;
use candle_core::Device;

fn settings() -> Settings {
    Settings::default()
}

/// Gradients of one variable, as a loss that is linear in it would give them.
fn gradients(variable: &Var, values: &[f32]) -> GradStore {
    let factor = Tensor::from_slice(values, variable.dims(), &Device::Cpu).unwrap();
    (variable.as_tensor() * factor)
        .unwrap()
        .sum_all()
        .unwrap()
        .backward()
        .unwrap()
}

fn optimizer(values: &[f32], shape: &[usize], settings: Settings) -> (Var, AdamW) {
    optimizer_with(values, shape, settings, Ops::Fused)
}

fn optimizer_with(values: &[f32], shape: &[usize], settings: Settings, ops: Ops) -> (Var, AdamW) {
    let variable = Var::from_slice(values, shape, &Device::Cpu).unwrap();
    let optimizer = AdamW::new(vec![("w".into(), variable.clone())], settings, ops).unwrap();
    (variable, optimizer)
}

fn flat(variable: &Var) -> Vec<f32> {
    variable.as_tensor().flatten_all().unwrap().to_vec1().unwrap()
}

#[test]
fn the_first_step_has_the_length_of_the_learning_rate_and_matrices_decay() {
    let (vector, mut of_vector) = optimizer(&[1.0], &[1], settings());
    let (matrix, mut of_matrix) = optimizer(&[1.0], &[1, 1], settings());
    for (variable, optimizer) in [(&vector, &mut of_vector), (&matrix, &mut of_matrix)] {
        let gradients = optimizer.gradients(&gradients(variable, &[0.5])).unwrap();
        let norm = gradients.norm().unwrap();
        assert!((norm - 0.5).abs() < 1e-7);
        optimizer.step(&gradients, norm, 0.1, 1).unwrap();
    }
    // The moments freed of bias are g and g^2, so the motion is 0.1 g / |g|; decay takes 0.1 * 0.01 of 1 before.
    assert!((flat(&vector)[0] - 0.9).abs() < 1e-6);
    assert!((flat(&matrix)[0] - 0.899).abs() < 1e-6);
}

#[test]
fn three_steps_match_the_documented_formula_of_torch_adamw_and_clip_grad_norm() {
    for ops in [Ops::Fused, Ops::Plain] {
        three_steps(ops);
    }
}

fn three_steps(ops: Ops) {
    let (variable, mut optimizer) = optimizer_with(&[1.0, -2.0, 0.5, 3.0], &[2, 2], settings(), ops);
    let steps = [
        [0.1, -0.2, 0.3, 0.0],
        [0.4, 0.1, -0.3, -0.05],
        [3.0, -4.0, 0.0, 1.0],
    ];
    for (index, values) in steps.iter().enumerate() {
        let gradients = optimizer.gradients(&gradients(&variable, values)).unwrap();
        let norm = gradients.norm().unwrap();
        optimizer.step(&gradients, norm, 0.01, index as u64 + 1).unwrap();
    }
    // Computed in double precision from the algorithm in torch.optim.AdamW's documentation, with lr 0.01, betas 0.9 and
    // 0.98, eps 1e-8, weight decay 0.01 and max_norm 1.
    let expected = [
        0.971_798_794_490_145_6,
        -1.980_078_673_617_135,
        0.490_787_097_093_756_7,
        3.001_777_873_144_573,
    ];
    for (got, expected) in flat(&variable).iter().zip(expected) {
        assert!(
            (f64::from(*got) - expected).abs() < 1e-6,
            "{ops:?} {got} {expected}"
        );
    }
}

#[test]
fn the_plain_formula_of_other_devices_gives_the_same_motion() {
    let tensor = |values: &[f32]| Tensor::new(values, &Device::Cpu).unwrap();
    let gradient = tensor(&[0.3, -2.0, 0.0]);
    for square in [false, true] {
        let op = Moment {
            decay: 0.9,
            scale: 0.5,
            square,
        };
        let moment = tensor(&[0.1, 0.2, 0.3]);
        let plain = op.plain(&moment, &gradient).unwrap().to_vec1::<f32>().unwrap();
        let fused = op.apply(&moment, &gradient, true).unwrap();
        for (a, b) in plain.iter().zip(fused.to_vec1::<f32>().unwrap()) {
            assert!((a - b).abs() < 1e-6);
        }
    }
    let op = Motion {
        learning_rate: 0.1,
        first_correction: 0.19,
        second_correction: 0.04,
        epsilon: 1e-8,
        keep: 0.99,
    };
    let (weights, first, second) = (
        tensor(&[1.0, -1.0, 2.0]),
        tensor(&[0.1, -0.2, 0.0]),
        tensor(&[0.04, 0.01, 0.5]),
    );
    let plain = op
        .plain(&weights, &first, &second)
        .unwrap()
        .to_vec1::<f32>()
        .unwrap();
    let fused = op.apply(&weights, &first, &second, true).unwrap();
    for (a, b) in plain.iter().zip(fused.to_vec1::<f32>().unwrap()) {
        assert!((a - b).abs() < 1e-6);
    }
}

#[test]
fn a_step_that_would_make_the_weights_overflow_is_not_made() {
    let (variable, mut optimizer) = optimizer(&[1.0, -2.0], &[2], settings());
    let gradients = optimizer.gradients(&gradients(&variable, &[0.1, 0.2])).unwrap();
    let size = gradients.norm().unwrap();
    // The first makes weights that are still numbers, but whose squares are none any more.
    for learning_rate in [1e38, 1e300] {
        let moved = optimizer.step(&gradients, size, learning_rate, 1).unwrap();
        assert!(!moved.is_finite(), "{moved}");
        assert_eq!(flat(&variable), [1.0, -2.0]);
    }
    let moved = optimizer.step(&gradients, size, 0.1, 1).unwrap();
    // The moments are untouched too: this is a first step like any other.
    assert!((flat(&variable)[0] - 0.9).abs() < 1e-6 && moved.is_finite());
}

#[test]
fn a_variable_without_gradient_is_an_error_that_names_it() {
    let (variable, optimizer) = optimizer(&[1.0], &[1], settings());
    let other = Var::from_slice(&[1.0_f32], 1, &Device::Cpu).unwrap();
    let error = optimizer
        .gradients(&gradients(&other, &[1.0]))
        .unwrap_err()
        .to_string();
    assert!(error.contains("`w` got no gradient"), "{error}");
    drop(variable);
}

#[test]
fn the_state_of_another_model_is_refused() {
    let (_, small) = optimizer(&[1.0], &[1], settings());
    let (_, mut large) = optimizer(&[1.0, 2.0], &[2], settings());
    assert!(matches!(large.restore(small.state()), Err(TrainError::State(_))));
    assert!(large.restore(HashMap::new()).is_err());
}

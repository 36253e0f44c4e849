//! How fast the weights may move, step by step: up in a few steps, level, then down in a straight line.

use crate::config::recipe::Stage;

/// The learning rate of a step of `stage`, which has made `steps` steps and seen `tokens` tokens before it.
#[must_use]
pub fn learning_rate(stage: &Stage, peak: f64, steps: u64, tokens: u64) -> f64 {
    let warm = if stage.warmup == 0 {
        1.0
    } else {
        ((steps + 1) as f64 / stage.warmup as f64).min(1.0)
    };
    let left = 1.0 - (tokens as f64 / stage.tokens as f64).min(1.0);
    let fall = if left < stage.decay {
        stage.last + (1.0 - stage.last) * left / stage.decay
    } else {
        1.0
    };
    peak * warm * fall
}

/// The share of the peak after `step` of `steps` steps: up in a straight line for the first part `warmup`, then down a
/// cosine to nothing (Loshchilov and Hutter 2017), as transformers' `get_cosine_schedule_with_warmup`.
#[must_use]
pub fn cosine(step: u64, steps: u64, warmup: f64) -> f64 {
    let rising = (warmup * steps as f64).ceil();
    // Counted from 1: a first step with learning rate 0 would be wasted.
    let at = step as f64 + 1.0;
    if at <= rising {
        return at / rising;
    }
    let fallen = (at - 1.0 - rising) / (steps as f64 - rising).max(1.0);
    0.5 * (1.0 + (std::f64::consts::PI * fallen.clamp(0.0, 1.0)).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage() -> Stage {
        Stage {
            tokens: 1000,
            learning_rate: None,
            batch_tokens: None,
            warmup: 10,
            decay: 0.4,
            last: 0.1,
            mix: Vec::new(),
        }
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }

    #[test]
    fn it_rises_stays_and_falls_to_the_last_fraction() {
        let stage = stage();
        close(learning_rate(&stage, 2.0, 0, 0), 0.2);
        close(learning_rate(&stage, 2.0, 9, 100), 2.0);
        close(learning_rate(&stage, 2.0, 50, 600), 2.0);
        close(learning_rate(&stage, 2.0, 70, 800), 2.0 * 0.55);
        close(learning_rate(&stage, 2.0, 90, 1000), 0.2);
        close(learning_rate(&stage, 2.0, 91, 1200), 0.2);
    }

    #[test]
    fn a_cosine_rises_to_its_peak_and_falls_towards_nothing() {
        let shares: Vec<f64> = (0..20).map(|step| cosine(step, 20, 0.1)).collect();
        close(shares[0], 0.5);
        close(shares[1], 1.0);
        close(shares[2], 1.0);
        close(shares[11], 0.5);
        assert!(shares[19] > 0.0 && shares[19] < 0.02);
        close(cosine(0, 1, 0.0), 1.0);
    }

    #[test]
    fn without_warm_up_and_decay_it_is_constant() {
        let stage = Stage {
            warmup: 0,
            decay: 0.0,
            ..stage()
        };
        for tokens in [0, 500, 1000] {
            close(learning_rate(&stage, 2.0, 0, tokens), 2.0);
        }
    }
}

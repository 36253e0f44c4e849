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

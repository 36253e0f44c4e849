//! The statistics our figures are quoted with.

/// 95 % Wilson score interval of a proportion (Wilson 1927), `[low, high]`; `[0, 1]` when nothing was tried.
#[must_use]
pub fn wilson(successes: usize, trials: usize) -> [f64; 2] {
    if trials == 0 {
        return [0.0, 1.0];
    }
    const Z: f64 = 1.959_963_984_540_054;
    let n = trials as f64;
    let p = successes as f64 / n;
    let centre = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    [
        ((centre - half) / scale).max(0.0),
        ((centre + half) / scale).min(1.0),
    ]
}

/// pass@k: the chance that at least one of `k` samples is right, estimated without bias from `n` samples of which
/// `right` are (Chen et al. 2021, section 2.1). `k` above `n` is read as `n`.
#[must_use]
pub fn pass_at(k: usize, n: usize, right: usize) -> f64 {
    let k = k.min(n);
    if n.saturating_sub(right) < k {
        return 1.0;
    }
    // 1 - C(n - right, k) / C(n, k)
    let missed = (n - right + 1..=n).map(|i| 1.0 - k as f64 / i as f64);
    1.0 - missed.product::<f64>()
}

#[cfg(test)]
mod tests {
    use super::{pass_at, wilson};

    #[test]
    fn pass_at_k_is_the_share_of_draws_without_replacement_that_hold_a_right_one() {
        assert!((pass_at(1, 8, 2) - 0.25).abs() < 1e-12);
        // 1 - C(6,2) / C(8,2) = 1 - 15 / 28
        assert!((pass_at(2, 8, 2) - 13.0 / 28.0).abs() < 1e-12);
        assert_eq!(
            (pass_at(8, 8, 1), pass_at(8, 8, 0), pass_at(9, 4, 0)),
            (1.0, 0.0, 0.0)
        );
    }

    #[test]
    fn the_interval_matches_the_textbook() {
        // R: binom::binom.wilson(8, 10) and (0, 10)
        let [low, high] = wilson(8, 10);
        assert!((low - 0.490_162).abs() < 1e-5 && (high - 0.943_318).abs() < 1e-5);
        let [low, high] = wilson(0, 10);
        assert!(low.abs() < 1e-12 && (high - 0.277_533).abs() < 1e-5);
    }
}

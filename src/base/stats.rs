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

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn the_interval_matches_the_textbook() {
        // R: binom::binom.wilson(8, 10) and (0, 10)
        let [low, high] = wilson(8, 10);
        assert!((low - 0.490_162).abs() < 1e-5 && (high - 0.943_318).abs() < 1e-5);
        let [low, high] = wilson(0, 10);
        assert!(low.abs() < 1e-12 && (high - 0.277_533).abs() < 1e-5);
    }
}

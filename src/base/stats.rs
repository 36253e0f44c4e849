//! The statistics our figures are quoted with. `tests/data/stats/make.py` makes the values they are tested against.

/// 95 % Wilson score interval of a proportion (Wilson 1927), `[low, high]`; `[0, 1]` when nothing was tried.
#[must_use]
pub fn wilson(successes: usize, trials: usize) -> [f64; 2] {
    wilson_of(successes as f64 / trials.max(1) as f64, trials)
}

/// [`wilson`] for a share in [0, 1] that is itself a mean over `trials` independent things.
#[must_use]
pub fn wilson_of(share: f64, trials: usize) -> [f64; 2] {
    if trials == 0 {
        return [0.0, 1.0];
    }
    const Z: f64 = 1.959_963_984_540_054;
    let n = trials as f64;
    let centre = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    [
        ((centre - half) / scale).max(0.0),
        ((centre + half) / scale).min(1.0),
    ]
}

/// The chance that at least one of `k` samples is right, when `c` of `n` samples were: the unbiased estimator
/// 1 - C(n-c, k) / C(n, k) of Chen et al. 2021, "Evaluating Large Language Models Trained on Code". With fewer than `k`
/// samples there is no estimate.
#[must_use]
pub fn pass_at(n: usize, c: usize, k: usize) -> Option<f64> {
    if k == 0 || k > n || c > n {
        return None;
    }
    if n - c < k {
        return Some(1.0);
    }
    // The binomials' quotient as a product, which neither overflows nor cancels.
    let none = (n - c + 1..=n)
        .map(|i| 1.0 - k as f64 / i as f64)
        .product::<f64>();
    Some(1.0 - none)
}

/// Exact two-sided McNemar test of two paired proportions (McNemar 1947): how likely is a split at least as uneven of the
/// `b + c` pairs that differ, when either way is equally likely? 1 when no pair differs.
#[must_use]
pub fn mcnemar(b: usize, c: usize) -> f64 {
    let (less, n) = (b.min(c), b + c);
    // Twice the lower tail of Binomial(n, 1/2), from its largest term downwards.
    let ln_choose: f64 = (1..=less).map(|i| ((n - less + i) as f64 / i as f64).ln()).sum();
    let mut term = 1.0;
    let mut sum = 1.0;
    for i in (1..=less).rev() {
        term *= i as f64 / (n - i + 1) as f64;
        sum += term;
    }
    let tail = (ln_choose - n as f64 * std::f64::consts::LN_2 + sum.ln()).exp();
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn expected(name: &str) -> Vec<Value> {
        let all: Value = serde_json::from_str(include_str!("../../tests/data/stats/expected.json")).unwrap();
        all[name].as_array().unwrap().clone()
    }

    fn int(row: &Value, name: &str) -> usize {
        row[name].as_u64().unwrap() as usize
    }

    fn close(ours: f64, theirs: &Value) {
        let theirs = theirs.as_f64().unwrap();
        assert!(
            (ours - theirs).abs() <= 1e-12 + 1e-9 * theirs.abs(),
            "{ours} is not {theirs}"
        );
    }

    #[test]
    fn intervals_are_those_of_statsmodels() {
        for row in expected("wilson") {
            let [low, high] = wilson(int(&row, "k"), int(&row, "n"));
            close(low, &row["interval"][0]);
            close(high, &row["interval"][1]);
        }
        assert_eq!(wilson(0, 0), [0.0, 1.0]);
        assert_eq!(wilson_of(0.5, 10), wilson(5, 10));
    }

    #[test]
    fn pass_at_k_is_the_quotient_of_binomials() {
        for row in expected("pass_at") {
            let ours = pass_at(int(&row, "n"), int(&row, "c"), int(&row, "k"));
            close(ours.unwrap(), &row["value"]);
        }
        assert_eq!(pass_at(4, 2, 5), None);
        assert_eq!(pass_at(4, 2, 0), None);
    }

    #[test]
    fn the_paired_test_is_that_of_statsmodels_and_the_same_both_ways() {
        for row in expected("mcnemar") {
            let (b, c) = (int(&row, "b"), int(&row, "c"));
            close(mcnemar(b, c), &row["p"]);
            close(mcnemar(c, b), &row["p"]);
        }
        assert!(mcnemar(0, 100_000) >= 0.0);
    }
}

//! The statistics our figures are quoted with. `tests/data/stats/make.py` makes the values they are tested against.

use super::rng::stream;
use rand::Rng as _;

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

/// Draws of a bootstrap.
const DRAWS: usize = 2000;

/// 95 % percentile interval of mean(`a`) - mean(`b`) by the bootstrap (Efron 1979), resampling on two levels: repeats
/// (the outer lists, a training seed each) and problems (the inner ones, the same problems in the same order everywhere).
/// What was measured on the same problems is compared on the same problems. Without `b` it is the interval of mean(`a`).
#[must_use]
pub fn bootstrap(a: &[Vec<f64>], b: &[Vec<f64>]) -> [f64; 2] {
    let problems = a.iter().chain(b).map(Vec::len).min().unwrap_or(0);
    if a.is_empty() || problems == 0 {
        return [f64::NAN; 2];
    }
    let mut rng = stream("bootstrap", 0, &[]);
    let mut draws: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let places: Vec<usize> = (0..problems).map(|_| rng.random_range(0..problems)).collect();
            let mut mean = |repeats: &[Vec<f64>]| {
                let drawn =
                    (0..repeats.len()).filter_map(|_| repeats.get(rng.random_range(0..repeats.len())));
                let values = drawn.flat_map(|repeat| places.iter().filter_map(|place| repeat.get(*place)));
                let (sum, count) = values.fold((0.0, 0usize), |(sum, n), value| (sum + value, n + 1));
                sum / count.max(1) as f64
            };
            mean(a) - mean(b)
        })
        .collect();
    percentiles(&mut draws)
}

/// 95 % percentile interval of a statistic by the bootstrap (Efron 1979), resampling `count` independent things: it is
/// asked for the statistic of the things with these numbers, and draws that have none are left out.
#[must_use]
pub fn resampled(count: usize, mut statistic: impl FnMut(&[usize]) -> Option<f64>) -> [f64; 2] {
    if count == 0 {
        return [f64::NAN; 2];
    }
    let mut rng = stream("bootstrap", 0, &[]);
    let mut draws: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            let draw: Vec<usize> = (0..count).map(|_| rng.random_range(0..count)).collect();
            statistic(&draw)
        })
        .collect();
    percentiles(&mut draws)
}

fn percentiles(draws: &mut [f64]) -> [f64; 2] {
    draws.sort_by(f64::total_cmp);
    let at = |share: f64| {
        draws
            .get((share * draws.len().saturating_sub(1) as f64).round() as usize)
            .copied()
            .unwrap_or(f64::NAN)
    };
    [at(0.025), at(0.975)]
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
    fn a_bootstrap_covers_what_differs_and_pairs_what_was_measured_on_the_same_problems() {
        let hard_and_easy =
            |up: f64| -> Vec<Vec<f64>> { vec![(0..100).map(|i| f64::from(i % 2) + up).collect(); 3] };
        let [low, high] = bootstrap(&hard_and_easy(0.0), &[]);
        assert!(
            (0.37..0.45).contains(&low) && (0.55..0.63).contains(&high),
            "{low} {high}"
        );
        // Whatever problems are drawn, the difference is the same.
        let [low, high] = bootstrap(&hard_and_easy(0.1), &hard_and_easy(0.0));
        assert!((low - 0.1).abs() < 1e-9 && (high - 0.1).abs() < 1e-9);
        // Seeds that differ widen it.
        let seeds = [vec![0.0; 100], vec![0.5; 100], vec![1.0; 100]];
        let [low, high] = bootstrap(&seeds, &[]);
        assert!(low < 0.2 && high > 0.8);
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

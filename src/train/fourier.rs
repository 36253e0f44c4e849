//! Number tokens that start with periodic features, so that arithmetic need not be memorised pair by pair.
//!
//! The first columns of number `k`'s row become `cos` and `sin` of `2 pi k / period`; addition is then a rotation. Trained
//! models find such features by themselves (Nanda et al. 2023, "Progress measures for grokking"), small ones late.

use std::f64::consts::TAU;

/// Small primes and round numbers tell neighbours apart, long periods tell sizes apart.
const PERIODS: [f64; 16] = [
    2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 11.0, 13.0, 20.0, 25.0, 33.0, 50.0, 67.0, 100.0, 200.0, 400.0,
];

/// About the size of the random rest of a row at the start.
const AMPLITUDE: f64 = 0.06;

/// Overwrites the first columns of the row `[D]` of number `k`.
pub fn write(row: &mut [f32], k: usize) {
    for (pair, period) in row.chunks_exact_mut(2).zip(PERIODS) {
        let angle = TAU * k as f64 / period;
        pair.copy_from_slice(&[(AMPLITUDE * angle.cos()) as f32, (AMPLITUDE * angle.sin()) as f32]);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_differ_and_the_rest_of_the_row_stays() {
        let mut rows = [[1.0_f32; 40]; 200];
        for (k, row) in rows.iter_mut().enumerate() {
            super::write(row, k);
            assert_eq!(row[32..], [1.0; 8]);
        }
        for (k, row) in rows.iter().enumerate() {
            for other in &rows[..k] {
                assert!(row.iter().zip(other).any(|(a, b)| (a - b).abs() > 0.01));
            }
        }
    }
}

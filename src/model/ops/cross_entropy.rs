//! Next-token loss: the weighted mean of -log softmax(logits)[target].
//!
//! The fused form is no faster for a small vocabulary; it keeps no copies of the logits, the largest tensor of a step
//! when the vocabulary is large, and skips masked rows.

use super::{Ops, lanes, log_probs, numbers, on_cpu};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use std::sync::Arc;

/// Rows that one task takes at a time.
const ROWS: usize = 32;

/// sum(w · nll) / sum(w) over the rows of `logits` [N, V], as a scalar.
/// A row of weight 0 is masked: neither its logits nor its target count, but the target must be below V.
///
/// # Errors
/// Lengths that differ, a target outside the vocabulary, weights whose sum is not positive.
pub fn cross_entropy(logits: &Tensor, targets: &[u32], weights: &[f32], ops: Ops) -> Result<Tensor> {
    let (rows, vocabulary) = logits.dims2()?;
    if targets.len() != rows || weights.len() != rows {
        let (t, w) = (targets.len(), weights.len());
        candle_core::bail!("cross-entropy: {rows} rows of logits, {t} targets and {w} weights");
    }
    if let Some(target) = targets.iter().find(|&&t| t as usize >= vocabulary) {
        candle_core::bail!("cross-entropy: target {target} is outside the vocabulary of {vocabulary}");
    }
    let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
    if !(total.is_finite() && total > 0.0) {
        candle_core::bail!("cross-entropy: the weights sum to {total}, so nothing can be averaged");
    }
    let share = weights.iter().map(|&w| (f64::from(w) / total) as f32);
    let rows = targets.iter().copied().zip(share).collect();
    match ops {
        Ops::Fused => logits.apply_op1(CrossEntropy { rows: Arc::new(rows) }),
        Ops::Plain | Ops::Bf16 => {
            let (targets, share): (Vec<u32>, Vec<f32>) = rows.into_iter().unzip();
            let share = Tensor::new(share, logits.device())?;
            (log_probs(logits, &targets, ops)? * share)?.sum_all()?.neg()
        }
    }
}

/// Target and share of the total weight, per row.
struct CrossEntropy {
    rows: Arc<Vec<(u32, f32)>>,
}

impl CustomOp1 for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross-entropy"
    }

    fn cpu_fwd(&self, logits: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, vocabulary) = layout.shape().dims2()?;
        let blocks = numbers(logits, layout)?
            .par_chunks(ROWS * vocabulary)
            .zip(self.rows.par_chunks(ROWS));
        let loss = blocks.map(|(logits, rows)| {
            let mut shifted = vec![0.0; vocabulary];
            let mut loss = 0.0;
            for (logits, &(target, share)) in logits.chunks_exact(vocabulary).zip(rows) {
                if share == 0.0 {
                    continue;
                }
                let largest = lanes::max(logits);
                for (shifted, logit) in shifted.iter_mut().zip(logits) {
                    *shifted = lanes::exp(logit - largest);
                }
                let log_sum = lanes::sum(&shifted).ln() + largest;
                loss += f64::from(share * (log_sum - logits[target as usize]));
            }
            loss
        });
        // Collected before it is added up: the sum must not depend on which thread came first.
        let loss: f64 = loss.collect::<Vec<f64>>().iter().sum();
        Ok((CpuStorage::F32(vec![loss as f32]), Shape::from(())))
    }

    // d logits = share (softmax - one at the target)
    fn bwd(&self, logits: &Tensor, _loss: &Tensor, g: &Tensor) -> Result<Option<Tensor>> {
        let g = g.to_scalar::<f32>()?;
        let (_, vocabulary) = logits.dims2()?;
        let (storage, layout) = logits.storage_and_layout();
        let numbers = on_cpu(&storage, layout)?;
        let mut d = vec![0.0; numbers.len()];
        let block = ROWS * vocabulary;
        let blocks = d
            .par_chunks_mut(block)
            .zip(numbers.par_chunks(block))
            .zip(self.rows.par_chunks(ROWS));
        blocks.for_each(|((d, logits), rows)| {
            let logits = logits.chunks_exact(vocabulary);
            for ((d, logits), &(target, share)) in d.chunks_exact_mut(vocabulary).zip(logits).zip(rows) {
                let weight = share * g;
                if weight == 0.0 {
                    continue;
                }
                d.copy_from_slice(logits);
                lanes::softmax(d);
                for d in &mut *d {
                    *d *= weight;
                }
                d[target as usize] -= weight;
            }
        });
        Ok(Some(Tensor::from_vec(d, logits.shape(), logits.device())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    fn logits(last: f32) -> Var {
        let values = [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [5.0, -1e4, last]];
        Var::new(&values, &Device::Cpu).unwrap()
    }

    #[test]
    fn the_loss_is_the_weighted_mean_of_minus_log_probabilities() {
        for ops in [Ops::Fused, Ops::Plain] {
            let loss = cross_entropy(&logits(1.0), &[2, 0, 0], &[1.0, 3.0, 0.0], ops).unwrap();
            let first = (1f32 + (-1f32).exp() + (-2f32).exp()).ln();
            let right = (first + 3.0 * 3f32.ln()) / 4.0;
            assert!((loss.to_scalar::<f32>().unwrap() - right).abs() < 1e-6);
        }
    }

    #[test]
    fn masked_positions_influence_neither_loss_nor_gradient() {
        for ops in [Ops::Fused, Ops::Plain] {
            let run = |last: f32, target: u32| {
                let logits = logits(last);
                let loss = cross_entropy(&logits, &[2, 0, target], &[1.0, 3.0, 0.0], ops).unwrap();
                let gradient = loss
                    .backward()
                    .unwrap()
                    .get(&logits)
                    .unwrap()
                    .to_vec2::<f32>()
                    .unwrap();
                (loss.to_scalar::<f32>().unwrap(), gradient)
            };
            let (loss, gradient) = run(1.0, 0);
            assert_eq!((loss, gradient.clone()), run(7.0, 1));
            assert_eq!(gradient[2], [0.0; 3]);
        }
    }

    #[test]
    fn arguments_that_do_not_fit_are_errors() {
        for (targets, weights) in [
            (&[0, 0][..], &[1.0; 3][..]),
            (&[0, 0, 0], &[1.0; 2]),
            (&[0, 0, 3], &[1.0; 3]),
            (&[0, 0, 0], &[0.0; 3]),
            (&[0, 0, 0], &[f32::NAN; 3]),
        ] {
            assert!(cross_entropy(&logits(1.0), targets, weights, Ops::Fused).is_err());
        }
    }
}

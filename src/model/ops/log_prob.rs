//! Log-probabilities of given tokens: what a policy's gradient is made of.
//!
//! Like [`super::cross_entropy`] both forms keep no copies of the logits.

use super::{Ops, lanes, node::Node, numbers, on_cpu};
use candle_core::{CpuStorage, CustomOp1, D, DType, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use std::sync::Arc;

/// Rows that one task takes at a time.
const ROWS: usize = 32;

/// log softmax(logits)[target] of every row of `logits` [N, V], as [N], in nats.
///
/// # Errors
/// Lengths that differ, a target outside the vocabulary.
pub fn log_probs(logits: &Tensor, targets: &[u32], ops: Ops) -> Result<Tensor> {
    let (rows, vocabulary) = logits.dims2()?;
    if targets.len() != rows {
        candle_core::bail!(
            "log-probabilities: {rows} rows of logits and {} targets",
            targets.len()
        );
    }
    if let Some(target) = targets.iter().find(|&&t| t as usize >= vocabulary) {
        candle_core::bail!("log-probabilities: target {target} is outside the vocabulary of {vocabulary}");
    }
    match ops {
        Ops::Fused => logits.apply_op1(LogProbs {
            targets: targets.into(),
        }),
        Ops::Plain | Ops::Bf16 => plain(logits, targets, (WIDE / vocabulary.max(1)).max(1)),
    }
}

/// Logits that are widened at once on a device: the largest tensor of a step when the vocabulary is large.
const WIDE: usize = 1 << 27;

// As below, `part` rows at a time, in f32 whatever the logits are.
fn plain(logits: &Tensor, targets: &[u32], part: usize) -> Result<Tensor> {
    let rows = targets.len();
    let logits_here = logits.detach();
    let targets = Tensor::from_slice(targets, (rows, 1), logits.device())?;
    let parts = move || {
        let starts = (0..rows).step_by(part);
        starts.map(move |start| (start, part.min(rows - start)))
    };
    let wide = move |logits: &Tensor, start, len| logits.narrow(0, start, len)?.to_dtype(DType::F32);
    let (mut values, mut log_sums) = (Vec::new(), Vec::new());
    for (start, len) in parts() {
        let logits = wide(&logits_here, start, len)?;
        let largest = logits.max_keepdim(D::Minus1)?;
        let sum = logits.broadcast_sub(&largest)?.exp()?.sum_keepdim(D::Minus1)?;
        let log_sum = (sum.log()? + largest)?;
        let picked = logits.gather(&targets.narrow(0, start, len)?, D::Minus1)?;
        values.push((picked - &log_sum)?);
        log_sums.push(log_sum);
    }
    let (value, log_sums) = (Tensor::cat(&values, 0)?.squeeze(1)?, Tensor::cat(&log_sums, 0)?);
    let backward = move |g: &Tensor| -> Result<Tensor> {
        let g = g.unsqueeze(1)?;
        let mut all = Vec::new();
        for (start, len) in parts() {
            let [g, targets, log_sum] = [&g, &targets, &log_sums].map(|x| x.narrow(0, start, len));
            let (g, logits) = (g?, wide(&logits_here, start, len)?);
            let softmax = logits.broadcast_sub(&log_sum?)?.exp()?;
            let d = softmax.broadcast_mul(&g.neg()?)?;
            d.scatter_add_set(&targets?.contiguous()?, &g.contiguous()?, 1)?;
            all.push(d.to_dtype(logits_here.dtype())?);
        }
        Tensor::cat(&all, 0)
    };
    logits.apply_op1(Node::new("log-probs", &value, backward)?)
}

struct LogProbs {
    targets: Arc<[u32]>,
}

impl CustomOp1 for LogProbs {
    fn name(&self) -> &'static str {
        "log-probs"
    }

    fn cpu_fwd(&self, logits: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, vocabulary) = layout.shape().dims2()?;
        let mut out = vec![0.0; rows];
        let blocks = out
            .par_chunks_mut(ROWS)
            .zip(numbers(logits, layout)?.par_chunks(ROWS * vocabulary))
            .zip(self.targets.par_chunks(ROWS));
        blocks.for_each(|((out, logits), targets)| {
            let mut shifted = vec![0.0; vocabulary];
            let logits = logits.chunks_exact(vocabulary);
            for ((out, logits), &target) in out.iter_mut().zip(logits).zip(targets) {
                let largest = lanes::max(logits);
                for (shifted, logit) in shifted.iter_mut().zip(logits) {
                    *shifted = lanes::exp(logit - largest);
                }
                *out = logits[target as usize] - largest - lanes::sum(&shifted).ln();
            }
        });
        Ok((CpuStorage::F32(out), Shape::from(rows)))
    }

    // d logits = g (one at the target - softmax)
    fn bwd(&self, logits: &Tensor, _out: &Tensor, g: &Tensor) -> Result<Option<Tensor>> {
        let (_, vocabulary) = logits.dims2()?;
        let g = g.contiguous()?;
        let ((storage, layout), (gs, gl)) = (logits.storage_and_layout(), g.storage_and_layout());
        let (numbers, g) = (on_cpu(&storage, layout)?, on_cpu(&gs, gl)?);
        let mut d = vec![0.0; numbers.len()];
        let block = ROWS * vocabulary;
        let blocks = d
            .par_chunks_mut(block)
            .zip(numbers.par_chunks(block))
            .zip(g.par_chunks(ROWS).zip(self.targets.par_chunks(ROWS)));
        blocks.for_each(|((d, logits), (g, targets))| {
            let rows = d
                .chunks_exact_mut(vocabulary)
                .zip(logits.chunks_exact(vocabulary));
            for ((d, logits), (&g, &target)) in rows.zip(g.iter().zip(targets)) {
                // A masked token: nothing flows back.
                if g == 0.0 {
                    continue;
                }
                d.copy_from_slice(logits);
                lanes::softmax(d);
                for d in &mut *d {
                    *d *= -g;
                }
                d[target as usize] += g;
            }
        });
        Ok(Some(Tensor::from_vec(d, logits.shape(), logits.device())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    const LOGITS: [[f32; 3]; 2] = [[1.0, 2.0, 3.0], [5.0, -1e4, 1.0]];

    #[test]
    fn they_are_those_of_the_softmax() {
        for ops in [Ops::Fused, Ops::Plain] {
            let logits = Tensor::new(&LOGITS, &Device::Cpu).unwrap();
            let found: Vec<f32> = log_probs(&logits, &[0, 2], ops).unwrap().to_vec1().unwrap();
            let right = [
                -(1f32 + 1f32.exp() + 2f32.exp()).ln(),
                -4.0 - (1.0 + (-4f32).exp()).ln(),
            ];
            assert!(
                found.iter().zip(right).all(|(f, r)| (f - r).abs() < 1e-6),
                "{found:?} {right:?}"
            );
        }
    }

    #[test]
    fn fused_and_plain_have_the_same_gradient_and_a_masked_row_has_none() {
        let gradient = |ops| {
            let logits = Var::new(&LOGITS, &Device::Cpu).unwrap();
            let weights = Tensor::new(&[-0.7f32, 0.0], &Device::Cpu).unwrap();
            let loss = (log_probs(&logits, &[0, 2], ops).unwrap() * weights).unwrap();
            let store = loss.sum_all().unwrap().backward().unwrap();
            store.get(&logits).unwrap().to_vec2::<f32>().unwrap()
        };
        let (fused, plain) = (gradient(Ops::Fused), gradient(Ops::Plain));
        assert_eq!(fused[1], [0.0; 3]);
        for (a, b) in fused.iter().flatten().zip(plain.iter().flatten()) {
            assert!((a - b).abs() < 1e-6, "{fused:?} {plain:?}");
        }
    }

    #[test]
    fn a_few_rows_at_a_time_give_what_all_together_give() {
        let of = |part| {
            let logits = Var::new(&LOGITS, &Device::Cpu).unwrap();
            let found = plain(&logits, &[0, 2], part).unwrap();
            let store = found.sum_all().unwrap().backward().unwrap();
            let gradient = store.get(&logits).unwrap().to_vec2::<f32>().unwrap();
            (found.to_vec1::<f32>().unwrap(), gradient)
        };
        assert_eq!(of(1), of(2));
    }

    #[test]
    fn arguments_that_do_not_fit_are_errors() {
        let logits = Tensor::new(&LOGITS, &Device::Cpu).unwrap();
        assert!(log_probs(&logits, &[0], Ops::Fused).is_err());
        assert!(log_probs(&logits, &[0, 3], Ops::Fused).is_err());
    }
}

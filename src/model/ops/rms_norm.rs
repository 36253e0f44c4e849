//! Root-mean-square normalisation (Zhang and Sennrich 2019): y = w x / sqrt(mean(x²) + ε), over the last dimension.
//!
//! A row whose squares overflow is not a number: x / infinity would be a row of zeros that hides a model gone wrong.

use super::{Ops, lanes, node::Node, numbers, on_cpu};
use candle_core::{CpuStorage, CustomOp2, D, DType, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// Rows that one task takes at a time.
const ROWS: usize = 64;

/// `x` [.., D] normalised and multiplied by `weight` [D], in the type that products are made of.
///
/// # Errors
/// Shapes that do not fit, as candle says it.
pub fn rms_norm(x: &Tensor, weight: &Tensor, eps: f64, ops: Ops) -> Result<Tensor> {
    match ops {
        Ops::Fused => x.apply_op2(weight, RmsNorm { eps: eps as f32 }),
        Ops::Plain | Ops::Bf16 => plain(x, weight, eps, ops.dtype()),
    }
}

// With r the inverse root, n = r x and h = w g:  dx = r (h - n mean(h n)),  dw = sum over rows of g n.
fn plain(x: &Tensor, weight: &Tensor, eps: f64, dtype: DType) -> Result<Tensor> {
    let (input, w) = (x.detach(), weight.detach());
    let wide = input.to_dtype(DType::F32)?;
    let root = (wide.sqr()?.mean_keepdim(D::Minus1)? + eps)?.sqrt()?;
    // 0 times infinity is not a number; all else stays as it is.
    let r = (&root + (&root * 0.0)?)?.recip()?;
    let y = wide.broadcast_mul(&r)?.broadcast_mul(&w)?.to_dtype(dtype)?;
    let backward = move |g: &Tensor| -> Result<[Tensor; 2]> {
        let g = g.to_dtype(DType::F32)?;
        let normed = input.to_dtype(DType::F32)?.broadcast_mul(&r)?;
        let dw = (&g * &normed)?.reshape(((), w.elem_count()))?.sum(0)?;
        let h = g.broadcast_mul(&w)?;
        let mean = (&h * &normed)?.mean_keepdim(D::Minus1)?;
        let dx = (h - normed.broadcast_mul(&mean)?)?.broadcast_mul(&r)?;
        Ok([dx.to_dtype(input.dtype())?, dw])
    };
    x.apply_op2(weight, Node::new("rms-norm", &y, backward)?)
}

struct RmsNorm {
    eps: f32,
}

impl RmsNorm {
    /// 1 / sqrt(mean(x²) + ε), not a number where x² overflows.
    #[inline(always)]
    fn inverse_root(&self, x: &[f32]) -> f32 {
        let mean = lanes::dot(x, x) / x.len() as f32;
        if mean.is_finite() {
            1.0 / (mean + self.eps).sqrt()
        } else {
            f32::NAN
        }
    }
}

impl CustomOp2 for RmsNorm {
    fn name(&self) -> &'static str {
        "rms-norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, weight) = (numbers(x, x_layout)?, numbers(weight, weight_layout)?);
        let width = weight.len();
        if width == 0 || x_layout.dims().last() != Some(&width) {
            candle_core::bail!("rms-norm: rows of {:?} for {width} weights", x_layout.dims());
        }
        let mut y = vec![0.0; x.len()];
        y.par_chunks_mut(ROWS * width)
            .zip(x.par_chunks(ROWS * width))
            .for_each(|(y, x)| {
                for (y, x) in y.chunks_exact_mut(width).zip(x.chunks_exact(width)) {
                    let r = self.inverse_root(x);
                    for ((y, x), w) in y.iter_mut().zip(x).zip(weight) {
                        *y = x * r * w;
                    }
                }
            });
        Ok((CpuStorage::F32(y), x_layout.shape().clone()))
    }

    // With r the inverse root and h = w g:  dx = r h - x r³ mean(h x),  dw = sum over rows of g x r.
    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        _y: &Tensor,
        g: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let g = g.contiguous()?;
        let ((xs, xl), (ws, wl), (gs, gl)) = (
            x.storage_and_layout(),
            weight.storage_and_layout(),
            g.storage_and_layout(),
        );
        let (xn, wn, gn) = (on_cpu(&xs, xl)?, on_cpu(&ws, wl)?, on_cpu(&gs, gl)?);
        let width = wn.len();
        let mut dx = vec![0.0; xn.len()];
        let block = ROWS * width;
        let partial: Vec<Vec<f32>> = dx
            .par_chunks_mut(block)
            .zip(xn.par_chunks(block))
            .zip(gn.par_chunks(block))
            .map(|((dx, x), g)| {
                let mut dw = vec![0.0; width];
                let rows = dx
                    .chunks_exact_mut(width)
                    .zip(x.chunks_exact(width))
                    .zip(g.chunks_exact(width));
                for ((dx, x), g) in rows {
                    let r = self.inverse_root(x);
                    for ((dx, g), w) in dx.iter_mut().zip(g).zip(wn) {
                        *dx = g * w;
                    }
                    let c = lanes::dot(dx, x) * r * r * r / width as f32;
                    for (((dx, dw), x), g) in dx.iter_mut().zip(&mut dw).zip(x).zip(g) {
                        *dx = *dx * r - x * c;
                        *dw += g * x * r;
                    }
                }
                dw
            })
            .collect();
        let mut dw = vec![0.0; width];
        for part in partial {
            for (dw, part) in dw.iter_mut().zip(part) {
                *dw += part;
            }
        }
        let dx = Tensor::from_vec(dx, x.shape(), x.device())?;
        Ok((Some(dx), Some(Tensor::from_vec(dw, weight.shape(), x.device())?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn a_row_whose_squares_overflow_is_not_a_number_and_the_others_are_normalised() {
        let x = Tensor::new(&[[1e20f32, -1e20], [3.0, 4.0]], &Device::Cpu).unwrap();
        let weight = Tensor::new(&[1f32, 1.0], &Device::Cpu).unwrap();
        for ops in [Ops::Fused, Ops::Plain] {
            let y = rms_norm(&x, &weight, 0.0, ops).unwrap().to_vec2::<f32>().unwrap();
            assert!(y[0].iter().all(|y| y.is_nan()), "{ops:?} {y:?}");
            let root = 12.5f32.sqrt();
            let right = [3.0 / root, 4.0 / root];
            assert!(
                y[1].iter().zip(right).all(|(y, r)| (y - r).abs() < 1e-6),
                "{ops:?} {y:?}"
            );
        }
    }
}

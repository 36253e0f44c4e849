//! y = x Wᵀ, without bias, for x of any leading dimensions.

use super::{Ops, numbers, on_cpu};
use crate::model::kernel::matmul::{Matrix, Threads, Write, multiply};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};

/// `x` [.., I] times the transpose of `weight` [O, I]: [.., O].
///
/// # Errors
/// Shapes that do not fit, as candle says it.
pub fn linear(x: &Tensor, weight: &Tensor, ops: Ops) -> Result<Tensor> {
    match ops {
        Ops::Fused => x.apply_op2(weight, Linear),
        Ops::Plain | Ops::Bf16 => {
            let (outputs, inputs) = weight.dims2()?;
            let mut shape = x.dims().to_vec();
            if let Some(last) = shape.last_mut() {
                *last = outputs;
            }
            let (x, weight) = (x.to_dtype(ops.dtype())?, weight.to_dtype(ops.dtype())?);
            x.reshape(((), inputs))?.matmul(&weight.t()?)?.reshape(shape)
        }
    }
}

struct Linear;

impl CustomOp2 for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, weight) = (numbers(x, x_layout)?, numbers(weight, weight_layout)?);
        let (outputs, inputs) = weight_layout.shape().dims2()?;
        let mut shape = x_layout.dims().to_vec();
        match shape.last_mut() {
            Some(last) if *last == inputs && inputs > 0 => *last = outputs,
            _ => candle_core::bail!("linear: rows of {:?} for {inputs} inputs", x_layout.dims()),
        }
        let rows = x.len() / inputs;
        let mut y = vec![0.0; rows * outputs];
        let (x, weight) = (
            Matrix::new(x, rows, inputs, inputs),
            Matrix::new(weight, outputs, inputs, inputs),
        );
        multiply(
            &mut y,
            outputs,
            x,
            weight.transposed(),
            1.0,
            Write::Replace,
            Threads::Pool,
        );
        Ok((CpuStorage::F32(y), Shape::from(shape)))
    }

    // dx = g W, dW = gᵀ x
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
        let (outputs, inputs) = weight.dims2()?;
        let rows = xn.len() / inputs;
        let (xn, wn, gn) = (
            Matrix::new(xn, rows, inputs, inputs),
            Matrix::new(wn, outputs, inputs, inputs),
            Matrix::new(gn, rows, outputs, outputs),
        );
        let (mut dx, mut dw) = (vec![0.0; rows * inputs], vec![0.0; outputs * inputs]);
        multiply(&mut dx, inputs, gn, wn, 1.0, Write::Replace, Threads::Pool);
        multiply(
            &mut dw,
            inputs,
            gn.transposed(),
            xn,
            1.0,
            Write::Replace,
            Threads::Pool,
        );
        Ok((
            Some(Tensor::from_vec(dx, x.shape(), x.device())?),
            Some(Tensor::from_vec(dw, weight.shape(), x.device())?),
        ))
    }
}

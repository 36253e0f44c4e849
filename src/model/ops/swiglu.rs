//! The gated activation of the MLP (Shazeer 2020): silu(gate) * up, with silu(a) = a / (1 + e^-a).

use super::{Ops, lanes, node::Node, numbers, on_cpu};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// Numbers that one task takes at a time.
const CHUNK: usize = 1 << 14;

/// silu(`gate`) * `up`, number by number; both of one shape.
///
/// # Errors
/// Shapes that differ, as candle says it.
pub fn swiglu(gate: &Tensor, up: &Tensor, ops: Ops) -> Result<Tensor> {
    match ops {
        Ops::Fused => gate.apply_op2(up, SwiGlu),
        Ops::Plain | Ops::Bf16 => plain(gate, up),
    }
}

// As below, with silu' = σ (1 - silu) + silu.
fn plain(gate: &Tensor, up: &Tensor) -> Result<Tensor> {
    let (a, b) = (gate.detach(), up.detach());
    let y = (a.silu()? * &b)?;
    let backward = move |g: &Tensor| -> Result<[Tensor; 2]> {
        let sigmoid = candle_nn::ops::sigmoid(&a)?;
        let silu = (&a * &sigmoid)?;
        let slope = ((sigmoid * silu.affine(-1.0, 1.0)?)? + &silu)?;
        Ok([((g * &b)? * slope)?, (g * silu)?])
    };
    gate.apply_op2(up, Node::new("swiglu", &y, backward)?)
}

#[inline(always)]
fn sigmoid(a: f32) -> f32 {
    1.0 / (1.0 + lanes::exp(-a))
}

struct SwiGlu;

impl CustomOp2 for SwiGlu {
    fn name(&self) -> &'static str {
        "swiglu"
    }

    fn cpu_fwd(
        &self,
        gate: &CpuStorage,
        gate_layout: &Layout,
        up: &CpuStorage,
        up_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (gate, up) = (numbers(gate, gate_layout)?, numbers(up, up_layout)?);
        if gate_layout.shape() != up_layout.shape() {
            candle_core::bail!("swiglu: {:?} and {:?}", gate_layout.shape(), up_layout.shape());
        }
        let mut y = vec![0.0; gate.len()];
        let chunks = y
            .par_chunks_mut(CHUNK)
            .zip(gate.par_chunks(CHUNK))
            .zip(up.par_chunks(CHUNK));
        chunks.for_each(|((y, gate), up)| {
            for ((y, &a), b) in y.iter_mut().zip(gate).zip(up) {
                *y = a * sigmoid(a) * b;
            }
        });
        Ok((CpuStorage::F32(y), gate_layout.shape().clone()))
    }

    // silu' = σ + silu (1 - σ)
    fn bwd(
        &self,
        gate: &Tensor,
        up: &Tensor,
        _y: &Tensor,
        g: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let g = g.contiguous()?;
        let ((a_s, a_l), (b_s, b_l), (g_s, g_l)) = (
            gate.storage_and_layout(),
            up.storage_and_layout(),
            g.storage_and_layout(),
        );
        let (a, b, g) = (on_cpu(&a_s, a_l)?, on_cpu(&b_s, b_l)?, on_cpu(&g_s, g_l)?);
        let (mut da, mut db) = (vec![0.0; a.len()], vec![0.0; b.len()]);
        let results = da.par_chunks_mut(CHUNK).zip(db.par_chunks_mut(CHUNK));
        let inputs = a
            .par_chunks(CHUNK)
            .zip(b.par_chunks(CHUNK))
            .zip(g.par_chunks(CHUNK));
        results.zip(inputs).for_each(|((da, db), ((a, b), g))| {
            let inputs = a.iter().zip(b).zip(g);
            for ((da, db), ((&a, b), g)) in da.iter_mut().zip(db).zip(inputs) {
                let sigmoid = sigmoid(a);
                let silu = a * sigmoid;
                *da = g * b * (sigmoid + silu * (1.0 - sigmoid));
                *db = g * silu;
            }
        });
        let device = gate.device();
        Ok((
            Some(Tensor::from_vec(da, gate.shape(), device)?),
            Some(Tensor::from_vec(db, up.shape(), device)?),
        ))
    }
}

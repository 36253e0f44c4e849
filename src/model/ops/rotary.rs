//! Rotary positions (Su et al. 2021), in the half-split order of Hugging Face's `rotate_half`:
//! number j of a head is paired with number j + head_dim / 2.

use super::{Ops, Sequences, node::Node, numbers, on_cpu, once};
use crate::model::{Config, rope::Angles};
use candle_core::{CpuStorage, CustomOp1, D, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// Rows that one task takes at a time.
const ROWS: usize = 64;

/// Cosines and sines of the first positions, [positions, head_dim / 2], for one forward pass.
pub struct Rotary {
    cos: Vec<f32>,
    sin: Vec<f32>,
    half: usize,
    /// See [`Rotary::tensors`]; made once for all layers.
    of_rows: OnceLock<(Tensor, Tensor)>,
}

impl Rotary {
    /// The angles of positions 0 to `positions - 1`.
    #[must_use]
    pub fn new(config: &Config, positions: usize) -> Self {
        let mut angles = Angles::new(config);
        angles.reach(positions);
        let half = config.head_dim / 2;
        let (cos, sin) = angles.into_tables();
        Rotary {
            cos,
            sin,
            half,
            of_rows: OnceLock::new(),
        }
    }

    /// The cosines and sines of every row, each [N, 1, half], beside `x` and of its type.
    fn tensors(&self, sequences: &Sequences, x: &Tensor) -> Result<(Tensor, Tensor)> {
        once(&self.of_rows, || {
            let rows = sequences.positions_tensor(x.device())?;
            let table = |angles: &[f32]| {
                let shape = (angles.len() / self.half, self.half);
                Tensor::from_slice(angles, shape, x.device())?
                    .index_select(&rows, 0)?
                    .unsqueeze(1)?
                    .to_dtype(x.dtype())
            };
            Ok((table(&self.cos)?, table(&self.sin)?))
        })
    }
}

/// `x` [N, heads * head_dim] with every head turned by the angles of its place in its sequence; `rotary` knows as many
/// positions as the longest one has.
///
/// # Errors
/// Shapes that do not fit, as candle says it.
pub fn rotate(x: &Tensor, rotary: &Arc<Rotary>, sequences: &Arc<Sequences>, ops: Ops) -> Result<Tensor> {
    match ops {
        Ops::Fused => x.apply_op1(Rotate {
            rotary: rotary.clone(),
            sequences: sequences.clone(),
            direction: 1.0,
        }),
        Ops::Plain | Ops::Bf16 => {
            let (cos, sin) = rotary.tensors(sequences, x)?;
            let y = turn(&x.detach(), &cos, &sin)?;
            // The transposed rotation turns back.
            let backward = move |g: &Tensor| turn(g, &cos, &sin.neg()?);
            x.apply_op1(Node::new("rotary", &y, backward)?)
        }
    }
}

/// `x` [N, heads * head_dim] with every head turned; the tables are [N, 1, head_dim / 2].
fn turn(x: &Tensor, cos: &Tensor, sin: &Tensor) -> Result<Tensor> {
    let ((n, width), half) = (x.dims2()?, cos.dim(D::Minus1)?);
    let heads = x.reshape((n, (), 2 * half))?;
    let (first, second) = (
        heads.narrow(D::Minus1, 0, half)?,
        heads.narrow(D::Minus1, half, half)?,
    );
    let turned = [
        (first.broadcast_mul(cos)? - second.broadcast_mul(sin)?)?,
        (first.broadcast_mul(sin)? + second.broadcast_mul(cos)?)?,
    ];
    Tensor::cat(&turned, D::Minus1)?.reshape((n, width))
}

struct Rotate {
    rotary: Arc<Rotary>,
    sequences: Arc<Sequences>,
    /// 1 turns forward; -1 turns back, which is also the transposed rotation that gradients need.
    direction: f32,
}

impl Rotate {
    fn apply(&self, x: &[f32], shape: &Shape) -> Result<Vec<f32>> {
        let (n, width) = shape.dims2()?;
        let Rotary { cos, sin, half, .. } = &*self.rotary;
        let known = cos.len() >= self.sequences.longest() * half && n == self.sequences.rows();
        if x.is_empty() || !known || !width.is_multiple_of(2 * half) {
            candle_core::bail!("rotary: {shape:?} for {} angles", cos.len());
        }
        let positions: Vec<u32> = self.sequences.positions().collect();
        let mut y = vec![0.0; x.len()];
        let blocks = y.par_chunks_mut(ROWS * width).zip(x.par_chunks(ROWS * width));
        blocks
            .zip(positions.par_chunks(ROWS))
            .for_each(|((y, x), positions)| {
                let rows = y.chunks_exact_mut(width).zip(x.chunks_exact(width));
                for ((y, x), position) in rows.zip(positions) {
                    let angle = *position as usize * half;
                    let (cos, sin) = (&cos[angle..][..*half], &sin[angle..][..*half]);
                    for (y, x) in y.chunks_exact_mut(2 * half).zip(x.chunks_exact(2 * half)) {
                        let ((y0, y1), (x0, x1)) = (y.split_at_mut(*half), x.split_at(*half));
                        let pairs = y0.iter_mut().zip(y1).zip(x0.iter().zip(x1));
                        for (((y0, y1), (x0, x1)), (c, s)) in pairs.zip(cos.iter().zip(sin)) {
                            let s = s * self.direction;
                            *y0 = x0 * c - x1 * s;
                            *y1 = x0 * s + x1 * c;
                        }
                    }
                }
            });
        Ok(y)
    }
}

impl CustomOp1 for Rotate {
    fn name(&self) -> &'static str {
        "rotary"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let y = self.apply(numbers(x, layout)?, layout.shape())?;
        Ok((CpuStorage::F32(y), layout.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, _y: &Tensor, g: &Tensor) -> Result<Option<Tensor>> {
        let back = Rotate {
            rotary: self.rotary.clone(),
            sequences: self.sequences.clone(),
            direction: -self.direction,
        };
        let g = g.contiguous()?;
        let (storage, layout) = g.storage_and_layout();
        let dx = back.apply(on_cpu(&storage, layout)?, x.shape())?;
        Ok(Some(Tensor::from_vec(dx, x.shape(), x.device())?))
    }
}

//! Rotary positions (Su et al. 2021), in the half-split order of Hugging Face's `rotate_half`:
//! number j of a head is paired with number j + head_dim / 2.

use super::{Ops, Sequences, node::Node, numbers, on_cpu};
use crate::model::{Config, rope::Angles};
use candle_core::{CpuStorage, CustomOp1, D, Device, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use std::sync::Arc;

/// Rows that one task takes at a time.
const ROWS: usize = 64;

/// How the rows of one forward pass turn, by their places in their sequences.
pub struct Rotary(Tables);

enum Tables {
    Fused(Arc<Positions>),
    /// Cosines and sines of every row, each [N, 1, head_dim / 2].
    Plain(Tensor, Tensor),
}

/// Cosines and sines of every position of the longest sequence, [positions, head_dim / 2].
struct Positions {
    cos: Vec<f32>,
    sin: Vec<f32>,
    half: usize,
    sequences: Arc<Sequences>,
}

impl Rotary {
    /// The angles of the rows of `sequences`, on `device`.
    ///
    /// # Errors
    /// candle's, when the device is short of memory.
    pub fn new(config: &Config, sequences: &Arc<Sequences>, ops: Ops, device: &Device) -> Result<Self> {
        let mut angles = Angles::new(config);
        angles.reach(sequences.longest());
        let half = config.head_dim / 2;
        let (cos, sin) = angles.into_tables();
        Ok(Self(match ops {
            Ops::Fused => Tables::Fused(Arc::new(Positions {
                cos,
                sin,
                half,
                sequences: sequences.clone(),
            })),
            Ops::Plain | Ops::Bf16 => {
                let rows = Tensor::from_iter(sequences.positions(), device)?;
                let of_rows = |angles: Vec<f32>| {
                    Tensor::from_vec(angles, ((), half), device)?
                        .index_select(&rows, 0)?
                        .unsqueeze(1)?
                        .to_dtype(ops.dtype())
                };
                Tables::Plain(of_rows(cos)?, of_rows(sin)?)
            }
        }))
    }
}

/// `x` [N, heads * head_dim] with every head turned by the angles of its row.
///
/// # Errors
/// Shapes that do not fit, as candle says it.
pub fn rotate(x: &Tensor, rotary: &Rotary) -> Result<Tensor> {
    match &rotary.0 {
        Tables::Fused(positions) => x.apply_op1(Rotate {
            positions: positions.clone(),
            direction: 1.0,
        }),
        Tables::Plain(cos, sin) => {
            let (cos, sin) = (cos.clone(), sin.clone());
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
    positions: Arc<Positions>,
    /// 1 turns forward; -1 turns back, which is also the transposed rotation that gradients need.
    direction: f32,
}

impl Rotate {
    fn apply(&self, x: &[f32], shape: &Shape) -> Result<Vec<f32>> {
        let (n, width) = shape.dims2()?;
        let Positions {
            cos,
            sin,
            half,
            sequences,
        } = &*self.positions;
        if x.is_empty() || n != sequences.rows() || !width.is_multiple_of(2 * half) {
            candle_core::bail!(
                "rotary: {shape:?} for {} rows with heads of {}",
                sequences.rows(),
                2 * half
            );
        }
        let positions: Vec<u32> = sequences.positions().collect();
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
            positions: self.positions.clone(),
            direction: -self.direction,
        };
        let g = g.contiguous()?;
        let (storage, layout) = g.storage_and_layout();
        let dx = back.apply(on_cpu(&storage, layout)?, x.shape())?;
        Ok(Some(Tensor::from_vec(dx, x.shape(), x.device())?))
    }
}

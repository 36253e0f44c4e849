//! Causal attention with grouped key and value heads (Vaswani et al. 2017; Ainslie et al. 2023).
//!
//! The fused form never holds the T x T matrix of one head: it goes through blocks of rows, sees only the columns at
//! or before them, and computes the probabilities a second time in the backward pass instead of keeping them
//! (Dao et al. 2022). Simplification: the backward pass is parallel over the sequences alone.

pub(super) mod plain;

use super::{Ops, Sequences, lanes, numbers, on_cpu};
use crate::model::Config;
use crate::model::kernel::matmul::{Matrix, Threads, Write, multiply};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use std::sync::Arc;

/// Rows of queries handled together.
const ROWS: usize = 64;

/// What every row of `q` [N, H·h] gathers from the values `v` at or before it in its sequence, by the keys `k`
/// (both [N, K·h]): [N, H·h].
///
/// # Errors
/// Shapes that do not fit `config` or `sequences`, as candle says it.
pub fn attention(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    sequences: &Arc<Sequences>,
    config: &Config,
    ops: Ops,
) -> Result<Tensor> {
    let heads = Heads {
        queries: config.num_attention_heads,
        keys: config.num_key_value_heads,
        width: config.head_dim,
    };
    match ops {
        Ops::Fused => q.apply_op3(
            k,
            v,
            Attention {
                heads,
                sequences: sequences.clone(),
            },
        ),
        Ops::Plain | Ops::Bf16 => plain::attend(q, k, v, sequences, heads),
    }
}

/// H query heads share K key and value heads; all have one width h.
#[derive(Clone, Copy)]
struct Heads {
    queries: usize,
    keys: usize,
    width: usize,
}

impl Heads {
    fn scale(&self) -> f64 {
        1.0 / (self.width as f64).sqrt()
    }
}

/// One head of one sequence: rows of `width` numbers whose beginnings are `stride` apart.
#[derive(Clone, Copy)]
struct Head<'a> {
    data: &'a [f32],
    stride: usize,
    width: usize,
}

impl<'a> Head<'a> {
    fn new(sequence: &'a [f32], head: usize, heads: usize, width: usize) -> Self {
        Head {
            data: &sequence[head * width..],
            stride: heads * width,
            width,
        }
    }

    fn rows(&self, first: usize, rows: usize) -> Matrix<'a> {
        Matrix::new(&self.data[first * self.stride..], rows, self.width, self.stride)
    }
}

/// Probabilities of `rows` queries from position `first` over the `first + rows` positions they may see,
/// [rows, first + rows]; columns after a row's own position are 0.
fn probabilities(p: &mut [f32], q: Head<'_>, k: Head<'_>, first: usize, rows: usize, scale: f32) {
    let seen = first + rows;
    let keys = k.rows(0, seen).transposed();
    multiply(
        p,
        seen,
        q.rows(first, rows),
        keys,
        scale,
        Write::Replace,
        Threads::One,
    );
    for (row, p) in p.chunks_exact_mut(seen).enumerate() {
        let (past, future) = p.split_at_mut(first + row + 1);
        lanes::softmax(past);
        future.fill(0.0);
    }
}

struct Attention {
    heads: Heads,
    sequences: Arc<Sequences>,
}

impl Attention {
    /// Whether q, k and v have the shapes that the heads ask for and nothing is empty.
    fn check(&self, q: &[usize], k: &[usize], v: &[usize]) -> Result<()> {
        let Heads { queries, keys, width } = self.heads;
        let n = self.sequences.rows();
        if q == [n, queries * width] && k == [n, keys * width] && v == k && n * width > 0 {
            return Ok(());
        }
        candle_core::bail!(
            "attention: {q:?}, {k:?} and {v:?} for {n} rows, {queries} and {keys} heads of {width}"
        )
    }

    /// Gradients of one sequence, written to `dq`, and added to `dk` and `dv`.
    fn backward(&self, [q, k, v, g]: [&[f32]; 4], dq: &mut [f32], dk: &mut [f32], dv: &mut [f32]) {
        let Heads { queries, keys, width } = self.heads;
        let (scale, group) = (self.heads.scale() as f32, queries / keys);
        let (wide, narrow) = (queries * width, keys * width);
        let t = q.len() / wide;
        let (mut p, mut ds) = (vec![0.0; ROWS * t], vec![0.0; ROWS * t]);
        for head in 0..queries {
            let key = head / group;
            let [q, g] = [q, g].map(|x| Head::new(x, head, queries, width));
            let [k, v] = [k, v].map(|x| Head::new(x, key, keys, width));
            let (dk, dv) = (&mut dk[key * width..], &mut dv[key * width..]);
            for first in (0..t).step_by(ROWS) {
                let rows = ROWS.min(t - first);
                let seen = first + rows;
                let (p, ds) = (&mut p[..rows * seen], &mut ds[..rows * seen]);
                probabilities(p, q, k, first, rows, scale);
                // ds starts as dP = g Vᵀ and becomes dS = P (dP - rowsum(P dP)) / sqrt(h).
                let values = v.rows(0, seen).transposed();
                multiply(
                    ds,
                    seen,
                    g.rows(first, rows),
                    values,
                    1.0,
                    Write::Replace,
                    Threads::One,
                );
                for (p, ds) in p.chunks_exact(seen).zip(ds.chunks_exact_mut(seen)) {
                    let mean = lanes::dot(p, ds);
                    for (ds, p) in ds.iter_mut().zip(p) {
                        *ds = p * (*ds - mean) * scale;
                    }
                }
                let (p, ds) = (
                    Matrix::new(p, rows, seen, seen),
                    Matrix::new(ds, rows, seen, seen),
                );
                let dq = &mut dq[first * wide + head * width..];
                multiply(dq, wide, ds, k.rows(0, seen), 1.0, Write::Replace, Threads::One);
                multiply(
                    dk,
                    narrow,
                    ds.transposed(),
                    q.rows(first, rows),
                    1.0,
                    Write::Add,
                    Threads::One,
                );
                multiply(
                    dv,
                    narrow,
                    p.transposed(),
                    g.rows(first, rows),
                    1.0,
                    Write::Add,
                    Threads::One,
                );
            }
        }
    }
}

impl CustomOp3 for Attention {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(
        &self,
        q: &CpuStorage,
        q_layout: &Layout,
        k: &CpuStorage,
        k_layout: &Layout,
        v: &CpuStorage,
        v_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        self.check(q_layout.dims(), k_layout.dims(), v_layout.dims())?;
        let (q, k, v) = (
            numbers(q, q_layout)?,
            numbers(k, k_layout)?,
            numbers(v, v_layout)?,
        );
        let Heads { queries, keys, width } = self.heads;
        let (scale, group) = (self.heads.scale() as f32, queries / keys);
        let (wide, narrow) = (queries * width, keys * width);
        let mut out = vec![0.0; q.len()];
        let split = |x| self.sequences.split(x, narrow);
        let inputs = self
            .sequences
            .split(q, wide)
            .into_par_iter()
            .zip(split(k))
            .zip(split(v));
        let outputs = self.sequences.split_mut(&mut out, wide);
        outputs
            .into_par_iter()
            .zip(inputs)
            .for_each(|(out, ((q, k), v))| {
                let t = q.len() / wide;
                let blocks = out.par_chunks_mut(ROWS * wide).enumerate();
                blocks.for_each_init(
                    || vec![0.0; ROWS * t],
                    |p, (block, out)| {
                        let (first, rows) = (block * ROWS, out.len() / wide);
                        let seen = first + rows;
                        let p = &mut p[..rows * seen];
                        for head in 0..queries {
                            let q = Head::new(q, head, queries, width);
                            let [k, v] = [k, v].map(|x| Head::new(x, head / group, keys, width));
                            probabilities(p, q, k, first, rows, scale);
                            let (p, out) = (Matrix::new(p, rows, seen, seen), &mut out[head * width..]);
                            multiply(out, wide, p, v.rows(0, seen), 1.0, Write::Replace, Threads::One);
                        }
                    },
                );
            });
        Ok((CpuStorage::F32(out), q_layout.shape().clone()))
    }

    fn bwd(
        &self,
        q: &Tensor,
        k: &Tensor,
        v: &Tensor,
        _o: &Tensor,
        g: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        self.check(q.dims(), k.dims(), v.dims())?;
        let (wide, narrow) = (
            self.heads.queries * self.heads.width,
            self.heads.keys * self.heads.width,
        );
        let g = g.contiguous()?;
        let ((qs, ql), (ks, kl), (vs, vl), (gs, gl)) = (
            q.storage_and_layout(),
            k.storage_and_layout(),
            v.storage_and_layout(),
            g.storage_and_layout(),
        );
        let (qn, kn, vn, gn) = (
            on_cpu(&qs, ql)?,
            on_cpu(&ks, kl)?,
            on_cpu(&vs, vl)?,
            on_cpu(&gs, gl)?,
        );
        let (mut dq, mut dk, mut dv) = (vec![0.0; qn.len()], vec![0.0; kn.len()], vec![0.0; vn.len()]);
        let s = &self.sequences;
        let inputs = s.split(qn, wide).into_par_iter().zip(s.split(gn, wide));
        let inputs = inputs.zip(s.split(kn, narrow).into_par_iter().zip(s.split(vn, narrow)));
        let results = s
            .split_mut(&mut dk, narrow)
            .into_par_iter()
            .zip(s.split_mut(&mut dv, narrow));
        let results = s.split_mut(&mut dq, wide).into_par_iter().zip(results);
        results
            .zip(inputs)
            .for_each(|((dq, (dk, dv)), ((q, g), (k, v)))| {
                self.backward([q, k, v, g], dq, dk, dv);
            });
        let tensor = |x, like: &Tensor| Tensor::from_vec(x, like.shape(), like.device()).map(Some);
        Ok((tensor(dq, q)?, tensor(dk, k)?, tensor(dv, v)?))
    }
}

//! Attention from tensor operations of candle, on any device: sequences of about one length make a group, padded to its
//! longest. Products in the type of the arguments, softmax in f32.
//!
//! Simplification: the probabilities are kept for the backward pass, T numbers for every row and head.

use super::Heads;
use crate::model::ops::{Sequences, join, node::Node};
use candle_core::{D, DType, Device, Result, Tensor};
use std::{cmp::Reverse, sync::Arc};

/// The sequences of a step in groups.
pub struct Plan {
    groups: Vec<Group>,
    /// The place of every row among those of all groups; `None` when they are in order.
    back: Option<Tensor>,
}

/// Sequences that are computed together.
#[derive(Clone)]
struct Group {
    /// Sequences, B.
    sequences: usize,
    /// Rows of the longest, T.
    longest: usize,
    /// The row at every place, `[B * T]`; N, a row of zeros, behind the end of a sequence. `None`: all rows, in order.
    rows: Option<Tensor>,
    /// What is added to scores, `[T, T]`.
    mask: Tensor,
}

/// What a group's backward pass needs; `[B * K, .., h]`.
struct Past {
    /// Divided by the root of h.
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    probabilities: Tensor,
    gathered: Tensor,
}

/// As [`super::attention`].
pub(super) fn attend(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    sequences: &Arc<Sequences>,
    heads: Heads,
) -> Result<Tensor> {
    let plan = sequences.plan(q.device())?;
    let (mut gathered, mut pasts) = (Vec::new(), Vec::new());
    for group in &plan.groups {
        let past = group.forward([q, k, v], heads)?;
        gathered.push(heads.merge(&past.gathered, group, heads.queries)?);
        pasts.push(past);
    }
    let value = plan.join(&gathered)?;
    let backward = move |g: &Tensor| -> Result<[Tensor; 3]> {
        let mut gradients = [Vec::new(), Vec::new(), Vec::new()];
        for (group, past) in plan.groups.iter().zip(&pasts) {
            let parts = group.backward(past, g, heads)?;
            for (all, part) in gradients.iter_mut().zip(parts) {
                all.push(part);
            }
        }
        let [q, k, v] = gradients;
        Ok([plan.join(&q)?, plan.join(&k)?, plan.join(&v)?])
    };
    q.apply_op3(k, v, Node::new("attention", &value, backward)?)
}

impl Plan {
    /// A plan for sequences of these lengths.
    pub fn new(lengths: &[usize], device: &Device) -> Result<Self> {
        let rows: usize = lengths.iter().sum();
        let starts: Vec<usize> = lengths
            .iter()
            .scan(0, |next, length| {
                let start = *next;
                *next += length;
                Some(start)
            })
            .collect();
        let mut order: Vec<usize> = (0..lengths.len()).filter(|i| lengths[*i] > 0).collect();
        order.sort_by_key(|i| Reverse(lengths[*i]));
        let (mut groups, mut rest, mut back, mut place) =
            (Vec::new(), order.as_slice(), vec![0_u32; rows], 0);
        while let Some(first) = rest.first() {
            let longest = lengths[*first];
            // At most half of a group is padding.
            let count = rest.iter().take_while(|i| 2 * lengths[**i] >= longest).count();
            let (members, others) = rest.split_at(count);
            rest = others;
            let mut places = Vec::with_capacity(count * longest);
            for &i in members {
                for at in 0..longest {
                    let there = at < lengths[i];
                    places.push(if there {
                        (starts[i] + at) as u32
                    } else {
                        rows as u32
                    });
                    if there {
                        back[starts[i] + at] = place;
                    }
                    place += 1;
                }
            }
            let hidden = |i: usize| (0..longest).map(move |j| if j > i { f32::NEG_INFINITY } else { 0.0 });
            let mask: Vec<f32> = (0..longest).flat_map(hidden).collect();
            groups.push(Group {
                sequences: count,
                longest,
                rows: Some(Tensor::new(places, device)?),
                mask: Tensor::from_vec(mask, (longest, longest), device)?,
            });
        }
        let in_order = place as usize == rows && back.is_sorted();
        if let ([only], true) = (groups.as_mut_slice(), in_order) {
            only.rows = None;
            return Ok(Self { groups, back: None });
        }
        Ok(Self {
            groups,
            back: Some(Tensor::new(back, device)?),
        })
    }

    /// The rows of all groups, in the order of the step.
    fn join(&self, parts: &[Tensor]) -> Result<Tensor> {
        join(parts, self.back.as_ref())
    }
}

impl Group {
    /// `x` [N, width] at the group's places, `[B * T, width]`.
    fn take(&self, x: &Tensor) -> Result<Tensor> {
        match &self.rows {
            Some(rows) => x.pad_with_zeros(0, 0, 1)?.index_select(rows, 0),
            None => Ok(x.clone()),
        }
    }

    fn forward(&self, [q, k, v]: [&Tensor; 3], heads: Heads) -> Result<Past> {
        let (b, t) = (self.sequences, self.longest);
        let split = |x: &Tensor, count| heads.split(&self.take(&x.detach())?, self, count);
        let queries = (split(q, heads.queries)? * heads.scale())?;
        let (keys, values) = (split(k, heads.keys)?, split(v, heads.keys)?);
        let scores = queries.matmul(&keys.transpose(1, 2)?)?.to_dtype(DType::F32)?;
        let scores = scores
            .reshape((b * heads.queries, t, t))?
            .broadcast_add(&self.mask)?;
        let probabilities = candle_nn::ops::softmax_last_dim(&scores)?.to_dtype(q.dtype())?;
        let probabilities = probabilities.reshape((b * heads.keys, (), t))?;
        Ok(Past {
            gathered: probabilities.matmul(&values)?,
            queries,
            keys,
            values,
            probabilities,
        })
    }

    // With P the probabilities and O what was gathered: dV = Pᵀ g, dP = g Vᵀ, dS = P (dP - rowsum(g O)).
    fn backward(&self, past: &Past, g: &Tensor, heads: Heads) -> Result<[Tensor; 3]> {
        let wide = |x: &Tensor| x.to_dtype(DType::F32);
        let (dtype, g) = (g.dtype(), heads.split(&self.take(g)?, self, heads.queries)?);
        let dv = past.probabilities.transpose(1, 2)?.matmul(&g)?;
        let dp = g.matmul(&past.values.transpose(1, 2)?)?;
        let mean = (wide(&g)? * wide(&past.gathered)?)?.sum_keepdim(D::Minus1)?;
        let ds = (wide(&dp)?.broadcast_sub(&mean)? * wide(&past.probabilities)?)?.to_dtype(dtype)?;
        let dq = (ds.matmul(&past.keys)? * heads.scale())?;
        let dk = ds.transpose(1, 2)?.matmul(&past.queries)?;
        Ok([
            heads.merge(&dq, self, heads.queries)?,
            heads.merge(&dk, self, heads.keys)?,
            heads.merge(&dv, self, heads.keys)?,
        ])
    }
}

impl Heads {
    /// `x` [B * T, count · h] by key head: `[B * K, count / K · T, h]`, so that each key head meets its group of queries
    /// in one product.
    fn split(&self, x: &Tensor, group: &Group, count: usize) -> Result<Tensor> {
        let (b, t, each) = (group.sequences, group.longest, count / self.keys);
        x.reshape((b, t, self.keys, each, self.width))?
            .permute((0, 2, 3, 1, 4))?
            .contiguous()?
            .reshape((b * self.keys, each * t, self.width))
    }

    /// The way back from [`Heads::split`].
    fn merge(&self, x: &Tensor, group: &Group, count: usize) -> Result<Tensor> {
        let (b, t, each) = (group.sequences, group.longest, count / self.keys);
        x.reshape((b, self.keys, each, t, self.width))?
            .permute((0, 3, 1, 2, 4))?
            .contiguous()?
            .reshape((b * t, count * self.width))
    }
}

//! Attention of many sequences at once: those that read equally many rows in a step make a group, padded to the longest.

use super::Pool;
use crate::model::{Cache, Config, fast::Row, kernel::BLOCK, ops::join};
use candle_core::{DType, Device, Result, Tensor};
use std::collections::BTreeMap;

/// Positions that are gathered at once, padding included: bounds the memory of a group.
const POSITIONS: usize = 1 << 18;

/// How the rows of a step look at their pasts.
pub struct Plan {
    groups: Vec<Group>,
    /// For every row of the step its place among the rows of all groups; `None` when they are in order.
    back: Option<Tensor>,
}

/// Sequences with equally many rows.
struct Group {
    /// Sequences, S.
    sequences: usize,
    /// Rows of each, Q.
    rows: usize,
    /// Positions of the longest, T.
    longest: usize,
    /// Which rows of the step, `[S * Q]`; `None` when they are all of them, in order.
    which: Option<Tensor>,
    /// Rows of the pool, `[S * T]`.
    past: Tensor,
    /// What is added to scores, by how far a layer looks back: `[S, 1, 1, Q, T]`.
    masks: BTreeMap<Option<usize>, Tensor>,
}

impl Plan {
    /// A plan for `rows` at `positions`, which are in the cache.
    pub fn new(
        rows: &[Row],
        positions: &[usize],
        cache: &Cache,
        config: &Config,
        device: &Device,
    ) -> Result<Self> {
        // Rows of each sequence in order, sequences by their first row.
        let mut by_slot: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (i, row) in rows.iter().enumerate() {
            by_slot.entry(row.slot).or_default().push(i);
        }
        let mut sequences: Vec<Vec<usize>> = by_slot.into_values().collect();
        let end = |of: &Vec<usize>| of.last().map_or(0, |&i| positions[i] + 1);
        sequences.sort_by_key(|of| (of.len(), of.first().copied()));
        let (mut groups, mut order, mut rest) = (Vec::new(), Vec::new(), sequences.as_slice());
        while let Some(first) = rest.first() {
            let (mut count, mut longest) = (0, 0);
            for of in rest.iter().take_while(|of| of.len() == first.len()) {
                let padded = longest.max(end(of));
                if count > 0 && (count + 1) * padded > POSITIONS {
                    break;
                }
                (count, longest) = (count + 1, padded);
            }
            let (members, others) = rest.split_at(count);
            rest = others;
            order.extend(members.iter().flatten().map(|&i| i as u32));
            groups.push(Group::new(
                members,
                (rows, positions),
                longest,
                cache,
                config,
                device,
            )?);
        }
        if order.is_sorted() {
            if let [only] = groups.as_mut_slice() {
                only.which = None;
            }
            return Ok(Self { groups, back: None });
        }
        let mut back = vec![0; order.len()];
        for (place, &row) in (0_u32..).zip(&order) {
            back[row as usize] = place;
        }
        let back = Tensor::new(back, device)?;
        Ok(Self {
            groups,
            back: Some(back),
        })
    }

    /// What each query `[rows, H * head_dim]` gathers from its past in layer `layer`.
    pub fn attend(&self, layer: usize, queries: &Tensor, pool: &Pool, config: &Config) -> Result<Tensor> {
        let window = config.window(layer);
        let all = self
            .groups
            .iter()
            .map(|group| group.attend(layer, window, queries, pool, config));
        join(&all.collect::<Result<Vec<_>>>()?, self.back.as_ref())
    }
}

impl Group {
    fn new(
        members: &[Vec<usize>],
        (rows, positions): (&[Row], &[usize]),
        longest: usize,
        cache: &Cache,
        config: &Config,
        device: &Device,
    ) -> Result<Self> {
        let (sequences, each) = (members.len(), members.first().map_or(0, Vec::len));
        let mut past = Vec::with_capacity(sequences * longest);
        for of in members {
            let slot = of.first().map_or(0, |&i| rows[i].slot);
            let table = cache.table(slot);
            // Past a sequence's end stands any row; the mask hides it.
            past.extend((0..longest).map(|position| {
                table
                    .get(position / BLOCK)
                    .map_or(0, |block| block * BLOCK as u32 + (position % BLOCK) as u32)
            }));
        }
        let mut windows: Vec<Option<usize>> = (0..config.num_hidden_layers)
            .map(|layer| config.window(layer))
            .collect();
        windows.sort_unstable();
        windows.dedup();
        let mask = |window: Option<usize>| {
            let mut mask = Vec::with_capacity(sequences * each * longest);
            for &i in members.iter().flatten() {
                let end = positions[i] + 1;
                let first = window.map_or(0, |window| end.saturating_sub(window));
                mask.extend((0..longest).map(|position| {
                    if (first..end).contains(&position) {
                        0.0
                    } else {
                        f32::NEG_INFINITY
                    }
                }));
            }
            Tensor::from_vec(mask, (sequences, 1, 1, each, longest), device)
        };
        let which: Vec<u32> = members.iter().flatten().map(|&i| i as u32).collect();
        Ok(Self {
            sequences,
            rows: each,
            longest,
            which: Some(Tensor::new(which, device)?),
            past: Tensor::new(past, device)?,
            masks: windows
                .into_iter()
                .map(|window| Ok((window, mask(window)?)))
                .collect::<Result<_>>()?,
        })
    }

    fn attend(
        &self,
        layer: usize,
        window: Option<usize>,
        queries: &Tensor,
        pool: &Pool,
        config: &Config,
    ) -> Result<Tensor> {
        let (s, q, t) = (self.sequences, self.rows, self.longest);
        let (heads, kv, dim) = (
            config.num_attention_heads,
            config.num_key_value_heads,
            config.head_dim,
        );
        let shared = heads / kv;
        let queries = match &self.which {
            Some(which) => queries.index_select(which, 0)?,
            None => queries.clone(),
        };
        let dtype = queries.dtype();
        let queries = queries
            .reshape((s, q, kv, shared, dim))?
            .permute((0, 2, 3, 1, 4))?;
        let queries = queries.contiguous()?.reshape((s * kv, shared * q, dim))?;
        let (keys, values) = pool.gather(layer, &self.past)?;
        let by_head = |table: Tensor| {
            let table = table.reshape((s, t, kv, dim))?.transpose(1, 2)?.contiguous()?;
            table.reshape((s * kv, t, dim))
        };
        let (keys, values) = (by_head(keys)?, by_head(values)?);
        let scores = queries.matmul(&keys.transpose(1, 2)?)?.to_dtype(DType::F32)?;
        let scores = (scores * (1.0 / (dim as f64).sqrt()))?.reshape((s, kv, shared, q, t))?;
        let scores = match self.masks.get(&window) {
            Some(mask) => scores.broadcast_add(mask)?,
            None => scores,
        };
        let shares = candle_nn::ops::softmax_last_dim(&scores)?.to_dtype(dtype)?;
        let gathered = shares.reshape((s * kv, shared * q, t))?.matmul(&values)?;
        let gathered = gathered
            .reshape((s, kv, shared, q, dim))?
            .permute((0, 3, 1, 2, 4))?;
        gathered.contiguous()?.reshape((s * q, heads * dim))
    }
}

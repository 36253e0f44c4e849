//! Sequences that lie one after the other in the rows of a tensor: nothing is padded, and none sees another.

use super::attention::plain::Plan;
use candle_core::{Device, Result};
use std::sync::{Arc, OnceLock};

/// How N rows split into sequences.
pub struct Sequences {
    lengths: Vec<usize>,
    plan: OnceLock<Arc<Plan>>,
}

impl Sequences {
    /// Sequences of these lengths; empty ones take no rows.
    #[must_use]
    pub fn new(lengths: Vec<usize>) -> Self {
        Self {
            lengths,
            plan: OnceLock::new(),
        }
    }

    /// B sequences of T rows each.
    #[must_use]
    pub fn even(b: usize, t: usize) -> Self {
        Self::new(vec![t; b])
    }

    /// Their lengths.
    #[must_use]
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// All rows, N.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.lengths.iter().sum()
    }

    /// The longest one.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.lengths.iter().copied().max().unwrap_or(0)
    }

    /// The place of every row in its sequence, from 0.
    pub fn positions(&self) -> impl Iterator<Item = u32> {
        self.lengths.iter().flat_map(|length| (0u32..).take(*length))
    }

    /// How attention pads them, where it does, on the device of the first pass; made once for all layers.
    pub(super) fn plan(&self, device: &Device) -> Result<Arc<Plan>> {
        if let Some(plan) = self.plan.get() {
            return Ok(plan.clone());
        }
        let plan = Arc::new(Plan::new(&self.lengths, device)?);
        Ok(self.plan.get_or_init(|| plan).clone())
    }

    /// `x` [N, `width`] cut into the sequences.
    pub(super) fn split<'a>(&self, mut x: &'a [f32], width: usize) -> Vec<&'a [f32]> {
        let cut = |length: &usize| {
            let (part, rest) = x.split_at((length * width).min(x.len()));
            x = rest;
            part
        };
        self.lengths.iter().map(cut).collect()
    }

    /// `x` [N, `width`] cut into the sequences, to be written.
    pub(super) fn split_mut<'a>(&self, mut x: &'a mut [f32], width: usize) -> Vec<&'a mut [f32]> {
        let cut = |length: &usize| {
            let all = std::mem::take(&mut x);
            let (part, rest) = all.split_at_mut((length * width).min(all.len()));
            x = rest;
            part
        };
        self.lengths.iter().map(cut).collect()
    }
}

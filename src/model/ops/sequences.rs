//! Sequences that lie one after the other in the rows of a tensor: nothing is padded, and none sees another.

use candle_core::{Device, Result, Tensor};

/// How N rows split into sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequences {
    lengths: Vec<usize>,
}

impl Sequences {
    /// Sequences of these lengths; empty ones take no rows.
    #[must_use]
    pub fn new(lengths: Vec<usize>) -> Self {
        Self { lengths }
    }

    /// B sequences of T rows each.
    #[must_use]
    pub fn even(b: usize, t: usize) -> Self {
        Self { lengths: vec![t; b] }
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

    /// B and T, when all have one length.
    #[must_use]
    pub fn as_even(&self) -> Option<(usize, usize)> {
        let first = *self.lengths.first()?;
        self.lengths
            .iter()
            .all(|length| *length == first)
            .then_some((self.lengths.len(), first))
    }

    /// The place of every row in its sequence, from 0.
    pub fn positions(&self) -> impl Iterator<Item = u32> {
        self.lengths.iter().flat_map(|length| (0u32..).take(*length))
    }

    /// [`Sequences::positions`] as a tensor [N].
    pub(super) fn positions_tensor(&self, device: &Device) -> Result<Tensor> {
        Tensor::from_iter(self.positions(), device)
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

//! What attention remembers of each running sequence.
//!
//! A slot holds one sequence as blocks of sixteen positions, each with the keys and values of all layers and heads,
//! so that growing is appending and a fork copies the blocks before the branch point.
//! Simplification: forks copy instead of sharing blocks; the prompt's keys are small beside what is generated.

use crate::model::{
    Config,
    kernel::{Attention, BLOCK},
};

/// Keys and values of any number of sequences, and the scratch memory of the forward that fills them.
pub struct Cache {
    slots: Vec<Slot>,
    free: Vec<usize>,
    shape: Attention,
    pub(super) scratch: Scratch,
}

#[derive(Default)]
struct Slot {
    /// `[block, layer, kv head, keys then values]`, see [`Attention`].
    blocks: Vec<f32>,
    len: usize,
}

/// Buffers of one step, kept so that a step allocates nothing.
#[derive(Default)]
pub(super) struct Scratch {
    /// Residual stream `[rows, D]`.
    pub x: Vec<f32>,
    /// Normed residual stream `[rows, D]`, or of the rows that want logits.
    pub normed: Vec<f32>,
    /// Queries, keys and values `[rows, (H + 2 K) * head_dim]`.
    pub qkv: Vec<f32>,
    /// What the heads gathered `[rows, H * head_dim]`.
    pub gathered: Vec<f32>,
    /// Gate and up projections `[rows, 2 F]`.
    pub gate_up: Vec<f32>,
    /// Gated `[rows, F]`.
    pub gated: Vec<f32>,
    /// What a projection adds to the stream `[rows, D]`, or logits `[wanted, V]`.
    pub out: Vec<f32>,
    /// Attention scores `[positions]`.
    pub scores: Vec<f32>,
    /// Positions of the step's rows.
    pub positions: Vec<usize>,
    /// Rotary tables `[position, head_dim / 2]`, as far as positions have gone.
    pub cos: Vec<f32>,
    /// See `cos`.
    pub sin: Vec<f32>,
}

impl Cache {
    /// An empty cache for models of this shape.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let shape = Attention {
            heads: config.num_attention_heads,
            kv_heads: config.num_key_value_heads,
            head_dim: config.head_dim,
            block_stride: 0,
            layer: 0,
        };
        let block_stride = config.num_hidden_layers * config.num_key_value_heads * shape.head_stride();
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            shape: Attention {
                block_stride,
                ..shape
            },
            scratch: Scratch::default(),
        }
    }

    /// Opens an empty sequence and returns its slot.
    pub fn open(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() - 1
        })
    }

    /// Positions that stand in `slot`; 0 for one that was never opened.
    #[must_use]
    pub fn len(&self, slot: usize) -> usize {
        self.slots.get(slot).map_or(0, |slot| slot.len)
    }

    /// Whether nothing stands in `slot`.
    #[must_use]
    pub fn is_empty(&self, slot: usize) -> bool {
        self.len(slot) == 0
    }

    /// Opens a sequence that begins with the first `len` positions of `from` (all of them if it has fewer).
    pub fn fork(&mut self, from: usize, len: usize) -> usize {
        let to = self.open();
        let len = len.min(self.len(from));
        let floats = len.div_ceil(BLOCK) * self.shape.block_stride;
        if from != to && len > 0 {
            // The two slots are told apart by index, so one can be read while the other is written.
            let mut blocks = std::mem::take(&mut self.slots[to].blocks);
            blocks.extend_from_slice(&self.slots[from].blocks[..floats]);
            self.slots[to] = Slot { blocks, len };
        }
        to
    }

    /// Forgets the positions of `slot` from `len` on.
    pub fn truncate(&mut self, slot: usize, len: usize) {
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.len = slot.len.min(len);
        }
    }

    /// Gives `slot` back; its memory is kept for the next sequence.
    pub fn close(&mut self, slot: usize) {
        if let Some(open) = self.slots.get_mut(slot)
            && !self.free.contains(&slot)
        {
            open.len = 0;
            open.blocks.clear();
            self.free.push(slot);
        }
    }

    /// Adds one position to `slot` and returns it; `None` when there is no such slot.
    pub(super) fn extend(&mut self, slot: usize) -> Option<usize> {
        let stride = self.shape.block_stride;
        let slot = self.slots.get_mut(slot)?;
        let position = slot.len;
        slot.len += 1;
        let floats = slot.len.div_ceil(BLOCK) * stride;
        if slot.blocks.len() < floats {
            slot.blocks.resize(floats, 0.0);
        }
        Some(position)
    }

    /// The blocks of `slot` and how layer `layer` lies in them.
    pub(super) fn layer(&mut self, slot: usize, layer: usize) -> (&mut [f32], Attention) {
        let layer = layer * self.shape.kv_heads * self.shape.head_stride();
        (&mut self.slots[slot].blocks, Attention { layer, ..self.shape })
    }
}

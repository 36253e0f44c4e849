//! What attention remembers of each running sequence, and of those that ended.
//!
//! Keys and values lie in blocks of sixteen positions, with all layers and heads. A sequence is a list of blocks; forks
//! share the full ones and copy the one they go on writing, so a common beginning is held once. A closed sequence can be
//! kept: one that begins with the same tokens finds its blocks again. When memory is short, the kept beginnings that were
//! not used for longest go first.

mod kept;

use super::{
    Config,
    kernel::{Attention, BLOCK, Buffers, Past},
    rope::Angles,
};
use kept::Kept;

/// Keys and values of any number of sequences, and the scratch memory of the forward that fills them.
pub struct Cache {
    pool: Vec<Box<[f32]>>,
    /// Sequences and kept beginnings that hold each block.
    holders: Vec<u32>,
    unused: Vec<u32>,
    slots: Vec<Slot>,
    free: Vec<usize>,
    kept: Kept,
    keeps: bool,
    /// Blocks there may be.
    limit: usize,
    shape: Attention,
    /// Floats of a block.
    stride: usize,
    pub(super) scratch: Scratch,
}

#[derive(Default)]
struct Slot {
    blocks: Vec<u32>,
    tokens: Vec<u32>,
    open: bool,
}

/// No memory is left for another position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

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
    /// Rotary angles, as far as positions have gone.
    pub angles: Angles,
    /// What products need.
    pub buffers: Buffers,
}

impl Cache {
    /// An empty cache for models of this shape, without a limit, that keeps nothing of closed sequences.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let shape = Attention {
            heads: config.num_attention_heads,
            kv_heads: config.num_key_value_heads,
            head_dim: config.head_dim,
            layer: 0,
        };
        Self {
            pool: Vec::new(),
            holders: Vec::new(),
            unused: Vec::new(),
            slots: Vec::new(),
            free: Vec::new(),
            kept: Kept::default(),
            keeps: false,
            limit: usize::MAX,
            stride: config.num_hidden_layers * config.num_key_value_heads * shape.head_stride(),
            shape,
            scratch: Scratch {
                angles: Angles::new(config),
                ..Scratch::default()
            },
        }
    }

    /// Lets it take at most `bytes`, at least one block.
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limit = (bytes / self.block_bytes()).max(1);
        self
    }

    /// Lets it keep closed sequences, as far as memory goes.
    #[must_use]
    pub fn keeping(mut self) -> Self {
        self.keeps = true;
        self
    }

    /// An empty cache with the same limit and habits.
    #[must_use]
    pub fn fresh(&self, config: &Config) -> Self {
        Self {
            limit: self.limit,
            keeps: self.keeps,
            ..Self::new(config)
        }
    }

    /// Bytes of a block of sixteen positions.
    #[must_use]
    pub fn block_bytes(&self) -> usize {
        (4 * self.stride).max(1)
    }

    /// Whether sequences of these lengths would fit, were nothing else here.
    #[must_use]
    pub fn has_room(&self, lengths: impl Iterator<Item = usize>) -> bool {
        lengths.map(|length| length.div_ceil(BLOCK)).sum::<usize>() <= self.limit
    }

    /// Bytes that sequences and kept beginnings take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        (self.pool.len() - self.unused.len()) * self.block_bytes()
    }

    /// Opens an empty sequence and returns its slot.
    pub fn open(&mut self) -> usize {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() - 1
        });
        self.slots[slot].open = true;
        slot
    }

    /// Opens a sequence that begins as `tokens` do, as far as anything kept does; at most all but the last of them.
    /// [`Cache::len`] says how many.
    pub fn open_like(&mut self, tokens: &[u32]) -> usize {
        let slot = self.open();
        let wanted = &tokens[..tokens.len().saturating_sub(1)];
        let (blocks, part) = self.kept.find(wanted);
        for block in &blocks {
            self.holders[*block as usize] += 1;
        }
        self.slots[slot].tokens = wanted[..blocks.len() * BLOCK].to_vec();
        self.slots[slot].blocks = blocks;
        if let Some((block, len)) = part {
            self.copy(block, slot, len, wanted);
        }
        slot
    }

    /// Opens a sequence that begins with the first `len` positions of `from` (all of them if it has fewer). Positions
    /// that no memory is left for are missing at its end.
    pub fn fork(&mut self, from: usize, len: usize) -> usize {
        let to = self.open();
        let len = len.min(self.len(from));
        if from == to || len == 0 {
            return to;
        }
        let blocks = self.slots[from].blocks[..len / BLOCK].to_vec();
        for block in &blocks {
            self.holders[*block as usize] += 1;
        }
        let tokens = self.slots[from].tokens[..len].to_vec();
        self.slots[to].tokens = tokens[..blocks.len() * BLOCK].to_vec();
        self.slots[to].blocks = blocks;
        if !len.is_multiple_of(BLOCK) {
            let last = self.slots[from].blocks[len / BLOCK];
            self.copy(last, to, len % BLOCK, &tokens);
        }
        to
    }

    /// Appends the first `len` places of `block` to `slot`, which stands at a block's beginning; `tokens` are those of the
    /// whole sequence.
    fn copy(&mut self, block: u32, slot: usize, len: usize, tokens: &[u32]) {
        // Held meanwhile, so that making room does not take it away.
        self.holders[block as usize] += 1;
        if let Ok(new) = self.take() {
            let mut copy = std::mem::take(&mut self.pool[new as usize]);
            self.shape.copy(&self.pool[block as usize], &mut copy, len);
            self.pool[new as usize] = copy;
            let slot = &mut self.slots[slot];
            slot.blocks.push(new);
            slot.tokens.extend(&tokens[slot.tokens.len()..][..len]);
        }
        self.release(block);
    }

    /// Positions that stand in `slot`; 0 for one that was never opened.
    #[must_use]
    pub fn len(&self, slot: usize) -> usize {
        self.slots.get(slot).map_or(0, |slot| slot.tokens.len())
    }

    /// Whether nothing stands in `slot`.
    #[must_use]
    pub fn is_empty(&self, slot: usize) -> bool {
        self.len(slot) == 0
    }

    /// Forgets the positions of `slot` from `len` on.
    pub fn truncate(&mut self, slot: usize, len: usize) {
        let Some(open) = self.slots.get_mut(slot) else {
            return;
        };
        open.tokens.truncate(len);
        let blocks = open.blocks.split_off(open.tokens.len().div_ceil(BLOCK));
        for block in blocks {
            self.release(block);
        }
    }

    /// Gives `slot` back. What stood in it is kept if this cache keeps anything.
    pub fn close(&mut self, slot: usize) {
        let Some(open) = self.slots.get_mut(slot).filter(|slot| slot.open) else {
            return;
        };
        let Slot { blocks, tokens, .. } = std::mem::take(open);
        if self.keeps {
            for block in self.kept.insert(&tokens, &blocks) {
                self.holders[block as usize] += 1;
            }
        }
        for block in blocks {
            self.release(block);
        }
        self.free.push(slot);
    }

    /// Adds one position with `token` to `slot` and returns it; `None` when there is no such slot.
    pub(super) fn extend(&mut self, slot: usize, token: u32) -> Option<Result<usize, Full>> {
        let open = self.slots.get(slot).filter(|slot| slot.open)?;
        let position = open.tokens.len();
        match open.blocks.get(position / BLOCK).copied() {
            Some(block) if self.holders[block as usize] == 1 => {}
            // Somebody else reads this block: write into a copy.
            Some(block) => {
                let tokens = std::mem::take(&mut self.slots[slot].tokens);
                let before = position / BLOCK * BLOCK;
                self.slots[slot].blocks.pop();
                self.slots[slot].tokens = tokens[..before].to_vec();
                self.copy(block, slot, position - before, &tokens);
                if self.slots[slot].blocks.len() * BLOCK <= position {
                    self.slots[slot].blocks.push(block);
                    self.slots[slot].tokens = tokens;
                    return Some(Err(Full));
                }
                self.release(block);
            }
            None => match self.take() {
                Ok(block) => self.slots[slot].blocks.push(block),
                Err(full) => return Some(Err(full)),
            },
        }
        self.slots[slot].tokens.push(token);
        Some(Ok(position))
    }

    /// Stores keys and values `[K * head_dim]` of a position that [`Cache::extend`] made.
    pub(super) fn store(&mut self, slot: usize, layer: usize, position: usize, keys: &[f32], values: &[f32]) {
        let block = self.slots[slot].blocks[position / BLOCK];
        let shape = self.layer(layer);
        shape.store(&mut self.pool[block as usize], position % BLOCK, keys, values);
    }

    /// How layer `layer` lies in the blocks.
    pub(super) fn layer(&self, layer: usize) -> Attention {
        let layer = layer * self.shape.kv_heads * self.shape.head_stride();
        Attention { layer, ..self.shape }
    }

    /// What the query at `position` sees, `window` positions back at most.
    pub(super) fn past(&self, slot: usize, position: usize, window: Option<usize>) -> Past<'_> {
        Past {
            pool: &self.pool,
            table: &self.slots[slot].blocks,
            first: window.map_or(0, |window| (position + 1).saturating_sub(window)),
            end: position + 1,
        }
    }

    /// A block for a new holder.
    fn take(&mut self) -> Result<u32, Full> {
        if self.unused.is_empty() && self.pool.len() >= self.limit {
            let holders = &self.holders;
            let block = self
                .kept
                .forget_oldest(|block| holders[block as usize] == 1)
                .ok_or(Full)?;
            self.release(block);
        }
        if let Some(block) = self.unused.pop() {
            self.holders[block as usize] = 1;
            return Ok(block);
        }
        let block = u32::try_from(self.pool.len()).map_err(|_| Full)?;
        self.pool.push(vec![0.0; self.stride].into());
        self.holders.push(1);
        Ok(block)
    }

    fn release(&mut self, block: u32) {
        let holders = &mut self.holders[block as usize];
        *holders -= 1;
        if *holders == 0 {
            self.unused.push(block);
        }
    }
}

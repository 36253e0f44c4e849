//! What attention remembers of each running sequence, and of those that ended.
//!
//! Keys and values lie in blocks of sixteen positions, with all layers and heads. A sequence is a list of blocks; forks
//! share the full ones and copy the one they go on writing, so a common beginning is held once. A closed sequence can be
//! kept: one that begins with the same tokens finds its blocks again. When memory is short, the kept beginnings that were
//! not used for longest go first.
//!
//! Here is who holds which block; what stands in the blocks is the affair of the [`Storage`].

mod kept;
mod place;
mod storage;

use super::{
    Config,
    fast::Asked,
    kernel::{Attention, BLOCK, Buffers, Past},
    rope::Angles,
};
use kept::Kept;
use storage::Host;
pub(super) use storage::Storage;

/// Keys and values of any number of sequences, and the scratch memory of the forward that fills them.
pub struct Cache {
    pub(super) storage: Storage,
    /// Sequences and kept beginnings that hold each block.
    holders: Vec<u32>,
    unused: Vec<u32>,
    slots: Vec<Slot>,
    free: Vec<usize>,
    kept: Kept,
    keeps: bool,
    /// Blocks there may be.
    limit: usize,
    /// Blocks that a sequence takes at least.
    least: usize,
    /// Bytes of a block.
    block_bytes: usize,
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
    /// The same of layers with a window, where those turn otherwise.
    pub local_angles: Option<Angles>,
    /// What experts are asked.
    pub asked: Asked,
    /// What products need.
    pub buffers: Buffers,
}

impl Cache {
    /// An empty cache for models of this shape, without a limit, that keeps nothing of closed sequences.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let gemma = config.gemma.as_ref();
        let shape = Attention {
            cap: gemma.and_then(|gemma| gemma.score_cap),
            heads: config.num_attention_heads,
            kv_heads: config.num_key_value_heads,
            head_dim: config.head_dim,
            layer: 0,
        };
        let stride = config.num_hidden_layers * config.num_key_value_heads * shape.head_stride();
        let host = Host {
            pool: Vec::new(),
            shape,
            stride,
        };
        Self {
            scratch: Scratch {
                angles: Angles::new(config),
                local_angles: gemma
                    .and_then(|gemma| gemma.local_rope_theta)
                    .map(|theta| Angles::unscaled(theta, config.head_dim)),
                ..Scratch::default()
            },
            ..Self::of(Storage::Host(host), 4 * stride)
        }
    }

    /// An empty cache over `storage`, with blocks of so many bytes.
    pub(super) fn of(storage: Storage, block_bytes: usize) -> Self {
        Self {
            storage,
            holders: Vec::new(),
            unused: Vec::new(),
            slots: Vec::new(),
            free: Vec::new(),
            kept: Kept::default(),
            keeps: false,
            limit: usize::MAX,
            least: 0,
            block_bytes: block_bytes.max(1),
            scratch: Scratch::default(),
        }
    }

    /// Counts every sequence as if it had at least so many positions.
    pub(super) fn taking_at_least(mut self, positions: usize) -> Self {
        self.least = positions.div_ceil(BLOCK);
        self
    }

    /// Lets it take at most `bytes`, at least one block.
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limit = (bytes / self.block_bytes()).max(1);
        self
    }

    /// Lets it keep closed sequences, as far as memory goes and the storage can share them.
    #[must_use]
    pub fn keeping(mut self) -> Self {
        self.keeps = self.storage.shares();
        self
    }

    /// `empty` with the limit and the habits of this one.
    #[must_use]
    pub fn fresh(&self, empty: Self) -> Self {
        Self {
            limit: self.limit,
            keeps: self.keeps,
            ..empty
        }
    }

    /// Bytes of a block of sixteen positions.
    #[must_use]
    pub fn block_bytes(&self) -> usize {
        self.block_bytes
    }

    /// Whether sequences of these lengths would fit, were nothing else here.
    #[must_use]
    pub fn has_room(&self, lengths: impl Iterator<Item = usize>) -> bool {
        let blocks = lengths.map(|length| length.div_ceil(BLOCK).max(self.least));
        blocks.sum::<usize>() <= self.limit
    }

    /// Bytes that sequences and kept beginnings take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        (self.holders.len() - self.unused.len()) * self.block_bytes()
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
        let shared = if self.storage.shares() { len / BLOCK } else { 0 };
        let blocks = self.slots[from].blocks[..shared].to_vec();
        for block in &blocks {
            self.holders[*block as usize] += 1;
        }
        let tokens = self.slots[from].tokens[..len].to_vec();
        self.slots[to].tokens = tokens[..shared * BLOCK].to_vec();
        self.slots[to].blocks = blocks;
        for start in (shared * BLOCK..len).step_by(BLOCK) {
            let block = self.slots[from].blocks[start / BLOCK];
            self.copy(block, to, (len - start).min(BLOCK), &tokens);
            if self.len(to) == start {
                break;
            }
        }
        self.storage.forked(from, to, self.len(to));
        to
    }

    /// Appends the first `len` places of `block` to `slot`, which stands at a block's beginning; `tokens` are those of the
    /// whole sequence.
    fn copy(&mut self, block: u32, slot: usize, len: usize, tokens: &[u32]) {
        // Held meanwhile, so that making room does not take it away.
        self.holders[block as usize] += 1;
        if let Ok(new) = self.take() {
            if self.storage.copy(block, new, len).is_ok() {
                let slot = &mut self.slots[slot];
                slot.blocks.push(new);
                slot.tokens.extend(&tokens[slot.tokens.len()..][..len]);
            } else {
                self.release(new);
            }
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
        let len = open.tokens.len();
        for block in blocks {
            self.release(block);
        }
        self.storage.truncated(slot, len);
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
        self.storage.truncated(slot, 0);
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

    /// Stores keys and values `[K * head_dim]` of a position that [`Cache::extend`] made, for the kernels.
    pub(super) fn store(&mut self, slot: usize, layer: usize, position: usize, keys: &[f32], values: &[f32]) {
        let block = self.slots[slot].blocks[position / BLOCK];
        if let Storage::Host(host) = &mut self.storage {
            let shape = host.layer(layer);
            shape.store(&mut host.pool[block as usize], position % BLOCK, keys, values);
        }
    }

    /// Keys and values as the kernels want them; `None` when they are elsewhere.
    pub(super) fn host(&self) -> Option<&Host> {
        match &self.storage {
            Storage::Host(host) => Some(host),
            _ => None,
        }
    }

    /// The blocks of `slot`, in order.
    pub(super) fn table(&self, slot: usize) -> &[u32] {
        self.slots.get(slot).map_or(&[], |slot| &slot.blocks)
    }

    /// The tokens of `slot`.
    pub(super) fn tokens(&self, slot: usize) -> &[u32] {
        self.slots.get(slot).map_or(&[], |slot| &slot.tokens)
    }

    /// A block for a new holder.
    fn take(&mut self) -> Result<u32, Full> {
        if self.unused.is_empty() && self.holders.len() >= self.limit {
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
        let block = u32::try_from(self.holders.len()).map_err(|_| Full)?;
        self.storage.grow(self.holders.len() + 1, self.limit)?;
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

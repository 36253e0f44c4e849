//! What stands in the blocks of a cache, and where: in memory for the kernels of this program, on a device, or inside the
//! models of another library, which keep a sequence as a whole.

use super::{Full, Past};
use crate::model::{device::Pool, foreign::Sequences, kernel::Attention};

/// Keys and values by block.
pub(in crate::model) enum Storage {
    /// In memory, as the kernels read them.
    Host(Host),
    /// On a device.
    Device(Pool),
    /// By sequence; blocks only count what they take.
    Foreign(Sequences),
}

/// Blocks in memory.
pub(in crate::model) struct Host {
    pub pool: Vec<Box<[f32]>>,
    pub shape: Attention,
    /// Floats of a block.
    pub stride: usize,
}

impl Host {
    /// How layer `layer` lies in the blocks.
    pub fn layer(&self, layer: usize) -> Attention {
        let layer = layer * self.shape.kv_heads * self.shape.head_stride();
        Attention { layer, ..self.shape }
    }

    /// What the query at `position` of the sequence in blocks `table` sees, `window` positions back at most.
    pub fn past<'a>(&'a self, table: &'a [u32], position: usize, window: Option<usize>) -> Past<'a> {
        Past {
            pool: &self.pool,
            table,
            first: window.map_or(0, |window| (position + 1).saturating_sub(window)),
            end: position + 1,
        }
    }
}

impl Storage {
    /// Whether several sequences can hold one block.
    pub fn shares(&self) -> bool {
        !matches!(self, Self::Foreign(_))
    }

    /// Makes room for `blocks` blocks; there will never be more than `limit`.
    pub fn grow(&mut self, blocks: usize, limit: usize) -> Result<(), Full> {
        match self {
            Self::Host(host) => host
                .pool
                .resize_with(blocks.max(host.pool.len()), || vec![0.0; host.stride].into()),
            Self::Device(pool) => pool.grow(blocks, limit).map_err(|_| Full)?,
            Self::Foreign(_) => {}
        }
        Ok(())
    }

    /// Copies the first `len` places of block `from` to block `to`.
    pub fn copy(&mut self, from: u32, to: u32, len: usize) -> Result<(), Full> {
        match self {
            Self::Host(host) => {
                let mut copy = std::mem::take(&mut host.pool[to as usize]);
                host.shape.copy(&host.pool[from as usize], &mut copy, len);
                host.pool[to as usize] = copy;
            }
            Self::Device(pool) => pool.copy(from, to, len).map_err(|_| Full)?,
            Self::Foreign(_) => {}
        }
        Ok(())
    }

    /// Sequence `to` begins as the first `len` positions of `from`.
    pub fn forked(&mut self, from: usize, to: usize, len: usize) {
        if let Self::Foreign(sequences) = self {
            sequences.fork(from, to, len);
        }
    }

    /// Sequence `slot` has no more than `len` positions now.
    pub fn truncated(&mut self, slot: usize, len: usize) {
        if let Self::Foreign(sequences) = self {
            sequences.truncate(slot, len);
        }
    }
}

//! Keys and values on a device: for each layer one table of them, sixteen rows a block.

use crate::model::{Config, kernel::BLOCK};
use candle_core::{DType, Device, Result, Tensor};

/// Blocks that are made at first; then their number doubles.
const FIRST: usize = 64;

/// The tables of all layers.
pub struct Pool {
    device: Device,
    dtype: DType,
    /// Width of a row: all heads of keys, or of values.
    width: usize,
    /// Keys and values, `[blocks * 16, width]` each; none before the first block.
    layers: Vec<(Option<Tensor>, Option<Tensor>)>,
    /// Blocks that every table has.
    blocks: usize,
}

impl Pool {
    /// Tables without a row for models of this shape.
    pub fn new(config: &Config, dtype: DType, device: &Device) -> Self {
        Self {
            device: device.clone(),
            dtype,
            width: config.key_width(),
            layers: vec![(None, None); config.num_hidden_layers],
            blocks: 0,
        }
    }

    /// Bytes of a block over all layers.
    pub fn block_bytes(config: &Config, dtype: DType) -> usize {
        let row = config.key_width() * dtype.size_in_bytes();
        2 * BLOCK * row * config.num_hidden_layers
    }

    /// Makes room for `blocks` blocks at least, in large steps; there will never be more than `limit`.
    pub fn grow(&mut self, blocks: usize, limit: usize) -> Result<()> {
        if blocks <= self.blocks {
            return Ok(());
        }
        let target = blocks.max(2 * self.blocks).max(FIRST).min(limit.max(blocks));
        let (width, dtype, device) = (self.width, self.dtype, &self.device);
        let longer = |table: &mut Option<Tensor>| {
            // After a failure some tables are longer than others.
            let there = table.as_ref().map_or(Ok(0), |table| table.dim(0))?;
            let missing = (target * BLOCK).saturating_sub(there);
            if missing > 0 {
                let more = Tensor::zeros((missing, width), dtype, device)?;
                *table = Some(match table {
                    Some(table) => Tensor::cat(&[&*table, &more], 0)?,
                    None => more,
                });
            }
            Ok::<_, candle_core::Error>(())
        };
        for (keys, values) in &mut self.layers {
            longer(keys)?;
            longer(values)?;
        }
        self.blocks = target;
        Ok(())
    }

    /// Copies the first `len` rows of a block to another one.
    pub fn copy(&self, from: u32, to: u32, len: usize) -> Result<()> {
        let (from, to) = (from as usize * BLOCK, to as usize * BLOCK);
        let copy = |table: &Tensor| {
            // A table is not copied onto itself: a detour over memory of its own.
            let rows = table.narrow(0, from, len)?.force_contiguous()?;
            table.slice_set(&rows, 0, to)
        };
        let tables = self.layers.iter().flat_map(|(keys, values)| [keys, values]);
        tables.flatten().try_for_each(copy)
    }

    /// Stores keys and values `[rows, width]` of layer `layer` in the rows that [`Pool::places`] made.
    pub fn store(&self, layer: usize, places: &Tensor, keys: &Tensor, values: &Tensor) -> Result<()> {
        let (all_keys, all_values) = self.layer(layer)?;
        all_keys.scatter_set(places, &keys.contiguous()?, 0)?;
        all_values.scatter_set(places, &values.contiguous()?, 0)
    }

    fn layer(&self, layer: usize) -> Result<(&Tensor, &Tensor)> {
        match self.layers.get(layer) {
            Some((Some(keys), Some(values))) => Ok((keys, values)),
            _ => candle_core::bail!("layer {layer} has no keys and values yet"),
        }
    }

    /// Rows `rows` `[n]` of the tables, for every number of a row, as storing wants them: `[n, width]`.
    pub fn places(&self, rows: Vec<u32>) -> Result<Tensor> {
        let n = rows.len();
        let rows = Tensor::from_vec(rows, (n, 1), &self.device)?;
        rows.broadcast_as((n, self.width))?.contiguous()
    }

    /// Keys and values of rows `rows` `[n]`, `[n, width]` each.
    pub fn gather(&self, layer: usize, rows: &Tensor) -> Result<(Tensor, Tensor)> {
        let (keys, values) = self.layer(layer)?;
        Ok((keys.index_select(rows, 0)?, values.index_select(rows, 0)?))
    }
}

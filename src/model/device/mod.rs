//! The decoder on any device that candle knows: all rows of a step in one product, keys and values in a pool of blocks there.
//!
//! On the processor the kernels of [`super::fast`] are several times faster; here it is the same decoder for GPUs, and on
//! the processor only to be checked.

mod attention;
mod decoder;
mod place;
mod pool;
#[cfg(test)]
mod tests;
pub(super) mod weights;

pub use decoder::{Decoder, ROWS};
pub use place::{Found, Place, PlaceError, best_for, free_memory, is_small, name, number_type};
pub(super) use pool::Pool;

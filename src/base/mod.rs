//! Small things everyone needs. Uses nothing of ours.

pub mod cancel;
pub mod duration;
pub mod file;
pub mod hash;
pub mod http;
pub mod id;
pub mod json;
pub mod memory;
pub mod nearest;
pub mod pace;
pub mod permutation;
pub mod phrases;
pub mod quiet;
pub mod rng;
pub mod sampler;
pub mod sanitize;
pub mod slice;
pub mod stats;
pub mod words;

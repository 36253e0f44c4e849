//! The few places that need `unsafe`, each behind a safe function.

pub mod matmul;

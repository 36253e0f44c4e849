//! The `backtrail` program: see [`backtrail::cli`].

fn main() {}

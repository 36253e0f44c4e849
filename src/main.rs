//! The `backtrail` program: see [`backtrail::cli`].

use std::process::ExitCode;

/// candle asks for fresh memory in every operation; the system's allocator would hand it back and fault it in again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    backtrail::cli::main()
}

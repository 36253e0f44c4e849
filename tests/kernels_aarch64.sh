#!/bin/sh
# Tests the kernels for aarch64 under emulation, on a processor that has NEON alone and on one with its dot products too.
# Besides the Rust target aarch64-unknown-linux-gnu this takes a C compiler for it and QEMU: the Debian packages
# gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user. Emulation says nothing of speed.
set -eu
cd "$(dirname "$0")/.."
export CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER=qemu-aarch64
# Statically linked: threads of dynamically linked programs hang in the emulator of some versions (7.2 for one).
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS='-C target-feature=+crt-static'
for processor in cortex-a72 max; do
    QEMU_CPU=$processor cargo test --target aarch64-unknown-linux-gnu --lib "$@" model::kernel
done

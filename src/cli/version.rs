//! Which build this is.

/// The version alone.
pub const SHORT: &str = env!("CARGO_PKG_VERSION");

/// Version, commit and features: `0.1.0 (1a2b3c4; cpu)`.
#[must_use]
pub fn long() -> &'static str {
    concat!(env!("CARGO_PKG_VERSION"), " (", env!("BUILD_COMMIT"), "; cpu)")
}

//! Logs of Inspect: `.eval` archives and `.json` files, finished or not.

pub(super) mod archive;
mod attachments;
mod cut;
pub(super) mod log;
pub(super) mod sample;

/// What `source` calls the format.
const FORMAT: &str = "inspect";

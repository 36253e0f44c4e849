//! Names for things that outlive a run: ULIDs, sortable by the time they were made.

use crate::base::rng;
use jiff::Timestamp;
use rand::RngCore;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A ULID made of the time in milliseconds and 80 bits that depend only on `content`,
/// so that the same trace made twice in one millisecond is recognised as the same.
#[must_use]
pub fn new(content: &str) -> String {
    at(Timestamp::now(), content)
}

/// The ULID that [`new`] would have made at `time`.
#[must_use]
pub fn at(time: Timestamp, content: &str) -> String {
    let millis = time.as_millisecond().max(0).unsigned_abs();
    // Nobody has to be kept from making two texts of one name, and a text may be long. Sixty-four bits of it, and of the
    // time, tell traces apart; another release of Rust may hash it to others.
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let mut rng = rng::stream("id", hasher.finish(), &[]);
    let random = (u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64());
    ulid::Ulid::from_parts(millis, random).to_string()
}

/// The time now as traces record it: RFC 3339, UTC, whole seconds.
#[must_use]
pub fn now() -> String {
    written(Timestamp::now())
}

/// A time as traces record it.
#[must_use]
pub fn written(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

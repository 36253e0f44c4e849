//! Content hashes, written `sha256:…` wherever provenance is recorded.

use sha2::{Digest, Sha256};

/// `sha256:` and the lower-case hexadecimal digest of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_digest_of_nothing_is_the_published_one() {
        assert!(super::sha256(b"").starts_with("sha256:e3b0c44298fc1c149afbf4c8996fb924"));
    }
}

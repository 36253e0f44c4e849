//! Content hashes, written `sha256:…` wherever provenance is recorded.

use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

const ALGORITHM: &str = "sha256:";

/// `sha256:` and the lower-case hexadecimal digest of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    written(&Sha256::digest(bytes))
}

/// As [`sha256`], of a file that need not fit in memory.
///
/// # Errors
/// The file system's.
pub fn sha256_file(path: &Path) -> io::Result<String> {
    let (mut file, mut digest, mut part) = (File::open(path)?, Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok(written(&digest.finalize())),
            n => digest.update(&part[..n]),
        }
    }
}

/// The digits of a hash as [`sha256`] writes it.
#[must_use]
pub fn digits(hash: &str) -> &str {
    hash.strip_prefix(ALGORITHM).unwrap_or(hash)
}

fn written(digest: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = ALGORITHM.to_owned();
    for byte in digest {
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

    #[test]
    fn a_file_has_the_digest_of_its_bytes() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes = vec![7; 3_000_001];
        std::fs::write(file.path(), &bytes).unwrap();
        assert_eq!(super::sha256_file(file.path()).unwrap(), super::sha256(&bytes));
    }
}

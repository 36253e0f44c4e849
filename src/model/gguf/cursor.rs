//! The header's bytes, in order. Every length is checked against what is there before anything is made room for.

use super::GgufError;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};

/// Bytes that a header may have: ten times that of the largest vocabularies. Bounds what reading one can take.
const MOST_HEADER: u64 = 1 << 27;

/// A place in the header of a file.
pub(super) struct Cursor<'a, R> {
    from: BufReader<&'a mut R>,
    at: u64,
    len: u64,
    /// What is being read, for errors.
    pub(super) place: String,
}

impl<'a, R: Read + Seek> Cursor<'a, R> {
    /// The beginning of `from`.
    pub(super) fn new(from: &'a mut R) -> io::Result<Self> {
        let len = from.seek(SeekFrom::End(0))?;
        from.rewind()?;
        Ok(Self {
            from: BufReader::new(from),
            at: 0,
            len,
            place: "its first bytes".to_owned(),
        })
    }

    /// Bytes before this place.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Bytes in the file.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Fails when there cannot be `count` more things of `each` bytes or more.
    pub(super) fn need(&self, count: u64, each: u64) -> Result<(), GgufError> {
        let end = count
            .checked_mul(each)
            .and_then(|bytes| self.at.checked_add(bytes));
        match end {
            Some(end) if end <= self.len.min(MOST_HEADER) => Ok(()),
            Some(end) if end <= self.len => Err(GgufError::Damaged(format!(
                "{} would make its header longer than {} MiB",
                self.place,
                MOST_HEADER >> 20
            ))),
            _ => Err(GgufError::Cut(self.place.clone())),
        }
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], GgufError> {
        self.need(N as u64, 1)?;
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// The next 32 bits.
    pub(super) fn u32(&mut self) -> Result<u32, GgufError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// The next 64 bits.
    pub(super) fn u64(&mut self) -> Result<u64, GgufError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A length and as many bytes of text.
    pub(super) fn text(&mut self) -> Result<String, GgufError> {
        let len = self.u64()?;
        self.need(len, 1)?;
        // Fits: a header is far smaller than an address space.
        let mut bytes = vec![0; len as usize];
        self.fill(&mut bytes)?;
        String::from_utf8(bytes)
            .map_err(|_| GgufError::Damaged(format!("{} holds bytes that are not UTF-8 text", self.place)))
    }

    /// Passes over `count` things of `each` bytes.
    pub(super) fn skip(&mut self, count: u64, each: u64) -> Result<(), GgufError> {
        self.need(count, each)?;
        let bytes = count * each;
        // Fits: `need` holds it below the longest header.
        self.from.seek_relative(bytes as i64)?;
        self.at += bytes;
        Ok(())
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), GgufError> {
        self.from.read_exact(bytes).map_err(|error| match error.kind() {
            // It became shorter while it was read.
            ErrorKind::UnexpectedEof => GgufError::Cut(self.place.clone()),
            _ => GgufError::File(error),
        })?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

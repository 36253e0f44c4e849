//! Files packed with zstd, as our own runs pack their rollouts, or with gzip, as most others do: unpacked as they are read,
//! so that lines keep their numbers. Where such a file is cut off or damaged, what came before counts.

use super::{
    Item, MOST_PER_BYTE, MOST_UNPACKED, Place, RowError,
    open::{Input, Reader},
};
use flate2::bufread::MultiGzDecoder;
use std::{
    io::{self, BufRead, BufReader, Read},
    iter::Peekable,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Zstd,
    Gzip,
}

impl Packing {
    /// How a file is packed that begins so.
    pub(super) fn magic(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"\x28\xb5\x2f\xfd") {
            Some(Packing::Zstd)
        } else if head.starts_with(b"\x1f\x8b\x08") {
            Some(Packing::Gzip)
        } else {
            None
        }
    }
}

/// The rows of what was packed.
pub(super) struct Packed<'a> {
    rows: Peekable<Reader<'a>>,
    /// Why unpacking ended too early.
    failure: Arc<OnceLock<String>>,
    file: Place,
    /// What is said of the row that the end cut off.
    cut: Option<RowError>,
    done: bool,
}

impl<'a> Packed<'a> {
    /// The rows that `read` finds in the unpacked bytes of `input`.
    pub(super) fn open(
        input: impl BufRead + Send + 'a,
        packing: Packing,
        place: Place,
        read: impl FnOnce(Input<'a>) -> io::Result<Reader<'a>>,
    ) -> io::Result<Self> {
        let taken = Arc::default();
        let input = Counted {
            input,
            taken: Arc::clone(&taken),
        };
        let decoder: Box<dyn Read + Send + 'a> = match packing {
            Packing::Zstd => Box::new(zstd::Decoder::with_buffer(input)?),
            Packing::Gzip => Box::new(MultiGzDecoder::new(input)),
        };
        let failure = Arc::new(OnceLock::new());
        let unpacked = Unpacked {
            decoder,
            taken,
            given: 0,
            failure: Arc::clone(&failure),
        };
        Ok(Self {
            rows: read(Box::new(BufReader::new(unpacked)))?.peekable(),
            failure,
            file: place,
            cut: None,
            done: false,
        })
    }
}

impl Iterator for Packed<'_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        while !self.done {
            match self.rows.next() {
                // Half a row may be all that the end has left of the last one.
                Some(Ok(Err(error))) if self.failure.get().is_some() && self.rows.peek().is_none() => {
                    (self.cut, self.done) = (Some(error), true);
                }
                None => self.done = true,
                item => return item,
            }
        }
        let why = self.failure.get()?;
        let mut reason = format!("the packed file is cut off or damaged here, what follows is lost: {why}");
        self.failure = Arc::default();
        let place = match self.cut.take() {
            Some(error) => {
                reason.push_str(&format!("; the row that stands here: {}", error.reason));
                error.place
            }
            None => std::mem::take(&mut self.file),
        };
        Some(Ok(Err(RowError { place, reason })))
    }
}

/// Packed bytes, counted.
struct Counted<R> {
    input: R,
    taken: Arc<AtomicU64>,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
        self.input.consume(count);
    }
}

/// Unpacked bytes, which end where they cannot be unpacked any more, or become more than anything real does.
struct Unpacked<'a> {
    decoder: Box<dyn Read + Send + 'a>,
    /// Packed bytes that were read.
    taken: Arc<AtomicU64>,
    /// Unpacked bytes that were handed on.
    given: u64,
    failure: Arc<OnceLock<String>>,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failure.get().is_some() {
            return Ok(0);
        }
        let taken = self.taken.load(Ordering::Relaxed);
        let why = if self.given > MOST_UNPACKED.saturating_add(taken.saturating_mul(MOST_PER_BYTE)) {
            "it unpacks to more than anything real does".to_owned()
        } else {
            match self.decoder.read(buffer) {
                Ok(read) => {
                    self.given += read as u64;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => error.to_string(),
            }
        };
        // Nobody else writes it.
        let _ = self.failure.set(why);
        Ok(0)
    }
}

//! The answers that are not over yet, in the order in which they began. A file may mix very many of them, so none is
//! looked for: each is found by what its pieces go by.

use super::{Api, Stream};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What the pieces of one answer go by: chunks by the name of their response; events name nothing, so that of each API
/// one answer is open at a time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Chunks(String),
    Events(Api),
}

/// The open answers.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// By their number, in the order in which they began.
    streams: BTreeMap<u64, Stream>,
    numbers: HashMap<Key, u64>,
    /// Those to which nothing more will come, but for what they cost.
    over: BTreeSet<u64>,
    begun: u64,
    bytes: usize,
}

impl Open {
    pub(super) fn len(&self) -> usize {
        self.streams.len()
    }

    /// How long all of them are.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether there has been any.
    pub(super) fn has_begun(&self) -> bool {
        self.begun > 0
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Stream> {
        self.streams.get(self.numbers.get(key)?)
    }

    /// What the only one there is goes by.
    pub(super) fn only(&self) -> Option<Key> {
        let first = self.streams.first_key_value()?.1;
        (self.streams.len() == 1).then(|| first.key())
    }

    /// The API whose answer began last.
    pub(super) fn last_api(&self) -> Option<Api> {
        let number = |api: &Api| self.numbers.get(&Key::Events(*api));
        let open = Api::ALL.into_iter().filter(|api| number(api).is_some());
        open.max_by_key(|api| number(api))
    }

    /// An answer begins. There is none of its key.
    pub(super) fn begin(&mut self, stream: Stream) {
        self.numbers.insert(stream.key(), self.begun);
        self.streams.insert(self.begun, stream);
        self.begun += 1;
    }

    /// Lets the answer of that key grow; `None` when there is none.
    pub(super) fn grow<T>(&mut self, key: &Key, grow: impl FnOnce(&mut Stream) -> T) -> Option<T> {
        let number = *self.numbers.get(key)?;
        let stream = self.streams.get_mut(&number)?;
        let before = stream.bytes;
        let grown = grow(stream);
        self.bytes += stream.bytes - before;
        if stream.is_over() {
            self.over.insert(number);
        } else {
            self.over.remove(&number);
        }
        Some(grown)
    }

    /// Takes out the answer of that key.
    pub(super) fn remove(&mut self, key: &Key) -> Option<Stream> {
        let number = *self.numbers.get(key)?;
        self.take(number)
    }

    /// Takes out the one that began first.
    pub(super) fn oldest(&mut self) -> Option<Stream> {
        let number = *self.streams.first_key_value()?.0;
        self.take(number)
    }

    /// Takes out those that are over, and the one of that key, which is now.
    pub(super) fn over(&mut self, key: &Key) -> Vec<Stream> {
        self.over.extend(self.numbers.get(key));
        let over = std::mem::take(&mut self.over);
        over.into_iter().filter_map(|number| self.take(number)).collect()
    }

    /// Takes out all.
    pub(super) fn all(&mut self) -> Vec<Stream> {
        std::iter::from_fn(|| self.oldest()).collect()
    }

    fn take(&mut self, number: u64) -> Option<Stream> {
        let stream = self.streams.remove(&number)?;
        self.numbers.remove(&stream.key());
        self.over.remove(&number);
        self.bytes -= stream.bytes;
        Some(stream)
    }
}

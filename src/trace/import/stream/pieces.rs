//! What an answer is put together from: choices, blocks, items of output, texts in them. A small file could have very many
//! that are empty, so only so many are taken.

use std::collections::BTreeMap;

/// Pieces that an answer may have, of each kind.
pub(super) const MOST_PIECES: usize = 1 << 14;

/// Pieces of an answer by what tells them apart; so many at most.
#[derive(Debug)]
pub(super) struct Pieces<K, V> {
    pub pieces: BTreeMap<K, V>,
    /// Whether there were more.
    pub overfull: bool,
}

impl<K, V> Default for Pieces<K, V> {
    fn default() -> Self {
        Self {
            pieces: BTreeMap::new(),
            overfull: false,
        }
    }
}

impl<K: Ord, V: Default> Pieces<K, V> {
    /// The piece of that key, which is begun when there is none. `None` when there are enough of them.
    pub(super) fn of(&mut self, key: K) -> Option<&mut V> {
        if self.pieces.len() == MOST_PIECES && !self.pieces.contains_key(&key) {
            self.overfull = true;
            return None;
        }
        Some(self.pieces.entry(key).or_default())
    }
}

//! The running sequences of a foreign model, each a copy of it that shares the weights and has read some tokens.

use super::models::Sequence;

/// A sequence, and how many of its tokens it has read.
pub(super) type State = (Box<dyn Sequence>, usize);

/// Sequences by slot.
pub struct Sequences {
    states: Vec<Option<State>>,
    /// Whether a copy of one that has read something is a sequence of its own.
    copies: bool,
}

impl Sequences {
    /// None.
    pub(super) fn new(copies: bool) -> Self {
        Self {
            states: Vec::new(),
            copies,
        }
    }

    /// Sequence `to` begins as the first `len` tokens of `from`: as a copy where that is possible, else it has read nothing
    /// yet.
    pub fn fork(&mut self, from: usize, to: usize, len: usize) {
        let state = self.states.get(from).and_then(Option::as_ref);
        let copy = state
            .filter(|(_, read)| self.copies && *read <= len)
            .map(|(sequence, read)| (sequence.copy(), *read));
        match copy {
            Some(copy) => self.put(to, copy),
            None => drop(self.take(to)),
        }
    }

    /// Forgets sequence `slot` if it has read more than `len` tokens: it cannot go back.
    pub fn truncate(&mut self, slot: usize, len: usize) {
        if let Some(state) = self.states.get_mut(slot) {
            state.take_if(|(_, read)| *read > len || len == 0);
        }
    }

    pub(super) fn take(&mut self, slot: usize) -> Option<State> {
        self.states.get_mut(slot)?.take()
    }

    pub(super) fn put(&mut self, slot: usize, state: State) {
        if self.states.len() <= slot {
            self.states.resize_with(slot + 1, || None);
        }
        self.states[slot] = Some(state);
    }
}

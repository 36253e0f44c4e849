//! Where in a text a phrase of many may begin, told by the two bytes that stand there and the one before them.

use regex_automata::{
    nfa::thompson::{NFA, State},
    util::{look::Look, primitives::StateID},
};

/// Which bytes phrases begin with. At the beginning of a text everything may begin.
#[derive(Debug)]
pub(super) struct Begins {
    /// Per first byte: where it may stand, and whether it belongs to a word.
    first: [u8; 256],
    /// Per first byte: the bits of the second ones.
    second: Box<[[u64; 4]; 256]>,
}

/// A phrase may begin with it wherever it stands.
const ANYWHERE: u8 = 1;

/// A phrase may begin with it behind what belongs to no word.
const WORD: u8 = 2;

/// It belongs to a word.
const LETTER: u8 = 4;

/// What must stand before the next byte.
#[derive(Clone, Copy, PartialEq)]
enum Behind {
    Anything,
    Boundary,
    Nothing,
}

impl Begins {
    /// Goes through what an automaton of all phrases can do in its first two steps.
    pub fn of(nfa: &NFA) -> Self {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let mut begins = Self {
            first: [0; 256],
            second: Box::new([[0; 4]; 256]),
        };
        let start = reached(nfa, [(nfa.start_anchored(), Behind::Anything)]);
        for ((byte, first), second) in (0..=u8::MAX).zip(&mut begins.first).zip(&mut *begins.second) {
            *first = if letter(byte) { LETTER } else { 0 };
            let mut next = Vec::new();
            for (state, behind) in &start {
                let Some(after) = step(nfa.state(*state), byte) else {
                    continue;
                };
                *first |= match behind {
                    Behind::Nothing => continue,
                    Behind::Boundary if letter(byte) => WORD,
                    Behind::Boundary | Behind::Anything => ANYWHERE,
                };
                next.push((after, Behind::Anything));
            }
            for (state, _) in reached(nfa, next) {
                let ends = matches!(nfa.state(state), State::Match { .. });
                for byte in 0..=u8::MAX {
                    if ends || step(nfa.state(state), byte).is_some() {
                        second[usize::from(byte / 64)] |= 1 << (byte % 64);
                    }
                }
            }
        }
        begins
    }

    /// The bytes of `text` at which a phrase may begin.
    pub fn within(&self, text: &[u8]) -> impl Iterator<Item = usize> {
        let (mut at, mut wanted) = (0, 0);
        std::iter::from_fn(move || {
            while let Some(byte) = text.get(at) {
                let what = self.first[usize::from(*byte)];
                let may = at == 0 || what & wanted != 0 && self.goes_on(*byte, text.get(at + 1).copied());
                wanted = if what & LETTER == 0 {
                    ANYWHERE | WORD
                } else {
                    ANYWHERE
                };
                at += 1;
                if may {
                    return Some(at - 1);
                }
            }
            None
        })
    }

    fn goes_on(&self, first: u8, second: Option<u8>) -> bool {
        second.is_none_or(|second| {
            self.second[usize::from(first)][usize::from(second / 64)] & 1 << (second % 64) != 0
        })
    }
}

/// The states that can be reached from some without reading a byte.
fn reached(nfa: &NFA, from: impl IntoIterator<Item = (StateID, Behind)>) -> Vec<(StateID, Behind)> {
    let mut known = vec![[false; 3]; nfa.states().len()];
    let mut todo: Vec<(StateID, Behind)> = from.into_iter().collect();
    let mut reached = Vec::new();
    while let Some((state, behind)) = todo.pop() {
        let known = known
            .get_mut(state.as_usize())
            .and_then(|known| known.get_mut(behind as usize));
        if known.is_none_or(|known| std::mem::replace(known, true)) {
            continue;
        }
        reached.push((state, behind));
        match nfa.state(state) {
            State::Union { alternates } => todo.extend(alternates.iter().map(|next| (*next, behind))),
            State::BinaryUnion { alt1, alt2 } => todo.extend([(*alt1, behind), (*alt2, behind)]),
            State::Capture { next, .. } => todo.push((*next, behind)),
            State::Look { look, next } => {
                let behind = match look {
                    Look::Start => Behind::Nothing,
                    Look::WordAscii if behind == Behind::Anything => Behind::Boundary,
                    _ => behind,
                };
                todo.push((*next, behind));
            }
            State::ByteRange { .. }
            | State::Sparse(_)
            | State::Dense(_)
            | State::Fail
            | State::Match { .. } => {}
        }
    }
    reached
}

/// Where a state goes with a byte.
fn step(state: &State, byte: u8) -> Option<StateID> {
    match state {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(sparse) => sparse.matches_byte(byte),
        State::Dense(dense) => dense.matches_byte(byte),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(phrases: &[&str], text: &str) -> Vec<usize> {
        let nfa = NFA::compiler().build_many(phrases).unwrap();
        Begins::of(&nfa).within(text.as_bytes()).collect()
    }

    #[test]
    fn a_phrase_begins_where_its_first_two_bytes_stand() {
        assert_eq!(begins(&["wait|no"], "we wait, not now."), [0, 3, 9, 13]);
        assert_eq!(begins(&["[%#]x"], "-#x %y %"), [0, 1, 7]);
    }

    #[test]
    fn behind_a_boundary_only_the_beginning_of_a_word_counts() {
        assert_eq!(begins(&[r"(?-u:\b)no"], "so no, nono"), [0, 3, 7]);
        assert_eq!(begins(&[r"(?-u:\b)\+1"], "a+1"), [0, 1]);
    }

    #[test]
    fn what_only_begins_a_text_begins_nowhere_else() {
        assert_eq!(begins(&["^so"], "so, so"), [0]);
    }
}

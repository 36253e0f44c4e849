//! The steps through an automaton of many phrases that texts take most, in little memory.
//!
//! The automaton has thousands of states, each with a row for every byte: no near memory holds the rows, and most of the
//! time went into waiting for them. But nearly every state goes on with one byte or two. So states have small numbers here,
//! with four steps side by side for each; and as two bytes tell nearly everywhere that no phrase begins, the first two
//! steps are one.

use regex_automata::{
    Anchored,
    hybrid::{
        LazyStateID,
        dfa::{Cache, DFA},
    },
    util::start,
};
use std::collections::HashMap;

/// Steps that each state has room for; a power of two.
const NEAR: usize = 4;

/// Steps of states that take more; a power of two.
const FAR: usize = 1 << 15;

/// What stands behind the last byte.
const END: u32 = 256;

/// What a byte is for the next one: none of a word, one of a word, the end of a line.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let char = byte as u8;
        kinds[byte] = match char {
            b'\r' | b'\n' => 2,
            _ => (char.is_ascii_alphanumeric() || char == b'_') as u8,
        };
        byte += 1;
    }
    kinds
};

/// The kind of what is no byte: the beginning of a text.
const NOTHING: usize = 3;

/// A state of the automaton, by its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State(u32);

impl State {
    /// Nobody has been there, or it has to be found out byte by byte.
    const UNKNOWN: Self = Self(0);
    /// Nothing goes on from here.
    const DEAD: Self = Self(1 | Self::SPECIAL);
    /// Set where a phrase ends, and where nothing goes on.
    const SPECIAL: u32 = 1 << 23;
    const NUMBER: u32 = Self::SPECIAL - 1;

    pub fn is_dead(self) -> bool {
        self == Self::DEAD
    }

    pub fn is_unknown(self) -> bool {
        self == Self::UNKNOWN
    }

    /// Whether nothing goes on from here, or a phrase ends before the byte that led here.
    pub fn is_special(self) -> bool {
        self.0 & Self::SPECIAL != 0
    }

    /// Its place among the known ones.
    fn index(self) -> usize {
        (self.0 & Self::NUMBER) as usize
    }
}

/// A state that has a number.
#[derive(Debug)]
struct Known {
    /// None for the two that stand for no state of the automaton.
    id: Option<LazyStateID>,
    /// The patterns that end in it.
    patterns: Box<[usize]>,
}

/// Memory of one thread for an automaton.
#[derive(Debug)]
pub(super) struct Steps {
    cache: Cache,
    known: Vec<Known>,
    numbers: HashMap<LazyStateID, State>,
    /// Per state: steps, each a byte (its bits turned, so that zero is none) above the state it leads to.
    near: Vec<[u32; NEAR]>,
    /// Other steps: the state and the byte they begin with, and where they lead.
    far: Box<[(u32, State)]>,
    /// Per kind of byte before, first and second byte: where they lead.
    pairs: Box<[State]>,
    /// Per kind of byte before: where to begin.
    starts: [State; NOTHING + 1],
    /// How often the automaton has forgotten all its states.
    forgotten: usize,
}

impl Steps {
    pub fn new(dfa: &DFA) -> Self {
        let mut steps = Self {
            cache: dfa.create_cache(),
            known: Vec::new(),
            numbers: HashMap::new(),
            near: Vec::new(),
            far: vec![(0, State::UNKNOWN); FAR].into(),
            pairs: vec![State::UNKNOWN; 3 << 16].into(),
            starts: [State::UNKNOWN; NOTHING + 1],
            forgotten: 0,
        };
        steps.add(None, Box::default());
        steps.add(None, Box::default());
        steps
    }

    fn add(&mut self, id: Option<LazyStateID>, patterns: Box<[usize]>) -> u32 {
        // The automaton's memory holds far fewer states than there are numbers.
        let number = self.known.len() as u32;
        self.known.push(Known { id, patterns });
        self.near.push([0; NEAR]);
        number
    }

    /// Where a phrase may begin behind a byte, or at the beginning of the text.
    pub fn start(&mut self, dfa: &DFA, before: Option<u8>) -> State {
        let kind = before.map_or(KINDS.len(), usize::from);
        let kind = KINDS.get(kind).map_or(NOTHING, |kind| usize::from(*kind));
        match self.starts[kind] {
            State::UNKNOWN => {
                let config = start::Config::new().anchored(Anchored::Yes).look_behind(before);
                let start = dfa.start_state(&mut self.cache, &config);
                let start = start.map_or(State::DEAD, |start| self.state(dfa, start));
                self.starts[kind] = start;
                start
            }
            start => start,
        }
    }

    /// Where two bytes lead behind a third, nearly always nowhere; unknown when it has to be found out byte by byte.
    #[inline]
    pub fn pair(&self, before: u8, first: u8, second: u8) -> State {
        self.pairs
            .get(pair(before, first, second))
            .copied()
            .unwrap_or_default()
    }

    /// Finds out where two bytes lead behind a third.
    #[cold]
    pub fn find_pair(&mut self, dfa: &DFA, before: u8, first: u8, second: u8) -> State {
        let mut state = self.start(dfa, Some(before));
        let forgotten = self.forgotten;
        for byte in [first, second] {
            state = self.next(dfa, state, Some(byte));
            if state.is_dead() {
                break;
            }
            if state.is_special() || forgotten != self.forgotten {
                return State::UNKNOWN;
            }
        }
        if let Some(pair) = self.pairs.get_mut(pair(before, first, second)) {
            *pair = state;
        }
        state
    }

    /// Where a byte leads, or the end.
    #[inline]
    pub fn next(&mut self, dfa: &DFA, state: State, byte: Option<u8>) -> State {
        if let Some(byte) = byte
            && let Some(near) = self.near.get(state.index())
        {
            let step = near[place(byte)];
            if step >> 24 == u32::from(!byte) {
                return State(step & 0xff_ffff);
            }
        }
        self.far(dfa, state, byte)
    }

    fn far(&mut self, dfa: &DFA, state: State, byte: Option<u8>) -> State {
        let from = (state.index() as u32) << 9 | byte.map_or(END, u32::from);
        let place = from.wrapping_mul(0x9e37_79b1) as usize >> (32 - FAR.trailing_zeros());
        match self.far.get(place) {
            Some((known, to)) if *known == from => *to,
            _ => self.find(dfa, state, byte, from, place),
        }
    }

    #[cold]
    fn find(&mut self, dfa: &DFA, state: State, byte: Option<u8>, from: u32, at: usize) -> State {
        let Some(id) = self.known.get(state.index()).and_then(|known| known.id) else {
            return State::DEAD;
        };
        let cache = &mut self.cache;
        let next = match byte {
            Some(byte) => dfa.next_state(cache, id, byte),
            None => dfa.next_eoi_state(cache, id),
        };
        // It only gives up at bytes it was told to give up at, and it was told none.
        let Ok(next) = next else { return State::DEAD };
        let forgotten = self.forgotten;
        let to = self.state(dfa, next);
        // Else the state has no number any more.
        if forgotten != self.forgotten {
            return to;
        }
        let near = self.near.get_mut(state.index());
        let near = near.zip(byte).map(|(near, byte)| (&mut near[place(byte)], byte));
        match near {
            Some((near, byte)) if *near == 0 => *near = u32::from(!byte) << 24 | to.0,
            _ => {
                if let Some(far) = self.far.get_mut(at) {
                    *far = (from, to);
                }
            }
        }
        to
    }

    /// The patterns that end in a state.
    pub fn patterns(&self, state: State) -> &[usize] {
        self.known.get(state.index()).map_or(&[], |known| &known.patterns)
    }

    /// What stands for a state of the automaton; once that has forgotten all its states, only for those found since.
    fn state(&mut self, dfa: &DFA, id: LazyStateID) -> State {
        if self.cache.clear_count() != self.forgotten {
            self.far.fill((0, State::UNKNOWN));
            self.pairs.fill(State::UNKNOWN);
            self.starts.fill(State::UNKNOWN);
            self.numbers.clear();
            self.known.truncate(2);
            self.near.truncate(2);
            self.forgotten = self.cache.clear_count();
        }
        if id.is_dead() || id.is_quit() {
            return State::DEAD;
        }
        if let Some(state) = self.numbers.get(&id) {
            return *state;
        }
        let ends = if id.is_match() {
            dfa.match_len(&self.cache, id)
        } else {
            0
        };
        let patterns = (0..ends).map(|index| dfa.match_pattern(&self.cache, id, index).as_usize());
        let patterns: Box<[usize]> = patterns.collect();
        let special = if ends > 0 { State::SPECIAL } else { 0 };
        let state = State(self.add(Some(id), patterns) | special);
        self.numbers.insert(id, state);
        state
    }
}

/// Where among a state's steps that with this byte stands.
fn place(byte: u8) -> usize {
    usize::from(byte) % NEAR
}

/// Where among the pairs one stands behind this byte.
fn pair(before: u8, first: u8, second: u8) -> usize {
    usize::from(KINDS[usize::from(before)]) << 16 | usize::from(first) << 8 | usize::from(second)
}

//! The steps through an automaton of many phrases that texts take most, in little memory.
//!
//! The automaton has thousands of states, each with a row for every byte: no near memory holds the rows, and most of the
//! time went into waiting for them. But nearly every state goes on with one byte or two. So states have small numbers here,
//! with eight steps side by side for each. One byte tells inside of words that no phrase begins, and four bytes tell it nearly
//! everywhere, so the first [`FIRST`] steps are one.

use regex_automata::{
    Anchored,
    hybrid::{
        LazyStateID,
        dfa::{Cache, DFA},
    },
    util::start,
};
use std::collections::HashMap;

/// Steps that each state has room for.
const NEAR: usize = 8;

/// Steps of states that take more; a power of two.
const FAR: usize = 1 << 15;

/// Bytes behind which phrases are followed at once from where they lead.
pub(super) const FIRST: usize = 4;

/// Beginnings of that length that are remembered; a power of two.
const BEGINNINGS: usize = 1 << 12;

/// What stands behind the last byte.
const END: u32 = 256;

/// What a byte is for the next one: none of a word, one of a word, the end of a line. Shapes have no ends of lines, so that
/// both of them may be one kind.
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

/// Per byte: the bit of its kind.
const BEHIND: [u8; 256] = {
    let (mut bits, mut byte) = ([0; 256], 0);
    while byte < 256 {
        bits[byte] = 1 << KINDS[byte];
        byte += 1;
    }
    bits
};

/// Per byte: its bit among those that lead nowhere.
const BITS: [u8; 256] = {
    let (mut bits, mut byte, mut next) = ([NO_BIT; 256], 0, 0);
    while byte < 128 {
        let frequent = matches!(byte as u8, b' '..=b'@' | b'[' | b']' | b'_' | b'a'..=b'z');
        if frequent && next < NO_BIT {
            bits[byte] = next;
            next += 1;
        }
        byte += 1;
    }
    bits
};

/// The bit of the other bytes, which is never set.
const NO_BIT: u8 = 63;

/// The kind of what is no byte: the beginning of a text.
const NOTHING: usize = 3;

/// Numbers that stand for no state of the automaton.
const NO_STATES: usize = 3;

/// A state of the automaton, by its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State(u16);

impl State {
    /// Nobody has been there.
    const UNKNOWN: Self = Self(0);
    /// Nothing goes on from here.
    const DEAD: Self = Self(1 | Self::SPECIAL);
    /// A phrase ends before: it has to be gone there byte by byte.
    const SLOW: Self = Self(2);
    /// Set where a phrase ends, and where nothing goes on.
    const SPECIAL: u16 = 1 << 15;
    const NUMBER: u16 = Self::SPECIAL - 1;

    pub fn is_dead(self) -> bool {
        self == Self::DEAD
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

/// The steps from a state that are known and near.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// The bits of bytes that lead nowhere.
    dead: u64,
    /// The bytes of other steps, turned so that zero is none (a text has no byte of ones only)…
    bytes: [u8; NEAR],
    /// …and where they lead.
    to: [State; NEAR],
}

/// The first bytes of a phrase, and where they lead.
#[derive(Clone, Copy, Debug, Default)]
struct Beginning {
    bytes: u32,
    /// Of the byte before them.
    kind: u8,
    to: State,
}

/// A state that has a number.
#[derive(Debug)]
struct Known {
    /// None for those that stand for no state of the automaton.
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
    rows: Vec<Row>,
    /// Other steps: the state and the byte they begin with, and where they lead.
    far: Box<[(u32, State)]>,
    /// Per first byte: the bits of the kinds behind which a phrase may begin so, as far as that is known.
    firsts: Box<[u8; 256]>,
    /// Where the first [`FIRST`] bytes lead.
    beginnings: Box<[Beginning]>,
    /// Per kind of byte before: where to begin.
    starts: [State; NOTHING + 1],
    /// How often the automaton has forgotten its states…
    cleared: usize,
    /// …and how often they have been forgotten here.
    forgotten: usize,
    /// How many there may be before they are.
    most: usize,
}

impl Steps {
    pub fn new(dfa: &DFA) -> Self {
        Self::with_room(dfa, usize::from(State::NUMBER) + 1)
    }

    /// With room for so many states, those included that stand for none.
    fn with_room(dfa: &DFA, most: usize) -> Self {
        let mut steps = Self {
            cache: dfa.create_cache(),
            known: Vec::new(),
            numbers: HashMap::new(),
            rows: Vec::new(),
            far: vec![(0, State::UNKNOWN); FAR].into(),
            firsts: Box::new([u8::MAX; 256]),
            beginnings: vec![Beginning::default(); BEGINNINGS].into(),
            starts: [State::UNKNOWN; NOTHING + 1],
            cleared: 0,
            forgotten: 0,
            most,
        };
        for _ in 0..NO_STATES {
            steps.add(None, Box::default());
        }
        steps
    }

    fn add(&mut self, id: Option<LazyStateID>, patterns: Box<[usize]>) -> u16 {
        let number = self.known.len() as u16;
        self.known.push(Known { id, patterns });
        self.rows.push(Row::default());
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

    /// Whether a phrase may begin with a byte behind another.
    #[inline]
    pub fn may_begin(&self, before: u8, first: u8) -> bool {
        self.firsts[usize::from(first)] & BEHIND[usize::from(before)] != 0
    }

    /// Where phrases that begin behind a byte with some others are followed from, and how many of these lead there. None
    /// when no phrase does.
    #[inline]
    pub fn begin(&mut self, dfa: &DFA, before: u8, first: [u8; FIRST]) -> Option<(State, usize)> {
        let (kind, bytes) = (KINDS[usize::from(before)], u32::from_le_bytes(first));
        // Knuth 1998, 6.4.
        let place = (bytes ^ u32::from(kind)).wrapping_mul(0x9e37_79b1) >> (32 - BEGINNINGS.trailing_zeros());
        let state = match self.beginnings.get(place as usize) {
            Some(known) if known.bytes == bytes && known.kind == kind && known.to != State::UNKNOWN => {
                known.to
            }
            _ => {
                let to = self.walk(dfa, before, &first);
                if to.is_dead() && self.walk(dfa, before, &first[..1]).is_dead() {
                    self.firsts[usize::from(first[0])] &= !BEHIND[usize::from(before)];
                }
                if let Some(known) = self.beginnings.get_mut(place as usize) {
                    *known = Beginning { bytes, kind, to };
                }
                to
            }
        };
        match state {
            State::DEAD => None,
            State::SLOW => Some((self.start(dfa, Some(before)), 0)),
            state => Some((state, FIRST)),
        }
    }

    /// Where `bytes` lead behind `before`.
    #[cold]
    fn walk(&mut self, dfa: &DFA, before: u8, bytes: &[u8]) -> State {
        let mut state = self.start(dfa, Some(before));
        let forgotten = self.forgotten;
        for byte in bytes {
            state = self.next(dfa, state, Some(*byte));
            if forgotten != self.forgotten {
                return State::SLOW;
            }
            if state.is_special() {
                break;
            }
        }
        match state.is_special() && !state.is_dead() {
            true => State::SLOW,
            false => state,
        }
    }

    /// Where a byte leads, or the end.
    #[inline]
    pub fn next(&mut self, dfa: &DFA, state: State, byte: Option<u8>) -> State {
        if let Some(byte) = byte
            && let Some(row) = self.rows.get(state.index())
        {
            if row.dead >> BITS[usize::from(byte)] & 1 != 0 {
                return State::DEAD;
            }
            if row.bytes[place(byte)] == !byte {
                return row.to[place(byte)];
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
        let row = self.rows.get_mut(state.index());
        match row.zip(byte) {
            Some((row, byte)) if to.is_dead() && BITS[usize::from(byte)] < NO_BIT => {
                row.dead |= 1 << BITS[usize::from(byte)];
            }
            Some((row, byte)) if row.bytes[place(byte)] == 0 => {
                (row.bytes[place(byte)], row.to[place(byte)]) = (!byte, to);
            }
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

    /// What stands for a state of the automaton. When that has forgotten its states, or there are too many, all others are
    /// forgotten.
    fn state(&mut self, dfa: &DFA, id: LazyStateID) -> State {
        let cleared = self.cache.clear_count();
        if cleared != self.cleared || self.known.len() >= self.most {
            self.far.fill((0, State::UNKNOWN));
            self.firsts.fill(u8::MAX);
            self.beginnings.fill(Beginning::default());
            self.starts.fill(State::UNKNOWN);
            self.numbers.clear();
            self.known.truncate(NO_STATES);
            self.rows.truncate(NO_STATES);
            self.cleared = cleared;
            self.forgotten += 1;
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
    usize::from(byte.wrapping_mul(48) >> 5) % NEAR
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex_automata::MatchKind;

    const PHRASES: [&str; 5] = [
        r"(?-u:\b)so(?-u:\b)",
        "(wait|so)( [a-z]+){0,3} no",
        "no[a-z]{2,20}",
        "\0+",
        "é|x",
    ];

    fn automaton(capacity: usize) -> DFA {
        let config = DFA::config()
            .match_kind(MatchKind::All)
            .cache_capacity(capacity)
            .skip_cache_capacity_check(true);
        DFA::builder().configure(config).build_many(&PHRASES).unwrap()
    }

    /// Which patterns end behind which bytes, for the phrases that begin at `from`.
    fn ends(dfa: &DFA, steps: &mut Steps, text: &[u8], from: usize) -> Vec<(usize, Vec<usize>)> {
        let before = from.checked_sub(1).map(|before| text[before]);
        if let (Some(before), Some(first)) = (before, text.get(from))
            && !steps.may_begin(before, *first)
        {
            return Vec::new();
        }
        let (mut state, mut at) = (steps.start(dfa, before), from);
        if let (Some(before), Some(first)) = (before, text[from..].first_chunk()) {
            let Some((begun, length)) = steps.begin(dfa, before, *first) else {
                return Vec::new();
            };
            (state, at) = (begun, from + length);
        }
        let mut ends = Vec::new();
        for (end, byte) in (at..).zip(text[at..].iter().copied().map(Some).chain([None])) {
            if state.is_dead() {
                break;
            }
            state = steps.next(dfa, state, byte);
            if !steps.patterns(state).is_empty() {
                ends.push((end, steps.patterns(state).to_vec()));
            }
        }
        ends
    }

    /// The same, told by the automaton itself.
    fn truth(dfa: &DFA, text: &[u8], from: usize) -> Vec<(usize, Vec<usize>)> {
        let mut cache = dfa.create_cache();
        let before = from.checked_sub(1).map(|before| text[before]);
        let config = start::Config::new().anchored(Anchored::Yes).look_behind(before);
        let mut state = dfa.start_state(&mut cache, &config).unwrap();
        let mut ends = Vec::new();
        for (end, byte) in (from..).zip(text[from..].iter().copied().map(Some).chain([None])) {
            state = match byte {
                Some(byte) => dfa.next_state(&mut cache, state, byte).unwrap(),
                None => dfa.next_eoi_state(&mut cache, state).unwrap(),
            };
            if state.is_match() {
                let patterns = 0..dfa.match_len(&cache, state);
                let patterns = patterns.map(|index| dfa.match_pattern(&cache, state, index).as_usize());
                ends.push((end, patterns.collect()));
            }
        }
        ends
    }

    #[test]
    fn phrases_end_where_the_automaton_says_also_when_there_are_too_many_states() {
        let dfa = automaton(1 << 20);
        let texts = [
            "wait, so it is no node\n",
            "so a b c no",
            "\0\0x no\u{e9}, nobody waits",
            "",
        ];
        for room in [1, 2, 5, 12] {
            let mut steps = Steps::with_room(&dfa, NO_STATES + room);
            for text in texts.map(str::as_bytes) {
                for from in 0..=text.len() {
                    for _ in 0..2 {
                        let found = ends(&dfa, &mut steps, text, from);
                        assert_eq!(found, truth(&dfa, text, from), "{room} {from}");
                    }
                }
            }
            assert!(steps.forgotten > 0 && steps.known.len() <= NO_STATES + room);
        }
    }

    proptest! {
        #[test]
        fn phrases_end_where_the_automaton_says_also_when_it_forgets_its_states(
            texts in proptest::collection::vec("((wait|so|no|x|é|\0|[a-z]{1,4}|\n)[ ,]?){0,9}", 1..6),
        ) {
            let (large, small) = (automaton(1 << 20), automaton(0));
            let mut steps = [Steps::new(&large), Steps::new(&small)];
            for text in &texts {
                for from in 0..=text.len() {
                    let truth = truth(&large, text.as_bytes(), from);
                    for (dfa, steps) in [&large, &small].into_iter().zip(&mut steps) {
                        // Once found out, once known.
                        for _ in 0..2 {
                            prop_assert_eq!(&ends(dfa, steps, text.as_bytes(), from), &truth, "{:?} {}", text, from);
                        }
                    }
                }
            }
        }
    }
}

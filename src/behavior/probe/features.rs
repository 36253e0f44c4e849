//! What a probe sees of a sentence: its words, how the sentence before it begins and ends, and what the rules and the course
//! of the reasoning say.
//!
//! A feature is there or not; its name says what it is (`pair too big`, `holds verification.size`), and its key is a hash of
//! that name. Only what came before counts, so that a live text is judged as it arrives.

use crate::{
    behavior::{
        discourse::Seen,
        rules::{BUILT_IN, Condition},
    },
    trace::{prose::Sentence, record::Behavior},
};

/// Version of the features; weights learnt with another version mean nothing.
pub const VERSION: u32 = 3;

/// Words of a sentence that are looked at; hostile text stays cheap.
const MOST_WORDS: usize = 200;

/// A sentence with what the rules found in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    /// The sentence.
    pub sentence: &'a Sentence<'a>,
    /// What the rules saw in it.
    pub seen: Seen<'a>,
    /// What rules and state evidence found in it.
    pub found: &'a [Behavior],
}

/// What is remembered of the sentence before.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    /// Sentences that came before.
    count: usize,
    /// Its first two words and its last.
    first: String,
    second: String,
    last: String,
    question: bool,
}

impl Before {
    /// Takes in a sentence.
    pub fn go_on(&mut self, sentence: &Sentence<'_>) {
        let mut words = tokens(sentence.shape);
        let keep = |place: &mut String, token: Option<&str>| {
            place.clear();
            place.extend(token);
        };
        keep(&mut self.first, words.next());
        keep(&mut self.second, words.next());
        // No word has a blank in it.
        let last = sentence.shape.rsplit(' ').find_map(|part| tokens(part).last());
        keep(&mut self.last, last);
        self.question = sentence.shape.ends_with('?');
        self.count += 1;
    }
}

/// Takes in features: as keys when a text is judged, with their names for training and for reasons.
pub(super) trait Sink<'a> {
    /// What stands for a word.
    type Word: Copy;

    /// What stands for this one.
    fn word(text: &'a str) -> Self::Word;

    /// The feature whose name is `kind` and `words`, with blanks between them.
    fn add(&mut self, kind: &'static str, words: &[Self::Word]);
}

/// Keys only, each given to a function; a word is its hash.
pub(super) struct Keys<F>(pub F);

impl<'a, F: FnMut(u64)> Sink<'a> for Keys<F> {
    type Word = u64;

    fn word(text: &'a str) -> u64 {
        hash(text)
    }

    // Kinds are constants: their hashes are then known to the compiler.
    #[inline(always)]
    fn add(&mut self, kind: &'static str, words: &[u64]) {
        self.0(together(hash(kind), words.iter().copied()));
    }
}

/// The names of features that a function of their place, in the order in which they are told, gives a weight.
pub(super) struct Weighing<F> {
    weight: F,
    place: usize,
    /// Those it gave one, and what they weigh.
    pub names: Vec<(i16, String)>,
}

impl<F> Weighing<F> {
    pub fn by(weight: F) -> Self {
        Self {
            weight,
            place: 0,
            names: Vec::new(),
        }
    }
}

impl<'a, F: FnMut(usize) -> Option<i16>> Sink<'a> for Weighing<F> {
    type Word = &'a str;

    fn word(text: &'a str) -> &'a str {
        text
    }

    fn add(&mut self, kind: &'static str, words: &[&'a str]) {
        self.place += 1;
        let Some(weight) = (self.weight)(self.place - 1) else {
            return;
        };
        let mut name = kind.to_owned();
        for word in words {
            name.push(' ');
            name.push_str(word);
        }
        self.names.push((weight, name));
    }
}

/// The key of a feature's name.
pub(super) fn key(name: &str) -> u64 {
    let mut words = name.split(' ').map(hash);
    let kind = words.next().unwrap_or_default();
    together(kind, words)
}

/// Eight bytes at a time, the last eight perhaps twice.
#[inline]
fn hash(text: &str) -> u64 {
    let (bytes, mut hash) = (text.as_bytes(), text.len() as u64);
    for eight in bytes.as_chunks().0.iter().take(bytes.len().saturating_sub(1) / 8) {
        hash = spread(hash ^ u64::from_le_bytes(*eight));
    }
    let last = match (bytes.last_chunk(), bytes.first_chunk(), bytes.last_chunk()) {
        (Some(eight), ..) => u64::from_le_bytes(*eight),
        (None, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => bytes.iter().fold(0, |three, byte| three << 8 | u64::from(*byte)),
    };
    spread(hash ^ last)
}

/// Spreads what a number holds over all its bits, by the golden ratio (Knuth, The Art of Computer Programming, 6.4).
#[inline]
fn spread(state: u64) -> u64 {
    (state ^ state >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The hashes of a kind and its words as one, spread over all bits.
fn together(kind: u64, words: impl Iterator<Item = u64>) -> u64 {
    spread(words.fold(kind, |state, word| spread(state).wrapping_add(word)))
}

/// Tells `sink` every feature of a sentence. `words` is room for its words.
pub(super) fn features<'a, S: Sink<'a>>(
    look: &Look<'a>,
    before: &'a Before,
    words: &mut Vec<S::Word>,
    sink: &mut S,
) {
    words.clear();
    words.extend(tokens(look.sentence.shape).take(MOST_WORDS).map(S::word));
    sink.add("always", &[]);
    says(words, sink);
    stands(look.sentence, before, sink);
    holds(look, sink);
}

/// Words, pairs and triples anywhere, and how the sentence begins and ends.
fn says<'a, S: Sink<'a>>(words: &[S::Word], sink: &mut S) {
    for (kind, length) in [("word", 1), ("pair", 2), ("triple", 3)] {
        for some in words.windows(length) {
            sink.add(kind, some);
        }
        if let Some(begin) = words.get(..length) {
            sink.add("begins", begin);
        }
    }
    for length in 1..=2 {
        if let Some(from) = words.len().checked_sub(length) {
            sink.add("ends", words.get(from..).unwrap_or_default());
        }
    }
    sink.add(
        "length",
        &[S::word(match words.len() {
            0..=3 => "shortest",
            4..=8 => "short",
            9..=16 => "middle",
            17..=30 => "long",
            _ => "longest",
        })],
    );
}

/// How it is written, where it stands, and how the sentence before it begins and ends.
fn stands<'a, S: Sink<'a>>(sentence: &Sentence<'_>, before: &'a Before, sink: &mut S) {
    if sentence.first {
        sink.add("first-of-line", &[]);
    }
    let (text, bytes) = (sentence.text, sentence.text.as_bytes());
    let ascii = text.is_ascii();
    if memchr::memchr(b'"', bytes).is_some() || !ascii && text.contains('\u{201c}') {
        sink.add("quotes", &[]);
    }
    let dots = |at| bytes.get(at..).is_some_and(|rest| rest.starts_with(b"..."));
    if memchr::memchr_iter(b'.', bytes).any(dots) || !ascii && text.contains('\u{2026}') {
        sink.add("trails-off", &[]);
    }
    sink.add(
        "number",
        &[S::word(match before.count {
            0 => "first",
            1..=2 => "early",
            3..=9 => "soon",
            _ => "later",
        })],
    );
    let [first, second, last] = [&before.first, &before.second, &before.last].map(|word| S::word(word));
    sink.add("before-begins", &[first]);
    sink.add("before-begins", &[first, second]);
    sink.add("before-ends", &[last]);
    if before.question {
        sink.add("after-question", &[]);
    }
}

/// What the rules say, and what the reasoning has come to.
fn holds<'a, S: Sink<'a>>(look: &Look<'a>, sink: &mut S) {
    for (number, name) in BUILT_IN.iter().enumerate() {
        if look.seen.flags.has(Condition::built_in(number)) {
            sink.add("context", &[S::word(name)]);
        }
    }
    let said = look.seen.rules.said(look.seen.matches);
    for rule in said.filter(|rule| !rule.phrases.is_empty()) {
        sink.add("phrase", &[S::word(&rule.name)]);
    }
    for found in look.found {
        sink.add("holds", &[S::word(&found.rule)]);
        sink.add("found", &[S::word(&found.behavior)]);
    }
    if look.found.is_empty() {
        sink.add("found", &[S::word("nothing")]);
    }
}

/// Words, signs and the punctuation that matters of a shape.
fn tokens(shape: &str) -> impl Iterator<Item = &str> {
    let mut rest = shape;
    std::iter::from_fn(move || {
        loop {
            let of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'\'';
            let word = rest.bytes().take_while(of_word).count();
            let (length, says) = match rest.as_bytes().first()? {
                _ if word > 0 => (word, true),
                first if first.is_ascii() => (1, b"%#@?!:=(".contains(first)),
                _ => {
                    let first = rest.chars().next()?;
                    (first.len_utf8(), !first.is_whitespace())
                }
            };
            let (token, after) = rest.split_at(length);
            rest = after;
            if says {
                return Some(token);
            }
        }
    })
}

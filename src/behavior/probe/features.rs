//! What a probe sees of a sentence: its words, what the rules and the course of the reasoning say of it, what its
//! arithmetic comes to, and the sentences before it.
//!
//! A feature is there or not; its name says what it is (`pair too big`, `holds verification.size`), and its key is a hash
//! of that name. Only what came before counts, so that a live text is judged as it arrives.

use super::memory::{Memory, Repeats};
use crate::{
    behavior::{detector::returns_in, discourse::Seen},
    trace::{
        Tree,
        prose::{Expression, Link, Sentence},
        record::Behavior,
    },
};

/// Version of the features; weights learnt with another version mean nothing.
pub const VERSION: u32 = 2;

/// Words of a sentence that are looked at; hostile text stays cheap.
const MOST_WORDS: usize = 200;

/// Bytes of a word that are looked at without its ending.
const STEM: usize = 5;

/// A sentence with what the rules found in it.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The sentence.
    pub sentence: &'a Sentence<'a>,
    /// Its [`tokens`].
    pub tokens: &'a [&'a str],
    /// What the rules saw in it.
    pub seen: Seen<'a>,
    /// What rules and state evidence found in it.
    pub found: &'a [Behavior],
    /// The tree so far.
    pub tree: &'a Tree,
}

/// Takes in features.
pub trait Sink {
    /// The feature whose name is `kind` and `parts`, with blanks between them.
    fn add(&mut self, kind: &str, parts: &[&str]);
}

/// Keys only, each given to a function.
pub struct Keys<F>(pub F);

impl<F: FnMut(u64)> Sink for Keys<F> {
    // Kinds are constants: what they add to the hash is then known to the compiler.
    #[inline(always)]
    fn add(&mut self, kind: &str, parts: &[&str]) {
        let hash = parts
            .iter()
            .fold(hash(SEED, kind), |state, part| hash(hash(state, " "), part));
        self.0(finish(hash));
    }
}

/// Names only, for training and for reasons.
#[derive(Clone, Debug, Default)]
pub struct Names(pub Vec<String>);

impl Sink for Names {
    fn add(&mut self, kind: &str, parts: &[&str]) {
        let mut name = kind.to_owned();
        for part in parts {
            name.push(' ');
            name.push_str(part);
        }
        self.0.push(name);
    }
}

/// The key of a feature's name.
#[must_use]
pub fn key(name: &str) -> u64 {
    finish(hash(SEED, name))
}

/// The key of a text without its blanks.
pub(super) fn key_without_blanks(text: &str) -> u64 {
    finish(text.split_whitespace().fold(SEED, hash))
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a (Fowler, Noll, Vo), which goes on from where it was.
fn hash(state: u64, text: &str) -> u64 {
    text.bytes().fold(state, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Spreads the last bytes over all bits.
fn finish(hash: u64) -> u64 {
    (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Tells `sink` every feature of a sentence.
pub(super) fn features(look: &Look<'_>, memory: &Memory, sink: &mut impl Sink) {
    sink.add("always", &[]);
    let tokens = look.tokens.get(..MOST_WORDS).unwrap_or(look.tokens);
    words(tokens, sink);
    course(look, memory, tokens, sink);
    place(look, memory, tokens, sink);
    arithmetic(look, memory, sink);
}

/// Words, pairs and triples anywhere, and how the sentence begins and ends.
fn words(tokens: &[&str], sink: &mut impl Sink) {
    for token in tokens {
        sink.add("word", &[token]);
        // `verify`, `verifying`, `verification`.
        if let Some(stem) = token.get(..STEM).filter(|_| token.len() > STEM) {
            sink.add("stem", &[stem]);
        }
    }
    for pair in tokens.windows(2) {
        sink.add("pair", pair);
    }
    for triple in tokens.windows(3) {
        sink.add("triple", triple);
    }
    for length in 1..=3 {
        if let Some(begin) = tokens.get(..length) {
            sink.add("begins", begin);
        }
    }
    if let Some(last) = tokens.last() {
        sink.add("ends", &[last]);
    }
    let length = match tokens.len() {
        0..=3 => "shortest",
        4..=8 => "short",
        9..=16 => "middle",
        17..=30 => "long",
        _ => "longest",
    };
    sink.add("length", &[length]);
}

/// What the rules say, and what the reasoning has come to.
fn course(look: &Look<'_>, memory: &Memory, tokens: &[&str], sink: &mut impl Sink) {
    let begin = tokens.first().copied().unwrap_or("");
    for name in look.seen.rules.names(look.seen.flags) {
        sink.add("context", &[name]);
    }
    let Course { state, check, task } = Course::of(look, memory);
    sink.add("begins-when", &[begin, state]);
    sink.add("begins-after", &[begin, memory.last()]);
    if let Some([first, second]) = tokens
        .get(..2)
        .and_then(|begin| <[&str; 2]>::try_from(begin).ok())
    {
        sink.add("opens-when", &[first, second, state]);
        sink.add("opens-after", &[first, second, memory.last()]);
    }
    sink.add("last", &[memory.last()]);
    sink.add("begins-while", &[begin, check]);
    sink.add("begins-in", &[begin, task]);
    for rule in look
        .seen
        .rules
        .said(look.seen.matches)
        .filter(|rule| !rule.phrases.is_empty())
    {
        sink.add("phrase", &[&rule.name]);
        sink.add("phrase-when", &[&rule.name, state]);
    }
    let mut any = false;
    for found in look.found {
        any = true;
        sink.add("holds", &[&found.rule]);
        sink.add("holds-when", &[&found.rule, state]);
        sink.add("holds-in", &[&found.rule, task]);
        sink.add("holds-while", &[&found.rule, check]);
        sink.add("holds-at", &[&found.rule, begin]);
        sink.add("holds-after", &[&found.rule, memory.last()]);
        sink.add("holds-number", &[&found.rule, number(memory)]);
        sink.add("found", &[&found.behavior]);
        sink.add("found-by", &[&found.behavior, &found.detector]);
        for before in memory.before() {
            sink.add("found-after", &[&found.behavior, before]);
        }
    }
    if !any {
        sink.add("found", &["nothing"]);
    }
    if returns_in(look.tree, look.sentence.span).next().is_some() {
        sink.add("tree", &["returns"]);
    }
}

/// Where the reasoning stands.
struct Course {
    state: &'static str,
    check: &'static str,
    task: &'static str,
}

impl Course {
    fn of(look: &Look<'_>, memory: &Memory) -> Self {
        let has = |name: &str| {
            look.seen
                .rules
                .condition(name)
                .is_some_and(|c| look.seen.flags.has(c))
        };
        Self {
            state: match (has("found"), has("failed"), has("tried")) {
                (true, ..) => "found",
                (_, true, _) => "failed",
                (.., true) => "tried",
                _ => "fresh",
            },
            check: if has("checking") {
                "checking"
            } else {
                "not-checking"
            },
            task: if memory.goal().is_some() {
                "with-a-goal"
            } else {
                "without-a-goal"
            },
        }
    }
}

/// How far the text has come.
fn number(memory: &Memory) -> &'static str {
    match memory.sentences() {
        0 => "first",
        1..=2 => "early",
        3..=9 => "soon",
        _ => "later",
    }
}

/// Where the sentence stands, and what stands before it.
fn place(look: &Look<'_>, memory: &Memory, tokens: &[&str], sink: &mut impl Sink) {
    let sentence = look.sentence;
    sink.add("line", &[if sentence.first { "begins" } else { "goes-on" }]);
    let begin = tokens.first().copied().unwrap_or("");
    if begin == memory.begin() && !begin.is_empty() {
        sink.add("parallel", &[]);
    }
    sink.add("before-begins", &[memory.begin()]);
    sink.add("before-ends", &[memory.end()]);
    for before in memory.before() {
        sink.add("before", &[before]);
    }
    for before in memory.earlier() {
        sink.add("earlier", &[before]);
    }
    for fact in memory.facts() {
        sink.add("so-far", &[fact]);
    }
    sink.add("number", &[number(memory)]);
}

/// What the calculations come to.
fn arithmetic(look: &Look<'_>, memory: &Memory, sink: &mut impl Sink) {
    let sentence = look.sentence;
    let bare = !sentence.shape.bytes().any(|b| b.is_ascii_alphabetic());
    sink.add("words", &[if bare { "none" } else { "some" }]);
    let goal = memory.goal();
    let Course { state, check, task } = Course::of(look, memory);
    let mut fact = |name: &str| {
        sink.add("fact", &[name]);
        sink.add("fact-in", &[name, task]);
        sink.add("fact-when", &[name, state]);
        sink.add("fact-while", &[name, task, check]);
        if bare {
            sink.add("bare-fact", &[name]);
        }
    };
    let calculations = sentence.calculations().count();
    match calculations {
        0 if sentence.expressions.is_empty() => fact("no-number"),
        0 => fact("numbers"),
        1 => fact("one-calculation"),
        2 => fact("two-calculations"),
        _ => fact("calculations"),
    }
    let of_goal = |e: &Expression| goal.is_some() && e.value == goal;
    let calculated = || sentence.calculations();
    let holds = |yes: bool, name: &'static str| yes.then_some(name);
    let last = sentence.expressions.last();
    let facts = [
        holds(calculated().any(of_goal), "reaches-the-goal"),
        holds(last.is_some_and(of_goal), "ends-with-the-goal"),
        holds(
            sentence.expressions.first().is_some_and(of_goal),
            "begins-with-the-goal",
        ),
        holds(
            calculated().any(|e| e.operands.iter().any(|n| Some(*n) == goal)),
            "calculates-with-the-goal",
        ),
        holds(
            goal.is_some() && calculated().any(|e| !of_goal(e)),
            "misses-the-goal",
        ),
        holds(
            calculated().any(|e| memory.calculated(sentence, e)),
            "calculated-before",
        ),
        holds(
            calculated().any(|e| e.operands.iter().any(|n| !memory.there(*n))),
            "with-a-number-that-is-not-there",
        ),
        holds(
            calculated().any(|e| e.operands.iter().all(|n| memory.given(*n))),
            "with-given-numbers-only",
        ),
        holds(
            calculated().any(|e| e.value.is_some_and(|value| !value.is_integer())),
            "fraction",
        ),
        holds(
            sentence.expressions.iter().any(|e| e.link == Link::Unequal),
            "unequal",
        ),
        holds(is_false(sentence), "false"),
        holds(
            calculated().filter(|e| e.link == Link::Equal).count() > 1,
            "chain",
        ),
    ];
    let repeats = memory.named(sentence).map(|repeats| match repeats {
        Repeats::All => "repeats-its-numbers",
        Repeats::Half => "repeats-half-of-its-numbers",
    });
    facts.into_iter().chain([repeats]).flatten().for_each(fact);
}

/// Whether the sentence claims a result that is not the true one.
fn is_false(sentence: &Sentence<'_>) -> bool {
    sentence.expressions.windows(2).any(|pair| match pair {
        [left, right] => {
            right.link == Link::Equal
                && left.value.is_some()
                && right.value.is_some()
                && left.value != right.value
                && left.steps.len() + right.steps.len() > 0
        }
        _ => false,
    })
}

/// Words, signs and the punctuation that matters of a shape.
pub(super) fn tokens(shape: &str) -> impl Iterator<Item = &str> {
    let mut rest = shape;
    std::iter::from_fn(move || {
        loop {
            let word = word(rest);
            let first = rest.chars().next()?;
            let length = if word > 0 { word } else { first.len_utf8() };
            let (token, after) = rest.split_at(length);
            rest = after;
            let says = word > 0
                || !first.is_ascii() && !first.is_whitespace()
                || matches!(first, '%' | '#' | '@' | '?' | '!' | ':' | '=' | '(');
            if says {
                return Some(token);
            }
        }
    })
}

/// The length of the word a text begins with: ASCII letters and digits, and apostrophes.
fn word(text: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = text.as_bytes().get(length..).unwrap_or_default();
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'\'';
        length += rest.iter().position(|byte| !plain(byte)).unwrap_or(rest.len());
        match text.get(length..) {
            Some(rest) if rest.starts_with('\u{2019}') => length += '\u{2019}'.len_utf8(),
            _ => return length,
        }
    }
}

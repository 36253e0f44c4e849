//! Looks for many phrases in a sentence at once.
//!
//! One automaton of all phrases would have to remember every beginning of every phrase (`^so\b.*\bmust\b`), and real
//! text never stops making it new states. So one pass finds the words that phrases need (Aho and Corasick 1975), and only
//! the phrases whose words are there are searched, each by itself. Few sentences have more than a handful.

use super::literals::{START, needed};
use aho_corasick::AhoCorasick;
use regex_automata::{
    Anchored, Input, MatchKind, PatternID,
    hybrid::dfa::{Cache, DFA},
    meta::Regex,
    nfa::thompson,
    util::{pool::Pool, syntax},
};
use regex_syntax::hir::{Dot, Hir, Look};
use std::{collections::HashMap, ops::Range, sync::OnceLock};

/// Bytes a thread may keep of the automata while it builds them; with less it builds the same states again and again.
const CACHE: usize = 16 << 20;

/// Bytes of a word that are looked for; more would tell few phrases apart and make the automaton large.
const LONGEST_WORD: usize = 10;

/// Longest phrase in bytes that is tried wherever it may begin; a longer one is looked for once in all that follows, so
/// that hostile text stays cheap.
const LONGEST_TRIED: usize = 256;

/// Phrases, ready to be looked for.
#[derive(Debug)]
pub(super) struct Search {
    /// The phrases as regular expressions…
    phrases: Vec<String>,
    /// …and each alone, prepared when its place is first asked for; none when it cannot be.
    alone: Vec<OnceLock<Option<Regex>>>,
    words: AhoCorasick,
    /// Per word: the phrases that need it.
    needed_by: Vec<Vec<Use>>,
    /// The phrases that need no word.
    always: Vec<usize>,
    /// Per phrase: whether it is looked for once in all that follows its first word.
    anywhere: Vec<bool>,
    /// One automaton per phrase, all in the same memory.
    automata: DFA,
    memory: Pool<Cache, NewCache>,
}

/// What a word is to a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Use {
    phrase: usize,
    /// It only counts at the beginning of the sentence.
    at_start: bool,
    /// The phrase begins with it…
    first: bool,
    /// …and does not begin inside a word.
    whole: bool,
}

/// A phrase, and the first byte where it may begin.
pub(super) type Candidate = (usize, usize);

type NewCache = Box<dyn Fn() -> Cache + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>;

/// Why phrases cannot be looked for: the phrase, when it is one's fault, and what is wrong.
pub(super) type Wrong = (Option<usize>, String);

impl Search {
    /// Prepares to look for `phrases`.
    pub fn new(phrases: &[String]) -> Result<Self, Wrong> {
        let ascii: Vec<String> = phrases.iter().map(|phrase| ascii(phrase)).collect();
        let mut words = Words::default();
        let (mut parsed, mut anywhere) = (Vec::new(), Vec::new());
        for (number, phrase) in ascii.iter().enumerate() {
            let hir = syntax::parse(phrase).map_err(|e| (Some(number), e.to_string()))?;
            let short = hir
                .properties()
                .maximum_len()
                .is_some_and(|most| most <= LONGEST_TRIED);
            anywhere.push(!(words.add(number, &hir) && short));
            parsed.push(if anywhere.last() == Some(&true) {
                behind_anything(hir)
            } else {
                hir
            });
        }
        let general = |e: &dyn std::error::Error| (None, e.to_string());
        let nfa = thompson::Compiler::new()
            .configure(
                thompson::Config::new()
                    .utf8(false)
                    .which_captures(thompson::WhichCaptures::None),
            )
            .build_many_from_hir(&parsed)
            .map_err(|e| general(&e))?;
        let automata = DFA::builder()
            .configure(
                DFA::config()
                    .match_kind(MatchKind::All)
                    .starts_for_each_pattern(true)
                    .cache_capacity(CACHE),
            )
            .build_from_nfa(nfa)
            .map_err(|e| general(&e))?;
        let make = automata.clone();
        Ok(Self {
            alone: ascii.iter().map(|_| OnceLock::new()).collect(),
            phrases: ascii,
            words: AhoCorasick::new(&words.words).map_err(|e| general(&e))?,
            needed_by: words.needed_by,
            always: words.always,
            anywhere,
            memory: Pool::new(Box::new(move || make.create_cache())),
            automata,
        })
    }

    /// Puts the phrases whose words `text` has into `candidates`, by their numbers.
    pub fn candidates(&self, text: &str, candidates: &mut Vec<Candidate>) {
        candidates.clear();
        candidates.extend(self.always.iter().map(|phrase| (*phrase, 0)));
        for word in self.words.find_overlapping_iter(text) {
            let start = word.start();
            let inside = start
                .checked_sub(1)
                .and_then(|before| text.as_bytes().get(before));
            let inside = inside.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            let needed_by = self.needed_by.get(word.pattern().as_usize());
            for used in needed_by.into_iter().flatten() {
                if !(used.at_start && start > 0 || used.whole && inside) {
                    candidates.push((used.phrase, if used.first { start } else { 0 }));
                }
            }
        }
        candidates.sort_unstable();
        let covered = |phrase: usize| self.anywhere.get(phrase) == Some(&true);
        candidates.dedup_by(|next, before| next == before || next.0 == before.0 && covered(next.0));
    }

    /// Tells which candidates stand in `text`.
    pub fn within<'a>(&'a self, text: &'a str) -> impl FnMut(Candidate) -> bool + 'a {
        let mut memory = self.memory.get();
        move |(phrase, from)| {
            let Ok(pattern) = PatternID::new(phrase) else {
                return false;
            };
            let input = Input::new(text)
                .range(from..)
                .anchored(Anchored::Pattern(pattern))
                .earliest(true);
            // It only fails on bytes it was told to give up at, and it was told none.
            matches!(self.automata.try_search_fwd(&mut memory, &input), Ok(Some(_)))
        }
    }

    /// Where a phrase first stands in `text` at or behind byte `from`, as long as it can be.
    pub fn place(&self, phrase: usize, text: &str, from: usize) -> Option<Range<usize>> {
        // Sentences are short: what is for long texts and for groups takes longer to prepare than it will ever save.
        let alone = self.alone.get(phrase)?.get_or_init(|| {
            Regex::builder()
                .configure(
                    Regex::config()
                        .match_kind(MatchKind::All)
                        .auto_prefilter(false)
                        .onepass(false)
                        .backtrack(false),
                )
                .build(self.phrases.get(phrase)?)
                .ok()
        });
        Some(alone.as_ref()?.find(Input::new(text).range(from..))?.range())
    }
}

/// The words of all phrases, each once.
#[derive(Default)]
struct Words {
    numbers: HashMap<Vec<u8>, usize>,
    words: Vec<Vec<u8>>,
    needed_by: Vec<Vec<Use>>,
    always: Vec<usize>,
}

impl Words {
    /// Adds what a phrase needs; whether it begins with that.
    fn add(&mut self, phrase: usize, hir: &Hir) -> bool {
        let Some(needed) = needed(hir) else {
            self.always.push(phrase);
            return false;
        };
        let boundary = hir.properties().look_set_prefix().contains(Look::WordAscii);
        for word in needed.words {
            let (at_start, word) = match word.split_first() {
                Some((&START, rest)) => (true, rest.to_vec()),
                _ => (false, word),
            };
            let word = word.get(..LONGEST_WORD).map_or(word.clone(), <[u8]>::to_vec);
            let whole = needed.first && boundary && word.first().is_some_and(u8::is_ascii_alphanumeric);
            let number = *self.numbers.entry(word).or_insert_with_key(|word| {
                self.words.push(word.clone());
                self.needed_by.push(Vec::new());
                self.words.len() - 1
            });
            let used = Use {
                phrase,
                at_start,
                first: needed.first,
                whole,
            };
            if let Some(needed_by) = self.needed_by.get_mut(number)
                && needed_by.last() != Some(&used)
            {
                needed_by.push(used);
            }
        }
        needed.first
    }
}

/// Phrases know ASCII word boundaries and classes only: that keeps them plain automata.
fn ascii(phrase: &str) -> String {
    phrase
        .replace(r"\b", r"(?-u:\b)")
        .replace(r"\w", "[a-z0-9_]")
        .replace(r"\d", "[0-9]")
}

/// A phrase behind anything, unless it can only stand at the beginning.
fn behind_anything(phrase: Hir) -> Hir {
    if phrase.properties().look_set_prefix().contains(Look::Start) {
        return phrase;
    }
    let anything = Hir::repetition(regex_syntax::hir::Repetition {
        min: 0,
        max: None,
        greedy: false,
        sub: Box::new(Hir::dot(Dot::AnyByte)),
    });
    Hir::concat(vec![anything, phrase])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behavior::rules::{BUNDLED, Spec};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// The bundled phrases, together and each alone.
    static PHRASES: LazyLock<(Search, Vec<Regex>)> = LazyLock::new(|| {
        let mut phrases: Vec<String> = Vec::new();
        for (_, text) in BUNDLED {
            let spec: Spec = toml::from_str(text).unwrap();
            phrases.extend(spec.context.into_values().flatten());
            phrases.extend(spec.rules.into_iter().flat_map(|rule| rule.say));
        }
        let alone = phrases.iter().map(|phrase| Regex::new(&ascii(phrase)).unwrap());
        (Search::new(&phrases).unwrap(), alone.collect())
    });

    proptest! {
        #[test]
        fn together_phrases_are_found_where_they_are_found_alone(
            words in proptest::collection::vec(
                "(wait|let's|let me|try|check|again|so|because|if|since|row|must|be|is|not|correct|first|next|need to|\
                 find|the|this|that|works|i|we|also|could|however|close|to|@|#|%|=|[,.:?]|another way|instead|[a-zé]{1,3})",
                1..14,
            ),
            blank in "( |é|-)",
        ) {
            let text = words.join(&blank);
            let (search, alone) = &*PHRASES;
            let mut candidates = Vec::new();
            search.candidates(&text, &mut candidates);
            let mut stands = search.within(&text);
            let mut found: Vec<usize> = candidates
                .into_iter()
                .filter(|candidate| stands(*candidate))
                .map(|(phrase, _)| phrase)
                .collect();
            found.dedup();
            let there: Vec<usize> = (0..alone.len()).filter(|phrase| alone[*phrase].is_match(&text)).collect();
            prop_assert_eq!(found, there, "{}", text);
        }
    }

    #[test]
    fn a_long_sentence_is_tried_once_for_a_phrase_without_an_end() {
        let search = Search::new(&[r"\bbecause\b.*\brow\b".to_owned(), r"\bwait\b".to_owned()]).unwrap();
        let mut candidates = Vec::new();
        search.candidates("wait, because because wait", &mut candidates);
        assert_eq!(candidates, [(0, 6), (1, 0), (1, 22)]);
    }
}

//! Looks for many phrases in a sentence at once.
//!
//! One automaton of all phrases would have to remember every beginning of every phrase (`^so\b.*\bmust\b`), and real
//! text never stops making it new states. So all phrases are tried together, but only where one may begin, mostly at the
//! first letter of a word, and only as far as their [`head`]s go: nearly always the automaton is at its end within a word
//! or two.
//! Of a phrase whose head is not all of it, the whole is then searched by itself.

use super::{
    head::{Head, head},
    phrase::expression,
    steps::{State, Steps},
};
use regex_automata::{
    Anchored, Input, MatchKind, PatternID, Span,
    hybrid::dfa::{Cache, DFA},
    nfa::thompson::{self, NFA},
    util::{pool::Pool, prefilter::Prefilter, syntax},
};
use regex_syntax::hir::{Dot, Hir, Look};
/// Bytes a thread may keep of an automaton while it builds it; with less it builds the same states again and again.
const CACHE: usize = 16 << 20;

/// Longest phrase in bytes that is tried wherever it may begin. One that may be longer is looked for once in all that
/// follows; one without a bound is found up to this length, or all of it where it begins the text. That keeps hostile text
/// cheap.
const LONGEST_TRIED: usize = 256;

/// Phrases, ready to be looked for.
#[derive(Debug)]
pub(super) struct Search {
    /// Per phrase: how the whole is searched, when its head is not all of it.
    wholes_of: Vec<Option<Whole>>,
    /// The beginnings of all phrases that have one.
    heads: DFA,
    /// Per pattern of `heads`: its phrase.
    headed: Vec<usize>,
    /// The phrases that have no beginning.
    always: Vec<usize>,
    /// One automaton per phrase whose head is not all of it, in the same memory.
    wholes: DFA,
    memory: Pool<Memory, NewMemory>,
}

/// How the whole of a phrase is searched whose head is not all of it.
#[derive(Debug)]
struct Whole {
    pattern: PatternID,
    /// Whether it is looked for once in all that follows, not only where its head stands.
    anywhere: bool,
    /// Finds where what its head leaves out may begin, when that begins with one of a few words.
    rest: Option<Prefilter>,
}

/// Memory of one thread for both automata.
#[derive(Debug)]
struct Memory {
    heads: Steps,
    wholes: Cache,
}

type NewMemory = Box<dyn Fn() -> Memory + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>;

/// A phrase, and the first byte where it may begin.
pub(super) type Candidate = (usize, usize);

/// Where a phrase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub phrase: usize,
    pub start: usize,
    pub end: usize,
}

/// What the heads tell of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Phrases that stand there, by start: each from everywhere it begins, as long as it can be.
    pub places: Vec<Place>,
    /// Phrases that may stand there, by their numbers.
    pub candidates: Vec<Candidate>,
}

impl Found {
    pub fn clear(&mut self) {
        self.places.clear();
        self.candidates.clear();
    }
}

/// Why phrases cannot be looked for: the phrase, when it is one's fault, and what is wrong.
pub(super) type Wrong = (Option<usize>, String);

impl Search {
    /// Prepares to look for `phrases`.
    pub fn new(phrases: &[String]) -> Result<Self, Wrong> {
        let (mut all, mut always) = (Vec::new(), Vec::new());
        let (mut heads, mut headed, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
        for (number, phrase) in phrases.iter().enumerate() {
            let expression = expression(phrase);
            let hir = syntax::parse(&expression).map_err(|e| (Some(number), e.to_string()))?;
            let longest = hir.properties().maximum_len();
            let short = longest.is_some_and(|most| most <= LONGEST_TRIED);
            let head = head(&hir);
            let rest = head
                .as_ref()
                .and_then(|head| Prefilter::from_hirs_prefix(MatchKind::All, &head.rest));
            let is_whole = (short || longest.is_none()) && head.as_ref().is_some_and(|head| head.whole);
            let anywhere = !short || head.is_none();
            match head {
                Some(Head { hir, .. }) => {
                    headed.push(number);
                    heads.push(hir);
                }
                None => always.push(number),
            }
            let mut whole = None;
            if !is_whole {
                whole = Some(Whole {
                    pattern: PatternID::new(wholes.len()).map_err(|e| (None, e.to_string()))?,
                    anywhere,
                    rest,
                });
                wholes.push(if anywhere { behind_anything(hir) } else { hir });
            }
            all.push(whole);
        }
        let heads = automaton(together(&heads)?, false)?;
        let wholes = automaton(together(&wholes)?, true)?;
        let (head, whole) = (heads.clone(), wholes.clone());
        let memory = move || Memory {
            heads: Steps::new(&head),
            wholes: whole.create_cache(),
        };
        Ok(Self {
            wholes_of: all,
            heads,
            headed,
            always,
            wholes,
            memory: Pool::new(Box::new(memory)),
        })
    }

    /// Puts what the heads of all phrases tell of `text` into `found`. Returns what tells where a candidate
    /// stands, if it does: as long as it can be, and from where it may begin when it is looked for in all that follows.
    pub fn look<'a>(
        &'a self,
        text: &'a str,
        found: &mut Found,
    ) -> impl FnMut(Candidate) -> Option<Place> + 'a {
        let mut memory = self.memory.get();
        found.clear();
        found
            .candidates
            .extend(self.always.iter().map(|phrase| (*phrase, 0)));
        self.go_through(text.as_bytes(), &mut memory.heads, found);
        found.candidates.sort_unstable();
        let anywhere = |phrase: usize| self.whole(phrase).is_some_and(|whole| whole.anywhere);
        found
            .candidates
            .dedup_by(|next, before| next == before || next.0 == before.0 && anywhere(next.0));
        move |(phrase, start)| {
            let whole = self.whole(phrase)?;
            let rest = whole.rest.as_ref();
            let most = match whole.anywhere {
                true => text.len(),
                false => text.len().min(start + LONGEST_TRIED),
            };
            if rest.is_some_and(|rest| rest.find(text.as_bytes(), Span::from(start..most)).is_none()) {
                return None;
            }
            let input = Input::new(text)
                .range(start..)
                .anchored(Anchored::Pattern(whole.pattern));
            // It only fails on bytes it was told to give up at, and it was told none.
            let last = self.wholes.try_search_fwd(&mut memory.wholes, &input).ok()??;
            Some(Place {
                phrase,
                start,
                end: last.offset(),
            })
        }
    }

    fn whole(&self, phrase: usize) -> Option<&Whole> {
        self.wholes_of.get(phrase)?.as_ref()
    }

    /// Follows all heads from every byte on.
    fn go_through(&self, text: &[u8], steps: &mut Steps, found: &mut Found) {
        let heads = &self.heads;
        let start = steps.start(heads, None);
        self.follow(text, 0, 0, start, steps, found);
        for (before, pair) in text.windows(2).enumerate() {
            let [behind, byte] = *pair else { continue };
            if !steps.may_begin(behind, byte) {
                continue;
            }
            let first = before + 1;
            let begun = match text.get(first..).and_then(<[u8]>::first_chunk) {
                Some(bytes) => steps.begin(heads, behind, *bytes),
                None => Some((steps.start(heads, Some(behind)), 0)),
            };
            if let Some((state, length)) = begun {
                self.follow(text, first, first + length, state, steps, found);
            }
        }
    }

    /// Follows all heads that begin at byte `start`, and have come to `state` before byte `at`, until none goes on.
    fn follow(
        &self,
        text: &[u8],
        start: usize,
        at: usize,
        mut state: State,
        steps: &mut Steps,
        found: &mut Found,
    ) {
        let (heads, first) = (&self.heads, (found.places.len(), found.candidates.len()));
        // The byte behind a match tells that it is one.
        let most = match start {
            0 => text.len(),
            _ => text.len().min(start + LONGEST_TRIED + 1),
        };
        for (end, byte) in (at..).zip(text.get(at..most).unwrap_or_default()) {
            state = steps.next(heads, state, Some(*byte));
            if state.is_special() {
                if state.is_dead() {
                    return;
                }
                self.note(steps.patterns(state), start, end, found, first);
            }
        }
        if most == text.len() {
            state = steps.next(heads, state, None);
            self.note(steps.patterns(state), start, text.len(), found, first);
        }
    }

    /// These heads stand from `start` to `end`; what is behind `first` begins there, too.
    fn note(&self, patterns: &[usize], start: usize, end: usize, found: &mut Found, first: (usize, usize)) {
        for pattern in patterns {
            let Some(phrase) = self.headed.get(*pattern).copied() else {
                continue;
            };
            if self.whole(phrase).is_some() {
                let here = found.candidates.get(first.1..).unwrap_or_default();
                if !here.contains(&(phrase, start)) {
                    found.candidates.push((phrase, start));
                }
                continue;
            }
            let here = found.places.get_mut(first.0..).unwrap_or_default();
            match here.iter_mut().find(|place| place.phrase == phrase) {
                Some(place) => place.end = end,
                None => found.places.push(Place { phrase, start, end }),
            }
        }
    }
}

fn together(expressions: &[Hir]) -> Result<NFA, Wrong> {
    let config = thompson::Config::new()
        .utf8(false)
        .which_captures(thompson::WhichCaptures::None);
    thompson::Compiler::new()
        .configure(config)
        .build_many_from_hir(expressions)
        .map_err(|e| (None, e.to_string()))
}

fn automaton(nfa: NFA, each_alone: bool) -> Result<DFA, Wrong> {
    let config = DFA::config()
        .match_kind(MatchKind::All)
        .starts_for_each_pattern(each_alone)
        .cache_capacity(CACHE);
    DFA::builder()
        .configure(config)
        .build_from_nfa(nfa)
        .map_err(|e| (None, e.to_string()))
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
    use regex_automata::meta::Regex;
    use std::sync::LazyLock;

    /// The bundled phrases, together and each alone.
    static PHRASES: LazyLock<(Search, Vec<Regex>)> = LazyLock::new(|| {
        let mut phrases: Vec<String> = Vec::new();
        for (_, text) in BUNDLED {
            let spec: Spec = toml::from_str(text).unwrap();
            phrases.extend(spec.context.into_values().flatten());
            phrases.extend(spec.rules.into_iter().flat_map(|rule| rule.say));
        }
        let alone = phrases
            .iter()
            .map(|phrase| Regex::new(&expression(phrase)).unwrap());
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
            let mut found = Found::default();
            let mut stands = search.look(&text, &mut found);
            for place in &found.places {
                let said = Input::new(&text).range(place.start..place.end).anchored(Anchored::Yes);
                prop_assert!(alone[place.phrase].is_match(said), "{text}: {place:?}");
            }
            let places = found.places.iter().map(|place| place.phrase);
            let candidates = found.candidates.iter().copied();
            let mut found: Vec<usize> = candidates
                .filter(|candidate| stands(*candidate).is_some())
                .map(|(phrase, _)| phrase)
                .chain(places)
                .collect();
            found.sort_unstable();
            found.dedup();
            let there: Vec<usize> = (0..alone.len()).filter(|phrase| alone[*phrase].is_match(&text)).collect();
            prop_assert_eq!(found, there, "{}", text);
        }
    }

    /// Else all phrases would be followed from every letter, and behind every word.
    #[test]
    fn no_bundled_phrase_begins_inside_of_a_word_or_with_a_blank() {
        let heads = &PHRASES.0.heads;
        let mut steps = Steps::new(heads);
        let mut begins = |byte: &u8| {
            let _ = steps.begin(heads, b'x', [*byte; 4]);
            steps.may_begin(b'x', *byte)
        };
        let within: Vec<char> = (b'a'..=b'z')
            .chain([b' '])
            .filter(|byte| begins(byte))
            .map(char::from)
            .collect();
        assert!(within.is_empty(), "{within:?}");
    }

    #[test]
    fn a_long_sentence_is_tried_once_for_a_phrase_without_an_end() {
        let phrases = [r"\bbecause\b.*\brow\b", r"\bwait\b", r"\bno[^?]{9,}yes"].map(str::to_owned);
        let search = Search::new(&phrases).unwrap();
        let mut found = Found::default();
        let mut stands = search.look("wait, because because no waiting: yes", &mut found);
        let place = |start, end| Place {
            phrase: 1,
            start,
            end,
        };
        assert_eq!(found.places, [place(0, 4)]);
        assert_eq!(found.candidates, [(0, 6), (2, 22)]);
        assert_eq!(stands((0, 6)), None);
        assert_eq!(
            stands((2, 22)).map(|place| (place.start, place.end)),
            Some((22, 37))
        );
    }

    #[test]
    fn long_phrases_are_found_too() {
        let phrases = ["^[#, ]*$", "x{256}", r"\bno (y){300}", r"\bso( [a-z]+)* must"].map(str::to_owned);
        let search = Search::new(&phrases).unwrap();
        let said = |text: &str| {
            let mut found = Found::default();
            let mut stands = search.look(text, &mut found);
            let places = found.places.iter().map(|place| place.phrase);
            let candidates = found
                .candidates
                .iter()
                .filter(|candidate| stands(**candidate).is_some());
            let mut said: Vec<usize> = places.chain(candidates.map(|(phrase, _)| *phrase)).collect();
            said.dedup();
            said
        };
        assert_eq!(said(&"#, ".repeat(200)), [0]);
        assert_eq!(said(&format!("-{}-", "x".repeat(256))), [1]);
        assert_eq!(said(&format!("no {}", "y".repeat(300))), [2]);
        assert_eq!(said("and so it must"), [3]);
        assert_eq!(said(&format!("so {}must", "it ".repeat(200))), [3]);
    }

    #[test]
    fn phrases_are_found_wherever_a_regular_expression_finds_them() {
        let phrases = [r"(^|, )x", r"\b#", "x$", "(a.*|b)c", "^", "é+", "[a-z]+y", r"\B#"];
        let one = |phrase: &str| Search::new(&[phrase.to_owned()]);
        for phrase in phrases.iter().filter(|phrase| one(phrase).is_ok()) {
            let (search, alone) = (one(phrase).unwrap(), Regex::new(&expression(phrase)).unwrap());
            for text in [
                "x", "a, x", "a#", "#a", "bc", "a bc", "az bc", "cx", "é", "aéé", "any", "y",
            ] {
                let mut found = Found::default();
                let mut stands = search.look(text, &mut found);
                let there = !found.places.is_empty() || found.candidates.iter().any(|c| stands(*c).is_some());
                assert_eq!(there, alone.is_match(text), "{phrase} in {text:?}");
            }
        }
    }

    #[test]
    fn a_phrase_is_as_long_as_it_can_be_wherever_it_begins() {
        let search = Search::new(&[r"\btoo (big|bigger)?".to_owned(), "oo".to_owned()]).unwrap();
        let mut found = Found::default();
        drop(search.look("too bigger, too", &mut found));
        let place = |phrase, start, end| Place { phrase, start, end };
        assert_eq!(found.places, [place(0, 0, 10), place(1, 1, 3), place(1, 13, 15)]);
    }

    #[test]
    fn what_stands_behind_is_looked_for_no_further_than_a_phrase_reaches() {
        let search = Search::new(&[r"\bwhat .{0,20}plus".to_owned()]).unwrap();
        let mut found = Found::default();
        let text = format!("what is it {}plus", "so ".repeat(200));
        let mut stands = search.look(&text, &mut found);
        assert_eq!(found.candidates, [(0, 0)]);
        assert_eq!(stands((0, 0)), None);
    }
}

//! A few phrases looked for in much text in lower case, all at once (Aho and Corasick 1975).

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};
use std::ops::Range;

/// Fewer phrases begin in few places, and most of a text is gone over many bytes at a time. Of more words one nearly begins
/// everywhere: every byte is looked at.
const MANY: usize = 20;

/// Phrases that are looked for together.
#[derive(Clone, Debug)]
pub struct Phrases(Option<AhoCorasick>);

impl Phrases {
    /// Prepares to look for `phrases`, which are in lower case.
    #[must_use]
    pub fn new(phrases: &[&str]) -> Self {
        Self(searcher(phrases, StartKind::Unanchored, phrases.len() < MANY))
    }

    /// Where the first phrase stands in `text`, which is in lower case, in bytes.
    #[must_use]
    pub fn first(&self, text: &str) -> Option<Range<usize>> {
        Some(self.0.as_ref()?.find(text)?.range())
    }

    /// Which phrases, by their places in the list, stand in `text`, one behind the other.
    pub fn all(&self, text: &str) -> impl Iterator<Item = usize> {
        self.places(text).map(|(which, _)| which)
    }

    /// The same with where they stand.
    pub fn places(&self, text: &str) -> impl Iterator<Item = (usize, Range<usize>)> {
        let found = self.0.as_ref().map(|searcher| searcher.find_iter(text));
        found
            .into_iter()
            .flatten()
            .map(|found| (found.pattern().as_usize(), found.range()))
    }
}

/// Phrases that a text may begin with.
#[derive(Clone, Debug)]
pub struct Beginnings(Option<AhoCorasick>);

impl Beginnings {
    /// Prepares to look for `phrases`, which are in lower case.
    #[must_use]
    pub fn new(phrases: &[&str]) -> Self {
        Self(searcher(phrases, StartKind::Anchored, false))
    }

    /// The phrase that `text` begins with, by its place in the list, and its length in bytes; of several the first of the
    /// list.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<(usize, usize)> {
        let input = Input::new(text).anchored(Anchored::Yes);
        let found = self.0.as_ref()?.try_find(input).ok()??;
        Some((found.pattern().as_usize(), found.end()))
    }
}

/// None when the phrases could not be prepared, which a few phrases always can. Of more than a hundred the library would
/// make a smaller automaton, which takes longer to go through a text.
fn searcher(phrases: &[&str], starts: StartKind, prefilter: bool) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::LeftmostFirst)
        .start_kind(starts)
        .prefilter(prefilter)
        .build(phrases)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_begins_with_the_first_of_the_list_that_it_begins_with() {
        let phrases = Beginnings::new(&["try ", "let", "let me", "trying"]);
        assert_eq!(phrases.find("trying"), Some((3, 6)));
        assert_eq!(phrases.find("let me try"), Some((1, 3)));
        assert_eq!(phrases.find("so let me"), None);
    }

    #[test]
    fn the_first_phrase_in_a_text_is_found() {
        let phrases = Phrases::new(&["let me check", "check", "wait"]);
        assert_eq!(phrases.first("no\u{2014}wait, let me check"), Some(5..9));
        assert!(phrases.all("so let me check, wait").eq([0, 2]));
        assert_eq!(phrases.first("nothing"), None);
    }
}

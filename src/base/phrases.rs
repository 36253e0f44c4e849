//! A few phrases looked for in much text, all at once and in any ASCII case (Aho and Corasick 1975).

use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;

/// Phrases that are looked for together.
#[derive(Clone, Debug)]
pub struct Phrases {
    /// For [`Phrases::first`] and [`Phrases::which`]; none when they could not be prepared, which a few phrases always can.
    searchers: Option<(AhoCorasick, AhoCorasick)>,
}

impl Phrases {
    /// Prepares to look for `phrases`.
    #[must_use]
    pub fn new(phrases: &[&str]) -> Self {
        let searcher = |kind| {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(kind)
                .build(phrases)
                .ok()
        };
        Self {
            searchers: searcher(MatchKind::LeftmostFirst).zip(searcher(MatchKind::Standard)),
        }
    }

    /// Where the first phrase stands in `text`, in bytes.
    #[must_use]
    pub fn first(&self, text: &str) -> Option<Range<usize>> {
        let (first, _) = self.searchers.as_ref()?;
        Some(first.find(text)?.range())
    }

    /// The places in the list of the phrases that stand in `text`, also inside each other, in no order, perhaps
    /// repeated.
    pub fn which(&self, text: &str) -> impl Iterator<Item = usize> {
        let all = self
            .searchers
            .as_ref()
            .map(|(_, all)| all.find_overlapping_iter(text));
        all.into_iter().flatten().map(|found| found.pattern().as_usize())
    }
}

#[cfg(test)]
mod tests {
    use super::Phrases;

    #[test]
    fn phrases_are_found_in_any_case_and_inside_each_other() {
        let phrases = Phrases::new(&["let me check", "check", "wait"]);
        assert_eq!(phrases.first("No\u{2014}WAIT, let me check"), Some(5..9));
        let mut which: Vec<usize> = phrases.which("Let me Check").collect();
        which.sort_unstable();
        assert_eq!(which, [0, 1]);
        assert_eq!(phrases.first("nothing"), None);
    }
}

//! Spans sorted once, found by the bytes they touch: which habits, claims or insertions cut this row?

use crate::trace::Span;

/// Spans by start, each with the furthest end of those before it, so that a search knows where to begin even when
/// spans nest or overlap.
#[derive(Clone, Debug, Default)]
pub struct SpanIndex {
    /// Start, end, furthest end so far, and the span's place in the list it was built from.
    entries: Vec<(usize, usize, usize, usize)>,
}

impl SpanIndex {
    /// An index over `spans`, which need not be sorted.
    #[must_use]
    pub fn new(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut entries: Vec<_> = spans
            .into_iter()
            .enumerate()
            .map(|(place, span)| (span.start, span.end, span.end, place))
            .collect();
        entries.sort_unstable();
        let mut furthest = 0;
        for entry in &mut entries {
            furthest = furthest.max(entry.1);
            entry.2 = furthest;
        }
        Self { entries }
    }

    /// The places of all spans that share a byte with `range`, by their start.
    pub fn touching(&self, range: Span) -> impl Iterator<Item = usize> + '_ {
        let first = self.entries.partition_point(|entry| entry.2 <= range.start);
        self.entries[first..]
            .iter()
            .take_while(move |entry| entry.0 < range.end)
            .filter(move |entry| Span::new(entry.0, entry.1).overlaps(range))
            .map(|entry| entry.3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_index_finds_exactly_what_a_scan_finds(
            raw in prop::collection::vec((0usize..60, 0usize..30), 0..20), start in 0usize..70, len in 1usize..20,
        ) {
            let spans: Vec<Span> = raw.iter().map(|(s, l)| Span::new(*s, s + l)).collect();
            let range = Span::new(start, start + len);
            let mut found: Vec<usize> = SpanIndex::new(spans.iter().copied()).touching(range).collect();
            found.sort_unstable();
            let scanned: Vec<usize> = (0..spans.len()).filter(|i| spans[*i].overlaps(range)).collect();
            prop_assert_eq!(found, scanned);
        }
    }
}

//! Stretches of a text that can be shown as one row: what a model thought before it answered.

use crate::trace::Span;

/// Stretches one behind the other, each open or closed.
#[derive(Clone, Debug, Default)]
pub struct Folds {
    folds: Vec<Fold>,
}

#[derive(Clone, Copy, Debug)]
struct Fold {
    span: Span,
    closed: bool,
}

impl Folds {
    /// Nothing to fold.
    pub const NONE: &'static Self = &Self { folds: Vec::new() };

    /// Makes `spans` of `text` the stretches, blanks around them left out. They are in order and share no byte; one that
    /// begins where it did stays as it was, though it grew.
    pub fn sync(&mut self, text: &str, spans: impl IntoIterator<Item = Span>) {
        let trimmed = spans.into_iter().map(|span| {
            let inner = span.of(text);
            let start = span.start + inner.len() - inner.trim_start().len();
            Span::new(start, start + inner.trim().len())
        });
        let known = std::mem::take(&mut self.folds);
        let was_closed = |start: usize| {
            let place = known.binary_search_by_key(&start, |fold| fold.span.start);
            place.is_ok_and(|place| known.get(place).is_some_and(|fold| fold.closed))
        };
        self.folds = trimmed
            .filter(|span| span.start < span.end)
            .map(|span| Fold {
                span,
                closed: was_closed(span.start),
            })
            .collect();
    }

    /// Whether there is nothing to fold.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.folds.is_empty()
    }

    fn index(&self, offset: usize) -> Option<usize> {
        let index = self
            .folds
            .partition_point(|fold| fold.span.start <= offset)
            .checked_sub(1)?;
        self.folds.get(index)?.span.contains(offset).then_some(index)
    }

    /// The stretch that holds `offset`, open or closed.
    #[must_use]
    pub fn at(&self, offset: usize) -> Option<Span> {
        Some(self.folds.get(self.index(offset)?)?.span)
    }

    /// The closed stretch that holds `offset`.
    #[must_use]
    pub fn closed_at(&self, offset: usize) -> Option<Span> {
        let fold = self.folds.get(self.index(offset)?)?;
        fold.closed.then_some(fold.span)
    }

    /// The closed stretches that share a byte with `span`, in order.
    pub fn closed_in(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let first = self.folds.partition_point(|fold| fold.span.end <= span.start);
        let here = self.folds.get(first..).unwrap_or_default().iter();
        here.take_while(move |fold| fold.span.start < span.end)
            .filter(|fold| fold.closed)
            .map(|fold| fold.span)
    }

    /// Closes or opens the stretch that holds `offset`; whether there is one.
    pub fn toggle(&mut self, offset: usize) -> bool {
        let fold = self.index(offset).and_then(|index| self.folds.get_mut(index));
        let found = fold.map(|fold| fold.closed = !fold.closed);
        found.is_some()
    }

    /// Opens the stretch that holds `offset`, unless it begins there: its first byte is what a closed one shows.
    pub fn reveal(&mut self, offset: usize) {
        let fold = self.index(offset).and_then(|index| self.folds.get_mut(index));
        if let Some(fold) = fold.filter(|fold| fold.span.start < offset) {
            fold.closed = false;
        }
    }

    /// Closes or opens all of them.
    pub fn set_all(&mut self, closed: bool) {
        for fold in &mut self.folds {
            fold.closed = closed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_that_grows_stays_as_it_was_and_leaves_blanks_out() {
        let mut folds = Folds::default();
        folds.sync("\n<think>ab", [Span::new(0, 10)]);
        assert!(
            folds.toggle(4) && !folds.toggle(0),
            "the newline is not part of it"
        );
        let text = "\n<think>ab</think>\n\nc <think> d";
        folds.sync(text, [Span::new(0, 20), Span::new(22, text.len())]);
        assert_eq!(folds.closed_at(5), Some(Span::new(1, 18)));
        assert_eq!(folds.at(25), Some(Span::new(22, 31)));
        assert_eq!(folds.closed_at(25), None);
        folds.set_all(true);
        assert_eq!(folds.closed_in(Span::new(0, 99)).count(), 2);
        folds.reveal(22);
        assert!(folds.closed_at(22).is_some(), "its first byte is shown anyway");
        folds.reveal(23);
        assert_eq!(folds.closed_in(Span::new(0, 99)).count(), 1);
    }
}

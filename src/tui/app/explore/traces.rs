//! The list of this session's traces, with their score sheets, filtered by words or by a pattern of sheets. Their texts are
//! searched a little before every frame: there may be a hundred megabytes of them.

use super::Explore;
use crate::{
    behavior,
    tui::{
        app::{App, Field, Live, Overlay},
        text::search,
    },
};

/// Bytes of text that are searched before a frame.
const PIECE: usize = 800_000;

/// How far the text of a trace was searched for what is typed in the list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sought {
    /// Bytes that were.
    read: usize,
    /// Where it is.
    hit: Option<usize>,
}

/// The traces that fit what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundTraces {
    /// Their places.
    pub places: Vec<usize>,
    /// How many of them, the last ones, for their text alone.
    pub by_text: usize,
}

impl Live {
    /// Its score sheet.
    #[must_use]
    pub fn sheet(&self) -> &str {
        self.sheet
            .get_or_init(|| behavior::sheet_of(Some(&self.tree), &self.behaviors, self.outcome.as_ref()))
    }

    /// Searches at most so many bytes of its text for `words`; how many are left of them.
    fn seek(&mut self, words: &str, mut left: usize) -> usize {
        let text = self.text.as_str();
        // What is sought may lie across the end of what was read.
        let across = across(words);
        while self.sought.hit.is_none() && self.sought.read < text.len() && left > across {
            let start = text.floor_char_boundary(self.sought.read.saturating_sub(across));
            let end = text.floor_char_boundary(start + left);
            let piece = text.get(start..end).unwrap_or_default();
            let hit = search::hits(piece, words, 0).next();
            self.sought.hit = hit.map(|hit| start + hit.start);
            self.sought.read = end;
            left = left.saturating_sub(piece.len().max(1));
        }
        left
    }
}

/// The most bytes that words take in a text, whatever the case of their letters.
fn across(words: &str) -> usize {
    4 * words.chars().count()
}

impl Explore {
    /// The traces that fit what was typed, all of them when nothing was: first those with this number, those whose problem,
    /// task, model or file holds it, and those whose sheet holds it or fits it as a pattern; then those whose text holds it,
    /// as far as that is known.
    #[must_use]
    pub fn found_traces(&self, query: &str) -> FoundTraces {
        let words = query.to_lowercase();
        // What is no pattern yet may become one while it is typed.
        let pattern = behavior::Pattern::new(query).ok();
        // The first digits of a number find it, so that it is there while it is typed.
        let digits = query.trim().strip_prefix('#').filter(|digits| !digits.is_empty());
        let fits = |place: usize, live: &Live| {
            let names = [
                live.origin.as_str(),
                &live.problem.statement,
                &live.problem.title,
                live.task().unwrap_or_default(),
                live.model().map_or("", |model| &model.name),
                live.file().unwrap_or_default(),
            ];
            let number = live.number(place);
            digits.is_some_and(|digits| number.trim_start_matches('#').starts_with(digits))
                || names.iter().any(|name| name.to_lowercase().contains(&words))
                || pattern
                    .as_ref()
                    .is_some_and(|pattern| pattern.is_in(live.sheet()))
        };
        let (mut found, mut by_text) = (FoundTraces::default(), Vec::new());
        for (place, live) in self.traces.iter().enumerate() {
            if query.is_empty() || fits(place, live) {
                found.places.push(place);
            } else if self.sought == words && live.sought.hit.is_some() {
                by_text.push(place);
            }
        }
        found.by_text = by_text.len();
        found.places.append(&mut by_text);
        found
    }

    /// Searches on in the texts for what is typed in the list, no more than a frame has time for.
    pub(in crate::tui::app) fn seek(&mut self, query: &str) {
        let words = query.to_lowercase();
        if self.sought != words {
            self.traces
                .iter_mut()
                .for_each(|live| live.sought = Sought::default());
            self.sought = words;
        }
        if self.sought.is_empty() {
            return;
        }
        let mut left = PIECE.max(2 * across(&self.sought));
        for live in &mut self.traces {
            left = live.seek(&self.sought, left);
        }
    }

    /// Whether there are texts that were not searched for `query` yet.
    #[must_use]
    pub fn is_seeking(&self, query: &str) -> bool {
        let is_open = |live: &Live| live.sought.hit.is_none() && live.sought.read < live.text.len();
        !query.is_empty() && (self.sought != query.to_lowercase() || self.traces.iter().any(is_open))
    }
}

impl App {
    /// Whether the list of traces is still searching, so that there will be more to see.
    #[must_use]
    pub fn is_seeking(&self) -> bool {
        match &self.overlay {
            Some(Overlay::Traces(field, _)) => self.explore.is_seeking(field.text()),
            _ => false,
        }
    }
}

/// Whether sheets can be searched for what was typed: an open bracket may become a pattern yet.
#[must_use]
pub fn is_pattern(query: &str) -> bool {
    behavior::Pattern::new(query).is_ok()
}

/// Shows the list, at the trace that is looked at.
pub(super) fn list(app: &mut App) {
    app.overlay = Some(Overlay::Traces(Field::default(), app.explore.shown));
}

/// The place of the trace that was chosen from the list. One that was found for its text alone is looked at where that is,
/// and what was typed is searched for from now on.
pub(super) fn chosen(app: &mut App, query: &str, selected: usize) -> Option<usize> {
    let found = app.explore.found_traces(query);
    let place = *found.places.get(selected)?;
    if selected + found.by_text >= found.places.len()
        && let Some(live) = app.explore.traces.get_mut(place)
        && let Some(hit) = live.sought.hit
    {
        live.look_at(hit);
        app.explore.search.clone_from(&app.explore.sought);
    }
    Some(place)
}

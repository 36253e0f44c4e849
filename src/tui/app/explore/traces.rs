//! The list of this session's traces, with their score sheets, filtered by words or by a pattern of sheets.

use crate::{
    behavior,
    tui::app::{App, Field, Live, Overlay},
};
use regex_automata::meta::Regex;

impl Live {
    /// Its score sheet.
    #[must_use]
    pub fn sheet(&self) -> &str {
        self.sheet
            .get_or_init(|| behavior::sheet_of(Some(&self.tree), &self.behaviors, self.outcome.as_ref()))
    }
}

/// The places of the traces that match `query`: their problem, task, model or file holds it, or their sheet fits it as a pattern. All of
/// them when it is empty.
#[must_use]
pub fn found_traces(query: &str, traces: &[Live]) -> Vec<usize> {
    let words = query.to_lowercase();
    // What is no pattern yet may become one while it is typed.
    let pattern = Regex::new(query).ok();
    let fits = |live: &Live| {
        let names = [
            live.origin.as_str(),
            &live.problem.statement,
            &live.problem.title,
            live.task().unwrap_or_default(),
            live.model().map_or("", |model| &model.name),
            live.file().unwrap_or_default(),
        ];
        names.iter().any(|name| name.to_lowercase().contains(&words))
            || pattern
                .as_ref()
                .is_some_and(|pattern| pattern.is_match(live.sheet()))
    };
    let places = traces.iter().enumerate();
    places
        .filter(|(_, live)| query.is_empty() || fits(live))
        .map(|(place, _)| place)
        .collect()
}

/// Whether sheets can be searched for what was typed: an open bracket may become a pattern yet.
#[must_use]
pub fn is_pattern(query: &str) -> bool {
    Regex::new(query).is_ok()
}

/// Shows the list, at the trace that is looked at.
pub(super) fn list(app: &mut App) {
    app.overlay = Some(Overlay::Traces(Field::default(), app.explore.shown));
}

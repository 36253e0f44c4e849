//! What else could have stood at a token: the list of a local model, by id, or of a server, by text.

use crate::tui::app::{App, Effect, Live, Notice, Overlay};

/// A token that could have stood there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// By its id.
    Token(u32),
    /// By its text: a server's tokens have no ids.
    Text(String),
}

/// The choices at a token with their log-probabilities, most likely first.
fn choices(live: &Live, token: usize) -> Vec<(Choice, f32)> {
    let tokens = &live.tokens;
    if let Some(top) = tokens.top.get(token).filter(|top| !top.is_empty()) {
        let known = top.iter().map(|(id, logprob)| (Choice::Token(*id), *logprob));
        return known.collect();
    }
    let top = tokens.top_text.get(token).map(Vec::as_slice).unwrap_or_default();
    let texts = top
        .iter()
        .map(|(text, logprob)| (Choice::Text(text.clone()), *logprob));
    texts.collect()
}

impl Live {
    /// Whether this is what stands at the token.
    #[must_use]
    pub fn has_taken(&self, token: usize, choice: &Choice) -> bool {
        match choice {
            Choice::Token(id) => self.tokens.ids.get(token) == Some(id),
            Choice::Text(text) => self.token_span(token).of(self.text.as_str()) == text,
        }
    }
}

/// Shows the choices at the cursor.
pub(super) fn show(app: &mut App) -> Vec<Effect> {
    let Some(live) = app.explore.trace() else {
        return Vec::new();
    };
    let found = live.token_at(live.cursor.byte);
    let found = found.map(|token| (token, choices(live, token)));
    let Some((token, choices)) = found.filter(|(_, choices)| !choices.is_empty()) else {
        app.say(Notice::info("No alternatives are recorded for this token."));
        return Vec::new();
    };
    // The first choice that was not taken: the one a person wants to try.
    let selected = choices
        .iter()
        .position(|(choice, _)| !live.has_taken(token, choice))
        .unwrap_or(0);
    let unnamed: Vec<u32> = choices
        .iter()
        .filter_map(|(choice, _)| match choice {
            Choice::Token(id) => Some(*id),
            Choice::Text(_) => None,
        })
        .filter(|id| !app.explore.token_texts.contains_key(id))
        .collect();
    app.overlay = Some(Overlay::Alternatives {
        token,
        choices,
        selected,
    });
    if unnamed.is_empty() {
        Vec::new()
    } else {
        vec![Effect::NameTokens(unnamed)]
    }
}

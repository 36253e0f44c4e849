//! The findings of every layer of detectors side by side: what the states prove, what phrases say, what the probe thinks,
//! and what a judge said where the trace brought it along.

use super::keys::NO_TRACE;
use crate::{
    engine::RunId,
    trace::record::Behavior,
    tui::{
        app::{Action, App, Effect, Live, Notice},
        text::SpanIndex,
    },
};
use std::sync::Arc;

/// The layers of this machine, in the order of trust.
const OWN: [&str; 3] = ["state", "rules", "probe"];

/// What there is to say where there is nothing to look at.
const NO_TEXT: &str = "There is no text here for the layers of detectors to look at.";

/// Columns that a layer takes beside the text.
pub const WIDE: u16 = 6;

/// One layer of a trace.
#[derive(Clone, Debug)]
pub struct Column {
    /// As findings name it.
    pub name: String,
    /// What it found.
    pub found: Vec<Behavior>,
    /// Where.
    pub at: SpanIndex,
}

/// What the layers say of a trace.
#[derive(Clone, Debug, Default)]
pub enum Layers {
    /// Nobody asked.
    #[default]
    Unknown,
    /// They are asked.
    Asked,
    /// They answered.
    Known(Vec<Column>),
}

/// What all layers found in a trace, to be told to the screen.
#[derive(Clone, Debug)]
pub struct Found {
    /// Whose text.
    pub run: RunId,
    /// Which sample of the run.
    pub sample: u64,
    /// What each of them found.
    pub behaviors: Vec<Behavior>,
}

impl Layers {
    /// The layers that are known.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        match self {
            Self::Known(columns) => columns,
            Self::Unknown | Self::Asked => &[],
        }
    }
}

/// Columns beside the text of the trace on the screen.
pub(super) fn width(live: Option<&Live>) -> u16 {
    let layers = live.map_or(0, |live| live.layers.columns().len().max(OWN.len()));
    u16::try_from(layers).unwrap_or(0) * WIDE
}

/// Shows the layers beside the text or puts them away, and says so where that cannot be seen.
pub(super) fn toggle(app: &mut App) {
    let before = app.explore.layout(app.size).beside;
    app.explore.layers ^= true;
    let layout = app.explore.layout(app.size);
    let other = app.keymap.key(Action::NextPane);
    let sentence = match app.explore.layers {
        _ if app.explore.trace().is_none() => NO_TRACE.to_owned(),
        true if app.explore.trace().is_some_and(Live::is_blank) => NO_TEXT.to_owned(),
        false if layout.trace.is_empty() || before == 0 => "The layers of detectors are put away.".to_owned(),
        false => return,
        true if layout.beside == 0 => {
            "There is no room for the layers of detectors beside the text; a wider window has it.".to_owned()
        }
        true if layout.trace.is_empty() => {
            format!("The layers of detectors stand beside the text; {other} goes there.")
        }
        true => return,
    };
    app.say(Notice::info(sentence));
}

/// Asks the layers about the trace on the screen, if they are shown and it is over.
pub(in crate::tui::app) fn ask(app: &mut App) -> Vec<Effect> {
    let shown = app.explore.layers;
    let Some(live) = app.explore.trace_mut().filter(|live| shown && !live.is_running()) else {
        return Vec::new();
    };
    if !matches!(live.layers, Layers::Unknown) {
        return Vec::new();
    }
    live.layers = Layers::Asked;
    vec![Effect::AskLayers {
        run: live.run,
        sample: live.sample,
        problem: Arc::clone(&live.problem),
        text: live.text.as_str().into(),
    }]
}

/// The layers answered.
pub fn hear(app: &mut App, found: Found) {
    let of_it = |live: &&mut Live| live.run == found.run && live.sample == found.sample;
    let Some(live) = app.explore.traces.iter_mut().find(of_it) else {
        return;
    };
    // What others found, and nobody here can find again.
    let foreign = live
        .behaviors
        .iter()
        .filter(|found| !OWN.contains(&found.detector.as_str()));
    let mut all = found.behaviors;
    all.extend(foreign.cloned());
    let mut names: Vec<String> = OWN.map(str::to_owned).into();
    for found in &all {
        if !names.contains(&found.detector) {
            names.push(found.detector.clone());
        }
    }
    let column = |name: String| {
        let found: Vec<Behavior> = all
            .iter()
            .filter(|found| found.detector == name)
            .cloned()
            .collect();
        Column {
            at: SpanIndex::new(found.iter().map(|found| found.span)),
            found,
            name,
        }
    };
    live.layers = Layers::Known(names.into_iter().map(column).collect());
}

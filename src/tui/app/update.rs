//! How a message changes the state, and what is to be done about it.

use super::{App, Effect, ModelState, Msg, Notice, engine, generate, keys, mouse};
use crate::{engine::RunId, trace::Trace, tui::keymap::Chord};
use crossterm::event::KeyEventKind;
use std::sync::Arc;

/// Takes one message in.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    if !matches!(msg, Msg::Clock(_)) {
        app.touch();
    }
    match msg {
        Msg::Clock(now) => {
            app.now = now;
            Vec::new()
        }
        // Some terminals report releases; a key acts once.
        Msg::Key(event) if event.kind == KeyEventKind::Release => Vec::new(),
        Msg::Key(event) => keys::press(app, Chord::from(event)),
        Msg::Mouse(event) => {
            mouse::hear(app, event);
            Vec::new()
        }
        Msg::Paste(text) => {
            match app.overlay.as_mut().and_then(|overlay| overlay.field()) {
                Some(field) => field.paste(&text),
                None => {
                    let key = app.keymap.key(super::Action::OwnProblem);
                    app.say(Notice::info(format!(
                        "Nothing here takes pasted text; {key} asks for a problem."
                    )));
                }
            }
            Vec::new()
        }
        Msg::Resize(columns, rows) => {
            app.size = (columns, rows);
            Vec::new()
        }
        Msg::Open(traces) => {
            open(app, traces);
            Vec::new()
        }
        Msg::Engine(event) => engine::hear(app, event),
        Msg::Parsed(parsed) => {
            let of_it = |live: &&mut super::Live| live.run == parsed.run && live.sample == parsed.sample;
            if let Some(live) = app.traces.iter_mut().find(of_it) {
                live.parsed(*parsed);
            }
            Vec::new()
        }
        Msg::Problem(Ok(problem)) => generate::take(app, Arc::new(*problem)),
        Msg::Problem(Err(sentence)) => {
            // What was typed is not lost, and the next keys correct it instead of doing things.
            let typed = std::mem::take(&mut app.typed);
            if !typed.is_empty() && app.overlay.is_none() {
                app.overlay = Some(super::Overlay::Prompt(
                    super::Prompt::Problem,
                    super::Field::new(&typed),
                ));
            }
            app.say(Notice::error(sentence));
            Vec::new()
        }
        Msg::Model(state) => model(app, state),
        Msg::Models(models) => {
            let current = models.iter().position(|model| model.name == app.model.name());
            if let (Some(super::Overlay::Models(selected)), Some(current)) = (&mut app.overlay, current) {
                *selected = current;
            }
            app.models = models;
            Vec::new()
        }
        Msg::TokenTexts(texts) => {
            app.token_texts.extend(texts);
            Vec::new()
        }
        Msg::Notice(notice) => {
            app.say(notice);
            Vec::new()
        }
    }
}

/// Puts traces from elsewhere behind those of the session.
fn open(app: &mut App, traces: Vec<(super::Problem, Trace)>) {
    let first = app.traces.len();
    app.only_looking = first == 0 && !matches!(app.model, ModelState::Ready(_));
    for (problem, trace) in traces {
        // A name of its own that no engine will ever speak of.
        let run = RunId(app.asked);
        app.asked += 1;
        app.traces.push(super::Live::open(run, Arc::new(problem), trace));
    }
    if let Some(live) = app.traces.get(first) {
        app.problem = Some(live.problem.clone());
        app.shown = first;
    }
}

fn model(app: &mut App, state: ModelState) -> Vec<Effect> {
    app.model = state;
    match &app.model {
        ModelState::Ready(info) => {
            app.sampler = info.sampler.clone();
            app.token_texts.clear();
            // Traces that were brought along are looked at, not written again.
            if std::mem::take(&mut app.only_looking) {
                Vec::new()
            } else {
                generate::solve(app)
            }
        }
        ModelState::Failed(name, why) => {
            let text = format!("{name} could not be loaded: {why}");
            app.say(Notice::error(text));
            Vec::new()
        }
        ModelState::None | ModelState::Loading(_) => Vec::new(),
    }
}

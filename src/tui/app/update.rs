//! How a message changes the state, and what is to be done about it.

use super::{App, Effect, Msg, Notice, compare, engine, explore, keys, mouse, train};
use crate::tui::keymap::Chord;
use crossterm::event::KeyEventKind;

/// Takes one message in.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = take(app, msg);
    effects.extend(explore::ask_layers(app));
    effects
}

fn take(app: &mut App, msg: Msg) -> Vec<Effect> {
    // What another process wrote says itself whether there is anything to see.
    if !matches!(
        msg,
        Msg::Clock(_) | Msg::Alarm | Msg::Train(train::Msg::Grown(..))
    ) {
        app.touch();
    }
    match msg {
        Msg::Clock(now) => {
            app.now = now;
            Vec::new()
        }
        Msg::Alarm => train::look_again(app),
        // Some terminals report releases; a key acts once.
        Msg::Key(event) if event.kind == KeyEventKind::Release => Vec::new(),
        Msg::Key(event) => keys::press(app, Chord::from(event)),
        Msg::Mouse(event) => mouse::hear(app, event),
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
            explore::open(app, traces);
            Vec::new()
        }
        Msg::Rows(traces) => {
            explore::add(app, traces);
            Vec::new()
        }
        Msg::More(more) => {
            app.explore.more = more;
            Vec::new()
        }
        Msg::Unread(unread) => {
            explore::unread(app, unread);
            Vec::new()
        }
        Msg::ReadSoFar(state) => {
            explore::read_so_far(app, state);
            Vec::new()
        }
        Msg::Engine(event) => {
            let now = app.now;
            let compared = app.compare.runs.iter().any(|(run, _)| *run == event.run);
            let said = if compared {
                let lanes = app.compare.lanes.iter_mut().filter_map(|lane| lane.live.as_mut());
                engine::hear(&mut app.compare.runs, lanes, event, now)
            } else {
                engine::hear(&mut app.explore.runs, &mut app.explore.traces, event, now)
            };
            app.notice = said.or(app.notice.take());
            Vec::new()
        }
        Msg::Parsed(parsed) => {
            let of_it = |live: &&mut super::Live| live.run == parsed.run && live.sample == parsed.sample;
            if let Some(live) = app.traces_mut().find(of_it) {
                live.parsed(*parsed);
            }
            Vec::new()
        }
        Msg::Compare(msg) => compare::update(app, msg),
        Msg::Problem(problem) => explore::problem(app, problem),
        Msg::Model(state) => explore::model(app, state),
        Msg::Models(models) => {
            let current = models.iter().position(|model| model.name == app.model().name());
            if let (Some(super::Overlay::Models(field, selected)), Some(current)) =
                (&mut app.overlay, current)
                && field.text().is_empty()
            {
                *selected = current;
            }
            app.models = models;
            Vec::new()
        }
        Msg::TokenTexts(texts) => {
            app.explore.token_texts.extend(texts);
            Vec::new()
        }
        Msg::Layers(found) => {
            explore::hear_layers(app, found);
            Vec::new()
        }
        Msg::Train(msg) => train::update(app, msg),
        Msg::Notice(notice) => {
            app.say(notice);
            Vec::new()
        }
    }
}

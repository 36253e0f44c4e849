//! What others say to the Explore screen: traces from files, problems, the state of the model.

use super::generate;
use crate::{
    base::words::counted,
    trace::Trace,
    tui::app::{Action, App, Effect, Live, ModelState, Notice, Overlay, Problem, Prompt, Unread, keys},
};
use std::sync::Arc;

/// A problem to solve, or why there is none.
pub fn problem(app: &mut App, problem: Result<Box<Problem>, String>) -> Vec<Effect> {
    match problem {
        Ok(problem) => generate::take(app, Arc::new(*problem)),
        Err(sentence) => {
            // What was typed is not lost, and the next keys correct it instead of doing things.
            let typed = std::mem::take(&mut app.explore.typed);
            if !typed.is_empty() && app.overlay.is_none() {
                keys::prompt(app, Prompt::Problem, &typed);
            }
            app.say(Notice::error(sentence));
            Vec::new()
        }
    }
}

/// Keeps what could not be read so far; who looks at it sees the new faults too.
pub fn unread(app: &mut App, unread: Unread) {
    app.explore.unread = unread;
    if let Some(Overlay::Unread(_, top)) = app.overlay {
        app.overlay = Some(Overlay::Unread(app.findings(app.explore.unread.findings()), top));
    }
}

/// Says how far the files were read, and one row that could not be, with the key that lists all of them.
pub fn read_so_far(app: &mut App, state: Option<String>) {
    let key = app.keymap.key(Action::Unread);
    let bad = app.explore.unread.first().map(|(first, others)| match others {
        0 => first.to_string(),
        n if key.is_empty() => format!("{first} ({} when you leave)", counted(n, "more row")),
        n => format!("{first} ({}; {key} lists them)", counted(n, "more row")),
    });
    let sentences: Vec<String> = state.into_iter().chain(bad).collect();
    if !sentences.is_empty() {
        app.say(Notice::warning(sentences.join("; ")));
    }
}

/// Puts traces from elsewhere behind those of the session.
pub fn add(app: &mut App, traces: Vec<(Problem, Trace)>) {
    for (problem, trace) in traces {
        // A name of its own that no engine will ever speak of.
        let run = app.next_run();
        app.explore.traces.push(Live::open(run, Arc::new(problem), trace));
    }
}

/// The same, and looks at the first of them.
pub fn open(app: &mut App, traces: Vec<(Problem, Trace)>) {
    let first = app.explore.traces.len();
    app.explore.only_looking = first == 0 && !matches!(app.explore.model, ModelState::Ready(_));
    add(app, traces);
    if let Some(live) = app.explore.traces.get(first) {
        app.explore.problem = Some(live.problem.clone());
        app.explore.shown = first;
    }
}

/// The state of the model changed. Whoever is ready solves the problem on the screen.
pub fn model(app: &mut App, state: ModelState) -> Vec<Effect> {
    app.explore.model = state;
    match &app.explore.model {
        ModelState::Ready(info) => {
            app.explore.sampler = info.sampler.clone();
            app.explore.token_texts.clear();
            // Traces that were brought along are looked at, not written again.
            if std::mem::take(&mut app.explore.only_looking) {
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

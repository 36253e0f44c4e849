//! What the keys of the Explore screen do.

use super::{Pane, alternatives, asked, generate, layers, layout::SPLIT, traces};
use crate::base::words::counted;
use crate::tui::app::{
    Action, App, Effect, Layer, Live, Notice, Overlay, Prompt,
    keys::{self, choose_model, chosen_model, prompt},
    moves::{self, View},
    why,
};

/// Traces that should be open beyond the one that is looked at.
const AHEAD: usize = 100;

/// What there is to say before there is a trace.
pub(super) const NO_TRACE: &str = "There is no trace yet.";

/// Enter, in a popup or prompt of this screen.
pub fn accept(app: &mut App, overlay: Overlay) -> Vec<Effect> {
    match overlay {
        Overlay::Alternatives {
            token,
            choices,
            selected,
        } => match choices.get(selected) {
            Some((choice, _)) => generate::fork_with(app, token, choice.clone()),
            None => Vec::new(),
        },
        Overlay::Models(field, selected) => {
            let chosen = chosen_model(app, &field, selected);
            chosen.and_then(|place| load(app, place)).unwrap_or_default()
        }
        Overlay::Traces(field, selected) => {
            let chosen = traces::chosen(app, field.text(), selected);
            chosen.map_or_else(Vec::new, |place| show(app, Some(place)))
        }
        Overlay::Prompt(prompt, field) => answer(app, prompt, field.text()),
        // The shell's own, and those that are only read.
        Overlay::Help(_)
        | Overlay::Palette(..)
        | Overlay::Why(..)
        | Overlay::Unread(..)
        | Overlay::Problem(..)
        | Overlay::Sampler(_) => Vec::new(),
    }
}

fn answer(app: &mut App, prompt: Prompt, text: &str) -> Vec<Effect> {
    match prompt {
        Prompt::Search => {
            app.explore.search = text.to_string();
            search(app, true);
        }
        Prompt::Problem if text.trim().is_empty() => {}
        Prompt::Problem => {
            app.explore.typed = text.to_string();
            return vec![Effect::ReadProblem(text.to_string())];
        }
        Prompt::Insert => return generate::insert(app, text),
        Prompt::Edit => return generate::edit(app, text),
        Prompt::Samples => return generate::sample(app, text),
        Prompt::Model if !text.trim().is_empty() => return vec![Effect::LoadModel(text.trim().to_owned())],
        // Not asked here.
        Prompt::Model | Prompt::Setting(_) | Prompt::Count | Prompt::Begin | Prompt::Knob => {}
    }
    Vec::new()
}

/// Does what an action says on this screen.
pub fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::NextPane => {
            app.explore.focus = match app.explore.focus {
                Pane::Trace => Pane::Tree,
                Pane::Tree => Pane::Trace,
            };
        }
        Action::Search => prompt(app, Prompt::Search, ""),
        Action::SearchNext => search(app, true),
        Action::SearchPrevious => search(app, false),
        Action::Copy => return copy(app, false),
        Action::CopyAll => return copy(app, true),
        Action::Cancel if app.explore.is_generating() => return app.explore.stop(),
        Action::Cancel => app.explore.search.clear(),
        Action::Back => return keys::quit(app),
        Action::Fork => return generate::fork_here(app),
        Action::Insert => prompt(app, Prompt::Insert, ""),
        Action::Edit => match generate::line_here(app) {
            Ok(line) => prompt(app, Prompt::Edit, &line),
            Err(notice) => app.say(notice),
        },
        Action::Alternatives => return alternatives::show(app),
        Action::Sample => prompt(app, Prompt::Samples, "4"),
        Action::Why => match app.explore.trace().map(why::findings) {
            Some(findings) if !findings.is_empty() => {
                app.overlay = Some(Overlay::Why(app.findings(findings), 0));
            }
            _ => app.say(Notice::info("Nothing was detected at the cursor.")),
        },
        Action::RandomProblem => {
            app.explore.drawn += 1;
            return vec![Effect::RandomProblem(app.explore.drawn)];
        }
        Action::OwnProblem => prompt(app, Prompt::Problem, ""),
        Action::NextModel => return next_model(app),
        Action::Model => return choose_model(app),
        Action::Sampler => app.overlay = Some(Overlay::Sampler(0)),
        Action::Regenerate => return generate::regenerate(app),
        Action::Save => {
            let traces: Vec<_> = app.explore.traces.iter().map(Live::record).collect();
            if !traces.is_empty() {
                return vec![Effect::Save(traces)];
            }
            app.say(Notice::warning("There is no trace to save yet."));
        }
        Action::TracePrevious => return show(app, app.explore.shown.checked_sub(1)),
        Action::TraceNext => return show(app, app.explore.shown.checked_add(1)),
        Action::Layers => layers::toggle(app),
        Action::WholeProblem => match asked::findings(app) {
            found if found.is_empty() => app.say(Notice::info("There is no problem yet.")),
            found => app.overlay = Some(Overlay::Problem(app.findings(found), 0)),
        },
        Action::Traces if app.explore.traces.is_empty() => app.say(Notice::info(NO_TRACE)),
        Action::Traces => traces::list(app),
        Action::Unread if app.explore.unread.is_empty() => app.say(Notice::info("Every row could be read.")),
        Action::Unread => {
            app.overlay = Some(Overlay::Unread(app.findings(app.explore.unread.findings()), 0));
        }
        Action::RuleLeft => app.explore.split = app.explore.split.saturating_sub(20).max(SPLIT[0]),
        Action::RuleRight => app.explore.split = (app.explore.split + 20).min(SPLIT[1]),
        Action::DismissHints if app.explore.hints => {
            app.explore.hints = false;
            return vec![Effect::ForgetHints];
        }
        moving if moving.layer() == Layer::Moving => go(app, moving),
        _ => {}
    }
    Vec::new()
}

/// Moves the cursor in the focused pane.
fn go(app: &mut App, action: Action) {
    let layout = app.explore.layout(app.size);
    let mut view = View {
        tree: app.explore.focus == Pane::Tree,
        width: layout.text_width(),
        page: layout.page(),
        column: app.explore.column,
    };
    if let Some(live) = app.explore.trace_mut() {
        moves::act(live, action, &mut view);
    }
    app.explore.column = view.column;
}

/// Goes to the next or previous hit of what is searched for.
fn search(app: &mut App, forward: bool) {
    if app.explore.search.is_empty() {
        let key = app.keymap.key(Action::Search);
        app.say(Notice::info(format!(
            "Nothing is searched for yet; {key} searches."
        )));
        return;
    }
    let query = app.explore.search.clone();
    let notice = app
        .explore
        .trace_mut()
        .and_then(|live| moves::search(live, &query, forward));
    if let Some(notice) = notice {
        app.say(notice);
    }
    app.explore.column = None;
}

/// Shows a trace. Reads on in the files that are open when the end of what is known comes near.
fn show(app: &mut App, index: Option<usize>) -> Vec<Effect> {
    match index.and_then(|index| {
        app.explore
            .traces
            .get(index)
            .map(|live| (index, live.problem.clone()))
    }) {
        Some((index, problem)) => {
            app.explore.shown = index;
            app.explore.problem = Some(problem);
            app.explore.column = None;
        }
        None => {
            let sentence = match (index, app.explore.more) {
                _ if app.explore.traces.is_empty() => NO_TRACE.to_owned(),
                (None, _) => "This is the first trace.".to_owned(),
                (_, true) => "This is the last trace that is read; more are read now.".to_owned(),
                (_, false) => format!(
                    "This session has {}; there is none beyond this one.",
                    counted(app.explore.traces.len(), "trace")
                ),
            };
            app.say(Notice::info(sentence));
        }
    }
    if app.explore.shown + AHEAD >= app.explore.traces.len() {
        return vec![Effect::ReadOn];
    }
    Vec::new()
}

/// The model after the current one, in the order they are listed. Whoever is ready solves the problem on the screen.
fn next_model(app: &mut App) -> Vec<Effect> {
    let current = app
        .models
        .iter()
        .position(|model| model.name == app.explore.model.name());
    let next = current.map_or(0, |at| (at + 1) % app.models.len().max(1));
    load(app, next).unwrap_or_else(|| vec![Effect::ListModels])
}

/// Loads a model of the list; when it is ready it solves the problem on the screen.
fn load(app: &mut App, index: usize) -> Option<Vec<Effect>> {
    let model = app.models.get(index)?;
    app.explore.only_looking = false;
    Some(vec![Effect::LoadModel(model.name.clone())])
}

fn copy(app: &mut App, whole: bool) -> Vec<Effect> {
    match app.explore.trace().and_then(|live| live.copied(whole)) {
        Some((text, notice)) => {
            app.say(notice);
            vec![Effect::Copy(text)]
        }
        None => Vec::new(),
    }
}

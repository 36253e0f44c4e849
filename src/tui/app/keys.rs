//! From a key press to what it does.

use super::{
    Action, App, Effect, Field, Layer, Notice, Overlay, Pane, Prompt, Setting, generate, layout::SPLIT,
    moves, overlay, why,
};
use crate::tui::keymap::{Chord, Meaning};
use strum::IntoEnumIterator;

/// Layers of the Explore screen, the winner first.
const EXPLORE: &[Layer] = &[Layer::Explore, Layer::Everywhere, Layer::Moving];
/// Layers under a popup that is a list.
const LIST: &[Layer] = &[Layer::Popup, Layer::Moving, Layer::Everywhere];
/// Layers under a field: letters are text.
const FIELD: &[Layer] = &[Layer::Popup, Layer::Everywhere];

/// One key press.
pub fn press(app: &mut App, chord: Chord) -> Vec<Effect> {
    app.notice = None;
    let typing = app.overlay.as_ref().is_some_and(Overlay::is_typing);
    if typing && chord.is_text() {
        type_in(app, chord);
        return Vec::new();
    }
    app.pending.push(chord);
    match app.meaning() {
        Meaning::Wait(_) => Vec::new(),
        Meaning::Nothing => {
            app.pending.clear();
            type_in(app, chord);
            Vec::new()
        }
        Meaning::Act(action) => {
            app.pending.clear();
            if app.overlay.is_none() {
                act(app, action)
            } else if typing && matches!(action.layer(), Layer::Everywhere) && !leaves(action) {
                type_in(app, chord);
                Vec::new()
            } else {
                in_overlay(app, action)
            }
        }
    }
}

impl App {
    /// Does what an action says, whatever key it has.
    pub fn perform(&mut self, action: Action) -> Vec<Effect> {
        self.touch();
        act(self, action)
    }

    /// What the keys typed so far mean here.
    #[must_use]
    pub fn meaning(&self) -> Meaning {
        let layers = match &self.overlay {
            None => EXPLORE,
            Some(overlay) if overlay.is_typing() => FIELD,
            Some(_) => LIST,
        };
        self.keymap.lookup(layers, &self.pending)
    }
}

fn leaves(action: Action) -> bool {
    matches!(action, Action::Quit | Action::Suspend)
}

fn type_in(app: &mut App, chord: Chord) {
    let Some(overlay) = &mut app.overlay else {
        return;
    };
    let changed = overlay.field().is_some_and(|field| field.press(chord));
    if let (true, Overlay::Palette(_, selected)) = (changed, overlay) {
        *selected = 0;
    }
}

fn in_overlay(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Quit | Action::Suspend => return act(app, action),
        Action::Accept | Action::Fold => return accept(app),
        Action::SelectNext | Action::Down => app.select(1),
        Action::SelectPrevious | Action::Up => app.select(-1),
        Action::HalfPageDown => app.select(10),
        Action::HalfPageUp => app.select(-10),
        Action::Top => app.select(isize::MIN),
        Action::Bottom => app.select(isize::MAX),
        Action::Left | Action::Right => {
            if let Some(Overlay::Sampler(selected)) = app.overlay
                && let Some(setting) = Setting::iter().nth(selected)
            {
                app.sampler = setting.step(&app.sampler, action == Action::Right);
            }
        }
        Action::Close | Action::Cancel | Action::Back | Action::Help => app.overlay = None,
        _ => {}
    }
    Vec::new()
}

/// Enter, in whatever is open.
fn accept(app: &mut App) -> Vec<Effect> {
    match app.overlay.take() {
        Some(Overlay::Palette(field, selected)) => match overlay::found(field.text()).get(selected) {
            Some(&action) => act(app, action),
            None => Vec::new(),
        },
        Some(Overlay::Alternatives {
            token,
            choices,
            selected,
        }) => match choices.get(selected) {
            Some(&(choice, _)) => generate::fork_with(app, token, choice),
            None => Vec::new(),
        },
        Some(Overlay::Models(selected)) => load(app, selected).unwrap_or_default(),
        Some(Overlay::Sampler(selected)) => {
            if let Some(setting) = Setting::iter().nth(selected) {
                let field = Field::new(&setting.value(&app.sampler));
                app.overlay = Some(Overlay::Prompt(Prompt::Setting(setting), field));
            }
            Vec::new()
        }
        Some(Overlay::Prompt(prompt, field)) => answer(app, prompt, field.text()),
        Some(Overlay::Help(_) | Overlay::Why(..)) | None => Vec::new(),
    }
}

fn answer(app: &mut App, prompt: Prompt, text: &str) -> Vec<Effect> {
    match prompt {
        Prompt::Search => {
            app.search = text.to_string();
            moves::search(app, true);
        }
        Prompt::Problem if text.trim().is_empty() => {}
        Prompt::Problem => {
            app.typed = text.to_string();
            return vec![Effect::ReadProblem(text.to_string())];
        }
        Prompt::Insert => return generate::insert(app, text),
        Prompt::Edit => return generate::edit(app, text),
        Prompt::Samples => return generate::sample(app, text),
        Prompt::Setting(setting) => {
            match setting.set(&app.sampler, text) {
                Ok(sampler) => app.sampler = sampler,
                Err(sentence) => app.say(Notice::error(sentence)),
            }
            app.overlay = Setting::iter().position(|s| s == setting).map(Overlay::Sampler);
        }
    }
    Vec::new()
}

/// Does what an action says.
pub fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::ScreenExplore => {}
        Action::Palette => app.overlay = Some(Overlay::Palette(Field::default(), 0)),
        Action::Help => app.overlay = Some(Overlay::Help(0)),
        Action::NextPane => {
            app.focus = match app.focus {
                Pane::Trace => Pane::Tree,
                Pane::Tree => Pane::Trace,
            };
        }
        Action::Search => prompt(app, Prompt::Search, ""),
        Action::SearchNext => moves::search(app, true),
        Action::SearchPrevious => moves::search(app, false),
        Action::Copy => return copy(app, false),
        Action::CopyAll => return copy(app, true),
        Action::Cancel if app.is_generating() => return generate::stop(app),
        Action::Cancel => app.search.clear(),
        Action::Back | Action::Quit => {
            let mut effects = generate::stop(app);
            effects.push(Effect::Quit);
            return effects;
        }
        Action::Suspend => return vec![Effect::Suspend],
        Action::Fork => return generate::fork_here(app),
        Action::Insert => prompt(app, Prompt::Insert, ""),
        Action::Edit => match generate::line_here(app) {
            Ok(line) => prompt(app, Prompt::Edit, &line),
            Err(notice) => app.say(notice),
        },
        Action::Alternatives => return alternatives(app),
        Action::Sample => prompt(app, Prompt::Samples, "4"),
        Action::Why => match app.trace().map(why::findings) {
            Some(findings) if !findings.is_empty() => app.overlay = Some(Overlay::Why(findings, 0)),
            _ => app.say(Notice::info("Nothing was detected at the cursor.")),
        },
        Action::RandomProblem => {
            app.drawn += 1;
            return vec![Effect::RandomProblem(app.drawn)];
        }
        Action::OwnProblem => prompt(app, Prompt::Problem, ""),
        Action::NextModel => return next_model(app),
        Action::Model => {
            app.overlay = Some(Overlay::Models(0));
            return vec![Effect::ListModels];
        }
        Action::Sampler => app.overlay = Some(Overlay::Sampler(0)),
        Action::Regenerate => return generate::regenerate(app),
        Action::Save => {
            let traces: Vec<_> = app.traces.iter().map(super::Live::record).collect();
            if !traces.is_empty() {
                return vec![Effect::Save(traces)];
            }
            app.say(Notice::warning("There is no trace to save yet."));
        }
        Action::TracePrevious => show(app, app.shown.checked_sub(1)),
        Action::TraceNext => show(app, app.shown.checked_add(1)),
        Action::Faster => app.pace.faster(),
        Action::Slower => app.pace.slower(),
        Action::RuleLeft => app.split = app.split.saturating_sub(20).max(SPLIT[0]),
        Action::RuleRight => app.split = (app.split + 20).min(SPLIT[1]),
        Action::DismissHints => {
            if std::mem::take(&mut app.hints) {
                return vec![Effect::ForgetHints];
            }
        }
        Action::Accept | Action::Close | Action::SelectNext | Action::SelectPrevious => {}
        Action::Down
        | Action::Up
        | Action::Left
        | Action::Right
        | Action::Top
        | Action::Bottom
        | Action::HalfPageDown
        | Action::HalfPageUp
        | Action::WordNext
        | Action::WordPrevious
        | Action::SentenceNext
        | Action::SentencePrevious
        | Action::StepNext
        | Action::StepPrevious
        | Action::Fold
        | Action::FoldAll
        | Action::UnfoldAll => moves::act(app, action),
    }
    Vec::new()
}

fn prompt(app: &mut App, prompt: Prompt, text: &str) {
    app.overlay = Some(Overlay::Prompt(prompt, Field::new(text)));
}

fn show(app: &mut App, index: Option<usize>) {
    match index.and_then(|index| app.traces.get(index).map(|live| (index, live.problem.clone()))) {
        Some((index, problem)) => {
            app.shown = index;
            app.problem = Some(problem);
            app.column = None;
        }
        None => {
            let count = app.traces.len();
            app.say(Notice::info(format!(
                "This session has {count} traces; there is none beyond this one."
            )));
        }
    }
}

/// The model after the current one, in the order they are listed. Whoever is ready solves the problem on the screen.
fn next_model(app: &mut App) -> Vec<Effect> {
    let current = app.models.iter().position(|model| model.name == app.model.name());
    let next = current.map_or(0, |at| (at + 1) % app.models.len().max(1));
    load(app, next).unwrap_or_else(|| vec![Effect::ListModels])
}

/// Loads a model of the list; when it is ready it solves the problem on the screen.
fn load(app: &mut App, index: usize) -> Option<Vec<Effect>> {
    let model = app.models.get(index)?;
    app.only_looking = false;
    Some(vec![Effect::LoadModel(model.name.clone())])
}

fn alternatives(app: &mut App) -> Vec<Effect> {
    let Some(live) = app.trace() else {
        return Vec::new();
    };
    let found = live.token_at(live.cursor.byte).and_then(|token| {
        let choices = live.tokens.top.get(token)?.clone();
        (!choices.is_empty()).then_some((token, choices))
    });
    let Some((token, choices)) = found else {
        app.say(Notice::info("No alternatives are recorded for this token."));
        return Vec::new();
    };
    let chosen = live.tokens.ids.get(token).copied();
    let unnamed: Vec<u32> = choices
        .iter()
        .map(|(id, _)| *id)
        .filter(|id| !app.token_texts.contains_key(id))
        .collect();
    // The first choice that was not taken: the one a person wants to try.
    let selected = choices
        .iter()
        .position(|(id, _)| Some(*id) != chosen)
        .unwrap_or(0);
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

fn copy(app: &mut App, whole: bool) -> Vec<Effect> {
    let Some(live) = app.trace().filter(|live| !live.text.is_empty()) else {
        return Vec::new();
    };
    let text = if whole {
        live.text.as_str()
    } else {
        live.text.line_at(live.cursor.byte).of(live.text.as_str())
    };
    let text = text.to_string();
    let what = if whole { "the trace" } else { "the line" };
    app.say(Notice::info(format!("Copied {what}, {} bytes.", text.len())));
    vec![Effect::Copy(text)]
}

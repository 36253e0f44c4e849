//! From a key press to what it does: here what is the same on every screen, the rest in the folder of the screen.

use super::{
    Action, App, Effect, Field, Layer, Notice, Overlay, Prompt, Screen, Setting, compare, explore, overlay,
    train,
};
use crate::tui::keymap::{Chord, Meaning};
use strum::IntoEnumIterator;

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
            } else if typing && edits(app, action) {
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
        let screen = self.screen.layers();
        let layers = match &self.overlay {
            None => &screen,
            Some(overlay) if overlay.is_typing() => FIELD,
            Some(_) => LIST,
        };
        self.keymap.lookup(layers, &self.pending)
    }
}

/// Whether the key of an action is the field's: those that mean something everywhere, and those that go to an end of what
/// is typed when anything is.
fn edits(app: &mut App, action: Action) -> bool {
    let typed = app.overlay.as_mut().and_then(Overlay::field);
    match action {
        Action::Quit | Action::Suspend | Action::Redraw => false,
        Action::SelectFirst | Action::SelectLast => typed.is_some_and(|field| !field.text().is_empty()),
        action => action.layer() == Layer::Everywhere,
    }
}

fn type_in(app: &mut App, chord: Chord) {
    let Some(overlay) = &mut app.overlay else {
        return;
    };
    let changed = overlay.field().is_some_and(|field| field.press(chord));
    if let (
        true,
        Overlay::Palette(_, selected) | Overlay::Models(_, selected) | Overlay::Traces(_, selected),
    ) = (changed, overlay)
    {
        *selected = 0;
    }
}

fn in_overlay(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Quit | Action::Suspend | Action::Redraw => return act(app, action),
        Action::Accept | Action::Fold => return accept(app),
        Action::SelectNext | Action::Down => return further(app, 1),
        Action::SelectPrevious | Action::Up => app.select(-1),
        Action::SelectPageDown => {
            let page = app.page().cast_signed();
            return further(app, page);
        }
        Action::SelectPageUp => app.select(-app.page().cast_signed()),
        Action::HalfPageDown => app.select(10),
        Action::HalfPageUp => app.select(-10),
        Action::Top | Action::SelectFirst => app.select(isize::MIN),
        Action::Bottom | Action::SelectLast => return further(app, isize::MAX),
        Action::Left | Action::Right => {
            if let Some(Overlay::Sampler(selected)) = app.overlay
                && let Some(setting) = Setting::iter().nth(selected)
                && let Some(sampler) = app.sampler_mut()
            {
                *sampler = setting.step(sampler, action == Action::Right);
            }
        }
        Action::Close | Action::Cancel | Action::Back | Action::Help => app.overlay = None,
        _ => {}
    }
    Vec::new()
}

/// Goes down in what is open. Whoever stands at the end of the traces wants those that are not read yet.
fn further(app: &mut App, by: isize) -> Vec<Effect> {
    app.select(by);
    let at_end = match app.overlay {
        Some(Overlay::Traces(_, selected)) => selected + 1 >= app.entries(),
        _ => false,
    };
    match at_end && app.explore.more {
        true => vec![Effect::ReadOn],
        false => Vec::new(),
    }
}

/// Enter, in whatever is open.
fn accept(app: &mut App) -> Vec<Effect> {
    match app.overlay.take() {
        Some(Overlay::Palette(field, selected)) => {
            match overlay::found(field.text(), app.screen).get(selected) {
                Some(&action) => act(app, action),
                None => Vec::new(),
            }
        }
        Some(Overlay::Sampler(selected)) => {
            if let (Some(setting), Some(sampler)) = (Setting::iter().nth(selected), app.sampler()) {
                let value = setting.value(sampler);
                prompt(app, Prompt::Setting(setting), &value);
            }
            Vec::new()
        }
        Some(Overlay::Prompt(Prompt::Setting(setting), field)) => {
            set(app, setting, field.text());
            Vec::new()
        }
        Some(overlay) => match app.screen {
            Screen::Explore => explore::accept(app, overlay),
            Screen::Compare => compare::accept(app, overlay),
            Screen::Train => train::accept(app, overlay),
        },
        None => Vec::new(),
    }
}

/// Changes a sampling setting of the screen, and goes back to the list of them.
fn set(app: &mut App, setting: Setting, text: &str) {
    if let Some(sampler) = app.sampler_mut() {
        match setting.set(sampler, text) {
            Ok(changed) => *sampler = changed,
            Err(sentence) => app.say(Notice::error(sentence)),
        }
    }
    app.overlay = Setting::iter().position(|s| s == setting).map(Overlay::Sampler);
}

/// Does what an action says: what every screen does alike here, the rest on the screen one looks at.
pub fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Palette => app.overlay = Some(Overlay::Palette(Field::default(), 0)),
        Action::Help => app.overlay = Some(Overlay::Help(0)),
        Action::Faster => app.pace.faster(),
        Action::Slower => app.pace.slower(),
        Action::Quit => return quit(app),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        _ => {
            if let Some(screen) = Screen::all().find(|screen| screen.action() == action) {
                return enter(app, screen);
            }
            return match app.screen {
                Screen::Explore => explore::act(app, action),
                Screen::Compare => compare::act(app, action),
                Screen::Train => train::act(app, action),
            };
        }
    }
    Vec::new()
}

/// Goes to a screen. What runs on the one that is left goes on.
fn enter(app: &mut App, screen: Screen) -> Vec<Effect> {
    app.screen = screen;
    match screen {
        Screen::Explore => Vec::new(),
        Screen::Compare => compare::enter(app),
        Screen::Train => train::enter(app),
    }
}

/// Stops what runs and leaves.
pub fn quit(app: &mut App) -> Vec<Effect> {
    let mut effects = app.stops();
    effects.push(Effect::Quit);
    effects
}

/// Asks for a model.
pub fn choose_model(app: &mut App) -> Vec<Effect> {
    app.overlay = Some(Overlay::Models(Field::default(), 0));
    vec![Effect::ListModels]
}

/// The model that was chosen, by its place. Behind the last one a directory is asked for; it begins with what was typed.
pub fn chosen_model(app: &mut App, field: &Field, selected: usize) -> Option<usize> {
    let place = overlay::found_models(field.text(), &app.models)
        .get(selected)
        .copied();
    if place.is_none() {
        prompt(app, Prompt::Model, field.text());
    }
    place
}

/// Asks a question in the status line.
pub fn prompt(app: &mut App, prompt: Prompt, text: &str) {
    app.overlay = Some(Overlay::Prompt(prompt, Field::new(text)));
}

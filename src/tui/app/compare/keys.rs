//! What the keys of the Compare screen do.

use super::{
    COUNT, Effect as Want, Focus, Layout, List,
    grid::{self, lines},
    letter,
    run::{add, begin, forget, order, random, solve, stop_lane, stop_lanes},
};
use crate::{
    experiment::compare::LANES,
    tui::app::{
        Action, App, Effect, Layer, Live, ModelState, Notice, Overlay, Prompt, explore,
        keys::{self, choose_model, chosen_model, prompt},
        moves::{self, View},
        screen::Screen,
    },
};

/// The screen is looked at. The first time lanes are made.
pub fn enter(app: &mut App) -> Vec<Effect> {
    if app.compare.lanes.is_empty() {
        begin(app)
    } else {
        Vec::new()
    }
}

/// Enter, in a popup or prompt of this screen.
pub fn accept(app: &mut App, overlay: Overlay) -> Vec<Effect> {
    match overlay {
        Overlay::Models(field, selected) => {
            let chosen = chosen_model(app, &field, selected).and_then(|place| app.models.get(place));
            let name = chosen.map(|model| model.name.clone());
            name.map(|name| load(app, name)).unwrap_or_default()
        }
        Overlay::Prompt(prompt, field) => answer(app, prompt, field.text().trim()),
        // The shell's own, those that are only read, and those of other screens.
        _ => Vec::new(),
    }
}

fn answer(app: &mut App, prompt: Prompt, text: &str) -> Vec<Effect> {
    match prompt {
        Prompt::Search => {
            app.compare.search = text.to_owned();
            search(app, true);
        }
        Prompt::Count => return order(app, text),
        _ if text.is_empty() => {}
        Prompt::Model => return load(app, text.to_owned()),
        Prompt::Problem => {
            app.compare.typed = text.to_owned();
            if let Some(first) = app.compare.lanes.first() {
                return vec![Effect::Compare(Want::ReadProblem(first.id, text.to_owned()))];
            }
        }
        // Not asked here.
        Prompt::Insert
        | Prompt::Edit
        | Prompt::Samples
        | Prompt::Setting(_)
        | Prompt::Begin
        | Prompt::Knob => {}
    }
    Vec::new()
}

/// Another model for the lane.
fn load(app: &mut App, name: String) -> Vec<Effect> {
    let mut effects = stop_lane(app);
    effects.extend(forget(app));
    if let Some(lane) = app.compare.lane_mut() {
        lane.model = ModelState::Loading(name.clone());
        lane.live = None;
        effects.push(Effect::Compare(Want::Load(lane.id, name)));
    }
    effects
}

/// Does what an action says on this screen.
pub fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::NextPane => {
            app.compare.focus = match app.compare.focus {
                Focus::Lanes => Focus::Table,
                Focus::Table => Focus::Lanes,
            };
        }
        Action::Open => return enter_deeper(app),
        Action::LaneLeft => beside(app, -1),
        Action::LaneRight => beside(app, 1),
        Action::NewProblem => return random(app).into_iter().collect(),
        Action::TypeProblem => prompt(app, Prompt::Problem, ""),
        Action::Again if app.compare.samples() > 1 => return next_sample(app),
        Action::Again => {
            app.compare.sample += 1;
            return solve(app);
        }
        Action::CompareSet => prompt(app, Prompt::Count, &COUNT.to_string()),
        Action::Filter => return filter(app),
        Action::OpenTrace => return open(app),
        Action::LaneModel => return choose_model(app),
        Action::LaneSampler => app.overlay = Some(Overlay::Sampler(0)),
        Action::LaneAdd => return another(app),
        Action::LaneDrop => return drop_lane(app),
        Action::Search => prompt(app, Prompt::Search, ""),
        Action::SearchNext => search(app, true),
        Action::SearchPrevious => search(app, false),
        Action::Copy => return copy(app, false),
        Action::CopyAll => return copy(app, true),
        Action::Cancel => return cancel(app),
        Action::Back if app.compare.list.is_some() => app.compare.list = None,
        Action::Back => return keys::quit(app),
        moving if moving.layer() == Layer::Moving => return go(app, moving),
        _ => {}
    }
    Vec::new()
}

/// Stops what runs; else goes back: from the traces to their list, from the list to the table.
fn cancel(app: &mut App) -> Vec<Effect> {
    if app.compare.is_busy() {
        let effects = app.compare.stop();
        if app.compare.making.take().is_some() {
            app.say(Notice::info("The comparison was stopped."));
        }
        return effects;
    }
    let compare = &mut app.compare;
    if compare.list.is_some() && compare.focus == Focus::Lanes {
        compare.focus = Focus::Table;
    } else if compare.list.take().is_none() {
        compare.search.clear();
    }
    Vec::new()
}

/// Another lane, with a model that none has yet if there is one.
fn another(app: &mut App) -> Vec<Effect> {
    let lanes = &app.compare.lanes;
    if lanes.len() >= *LANES.end() {
        app.say(Notice::info(
            "Four lanes are the most; drop one, or give it another model.",
        ));
        return Vec::new();
    }
    let taken = |name: &str| lanes.iter().any(|lane| lane.model.name() == name);
    let names = app.models.iter().map(|model| &model.name);
    let Some(name) = names
        .clone()
        .find(|name| !taken(name))
        .or(names.clone().next())
        .cloned()
    else {
        return vec![Effect::ListModels];
    };
    let effects = add(app, name);
    app.compare.at = app.compare.lanes.len() - 1;
    effects
}

fn drop_lane(app: &mut App) -> Vec<Effect> {
    if app.compare.lanes.len() <= *LANES.start() {
        let key = app.keymap.key(Action::LaneModel);
        app.say(Notice::info(format!(
            "Two lanes are the least; {key} gives this one another model."
        )));
        return Vec::new();
    }
    let mut effects = stop_lane(app);
    effects.extend(forget(app));
    let lane = app.compare.lanes.remove(app.compare.at);
    app.compare.at = app.compare.at.min(app.compare.lanes.len() - 1);
    effects.push(Effect::Compare(Want::Drop(lane.id)));
    effects
}

/// Moves up and down: rows of the lane's text, lines of the table, entries of the list.
fn go(app: &mut App, action: Action) -> Vec<Effect> {
    if app.compare.focus == Focus::Lanes {
        read(app, action);
        return Vec::new();
    }
    let page = app.compare.layout(app.size).table.height / 2;
    let page = isize::try_from(page).unwrap_or(1).max(1);
    let by = action.distance(page);
    if by == 0 {
        return Vec::new();
    }
    match &mut app.compare.list {
        Some(list) => {
            list.select(by);
            show(app)
        }
        None => {
            let (line, column) = app.compare.cell;
            select(app, (line.saturating_add_signed(by), column));
            Vec::new()
        }
    }
}

/// Goes to the lane, or the number of the table, beside this one.
fn beside(app: &mut App, by: isize) {
    let compare = &mut app.compare;
    if compare.focus == Focus::Lanes {
        let last = compare.lanes.len().saturating_sub(1);
        compare.at = compare.at.saturating_add_signed(by).min(last);
    } else if compare.list.is_none() {
        let (line, column) = compare.cell;
        select(app, (line, column.saturating_add_signed(by)));
    }
}

/// Selects a number of the table.
fn select(app: &mut App, cell: (usize, usize)) {
    if let Some(found) = app.compare.found.clone() {
        app.compare.cell = grid::clamp(&found, cell);
    }
}

/// From the table to the problems behind a number, from there to their traces.
fn enter_deeper(app: &mut App) -> Vec<Effect> {
    match (app.compare.focus, &app.compare.list) {
        (Focus::Lanes, _) => Vec::new(),
        (Focus::Table, Some(_)) => {
            app.compare.focus = Focus::Lanes;
            Vec::new()
        }
        (Focus::Table, None) => open_cell(app),
    }
}

/// Moves in the lane's text.
fn read(app: &mut App, action: Action) {
    let layout = app.compare.layout(app.size);
    let at = app.compare.at;
    let Some((_, area)) = layout.lanes.iter().find(|(number, _)| *number == at) else {
        return;
    };
    let mut view = View {
        tree: false,
        width: Layout::text_width(*area),
        page: Layout::page(*area),
        column: app.compare.column,
    };
    if let Some(live) = app.compare.lane_mut().and_then(|lane| lane.live.as_mut()) {
        moves::act(live, action, &mut view);
    }
    app.compare.column = view.column;
}

fn no_table(app: &mut App) -> Vec<Effect> {
    let key = app.keymap.key(Action::CompareSet);
    app.say(Notice::info(if app.compare.making.is_some() {
        "The table is still being made.".to_owned()
    } else {
        format!("There is no table yet; {key} compares the lanes on a set of problems.")
    }));
    Vec::new()
}

/// The problems behind the selected number.
fn open_cell(app: &mut App) -> Vec<Effect> {
    let Some(found) = app.compare.found.clone() else {
        return no_table(app);
    };
    let (line, column) = app.compare.cell;
    let cell = lines(&found.comparison.table)
        .get(line)
        .and_then(|line| line.cell(column));
    match cell {
        Some(cell) => list(app, List::of(&found, cell)),
        None => Vec::new(),
    }
}

/// The problems only one has right, both, none: one after the other.
fn filter(app: &mut App) -> Vec<Effect> {
    let Some(found) = app.compare.found.clone() else {
        return no_table(app);
    };
    let now = app.compare.list.as_ref().map(|list| list.cell);
    app.compare.focus = Focus::Table;
    let next = List::next(&found, now, app.compare.at);
    list(app, next)
}

fn list(app: &mut App, list: List) -> Vec<Effect> {
    if list.problems.is_empty() {
        app.say(Notice::info(format!("{}: there is no such problem.", list.title)));
    }
    app.compare.list = Some(list);
    show(app)
}

/// Shows the next sample that was taken of the selected problem.
fn next_sample(app: &mut App) -> Vec<Effect> {
    let samples = app.compare.samples();
    if let Some(list) = &mut app.compare.list {
        list.sample = (list.sample + 1) % samples;
        let sample = list.sample + 1;
        app.say(Notice::info(format!("Sample {sample} of {samples}.")));
    }
    show(app)
}

/// Shows the traces of the selected problem in the lanes.
fn show(app: &mut App) -> Vec<Effect> {
    let compare = &app.compare;
    let sample = compare.list.as_ref().map_or(0, |list| list.sample);
    let chosen = compare
        .list
        .as_ref()
        .and_then(|list| list.problems.get(list.selected).copied());
    let (Some(chosen), Some(found)) = (chosen, compare.found.clone()) else {
        return Vec::new();
    };
    let Some(problem) = found.problems.get(chosen).cloned() else {
        return Vec::new();
    };
    let effects = stop_lanes(compare);
    app.compare.runs.clear();
    app.compare.sample = 0;
    app.compare.problem = Some(problem.clone());
    for number in 0..app.compare.lanes.len() {
        let run = app.next_run();
        let trace = found.comparison.of_problem(number, chosen).get(sample).cloned();
        if let Some(lane) = app.compare.lanes.get_mut(number) {
            lane.live = trace.map(|trace| Live::open(run, problem.clone(), trace));
        }
    }
    effects
}

/// Takes the lane's trace to Explore.
fn open(app: &mut App) -> Vec<Effect> {
    let Some(live) = app.compare.lane().and_then(|lane| lane.live.as_ref()) else {
        app.say(Notice::info("There is no trace in this lane yet."));
        return Vec::new();
    };
    if live.is_running() {
        app.say(Notice::info(
            "This trace is still being written; open it when it is whole.",
        ));
        return Vec::new();
    }
    let opened = ((*live.problem).clone(), live.record());
    app.say(Notice::info(format!(
        "The trace of lane {}; {} goes back to Compare.",
        letter(app.compare.at),
        app.keymap.key(Screen::Compare.action())
    )));
    explore::open(app, vec![opened]);
    app.screen = Screen::Explore;
    Vec::new()
}

fn search(app: &mut App, forward: bool) {
    let query = app.compare.search.clone();
    if query.is_empty() {
        let key = app.keymap.key(Action::Search);
        app.say(Notice::info(format!(
            "Nothing is searched for yet; {key} searches."
        )));
        return;
    }
    let live = app.compare.lane_mut().and_then(|lane| lane.live.as_mut());
    if let Some(notice) = live.and_then(|live| moves::search(live, &query, forward)) {
        app.say(notice);
    }
}

fn copy(app: &mut App, whole: bool) -> Vec<Effect> {
    let live = app.compare.lane().and_then(|lane| lane.live.as_ref());
    match live.and_then(|live| live.copied(whole)) {
        Some((text, notice)) => {
            app.say(notice);
            vec![Effect::Copy(text)]
        }
        None => Vec::new(),
    }
}

//! Lanes that write, and the table that is made behind them.

use super::{COUNT, Compare, Effect as Want, Found, Lane, LaneId, Making, Msg, Order};
use crate::{
    base::{cancel::Cancel, id, sampler::Sampler},
    engine::Request,
    experiment::compare::LANES,
    model::source::bundled_names,
    trace::Trace,
    tui::app::{Action, App, Effect, Live, ModelState, Notice, Problem, Prompt, keys, live::Seedling},
};
use std::sync::Arc;

/// Problems a table may be made over at most.
pub const MOST: usize = 5000;

/// Samples a problem may have at most.
const SAMPLES: usize = 64;

/// Takes in what is said to this screen.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Recorded(models) => {
            app.compare.recorded = models;
            Vec::new()
        }
        Msg::Lane(id, state) => model(app, id, state),
        Msg::Problem(Ok(problem)) => take(app, Arc::new(*problem)),
        Msg::Problem(Err(sentence)) => {
            // What was typed is not lost, and the next keys correct it instead of doing things.
            let typed = std::mem::take(&mut app.compare.typed);
            if !typed.is_empty() && app.overlay.is_none() {
                keys::prompt(app, Prompt::Problem, &typed);
            }
            app.say(Notice::error(sentence));
            Vec::new()
        }
        Msg::Progress(turn, done, all) => {
            if let Some(making) = app.compare.making.as_mut().filter(|making| making.turn == turn) {
                (making.done, making.all) = (done, all);
            }
            Vec::new()
        }
        Msg::Found(turn, result) => {
            found(app, turn, result);
            Vec::new()
        }
    }
}

fn found(app: &mut App, turn: u64, result: Result<Box<Found>, String>) {
    if app.compare.making.take_if(|making| making.turn == turn).is_none() {
        return;
    }
    match result {
        Ok(found) => app.compare.found = Some(Arc::new(*found)),
        Err(sentence) => app.say(Notice::warning(sentence)),
    }
}

/// The two lanes one begins with: the model of Explore and another one, on the problem of Explore. Where a recording is
/// played that holds lanes, those.
pub fn begin(app: &mut App) -> Vec<Effect> {
    if app.compare.recorded.len() > 1 {
        // A problem of the recording.
        app.compare.problem = None;
        let recorded = app.compare.recorded.iter().take(*LANES.end());
        let recorded = recorded.cloned().collect();
        return meet(app, recorded);
    }
    let explored = match &app.explore.model {
        ModelState::Ready(info) if info.record.device.as_deref() != Some("recording") => {
            Some(info.record.name.clone())
        }
        _ => None,
    };
    let first = explored
        .or_else(|| bundled_names().next().map(str::to_owned))
        .unwrap_or_default();
    let second = bundled_names().find(|name| *name != first).unwrap_or_default();
    app.compare.problem = app
        .explore
        .trace()
        .map(|live| live.problem.clone())
        .or(app.explore.problem.clone())
        // A trace from elsewhere may have none.
        .filter(|problem| !problem.prompt.is_empty());
    meet(app, vec![first, second.to_owned()])
}

/// These models take the place of the lanes there are, on the problem that stands or a random one.
pub fn meet(app: &mut App, names: Vec<String>) -> Vec<Effect> {
    let mut effects = app.compare.stop();
    effects.extend(forget(app));
    app.compare.runs.clear();
    let gone = std::mem::take(&mut app.compare.lanes);
    effects.extend(gone.iter().map(|lane| Effect::Compare(Want::Drop(lane.id))));
    app.compare.at = 0;
    for name in names {
        effects.extend(add(app, name));
    }
    if app.compare.problem.is_none() {
        effects.extend(random(app));
    }
    effects
}

/// A new lane for a model.
pub fn add(app: &mut App, name: String) -> Vec<Effect> {
    let id = app.compare.made;
    app.compare.made += 1;
    app.compare.lanes.push(Lane {
        id,
        model: ModelState::Loading(name.clone()),
        sampler: Sampler::default(),
        live: None,
    });
    let mut effects = forget(app);
    effects.push(Effect::Compare(Want::Load(id, name)));
    effects
}

/// The lanes are others: the table is not theirs any more.
pub fn forget(app: &mut App) -> Vec<Effect> {
    let compare = &mut app.compare;
    compare.found = None;
    compare.list = None;
    let making = compare.making.take();
    making
        .map(|making| Effect::Stop(making.cancel))
        .into_iter()
        .collect()
}

/// Stops what the lane writes; its engine may be gone before it can say that it ended.
pub fn stop_lane(app: &mut App) -> Vec<Effect> {
    let live = app.compare.lane().and_then(|lane| lane.live.as_ref());
    let Some(run) = live.map(|live| live.run) else {
        return Vec::new();
    };
    let (mine, others) = app.compare.runs.drain(..).partition(|(of, _)| *of == run);
    app.compare.runs = others;
    let mine: Vec<_> = mine;
    mine.into_iter().map(|(_, cancel)| Effect::Stop(cancel)).collect()
}

/// A random problem, for the task of the first lane's model.
pub fn random(app: &App) -> Option<Effect> {
    let first = app.compare.lanes.first()?;
    Some(Effect::Compare(Want::RandomProblem(first.id)))
}

fn model(app: &mut App, id: LaneId, state: ModelState) -> Vec<Effect> {
    let Some(at) = app.compare.lanes.iter().position(|lane| lane.id == id) else {
        return Vec::new();
    };
    let Some(lane) = app.compare.lanes.get_mut(at) else {
        return Vec::new();
    };
    lane.model = state;
    match &lane.model {
        ModelState::Ready(info) => {
            lane.sampler = info.sampler.clone();
            ask(app, at)
        }
        ModelState::Failed(name, why) => {
            let text = format!("{name} could not be loaded: {why}");
            app.say(Notice::error(text));
            Vec::new()
        }
        ModelState::None | ModelState::Loading(_) => Vec::new(),
    }
}

/// Takes a problem; every lane that is ready solves it.
fn take(app: &mut App, problem: Arc<Problem>) -> Vec<Effect> {
    if let Some(warning) = &problem.warning {
        app.say(Notice::warning(warning));
    }
    app.compare.problem = Some(problem);
    app.compare.sample = 0;
    solve(app)
}

/// Every lane that is ready solves the problem. What still runs is stopped.
pub fn solve(app: &mut App) -> Vec<Effect> {
    app.compare.list = None;
    let mut effects = stop_lanes(&app.compare);
    for at in 0..app.compare.lanes.len() {
        effects.extend(ask(app, at));
    }
    effects
}

/// Stops what the lanes write; a table goes on.
pub fn stop_lanes(compare: &Compare) -> Vec<Effect> {
    let stop = |(_, cancel): &(_, Cancel)| Effect::Stop(cancel.clone());
    compare.runs.iter().map(stop).collect()
}

/// Lets one lane solve the problem, if its model is ready.
fn ask(app: &mut App, at: usize) -> Vec<Effect> {
    let run = app.next_run();
    let created = app.timestamp();
    let (now, pace) = (app.now, app.pace.clone());
    let compare = &mut app.compare;
    let (Some(problem), Some(lane)) = (compare.problem.clone(), compare.lanes.get_mut(at)) else {
        return Vec::new();
    };
    let ModelState::Ready(info) = &lane.model else {
        return Vec::new();
    };
    if !info.understands(&problem) {
        lane.live = None;
        let (own, drawn) = (Action::TypeProblem, Action::NewProblem);
        let text = format!(
            "{} knows only Countdown and waits. {} types a problem of it, {} draws one.",
            info.record.name,
            app.keymap.key(own),
            app.keymap.key(drawn)
        );
        app.say(Notice::warning(text));
        return Vec::new();
    }
    let (cancel, sample) = (Cancel::default(), compare.sample);
    let (prompt, kind) = problem.asked(info.manner);
    let header = Trace {
        id: id::at(created, &format!("{run:?} {sample} {}", problem.prompt)),
        created: id::written(created),
        sample: usize::try_from(sample).unwrap_or(usize::MAX),
        index: usize::try_from(problem.index).unwrap_or(usize::MAX),
        task: Some(problem.task.clone()),
        problem: Some(problem.value.clone()),
        model: Some(info.record.clone()),
        strategy: Some("chain".into()),
        sampler: Some(lane.sampler.clone()),
        prompt: Some(prompt.clone()),
        ..Trace::default()
    };
    let from = Seedling {
        origin: format!("sample {sample}"),
        ..Seedling::default()
    };
    lane.live = Some(Live::new(run, sample, problem.clone(), from, header, now));
    let request = Request {
        run,
        prompt,
        kind,
        known: Vec::new(),
        prefix: Vec::new(),
        sampler: lane.sampler.clone(),
        index: problem.index,
        samples: vec![sample],
        top: 0,
        cancel: cancel.clone(),
        pace,
    };
    compare.runs.push((run, cancel));
    vec![Effect::Compare(Want::Generate(lane.id, Box::new(request)))]
}

/// `200` or `200 x 8`: problems, and samples of each.
fn size(typed: &str) -> Option<(usize, usize)> {
    let (count, samples) = typed.split_once(['x', '\u{d7}', '*']).unwrap_or((typed, "1"));
    let (count, samples) = (count.trim().parse().ok()?, samples.trim().parse().ok()?);
    ((1..=MOST).contains(&count) && (1..=SAMPLES).contains(&samples)).then_some((count, samples))
}

/// Begins the table over as many problems as were typed.
pub fn order(app: &mut App, typed: &str) -> Vec<Effect> {
    let Some((count, samples)) = size(typed) else {
        app.say(Notice::error(format!(
            "Type how many problems to compare on, from 1 to {MOST}, and for several samples of each how many, up to \
             {SAMPLES}: {COUNT}, or {COUNT} x 8."
        )));
        return Vec::new();
    };
    let waiting = app
        .compare
        .lanes
        .iter()
        .find(|lane| !matches!(lane.model, ModelState::Ready(_)));
    if let Some(lane) = waiting {
        let name = lane.model.name();
        app.say(Notice::warning(format!(
            "{name} is not ready; wait for it, or give its lane another model."
        )));
        return Vec::new();
    }
    let mut effects = forget(app);
    let compare = &mut app.compare;
    compare.turns += 1;
    let (turn, cancel) = (compare.turns, Cancel::default());
    compare.making = Some(Making {
        turn,
        done: 0,
        all: 0,
        cancel: cancel.clone(),
    });
    compare.cell = (0, 0);
    let lanes = compare.lanes.iter();
    effects.push(Effect::Compare(Want::Compare(Order {
        turn,
        lanes: lanes.map(|lane| (lane.id, lane.sampler.clone())).collect(),
        count,
        samples,
        cancel,
    })));
    effects
}

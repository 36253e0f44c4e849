//! What the keys of the Train screen do.

use super::{
    Effect as Want, Focus, View,
    curves::held_out,
    list::Entry,
    steer::{knob, pause, set, stop, tell},
    update::{begin, look, pair, samples},
};
use crate::{
    behavior::Habit,
    train::Command,
    tui::app::{
        Action, App, Effect, Frame, Layer, Notice, Overlay, Pane, Prompt, Screen, compare, explore,
        keys::{self, prompt},
        moves,
    },
};

/// The screen is looked at: recipes and runs may have come or gone.
pub fn enter(_app: &mut App) -> Vec<Effect> {
    vec![Effect::Train(Want::List)]
}

/// Enter, in a prompt of this screen.
pub fn accept(app: &mut App, overlay: Overlay) -> Vec<Effect> {
    match overlay {
        Overlay::Prompt(Prompt::Begin, field) => begin(app, field.text()),
        Overlay::Prompt(Prompt::Knob, field) => set(app, field.text()),
        // The shell's own, those that are only read, and those of other screens.
        _ => Vec::new(),
    }
}

/// Does what an action says on this screen.
pub fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::TrainPause => return pause(app),
        Action::TrainSave => return tell(app, Command::Save),
        Action::TrainStop => return stop(app),
        Action::TrainKnob => knob(app),
        Action::Emergence => return emergence(app),
        Action::Faked => faked(app),
        Action::HeldOut => return held_out_samples(app),
        Action::LayOver => lay_over(app),
        Action::TrainOpen => return open(app),
        Action::TrainCompare => return with_base(app),
        Action::Copy | Action::CopyAll => return copy(app),
        Action::Search | Action::SearchNext | Action::SearchPrevious => {
            let key = app.keymap.key(Action::TrainOpen);
            app.say(Notice::info(format!(
                "Nothing is searched here; {key} opens a sample in Explore, where it can be."
            )));
        }
        Action::NextPane => match app.train.view {
            View::Sample => app.train.pane = other(app.train.pane),
            View::Emergence => {
                if let Some(pairs) = &mut app.train.pairs {
                    pairs.pane = other(pairs.pane);
                }
            }
            View::List | View::Run => {
                app.train.focus = match app.train.focus {
                    Focus::Curves => Focus::Samples,
                    Focus::Samples => Focus::Curves,
                }
            }
        },
        Action::Cancel => return back(app),
        Action::Back if app.train.view == View::List && !app.train.laying => return keys::quit(app),
        Action::Back => return back(app),
        moving if moving.layer() == Layer::Moving => {
            return match app.train.view {
                View::List => in_list(app, moving),
                View::Run => in_run(app, moving),
                View::Sample => in_sample(app, moving),
                View::Emergence => in_pairs(app, moving),
            };
        }
        _ => {}
    }
    Vec::new()
}

fn other(pane: Pane) -> Pane {
    match pane {
        Pane::Trace => Pane::Tree,
        Pane::Tree => Pane::Trace,
    }
}

/// From a sample or a pair to the run, from the run to the list.
fn back(app: &mut App) -> Vec<Effect> {
    let train = &mut app.train;
    train.view = match train.view {
        View::List if train.laying => View::Run,
        View::List | View::Run => View::List,
        View::Sample | View::Emergence => View::Run,
    };
    train.laying = false;
    train.pairs = None;
    // The run may have gone on while a sample was read.
    samples(app)
}

fn in_list(app: &mut App, action: Action) -> Vec<Effect> {
    let Some(listing) = &app.train.listing else {
        return Vec::new();
    };
    let last = listing.len().saturating_sub(1);
    let page = isize::try_from(Frame::new(app.size).body.height / 2)
        .unwrap_or(1)
        .max(1);
    match action {
        Action::Fold | Action::Right => return choose(app),
        _ => {
            app.train.selected = app
                .train
                .selected
                .saturating_add_signed(action.distance(page))
                .min(last)
        }
    }
    Vec::new()
}

/// Begins with the selected recipe, or opens the selected run.
fn choose(app: &mut App) -> Vec<Effect> {
    let listing = app.train.listing.clone().unwrap_or_default();
    match listing.entry(app.train.selected) {
        None => {}
        Some(Entry::Recipe(_)) if app.train.laying => {
            app.say(Notice::info("Choose a run to lay over this one, not a recipe."));
        }
        Some(Entry::Recipe(_)) => match app.train.active().map(|job| job.run.name()) {
            Some(name) => {
                let key = app.keymap.key(Action::TrainStop);
                app.say(Notice::info(format!(
                    "{name} goes on; {key} stops it, then another run can begin."
                )));
            }
            None => prompt(app, Prompt::Begin, ""),
        },
        Some(Entry::Run(entry)) => {
            if let Err(sentence) = &entry.summary {
                app.say(Notice::error(sentence.clone()));
                return Vec::new();
            }
            let root = entry.root.clone();
            if app.train.laying {
                return vec![Effect::Train(Want::Lay(root))];
            }
            app.train.laid = None;
            let is_job = app.train.job.as_ref().is_some_and(|job| job.run.root == root);
            if is_job {
                app.train.at_job = true;
                return look(app, View::Run);
            }
            return vec![Effect::Train(Want::Open(root))];
        }
    }
    Vec::new()
}

fn in_run(app: &mut App, action: Action) -> Vec<Effect> {
    let focus = app.train.focus;
    let page = super::Layout::new(app.size, focus);
    let page = match focus {
        Focus::Curves => page.numbers.height,
        Focus::Samples => page.samples.height,
    };
    let page = isize::try_from(page / 2).unwrap_or(1).max(1);
    let Some(run) = app.train.run_mut() else {
        return Vec::new();
    };
    match (action, focus) {
        (Action::Left, _) => _ = run.scrub(-1),
        (Action::Right, _) => _ = run.scrub(1),
        (Action::StepPrevious, _) => _ = run.scrub(-10),
        (Action::StepNext, _) => _ = run.scrub(10),
        (Action::Fold, Focus::Curves) => app.train.focus = Focus::Samples,
        (Action::Fold, Focus::Samples) if run.live.is_some() => app.train.view = View::Sample,
        (_, Focus::Curves) => {
            let last = run.curves().len().saturating_sub(1);
            run.curve = run.curve.saturating_add_signed(action.distance(page)).min(last);
        }
        (_, Focus::Samples) => run.select(action.distance(page)),
    }
    samples(app)
}

fn in_sample(app: &mut App, action: Action) -> Vec<Effect> {
    let pane = app.train.pane;
    let layout = crate::tui::app::Layout::new(Frame::new(app.size).body, pane, 50, false);
    let mut view = moves::View {
        tree: pane == Pane::Tree,
        width: layout.text_width(),
        page: layout.page(),
        column: app.train.column,
    };
    if let Some(live) = app.train.run_mut().and_then(|run| run.live.as_mut()) {
        moves::act(live, action, &mut view);
    }
    app.train.column = view.column;
    Vec::new()
}

fn in_pairs(app: &mut App, action: Action) -> Vec<Effect> {
    if let Some(pairs) = &mut app.train.pairs {
        let last = pairs.found.pairs.len().saturating_sub(1);
        let by = match action {
            Action::Left => -1,
            Action::Right => 1,
            other => other.distance(10),
        };
        pairs.at = pairs.at.saturating_add_signed(by).min(last);
        pair(pairs);
    }
    Vec::new()
}

/// Looks for the first traces that show the habit whose curve is looked at; the one that rose most when it is none.
fn emergence(app: &mut App) -> Vec<Effect> {
    if app.train.view == View::List {
        return Vec::new();
    }
    let Some(run) = app.train.run() else {
        return Vec::new();
    };
    if run.evaluated.len() < 2 {
        let text = "A first appearance needs two evaluations with kept traces; pretraining keeps none.";
        app.say(Notice::info(text));
        return Vec::new();
    }
    let rose = |habit: &Habit| {
        let points = run.points(&held_out(*habit));
        let first = points.first().map_or(0.0, |(_, value)| *value);
        points.iter().map(|(_, value)| value - first).fold(0.0, f64::max)
    };
    let most = || Habit::ALL.into_iter().max_by(|a, b| rose(a).total_cmp(&rose(b)));
    let Some(habit) = run.shown_curve().and_then(|curve| curve.habit).or_else(most) else {
        return Vec::new();
    };
    let effect = Want::Emergence(run.root.clone(), habit, run.points(&held_out(habit)).to_vec());
    vec![Effect::Train(effect)]
}

/// Lists only the right answers that rest on false statements, or all again.
fn faked(app: &mut App) {
    if app.train.view != View::Run {
        return;
    }
    let Some(run) = app.train.run_mut() else {
        return;
    };
    run.faked = !run.faked;
    let found = run.samples.iter().filter(|sample| sample.is_faked()).count();
    if run.faked && found == 0 {
        run.faked = false;
        app.say(Notice::info(
            "No right answer of this step rests on a false statement.",
        ));
    } else {
        run.select(0);
    }
}

/// Shows the held-out samples instead of the rollouts, or these again.
fn held_out_samples(app: &mut App) -> Vec<Effect> {
    if app.train.view != View::Run {
        return Vec::new();
    }
    if app.train.run_mut().is_some_and(super::Run::switch) {
        return samples(app);
    }
    app.say(Notice::info("This run kept no other samples yet."));
    Vec::new()
}

/// Takes the run that is laid over this one away, or lets a person choose one.
fn lay_over(app: &mut App) {
    let train = &mut app.train;
    if train.laid.take().is_some() {
        return;
    }
    if train.run().is_none() || train.view != View::Run {
        app.say(Notice::info(
            "Open a run first; another one can then be laid over it.",
        ));
        return;
    }
    train.laying = true;
    train.view = View::List;
    let first = train.listing.as_ref().map_or(0, |listing| listing.recipes.len());
    train.selected = train.selected.max(first);
}

/// Opens what is looked at in Explore: a sample, or the newest checkpoint.
fn open(app: &mut App) -> Vec<Effect> {
    let train = &app.train;
    let checkpoint = match (train.view, train.focus) {
        (View::List, _) => {
            let entry = train
                .listing
                .as_ref()
                .and_then(|listing| listing.entry(train.selected));
            match entry {
                Some(Entry::Run(entry)) => {
                    let summary = entry.summary.as_ref().ok();
                    summary.and_then(|summary| summary.checkpoint.clone())
                }
                _ => None,
            }
        }
        (View::Run, Focus::Curves) => {
            let run = train.run();
            run.and_then(|run| Some(run.root.join(format!("checkpoint-{}", run.checkpoint?))))
        }
        (View::Run | View::Sample, _) => {
            let sample = train.run().and_then(|run| run.shown()).cloned();
            return show(app, sample.into_iter().collect());
        }
        (View::Emergence, _) => {
            let pair = train
                .pairs
                .as_ref()
                .and_then(|pairs| pairs.found.pairs.get(pairs.at));
            let [before, after] = match pair {
                Some([(_, before), (_, after)]) => [before.clone(), after.clone()],
                None => return Vec::new(),
            };
            return show(app, vec![after, before]);
        }
    };
    match checkpoint {
        Some(path) => {
            app.screen = Screen::Explore;
            vec![Effect::LoadModel(path.display().to_string())]
        }
        None => {
            app.say(Notice::info("There is no checkpoint to open here yet."));
            Vec::new()
        }
    }
}

/// Shows samples in Explore.
fn show(app: &mut App, samples: Vec<super::Sample>) -> Vec<Effect> {
    if samples.is_empty() {
        app.say(Notice::info("There is no sample to open here yet."));
        return Vec::new();
    }
    let traces = samples
        .into_iter()
        .map(|sample| ((*sample.problem).clone(), sample.trace));
    explore::open(app, traces.collect());
    app.screen = Screen::Explore;
    Vec::new()
}

/// Puts the newest checkpoint beside what the run began with.
fn with_base(app: &mut App) -> Vec<Effect> {
    let run = app.train.run().filter(|_| app.train.view != View::List);
    let Some((run, step)) = run.and_then(|run| Some((run, run.checkpoint.filter(|step| *step > 0)?))) else {
        let text =
            "Open a run with a checkpoint of its own: that one is compared with what the run began with.";
        app.say(Notice::info(text));
        return Vec::new();
    };
    let names = [0, step].map(|step| run.root.join(format!("checkpoint-{step}")).display().to_string());
    // A problem the run was made for.
    if let Some(problem) = run.samples.get(run.sample).map(|sample| sample.problem.clone()) {
        app.compare.problem = Some(problem);
    }
    app.screen = Screen::Compare;
    compare::meet(app, names.into())
}

fn copy(app: &mut App) -> Vec<Effect> {
    let sample = app
        .train
        .run()
        .and_then(|run| run.shown())
        .filter(|_| app.train.view != View::List);
    match sample.map(|sample| sample.trace.text.clone()) {
        Some(text) => {
            app.say(Notice::info(format!("Copied the trace, {} bytes.", text.len())));
            vec![Effect::Copy(text)]
        }
        None => Vec::new(),
    }
}

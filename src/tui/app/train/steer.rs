//! Steering the run that goes on: pause, resume, stop, save, knobs.

use super::{Effect as Want, State, View, list::Entry};
use crate::{
    config::Override,
    train::Command,
    tui::app::{App, Effect, Notice, Prompt, keys::prompt},
};

/// Makes the run wait, or go on, or go on again.
pub fn pause(app: &mut App) -> Vec<Effect> {
    let other = app.train.view != View::List && !app.train.at_job;
    let state = app.train.active().map(|job| job.state.clone());
    match state {
        Some(_) if other => {
            let name = app.train.active().map(|job| job.run.name()).unwrap_or_default();
            app.say(Notice::info(format!(
                "{name} is trained now, not this run; one goes on at a time."
            )));
            Vec::new()
        }
        Some(State::Training | State::Preparing) => {
            app.say(Notice::info("The run waits after this step."));
            vec![Effect::Train(Want::Tell(Command::Pause))]
        }
        Some(State::Waiting) => vec![Effect::Train(Want::Tell(Command::Resume))],
        Some(State::Paused(_)) => {
            if let Some(job) = &mut app.train.job {
                job.state = State::Training;
            }
            vec![Effect::Train(Want::Again)]
        }
        Some(_) => Vec::new(),
        None => resume(app),
    }
}

/// Goes on with the run that is looked at, or selected, from its newest checkpoint.
fn resume(app: &mut App) -> Vec<Effect> {
    let listing = app.train.listing.as_ref();
    let root = match app.train.view {
        View::List => match listing.and_then(|listing| listing.entry(app.train.selected)) {
            Some(Entry::Run(entry)) => Some(entry.root.clone()),
            _ => None,
        },
        _ => app.train.run().map(|run| run.root.clone()),
    };
    let over = |root: &std::path::PathBuf| {
        let job = app.train.job.as_ref().filter(|job| job.run.root == *root);
        job.is_some_and(|job| job.state == State::Done)
    };
    match root {
        Some(root) if over(&root) => {
            app.say(Notice::info(
                "This run came to its end; more `steps` in its recipe make another, longer one.",
            ));
            Vec::new()
        }
        Some(root) => vec![Effect::Train(Want::Resume(root))],
        None => nothing(app),
    }
}

/// Nothing is trained that could be told something.
fn nothing(app: &mut App) -> Vec<Effect> {
    app.say(Notice::info(
        "Nothing is trained now; choose a recipe and press enter.",
    ));
    Vec::new()
}

/// Tells the run something.
pub fn tell(app: &mut App, command: Command) -> Vec<Effect> {
    match app.train.active().is_some() {
        true => vec![Effect::Train(Want::Tell(command))],
        false => nothing(app),
    }
}

/// Stops the run, which first finishes its step and saves.
pub fn stop(app: &mut App) -> Vec<Effect> {
    let Some(job) = app.train.job.as_mut().filter(|job| job.state.is_active()) else {
        return nothing(app);
    };
    if job.state == State::Measuring {
        app.say(Notice::info(
            "All steps are done and saved; the finished model is measured for its card.",
        ));
        return Vec::new();
    }
    let mut effects = vec![Effect::Train(Want::Tell(Command::Stop))];
    if matches!(job.state, State::Paused(_)) {
        effects.push(Effect::Train(Want::Again));
    }
    job.state = State::Stopping;
    app.say(Notice::info("The run finishes its step, saves and stops."));
    effects
}

/// Asks for a knob and its value.
pub fn knob(app: &mut App) {
    match app.train.active().map(|job| job.run.recipe.learning_rate) {
        Some(rate) => prompt(app, Prompt::Knob, &format!("learning_rate = {rate:e}")),
        None => _ = nothing(app),
    }
}

/// Changes a knob of the run. What cannot be is said, and waits to be corrected.
pub fn set(app: &mut App, text: &str) -> Vec<Effect> {
    let Some(job) = app.train.active() else {
        return nothing(app);
    };
    let tight = text
        .split_once('=')
        .map(|(key, value)| format!("{}={}", key.trim(), value.trim()));
    let change = tight
        .unwrap_or_else(|| text.to_owned())
        .parse::<Override>()
        .map_err(|error| error.to_string());
    let change = change.and_then(|change| match job.run.recipe.changed(&change) {
        Ok(_) => Ok(change),
        Err(error) => Err(error.to_string()),
    });
    match change {
        _ if text.trim().is_empty() => Vec::new(),
        Ok(change) => {
            app.say(Notice::info(format!(
                "{} changes from the next step on.",
                change.name()
            )));
            vec![Effect::Train(Want::Tell(Command::Set(change)))]
        }
        Err(sentence) => {
            prompt(app, Prompt::Knob, text);
            app.say(Notice::error(format!("{sentence}.")));
            Vec::new()
        }
    }
}

//! What others say to the Train screen: which runs there are, what happens in the one that goes on, traces of steps.

use super::{Effect as Want, Follow, Job, Msg, Pairs, Run, State, View, follow::grown, list::Entry};
use crate::{
    base::words::counted,
    config::{Override, recipe::Kind},
    train::{Kept, run_dir::Change},
    tui::app::{Action, App, Effect, Notice, Pane, Prompt, keys::prompt},
};

/// Takes in what is said to this screen.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Listed(listing) => {
            // The selection stays on what it was on, wherever that went.
            let old = app
                .train
                .listing
                .as_ref()
                .and_then(|old| key(old.entry(app.train.selected)?));
            let at = old.and_then(|old| {
                (0..listing.len()).find(|i| listing.entry(*i).and_then(key) == Some(old.clone()))
            });
            app.train.selected = at
                .unwrap_or(app.train.selected)
                .min(listing.len().saturating_sub(1));
            let wrong = listing.wrong.first().cloned();
            app.train.listing = Some(*listing);
            // The list has room for its beginning only.
            if let Some(sentence) = wrong.filter(|_| app.train.view == View::List && app.notice.is_none()) {
                app.say(Notice::warning(sentence));
            }
        }
        Msg::Opened(Ok(history)) => {
            warn_of(app, history.broken);
            app.train.follow = Follow::of(&history);
            app.train.opened = Some(Run::new(*history));
            app.train.at_job = false;
            return look(app, View::Run);
        }
        Msg::Grown(root, read) => return grown(app, &root, read),
        Msg::Laid(Ok(history)) => {
            app.train.laid = Some(Run::new(*history));
            app.train.laying = false;
            app.train.view = View::Run;
        }
        Msg::Opened(Err(sentence)) | Msg::Laid(Err(sentence)) => {
            app.say(Notice::error(format!("{sentence}.")))
        }
        Msg::Traces(root, kept, step, samples) => {
            // The person may have gone on meanwhile.
            for run in [
                app.train.job.as_mut().map(|job| &mut job.run),
                app.train.opened.as_mut(),
            ] {
                if let Some(run) =
                    run.filter(|run| run.root == root && run.kept == kept && run.missing() == Some(step))
                {
                    run.take(step, samples.clone());
                }
            }
        }
        Msg::Emerged(root, result) => emerged(app, &root, result),
        Msg::Began(Ok(history)) => {
            app.train.job = Some(Job::new(Run::new(*history)));
            app.train.at_job = true;
            app.train.opened = None;
            app.train.follow = None;
            app.train.laid = None;
            let mut effects = look(app, View::Run);
            effects.push(Effect::Train(Want::List));
            return effects;
        }
        Msg::Began(Err(sentence)) => app.say(Notice::error(format!("{sentence}."))),
        of_job => return in_job(app, of_job),
    }
    Vec::new()
}

/// What happens in the run that goes on.
fn in_job(app: &mut App, msg: Msg) -> Vec<Effect> {
    let key = app.keymap.key(Action::TrainPause);
    let Some(job) = &mut app.train.job else {
        return Vec::new();
    };
    match msg {
        Msg::Step(row, progress, seconds_left) => {
            if job.state == State::Preparing {
                job.state = State::Training;
            }
            (job.progress, job.seconds_left) = (progress, Some(seconds_left));
            job.run.add(&row);
        }
        Msg::Evaluated(row) => {
            job.run.add(&row);
            if job.run.recipe.kind != Kind::Pretrain {
                job.run.keep(Kept::Evaluation, row.step);
            }
            if job.state == State::Preparing {
                job.state = State::Training;
            }
            if app.train.view == View::Run && app.train.at_job {
                return samples(app);
            }
        }
        Msg::Rollouts(step, samples) => {
            let follows = job.run.step.is_none() && job.run.kept == Kept::Rollouts;
            job.run.keep(Kept::Rollouts, step);
            if follows && !samples.is_empty() {
                // Whoever reads a sample goes on reading it.
                let reading = app.train.at_job && app.train.view == View::Sample;
                if !reading {
                    job.run.take(step, Ok(samples));
                }
            }
        }
        Msg::Saved(step) => {
            job.run.checkpoint = Some(step);
            app.say(Notice::info(format!("Saved checkpoint-{step}.")));
        }
        Msg::Waiting(true) => job.state = State::Waiting,
        Msg::Waiting(false) if job.state != State::Stopping => job.state = State::Training,
        Msg::Changed(change) => {
            let text = format!(
                "{} is {} from step {} on.",
                change.name(),
                change.value,
                job.run.last + 1
            );
            job.run.change(Change {
                step: job.run.last,
                key: change.name(),
                value: change.value,
            });
            app.say(Notice::info(text));
        }
        Msg::Refused(sentence) => app.say(Notice::error(sentence)),
        Msg::Measuring => job.state = State::Measuring,
        Msg::Ended(state) => {
            let said = match &state {
                State::Paused(sentence) => Some(Notice::warning(sentence.clone())),
                State::Failed(sentence) => Some(Notice::error(sentence.clone())),
                State::Stopped => Some(Notice::info(format!("Stopped and saved; {key} goes on with it."))),
                State::Done => Some(Notice::info("The run came to its end.")),
                _ => None,
            };
            if state == State::Done {
                job.progress = 1.0;
            }
            job.state = state;
            said.into_iter().for_each(|notice| app.say(notice));
            return vec![Effect::Train(Want::List)];
        }
        _ => {}
    }
    Vec::new()
}

/// What tells an entry from the others.
fn key(entry: Entry<'_>) -> Option<(bool, String)> {
    Some(match entry {
        Entry::Recipe(recipe) => (false, recipe.name.clone()),
        Entry::Run(run) => (true, run.name()),
    })
}

fn warn_of(app: &mut App, broken: usize) {
    if broken > 0 {
        app.say(Notice::warning(format!(
            "Left out of metrics.jsonl, because unreadable: {}.",
            counted(broken, "line")
        )));
    }
}

/// Looks at the run, with its samples.
pub fn look(app: &mut App, view: View) -> Vec<Effect> {
    app.train.view = view;
    samples(app)
}

/// Asks for the samples of the step that is looked at, when they are not here.
pub fn samples(app: &mut App) -> Vec<Effect> {
    let Some(run) = app.train.run() else {
        return Vec::new();
    };
    let missing = run.missing();
    missing
        .map(|step| Effect::Train(Want::Read(run.root.clone(), run.kept, step)))
        .into_iter()
        .collect()
}

/// Begins a run of the selected recipe with what a person wants changed.
pub fn begin(app: &mut App, text: &str) -> Vec<Effect> {
    let listing = app.train.listing.as_ref();
    let Some(Entry::Recipe(recipe)) = listing.and_then(|listing| listing.entry(app.train.selected)) else {
        return Vec::new();
    };
    let name = recipe.name.clone();
    let changes: Result<Vec<Override>, _> = text.split_whitespace().map(str::parse).collect();
    match changes {
        Ok(changes) => {
            app.say(Notice::info(format!("{name} begins.")));
            vec![Effect::Train(Want::Begin(name, changes))]
        }
        Err(error) => {
            prompt(app, Prompt::Begin, text);
            app.say(Notice::error(format!(
                "{error}; several are separated by blanks."
            )));
            Vec::new()
        }
    }
}

fn emerged(app: &mut App, root: &std::path::Path, result: Result<Box<super::Emerged>, String>) {
    if app.train.view != View::Run || app.train.run().is_none_or(|run| run.root != root) {
        return;
    }
    match result {
        Ok(found) if found.pairs.is_empty() => app.say(Notice::info(format!(
            "No held-out trace showed {} that had not shown it at the first evaluation.",
            found.habit.name().replace('_', " ")
        ))),
        Ok(found) => {
            let mut pairs = Pairs {
                found: *found,
                at: 0,
                texts: None,
                pane: Pane::Trace,
            };
            pair(&mut pairs);
            app.train.pairs = Some(pairs);
            app.train.view = View::Emergence;
        }
        Err(sentence) => app.say(Notice::error(sentence)),
    }
}

/// Opens the two texts of the pair that is looked at, the later one where it shows the habit.
pub fn pair(pairs: &mut Pairs) {
    let habit = pairs.found.habit.name();
    pairs.texts = pairs.found.pairs.get(pairs.at).map(|[(_, before), (_, after)]| {
        let (before, mut after) = (before.open(), after.open());
        let first = after.behaviors.iter().find(|found| found.behavior == habit);
        if let Some(start) = first.map(|found| found.span.start) {
            after.look_at(start);
        }
        Box::new([before, after])
    });
}

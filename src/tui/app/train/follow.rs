//! A run that another process trains is followed: what was written in it since is read about once a second, for as long
//! as somebody looks at it and its trainer is there.

use super::{Effect as Want, View, update::samples};
use crate::{
    train::History,
    tui::app::{Action, App, Effect, Notice, Screen},
};
use std::path::{Path, PathBuf};

/// How far a run was read that another process trains, or trained while it was looked at.
#[derive(Clone, Debug)]
pub struct Follow {
    /// Its directory.
    pub root: PathBuf,
    /// Bytes of its metrics that were read.
    pub read: u64,
    /// Whether somebody reads on now.
    pub reading: bool,
    /// Whether its trainer is gone.
    pub over: bool,
}

impl Follow {
    /// Follows the run, if a process trains it.
    #[must_use]
    pub fn of(history: &History) -> Option<Self> {
        history.in_use.then(|| Self {
            root: history.root.clone(),
            read: history.read.end,
            reading: false,
            over: false,
        })
    }
}

/// Whether something on the screen should be read again in about a second.
#[must_use]
pub fn is_watching(app: &App) -> bool {
    let train = &app.train;
    let follows = train
        .followed()
        .is_some_and(|follow| !follow.over && !follow.reading);
    app.screen == Screen::Train && train.view != View::List && follows
}

/// About a second passed.
pub fn look_again(app: &mut App) -> Vec<Effect> {
    if !is_watching(app) {
        return Vec::new();
    }
    let Some(follow) = &mut app.train.follow else {
        return Vec::new();
    };
    follow.reading = true;
    vec![Effect::Train(Want::Follow(follow.root.clone(), follow.read))]
}

/// What was written since is here.
pub fn grown(app: &mut App, root: &Path, read: Result<Box<History>, String>) -> Vec<Effect> {
    let key = app.keymap.key(Action::TrainPause);
    let train = &mut app.train;
    let (Some(follow), Some(run)) = (train.follow.as_mut(), train.opened.as_mut()) else {
        return Vec::new();
    };
    // The person may have opened another run meanwhile, or this one again.
    if follow.root != root {
        return Vec::new();
    }
    follow.reading = false;
    let history = match read {
        Ok(history) => history,
        Err(sentence) => {
            follow.over = true;
            app.say(Notice::error(format!("{sentence}.")));
            app.touch();
            return Vec::new();
        }
    };
    if history.read.start != follow.read && history.read.start != 0 {
        return Vec::new();
    }
    follow.read = history.read.end;
    follow.over = !history.in_use;
    let over = follow.over;
    if !run.grow(*history) && !over {
        return Vec::new();
    }
    if over {
        let notice = match run.recipe.steps {
            Some(all) if run.last < all => Notice::warning(format!(
                "The process that trained this run is gone after step {} of {all}; {key} goes on with it.",
                run.last
            )),
            Some(_) => Notice::info("The run came to its end."),
            None => Notice::info("The process that trained this run is gone."),
        };
        app.say(notice);
    }
    app.touch();
    // Whoever reads a sample goes on reading it.
    match app.train.view {
        View::Run if !app.train.at_job => samples(app),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        train::Kept,
        tui::{
            app::{Msg as Message, train::Msg, update},
            demo::train::{self as demo, ROOT, tell},
            keymap::parse_sequence,
        },
    };

    fn press(app: &mut App, keys: &str) {
        for chord in parse_sequence(keys).unwrap() {
            update(app, Message::Key(chord.event()));
        }
    }

    /// What is wanted when a second has passed.
    fn wanted(app: &mut App) -> Option<u64> {
        match &update(app, Message::Alarm)[..] {
            [] => None,
            [Effect::Train(Want::Follow(root, from))] if root.as_os_str() == ROOT => Some(*from),
            other => panic!("{other:?}"),
        }
    }

    fn grow(app: &mut App, from: u64, to: u64, in_use: bool) -> Vec<Effect> {
        let read = Ok(Box::new(demo::growth(from, to, in_use)));
        tell(app, Msg::Grown(ROOT.into(), read))
    }

    #[test]
    fn new_steps_of_a_run_that_another_process_trains_appear_and_its_newest_samples_are_read() {
        let mut app = demo::followed(120, 40, 3);
        assert!(is_watching(&app));
        assert_eq!(wanted(&mut app), Some(400));
        // Nobody reads twice at once.
        assert!(!is_watching(&app) && wanted(&mut app).is_none());
        let effects = grow(&mut app, 3, 5, true);
        let run = app.train.run().unwrap();
        assert_eq!((run.last, run.points("reward").len()), (5, 5));
        assert!(
            matches!(&effects[..], [Effect::Train(Want::Read(_, Kept::Rollouts, 5))]),
            "{effects:?}"
        );
        // It goes on from there, and a second without news draws nothing.
        assert_eq!(wanted(&mut app), Some(600));
        app.take_dirty();
        assert!(grow(&mut app, 5, 5, true).is_empty() && !app.take_dirty() && is_watching(&app));
    }

    #[test]
    fn it_is_said_when_the_trainer_is_gone_and_nothing_is_read_any_more() {
        let mut app = demo::followed(120, 40, 3);
        wanted(&mut app);
        grow(&mut app, 3, 4, false);
        let said = &app.notice.as_ref().unwrap().text;
        assert!(said.contains("gone after step 4 of 150"), "{said}");
        assert!(!is_watching(&app) && app.train.followed().unwrap().over);

        let mut app = demo::followed(120, 40, 3);
        wanted(&mut app);
        tell(&mut app, Msg::Grown(ROOT.into(), Err("it was removed".into())));
        assert!(!is_watching(&app) && app.notice.unwrap().text.contains("removed"));
    }

    #[test]
    fn only_a_run_that_is_looked_at_and_trained_elsewhere_is_followed() {
        assert!(!is_watching(&demo::opened(120, 40)) && !is_watching(&demo::running(120, 40)));
        let mut app = demo::followed(120, 40, 3);
        press(&mut app, "1");
        assert!(!is_watching(&app) && wanted(&mut app).is_none());
        press(&mut app, "4");
        assert!(is_watching(&app));
        press(&mut app, "esc");
        assert!(!is_watching(&app));
    }

    #[test]
    fn whoever_reads_a_sample_keeps_it_and_late_answers_are_passed_over() {
        let mut app = demo::followed(120, 40, 3);
        press(&mut app, "enter");
        wanted(&mut app);
        assert!(grow(&mut app, 3, 4, true).is_empty());
        assert_eq!(app.train.run().unwrap().samples_of, Some(3));
        // Read before the run was opened again: what lies between would be missing.
        grow(&mut app, 8, 9, true);
        assert_eq!(app.train.run().unwrap().last, 4);
        tell(
            &mut app,
            Msg::Grown("/runs/other".into(), Ok(Box::new(demo::growth(4, 5, true)))),
        );
        assert_eq!(app.train.run().unwrap().last, 4);
    }

    #[test]
    fn a_run_that_was_cut_back_is_shown_as_it_is_now() {
        let mut app = demo::followed(120, 40, 8);
        wanted(&mut app);
        let anew = History {
            in_use: true,
            ..demo::history(5)
        };
        tell(&mut app, Msg::Grown(ROOT.into(), Ok(Box::new(anew))));
        let run = app.train.run().unwrap();
        assert_eq!(
            (run.last, run.points("reward").len(), run.rollouts.len()),
            (5, 5, 5)
        );
    }
}

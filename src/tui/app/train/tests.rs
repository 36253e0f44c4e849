use super::{Effect as Want, *};
use crate::{
    train::{Command, Kept},
    tui::{
        app::{App, Effect, Level, Msg as Message, Overlay, Prompt, Screen, compare, update},
        demo::train::{self as demo, LAST, ROOT, tell},
        keymap::parse_sequence,
    },
};

fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let chords = parse_sequence(keys).unwrap();
    let effects = chords
        .into_iter()
        .flat_map(|chord| update(app, Message::Key(chord.event())))
        .collect();
    app.settle();
    effects
}

/// Types an answer and enters it.
fn answer(app: &mut App, text: &str) -> Vec<Effect> {
    press(app, "ctrl-u");
    for c in text.chars() {
        let key = if c == ' ' {
            "space".to_owned()
        } else {
            c.to_string()
        };
        press(app, &key);
    }
    press(app, "enter")
}

fn wants(effects: &[Effect]) -> Vec<&Want> {
    let ours = effects.iter().filter_map(|effect| match effect {
        Effect::Train(want) => Some(want),
        _ => None,
    });
    ours.collect()
}

fn said(app: &App) -> &str {
    app.notice.as_ref().map_or("", |notice| notice.text.as_str())
}

fn state(app: &App) -> &State {
    &app.train.job.as_ref().unwrap().state
}

#[test]
fn the_screen_asks_what_there_is_each_time_it_is_looked_at() {
    let mut app = demo::listed(120, 40);
    press(&mut app, "1");
    let effects = press(&mut app, "4");
    assert!(matches!(wants(&effects)[..], [Want::List]));
}

#[test]
fn a_recipe_begins_with_what_a_person_changes_and_what_is_mistyped_is_not_lost() {
    let mut app = demo::listed(120, 40);
    press(&mut app, "j enter");
    assert!(matches!(app.overlay, Some(Overlay::Prompt(Prompt::Begin, _))));
    assert!(answer(&mut app, "steps 3").is_empty());
    assert!(said(&app).contains("KEY=VALUE"), "{}", said(&app));
    assert!(matches!(&app.overlay, Some(Overlay::Prompt(Prompt::Begin, field)) if field.text() == "steps 3"));
    let effects = answer(&mut app, "steps=3 seed=1");
    let [Want::Begin(name, changes)] = wants(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((name.as_str(), changes.len()), ("smoke", 2));
}

#[test]
fn one_run_goes_on_at_a_time() {
    let mut app = demo::running(120, 40);
    press(&mut app, "esc g g");
    assert!(press(&mut app, "enter").is_empty());
    assert!(
        said(&app).contains("goes on") && app.overlay.is_none(),
        "{}",
        said(&app)
    );
}

#[test]
fn a_broken_run_says_what_is_wrong_and_opens_nothing() {
    let mut app = demo::listed(120, 40);
    assert!(press(&mut app, "G enter").is_empty());
    assert_eq!(app.notice.as_ref().unwrap().level, Level::Error);
    assert!(said(&app).contains("recipe.toml"));
    tell(&mut app, Msg::Opened(Err("gone".into())));
    assert_eq!((app.train.view, said(&app)), (View::List, "gone."));
}

#[test]
fn steps_make_curves_and_the_newest_samples_are_seen() {
    let mut app = demo::running(120, 40);
    let run = app.train.run().unwrap();
    assert_eq!(
        (state(&app), run.last, run.points("reward").len()),
        (&State::Training, 3, 3)
    );
    assert_eq!((run.samples_of, run.samples.len(), run.here()), (Some(3), 8, 3));
    // What an evaluation finds belongs to the same step; a step told twice is one point.
    tell(&mut app, Msg::Evaluated(demo::row(10)));
    tell(&mut app, Msg::Step(demo::row(3), 0.1, 1.0));
    let run = app.train.run().unwrap();
    assert_eq!(run.points("reward").len(), 4);
    let curves = run.curves();
    let pass = curves
        .iter()
        .find(|curve| curve.label == "pass@8, held out")
        .unwrap();
    let [low, high] = run.interval(pass, 10).unwrap();
    assert!(low < run.at(&pass.key, 10).unwrap() && run.at(&pass.key, 10).unwrap() < high);
    assert_eq!(run.at("mixed_groups", 3), Some(0.75));
}

#[test]
fn whoever_reads_a_sample_keeps_it_while_the_run_goes_on() {
    let mut app = demo::running(120, 40);
    press(&mut app, "enter");
    assert_eq!(app.train.view, View::Sample);
    tell(&mut app, Msg::Step(demo::row(4), 0.1, 1.0));
    tell(&mut app, Msg::Rollouts(4, demo::samples(4)));
    assert_eq!(app.train.run().unwrap().samples_of, Some(3));
    let effects = press(&mut app, "esc");
    assert!(
        matches!(wants(&effects)[..], [Want::Read(_, _, 4)]),
        "{effects:?}"
    );
}

#[test]
fn the_run_is_paused_resumed_saved_and_stopped() {
    let mut app = demo::running(120, 40);
    assert!(matches!(
        wants(&press(&mut app, "p"))[..],
        [Want::Tell(Command::Pause)]
    ));
    tell(&mut app, Msg::Waiting(true));
    assert_eq!(state(&app), &State::Waiting);
    assert!(matches!(
        wants(&press(&mut app, "p"))[..],
        [Want::Tell(Command::Resume)]
    ));
    tell(&mut app, Msg::Waiting(false));
    assert!(matches!(
        wants(&press(&mut app, "s"))[..],
        [Want::Tell(Command::Save)]
    ));
    tell(&mut app, Msg::Saved(3));
    assert!(said(&app).contains("checkpoint-3"));
    assert!(matches!(
        wants(&press(&mut app, "x"))[..],
        [Want::Tell(Command::Stop)]
    ));
    assert_eq!(state(&app), &State::Stopping);
    tell(&mut app, Msg::Ended(State::Stopped));
    // The screen stays, and the run can go on.
    assert_eq!((app.train.view, app.train.active().is_some()), (View::Run, false));
    assert!(matches!(wants(&press(&mut app, "p"))[..], [Want::Resume(root)] if root.as_os_str() == ROOT));
}

#[test]
fn a_run_that_pauses_by_itself_says_why_and_can_try_again_or_stop() {
    let mut app = demo::running(120, 40);
    tell(
        &mut app,
        Msg::Ended(State::Paused("the policy has collapsed".into())),
    );
    assert!(said(&app).contains("collapsed"));
    assert!(matches!(wants(&press(&mut app, "p"))[..], [Want::Again]));
    tell(
        &mut app,
        Msg::Ended(State::Paused("the policy has collapsed".into())),
    );
    assert!(matches!(
        wants(&press(&mut app, "x"))[..],
        [Want::Tell(Command::Stop), Want::Again]
    ));
    // That it goes on only in order to stop is no news.
    tell(&mut app, Msg::Waiting(false));
    assert_eq!(state(&app), &State::Stopping);
}

#[test]
fn steering_without_a_run_is_answered() {
    let mut app = demo::listed(120, 40);
    for key in ["s", "x", "K"] {
        assert!(press(&mut app, key).is_empty());
        assert!(said(&app).contains("Nothing is trained"), "{key}: {}", said(&app));
    }
}

#[test]
fn knobs_are_changed_and_recorded_and_a_refusal_keeps_what_was_typed() {
    let mut app = demo::running(120, 40);
    press(&mut app, "K");
    assert!(answer(&mut app, "bach = 3").is_empty());
    assert!(said(&app).contains("what can: learning_rate"), "{}", said(&app));
    assert!(matches!(&app.overlay, Some(Overlay::Prompt(Prompt::Knob, field)) if field.text() == "bach = 3"));
    let effects = answer(&mut app, "learning_rate = 1e-3");
    let [Want::Tell(Command::Set(change))] = wants(&effects)[..] else {
        panic!("{effects:?}")
    };
    tell(&mut app, Msg::Changed(change.clone()));
    let run = app.train.run().unwrap();
    assert_eq!((run.recipe.learning_rate, run.changes[0].step), (1e-3, 3));
    tell(&mut app, Msg::Refused("no".into()));
    assert_eq!(said(&app), "no");
}

#[test]
fn every_step_can_be_gone_back_to_and_late_answers_about_others_are_not_shown() {
    let mut app = demo::opened(120, 40);
    let effects = press(&mut app, "left");
    assert!(
        matches!(wants(&effects)[..], [Want::Read(_, _, 39)]),
        "{effects:?}"
    );
    press(&mut app, "left left");
    tell(
        &mut app,
        Msg::Traces(ROOT.into(), Kept::Rollouts, 39, Ok(demo::samples(39))),
    );
    assert_eq!(app.train.run().unwrap().samples_of, Some(LAST));
    tell(
        &mut app,
        Msg::Traces(ROOT.into(), Kept::Rollouts, 37, Err("torn".into())),
    );
    let run = app.train.run().unwrap();
    assert_eq!(
        (run.samples_of, run.wrong.as_deref(), run.samples.len()),
        (Some(37), Some("torn"), 0)
    );
    press(&mut app, "right right right right");
    assert_eq!(
        app.train.run().unwrap().step,
        None,
        "past the last step the newest is followed"
    );
    for _ in 0..60 {
        press(&mut app, "left");
    }
    assert_eq!(app.train.run().unwrap().here(), 1);
}

#[test]
fn faked_answers_are_found_and_listed_alone() {
    let mut app = demo::opened(120, 40);
    let run = app.train.run().unwrap();
    assert_eq!(run.rows().len(), 10);
    press(&mut app, "f");
    let run = app.train.run().unwrap();
    assert_eq!(run.rows().len(), 4);
    assert!(run.shown().unwrap().is_faked());
    press(&mut app, "f");
    assert_eq!(app.train.run().unwrap().rows().len(), 10);
    let sound = vec![demo::sample(LAST, demo::Kind::Sound)];
    press(&mut app, "left");
    tell(&mut app, Msg::Traces(ROOT.into(), Kept::Rollouts, 39, Ok(sound)));
    press(&mut app, "f");
    assert!(said(&app).contains("No right answer") && !app.train.run().unwrap().faked);
}

#[test]
fn the_held_out_set_is_looked_at_beside_the_rollouts() {
    let mut app = demo::opened(120, 40);
    press(&mut app, "left left left");
    let effects = press(&mut app, "t");
    assert!(
        matches!(wants(&effects)[..], [Want::Read(_, Kept::Evaluation, 30)]),
        "{effects:?}"
    );
    // What was asked for before is not taken for it.
    tell(
        &mut app,
        Msg::Traces(ROOT.into(), Kept::Rollouts, 30, Ok(demo::samples(30))),
    );
    assert!(app.train.run().unwrap().samples.is_empty());
    tell(
        &mut app,
        Msg::Traces(ROOT.into(), Kept::Evaluation, 30, Ok(demo::samples(30))),
    );
    assert_eq!(app.train.run().unwrap().samples.len(), 8);
    let effects = press(&mut app, "left t");
    assert!(matches!(
        wants(&effects)[..],
        [
            Want::Read(_, Kept::Evaluation, 20),
            Want::Read(_, Kept::Rollouts, 20)
        ]
    ));
}

#[test]
fn a_second_run_is_laid_over_the_first_and_taken_away() {
    let mut app = demo::opened(120, 40);
    press(&mut app, "v");
    assert_eq!((app.train.view, app.train.laying), (View::List, true));
    press(&mut app, "g g enter");
    assert!(said(&app).contains("not a recipe"));
    let effects = press(&mut app, "j j enter");
    assert!(matches!(wants(&effects)[..], [Want::Lay(_)]), "{effects:?}");
    tell(&mut app, Msg::Laid(Ok(Box::new(demo::history(20)))));
    assert_eq!((app.train.view, app.train.laid.is_some()), (View::Run, true));
    press(&mut app, "v");
    assert!(app.train.laid.is_none());
    press(&mut app, "v esc");
    assert_eq!((app.train.view, app.train.laying), (View::Run, false));
}

#[test]
fn the_run_that_goes_on_misses_nothing_while_another_is_looked_at() {
    let mut app = demo::running(120, 40);
    let mut other = demo::history(LAST);
    other.root = "/runs/other".into();
    press(&mut app, "esc");
    tell(&mut app, Msg::Opened(Ok(Box::new(other))));
    tell(&mut app, Msg::Step(demo::row(4), 0.1, 1.0));
    assert_eq!(app.train.run().unwrap().last, LAST);
    assert!(press(&mut app, "p").is_empty() && said(&app).contains("not this run"));
    press(&mut app, "esc g g j j");
    press(&mut app, "enter");
    assert_eq!((app.train.run().unwrap().last, app.train.at_job), (4, true));
}

#[test]
fn a_sample_opens_in_explore_a_checkpoint_too_and_meets_its_base_in_compare() {
    let mut app = demo::opened(120, 40);
    press(&mut app, "o");
    assert_eq!((app.screen, app.explore.traces.len()), (Screen::Explore, 1));
    app.screen = Screen::Train;
    let effects = press(&mut app, "tab o");
    assert!(matches!(&effects[..], [Effect::LoadModel(path)] if path.ends_with("checkpoint-40")));
    app.screen = Screen::Train;
    let effects = press(&mut app, "c");
    assert_eq!(app.screen, Screen::Compare);
    let loads = effects.iter().filter_map(|effect| match effect {
        Effect::Compare(compare::Effect::Load(_, path)) => Some(path.as_str()),
        _ => None,
    });
    let ends: Vec<&str> = loads.filter_map(|path| path.rsplit('/').next()).collect();
    assert_eq!(ends, ["checkpoint-0", "checkpoint-40"]);
    assert_eq!(app.compare.problem.as_ref().unwrap().statement, "18 7 4 → 15");
}

#[test]
fn a_habit_s_first_appearance_stands_beside_the_trace_before() {
    let mut app = demo::opened(120, 40);
    // The curve that is looked at says which habit.
    let backtracking = app
        .train
        .run()
        .unwrap()
        .curves()
        .iter()
        .position(|c| c.label.starts_with('B'));
    app.train.run_mut().unwrap().curve = backtracking.unwrap();
    let effects = press(&mut app, "E");
    let [Want::Emergence(_, habit, curve)] = wants(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((habit.letter(), curve.len()), ('B', 5));
    tell(&mut app, Msg::Emerged(ROOT.into(), Ok(Box::new(demo::emerged()))));
    assert_eq!(app.train.view, View::Emergence);
    let pane = |app: &App| app.train.pairs.as_ref().map(|pairs| pairs.pane);
    press(&mut app, "tab j");
    assert_eq!(
        pane(&app),
        Some(Pane::Tree),
        "the next prompt is seen in the same way"
    );
    press(&mut app, "tab");
    assert_eq!(pane(&app), Some(Pane::Trace));
    press(&mut app, "j o");
    assert_eq!((app.screen, app.explore.traces.len()), (Screen::Explore, 2));
    app.screen = Screen::Train;
    press(&mut app, "esc");
    assert_eq!(app.train.view, View::Run);
    let none = Emerged {
        pairs: Vec::new(),
        ..demo::emerged()
    };
    tell(&mut app, Msg::Emerged(ROOT.into(), Ok(Box::new(none))));
    assert!(said(&app).contains("backtracking") && app.train.view == View::Run);
}

#[test]
fn going_back_ends_at_the_list_and_then_leaves() {
    let mut app = demo::opened(120, 40);
    press(&mut app, "enter q");
    assert_eq!(app.train.view, View::Run);
    press(&mut app, "q");
    assert_eq!(app.train.view, View::List);
    assert!(matches!(press(&mut app, "q").last(), Some(Effect::Quit)));
}

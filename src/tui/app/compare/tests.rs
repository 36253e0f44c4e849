use super::{Effect as Want, *};
use crate::{
    engine::EventKind,
    experiment::compare::{Cell, Who},
    tui::{
        app::{App, Effect, Level, ModelEntry, ModelState, Msg as Message, Overlay, Screen, update},
        demo,
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

fn tell(app: &mut App, msg: Msg) -> Vec<Effect> {
    update(app, Message::Compare(msg))
}

fn ready(name: &str) -> ModelState {
    let ModelState::Ready(mut info) = demo::model() else {
        panic!()
    };
    info.record.name = name.into();
    ModelState::Ready(info)
}

/// The requests among effects, with their lanes.
fn requests(effects: &[Effect]) -> Vec<(LaneId, &Request)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Compare(Want::Generate(lane, request)) => Some((*lane, &**request)),
            _ => None,
        })
        .collect()
}

#[test]
fn the_first_look_takes_the_problem_and_the_model_of_explore_and_another_model() {
    let mut app = demo::app(120, 40);
    let effects = press(&mut app, "2");
    assert_eq!(app.screen, Screen::Compare);
    let names: Vec<&str> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Compare(Want::Load(_, name)) => name.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names[0], "scout");
    assert!(names.len() == 2 && names[1] != "scout");
    assert_eq!(app.compare.problem.as_ref().unwrap().statement, "18 7 4 → 15");
    assert!(
        press(&mut app, "1 2").is_empty(),
        "the second look finds everything as it was"
    );
}

#[test]
fn models_that_know_only_countdown_wait_for_a_problem_of_it() {
    let mut app = demo::app(120, 40);
    let asked = Problem {
        statement: "Who came first?".into(),
        prompt: "Who came first?".into(),
        ..Problem::default()
    };
    let live = app.explore.trace_mut().unwrap();
    live.problem = Arc::new(asked);
    press(&mut app, "2");
    assert!(tell(&mut app, Msg::Lane(0, ready("scout"))).is_empty());
    let said = app.notice.clone().unwrap().text;
    assert!(said.contains("knows only Countdown and waits. p types"), "{said}");
    let effects = tell(&mut app, Msg::Problem(Ok(Box::new(demo::problem()))));
    assert_eq!(requests(&effects).len(), 1, "then it begins");
}

#[test]
fn the_lanes_of_a_recording_that_is_played_are_those_that_were_recorded() {
    let mut app = demo::app(120, 40);
    tell(
        &mut app,
        Msg::Recorded(["novice", "novice", "scout"].map(Into::into).into()),
    );
    let effects = press(&mut app, "2");
    let wanted: Vec<String> = effects.iter().map(|effect| format!("{effect:?}")).collect();
    assert_eq!(wanted.len(), 4, "{wanted:?}");
    for (effect, part) in wanted.iter().zip([
        "Load(0, \"novice\")",
        "Load(1, \"novice\")",
        "Load(2, \"scout\")",
        // The problem is one of the recording's.
        "RandomProblem(0)",
    ]) {
        assert!(effect.contains(part), "{effect}");
    }
}

#[test]
fn every_lane_solves_the_problem_once_its_model_is_ready_each_for_itself() {
    let mut app = demo::app(120, 40);
    press(&mut app, "2");
    let first = tell(&mut app, Msg::Lane(0, ready("scout")));
    let second = tell(&mut app, Msg::Lane(1, ready("guesser")));
    let (a, b) = (requests(&first)[0], requests(&second)[0]);
    assert_eq!((a.0, b.0), (0, 1));
    assert_ne!(a.1.run, b.1.run);
    assert_eq!(a.1.prompt, b.1.prompt);
    for msg in demo::whole(b.1.run, 0) {
        update(&mut app, msg);
    }
    let texts: Vec<usize> = app
        .compare
        .lanes
        .iter()
        .map(|l| l.live.as_ref().unwrap().text.len())
        .collect();
    assert_eq!(texts, [0, demo::TEXT.len()]);
    assert_eq!(app.explore.traces.len(), 1, "Explore hears nothing of it");
    assert!(app.compare.is_busy());
    assert!(matches!(press(&mut app, "esc").as_slice(), [Effect::Stop(_)]));
}

#[test]
fn another_problem_stops_the_lanes_and_begins_anew() {
    let mut app = demo::compared(120, 40);
    assert!(matches!(
        press(&mut app, "r").as_slice(),
        [Effect::Compare(Want::RandomProblem(0))]
    ));
    let effects = tell(&mut app, Msg::Problem(Ok(Box::new(demo::problem()))));
    assert_eq!(requests(&effects).len(), 2);
    let effects = press(&mut app, "R");
    let again = requests(&effects);
    assert_eq!((again.len(), again[0].1.samples.as_slice()), (2, &[1][..]));
    press(&mut app, "p");
    update(&mut app, Message::Paste("3 4 5 -> 17".into()));
    let effects = press(&mut app, "enter");
    assert!(
        matches!(effects.as_slice(), [Effect::Compare(Want::ReadProblem(0, text))] if text == "3 4 5 -> 17")
    );
    tell(&mut app, Msg::Problem(Err("There is no target.".into())));
    assert!(
        matches!(app.overlay, Some(Overlay::Prompt(..))),
        "what was typed is not lost"
    );
}

#[test]
fn lanes_come_and_go_between_two_and_four() {
    let mut app = demo::compared(120, 40);
    press(&mut app, "d");
    assert_eq!((app.compare.lanes.len(), app.notice.is_some()), (2, true));
    let entry = |name: &str| ModelEntry {
        name: name.into(),
        summary: String::new(),
        needs: None,
    };
    update(
        &mut app,
        Message::Models(vec![entry("scout"), entry("guesser"), entry("novice")]),
    );
    let effects = press(&mut app, "a");
    assert!(matches!(effects.as_slice(), [Effect::Compare(Want::Load(_, name))] if name == "novice"));
    assert!(app.compare.found.is_none(), "the table was that of other lanes");
    press(&mut app, "a a");
    assert_eq!(app.compare.lanes.len(), 4);
    let effects = press(&mut app, "d");
    assert!(matches!(effects.as_slice(), [Effect::Compare(Want::Drop(_))]));
    assert_eq!((app.compare.lanes.len(), app.compare.at), (3, 2));
    let effects = press(&mut app, "m x / y enter enter");
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::Compare(Want::Load(_, name)) if name == "x/y"))
    );
}

#[test]
fn a_lane_of_its_own_sampler() {
    let mut app = demo::compared(120, 40);
    press(&mut app, "l t l l esc");
    let temperatures: Vec<f32> = app
        .compare
        .lanes
        .iter()
        .map(|lane| lane.sampler.temperature)
        .collect();
    assert_eq!(temperatures, [0.6, 0.8]);
    assert_eq!(app.explore.sampler.temperature, 0.6);
}

#[test]
fn a_table_is_asked_for_reports_and_can_be_stopped() {
    let mut app = demo::compared(120, 40);
    let effects = press(&mut app, "c ctrl-u 5 0 enter");
    let order = match effects.as_slice() {
        [Effect::Compare(Want::Compare(order))] => order.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((order.count, order.samples, order.lanes.len()), (50, 1, 2));
    tell(&mut app, Msg::Progress(order.turn, 10, 100));
    assert_eq!(app.compare.making.as_ref().unwrap().done, 10);
    tell(&mut app, Msg::Progress(order.turn - 1, 99, 100));
    assert_eq!(
        app.compare.making.as_ref().unwrap().done,
        10,
        "an older one is not heard"
    );
    assert!(matches!(press(&mut app, "esc").as_slice(), [Effect::Stop(_)]));
    assert!(app.compare.making.is_none());
    tell(&mut app, Msg::Found(order.turn, Err("stopped".into())));
    for wrong in ["0", "2 0 0 x", "2 x 0", "2 x 9 9"] {
        press(&mut app, &format!("c ctrl-u {wrong} enter"));
        assert_eq!(app.notice.as_ref().unwrap().level, Level::Error, "{wrong}");
        press(&mut app, "esc");
    }
    let effects = press(&mut app, "c ctrl-u 2 0 x 8 enter");
    assert!(
        matches!(effects.as_slice(), [Effect::Compare(Want::Compare(order))] if (order.count, order.samples) == (20, 8)),
        "{effects:?}"
    );
}

#[test]
fn every_number_opens_its_problems_and_they_open_their_traces() {
    let mut app = demo::compared(120, 40);
    press(&mut app, "tab enter");
    let list = app.compare.list.clone().unwrap();
    assert_eq!((list.title.as_str(), list.problems.len()), ("A: solved", 2));
    let problem = |app: &App| app.compare.problem.as_ref().unwrap().statement.clone();
    let first = problem(&app);
    press(&mut app, "j");
    assert_ne!(problem(&app), first, "the lanes show the selected problem");
    assert!(
        app.compare
            .lanes
            .iter()
            .all(|lane| lane.live.as_ref().unwrap().is_foreign())
    );
    press(&mut app, "enter");
    assert_eq!(app.compare.focus, Focus::Lanes);
    press(&mut app, "esc");
    assert_eq!(app.compare.focus, Focus::Table);
    press(&mut app, "esc");
    assert!(app.compare.list.is_none());
}

#[test]
fn the_filter_goes_through_all_four_ways_to_be_right() {
    let mut app = demo::compared(120, 40);
    let mut seen = Vec::new();
    for _ in 0..4 {
        press(&mut app, "f");
        let list = app.compare.list.as_ref().unwrap();
        let Cell::Pair(0, 1, who) = list.cell else {
            panic!("{:?}", list.cell)
        };
        seen.push((who, list.problems.len()));
    }
    assert_eq!(
        seen,
        [(Who::OnlyA, 1), (Who::OnlyB, 0), (Who::Both, 1), (Who::Nobody, 1)]
    );
}

#[test]
fn a_trace_goes_to_explore_and_the_way_back_is_said() {
    let mut app = demo::compared(120, 40);
    press(&mut app, "f o");
    assert_eq!(app.screen, Screen::Explore);
    let live = app.explore.trace().unwrap();
    assert!(!live.text.is_empty() && !live.tree.nodes.is_empty());
    assert!(app.notice.as_ref().unwrap().text.contains("2 goes back"));
    press(&mut app, "2");
    assert!(app.compare.list.is_some(), "it is as it was left");
}

#[test]
fn a_model_that_cannot_be_loaded_is_said_and_no_table_begins() {
    let mut app = demo::compared(120, 40);
    let why = "there is no model `x`".to_owned();
    tell(&mut app, Msg::Lane(1, ModelState::Failed("x".into(), why)));
    assert_eq!(app.notice.as_ref().unwrap().level, Level::Error);
    let effects = press(&mut app, "c enter");
    assert!(effects.is_empty() && app.notice.as_ref().unwrap().text.contains("not ready"));
}

#[test]
fn quitting_stops_the_lanes_too() {
    let mut app = demo::compared(120, 40);
    press(&mut app, "R");
    let effects = press(&mut app, "q");
    assert!(matches!(
        effects.as_slice(),
        [Effect::Stop(_), Effect::Stop(_), Effect::Quit]
    ));
}

#[test]
fn an_engine_that_fails_fails_only_its_lane() {
    let mut app = demo::compared(120, 40);
    let effects = press(&mut app, "R");
    let run = requests(&effects)[1].1.run;
    update(
        &mut app,
        demo::event(run, EventKind::Failed("The engine is gone.".into())),
    );
    assert_eq!(app.notice.as_ref().unwrap().text, "The engine is gone.");
    let running: Vec<bool> = app
        .compare
        .lanes
        .iter()
        .map(|l| l.live.as_ref().unwrap().is_running())
        .collect();
    assert_eq!(running, [true, false]);
}

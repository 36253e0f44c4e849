use super::*;
use crate::{
    engine::{EventKind, Request, RunId, api::Prefix},
    trace::record::Finish,
    tui::{
        demo,
        keymap::{Keymap, parse_sequence},
    },
};
use strum::IntoEnumIterator;

mod aside;
mod foreign;
mod fork;
mod reasons;
mod traces;

/// Presses keys, written with blanks between them; what they caused.
fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let chords = parse_sequence(keys).unwrap();
    let effects = chords
        .into_iter()
        .flat_map(|chord| update(app, Msg::Key(chord.event())))
        .collect();
    app.settle();
    effects
}

/// Types text as a person would.
fn type_text(app: &mut App, text: &str) {
    for c in text.chars() {
        press(
            app,
            &if c == ' ' {
                "space".to_string()
            } else {
                c.to_string()
            },
        );
    }
}

fn request(effects: &[Effect]) -> &Request {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Generate(request) => Some(&**request),
        _ => None,
    });
    found.expect("something should be generated")
}

fn line(app: &App) -> &str {
    let live = app.explore.trace().unwrap();
    live.text.line_at(live.cursor.byte).of(live.text.as_str())
}

fn node(app: &App) -> Option<usize> {
    app.explore.trace().unwrap().cursor.node
}

fn empty() -> App {
    App::new(Keymap::load(None).0, (80, 24), jiff::Timestamp::UNIX_EPOCH, true)
}

#[test]
fn the_first_problem_waits_for_the_model_and_takes_its_sampler() {
    let mut app = empty();
    assert!(update(&mut app, Msg::Problem(Ok(Box::new(demo::problem())))).is_empty());
    assert!(update(&mut app, Msg::Model(ModelState::Loading("scout".into()))).is_empty());
    let effects = update(&mut app, demo::model_msg());
    let request = request(&effects);
    assert_eq!(
        (request.samples.as_slice(), request.sampler.temperature),
        (&[0][..], 0.6)
    );
    assert_eq!(request.prompt, demo::problem().prompt);
    assert!(app.explore.is_generating());
}

#[test]
fn a_model_that_cannot_be_loaded_is_said() {
    let mut app = empty();
    update(
        &mut app,
        Msg::Model(ModelState::Failed("scout".into(), "the file is cut short".into())),
    );
    assert_eq!(app.notice.unwrap().level, Level::Error);
}

#[test]
fn escape_stops_what_runs_and_only_then_means_back() {
    let mut app = demo::app(120, 40);
    assert!(press(&mut app, "esc").is_empty());
    let run = request(&press(&mut app, "R")).run;
    let effects = press(&mut app, "esc");
    assert!(matches!(effects.as_slice(), [Effect::Stop(_)]));
    let stopped = EventKind::Finished {
        sample: 1,
        reason: crate::engine::api::StopReason::Cancelled,
    };
    update(&mut app, demo::event(run, stopped));
    update(&mut app, demo::event(run, EventKind::Done));
    assert_eq!(app.explore.trace().unwrap().phase, Phase::Done(Finish::Cancelled));
    assert!(!app.explore.is_generating());
}

#[test]
fn words_about_runs_nobody_waits_for_are_not_heard() {
    let mut app = demo::app(120, 40);
    let before = app.explore.trace().unwrap().text.len();
    for run in [RunId(0), RunId(9)] {
        update(
            &mut app,
            demo::event(
                run,
                EventKind::Tokens {
                    sample: 0,
                    batch: demo::tokens("late", 0),
                },
            ),
        );
        update(&mut app, demo::event(run, EventKind::Failed("late".into())));
    }
    assert_eq!(
        (app.explore.trace().unwrap().text.len(), &app.notice),
        (before, &None)
    );
}

#[test]
fn an_engines_failure_is_said_and_ends_its_traces() {
    let mut app = demo::app(120, 40);
    let run = request(&press(&mut app, "R")).run;
    update(
        &mut app,
        demo::event(run, EventKind::Failed("the context is too long".into())),
    );
    assert_eq!(app.notice.as_ref().unwrap().text, "the context is too long");
    assert_eq!(app.explore.trace().unwrap().record().finish, Some(Finish::Error));
    assert!(!app.explore.is_generating());
}

#[test]
fn moving_in_the_text_moves_in_the_tree_and_the_other_way_round() {
    let mut app = demo::app(120, 40);
    press(&mut app, "g g j");
    assert_eq!((line(&app), node(&app)), ("check 25+4=29 not 15", Some(2)));
    press(&mut app, "j j");
    assert_eq!((line(&app), node(&app)), ("back to 18 7 4", Some(0)));
    press(&mut app, "tab G k k");
    assert_eq!((line(&app), node(&app)), ("check 25-4=21 not 15", Some(3)));
    press(&mut app, "g g");
    assert_eq!(node(&app), Some(0));
    press(&mut app, "l");
    assert_eq!((line(&app), node(&app)), ("try 18+7=25 left 25 4", Some(1)));
}

#[test]
fn the_cursor_follows_new_text_until_one_looks_elsewhere() {
    let mut app = demo::app(120, 40);
    assert!(app.explore.trace().unwrap().follow);
    press(&mut app, "k");
    assert!(!app.explore.trace().unwrap().follow);
    press(&mut app, "G");
    assert!(app.explore.trace().unwrap().follow);
    assert_eq!(line(&app), "answer (18-7)+4");
}

#[test]
fn moving_goes_by_tokens_words_and_steps() {
    let mut app = demo::app(120, 40);
    press(&mut app, "g g l");
    assert_eq!(app.explore.trace().unwrap().cursor.byte, 3);
    press(&mut app, "l h h");
    assert_eq!(app.explore.trace().unwrap().cursor.byte, 0);
    press(&mut app, "w w");
    assert_eq!(app.explore.trace().unwrap().cursor.byte, 6);
    press(&mut app, "b } } }");
    assert_eq!(line(&app), "back to 18 7 4");
    press(&mut app, "{ )");
    assert_eq!(line(&app), "back to 18 7 4");
}

#[test]
fn the_tree_folds_under_the_cursor_and_as_a_whole() {
    let mut app = demo::app(120, 40);
    press(&mut app, "tab g g l enter");
    assert_eq!(app.explore.trace().unwrap().outline.lines(), [0, 1, 4, 5]);
    press(&mut app, "z M");
    assert_eq!(app.explore.trace().unwrap().outline.lines(), [0, 1, 4]);
    press(&mut app, "z R");
    assert_eq!(app.explore.trace().unwrap().outline.lines().len(), 6);
}

#[test]
fn half_a_sequence_shows_what_may_follow_and_a_wrong_key_forgets_it() {
    let mut app = demo::app(120, 40);
    press(&mut app, "z");
    assert!(!app.pending.is_empty());
    press(&mut app, "x");
    assert!(app.pending.is_empty());
}

#[test]
fn search_finds_the_next_hit_and_says_when_it_goes_round() {
    let mut app = demo::app(120, 40);
    press(&mut app, "g g /");
    type_text(&mut app, "CHECK");
    press(&mut app, "enter");
    assert!(app.notice.is_some(), "capitals are meant");
    press(&mut app, "/");
    type_text(&mut app, "check");
    press(&mut app, "enter n n");
    assert_eq!(line(&app), "check 18-7=11 yes");
    press(&mut app, "n");
    assert!(line(&app) == "check 25+4=29 not 15" && app.notice.is_some());
    press(&mut app, "N");
    assert_eq!(line(&app), "check 18-7=11 yes");
}

#[test]
fn the_line_or_the_whole_trace_is_copied() {
    let mut app = demo::app(120, 40);
    assert!(
        matches!(press(&mut app, "g g y").as_slice(), [Effect::Copy(text)] if text == "try 18+7=25 left 25 4")
    );
    assert!(matches!(press(&mut app, "Y").as_slice(), [Effect::Copy(text)] if text == demo::TEXT));
}

#[test]
fn why_tells_the_rule_the_evidence_and_what_the_solver_knows() {
    let mut app = demo::app(120, 40);
    press(&mut app, "g g j j j W");
    let Some(Overlay::Why(findings, _)) = &app.overlay else {
        panic!()
    };
    let words: String = findings
        .rows()
        .iter()
        .map(|(.., text)| format!("{text} "))
        .collect();
    for part in [
        "returns to a state named before",
        "rule countdown.back",
        "went back from a dead end",
    ] {
        assert!(words.contains(part), "{words}");
    }
}

#[test]
fn the_facts_of_the_tree_are_said_in_words() {
    let mut app = demo::app(120, 40);
    let mut parsed = demo::parsed(RunId(0), 0);
    parsed.tree.nodes[1].reachable = Some(true);
    parsed.tree.nodes[1].available = Some(false);
    update(&mut app, Msg::Parsed(Box::new(parsed)));
    let said = |app: &mut App, keys: &str| {
        press(app, keys);
        format!("{:?}", why::findings(app.explore.trace().unwrap()))
    };
    assert!(said(&mut app, "g g j j j").contains("gave up on a winning branch"));
    assert!(said(&mut app, "g g").contains("used a number it did not have"));
}

#[test]
fn own_and_random_problems_are_asked_for_and_refusals_are_said() {
    let mut app = demo::app(120, 40);
    press(&mut app, "p");
    update(&mut app, Msg::Paste("3 4\n5 -> 17".into()));
    assert!(
        matches!(press(&mut app, "enter").as_slice(), [Effect::ReadProblem(text)] if text == "3 4 5 -> 17")
    );
    update(&mut app, Msg::Problem(Err("there is no target".into())));
    assert_eq!(app.notice.as_ref().unwrap().text, "there is no target");
    press(&mut app, "esc");
    assert!(matches!(
        press(&mut app, "r").as_slice(),
        [Effect::RandomProblem(1)]
    ));
    assert!(matches!(
        press(&mut app, "r").as_slice(),
        [Effect::RandomProblem(2)]
    ));
}

#[test]
fn a_problem_that_cannot_be_understood_stays_to_be_corrected() {
    let mut app = demo::app(120, 40);
    press(&mut app, "p");
    type_text(&mut app, "1 -2");
    let effects = press(&mut app, "enter");
    assert!(matches!(effects.as_slice(), [Effect::ReadProblem(text)] if text == "1 -2"));
    update(&mut app, Msg::Problem(Err("The number -2 is negative.".into())));
    assert!(app.notice.is_some());
    type_text(&mut app, "2");
    let effects = press(&mut app, "enter");
    assert!(matches!(effects.as_slice(), [Effect::ReadProblem(text)] if text == "1 -22"));
}

#[test]
fn saved_records_hold_everything_that_is_known() {
    let mut app = demo::app(120, 40);
    let effects = press(&mut app, "S");
    let [Effect::Save(traces)] = effects.as_slice() else {
        panic!()
    };
    let [trace] = traces.as_slice() else { panic!() };
    assert_eq!(
        (trace.text.as_str(), trace.finish),
        (demo::TEXT, Some(Finish::Stop))
    );
    assert_eq!(trace.tree.as_ref().unwrap().nodes.len(), 6);
    assert_eq!(
        (trace.behaviors.len(), trace.outcome.as_ref().unwrap().correct),
        (6, true)
    );
    assert_eq!(
        trace.token_stats.as_ref().unwrap().ends.last(),
        Some(&demo::TEXT.len())
    );
    assert_eq!(
        (trace.id.len(), trace.created.as_str()),
        (26, "1970-01-01T00:00:00Z")
    );
}

#[test]
fn hints_go_away_for_good() {
    let mut app = empty();
    assert!(matches!(press(&mut app, "x").as_slice(), [Effect::ForgetHints]));
    assert!(!app.explore.hints && press(&mut app, "x").is_empty());
}

#[test]
fn quitting_stops_what_runs() {
    for key in ["q", "ctrl-c", ": q u i t enter"] {
        let mut app = demo::app(120, 40);
        press(&mut app, "R");
        assert!(
            matches!(press(&mut app, key).as_slice(), [Effect::Stop(_), Effect::Quit]),
            "{key}"
        );
    }
    let mut app = demo::app(120, 40);
    assert!(
        matches!(press(&mut app, "? ctrl-c").as_slice(), [Effect::Quit]),
        "also from a popup"
    );
}

#[test]
fn the_palette_finds_actions_by_name_and_by_what_they_do() {
    assert_eq!(
        found("", Screen::Explore).len(),
        Action::iter()
            .filter(|a| Screen::Explore.layers().contains(&a.layer()))
            .count()
    );
    assert_eq!(found("regen", Screen::Explore)[0], Action::Regenerate);
    assert_eq!(found("temperature", Screen::Explore)[0], Action::Sampler);
    assert!(found("zzzz", Screen::Explore).is_empty());
    assert_eq!(
        found("beh", Screen::Explore),
        [Action::Layers],
        "letters strewn over a sentence are no word of it"
    );
    let first = found("sa", Screen::Explore)[0].name();
    assert!(
        first.starts_with("sa"),
        "what begins with it stands before what holds its letters: {first}"
    );
}

#[test]
fn every_action_is_safe_on_every_screen_there_is() {
    for action in Action::iter() {
        for mut app in [
            empty(),
            demo::app(120, 40),
            demo::app(50, 12),
            demo::app(3, 1),
            demo::compared(120, 40),
            demo::compared(3, 1),
        ] {
            keys::act(&mut app, action);
            app.settle();
        }
    }
}

#[test]
fn every_screen_has_a_key_of_its_own_that_leads_there() {
    let mut app = demo::app(120, 40);
    for screen in Screen::all() {
        let key = app.keymap.key(screen.action());
        press(&mut app, &key);
        assert_eq!(app.screen, screen);
        let own = found("", screen);
        assert!(own.iter().all(|action| screen.layers().contains(&action.layer())));
    }
}

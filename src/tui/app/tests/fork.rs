//! Going on in another way: from the cursor, with other text, tokens, settings or models, and several at once.

use super::*;

#[test]
fn a_fork_keeps_the_tokens_before_the_cursor_and_knows_its_parent() {
    let mut app = demo::app(120, 40);
    press(&mut app, "g g j");
    let kept = app.explore.trace().unwrap().token_at(22).unwrap();
    let ids = app.explore.trace().unwrap().tokens.ids[..kept].to_vec();
    let parent = app.explore.trace().unwrap().id().to_string();
    let effects = press(&mut app, "f");
    assert_eq!(request(&effects).prefix, [Prefix::Tokens(ids)]);
    assert_eq!(
        request(&effects).samples,
        [1],
        "a new sample, or the same text would come again"
    );
    let record = app.explore.trace().unwrap().record();
    assert_eq!((record.parent, record.fork_token), (Some(parent), Some(kept)));
    press(&mut app, "[");
    assert_eq!((app.explore.shown, line(&app)), (0, "check 25+4=29 not 15"));
}

#[test]
fn a_fork_hands_over_what_is_known_of_its_tokens_but_only_to_the_same_weights() {
    let mut app = demo::app(120, 40);
    press(&mut app, "g g j");
    let trace = app.explore.trace().unwrap();
    let (kept, said) = (trace.token_at(22).unwrap(), trace.tokens.clone());
    let effects = press(&mut app, "f");
    assert_eq!(request(&effects).known, said.scores(kept));
    assert_eq!(request(&effects).known.len(), kept);
    // The same tokens, other weights: what they would say is not known.
    let ModelState::Ready(mut info) = demo::model() else {
        unreachable!()
    };
    info.record.hash = Some("sha256:others".into());
    press(&mut app, "[");
    update(&mut app, Msg::Model(ModelState::Ready(info)));
    press(&mut app, "g g j");
    let effects = press(&mut app, "f");
    assert_eq!(request(&effects).known, []);
}

#[test]
fn inserted_text_is_recorded_as_given() {
    let mut app = demo::app(120, 40);
    press(&mut app, "g g j i");
    type_text(&mut app, "Wait, no");
    let effects = press(&mut app, "enter");
    let request = request(&effects);
    assert_eq!(request.prefix[1], Prefix::Text("Wait, no".into()));
    let (run, sample) = (request.run, request.samples[0]);
    let shared = &demo::TEXT[..22];
    let mut batch = demo::tokens(shared, 0);
    batch.merge(demo::tokens("Wait, no", 22));
    batch.given = batch.len();
    batch.merge(demo::tokens(" more", 30));
    update(&mut app, demo::event(run, EventKind::Tokens { sample, batch }));
    let record = app.explore.trace().unwrap().record();
    assert_eq!(record.given.len(), 1);
    assert_eq!(record.given[0].of(&record.text), "Wait, no");
}

#[test]
fn an_edited_line_replaces_the_old_one_and_the_model_goes_on() {
    let mut app = demo::app(120, 40);
    press(&mut app, "g g j e");
    press(&mut app, "ctrl-u");
    type_text(&mut app, "back to 1");
    let effects = press(&mut app, "enter");
    let [Prefix::Tokens(kept), Prefix::Text(new)] = request(&effects).prefix.as_slice() else {
        panic!("{:?}", request(&effects).prefix);
    };
    assert_eq!(demo::tokens(&demo::TEXT[..22], 0).ids, *kept);
    assert_eq!(new, "back to 1\n");
}

#[test]
fn a_fork_for_another_model_is_text() {
    let mut app = demo::app(120, 40);
    let ModelState::Ready(mut info) = demo::model() else {
        panic!()
    };
    info.record.tokenizer = Some("sha256:letters".into());
    update(&mut app, Msg::Model(ModelState::Ready(info)));
    press(&mut app, "[ g g j");
    let effects = press(&mut app, "f");
    assert_eq!(request(&effects).prefix, [Prefix::Text(demo::TEXT[..22].into())]);
    assert_eq!(
        app.explore.trace().unwrap().record().fork_token,
        Some(demo::tokens(&demo::TEXT[..22], 0).len())
    );
}

#[test]
fn an_alternative_token_can_be_taken() {
    let mut app = demo::app(120, 40);
    press(&mut app, "g g l");
    let effects = press(&mut app, "a");
    assert!(matches!(effects.as_slice(), [Effect::NameTokens(ids)] if ids.len() == 3));
    let other = app.explore.trace().unwrap().tokens.top[1][1].0;
    let effects = press(&mut app, "enter");
    assert_eq!(request(&effects).prefix[1], Prefix::Tokens(vec![other]));
}

#[test]
fn sampler_settings_change_what_is_asked_for_next() {
    let mut app = demo::app(120, 40);
    press(&mut app, "t l l down");
    press(&mut app, "enter ctrl-u 4 0 enter esc");
    assert_eq!(
        (app.explore.sampler.temperature, app.explore.sampler.top_k),
        (0.8, 40)
    );
    assert_eq!(request(&press(&mut app, "R")).sampler.top_k, 40);
    press(&mut app, "t enter ctrl-u - 1 enter");
    assert_eq!(app.notice.as_ref().unwrap().level, Level::Error);
    assert_eq!(app.explore.sampler.temperature, 0.8);
}

#[test]
fn one_key_hands_the_problem_to_the_next_model_and_round_again() {
    let mut app = demo::app(120, 40);
    let entry = |name: &str| ModelEntry {
        name: name.into(),
        summary: String::new(),
        needs: None,
    };
    assert!(matches!(press(&mut app, "M").as_slice(), [Effect::ListModels]));
    update(&mut app, Msg::Models(vec![entry("guesser"), entry("scout")]));
    assert!(matches!(press(&mut app, "M").as_slice(), [Effect::LoadModel(name)] if name == "guesser"));
}

#[test]
fn another_model_takes_the_same_problem() {
    let mut app = demo::app(120, 40);
    assert!(matches!(press(&mut app, "m").as_slice(), [Effect::ListModels]));
    let entry = |name: &str| ModelEntry {
        name: name.into(),
        summary: format!("An unusual game of {name}"),
        needs: None,
    };
    update(&mut app, Msg::Models(vec![entry("scout"), entry("guesser")]));
    // Typing filters the list; the keys of lists that are no letters move in it.
    let entries = |app: &mut App, keys: &str| {
        press(app, keys);
        app.entries()
    };
    assert_eq!(
        entries(&mut app, "g u e s"),
        2,
        "it, and the one that asks for a directory"
    );
    assert_eq!(entries(&mut app, "ctrl-u"), 3);
    assert_eq!(entries(&mut app, "u n u s u a l"), 3, "words of the summary");
    press(&mut app, "ctrl-u");
    let effects = press(&mut app, "down enter");
    assert!(matches!(effects.as_slice(), [Effect::LoadModel(name)] if name == "guesser"));
    let effects = press(&mut app, "m g s r enter");
    assert!(matches!(&effects[..], [_, Effect::LoadModel(name)] if name == "guesser"));
    let ModelState::Ready(mut info) = demo::model() else {
        panic!()
    };
    info.record.name = "guesser".into();
    let effects = update(&mut app, Msg::Model(ModelState::Ready(info)));
    assert_eq!(request(&effects).prompt, demo::problem().prompt);
    assert_eq!(request(&effects).samples, [0], "its own first sample");
}

#[test]
fn several_samples_come_from_one_request_and_are_shown_one_by_one() {
    let mut app = demo::app(120, 40);
    press(&mut app, "s ctrl-u 3");
    let effects = press(&mut app, "enter");
    assert_eq!(request(&effects).samples, [1, 2, 3]);
    assert_eq!((app.explore.traces.len(), app.explore.shown), (4, 1));
    press(&mut app, "] ] ]");
    assert!(app.explore.shown == 3 && app.notice.is_some());
    press(&mut app, "s ctrl-u 9 9 enter");
    assert_eq!(
        (app.explore.traces.len(), app.notice.as_ref().unwrap().level),
        (4, Level::Error)
    );
}

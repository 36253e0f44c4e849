use super::*;
use strum::IntoEnumIterator;

const EXPLORE: &[Layer] = &[Layer::Explore, Layer::Everywhere, Layer::Moving];

fn load(text: &str) -> (Keymap, Vec<String>) {
    Keymap::load(Some(&File::new("keys.toml", text)))
}

fn keys(text: &str) -> Vec<Chord> {
    parse_sequence(text).unwrap()
}

#[test]
fn the_default_keys_are_sound_and_reach_every_action() {
    let (map, warnings) = Keymap::load(None);
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(map.clash(), None);
    for action in Action::iter() {
        assert!(!map.key(action).is_empty(), "{action:?} has no key");
        for key in map.keys(action) {
            assert!(
                !key.contains("alt-") && key != "ctrl-enter" && key != "ctrl-tab",
                "{action:?} on {key}"
            );
        }
    }
}

#[test]
fn sequences_wait_for_their_second_key() {
    let (map, _) = Keymap::load(None);
    assert_eq!(map.lookup(EXPLORE, &keys("g g")), Meaning::Act(Action::Top));
    let Meaning::Wait(next) = map.lookup(EXPLORE, &keys("z")) else {
        panic!("z should wait");
    };
    assert_eq!(
        next,
        [
            ("M".to_string(), Action::FoldAll),
            ("R".to_string(), Action::UnfoldAll)
        ]
    );
    assert_eq!(map.lookup(EXPLORE, &keys("z z")), Meaning::Nothing);
}

#[test]
fn the_users_file_overrides_binding_by_binding() {
    let (map, warnings) = load("[explore]\nf = 'none'\nF = 'fork'\n[moving]\n'g e' = 'bottom'");
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(map.keys(Action::Fork), ["F"]);
    assert_eq!(map.lookup(EXPLORE, &keys("g e")), Meaning::Act(Action::Bottom));
    assert_eq!(map.lookup(EXPLORE, &keys("g g")), Meaning::Act(Action::Top));
}

#[test]
fn a_screens_keys_win_over_moving() {
    let (map, warnings) = load("[explore]\nj = 'fork'");
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(map.lookup(EXPLORE, &keys("j")), Meaning::Act(Action::Fork));
}

#[test]
fn a_clash_names_both_actions_and_leaves_the_defaults() {
    let (map, warnings) = load("[explore]\nq = 'fork'");
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("`q`") && warnings[0].contains("`fork`") && warnings[0].contains("`back`"));
    assert_eq!(map.lookup(EXPLORE, &keys("q")), Meaning::Act(Action::Back));
    let (_, warnings) = load("[moving]\nu = 'up'\n'u u' = 'top'");
    assert!(
        warnings[0].contains("`up`") && warnings[0].contains("`top`"),
        "{warnings:?}"
    );
}

#[test]
fn the_same_key_may_mean_different_things_on_different_screens() {
    let (map, warnings) = load("[compare]\nW = 'again'\nf = 'none'\nj = 'filter'");
    assert_eq!(warnings, Vec::<String>::new());
    let compare = Screen::Compare.layers();
    assert_eq!(map.lookup(&compare, &keys("W")), Meaning::Act(Action::Again));
    assert_eq!(map.lookup(&compare, &keys("j")), Meaning::Act(Action::Filter));
    assert_eq!(map.lookup(EXPLORE, &keys("W")), Meaning::Act(Action::Why));
    let (_, warnings) = load("[compare]\nq = 'again'");
    assert!(warnings[0].contains("`again`") && warnings[0].contains("`back`"));
}

#[test]
fn broken_files_get_sentences() {
    let cases = [
        (
            "[explore]\nf = 'forks'",
            "keys.toml line 2: there is no action `forks`; did you mean `fork`",
        ),
        (
            "\n\n[explorer]\nf = 'fork'",
            "keys.toml line 3: there is no layer `explorer`; did you mean `explore`",
        ),
        ("[explore]\nf = 3", "must name an action"),
        ("[explore]\n'ctrl-zz' = 'fork'", "is no key"),
        ("[explore]\n'' = 'fork'", "a key is missing"),
        ("[explore]\nj = 'down'", "belongs in [moving]"),
        ("explore = 1", "must be a table"),
        ("what", "keys.toml line 1 is not TOML"),
    ];
    for (text, part) in cases {
        let (map, warnings) = load(text);
        assert!(warnings.iter().any(|w| w.contains(part)), "{text}: {warnings:?}");
        assert_eq!(map.lookup(EXPLORE, &keys("f")), Meaning::Act(Action::Fork));
    }
}

use super::*;
use crate::trace::read::{BACK_TO_CHECK, BACK_TO_OURS, BACK_TO_READ, ERRAND, OUR_ATTEMPT, PLANNED};

#[test]
fn the_bundled_files_are_in_order() {
    let rules = Rules::load(&BUNDLED).unwrap();
    let names: Vec<&str> = rules.behaviors().map(|spec| spec.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "verification",
            "backtracking",
            "subgoal_setting",
            "backward_chaining"
        ]
    );
    for name in BUILT_IN {
        assert!(rules.condition(name).is_some());
    }
}

/// What a behavior file says must be found is found by rules and states, sentence by sentence; the probe has its own word.
#[test]
fn the_files_pass_their_own_tests() {
    let rules = current();
    let mut samples = 0;
    for (spec, sample) in rules.samples() {
        let found = sample.found(&spec.name, &rules).unwrap();
        assert_eq!(found, sample.finds, "{} in:\n{}", spec.name, sample.text);
        samples += 1;
    }
    assert!(samples >= 8, "every behavior brings tests");
}

/// What goes back without giving anything up is the same for the rules and for the reader of free reasoning.
#[test]
fn the_files_and_the_reader_agree_on_what_is_no_return() {
    let spec: Spec = toml::from_str(BUNDLED[0].1).unwrap();
    for (name, phrases) in [
        ("back-to-read", &BACK_TO_READ[..]),
        ("back-to-check", &BACK_TO_CHECK),
        ("back-to-ours", &BACK_TO_OURS),
        ("our-attempt", &OUR_ATTEMPT),
        ("errand", &ERRAND),
        ("planned", &PLANNED),
    ] {
        assert_eq!(
            spec.context[name], phrases,
            "{name} in assets/behaviors/discourse.toml and in the reader"
        );
    }
}

#[test]
fn what_is_wrong_with_a_file_is_a_sentence() {
    let wrong = |text: &str| Rules::load(&[("a.toml", text)]).unwrap_err().to_string();
    assert!(wrong("name = 3").starts_with("a.toml: TOML parse error"));
    assert!(wrong("[[rule]]\nname = \"r\"\n").contains("it has rules but no `name`"));
    assert!(
        wrong("name = \"a\"\n[[rule]]\nname = \"r\"\nwhen = [\"tryed\"]\n").contains("did you mean `tried`?")
    );
    let phrase = wrong("name = \"a\"\n[[rule]]\nname = \"r\"\nsay = [\"(\"]\n");
    assert!(
        phrase.starts_with("a.toml: the phrase `(` is no regular expression"),
        "{phrase}"
    );
}

#[test]
fn a_users_behavior_is_found_like_ours() {
    let own = "name = \"doubt\"\nletter = \"D\"\n[[rule]]\nname = \"hmm\"\nsay = ['^hmm\\b']\n";
    let files: Vec<(&str, &str)> = BUNDLED.iter().copied().chain([("own.toml", own)]).collect();
    let rules = Rules::load(&files).unwrap();
    let mut matches = rules.matches();
    rules.look("hmm, that is # - too big", &mut matches);
    let said: Vec<&str> = rules
        .said(&matches)
        .filter(|rule| rule.behavior == "doubt")
        .map(|rule| rule.name.as_str())
        .collect();
    assert_eq!(said, ["doubt.hmm"]);
}

/// A letter says one thing in a score sheet, so a file whose letter has a meaning already is no behavior; one that takes
/// the place of ours has its letter.
#[test]
fn a_letter_that_is_taken_is_refused_with_whose_it_is_and_which_are_free() {
    let load = |own: &[(&str, &str)]| {
        let files: Vec<(&str, &str)> = BUNDLED.iter().chain(own).copied().collect();
        Rules::load(&files).map_err(|error| error.to_string())
    };
    let of = |name: &str, letter: &str| format!("name = \"{name}\"\nletter = \"{letter}\"\n");
    let refused = |letter: &str| load(&[("own.toml", &of("doubt", letter))]).unwrap_err();
    assert_eq!(
        refused("V"),
        "own.toml: its letter `V` is taken by the behavior `verification` (verification.toml): give it another `letter`; \
         free are, for instance, `A`, `D`, `E`"
    );
    for (sign, means) in [
        ("+", "a move"),
        (".", "a move"),
        ("?", "a step backward"),
        ("=", "the goal"),
        ("x", "a false statement"),
        ("2", "how far a return goes"),
        ("\u{2026}", "cut short"),
        ("\u{2713}", "the verdict"),
    ] {
        let said = refused(sign);
        assert!(
            said.starts_with("own.toml: its letter `")
                && said.contains("score sheets")
                && said.contains(means),
            "{said}"
        );
    }
    assert!(refused(" ").contains("cannot be seen"));
    // Another behavior of the user's own is named with its file.
    let (first, second) = (of("doubt", "D"), of("delight", "D"));
    let said = load(&[("a.toml", &first), ("b.toml", &second)]).unwrap_err();
    assert!(
        said.starts_with("b.toml: its letter `D` is taken by the behavior `doubt` (a.toml)"),
        "{said}"
    );
    // A habit keeps its letter although a file of the user's own gives it another.
    let (other, mine) = (of("verification", "W"), of("doubt", "V"));
    let said = load(&[("a.toml", &other), ("b.toml", &mine)]).unwrap_err();
    assert!(
        said.starts_with("b.toml: its letter `V` is taken by the behavior `verification`"),
        "{said}"
    );
    assert!(load(&[("own.toml", &of("verification", "V"))]).is_ok());
    assert!(load(&[("a.toml", &first), ("c.toml", &of("doubt", "D"))]).is_ok());
}

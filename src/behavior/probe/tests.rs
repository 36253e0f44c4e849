use super::{
    features::{Keys, Sink, Weighing},
    *,
};
use crate::{
    behavior::{Detector, gold::Labelled},
    task::countdown::Problem as Countdown,
    trace::{Reader, read::Told},
};

#[test]
fn a_features_key_is_the_hash_of_its_name() {
    fn told<'a, S: Sink<'a>>(sink: &mut S) {
        sink.add("always", &[]);
        sink.add("pair", &[S::word("too"), S::word("big")]);
        sink.add("word", &[S::word("\u{2713}")]);
    }
    let mut of_parts = Vec::new();
    told(&mut Keys(|key| of_parts.push(key)));
    let mut named = Weighing::by(|_| Some(1));
    told(&mut named);
    let of_names: Vec<u64> = named.names.iter().map(|(_, name)| key(name)).collect();
    assert_eq!(of_parts, of_names);
    assert_eq!(named.names[1].1, "pair too big");
    assert_ne!(key("pair too big"), key("pair big too"));
}

#[test]
fn the_bundled_probe_is_one_and_says_how_right_it_is() {
    let probe = Probe::read(BUNDLED).unwrap();
    assert!(BUNDLED.len() < 500_000, "{} bytes", BUNDLED.len());
    for habit in Habit::ALL {
        let head = &probe.file().habits[habit.name()];
        for detector in DETECTORS {
            assert!(head.cross_validated[detector].support > 20, "{habit}");
        }
        assert!(0.0 < head.limit && head.limit < 1.0);
    }
    assert!(probe.file().habits["backtracking"].decides);
}

#[test]
fn probes_that_decide_otherwise_have_other_versions_whatever_their_files_say() {
    let bundled = Probe::read(BUNDLED).unwrap().file().clone();
    let written: serde_json::Value = serde_json::from_str(BUNDLED).unwrap();
    assert_eq!(
        written["version"].as_str(),
        Some(bundled.version.as_str()),
        "the bundled file's `version` is not that of its weights: write this one into it"
    );
    let version = |change: fn(&mut File)| {
        let mut file = bundled.clone();
        change(&mut file);
        Probe::new(file).unwrap().file().version.clone()
    };
    let others = [
        version(|file| file.weights.first_entry().unwrap().get_mut()[3] += 1),
        version(|file| file.habits.get_mut("verification").unwrap().limit /= 2.0),
        version(|file| file.trained.rules.truncate(1)),
    ];
    for (number, other) in others.iter().enumerate() {
        assert!(
            other.starts_with(&format!("{VERSION}-")) && *other != bundled.version,
            "{other}"
        );
        assert!(!others[..number].contains(other), "{other}");
    }
    assert_eq!(version(|file| file.version = "mine".to_owned()), bundled.version);
    assert_eq!(version(|file| file.note.push('!')), bundled.version);
}

#[test]
fn what_is_no_probe_says_why() {
    let mut file = Probe::read(BUNDLED).unwrap().file().clone();
    file.features += 1;
    let wrong = |text: &str| Probe::read(text).unwrap_err().to_string();
    assert!(wrong(&serde_json::to_string(&file).unwrap()).contains("train it again"));
    assert!(wrong("{}").starts_with("this is no probe: missing field"));
    file.schema = "x".to_owned();
    assert!(wrong(&serde_json::to_string(&file).unwrap()).contains("its schema is"));
}

/// Two models that say the same things in turn: one phrase no rule knows shows verification.
fn rows() -> Vec<Labelled> {
    let row = |number: usize| {
        let model = ["one", "two", "three"][number % 3];
        let mut text = String::new();
        let mut units = Vec::new();
        for line in 0..12 {
            let shows = (line + number).is_multiple_of(3);
            let said = if shows {
                "Peanuts align with gravity"
            } else {
                "Apples fall from trees"
            };
            let start = text.chars().count();
            text += said;
            units.push(serde_json::json!({
                "start": start,
                "end": start + said.len(),
                "labels": if shows { "V" } else { "" },
            }));
            text += ".\n";
        }
        serde_json::from_value(serde_json::json!({
            "id": number.to_string(),
            "model": model,
            "task": "math",
            "trace": text,
            "units": units,
        }))
        .unwrap()
    };
    (0..15).map(row).collect()
}

#[test]
fn a_phrase_no_rule_knows_is_learnt_from_labels_and_recognised_in_other_models() {
    let rows = rows();
    let file = train(&rows, 0, "").unwrap();
    let figures = &file.habits["verification"].cross_validated;
    assert_eq!(figures["rules"].recall, Some(0.0));
    assert_eq!(figures["probe"].f1, Some(1.0));
    assert_eq!(figures["best"].f1, Some(1.0));
    // Nothing shows the others: they are never found.
    assert_eq!(file.habits["backtracking"].cross_validated["best"].f1, None);
    assert_eq!(
        train(&rows, 0, "").unwrap().weights,
        file.weights,
        "twice the same"
    );
    assert!(file.trained.texts.len() == 15 && file.trained.models.len() == 3);
    let probe = Probe::new(file).unwrap();
    assert!(probe.has_seen(&rows[0].text) && !probe.has_seen("Apples."));
    assert_eq!(train(&rows[..1], 0, "").unwrap_err(), TrainError::TooFew);
}

#[test]
fn a_probe_of_ones_own_decides_what_it_knows_better_and_the_bundled_one_the_rest() {
    let bundled = Probe::read(BUNDLED).unwrap();
    let decided = |probe: &Probe| -> String {
        let decided = probe.decides().filter(|(_, decides, _)| *decides);
        decided.map(|(habit, ..)| habit.letter()).collect()
    };
    let all = decided(&bundled);
    assert_eq!(all, "VBS");
    let own = |letters: &str| {
        let mut file = train(&rows(), 0, "").unwrap();
        for habit in Habit::ALL {
            file.habits.get_mut(habit.name()).unwrap().decides = letters.contains(habit.letter());
        }
        Probe::new(file).unwrap()
    };
    let (nothing, verification) = (own(""), own("V"));
    assert!(own(&all).over(&bundled).is_none() && own("VBSC").over(&bundled).is_none());
    let versions = |probe: &Probe| probe.versions.clone();
    for (own, theirs) in [
        (&nothing, [true, true, true, false]),
        (&verification, [false, true, true, false]),
    ] {
        let both = own.over(&bundled).unwrap();
        assert_eq!(decided(&both), all);
        assert_eq!(
            versions(&both).map(|version| version == bundled.file.version),
            theirs
        );
        // What is learnt of a habit is that of the probe that decides it, the rules it judges too.
        for (number, (habit, theirs)) in Habit::ALL.into_iter().zip(theirs).enumerate() {
            let from = if theirs { &bundled } else { own };
            assert_eq!(both.heads[number].limit, from.heads[number].limit);
            for probe in [own, &bundled] {
                for name in probe.file.weights.keys() {
                    let weight =
                        |probe: &Probe| probe.file.weights.get(name).map_or(0, |weights| weights[number]);
                    assert_eq!(weight(&both), weight(from), "{name}");
                }
            }
            let of_habit = |probe: &Probe| {
                let rules = probe.rules.iter().filter(|rule| rule.starts_with(habit.name()));
                rules.cloned().collect::<std::collections::BTreeSet<_>>()
            };
            assert_eq!(of_habit(&both), of_habit(from));
        }
    }
}

/// What is found in prose with a probe that believes nothing, and has learnt the rules that `learnt` says.
fn found_against_all(text: &str, learnt: impl Fn(&str) -> bool) -> Vec<Behavior> {
    let mut file = Probe::read(BUNDLED).unwrap().file().clone();
    for head in file.habits.values_mut() {
        (head.limit, head.decides) = (1.0 - f64::EPSILON, true);
    }
    file.trained.rules.retain(|rule| learnt(rule));
    let mut watch = Watch::new(Arc::new(Probe::new(file).unwrap()));
    let (mut discourse, mut found) = (Discourse::default(), Vec::new());
    let mut listen = |told: &Told<'_>, tree: &Tree| {
        let from = found.len();
        if let Told::Sentence(sentence) = told
            && discourse.read(sentence, tree, &mut found)
        {
            watch.judge(Layer::Best, &discourse, sentence, tree, &mut found, from);
        }
    };
    let mut reader = Reader::new(None::<Countdown>);
    reader.push(text, &mut listen);
    reader.finish(&mut listen);
    assert!(is_prose(reader.tree()));
    found
}

#[test]
fn what_the_probe_does_not_believe_is_taken_back_unless_it_has_not_learnt_the_rule() {
    let text = "The farmer has ten sheep.\nLet me double-check that.\nAnd then it rains.\n";
    let found = |learnt: fn(&str) -> bool| -> Vec<(String, &str)> {
        let found = found_against_all(text, learnt).into_iter();
        found.map(|b| (b.rule, b.span.of(text))).collect()
    };
    let all = found(|_| false);
    assert!(all.len() > 1, "{all:?}");
    let checks = [("verification.check".to_owned(), "Let me double-check that.")];
    assert_eq!(found(|rule| rule != "verification.check"), checks);
    assert!(found(|_| true).is_empty());
}

/// `Let me go back` is backtracking in any sentence; so the file says, by the rule's confidence.
#[test]
fn what_a_rule_is_sure_of_is_not_the_probes_to_take_back() {
    let text = "We factor the polynomial.\nLet me go back and use the formula.\nLet me double-check that.\n";
    let found = found_against_all(text, |_| true).into_iter();
    let found: Vec<(String, &str)> = found.map(|b| (b.rule, b.span.of(text))).collect();
    let back = "Let me go back and use the formula.";
    assert_eq!(found, [("backtracking.goes-back".to_owned(), back)]);
}

#[test]
fn no_habit_is_found_twice_on_the_same_bytes_and_every_finding_names_its_detector() {
    let text = "Let me try 18 + 7 = 25 (too big).\nThat doesn't work. Wait, let me verify: 18 - 7 = 11.\nAlternatively, 4 * 7 = 28, which is close.\nI need 11 more.\n";
    let found = Detector::of(Layer::Best)
        .follow("18 7 4 -> 15".parse().ok(), text)
        .1;
    assert!(found.len() >= 4, "{found:?}");
    for (number, one) in found.iter().enumerate() {
        assert!(["state", "rules", "probe"].contains(&one.detector.as_str()));
        assert!((0.0..=1.0).contains(&one.confidence) && !one.evidence.is_empty());
        for other in &found[number + 1..] {
            let apart = one.span.end <= other.span.start || other.span.end <= one.span.start;
            assert!(apart || one.behavior != other.behavior, "{one:?} {other:?}");
        }
    }
    let all = Detector::of(Layer::All)
        .follow("18 7 4 -> 15".parse().ok(), text)
        .1;
    for detector in ["rules", "probe"] {
        assert!(all.iter().any(|b| b.detector == detector));
        let layer: Layer = detector.parse().unwrap();
        let alone = Detector::of(layer).follow("18 7 4 -> 15".parse().ok(), text).1;
        assert!(!alone.is_empty() && alone.iter().all(|b| layer.keeps(b)));
    }
}

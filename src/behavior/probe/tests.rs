use super::{
    features::{Keys, Sink, Weighing},
    *,
};
use crate::behavior::{Detector, gold::Labelled};

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
fn a_rule_the_probe_has_not_learnt_is_not_taken_back() {
    let probe = Probe::read(BUNDLED).unwrap();
    assert!(probe.rules.contains("verification.size"));
    assert!(!probe.rules.contains("verification.mine"));
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

//! Which probe is used, and what it decides.

use super::PROBE;
use crate::{
    base::words::enumerated,
    behavior::{Habit, probe},
    config::Paths,
};
use serde_json::{Value, json};

/// What the probes in force decide, in a sentence.
pub(super) fn sentence(paths: &Paths) -> String {
    let (Some(probe), Some(both)) = (probe::current(), probe::deciding()) else {
        return "probe: there is none, so rules and states are all there is\n".to_owned();
    };
    let version = &probe.file().version;
    let decided = |own: bool| -> Vec<String> {
        let decides = both
            .decides()
            .filter(|(_, decides, from)| *decides && (from == version) == own);
        decides.map(|(habit, ..)| habit.letter().to_string()).collect()
    };
    let whose = match probe::installed() {
        Some(_) => format!(
            "yours ({version}), in {}",
            paths.behaviors().join(PROBE).display()
        ),
        None => format!("the bundled one ({version})"),
    };
    let says = match decided(true) {
        nothing if nothing.is_empty() => "it decides nothing in `best`".to_owned(),
        habits => format!("in prose it decides {}", enumerated(&habits)),
    };
    let others = match decided(false) {
        nothing if nothing.is_empty() => String::new(),
        habits => format!("; the bundled one goes on deciding {}", enumerated(&habits)),
    };
    format!("probe: {whose}; {says}{others}\n")
}

/// The probe that has a say on a behavior in `best`: its version, whether it decides, and whose it is; null for a behavior
/// that no probe knows.
pub(super) fn object(behavior: &str, paths: &Paths) -> Value {
    let Some(both) = Habit::from_name(behavior).and(probe::deciding()) else {
        return Value::Null;
    };
    let mut found = both.decides().filter(|(habit, ..)| habit.name() == behavior);
    found.next().map_or(Value::Null, |(_, decides, version)| {
        let own = probe::installed().filter(|own| own.file().version == version);
        json!({
            "version": version,
            "decides": decides,
            "path": own.map(|_| paths.behaviors().join(PROBE)),
        })
    })
}

//! Key files: a table per layer, sequence to action name.
//!
//! ```toml
//! [explore]
//! f = "fork"
//! "g g" = "top"
//! x = "none"      # takes a default binding away
//! ```

use super::{chord::parse_sequence, trie::Trie};
use crate::{
    config::File,
    tui::app::{Action, Layer},
};
use std::collections::BTreeMap;
use strum::IntoEnumIterator;

/// Our own bindings.
pub const DEFAULT: &str = include_str!("../../../assets/keys.toml");

/// Lays the bindings of `file` over `layers`. What cannot be used is said, one sentence each, and left out.
pub fn apply(layers: &mut BTreeMap<Layer, Trie>, file: &File) -> Vec<String> {
    let table = match file.parse::<toml::Table>() {
        Ok(table) => table,
        Err((place, message)) => return vec![format!("{place} is not TOML: {message}; the file is ignored")],
    };
    let mut warnings = Vec::new();
    for (name, bindings) in &table {
        let Ok(layer) = name.parse::<Layer>() else {
            let known = nearest(name, Layer::iter().map(Into::into));
            warnings.push(format!(
                "{}: there is no layer `{name}`; did you mean `{known}`?",
                file.place([name.as_str()])
            ));
            continue;
        };
        let Some(bindings) = bindings.as_table() else {
            warnings.push(format!(
                "{}: `{name}` must be a table of keys, [{name}]",
                file.place([name.as_str()])
            ));
            continue;
        };
        let trie = layers.entry(layer).or_default();
        // Within one file nothing replaces anything: two bindings in each other's way are a mistake.
        let mut fresh = Trie::default();
        for (keys, action) in bindings {
            let place = || file.place([name.as_str(), keys.as_str()]);
            match binding(layer, keys, action) {
                Ok((sequence, None)) => trie.remove(&sequence),
                Ok((sequence, Some(action))) => {
                    let mut one = Trie::default();
                    one.set(&sequence, action);
                    if let Some((key, second, first)) = one.clash(&fresh) {
                        warnings.push(format!("{}: {}", place(), clash(&key, first, second)));
                    } else {
                        fresh.set(&sequence, action);
                        trie.set(&sequence, action);
                    }
                }
                Err(sentence) => warnings.push(format!("{}: {sentence}", place())),
            }
        }
    }
    warnings
}

type Binding = (Vec<super::Chord>, Option<Action>);

fn binding(layer: Layer, keys: &str, action: &toml::Value) -> Result<Binding, String> {
    let sequence = parse_sequence(keys)?;
    let name = action
        .as_str()
        .ok_or_else(|| format!("`{keys}` must name an action in quotes"))?;
    if name == "none" {
        return Ok((sequence, None));
    }
    let known = || Action::iter().filter(|action| action.layer() == layer);
    match known().find(|action| action.name() == name) {
        Some(action) => Ok((sequence, Some(action))),
        None => Err(match name.parse::<Action>() {
            Ok(elsewhere) => {
                let layer: &str = elsewhere.layer().into();
                format!("`{name}` belongs in [{layer}]")
            }
            Err(_) => {
                let near = nearest(name, Action::iter().map(Action::name));
                format!("there is no action `{name}`; did you mean `{near}`?")
            }
        }),
    }
}

/// The sentence for two actions on one key.
pub fn clash(key: &str, first: Action, second: Action) -> String {
    format!(
        "`{key}` is bound to both `{}` and `{}`; give one of them another key, or \"none\"",
        first.name(),
        second.name()
    )
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    known
        .max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)))
        .unwrap_or_default()
}

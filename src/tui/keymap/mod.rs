//! Which key does what: defaults from `assets/keys.toml`, the user's file laid over them binding by binding.
//!
//! A broken file never stops the program: what cannot be used is said and left out; when two actions of a screen end
//! up on one key, the defaults are used instead.

mod chord;
mod file;
mod trie;

pub use chord::{Chord, parse_sequence, show_sequence};
pub use trie::{Lookup, Trie};

use crate::{
    config::File,
    tui::app::{Action, Layer, Screen},
};
use std::collections::BTreeMap;

/// The bindings of every layer.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    layers: BTreeMap<Layer, Trie>,
}

/// What the keys typed so far mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Do this.
    Act(Action),
    /// Wait for another key; these may follow.
    Wait(Vec<(String, Action)>),
    /// Nothing.
    Nothing,
}

/// Layers that are one to a person: what is bound twice in a group is a mistake. Moving and popups are groups of their
/// own; a screen's keys may hide keys of the first.
fn groups() -> impl Iterator<Item = Vec<Layer>> {
    let screens = Screen::all().map(|screen| vec![Layer::Everywhere, screen.layer()]);
    screens.chain([vec![Layer::Moving], vec![Layer::Popup]])
}

impl Keymap {
    /// The defaults under the user's file, with a sentence for each thing that could not be used.
    #[must_use]
    pub fn load(user: Option<&File>) -> (Self, Vec<String>) {
        let mut map = Self::default();
        let mut warnings = file::apply(&mut map.layers, &File::new("default keys", file::DEFAULT));
        if let Some(file) = user {
            let defaults = map.clone();
            warnings.extend(file::apply(&mut map.layers, file));
            if let Some(clash) = map.clash() {
                warnings.push(format!("{}: {clash}; the default keys are used", file.name));
                map = defaults;
            }
        }
        (map, warnings)
    }

    /// Two actions on one key of one screen, as a sentence with both names.
    #[must_use]
    pub fn clash(&self) -> Option<String> {
        groups().find_map(|group| {
            let tries: Vec<&Trie> = group.iter().filter_map(|layer| self.layers.get(layer)).collect();
            tries.iter().enumerate().find_map(|(i, trie)| {
                let (key, first, second) = tries[i + 1..].iter().find_map(|other| trie.clash(other))?;
                Some(file::clash(&key, first, second))
            })
        })
    }

    /// What `sequence` means in `layers`, the first of which wins.
    #[must_use]
    pub fn lookup(&self, layers: &[Layer], sequence: &[Chord]) -> Meaning {
        for layer in layers {
            match self.layers.get(layer).map(|trie| trie.get(sequence)) {
                Some(Lookup::Found(action)) => return Meaning::Act(action),
                Some(Lookup::Prefix(trie)) if !sequence.is_empty() => {
                    let next = trie.bindings().into_iter();
                    return Meaning::Wait(
                        next.map(|(keys, action)| (show_sequence(&keys), action))
                            .collect(),
                    );
                }
                _ => {}
            }
        }
        Meaning::Nothing
    }

    /// The keys of an action, as written in help: letters before names of keys.
    #[must_use]
    pub fn keys(&self, action: Action) -> Vec<String> {
        written(self.bound(action))
    }

    /// Those of them that mean it where `layers` hold, the first of which wins.
    #[must_use]
    pub fn keys_in(&self, layers: &[Layer], action: Action) -> Vec<String> {
        let elsewhere = !layers.contains(&action.layer());
        let bound = self.bound(action);
        written(bound.filter(|keys| elsewhere || self.lookup(layers, keys) == Meaning::Act(action)))
    }

    fn bound(&self, action: Action) -> impl Iterator<Item = Vec<Chord>> {
        let bindings = self
            .layers
            .get(&action.layer())
            .map(Trie::bindings)
            .unwrap_or_default();
        let bound = bindings.into_iter().filter(move |(_, bound)| *bound == action);
        bound.map(|(keys, _)| keys)
    }

    /// The first key of an action; empty when it has none.
    #[must_use]
    pub fn key(&self, action: Action) -> String {
        self.keys(action).into_iter().next().unwrap_or_default()
    }
}

fn written(sequences: impl Iterator<Item = Vec<Chord>>) -> Vec<String> {
    let mut keys: Vec<String> = sequences.map(|keys| show_sequence(&keys)).collect();
    keys.sort_by_key(String::len);
    keys
}

#[cfg(test)]
mod tests;

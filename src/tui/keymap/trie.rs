//! A trie of key presses: what a sequence means, or what may follow it.

use super::chord::{Chord, show_sequence};
use crate::tui::app::Action;

/// The bindings of one layer, in the order they were made.
#[derive(Clone, Debug, Default)]
pub struct Trie {
    children: Vec<(Chord, Node)>,
}

#[derive(Clone, Debug)]
enum Node {
    Leaf(Action),
    Branch(Trie),
}

/// What a sequence leads to.
#[derive(Clone, Debug)]
pub enum Lookup<'a> {
    /// An action.
    Found(Action),
    /// A longer sequence may follow.
    Prefix(&'a Trie),
    /// Nothing.
    Nothing,
}

impl Trie {
    /// Looks `sequence` up.
    #[must_use]
    pub fn get(&self, sequence: &[Chord]) -> Lookup<'_> {
        let Some((first, rest)) = sequence.split_first() else {
            return Lookup::Prefix(self);
        };
        match self.children.iter().find(|(chord, _)| chord == first) {
            Some((_, Node::Leaf(action))) if rest.is_empty() => Lookup::Found(*action),
            Some((_, Node::Branch(trie))) => trie.get(rest),
            _ => Lookup::Nothing,
        }
    }

    /// Binds `sequence`, replacing what stands in its way: the same sequence, a prefix of it, or what it is a prefix of.
    pub fn set(&mut self, sequence: &[Chord], action: Action) {
        let Some((first, rest)) = sequence.split_first() else {
            return;
        };
        let place = match self.children.iter().position(|(chord, _)| chord == first) {
            Some(place) => place,
            None => {
                self.children.push((*first, Node::Branch(Self::default())));
                self.children.len() - 1
            }
        };
        let node = &mut self.children[place].1;
        if rest.is_empty() {
            *node = Node::Leaf(action);
            return;
        }
        if let Node::Leaf(_) = node {
            *node = Node::Branch(Self::default());
        }
        if let Node::Branch(trie) = node {
            trie.set(rest, action);
        }
    }

    /// Removes `sequence` and everything it is a prefix of.
    pub fn remove(&mut self, sequence: &[Chord]) {
        match sequence {
            [] => {}
            [last] => self.children.retain(|(chord, _)| chord != last),
            [first, rest @ ..] => {
                if let Some((_, Node::Branch(trie))) =
                    self.children.iter_mut().find(|(chord, _)| chord == first)
                {
                    trie.remove(rest);
                }
            }
        }
    }

    /// Every binding as (sequence, action).
    #[must_use]
    pub fn bindings(&self) -> Vec<(Vec<Chord>, Action)> {
        let mut all = Vec::new();
        for (chord, node) in &self.children {
            match node {
                Node::Leaf(action) => all.push((vec![*chord], *action)),
                Node::Branch(trie) => all.extend(trie.bindings().into_iter().map(|(mut rest, action)| {
                    rest.insert(0, *chord);
                    (rest, action)
                })),
            }
        }
        all
    }

    /// The first binding of `self` that one of `other` would hide or be hidden by, as (sequence, mine, theirs).
    #[must_use]
    pub fn clash(&self, other: &Self) -> Option<(String, Action, Action)> {
        let others = other.bindings();
        self.bindings().into_iter().find_map(|(mine, action)| {
            others.iter().find_map(|(theirs, second)| {
                let hides = mine.starts_with(theirs) || theirs.starts_with(&mine);
                let shorter = if mine.len() < theirs.len() { &mine } else { theirs };
                hides.then(|| (show_sequence(shorter), action, *second))
            })
        })
    }
}

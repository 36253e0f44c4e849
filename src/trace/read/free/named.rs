//! States that a text names by their numbers, or by how far it goes back.

use super::{Cues, Free, Turn};
use crate::{
    task::countdown::Number,
    trace::{
        NodeId,
        prose::{Expression, Link, Sentence},
        walk::{Walk, are_all, take},
    },
};

/// Words of a return by so many moves; the first that a sentence has counts.
const UNDONE: [(&str, usize); 19] = [
    ("last two", 2),
    ("undo two", 2),
    ("undo three", 3),
    ("two steps", 2),
    ("back two", 2),
    ("last three", 3),
    ("three steps", 3),
    ("undo the last", 1),
    ("undo my last", 1),
    ("undo that", 1),
    ("undo this", 1),
    ("undo it", 1),
    ("undoing the last", 1),
    ("undoing that", 1),
    ("back one", 1),
    ("one step back", 1),
    ("back a step", 1),
    ("back up one", 1),
    ("one step", 1),
];

/// Bytes between a calculation and the first number that it leaves.
const LONGEST_GAP: usize = 24;

/// Words there.
const LEAVES: [&str; 9] = [
    "left",
    "leaving",
    "leaves",
    "remaining",
    "remain",
    "with",
    "now",
    "state",
    "numbers",
];

impl Free {
    /// What "adding 3" goes on with: the last result, or the goal where the text says that it works backward from it.
    pub(super) fn goes_from(&self, walk: &Walk, sentence: &Sentence<'_>, cues: &Cues) -> Option<Number> {
        // "Going backward" says "going back", too.
        let backward = cues.backward || cues.returns && sentence.shape.contains("backward");
        let backward = backward && sentence.shape.contains('@');
        walk.goal().filter(|_| backward).or(self.result)
    }

    /// The state that a sentence says it goes back to, if it does.
    pub(super) fn hear_named(&mut self, walk: &Walk, sentence: &Sentence<'_>, cues: &Cues) {
        if cues.turn != Turn::On {
            self.named = None;
        }
        let arrow = || sentence.text.starts_with(['\u{21a9}', '\u{21b6}']);
        if !cues.returns && !arrow() || cues.turn > Turn::Earlier {
            return;
        }
        let list: Vec<Number> = match sentence.expressions.iter().all(|e| e.steps.is_empty()) {
            true => sentence.expressions.iter().filter_map(|e| e.value).collect(),
            false => Vec::new(),
        };
        let has_just = |id: &NodeId| are_all(walk.numbers_of(*id), &list);
        let listed = || walk.above(walk.here()).find(has_just).filter(|_| list.len() > 1);
        let undone = || {
            let (_, moves) = UNDONE.iter().find(|(words, _)| sentence.shape.contains(words))?;
            walk.above(walk.here()).nth(moves - 1)
        };
        self.named = undone().or_else(listed);
        let Some(named) = self.named else { return };
        // "Adding 3" goes on with what has been made there.
        let made = walk
            .numbers_of(named)
            .iter()
            .find(|number| walk.is_made(named, **number));
        self.result = made.copied().or(self.result);
    }

    /// Whether a sentence ends with the numbers that are left beside the last result: what is tried next is made of these.
    pub(super) fn lists_left(walk: &Walk, sentence: &Sentence<'_>) -> bool {
        let is_listed = |e: &&Expression| e.steps.is_empty() && e.link == Link::None;
        let ends = sentence.expressions.last().filter(is_listed).is_some();
        if !ends || !sentence.shape.contains(" left") && !sentence.shape.contains("remain") {
            return false;
        }
        let here = walk.here();
        let numbers = walk.numbers_of(here);
        let listed = sentence.expressions.iter().rev().take_while(is_listed);
        let listed: Vec<Number> = listed.take(numbers.len()).filter_map(|e| e.value).collect();
        let rest = take(numbers, &listed).unwrap_or_default();
        !listed.is_empty() && matches!(rest[..], [made] if walk.is_made(here, made))
    }

    /// The state in which the first expression of `ahead` is calculated, when the text says so: it has named it, or lists what
    /// is left behind it.
    pub(super) fn said_start(
        &self,
        walk: &Walk,
        sentence: &Sentence<'_>,
        ahead: &[Expression],
    ) -> Option<NodeId> {
        let expression = ahead.first()?;
        let there = |id: &NodeId| walk.holds_all(*id, &expression.operands);
        if let Some(named) = self.named.filter(there) {
            return Some(named);
        }
        let left = left_behind(sentence, ahead)?;
        let result = ahead
            .get(1)
            .filter(|next| next.link == Link::Equal)
            .map_or(expression.value, |next| next.value)?;
        let leaves = |id: &NodeId| {
            let rest = take(walk.numbers_of(*id), &expression.operands);
            rest.is_some_and(|mut rest| {
                rest.push(result);
                are_all(&rest, &left)
            })
        };
        let above = || walk.above_with(&expression.operands).find(leaves);
        Some(walk.here())
            .filter(|here| there(here) && leaves(here))
            .or_else(above)
    }
}

/// The numbers that a text lists right behind a calculation: `11 - 8 = 3 [3, 3, 6]`.
fn left_behind(sentence: &Sentence<'_>, ahead: &[Expression]) -> Option<Vec<Number>> {
    let length = 1 + ahead.iter().skip(1).take_while(|e| e.link == Link::Equal).count();
    let mut last = ahead.get(length - 1)?;
    let mut left = Vec::new();
    for next in ahead.get(length..)?.iter().take_while(|e| e.steps.is_empty()) {
        let between = sentence.text.get(last.end..next.start)?;
        let signs = |c: char| c.is_ascii_whitespace() || ",;:[](){}|->\u{2192}\u{21d2}".contains(c);
        let lists = match left.is_empty() {
            true => {
                let mut words = between
                    .split(|c: char| !c.is_alphanumeric())
                    .filter(|word| !word.is_empty());
                between.len() <= LONGEST_GAP
                    && words.all(|word| LEAVES.iter().any(|it| it.eq_ignore_ascii_case(word)))
            }
            false => between.trim_matches(signs).is_empty() || between.trim_matches(signs) == "and",
        };
        if !lists {
            break;
        }
        left.extend(next.value);
        last = next;
    }
    (left.len() > 1).then_some(left)
}

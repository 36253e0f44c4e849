//! The reader of free reasoning: questions, mathematics, logic. A node is a *step*, its state the step's first words and its
//! move what it is to the step before:
//!
//! - `then` goes on from it, `check` checks it, `but` doubts it: a child.
//! - `item` is one of a list, `part` one under a heading: a child of what announced the list, or of the problem.
//! - `try` begins an attempt, `case` the first of some cases: a child. The next case is its sibling, and so is the next of
//!   attempts that have numbers, after a return.
//! - `instead` is another attempt, a sibling of the one being made, after a return; `or` one beside it, which gives up nothing.
//! - `answer` gives the answer.
//!
//! An attempt or case is given up when the text says that it fails; the step after that hangs beside it. Limits: it goes by
//! the words that begin sentences and by how the text is laid out, not by what is meant. A step is a paragraph, an item, or a
//! sentence that begins with such a word; what else a paragraph says belongs to its step. Nothing is judged: no step has a
//! solver's word. `again` marks a step whose first sentence the text has said before.

mod cues;
mod failures;
mod going;
mod label;

pub use going::{BACK_TO_CHECK, BACK_TO_OURS, BACK_TO_READ, ERRAND, OUR_ATTEMPT, PLANNED};

use super::returning;
use crate::trace::{Node, NodeId, Span, Status, Tree, parts::unmarked, prose::Sentence};
use cues::{Turn, named, turn};
use failures::fails;
use foldhash::fast::RandomState;
use label::{extended, label, own_words};
use std::{collections::HashMap, hash::BuildHasher as _};

/// A first sentence of fewer bytes may be said twice without being a repetition: `Wait.`
const LONG_ENOUGH: usize = 24;

/// A label of fewer bytes takes in the next sentence.
const SHORT: usize = 14;

/// Lists inside lists at most.
const MOST_LISTS: usize = 16;

/// Attempts inside attempts at most; from the older ones the text goes on where it is.
const MOST_ATTEMPTS: usize = 64;

/// Reads a text of reasoning.
#[derive(Debug)]
pub(super) struct Discourse {
    tree: Tree,
    here: NodeId,
    /// Attempts and cases that are being made, the innermost last.
    attempts: Vec<Attempt>,
    /// The lists that are open: how far their items are indented, and the step that announced each.
    lists: Vec<(usize, NodeId)>,
    /// Where the text said that what it does fails.
    failed: Option<Span>,
    /// How the line begins.
    indent: usize,
    goes_on: bool,
    /// Whether the line before ended in the middle of a sentence.
    open: bool,
    /// Inside a fence of code.
    code: bool,
    first: HashMap<u64, NodeId, RandomState>,
}

#[derive(Clone, Debug)]
struct Attempt {
    start: NodeId,
    /// How it was announced.
    by: Turn,
    /// Its name, when that has a number.
    name: Option<String>,
}

impl Attempt {
    /// Whether it has a number, as the one has that `turn` announces.
    fn is_before(&self, turn: Turn) -> bool {
        match turn {
            Turn::Case => self.by == Turn::Case,
            Turn::Attempt | Turn::Way => matches!(self.by, Turn::Attempt | Turn::Way),
            _ => false,
        }
    }
}

impl Discourse {
    /// At the beginning of a text about `question`, when that is known.
    pub fn new(reader: &str, question: Option<&str>) -> Self {
        let mut discourse = Self {
            tree: Tree {
                reader: reader.to_owned(),
                ..Tree::default()
            },
            here: 0,
            attempts: Vec::new(),
            lists: Vec::new(),
            failed: None,
            indent: 0,
            goes_on: false,
            open: false,
            code: false,
            first: HashMap::default(),
        };
        discourse.push(
            None,
            None,
            label(question.unwrap_or_default()),
            Span::default(),
            None,
        );
        discourse
    }

    /// So many bytes of text come.
    pub fn expect(&mut self, bytes: usize) {
        self.tree.expect(bytes);
    }

    /// The tree so far.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The finished tree.
    pub fn into_tree(self) -> Tree {
        self.tree
    }

    /// A line begins; its sentences follow.
    pub fn line(&mut self, line: &str) {
        let text = line.trim_start();
        self.indent = line.len() - text.len();
        if text.starts_with("```") {
            self.code = !self.code;
        }
        // Formulas, rows of tables, and sentences that a formula broke off.
        let formula = text.starts_with(['\\', '$', '|', '=', '+', ')', ']', '}', '&', '`'])
            || !text.contains(char::is_alphabetic);
        self.goes_on = self.open || self.code || formula || text.starts_with(|c: char| c.is_lowercase());
        let end = text.trim_end().trim_end_matches(['*', '"', ')', '`', '_', '$']);
        // A tag stands alone; any other line without its stop goes on, unless it announces what follows.
        self.open = end.ends_with([',', ';']) || formula && !end.ends_with(['.', '!', '?', ':']);
        if is_tag(text.trim_end()) || text.starts_with("```") {
            (self.goes_on, self.open) = (true, false);
        }
    }

    /// Follows a sentence.
    pub fn sentence(&mut self, sentence: &Sentence<'_>) {
        let own = unmarked(sentence.text);
        if self.code || own.trim().is_empty() || is_tag(own.trim()) {
            return;
        }
        let begins = sentence.first && !self.goes_on;
        let (said, name) = self.announced(sentence);
        if begins && !sentence.marker.list {
            self.close_lists();
        }
        let turn = match said {
            // Its heading announces an attempt as any words do.
            Some(Turn::Attempt | Turn::Way) => said,
            _ if begins && sentence.marker.heading => Some(Turn::Part),
            // A case of a list is a case.
            Some(Turn::Case | Turn::Instead | Turn::Or | Turn::Answer) => said,
            _ if begins && sentence.marker.list => Some(Turn::Item),
            Some(Turn::Then) | None if begins => Some(Turn::Then),
            // `Wait.` and what comes after it are one step.
            Some(Turn::Again | Turn::Back) | None => said,
            Some(_) if self.is_short() => None,
            Some(_) => said,
        };
        match turn {
            Some(turn) => self.step(turn, name, sentence),
            None => self.go_on(sentence),
        }
        if fails(sentence.shape, !self.attempts.is_empty()) && self.here != 0 {
            self.failed.get_or_insert(sentence.span);
        }
    }

    /// What the sentence says of its place, and the name of the attempt that it begins. Who names one again that is being
    /// made begins no other.
    fn announced(&self, sentence: &Sentence<'_>) -> (Option<Turn>, Option<String>) {
        let said = turn(sentence.shape);
        let name = matches!(said, Some(Turn::Attempt | Turn::Way))
            .then(|| named(sentence.text))
            .flatten();
        let again = name.is_some() && self.attempts.iter().any(|attempt| attempt.name == name);
        (said.filter(|_| !again), name)
    }

    /// Whether the step is no more than a word of doubt so far: `Wait.`
    fn is_short(&self) -> bool {
        let node = self.tree.nodes.get(self.here);
        node.is_some_and(|node| node.step.as_deref() == Some(Turn::But.name()) && node.state.len() < SHORT)
    }

    /// The step goes on with another sentence.
    fn go_on(&mut self, sentence: &Sentence<'_>) {
        if self.is_short()
            && let Some(node) = self.tree.nodes.get_mut(self.here)
        {
            node.state = extended(&node.state, &unmarked(sentence.text));
        }
    }

    fn step(&mut self, turn: Turn, name: Option<String>, sentence: &Sentence<'_>) {
        let failed = self.failed.take();
        match turn {
            Turn::Part => {
                self.attempts.clear();
                self.move_to(0, failed);
            }
            Turn::Item => self.enter_list(failed),
            Turn::Instead | Turn::Back => {
                let before = self.before_attempt();
                self.return_to(before, failed.unwrap_or(sentence.span));
            }
            Turn::Or => {
                let before = self.before_attempt();
                self.move_to(before, failed);
            }
            Turn::Again => {
                self.attempts.clear();
                self.return_to(0, failed.unwrap_or(sentence.span));
            }
            Turn::Case | Turn::Attempt | Turn::Way
                if self.attempts.iter().any(|attempt| attempt.is_before(turn)) =>
            {
                while let Some(attempt) = self.attempts.pop() {
                    if attempt.is_before(turn) {
                        // Who makes another attempt gives up the one before.
                        let left = failed.or((turn == Turn::Attempt).then_some(sentence.span));
                        self.move_to(self.above(attempt.start), left);
                        break;
                    }
                }
            }
            Turn::Attempt | Turn::Way if sentence.marker.heading => {
                self.attempts.clear();
                self.move_to(0, failed);
            }
            // A check may well find that something failed; what comes after it tells.
            Turn::Check | Turn::But | Turn::Answer => self.failed = failed.filter(|_| turn != Turn::Answer),
            Turn::Then | Turn::Try | Turn::Attempt | Turn::Way | Turn::Case => {
                if let Some(span) = failed {
                    let before = self.before_attempt();
                    self.return_to(before, span);
                }
            }
        }
        let again = self.seen(sentence);
        let text = own_words(sentence.text);
        let id = self.push(Some(self.here), Some(turn.name()), text, sentence.span, again);
        if matches!(
            turn,
            Turn::Try | Turn::Attempt | Turn::Way | Turn::Case | Turn::Instead | Turn::Or
        ) {
            if self.attempts.len() >= MOST_ATTEMPTS {
                self.attempts.remove(0);
            }
            self.attempts.push(Attempt {
                start: id,
                by: turn,
                name,
            });
        }
        self.here = id;
    }

    /// Works on the step that announced the list, or begins one that this step announces.
    fn enter_list(&mut self, failed: Option<Span>) {
        while self.lists.last().is_some_and(|(indent, _)| *indent > self.indent) {
            self.lists.pop();
        }
        match self.lists.last() {
            Some(&(indent, intro)) if indent == self.indent || self.lists.len() >= MOST_LISTS => {
                self.move_to(intro, failed)
            }
            _ => {
                if let Some(span) = failed {
                    self.return_to(self.above(self.here), span);
                }
                self.lists.push((self.indent, self.here));
            }
        }
    }

    /// A paragraph after a list goes on from the step that announced it.
    fn close_lists(&mut self) {
        let inside = |(indent, _): &(usize, NodeId)| *indent < self.indent;
        let kept = self.lists.iter().take_while(|list| inside(list)).count();
        if let Some(&(_, intro)) = self.lists.get(kept) {
            self.lists.truncate(kept);
            let failed = self.failed.take();
            self.move_to(intro, failed);
        }
    }

    /// Ends the innermost attempt; the step in which it began, or the one before this where there is none.
    fn before_attempt(&mut self) -> NodeId {
        let attempt = self.attempts.pop();
        self.above(attempt.map_or(self.here, |attempt| attempt.start))
    }

    fn above(&self, id: NodeId) -> NodeId {
        self.tree
            .nodes
            .get(id)
            .and_then(|node| node.parent)
            .unwrap_or_default()
    }

    /// Gives up what was done below `to`.
    fn return_to(&mut self, to: NodeId, span: Span) {
        if to != self.here {
            returning::back(&mut self.tree, self.here, to, span);
            self.here = to;
        }
        self.forget_below(to);
    }

    /// Goes on from `to`; nothing is given up unless something failed.
    fn move_to(&mut self, to: NodeId, failed: Option<Span>) {
        match failed {
            Some(span) => self.return_to(to, span),
            None => self.here = to,
        }
        self.forget_below(to);
    }

    /// Attempts and lists that began below a step are over; parents stand before their children.
    fn forget_below(&mut self, to: NodeId) {
        while self.attempts.pop_if(|attempt| attempt.start > to).is_some() {}
        while self.lists.pop_if(|(_, intro)| *intro > to).is_some() {}
    }

    /// The first step that began with the same sentence.
    fn seen(&mut self, sentence: &Sentence<'_>) -> Option<NodeId> {
        if sentence.text.len() < LONG_ENOUGH {
            return None;
        }
        let id = self.tree.nodes.len();
        let key = self.first.hasher().hash_one(sentence.text);
        let first = *self.first.entry(key).or_insert(id);
        let same = self.tree.nodes.get(first)?.state == own_words(sentence.text);
        (first != id && same).then_some(first)
    }

    fn push(
        &mut self,
        parent: Option<NodeId>,
        step: Option<&str>,
        state: String,
        span: Span,
        again: Option<NodeId>,
    ) -> NodeId {
        let id = self.tree.nodes.len();
        self.tree.nodes.push(Node {
            id,
            parent,
            state,
            goal: None,
            step: step.map(str::to_owned),
            span,
            visits: Vec::new(),
            again,
            status: if parent.is_some() {
                Status::Open
            } else {
                Status::Root
            },
            arithmetic: None,
            available: None,
            clash: None,
            reachable: None,
        });
        id
    }
}

/// `<think>`, `</answer>`: a tag by itself.
fn is_tag(text: &str) -> bool {
    text.strip_prefix('<')
        .and_then(|tag| tag.strip_suffix('>'))
        .is_some_and(|tag| tag.len() < 32 && !tag.contains(['<', '>', ' ']))
}

#[cfg(test)]
mod tests;

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
//! An attempt or case is given up when the text says that it fails; the step after that hangs beside it. What the last
//! sentence says against it (`too small`, `not 12`) counts only when another value or another attempt of its kind follows.
//! A bare remark (`Wait, that's not right.`) is no step but about the one before, and a root that is rejected beside another
//! fails nothing.
//! `If A is a knight, …` and `If B is a knight, …` are cases, too, once there are both.
//!
//! Limits: it goes by the words that begin sentences and by how the text is laid out, not by what is meant. A step is a
//! paragraph, an item, or a sentence that begins with such a word; what else a paragraph says belongs to its step, and so does
//! a displayed formula. No step has a solver's word; of what it states only plain arithmetic is judged. `again` marks a step whose
//! first sentence the text has said before.

mod cases;
mod claims;
mod cues;
mod failures;
mod given;
mod going;
mod judged;
mod label;
mod layout;
mod lists;
mod numbered;
mod place;
mod plain;
mod verdict;

pub use going::{BACK_TO_CHECK, BACK_TO_OURS, BACK_TO_READ, ERRAND, OUR_ATTEMPT, PLANNED};

use super::returning;
use crate::trace::{
    Backtrack, Claim, Node, NodeId, Span, Status, Tree,
    parts::{is_tag, unmarked},
    prose::Sentence,
};
use claims::Asked;
use cues::{Said, Turn, said};
use foldhash::fast::RandomState;
use given::{Condition, condition};
use label::{label, own_words};
use layout::{Layout, Mark};
use lists::Lists;
use numbered::named;
use place::Place;
use std::{collections::HashMap, hash::BuildHasher as _};
use verdict::{Last, subject};

/// A first sentence of fewer bytes may be said twice without being a repetition: `Wait.`
const LONG_ENOUGH: usize = 24;

/// A label of fewer bytes takes in the next sentence.
const SHORT: usize = 14;

/// Attempts inside attempts at most; from the older ones the text goes on where it is.
const MOST_ATTEMPTS: usize = 64;

/// Reads a text of reasoning.
#[derive(Debug)]
pub(super) struct Discourse {
    tree: Tree,
    /// What the question has of arithmetic.
    asked: Asked,
    /// What the last sentence states, while the next one may still take it back.
    stated: Vec<Claim>,
    here: NodeId,
    /// Attempts and cases that are being made, the innermost last.
    attempts: Vec<Attempt>,
    /// The steps that something is given in; the next of its kind stands beside it.
    givens: Vec<(NodeId, Condition)>,
    lists: Lists,
    /// Where the text said that what it does fails.
    failed: Option<Span>,
    /// Whether it came to a result all the same.
    stands: bool,
    /// Whether a bare remark has just said that it fails: what takes its place follows.
    remarked: bool,
    /// What it said last of what it does.
    last: Last,
    layout: Layout,
    first: HashMap<u64, NodeId, RandomState>,
}

#[derive(Clone, Debug)]
struct Attempt {
    start: NodeId,
    /// How it was announced.
    by: Turn,
    /// Its name, when that has a number.
    name: Option<String>,
    /// What it is about.
    subject: Option<String>,
}

impl Discourse {
    /// At the beginning of a text about `question`, when that is known.
    pub fn new(reader: &str, question: Option<&str>) -> Self {
        let mut discourse = Self {
            tree: Tree {
                reader: reader.to_owned(),
                ..Tree::default()
            },
            asked: Asked::new(question.unwrap_or_default()),
            stated: Vec::new(),
            here: 0,
            attempts: Vec::new(),
            givens: Vec::new(),
            lists: Lists::default(),
            failed: None,
            stands: false,
            remarked: false,
            last: Last::default(),
            layout: Layout::default(),
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
    pub fn line(&mut self, line: &str, span: Span) {
        self.layout.line(line, span);
    }

    /// Follows a sentence.
    pub fn sentence(&mut self, sentence: &Sentence<'_>) {
        let own = unmarked(sentence.text);
        if self.layout.code || own.trim().is_empty() || is_tag(own.trim()) {
            return;
        }
        // A formula belongs to what is said before it, when there is something.
        let begins = sentence.first && (!self.layout.goes_on || self.here == 0);
        let heading = begins && sentence.marker.heading;
        let item = begins && !heading && (sentence.marker.list || self.layout.mark == Some(Mark::Step));
        if heading {
            self.lists.clear();
        } else if begins && !item {
            self.close_lists();
        }
        let (said, name) = self.announced(sentence);
        let told = said.turn;
        let mut about = told.and_then(|turn| subject(turn, said.behind));
        let valued = |attempt: &Attempt| attempt.subject.is_some();
        let looks = begins && !item || !self.givens.is_empty() || self.attempts.last().is_some_and(valued);
        let given = looks.then(|| condition(said.rest)).flatten();
        let place = self.place(told, about.as_deref(), given.as_ref(), begins);
        let tries = place.is_some_and(|place| place.tries);
        let checks = given.as_ref().is_some_and(|given| given.checks);
        let follows = self.follows(sentence.shape);
        let turn = match told {
            // Its heading announces an attempt as any words do.
            Some(Turn::Attempt | Turn::Way) => told,
            _ if heading => Some(Turn::Part),
            // A case of a list is a case.
            Some(Turn::Case | Turn::Instead | Turn::Or | Turn::Answer) => told,
            _ if item => Some(Turn::Item),
            Some(Turn::Try) if place.is_some() => told,
            Some(Turn::Then) | None if tries => {
                about = given.as_ref().and_then(Condition::valued).map(str::to_owned);
                Some(Turn::Try)
            }
            Some(Turn::Then) | None if place.is_some() && checks => Some(Turn::Check),
            Some(Turn::Then) | None if place.is_some() => Some(Turn::Given),
            Some(Turn::Then) | None if begins || follows => Some(Turn::Then),
            // `Wait.` and what comes after it are one step.
            Some(Turn::Again | Turn::Back) | None => told,
            Some(_) if self.is_short() => None,
            Some(_) => told,
        };
        let short = turn.is_none() && self.is_short();
        let remarks = (short || turn == Some(Turn::But)) && self.remarks(said.rest);
        let turn = turn.filter(|turn| *turn != Turn::But || begins || !self.judges(sentence.shape));
        let turn = turn.filter(|_| !remarks);
        let place = place.or_else(|| {
            let concludes = self.failed.is_none()
                && begins
                && matches!(turn, Some(Turn::Then | Turn::Answer))
                && self.layout.paragraph;
            let start = concludes.then(|| self.concluded_from(sentence.shape))??;
            Some(Place {
                start,
                left: None,
                tries: false,
            })
        });
        match turn {
            Some(turn) => {
                let attempt = opens(turn).then_some((name, about));
                self.step(
                    turn,
                    place.filter(|_| !matches!(turn, Turn::Item | Turn::Part)),
                    attempt,
                    sentence,
                );
                if let Some(given) = given.filter(|_| matches!(turn, Turn::Then | Turn::Given | Turn::Check))
                {
                    self.give(given);
                }
            }
            None => self.go_on(sentence),
        }
        self.calculate(sentence);
        self.judge(sentence);
        if remarks {
            self.remarked = true;
            // `Wait. That's not right.` is about the step before the doubt.
            if short {
                self.here = self.above(self.here);
            }
        }
    }

    /// What the sentence says of its place, and the name of the attempt that it begins. Who names one again that is being
    /// made begins no other.
    fn announced<'a>(&self, sentence: &Sentence<'a>) -> (Said<'a>, Option<String>) {
        let mut said = said(sentence.shape);
        let name = matches!(said.turn, Some(Turn::Attempt | Turn::Way))
            .then(|| named(sentence.text))
            .flatten();
        if name.is_some() && self.attempts.iter().any(|attempt| attempt.name == name) {
            said.turn = None;
        }
        (said, name)
    }

    /// A step begins, and with it the attempt that has this name and subject.
    fn step(
        &mut self,
        turn: Turn,
        place: Option<Place>,
        attempt: Option<(Option<String>, Option<String>)>,
        sentence: &Sentence<'_>,
    ) {
        let failed = self.failed.take();
        match turn {
            _ if let Some(place) = place => {
                self.move_to(self.above(place.start), failed.or(place.left));
                if matches!(turn, Turn::Given | Turn::Check) {
                    self.rename(place.start, turn);
                }
            }
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
                // A result stands that the text came to after a failure, but not what was supposed and refuted.
                let supposed = self
                    .attempts
                    .last()
                    .is_some_and(|attempt| attempt.by == Turn::Case);
                let before = self.before_attempt();
                self.move_to(before, failed.filter(|_| supposed || !self.stands));
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
                        let left = failed.or_else(|| match turn {
                            // Who makes another attempt gives up the one before, unless it did what it should.
                            Turn::Attempt => Some(sentence.span).filter(|_| !self.last.succeeded()),
                            Turn::Way => self.last.against(),
                            Turn::Case => self.last.refuted(attempt.subject.as_deref()),
                            _ => None,
                        });
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
            Turn::Then | Turn::Given | Turn::Try | Turn::Attempt | Turn::Way | Turn::Case => {
                if let Some(span) = failed {
                    let before = self.before_failed(turn);
                    self.return_to(before, span);
                }
            }
        }
        let again = self.seen(sentence);
        let text = own_words(sentence.text);
        let id = self.push(Some(self.here), Some(turn.name()), text, sentence.span, again);
        if let Some((name, subject)) = attempt {
            if self.attempts.len() >= MOST_ATTEMPTS {
                self.attempts.remove(0);
            }
            self.attempts.push(Attempt {
                start: id,
                by: turn,
                name,
                subject,
            });
            self.last.forget();
        }
        self.here = id;
    }

    /// What went on from a step is one of several cases or checks, now that another stands beside it.
    fn rename(&mut self, id: NodeId, turn: Turn) {
        let node = self.tree.nodes.get_mut(id);
        if let Some(node) = node.filter(|node| node.step.as_deref() == Some(Turn::Then.name())) {
            node.step = Some(turn.name().to_owned());
        }
    }

    /// Works on the step that announced the list, or begins one that this step announces.
    fn enter_list(&mut self, failed: Option<Span>) {
        match self.lists.enter(&self.layout) {
            Some(intro) => self.move_to(intro, failed),
            None => {
                if let Some(span) = failed {
                    self.return_to(self.above(self.here), span);
                }
            }
        }
        if !self.lists.has(&self.layout) {
            self.lists.begin(&self.layout, self.here);
        }
    }

    /// A paragraph after a list goes on from the step that announced it.
    fn close_lists(&mut self) {
        if let Some(intro) = self.lists.close(&self.layout) {
            let failed = self.failed.take();
            self.move_to(intro, failed);
        }
    }

    /// The step to go on from after a failure: what is given in the last one alone fails before the attempt does.
    fn before_failed(&mut self, turn: Turn) -> NodeId {
        let given = self.givens.last().is_some_and(|(start, _)| *start == self.here);
        match turn {
            Turn::Then if given => self.above(self.here),
            _ => self.before_attempt(),
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
            let from = self.taken_back(span).unwrap_or(self.here);
            returning::back(&mut self.tree, from, to, span);
            self.here = to;
        }
        self.forget_below(to);
    }

    /// Where the last return came from, when this one goes on with it: out of a list, and then out of an attempt. Both are one.
    fn taken_back(&mut self, span: Span) -> Option<NodeId> {
        let here = self.here;
        let same = |last: &mut Backtrack| last.span == span && last.to == Some(here);
        let last = self.tree.backtracks.pop_if(same)?;
        self.tree.nodes.get_mut(here)?.visits.pop();
        Some(last.from)
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
        while self.givens.pop_if(|(start, _)| *start > to).is_some() {}
        self.lists.forget_below(to);
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

/// Whether a step begins an attempt or a case.
fn opens(turn: Turn) -> bool {
    matches!(
        turn,
        Turn::Try | Turn::Attempt | Turn::Way | Turn::Case | Turn::Instead | Turn::Or
    )
}

#[cfg(test)]
mod tests;

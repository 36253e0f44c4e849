//! The course of a free text's reasoning, sentence by sentence: what has been tried, whether it failed, whether it is
//! being checked. With it the rules find the habits.
//!
//! Simplifications: one attempt at a time, and a check goes on until something ends it or two of its sentences neither
//! calculate nor judge.

use super::{
    Habit,
    detector::{VERSION, explain, returns_in, shows},
    evidence::Evidence,
    rules::{self, Condition, Flags, Matches, Rule, Rules, Tells},
};
use crate::{
    task::countdown::Number,
    trace::{
        Tree,
        parts::is_tag,
        prose::{Expression, Sentence},
        record::Behavior,
    },
};
use std::{ops::Range, sync::Arc};

const ARITHMETIC: Condition = Condition::built_in(0);
const ARITHMETIC_NEAR: Condition = Condition::built_in(1);
const TRIED: Condition = Condition::built_in(2);
const FAILED: Condition = Condition::built_in(3);
const FOUND: Condition = Condition::built_in(4);
const ATTEMPTING: Condition = Condition::built_in(5);
const CHECKING: Condition = Condition::built_in(6);
const CONTRADICTED: Condition = Condition::built_in(7);
const QUESTION: Condition = Condition::built_in(8);
const HEADING: Condition = Condition::built_in(9);
const LIST: Condition = Condition::built_in(10);
const GOAL: Condition = Condition::built_in(11);
const TARGET_KNOWN: Condition = Condition::built_in(12);
const BARE: Condition = Condition::built_in(13);
const TURNING: Condition = Condition::built_in(14);
const DOUBTED: Condition = Condition::built_in(15);
const SETTLED: Condition = Condition::built_in(16);
const AGAIN: Condition = Condition::built_in(17);
const RETURNED: Condition = Condition::built_in(18);
const OPENING: Condition = Condition::built_in(19);

/// Sentences a check goes on without a calculation or a word of checking.
const PATIENCE: u8 = 2;

/// Sentences after a turn that still belong to it when they do not calculate.
const TURN: u8 = 3;

/// Sentences over which a failure is still what the text answers to.
const DOUBT: u8 = 3;

/// Sentences at the beginning of a text that say what it is asked…
const OPENING_SENTENCES: u8 = 2;

/// …each of at least so many bytes: `Okay.` is none of them.
const LONG_ENOUGH: usize = 24;

/// Longest sentence, in bytes of its shape, over which arithmetic before it is still near.
const NEAR: usize = 60;

/// Longest phrase that is quoted as a reason, in characters.
const LONGEST_QUOTE: usize = 60;

/// Contexts that change the course. They are looked up once; a set of files without them has none of their effects.
#[derive(Clone, Copy, Debug)]
struct Turns {
    contradictory: Option<Condition>,
    conclusion: Option<Condition>,
    turn: Option<Condition>,
    generic: Option<Condition>,
    place: Option<Condition>,
    attempt: Option<Condition>,
    /// Where arithmetic on the target is no step backward.
    verifying: Option<Condition>,
    /// Another assumption or another way: a check does not go on with it.
    supposing: Option<Condition>,
    /// Doubts that judge nothing: "I'm not sure", "this is messy".
    misgiving: Option<Condition>,
    /// One of several things that are gone through: a check goes on with the next.
    item: Option<Condition>,
}

impl Turns {
    fn all(self) -> impl Iterator<Item = Condition> {
        [
            self.contradictory,
            self.conclusion,
            self.turn,
            self.generic,
            self.place,
            self.attempt,
            self.verifying,
            self.supposing,
            self.misgiving,
            self.item,
        ]
        .into_iter()
        .flatten()
    }
}

/// What the rules saw in a sentence.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// Their phrases in it.
    pub matches: &'a Matches,
    /// The contexts that hold, the course of the reasoning before it included.
    pub flags: Flags,
}

/// Follows the sentences of one text.
#[derive(Clone, Debug)]
pub(super) struct Discourse {
    rules: Arc<Rules>,
    matches: Matches,
    turns: Turns,
    evidence: Evidence,
    /// What the states prove of the sentence just read that a rule has said, too.
    proven: Option<Box<Behavior>>,
    /// The problem's goal, looked up with the first sentence.
    goal: Option<Option<Number>>,
    tried: bool,
    failed: bool,
    found: bool,
    attempting: bool,
    contradicted: bool,
    near: bool,
    /// Sentences the check may still go on without a calculation or a word of checking.
    checking: u8,
    /// Sentences that may still belong to the last turn: "Another idea. What if we multiply?" turns once.
    turning: u8,
    /// Sentences that may still answer to the last failure.
    doubted: u8,
    /// The last judgement of the attempt was that it holds.
    settled: bool,
    /// The numbers of the last calculation, and what it is said to be.
    last: (Vec<Number>, Option<Number>),
    /// Returns that the reader has seen so far.
    returns: usize,
    /// Sentences so far, as long as they may still say what is asked.
    sentences: u8,
    /// Inside a prompt that the text repeats, up to the word that says whose turn is next.
    echo: bool,
    /// Inside a program.
    code: bool,
    /// What held in the sentence just read.
    flags: Flags,
}

impl Default for Discourse {
    fn default() -> Self {
        Self::new(rules::current())
    }
}

impl Discourse {
    /// At the beginning of a text.
    pub fn new(rules: Arc<Rules>) -> Self {
        let turns = Turns {
            contradictory: rules.condition("contradictory"),
            conclusion: rules.condition("conclusion"),
            turn: rules.condition("turn"),
            generic: rules.condition("generic"),
            place: rules.condition("place"),
            attempt: rules.condition("attempt"),
            verifying: rules.condition("verifying"),
            supposing: rules.condition("supposing"),
            misgiving: rules.condition("misgiving"),
            item: rules.condition("item"),
        };
        Self {
            matches: rules.matches().asking(turns.all()),
            rules,
            turns,
            evidence: Evidence::default(),
            proven: None,
            goal: None,
            tried: false,
            failed: false,
            found: false,
            attempting: false,
            contradicted: false,
            near: false,
            checking: 0,
            turning: 0,
            doubted: 0,
            settled: false,
            last: (Vec::new(), None),
            returns: 0,
            sentences: 0,
            echo: false,
            code: false,
            flags: Flags::default(),
        }
    }

    /// What the rules saw in the sentence just read.
    pub fn seen(&self) -> Seen<'_> {
        Seen {
            rules: &self.rules,
            matches: &self.matches,
            flags: self.flags,
        }
    }

    /// What the states prove of the sentence just read, where a rule's finding stands for it already.
    pub fn take_proven(&mut self) -> Option<Box<Behavior>> {
        self.proven.take()
    }

    /// Finds what `sentence` shows: at most one span of each behavior. Whether it was looked at: repeated prompts and
    /// programs are not.
    pub fn read(&mut self, sentence: &Sentence<'_>, tree: &Tree, found: &mut Vec<Behavior>) -> bool {
        match sentence.text {
            "user" | "system" => self.echo = true,
            "assistant" | "middleware" => self.echo = false,
            _ => {}
        }
        // A program in its fence is no reasoning; fences without a language hold grids and results.
        if let Some(language) = sentence.text.strip_prefix("```") {
            self.code = !self.code && language.starts_with(|c: char| c.is_ascii_alphabetic());
            return false;
        }
        if self.echo || self.code {
            return false;
        }
        // What closes the thinking ends what was being checked in it.
        if sentence.text.starts_with("</") {
            self.checking = 0;
        }
        if is_tag(sentence.text) {
            return false;
        }
        let calculates = sentence.calculations().next().is_some();
        let goal = *self.goal.get_or_insert_with(|| tree.goal());
        self.flags = self
            .flags(sentence, calculates)
            .with(TARGET_KNOWN, goal.is_some())
            .with(AGAIN, calculates && self.is_again(sentence))
            .with(RETURNED, tree.backtracks.len() > self.returns)
            .with(OPENING, self.says_what_is_asked(sentence.shape));
        self.returns = tree.backtracks.len();
        let from = found.len();
        let mut told = self.find(sentence, tree, found);
        let checking = self.flags.has(CHECKING) || self.has(self.turns.verifying);
        self.proven = self.evidence.read(sentence, tree, checking, found, from);
        told.turned = shows(found, from, Habit::Backtracking.name());
        if told.goes_on && told.turned {
            // It only went on with a check, and here the check ends.
            let others = found.split_off(from).into_iter();
            found.extend(others.filter(|b| b.behavior != Habit::Verification.name()));
            told.goes_on = false;
        }
        told.verifies = shows(found, from, Habit::Verification.name()) && !told.goes_on;
        // Arithmetic that comes to the goal judges itself, unless the words say that it may not be done so.
        told.success |= !told.failure && reaches_goal(sentence, goal);
        self.go_on(sentence, calculates, told);
        true
    }

    /// Finds what the rules say of a sentence.
    fn find(&self, sentence: &Sentence<'_>, tree: &Tree, found: &mut Vec<Behavior>) -> Told {
        let (flags, from) = (self.flags, found.len());
        let (mut failure_at, mut told) = (None, Told::default());
        for rule in self.rules.said(&self.matches) {
            let already = shows(found, from, &rule.behavior);
            if already && rule.tells.is_none() || flags.has_any(rule.unless) {
                continue;
            }
            // "`%` is not valid, let's try `%`": the failure comes first in the same sentence.
            let behind = |at: usize| {
                let now = flags.with(FAILED, true).with(TRIED, true);
                now.has_all(rule.when) && self.matches.place(rule, at).is_some()
            };
            if !flags.has_all(rule.when) && !failure_at.is_some_and(behind) {
                continue;
            }
            told.add(rule.tells);
            // Where it failed only matters when that is news.
            let news = !flags.has(FAILED) || !flags.has(TRIED);
            if news && rule.tells == Some(Tells::Failure) && failure_at.is_none() {
                let place = self.matches.place(rule, 0);
                failure_at = Some(place.map_or(0, |place| place.start));
            }
            if already {
                continue;
            }
            told.goes_on |= rule.phrases.is_empty();
            found.push(self.behavior(rule, sentence, tree));
        }
        told
    }

    /// Whether the text may still be at what it is asked: that names no part of the work, as `first`, `by counting` would.
    fn says_what_is_asked(&mut self, shape: &str) -> bool {
        const PARTS: [&str; 8] = [
            " first",
            " and ",
            " by ",
            " then",
            " each ",
            " both ",
            " separately",
            "now ",
        ];
        if self.sentences >= OPENING_SENTENCES || self.tried {
            return false;
        }
        self.sentences += u8::from(shape.len() >= LONG_ENOUGH);
        !PARTS.iter().any(|words| shape.contains(words))
    }

    /// Whether a context of the files holds in the sentence just read.
    fn has(&self, context: Option<Condition>) -> bool {
        context.is_some_and(|context| self.flags.has(context))
    }

    fn flags(&mut self, sentence: &Sentence<'_>, calculates: bool) -> Flags {
        self.rules
            .look(sentence.shape, &mut self.matches)
            .with(ARITHMETIC, calculates)
            .with(ARITHMETIC_NEAR, calculates || self.near)
            .with(TRIED, self.tried)
            .with(FAILED, self.failed)
            .with(FOUND, self.found)
            .with(ATTEMPTING, self.attempting)
            .with(CHECKING, self.checking > 0)
            .with(TURNING, self.turning > 0)
            .with(DOUBTED, self.doubted > 0)
            .with(SETTLED, self.settled)
            .with(CONTRADICTED, self.contradicted)
            .with(QUESTION, sentence.shape.ends_with('?'))
            .with(HEADING, sentence.marker.heading)
            .with(LIST, sentence.marker.list)
            .with(GOAL, memchr::memchr(b'@', sentence.shape.as_bytes()).is_some())
            .with(
                BARE,
                !calculates && !sentence.shape.bytes().any(|b| b.is_ascii_alphabetic()),
            )
    }

    /// Whether the only calculation of a sentence is the last one once more. It is remembered for the next.
    fn is_again(&mut self, sentence: &Sentence<'_>) -> bool {
        let mut own = sentence.calculations();
        let same = |only: &Expression| only.operands == self.last.0 && only.value == self.last.1;
        let again = own.next().is_some_and(same) && own.next().is_none();
        if let Some(last) = sentence.calculations().last() {
            self.last.0.clone_from(&last.operands);
            self.last.1 = last.value;
        }
        again
    }

    /// What the sentence changes for those after it.
    fn go_on(&mut self, sentence: &Sentence<'_>, calculates: bool, told: Told) {
        let turned = told.turned;
        self.doubted = match () {
            () if told.failure || self.has(self.turns.misgiving) => DOUBT,
            () if turned || told.success => 0,
            () => self.doubted.saturating_sub(1),
        };
        self.settled = !told.failure && !turned && (told.success || self.settled);
        if turned {
            (self.failed, self.contradicted, self.found, self.checking) = (false, false, false, 0);
        }
        // "Too big, so I try another one": what failed is left where the other one begins.
        if self.turning > 0 && calculates {
            self.failed = false;
        }
        if told.failure {
            self.failed = true;
            self.contradicted |= self.has(self.turns.contradictory);
        }
        self.found |= told.success;
        // A result that is not the target ends its check: what comes next is another attempt.
        if told.failure && self.flags.has(TARGET_KNOWN) {
            self.checking = 0;
        } else if told.check {
            self.checking = PATIENCE;
        } else if self.checking > 0 {
            let ends = [
                self.turns.conclusion,
                self.turns.turn,
                self.turns.place,
                self.turns.supposing,
            ]
            .into_iter()
            .any(|context| self.has(context));
            let goes_through = sentence.marker.list || self.has(self.turns.item);
            self.checking = match () {
                () if ends || sentence.marker.heading => 0,
                () if told.verifies => PATIENCE,
                () if calculates || goes_through => self.checking,
                () => self.checking - 1,
            };
        }
        self.turning = match (calculates, turned) {
            (true, _) => 0,
            (false, true) => TURN,
            (false, false) => self.turning.saturating_sub(1),
        };
        if turned || self.has(self.turns.turn) && !self.has(self.turns.generic) {
            self.attempting = calculates || sentence.shape.ends_with(':');
        }
        self.tried |= calculates || told.failure || self.has(self.turns.attempt);
        self.near = calculates || self.near && sentence.shape.len() < NEAR;
    }

    /// A rule's finding, with its reason. A return that the tree proves outweighs the words.
    fn behavior(&self, rule: &Rule, sentence: &Sentence<'_>, tree: &Tree) -> Behavior {
        let proof = (rule.behavior == Habit::Backtracking.name())
            .then(|| returns_in(tree, sentence.span).next())
            .flatten();
        let evidence = match proof {
            Some(back) => explain(tree, back),
            None => match self.matches.place(rule, 0) {
                Some(place) => quoted(sentence, place),
                None => "goes on with a check".to_owned(),
            },
        };
        Behavior {
            behavior: rule.behavior.clone(),
            span: sentence.span,
            detector: if proof.is_some() { "state" } else { "rules" }.to_owned(),
            version: VERSION.to_owned(),
            rule: rule.name.clone(),
            evidence,
            confidence: rule.confidence,
        }
    }
}

/// What a part of a sentence's shape says, with the numbers and calculations that its signs stand for.
fn quoted(sentence: &Sentence<'_>, place: Range<usize>) -> String {
    const SAYS: &str = "says \u{201c}";
    let shape = sentence.shape.get(place.clone()).unwrap_or_default();
    let (mut said, mut from) = (String::with_capacity(SAYS.len() + 2 * LONGEST_QUOTE), 0);
    said.push_str(SAYS);
    let begin = shape.len() - shape.trim_start().len();
    for (at, sign) in shape.match_indices(['#', '%', '@']).take(LONGEST_QUOTE) {
        said.push_str(shape.get(from.max(begin)..at).unwrap_or_default());
        let expression = sentence.at_mark(place.start + at);
        let written = expression.and_then(|e| sentence.text.get(e.start..e.end));
        said.push_str(written.unwrap_or(sign));
        from = at + sign.len();
    }
    said.push_str(shape.get(from.max(begin)..).unwrap_or_default());
    if let Some((end, _)) = said.char_indices().nth(SAYS.chars().count() + LONGEST_QUOTE) {
        said.truncate(end);
    }
    said.truncate(said.trim_end().len());
    said.push('\u{201d}');
    said
}

/// Whether the sentence says that its last calculation comes to the goal; `24 = 6 * 4` only takes the goal apart.
fn reaches_goal(sentence: &Sentence<'_>, goal: Option<Number>) -> bool {
    let last = sentence.calculations().last().and_then(|e| e.value);
    last.is_some() && last == goal && !sentence.shape.ends_with('?') && !sentence.shape.contains("@ = %")
}

/// What the rules told of a sentence…
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    failure: bool,
    success: bool,
    check: bool,
    /// Whether a rule without a phrase found something: the text goes on with a check.
    goes_on: bool,
    /// …and what it shows by that, or by the states: a return, and a check that is not only gone on with.
    turned: bool,
    verifies: bool,
}

impl Told {
    fn add(&mut self, tells: Option<Tells>) {
        match tells {
            Some(Tells::Failure) => self.failure = true,
            Some(Tells::Success) => self.success = true,
            Some(Tells::Check) => self.check = true,
            None => {}
        }
    }
}

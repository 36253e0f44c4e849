//! What a probe remembers of the sentences before: how they began and ended, what was found in them, which numbers and
//! calculations were there.

use super::features::{Look, key_without_blanks};
use crate::{
    behavior::Habit,
    task::countdown::Number,
    trace::{
        Tree,
        prose::{Expression, Sentence},
    },
};
use std::collections::HashSet;

/// Numbers and calculations remembered at most; a text with more has other things to show.
const MOST: usize = 10_000;

/// What is remembered of a sentence.
#[derive(Clone, Debug, Default)]
struct Before {
    begin: String,
    end: String,
    /// The habits that were found in it.
    found: Vec<Habit>,
    calculated: bool,
}

/// What the last calculation came to.
#[derive(Clone, Copy, Debug, Default)]
enum Last {
    /// There was none.
    #[default]
    Nothing,
    /// There is no goal that it could have reached.
    Calculated,
    Reached,
    Missed,
}

/// How many of a sentence's numbers were named before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// All of at least two.
    All,
    /// Half of them or more.
    Half,
}

/// What is remembered of a text.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    begun: bool,
    goal: Option<Number>,
    given: HashSet<Number>,
    there: HashSet<Number>,
    /// The keys of their texts.
    calculations: HashSet<u64>,
    /// Every number that tells one text from another: those of one digit are everywhere.
    named: HashSet<Number>,
    reached: bool,
    last: Last,
    sentences: usize,
    before: Before,
    earlier: Before,
}

impl Memory {
    /// Learns the problem when it has not been told before.
    pub fn begin_with(&mut self, tree: &Tree) {
        if !std::mem::replace(&mut self.begun, true) {
            self.goal = tree.goal();
            self.given.extend(tree.given());
            self.there.extend(tree.given());
        }
    }

    /// Takes in a sentence.
    pub fn go_on(&mut self, look: &Look<'_>) {
        std::mem::swap(&mut self.before, &mut self.earlier);
        let before = &mut self.before;
        before.begin.clear();
        before.begin.extend(look.tokens.first().copied());
        before.end.clear();
        before.end.extend(look.tokens.last().copied());
        before.found.clear();
        let found = look.found.iter();
        before
            .found
            .extend(found.filter_map(|found| Habit::from_name(&found.behavior)));
        before.calculated = look.sentence.calculations().next().is_some();
        self.sentences += 1;
        if self.named.len() < MOST {
            self.named.extend(telling(look.sentence));
        }
        for e in look.sentence.calculations() {
            self.last = match self.goal {
                None => Last::Calculated,
                Some(_) if e.value == self.goal => Last::Reached,
                Some(_) => Last::Missed,
            };
            self.reached |= self.goal.is_some() && e.value == self.goal;
            if self.there.len() < MOST {
                self.there.extend(e.value);
                self.there.extend(e.steps.iter().filter_map(|step| step.result));
            }
            if self.calculations.len() < MOST {
                self.calculations.insert(written(look.sentence, e));
            }
        }
    }

    /// The goal.
    pub fn goal(&self) -> Option<Number> {
        self.goal
    }

    /// How many sentences came before.
    pub fn sentences(&self) -> usize {
        self.sentences
    }

    /// The first word of the sentence before.
    pub fn begin(&self) -> &str {
        &self.before.begin
    }

    /// The last word or sign of the sentence before.
    pub fn end(&self) -> &str {
        &self.before.end
    }

    /// What the sentence before showed.
    pub fn before(&self) -> impl Iterator<Item = &'static str> {
        shown(&self.before)
    }

    /// What the one before that showed.
    pub fn earlier(&self) -> impl Iterator<Item = &'static str> {
        shown(&self.earlier)
    }

    /// What the last calculation came to, as features name it.
    pub fn last(&self) -> &'static str {
        match self.last {
            Last::Nothing => "nothing",
            Last::Calculated => "calculated",
            Last::Reached => "reached",
            Last::Missed => "missed",
        }
    }

    /// What the text has come to.
    pub fn facts(&self) -> impl Iterator<Item = &'static str> {
        [
            self.reached.then_some("reached-the-goal"),
            self.goal.is_none().then_some("no-goal"),
            (!self.calculations.is_empty()).then_some("calculated"),
        ]
        .into_iter()
        .flatten()
    }

    /// Whether a calculation of `sentence` was written before.
    pub fn calculated(&self, sentence: &Sentence<'_>, e: &Expression) -> bool {
        !self.calculations.is_empty() && self.calculations.contains(&written(sentence, e))
    }

    /// How many of a sentence's numbers were named before; `None` when few were, or it has not two.
    pub fn named(&self, sentence: &Sentence<'_>) -> Option<Repeats> {
        let (mut before, mut count) = (0, 0);
        for number in telling(sentence) {
            count += 1;
            before += usize::from(self.named.contains(&number));
        }
        match (before, count) {
            (_, 0..=1) => None,
            (before, count) if before == count => Some(Repeats::All),
            (before, count) => (before * 2 >= count).then_some(Repeats::Half),
        }
    }

    /// Whether a number is the problem's or was made.
    pub fn there(&self, number: Number) -> bool {
        self.given.is_empty() || self.there.contains(&number)
    }

    /// Whether a number is the problem's.
    pub fn given(&self, number: Number) -> bool {
        self.given.contains(&number)
    }
}

/// The numbers of a sentence with two digits or more.
fn telling<'a>(sentence: &'a Sentence<'_>) -> impl Iterator<Item = Number> + 'a {
    let numbers = sentence
        .expressions
        .iter()
        .flat_map(|e| e.value.iter().chain(&e.operands));
    numbers
        .copied()
        .filter(|number| !number.is_integer() || number.numerator().unsigned_abs() > 9)
}

fn shown(before: &Before) -> impl Iterator<Item = &'static str> {
    let nothing = before.found.is_empty().then_some("nothing");
    let calculated = before.calculated.then_some("calculation");
    let found = before.found.iter().map(|habit| habit.name());
    found.chain(nothing).chain(calculated)
}

/// The key of a calculation without its blanks.
fn written(sentence: &Sentence<'_>, e: &Expression) -> u64 {
    key_without_blanks(sentence.text.get(e.start..e.end).unwrap_or_default())
}

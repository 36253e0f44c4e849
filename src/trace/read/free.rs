//! The reader of free text on Countdown: calculations are moves, whichever way they are written.
//!
//! The operands decide what a move does: numbers of the state being worked on continue it; numbers of an earlier state
//! go back to the nearest one in which the calculations of the sentence can follow each other, and numbers of a state that
//! was left take that up again; anything else uses a number that is not there. Arithmetic on the target (`237 - 193 = 44`,
//! `624 = 24 × 26`) is a step backward. A cue ("wait") makes the text prefer an earlier state, a fresh start ("option 3")
//! the earliest. When an attempt is over (it left one number, or is called too big), a line with numbers of the problem
//! alone begins another, and other numbers are looked for first where that attempt began. What is only said once more is a
//! check: the way to the goal, the move just made, an expression worked out after it was written. Simplification: a
//! sentence is understood by itself, but for a `=` that continues the one before and a "times 8" that goes on with its
//! result.

mod again;
mod asked;
mod at_length;
mod attempt;
mod backward;
mod by_parts;
mod cues;
mod exact;
mod fit;
mod forward;
mod meet;
mod named;
mod verdict;
mod whole;
mod written;

use crate::{
    task::{countdown::Number, is_turn},
    trace::{
        ClaimKind, NodeId, Span,
        prose::{Expression, Link, Sentence, spoken},
        read::rounding::{is_near, is_rounded},
        walk::{Equation, Walk},
    },
};
use attempt::{Attempt, dismissed_between, dismisses, is_no};
use backward::{
    Taken, closes, explains, from_goal, is_restatement, made_otherwise, named_last, nearly, rounded, stated,
    take_apart,
};
use by_parts::ByParts;
use cues::Cues;
use exact::{as_made, equations, exact};
use fit::{
    Departure, Place, Turn, chains, claimed, departure, is_attempt, is_try, most_of, settled, uses_made,
};
use forward::{Forward, Plan};
use std::borrow::Cow;
use verdict::{compare, judge, judge_alone};

/// Sums, and results given otherwise than they are, that are remembered.
const MOST_REMEMBERED: usize = 4;

/// What the reader remembers between sentences.
#[derive(Debug, Default)]
pub(super) struct Free {
    /// Where the next move is said to start.
    turn: Turn,
    /// The words since the last move that say so.
    cue: Option<Span>,
    /// The value that a `=` at the beginning of a sentence goes on from.
    value: Option<Number>,
    /// The last result, which "times 8" goes on from.
    result: Option<Number>,
    /// The moves of the last expression, as long as nothing has been said of it.
    whole: Vec<Equation>,
    /// Whether that expression claims no result.
    open: bool,
    /// The value of the last expression and its numbers, when a sentence held nothing but it.
    written: Option<(Number, Vec<Number>)>,
    /// The expression that may be worked out by parts.
    by_parts: ByParts,
    /// The goal is reached, and the text goes through it again.
    verifying: bool,
    /// What is being tried.
    attempt: Attempt,
    /// Numbers that the text has called a sum.
    sums: Vec<Number>,
    /// Results as the text gives them, with what they are exactly.
    stated: Vec<(Number, Number)>,
    /// What the sentence before said it needs.
    needed: Option<Number>,
    /// The text says that it goes once more through what it has done, and how many moves of that it has gone through.
    retraced: Option<usize>,
    /// The last move, when it may turn out to have been a step backward…
    forward: Option<Forward>,
    /// …or one that is only planned.
    plan: Option<Plan>,
    /// The state that the text says it goes back to.
    named: Option<NodeId>,
    /// The answer is over, and the text goes on with a turn of somebody else.
    ended: bool,
}

impl Free {
    /// Follows one sentence.
    pub(super) fn read(&mut self, walk: &mut Walk, sentence: &Sentence<'_>) {
        self.ended |= sentence.first && is_turn(sentence.text) && walk.tree().nodes.len() > 1;
        if self.ended {
            return;
        }
        let cues = Cues::of(sentence.shape);
        let said = cues
            .calculates
            .then(|| spoken(sentence, self.goes_from(walk, sentence, &cues)));
        let said = said.flatten();
        // "Then add 30 and 28:" says what is written next.
        let announced = sentence.text.ends_with(':') && sentence.calculations().next().is_none();
        let said = said.filter(|said| !announced || said.iter().any(|e| e.link == Link::Equal));
        let said = said.map(without_announced);
        if announced && cues.calculates {
            // If that is a return, this says so.
            self.cue = self.cue.or(Some(sentence.span));
        }
        let written = said.as_deref().unwrap_or(sentence.expressions);
        let full = written::in_full(sentence, written, self.result);
        let mut rest = full.as_deref().unwrap_or(written);
        let goes_on = rest.first().is_some_and(|e| e.link == Link::Equal);
        if !goes_on && !rest.is_empty() {
            self.value = None;
        }
        self.hear(walk, sentence, &cues, rest);
        // The first of a line, or of a sentence after one that dismisses.
        let (mut result, mut fresh) = (None, sentence.first || self.attempt.dismissed);
        // The end of the last calculation.
        let mut last: Option<&Expression> = None;
        for chain in chains(rest) {
            let ahead = rest;
            rest = rest.get(chain.len()..).unwrap_or_default();
            // `6 + 6 = 12 (too high), but 66 / 6 = 11`
            if cues.dismisses
                && result.is_some()
                && let Some((last, next)) = last.zip(chain.first())
                && dismissed_between(sentence, last, next)
            {
                (self.attempt.dismissed, fresh) = (true, true);
            }
            if chain.iter().any(|expression| !expression.steps.is_empty()) {
                last = chain.last();
            }
            // `2^2 - 5*2 = -6`: what is only a part of it makes no move and no statement, nor does what follows it.
            let sure = chain.iter().position(|expression| expression.partial);
            let chain = chain.get(..sure.unwrap_or(chain.len())).unwrap_or_default();
            // `5 + 7 = 13?` is worked out, but does not say so.
            let stated = !asked::is_not_stated(sentence, chain);
            let chain = if stated {
                chain
            } else {
                chain.get(..1).unwrap_or_default()
            };
            if !chain.is_empty() && !self.explains_before(walk, sentence, chain) {
                self.follow(walk, sentence, chain, ahead, fresh);
            }
            if chain.iter().any(|expression| !expression.steps.is_empty()) {
                (result, fresh) = (self.by_parts.value().or(self.value), false);
            }
            if sure.is_some() {
                self.value = None;
            }
        }
        if result.is_some() && self.turn == Turn::On {
            self.cue = None;
        }
        self.result = result.or(self.result);
        self.written = match said.as_deref().unwrap_or(sentence.expressions) {
            [only] => only.value.map(|value| (value, only.operands.clone())),
            _ => None,
        };
        if let (Some(result), Some(goal)) = (result, walk.goal())
            && judge(walk, sentence, result, goal)
        {
            self.whole.clear();
        }
        if let (None, Some(before)) = (result, self.result) {
            judge_alone(walk, sentence, before);
        }
        if cues.compares {
            compare(walk, sentence);
        }
        self.attempt.dismissed |= cues.dismisses && dismisses(sentence) || is_no(sentence);
        self.needed = None;
        if cues.lacks {
            self.attempt.lacks(walk, sentence);
            self.needed = named_last(sentence);
        }
        if Self::lists_left(walk, sentence) {
            self.attempt.goes_on_here(walk);
        }
        self.hear_sums(sentence);
        self.forgets_forward(sentence);
    }

    /// What the words say of where the sentence's calculations, `rest`, belong.
    fn hear(&mut self, walk: &Walk, sentence: &Sentence<'_>, cues: &Cues, rest: &[Expression]) {
        if cues.turn != Turn::On {
            (self.turn, self.cue) = (cues.turn, Some(sentence.span));
            self.whole.clear();
            self.attempt.turns();
        } else if self.turn == Turn::On && sentence.marker.list && sentence.first && is_attempt(rest) {
            // An item of a list that holds an attempt of its own.
            self.turn = Turn::Item;
        }
        self.hear_named(walk, sentence, cues);
        self.verifying = cues.turn != Turn::Anew && self.verifies(walk, cues.checks);
        self.retraced = match cues.turn {
            Turn::On if cues.checks || cues.lists => self.retraced.or(Some(0)),
            Turn::On => self.retraced,
            _ => None,
        };
    }

    /// Whether the text goes once more through what it has found: it says so, and until it turns.
    fn verifies(&self, walk: &Walk, says: bool) -> bool {
        walk.is_at_goal() && (says || self.verifying && self.turn == Turn::On)
    }

    /// Expressions that are said to be equal; `ahead` are these and all after them, `fresh` says whether they are the first
    /// of a line.
    fn follow(
        &mut self,
        walk: &mut Walk,
        sentence: &Sentence<'_>,
        chain: &[Expression],
        ahead: &[Expression],
        fresh: bool,
    ) {
        let Some((head, tail)) = chain.split_first() else {
            return;
        };
        let place = |from: &Expression, to: &Expression| {
            Span::new(sentence.span.start + from.start, sentence.span.start + to.end)
        };
        let span = place(head, chain.last().unwrap_or(head));
        if head.link == Link::Equal {
            // `= 96 - 19` under `(18 + 78) - 19`: the same value, written again.
            self.equal(walk, sentence, head, span);
            self.value = head.value.or(self.value);
        } else if head.steps.is_empty() {
            self.asks_for(walk, sentence, head);
            // `624 = 24 * 26`: the target taken apart.
            if let Some(goal) = walk.goal().filter(|goal| head.value == Some(*goal)) {
                let from = walk.here();
                for factors in tail.iter().filter(|e| e.link == Link::Equal) {
                    if take_apart(walk, (from, goal), factors, place(factors, factors)) {
                        self.attempt.began = walk.here();
                        self.moved(Vec::new(), false);
                    } else if walk.here() == from {
                        self.makes_here(walk, sentence, (head, factors), place(head, factors));
                    }
                }
            }
            self.value = head.value;
        } else {
            self.calculate(walk, sentence, chain, (ahead, fresh), span);
            self.value = head.value;
        }
        let between = tail.len().saturating_sub(usize::from(head.link != Link::Equal));
        for (number, link) in tail.iter().enumerate() {
            if number < between && link.link == Link::Equal {
                self.equal(walk, sentence, link, place(head, link));
            }
            // What it is said to be is compared with what comes next, right or wrong.
            if link.link != Link::Near && link.value.is_some() {
                self.value = link.value;
            }
        }
    }

    /// A statement that `expression` has the value of what stands before it.
    fn equal(&self, walk: &mut Walk, sentence: &Sentence<'_>, expression: &Expression, span: Span) {
        let (Some(before), Some(value)) = (self.value, expression.value) else {
            return;
        };
        let holds = before == value || is_near(expression, before, value);
        let behind = sentence.text.get(expression.end..).unwrap_or_default();
        // `69 + 48 - 111.7...`: it goes on.
        if holds || !behind.starts_with("..") && !behind.starts_with('\u{2026}') {
            let fault = (!holds).then(|| format!("{before} is not {value}"));
            walk.claim(ClaimKind::Arithmetic, span, fault);
        }
    }

    /// A calculation with the result the text claims: a step backward from the target, or moves.
    fn calculate(
        &mut self,
        walk: &mut Walk,
        sentence: &Sentence<'_>,
        chain: &[Expression],
        (ahead, fresh): (&[Expression], bool),
        span: Span,
    ) {
        let Some(expression) = chain.first() else {
            return;
        };
        let (claimed, bare) = (claimed(chain), chain.len() == 1);
        let said = self.cue.unwrap_or(span);
        let place = Place {
            turn: self.turn,
            over: self.result.is_some() && self.result == walk.root_goal()
                || self.attempt.is_over(walk)
                || sentence.marker.list && self.attempt.lists_options(),
            fresh,
            began: self.attempt.began,
            base: self.attempt.base(walk),
        };
        // `39 - 8 = 31` on the way to 39 takes nothing from the goal.
        let led = |equation: &Equation| walk.led_to_goal(*equation);
        if let [step] = expression.steps.as_slice()
            && let known = equations(expression, None, span)
            && !known.iter().any(led)
            && !self.works_out(&known)
            && !(walk.is_at_goal() && closes(walk, expression))
            && let Some(need) = rounded(claimed, expression)
                .or_else(|| nearly(chain))
                .or_else(|| stated(chain))
                .or_else(|| made_otherwise(chain))
            && let taken = from_goal(walk, *step, need, &place, (span, said))
            && taken != Taken::Nothing
        {
            if taken == Taken::Distance {
                let written = equations(expression, Some(need), span);
                written
                    .into_iter()
                    .for_each(|equation| walk.recalculate(equation));
                return;
            }
            self.attempt.began = walk.here();
            self.moved(Vec::new(), false);
            match chain {
                [_, result, .., made] => drop(self.makes_here(walk, sentence, (result, made), span)),
                [head, made] => drop(self.makes_here(walk, sentence, (head, made), span)),
                _ => {}
            }
            return;
        }
        if self.takes_at_length(walk, chain, &place, (span, said)) {
            return;
        }
        let claimed = claimed.filter(|claimed| !is_rounded(*claimed, expression.value));
        let written = equations(expression, claimed, span);
        let works_out = self.works_out(&written) && !self.begins_so(walk, ahead);
        if self.helps(walk, expression, &written)
            || self.is_check(walk, (expression, ahead), &written)
            || self.looks_again(walk, sentence, expression, &written)
            || expression.value == walk.goal() && explains(walk, sentence, chain, self.needed)
            || self.retraces(walk, ahead, &written)
            || works_out && written.iter().all(|equation| equation.holds())
        {
            if self.turn == Turn::Earlier && walk.just_made(&written) {
                // "Wait, 75 + 9 is 84": what was to be looked at once more has been.
                (self.turn, self.cue) = (Turn::On, None);
            }
            let said = written.into_iter().filter(|_| !bare);
            said.for_each(|equation| walk.recalculate(equation));
            return;
        }
        if self.meets(walk, sentence, expression, (span, said, bare)) {
            return;
        }
        let Some((start, meant)) = self.start(walk, sentence, (expression, ahead), &place, bare) else {
            return;
        };
        let here = start.is_none() && walk.holds_all(walk.here(), &meant.operands);
        let rewritten = bare && !here && self.turn == Turn::On && self.rewrites(walk, expression);
        let answers = bare && sentence.shape.starts_with('<') && walk.tree().nodes.len() > 1;
        if answers || rewritten || is_restatement(walk, expression) {
            return;
        }
        let moves = equations(&meant, claimed, span);
        if moves.is_empty() {
            return;
        }
        let mut done = 0;
        match start {
            // Worked out to something else than it was: what follows goes on from there, but nothing was given up.
            Some(to) if works_out => walk.enter(to),
            Some(to) => {
                // `18 - 7 + 4` under `18 - 7 - 4` goes on from 18 - 7.
                let whole = self.turn != Turn::Anew && moves.len() > 1;
                let (from, shared) = if whole { walk.shared(to, &moves) } else { (to, 0) };
                if from != walk.here() {
                    walk.back(Some(from), said);
                }
                (self.attempt.began, done) = (to, shared);
            }
            None => {}
        }
        self.attempt.goes(sentence.marker.list && fresh, start);
        for (number, equation) in moves.iter().enumerate() {
            match number < done {
                true => walk.recalculate(*equation),
                false => walk.forward(*equation, None, span),
            }
        }
        if let Some(result) = meant.value.filter(|result| !result.is_integer()) {
            let given = chain.iter().filter_map(|part| part.value);
            let given = given.filter(|given| *given != result && !given.is_integer());
            self.stated.extend(given.map(|given| (given, result)));
            forget(&mut self.stated);
        }
        let last = moves.last().copied().filter(|_| !bare);
        self.moved(moves, bare);
        if let Some(last) = last {
            self.may_be_backward(walk, sentence, last, chain.last().map_or(0, |last| last.end));
        }
    }

    /// Where an expression starts (nowhere else than here when none), and what it is there. None when it is no move.
    fn start<'a>(
        &self,
        walk: &Walk,
        sentence: &Sentence<'_>,
        (expression, ahead): (&'a Expression, &[Expression]),
        place: &Place,
        bare: bool,
    ) -> Option<(Option<NodeId>, Cow<'a, Expression>)> {
        let here = walk.here();
        let meant = exact(expression, walk.numbers_of(here), &self.stated);
        if matches!(meant, Cow::Owned(_)) && walk.holds_all(here, &meant.operands) {
            return Some((None, meant));
        }
        if let Some(said) = self.said_start(walk, sentence, ahead) {
            return Some((Some(said).filter(|said| *said != here), Cow::Borrowed(expression)));
        }
        let start = match departure(walk, ahead, place) {
            Departure::Here => None,
            Departure::Earlier(to) => Some(to),
            Departure::Nowhere => {
                let (from, numbers) = match place.is_elsewhere() && !uses_made(walk, expression) {
                    true => (
                        Some(place.base).filter(|base| *base != here),
                        walk.numbers_of(place.base),
                    ),
                    false => (None, walk.numbers_of(here)),
                };
                if let Some(made) = as_made(walk, expression, numbers, &self.sums) {
                    return Some((from, Cow::Owned(made)));
                }
                match walk.elsewhere(&expression.operands) {
                    Some(to) => Some(to),
                    // Numbers that nothing claims a result for are a move only when they are there: `10-19` may be pages.
                    None if bare && !is_try(walk, sentence, expression) => return None,
                    None => most_of(walk, expression, place),
                }
            }
        };
        Some((start, settled(walk, start.unwrap_or(here), expression)))
    }

    /// After moves: nothing is said of where the next ones start.
    fn moved(&mut self, whole: Vec<Equation>, open: bool) {
        (self.turn, self.cue, self.named) = (Turn::On, None, None);
        (self.forward, self.plan) = (None, None);
        (self.whole, self.open) = (whole, open);
        (self.attempt.dismissed, self.retraced) = (false, None);
    }
}

/// Expressions of words without one that is written behind them, whatever it is said to be there: "Subtract 20 from 33: 33 - 20
/// = 12".
fn without_announced(mut said: Vec<Expression>) -> Vec<Expression> {
    let same = |a: &Expression, b: &Expression| {
        let calculates = |e: &Expression| equations(e, None, Span::default());
        matches!((&calculates(a)[..], &calculates(b)[..]), ([a], [b]) if a.does_as(*b))
    };
    let announces = said.windows(3).position(
        |next| matches!(next, [a, b, c] if b.link == Link::None && c.link == Link::Equal && b.value != c.value && same(a, b)),
    );
    if let Some(at) = announces {
        said.remove(at);
    }
    said
}

/// Forgets the oldest of what is remembered.
fn forget<T>(remembered: &mut Vec<T>) {
    let old = remembered.len().saturating_sub(MOST_REMEMBERED);
    remembered.drain(..old);
}

#[cfg(test)]
mod tests;

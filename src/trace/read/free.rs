//! The reader of free text on Countdown, `free/6`: calculations are moves, whichever way they are written.
//!
//! The operands decide what a move does: numbers of the state being worked on continue it; numbers of an earlier state
//! go back to the nearest one in which the calculations of the sentence can follow each other; anything else uses a number
//! that is not there. Arithmetic on the target (`237 - 193 = 44`, `624 = 24 × 26`) is a step backward. A cue ("wait") makes
//! the text prefer an earlier state, a fresh start ("option 3") the earliest. The way to the goal gone through once more is
//! a check, and an expression worked out after it was written no other attempt. Simplification: a sentence is understood
//! by itself, but for a `=` that continues the one before and a "times 8" that goes on with its result.

mod fit;
mod verdict;

use crate::{
    base::phrases::Phrases,
    task::countdown::{Number, Op},
    trace::{
        ClaimKind, NodeId, Span, Status,
        prose::{Expression, Link, Sentence, Step, VERBS, spoken},
        walk::{Equation, Walk},
    },
};
use fit::{Departure, MOST_ANCESTORS, Turn, chains, claimed, departure, is_attempt, settled};
use std::sync::LazyLock;
use verdict::judge;

/// Words after which the next move starts from an earlier state when it can, and how early.
const TURNS: [(&str, Turn); 24] = [
    ("start over", Turn::Anew),
    ("starting over", Turn::Anew),
    ("start again", Turn::Anew),
    ("from scratch", Turn::Anew),
    ("option #", Turn::Anew),
    ("attempt #", Turn::Anew),
    ("approach #", Turn::Anew),
    ("combination #", Turn::Anew),
    ("another combination", Turn::Anew),
    ("different combination", Turn::Anew),
    ("another approach", Turn::Anew),
    ("different approach", Turn::Anew),
    ("another way", Turn::Anew),
    ("another attempt", Turn::Anew),
    ("wait", Turn::Earlier),
    ("let's try", Turn::Earlier),
    ("let me try", Turn::Earlier),
    ("try:", Turn::Earlier),
    ("another", Turn::Earlier),
    ("instead", Turn::Earlier),
    ("alternatively", Turn::Earlier),
    ("different", Turn::Earlier),
    ("what if", Turn::Earlier),
    ("how about", Turn::Earlier),
];

/// The turns, and behind them the words of arithmetic: one pass finds both.
static CUES: LazyLock<Phrases> = LazyLock::new(|| {
    let turns = TURNS.iter().map(|(words, _)| *words);
    Phrases::new(&turns.chain(VERBS).collect::<Vec<_>>())
});

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
    /// The value of the last expression and how many numbers it has, when a sentence held nothing but it.
    written: Option<(Number, usize)>,
    /// The goal is reached, and the text goes through it again.
    verifying: bool,
}

impl Free {
    /// Follows one sentence.
    pub(super) fn read(&mut self, walk: &mut Walk, sentence: &Sentence<'_>) {
        let (mut turn, mut verbs) = (Turn::On, false);
        for which in CUES.all(sentence.shape) {
            match TURNS.get(which) {
                Some((_, said)) => turn = turn.max(*said),
                None => verbs = true,
            }
        }
        let said = verbs.then(|| spoken(sentence, self.result)).flatten();
        let mut rest = said.as_deref().unwrap_or(sentence.expressions);
        let goes_on = rest.first().is_some_and(|e| e.link == Link::Equal);
        if !goes_on && !rest.is_empty() {
            self.value = None;
        }
        if turn != Turn::On {
            (self.turn, self.cue) = (turn, Some(sentence.span));
            self.whole.clear();
        } else if self.turn == Turn::On && sentence.marker.list && sentence.first && is_attempt(rest) {
            // An item of a list that holds an attempt of its own.
            self.turn = Turn::Anew;
        }
        self.verifying = turn != Turn::Anew && self.verifies(walk, sentence);
        let mut result = None;
        for chain in chains(rest) {
            let ahead = rest;
            rest = rest.get(chain.len()..).unwrap_or_default();
            // `2^2 - 5*2 = -6`: what is only a part of it makes no move and no statement.
            if chain.iter().any(|expression| expression.partial) {
                self.value = None;
                continue;
            }
            self.follow(walk, sentence, chain, ahead);
            if chain.iter().any(|expression| !expression.steps.is_empty()) {
                result = self.value;
            }
        }
        self.result = result.or(self.result);
        self.written = match said.as_deref().unwrap_or(sentence.expressions) {
            [only] => only.value.map(|value| (value, only.operands.len())),
            _ => None,
        };
        if let (Some(result), Some(goal)) = (result, walk.goal())
            && judge(walk, sentence, result, goal)
        {
            self.whole.clear();
        }
    }

    /// Whether the text goes once more through what it has found: it says so, and until it turns.
    fn verifies(&self, walk: &Walk, sentence: &Sentence<'_>) -> bool {
        let found = walk.tree().nodes.get(walk.here());
        let says = || {
            ["verify", "check", "confirm"]
                .iter()
                .any(|word| sentence.shape.contains(word))
        };
        found.is_some_and(|node| node.status == Status::Goal)
            && (says() || self.verifying && self.turn == Turn::On)
    }

    /// Expressions that are said to be equal; `ahead` are these and all after them.
    fn follow(
        &mut self,
        walk: &mut Walk,
        sentence: &Sentence<'_>,
        chain: &[Expression],
        ahead: &[Expression],
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
            // `624 = 24 * 26`: the target taken apart.
            if let Some(goal) = walk.goal().filter(|goal| head.value == Some(*goal)) {
                let from = walk.here();
                for factors in tail.iter().filter(|e| e.link == Link::Equal) {
                    if take_apart(walk, (from, goal), factors, place(factors, factors)) {
                        self.moved(Vec::new(), false);
                    }
                }
            }
            self.value = head.value;
        } else {
            self.calculate(walk, sentence, chain, ahead, span);
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
        ahead: &[Expression],
        span: Span,
    ) {
        let Some(expression) = chain.first() else {
            return;
        };
        let (claimed, bare) = (claimed(chain), chain.len() == 1);
        let said = self.cue.unwrap_or(span);
        if let ([step], Some(claimed)) = (expression.steps.as_slice(), claimed)
            && from_goal(walk, *step, claimed, span, said)
        {
            self.moved(Vec::new(), false);
            return;
        }
        let written = equations(expression, claimed, span);
        // The way to the goal once more: a check, not another attempt. So is what was written as a whole, step by step.
        let known = |equation: &Equation| self.verifying || walk.led_to_goal(*equation);
        let led = !written.is_empty() && written.iter().all(known) || closes(walk, expression);
        let works_out = self.works_out(&written);
        if led || works_out && written.iter().all(|equation| equation.holds()) {
            let said = written.into_iter().filter(|_| !bare);
            said.for_each(|equation| walk.recalculate(equation));
            return;
        }
        let start = match departure(walk, ahead, self.turn) {
            // Numbers that nothing claims a result for are a move only when they are all there: `10-19` may be pages.
            Departure::Nowhere if bare && !is_try(walk, sentence, expression) => return,
            Departure::Nowhere => most_of(walk, expression),
            Departure::Here => None,
            Departure::Earlier(to) => Some(to),
        };
        // `52 + 96` under `52 + 50 + 46`: the same with a part worked out.
        let longer =
            |(value, numbers)| expression.value == Some(value) && expression.operands.len() < numbers;
        let here = start.is_none() && walk.holds_all(walk.here(), &expression.operands);
        let rewritten = bare && !here && self.written.is_some_and(longer);
        if bare && sentence.shape.starts_with('<') || rewritten || is_restatement(walk, expression) {
            return;
        }
        let from = walk.numbers_of(start.unwrap_or(walk.here()));
        let moves = match settled(expression, from) {
            std::borrow::Cow::Borrowed(_) => written,
            std::borrow::Cow::Owned(settled) => equations(&settled, claimed, span),
        };
        if moves.is_empty() {
            return;
        }
        match start {
            // Worked out to something else than it was: what follows goes on from there, but nothing was given up.
            Some(to) if works_out => walk.enter(to),
            Some(to) => walk.back(Some(to), said),
            None => {}
        }
        for equation in &moves {
            walk.forward(*equation, None, span);
        }
        self.moved(moves, bare);
    }

    /// After moves: nothing is said of where the next ones start.
    fn moved(&mut self, whole: Vec<Equation>, open: bool) {
        (self.turn, self.cue) = (Turn::On, None);
        (self.whole, self.open) = (whole, open);
    }

    /// Whether `moves` are among those of the expression that was written last, which has more or no result.
    fn works_out(&self, moves: &[Equation]) -> bool {
        let same = |a: Number, b: Number| a == b || is_rounded(a, Some(b));
        let is_part = |equation: &Equation| {
            let ways = [Some(*equation), equation.turned()];
            self.whole.iter().any(|part| {
                ways.iter()
                    .flatten()
                    .any(|way| way.op == part.op && same(way.a, part.a) && same(way.b, part.b))
            })
        };
        let fewer = moves.len() < self.whole.len() || self.open;
        !moves.is_empty() && fewer && moves.iter().all(is_part)
    }
}

/// The moves that evaluate an expression; the last has the result that the text claims.
fn equations(expression: &Expression, claimed: Option<Number>, span: Span) -> Vec<Equation> {
    let last = expression.steps.len().saturating_sub(1);
    let steps = expression.steps.iter().enumerate();
    let equation = |(number, step): (usize, &Step)| {
        let claimed = claimed.filter(|claimed| number == last && !is_rounded(*claimed, step.result));
        Some(Equation {
            a: step.a?,
            op: step.op,
            b: step.b?,
            result: claimed.or(step.result)?,
            span,
        })
    };
    steps.map_while(equation).collect()
}

/// Whether an expression that no state has the numbers for and nothing claims a result for is an attempt all the same:
/// several operations, not all of them signs that also stand in dates and ranges, most of their numbers the problem's.
fn is_try(walk: &Walk, sentence: &Sentence<'_>, expression: &Expression) -> bool {
    let calculates = |step: &Step| matches!(step.op, Op::Add | Op::Mul);
    let last_word = sentence.shape.starts_with('<')
        || sentence.shape.contains("answer")
        || sentence.shape.contains("boxed");
    expression.steps.len() > 1
        && expression.steps.iter().any(calculates)
        && !last_word
        && 2 * held(walk, 0, expression) > expression.operands.len()
}

/// How many of an expression's numbers are there, in the state `id`.
fn held(walk: &Walk, id: NodeId, expression: &Expression) -> usize {
    let mut numbers = walk.numbers_of(id).to_vec();
    let mut there = |operand: &&Number| {
        let at = numbers.iter().position(|number| number == *operand);
        at.map(|at| numbers.swap_remove(at)).is_some()
    };
    expression
        .operands
        .iter()
        .filter(|operand| there(operand))
        .count()
}

/// The problem, when an expression of several operations has more of its numbers than the state being worked on.
fn most_of(walk: &Walk, expression: &Expression) -> Option<NodeId> {
    let more = || held(walk, 0, expression) > held(walk, walk.here(), expression);
    (walk.here() != 0 && expression.steps.len() > 1 && more()).then_some(0)
}

/// `target - known = need` and the like: a step backward, when the known number is there. Whether it was one. After an
/// attempt that leaves too little to go on with, it is taken from the state in which the attempt began; `said` are the
/// words that leave it.
fn from_goal(walk: &mut Walk, step: Step, claimed: Number, span: Span, said: Span) -> bool {
    let (Some(a), Some(b)) = (step.a, step.b) else {
        return false;
    };
    let here = walk.here();
    if walk.holds_all(here, &[a, b]) {
        return false;
    }
    let step_back = |id: NodeId| {
        let goal = walk.goal_of(id)?;
        let known = match step.op {
            Op::Sub | Op::Div if a == goal => b,
            Op::Sub if b == goal => a,
            _ => return None,
        };
        let there = !walk.holds_all(id, &[goal]) && walk.holds_all(id, &[known]);
        there.then_some((id, goal, known))
    };
    // What is left must be enough to make what is needed, unless it is that already.
    let enough = |(id, _, _): &(NodeId, Number, Number)| {
        let numbers = walk.numbers_of(*id);
        numbers.len() > 2 || numbers.contains(&claimed)
    };
    let found = {
        let mut above = walk.above(here).take(MOST_ANCESTORS).filter_map(step_back);
        let nearest = step_back(here);
        // The attempt that came to nothing began in the earliest.
        nearest
            .filter(enough)
            .or_else(|| above.by_ref().filter(enough).last())
            .or(nearest)
    };
    let Some((to, goal, known)) = found else {
        return false;
    };
    if to != here {
        walk.back(Some(to), said);
    }
    walk.need(goal, known, claimed, step.result == Some(claimed), span);
    true
}

/// `12 * 49 = 588`, where 588 was sought, 49 set aside and the 12 that it needs has been made: nothing new is done.
fn closes(walk: &Walk, expression: &Expression) -> bool {
    let Some((goal, need, known)) = walk.needed() else {
        return false;
    };
    let pair = [[need, known], [known, need]];
    expression.value == Some(goal) && pair.iter().any(|pair| expression.operands == pair)
}

/// `target = known op need`, when one of the two is there: whether it is. Another way to take it apart starts where the
/// first did.
fn take_apart(walk: &mut Walk, (from, goal): (NodeId, Number), factors: &Expression, span: Span) -> bool {
    let [step] = factors.steps.as_slice() else {
        return false;
    };
    let (Some(a), Some(b)) = (step.a, step.b) else {
        return false;
    };
    let (known, need) = if walk.holds_all(from, &[a]) {
        (a, b)
    } else {
        (b, a)
    };
    let apart = walk.holds_all(from, &[known]) && !walk.holds_all(from, &[a, b]);
    if apart {
        walk.enter(from);
        walk.need(goal, known, need, step.result == Some(goal), span);
    }
    apart
}

/// Whether a decimal is a value with its last places left out.
fn is_rounded(decimal: Number, value: Option<Number>) -> bool {
    let step = 1.0 / decimal.denominator() as f64;
    !decimal.is_integer() && value.is_some_and(|value| (value.to_f64() - decimal.to_f64()).abs() <= step)
}

/// Whether an expression with decimals has a value that the places left out may make.
fn is_near(expression: &Expression, before: Number, value: Number) -> bool {
    let decimals = expression.operands.iter().any(|operand| !operand.is_integer());
    decimals && (before.to_f64() - value.to_f64()).abs() <= 0.01 * before.to_f64().abs().max(1.0)
}

/// Whether the whole solution is only written down again: it uses all numbers, is right, and was found before.
fn is_restatement(walk: &Walk, expression: &Expression) -> bool {
    let Some(goal) = walk.root_goal() else {
        return false;
    };
    expression.value == Some(goal)
        && walk.is_everything(&expression.operands)
        && walk
            .tree()
            .nodes
            .iter()
            .rev()
            .take(MOST_ANCESTORS)
            .any(|node| node.status == Status::Goal)
}

#[cfg(test)]
mod tests;

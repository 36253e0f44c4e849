//! The reader of free text on Countdown, `free/4`: calculations are moves, whichever way they are written.
//!
//! The operands decide what a move does: numbers of the state being worked on continue it; numbers of an earlier state
//! go back to the nearest one that holds them; anything else uses a number that is not there. Arithmetic on the target
//! (`237 - 193 = 44`, `624 = 24 × 26`) is a step backward. A cue ("let me try", "wait") makes the text prefer an earlier
//! state. The way to the goal gone through once more is a check. Simplification: a sentence is understood by itself, but
//! for a `=` that continues the one before.

use crate::{
    base::phrases::Phrases,
    task::countdown::{Number, Op},
    trace::{
        ClaimKind, NodeId, Span, Status,
        prose::{Expression, Link, Sentence, Step},
        walk::{Equation, Walk},
    },
};
use std::sync::LazyLock;

/// Words after which the next move starts from an earlier state when it can.
static CUES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "wait",
        "let's try",
        "let me try",
        "try:",
        "another",
        "instead",
        "start over",
        "alternatively",
        "different",
        "what if",
        "how about",
    ])
});

/// How far up the reader looks for a state that holds the numbers of a move.
const MOST_ANCESTORS: usize = 16;

/// What a sentence says of the last result, by the words after it.
const VERDICTS: [(&str, Verdict); 9] = [
    ("too small", Verdict::Below),
    ("too low", Verdict::Below),
    ("less than @", Verdict::Below),
    ("too big", Verdict::Above),
    ("too high", Verdict::Above),
    ("too large", Verdict::Above),
    ("not @", Verdict::Other),
    ("\u{2713}", Verdict::Goal),
    ("\u{2705}", Verdict::Goal),
];

static VERDICT_WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&VERDICTS.map(|(words, _)| words)));

#[derive(Clone, Copy)]
enum Verdict {
    Below,
    Above,
    Other,
    Goal,
}

/// What the reader remembers between sentences.
#[derive(Debug, Default)]
pub(super) struct Free {
    /// A cue seen since the last move.
    cue: Option<Span>,
    /// The value that a `=` at the beginning of a sentence goes on from.
    value: Option<Number>,
}

impl Free {
    /// Follows one sentence.
    pub(super) fn read(&mut self, walk: &mut Walk, sentence: &Sentence<'_>) {
        let goes_on = sentence
            .expressions
            .first()
            .is_some_and(|e| e.link == Link::Equal);
        if !goes_on && !sentence.expressions.is_empty() {
            self.value = None;
        }
        if CUES.first(sentence.shape).is_some() {
            self.cue = Some(sentence.span);
        }
        let (mut rest, mut result) = (sentence.expressions, None);
        while !rest.is_empty() {
            let length = 1 + rest
                .iter()
                .skip(1)
                .take_while(|e| matches!(e.link, Link::Equal | Link::Near))
                .count();
            let (chain, after) = rest.split_at(length.min(rest.len()));
            rest = after;
            self.follow(walk, sentence, chain);
            if chain.iter().any(|expression| !expression.steps.is_empty()) {
                result = self.value;
            }
        }
        if let (Some(result), Some(goal)) = (result, walk.goal()) {
            judge(walk, sentence, result, goal);
        }
    }

    /// Expressions that are said to be equal.
    fn follow(&mut self, walk: &mut Walk, sentence: &Sentence<'_>, chain: &[Expression]) {
        let Some((head, tail)) = chain.split_first() else {
            return;
        };
        let place = |from: &Expression, to: &Expression| {
            Span::new(sentence.span.start + from.start, sentence.span.start + to.end)
        };
        let span = place(head, chain.last().unwrap_or(head));
        if head.link == Link::Equal {
            // `= 96 - 19` under `(18 + 78) - 19`: the same value, written again.
            self.equal(walk, head, span);
        } else if head.steps.is_empty() {
            // `624 = 24 * 26`: the target taken apart.
            if head.value.is_some() && head.value == walk.goal() {
                for factors in tail.iter().filter(|e| e.link == Link::Equal) {
                    take_apart(walk, factors, place(factors, factors));
                }
            }
            self.value = head.value;
        } else {
            let claimed = tail
                .last()
                .filter(|last| last.steps.is_empty() && last.link == Link::Equal)
                .and_then(|last| last.value);
            self.calculate(walk, sentence, head, claimed, span, tail.is_empty());
            self.value = head.value;
        }
        let between = tail.len().saturating_sub(usize::from(head.link != Link::Equal));
        for link in tail.iter().take(between).filter(|e| e.link == Link::Equal) {
            self.equal(walk, link, place(head, link));
        }
        if let Some(last) = chain
            .last()
            .filter(|last| last.link != Link::Near && last.value.is_some())
        {
            self.value = last.value;
        }
    }

    /// A statement that `expression` has the value of what stands before it.
    fn equal(&self, walk: &mut Walk, expression: &Expression, span: Span) {
        if let (Some(before), Some(value)) = (self.value, expression.value) {
            let fault = (before != value).then(|| format!("{before} is not {value}"));
            walk.claim(ClaimKind::Arithmetic, span, fault);
        }
    }

    /// A calculation with the result the text claims: a step backward from the target, or moves.
    fn calculate(
        &mut self,
        walk: &mut Walk,
        sentence: &Sentence<'_>,
        expression: &Expression,
        claimed: Option<Number>,
        span: Span,
        bare: bool,
    ) {
        if let ([step], Some(claimed)) = (expression.steps.as_slice(), claimed)
            && from_goal(walk, *step, claimed, span)
        {
            return;
        }
        let last = expression.steps.len().saturating_sub(1);
        let equations = || {
            expression
                .steps
                .iter()
                .enumerate()
                .map_while(move |(number, step)| {
                    let claimed =
                        claimed.filter(|claimed| number == last && !is_rounded(*claimed, step.result));
                    Some(Equation {
                        a: step.a?,
                        op: step.op,
                        b: step.b?,
                        result: claimed.or(step.result)?,
                        span,
                    })
                })
        };
        // The way to the goal once more: a check, not another attempt.
        if equations().next().is_some() && equations().all(|equation| walk.led_to_goal(equation)) {
            equations()
                .filter(|_| !bare)
                .for_each(|equation| walk.recalculate(equation));
            return;
        }
        let cue = self.cue;
        let start = departure(walk, &expression.operands, cue.is_some());
        // Numbers that nothing claims a result for are a move only when they are all there: `10-19` may be pages.
        if bare && !matches!(start, Departure::Here | Departure::Earlier(_)) {
            return;
        }
        if bare && sentence.shape.starts_with('<') || is_restatement(walk, expression) {
            return;
        }
        self.cue = None;
        if let Departure::Earlier(to) = start {
            walk.back(Some(to), cue.unwrap_or(span));
        }
        for equation in equations() {
            walk.forward(equation, None, span);
        }
    }
}

/// What the words behind a sentence's last calculation say of its result, when it can be judged.
fn judge(walk: &mut Walk, sentence: &Sentence<'_>, result: Number, goal: Number) {
    let shape = sentence.shape;
    let behind = shape.rsplit_once('%').map_or(shape, |(_, behind)| behind);
    let mut said = VERDICT_WORDS.all(behind).filter_map(|which| VERDICTS.get(which));
    let fault = |verdict: &Verdict| match verdict {
        Verdict::Below if result >= goal => Some(format!("{result} is not below {goal}")),
        Verdict::Above if result <= goal => Some(format!("{result} is not above {goal}")),
        Verdict::Other if result == goal => Some("it is the goal".to_owned()),
        Verdict::Goal if result != goal => Some(format!("{result} is not the goal {goal}")),
        _ => None,
    };
    let Some((_, first)) = said.next() else {
        return;
    };
    let fault = fault(first).or_else(|| said.find_map(|(_, verdict)| fault(verdict)));
    walk.claim(ClaimKind::Verdict, sentence.span, fault);
}

/// `target - known = need` and the like: a step backward, when the known number is there. Whether it was one.
fn from_goal(walk: &mut Walk, step: Step, claimed: Number, span: Span) -> bool {
    let (Some(goal), Some(a), Some(b)) = (walk.goal(), step.a, step.b) else {
        return false;
    };
    let holds = step.result == Some(claimed);
    let known = match step.op {
        Op::Sub | Op::Div if a == goal => b,
        Op::Sub if b == goal => a,
        _ => return false,
    };
    if walk.holds_all(walk.here(), &[goal]) || !walk.holds_all(walk.here(), &[known]) {
        return false;
    }
    walk.need(goal, known, claimed, holds, span);
    true
}

/// `target = known op need`, when one of the two is there.
fn take_apart(walk: &mut Walk, factors: &Expression, span: Span) {
    let ([step], Some(goal)) = (factors.steps.as_slice(), walk.goal()) else {
        return;
    };
    let (Some(a), Some(b)) = (step.a, step.b) else {
        return;
    };
    let here = walk.here();
    let (known, need) = if walk.holds_all(here, &[a]) {
        (a, b)
    } else {
        (b, a)
    };
    if walk.holds_all(here, &[known]) && !walk.holds_all(here, &[a, b]) {
        walk.need(goal, known, need, step.result == Some(goal), span);
    }
}

/// Whether a decimal is a value with its last places left out.
fn is_rounded(decimal: Number, value: Option<Number>) -> bool {
    let step = 1.0 / decimal.denominator() as f64;
    !decimal.is_integer() && value.is_some_and(|value| (value.to_f64() - decimal.to_f64()).abs() <= step)
}

/// Where a move starts.
enum Departure {
    /// In the state being worked on.
    Here,
    /// In an earlier one.
    Earlier(NodeId),
    /// No state has its numbers.
    Nowhere,
}

fn departure(walk: &Walk, numbers: &[Number], prefer_earlier: bool) -> Departure {
    let nodes = &walk.tree().nodes;
    let parent = |id: &NodeId| nodes.get(*id).and_then(|node| node.parent);
    let mut above = std::iter::successors(parent(&walk.here()), parent).take(MOST_ANCESTORS);
    let here = walk.holds_all(walk.here(), numbers);
    if here && !prefer_earlier {
        return Departure::Here;
    }
    match above.find(|id| walk.holds_all(*id, numbers)) {
        Some(earlier) => Departure::Earlier(earlier),
        None if here => Departure::Here,
        None => Departure::Nowhere,
    }
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

//! Steps backward from the goal, and the goal once it is reached.

use super::fit::{Place, claimed};
use crate::{
    task::countdown::{Number, Op},
    trace::{
        NodeId, Span, Status,
        prose::{Expression, Link, Sentence, Step},
        read::rounding::is_rounded,
        walk::{Walk, contains},
    },
};

/// The latest nodes, among which a solution that was found before is looked for.
const MOST_NODES: usize = 16;

/// What a calculation with the goal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// No step backward.
    Nothing,
    /// One, which has been made.
    Need,
    /// How far the last number is from the goal: there is none left to make it of.
    Distance,
}

/// `target - known = need` and the like: a step backward, when the known number is there. Whether it was one. After an
/// attempt that leaves too little to go on with, it is taken from the state in which the attempt began; `said` are the
/// words that leave it.
pub(super) fn from_goal(
    walk: &mut Walk,
    step: Step,
    claimed: Number,
    place: &Place,
    (span, said): (Span, Span),
) -> Taken {
    let (Some(a), Some(b)) = (step.a, step.b) else {
        return Taken::Nothing;
    };
    let here = walk.here();
    if walk.holds_all(here, &[a, b]) {
        return Taken::Nothing;
    }
    // `50 + 3 = 53` for the goal 50 takes back that 3 is subtracted, unless the goal is a number that is there.
    let inverse = matches!(step.op, Op::Add | Op::Mul);
    let made = |goal: Number| walk.up_from(here).any(|id| walk.holds_all(id, &[goal]));
    let step_back = |id: NodeId| {
        let goal = walk.goal_of(id)?;
        let known = match step.op {
            Op::Sub | Op::Div if a == goal => b,
            Op::Sub if b == goal => a,
            Op::Add | Op::Mul if a == goal && !made(goal) => b,
            Op::Add | Op::Mul if b == goal && !made(goal) => a,
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
    // What is said the other way round, only where it can be: the goal may be added by mistake.
    let step_back = |id: NodeId| step_back(id).filter(|found| !inverse || enough(found));
    let found = {
        let mut above = walk.above(here).filter_map(step_back);
        let nearest = step_back(here);
        // The attempt that came to nothing began in the earliest.
        let base = Some(place.base).filter(|_| place.is_elsewhere());
        base.and_then(step_back)
            .filter(enough)
            .or(nearest.filter(enough))
            .or_else(|| above.by_ref().filter(enough).last())
            .or(nearest)
    };
    let Some((to, goal, known)) = found else {
        // `50 + 10 = 60`, where the 10 is not there either, tells what would make the goal.
        let tells = |goal: Number| {
            let other = if a == goal { b } else { a };
            (a == goal || b == goal) && ![goal, other, claimed].into_iter().any(made)
        };
        let of_goal = inverse && step.result == Some(claimed) && walk.goal().is_some_and(tells);
        return if of_goal { Taken::Distance } else { Taken::Nothing };
    };
    if walk.numbers_of(to).len() == 1 {
        return Taken::Distance;
    }
    if to != here {
        walk.back(Some(to), said);
    }
    walk.need(goal, known, claimed, step.result == Some(claimed), span);
    Taken::Need
}

/// `12 * 49 = 588`, where 588 was sought, 49 set aside and the 12 that it needs has been made: nothing new is done, nor by
/// `(21 - 9) * 49 = 588`. So it is when what is needed is only written down: `784 - 393`.
pub(super) fn closes(walk: &Walk, expression: &Expression) -> bool {
    if let Some((goal, need)) = walk.asked() {
        return expression.value == Some(goal) && expression.operands.contains(&need);
    }
    if !walk.is_at_goal() {
        return false;
    }
    // What is needed may itself have been taken apart: with the inner the outer is made, too.
    let inner = needed(walk, walk.here());
    std::iter::successors(inner, |inner| needed(walk, inner.of)).any(|needed| {
        // The number set aside with what was needed, or with all that this was made of.
        let makes = |step: &Step| step.result == Some(needed.need);
        let mut there = walk.numbers_of(needed.of).to_vec();
        there.push(needed.need);
        expression.value == Some(needed.goal)
            && expression.operands.contains(&needed.known)
            && (expression.operands.contains(&needed.need) || expression.steps.iter().any(makes))
            && contains(&there, &expression.operands)
    })
}

/// Whether a calculation in parentheses only explains what is needed: `I need 21 (21 + 3 = 24)` for the goal 24 and a 3
/// that is there. `needed` is what the sentence before said it needs.
pub(super) fn explains(
    walk: &Walk,
    sentence: &Sentence<'_>,
    chain: &[Expression],
    needed: Option<Number>,
) -> bool {
    let ([head, ..], Some(goal)) = (chain, walk.goal()) else {
        return false;
    };
    let [step] = head.steps.as_slice() else {
        return false;
    };
    if head.value != Some(goal) || claimed(chain) != Some(goal) {
        return false;
    }
    let end = chain.last().map_or(head.end, |last| last.end);
    let typeset = [' ', '$'];
    let before = sentence.text.get(..head.start).unwrap_or_default();
    let before = before.trim_end_matches(typeset);
    let behind = sentence.text.get(end..).unwrap_or_default();
    if !before.ends_with('(') || !behind.trim_start_matches(typeset).starts_with(')') {
        return false;
    }
    let there = |operand: &Number| walk.holds_all(walk.here(), &[*operand]);
    let need = match (step.a, step.b) {
        (Some(known), Some(need)) | (Some(need), Some(known)) if there(&known) && !there(&need) => need,
        _ => return false,
    };
    let says = before.contains("need") || before.contains("Need");
    let named = |e: &Expression| e.start < head.start && e.value == Some(need);
    needed == Some(need) || says && sentence.expressions.iter().any(named)
}

/// What the words of a sentence that needs something name last.
pub(super) fn named_last(sentence: &Sentence<'_>) -> Option<Number> {
    sentence
        .expressions
        .last()
        .filter(|last| last.steps.is_empty())?
        .value
}

/// A step backward.
pub(super) struct Needed {
    /// The state it was made in…
    pub of: NodeId,
    /// …and the goal there.
    pub goal: Number,
    /// What it leaves to be made…
    pub need: Number,
    /// …and the number it sets aside for it.
    pub known: Number,
}

/// The last step backward on the way to the state `id`.
pub(super) fn needed(walk: &Walk, id: NodeId) -> Option<Needed> {
    let id = walk.up_from(id).find(|id| walk.is_need(*id))?;
    let of = walk.above(id).next()?;
    let count = |state: NodeId, number: &Number| {
        let numbers = walk.numbers_of(state).iter();
        numbers.filter(|other| *other == number).count()
    };
    let mut given = walk.numbers_of(of).iter();
    let known = given.find(|number| count(of, number) > count(id, number))?;
    Some(Needed {
        of,
        goal: walk.goal_of(of)?,
        need: walk.goal_of(id)?,
        known: *known,
    })
}

/// `target = known op need`, when one of the two is there: whether it is. Another way to take it apart starts where the
/// first did.
pub(super) fn take_apart(
    walk: &mut Walk,
    (from, goal): (NodeId, Number),
    factors: &Expression,
    span: Span,
) -> bool {
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

/// What a division said to be about something is exactly: `814 / 25 \u{2248} 32.6`.
pub(super) fn nearly(chain: &[Expression]) -> Option<Number> {
    let [head, near] = chain else { return None };
    let [step] = head.steps.as_slice() else {
        return None;
    };
    (step.op == Op::Div && near.link == Link::Near).then_some(step.result)?
}

/// What a calculation is said to be, exactly where that is only rounded: `77 / 12 = 6.42`.
pub(super) fn rounded(claimed: Option<Number>, expression: &Expression) -> Option<Number> {
    let value = expression.value;
    claimed.map(|claimed| match is_rounded(claimed, value) {
        true => value.unwrap_or(claimed),
        false => claimed,
    })
}

/// What a calculation is that is said to be another one, and is: `24 / 7 = 3 + 3/7`.
pub(super) fn made_otherwise(chain: &[Expression]) -> Option<Number> {
    let [head, made] = chain else { return None };
    let same = made.link == Link::Equal && !made.steps.is_empty() && made.value == head.value;
    head.value.filter(|_| same)
}

/// What a calculation is said to be before that is said to be another one: `18 - 15 = 3 = 7 - 4`.
pub(super) fn stated(chain: &[Expression]) -> Option<Number> {
    let [head, result, .., last] = chain else {
        return None;
    };
    let states = result.steps.is_empty() && result.link == Link::Equal && !last.steps.is_empty();
    result.value.filter(|_| states && result.value == head.value)
}

/// Whether the goal is reached and an expression with what was made on the way says so once more.
pub(super) fn retells(walk: &Walk, expression: &Expression) -> bool {
    walk.is_at_goal()
        && expression.value == walk.root_goal()
        && expression
            .operands
            .iter()
            .any(|operand| !walk.holds_all(0, &[*operand]) && walk.is_made(walk.here(), *operand))
}

/// Whether the whole solution is only written down again: it uses all numbers, is right, and was found before.
pub(super) fn is_restatement(walk: &Walk, expression: &Expression) -> bool {
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
            .take(MOST_NODES)
            .any(|node| node.status == Status::Goal)
}

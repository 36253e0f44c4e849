//! A need that is met by what is written otherwise than as its calculation: `3 = 7 - 4`, or at once in the answer.

use super::{
    Free, Turn,
    backward::{Needed, needed},
    exact::equations,
    fit::{calculations, fits_all},
};
use crate::{
    task::countdown::Number,
    trace::{
        NodeId, Span,
        prose::{Expression, Link, Sentence},
        walk::{Walk, contains},
    },
};

/// Steps backward behind each other that are looked at.
const MOST_NEEDS: usize = 4;

impl Free {
    /// `18 - (7 - 4)`, where 15 is sought and 3 needed for it, with the 18 set aside: makes the 3, as the answer does; nothing
    /// is given up. Whether that is what the expression does. `said` are the words that go back to where it is needed.
    pub(super) fn meets(
        &mut self,
        walk: &mut Walk,
        sentence: &Sentence<'_>,
        expression: &Expression,
        (span, said, bare): (Span, Span, bool),
    ) -> bool {
        if self.turn > Turn::Earlier || bare && sentence.shape.starts_with('<') {
            return false;
        }
        let Some((to, part)) = met(walk, expression) else {
            return false;
        };
        let moves = equations(&part, None, span);
        // `36 = 4 * 9`, and then `4 * 9 - 6`: that has been made.
        if walk.just_made(&moves) {
            let all = equations(expression, None, span);
            all.into_iter().for_each(|equation| walk.recalculate(equation));
            return true;
        }
        if to != walk.here() {
            walk.back(Some(to), said);
            self.attempt.began = to;
        }
        for equation in &moves {
            walk.forward(*equation, None, span);
        }
        let rest = equations(expression, None, span).into_iter().skip(moves.len());
        rest.for_each(|equation| walk.recalculate(equation));
        self.moved(moves, bare);
        true
    }

    /// `20 = 21 - 1. 21 = 7 * 3. 2 - 1 = 1.`: the number that was set aside is made of others, itself among them, so that nothing
    /// was set aside. `number` is what is made. Whether that is so.
    pub(super) fn makes_known(
        &mut self,
        walk: &mut Walk,
        sentence: &Sentence<'_>,
        (number, made): (&Expression, &Expression),
        span: Span,
    ) -> bool {
        let here = walk.here();
        if !number.value.is_some_and(|known| made.operands.contains(&known)) {
            return false;
        }
        let Some(needed) = needed(walk, here).filter(|needed| number.value == Some(needed.known)) else {
            return false;
        };
        let mut there = walk.numbers_of(here).to_vec();
        let made_need = walk.is_made(here, needed.need) && there.contains(&needed.need);
        if !made_need || contains(&there, &made.operands) {
            return false;
        }
        there.push(needed.known);
        if !contains(&there, &made.operands) {
            return false;
        }
        walk.redo(needed.of);
        self.attempt.began = needed.of;
        let (mut made, mut number) = (made.clone(), number.clone());
        (made.link, number.link) = (Link::None, Link::Equal);
        let turned = [made, number];
        self.calculate(walk, sentence, &turned, (&turned, false), span);
        true
    }

    /// `3 = 7 - 4`, where the goal is 3 and both are there: made, and written the other way round. Whether it is.
    pub(super) fn makes_here(
        &mut self,
        walk: &mut Walk,
        sentence: &Sentence<'_>,
        (result, made): (&Expression, &Expression),
        span: Span,
    ) -> bool {
        let goal = walk.goal().filter(|goal| result.value == Some(*goal));
        let makes =
            made.link == Link::Equal && !made.steps.is_empty() && goal.is_some() && made.value == goal;
        if !makes || !walk.holds_all(walk.here(), &made.operands) {
            return false;
        }
        let (mut made, mut result) = (made.clone(), result.clone());
        (made.link, result.link) = (Link::None, Link::Equal);
        // Of `24 / 7 = 3 + 3/7` what it is.
        result.steps.clear();
        let turned = [made, result];
        self.calculate(walk, sentence, &turned, (&turned, false), span);
        true
    }
}

/// The part of an expression for an outer goal that makes what is needed, and the state in which it does.
fn met(walk: &Walk, expression: &Expression) -> Option<(NodeId, Expression)> {
    if walk.is_at_goal() || expression.steps.len() < 2 {
        return None;
    }
    let innermost = needed(walk, walk.here());
    let needs = std::iter::successors(innermost, |inner| needed(walk, inner.of)).take(MOST_NEEDS);
    let needs: Vec<Needed> = needs.collect();
    // The outermost whose goal it comes to, and those inside it that it is written with.
    let outer = needs
        .iter()
        .rposition(|needed| expression.value == Some(needed.goal))?;
    let (mut part, mut last) = (expression.clone(), None);
    for needed in needs.iter().take(outer + 1).rev() {
        match without(&part, needed) {
            Some(inner) => (part, last) = (inner, Some(needed)),
            None => break,
        }
    }
    let of = last?.of;
    let mut below = walk.up_from(walk.here()).take_while(|id| *id != of);
    let to = below.find(|id| walk.goal_of(*id) == part.value && walk.holds_all(*id, &part.operands))?;
    (!part.steps.is_empty()).then_some((to, part))
}

/// An expression without its last operation, when that puts the known number of a step backward to what is needed.
fn without(expression: &Expression, needed: &Needed) -> Option<Expression> {
    let (last, steps) = expression.steps.split_last()?;
    let known: Option<Number> = Some(needed.known);
    let need = Some(needed.need);
    let inner = steps.last().is_some_and(|step| step.result == need);
    let operands = match expression.operands.as_slice() {
        [first, rest @ ..] if last.a == known && last.b == need && Some(*first) == known => rest,
        [rest @ .., end] if last.b == known && last.a == need && Some(*end) == known => rest,
        _ => return None,
    };
    if !inner || expression.value != Some(needed.goal) {
        return None;
    }
    let mut part = expression.clone();
    (part.operands, part.steps, part.value) = (operands.to_vec(), steps.to_vec(), need);
    Some(part)
}

/// Whether what is ahead, which begins with what was just done, can only follow it where the problem begins.
pub(super) fn begins_another(walk: &Walk, ahead: &[Expression]) -> bool {
    let next = calculations(ahead).nth(1);
    next.is_some_and(|(head, _)| !walk.holds_all(walk.here(), &head.operands)) && fits_all(walk, 0, ahead)
}

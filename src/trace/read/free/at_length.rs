//! Steps backward that are written in one expression: `77 - 25 * 3 = 2`, `(77 + 3) / 4 = 20`.

use super::{
    Free,
    exact::equations,
    fit::{Place, claimed},
};
use crate::{
    task::countdown::{Number, Op},
    trace::{
        NodeId, Span,
        prose::{Expression, Step},
        read::rounding::is_rounded,
        walk::{Equation, Walk},
    },
};

/// Operations of such an expression at most.
const MOST_STEPS: usize = 6;

/// What an operation of it does.
#[derive(Clone, Copy, Debug)]
enum Done {
    /// It has been made before.
    Before(Equation),
    /// It makes a number of two that are there.
    Makes(Equation),
    /// It takes a known number from the goal.
    Takes {
        goal: Number,
        known: Number,
        need: Number,
    },
}

impl Free {
    /// A calculation with the goal and with several numbers that are there: a step backward with each of them, as it would be if
    /// they were written one behind the other. Whether it is that.
    pub(super) fn takes_at_length(
        &mut self,
        walk: &mut Walk,
        chain: &[Expression],
        place: &Place,
        (span, said): (Span, Span),
    ) -> bool {
        let (Some(expression), Some(claimed)) = (chain.first(), claimed(chain)) else {
            return false;
        };
        let steps = expression.steps.as_slice();
        if !(2..=MOST_STEPS).contains(&steps.len()) || walk.is_at_goal() {
            return false;
        }
        let here = walk.here();
        let base = Some(place.base).filter(|_| place.is_elsewhere());
        let found = {
            let mut states = base.into_iter().chain(walk.up_from(here));
            states.find_map(|id| Some((id, all(walk, id, expression, span)?)))
        };
        let Some((from, (done, left))) = found else {
            return false;
        };
        if left == 0 {
            // How far all of them together are from the goal.
            let all = equations(expression, Some(claimed), span);
            all.into_iter().for_each(|equation| walk.recalculate(equation));
            return true;
        }
        if from != here {
            walk.back(Some(from), said);
        }
        let last = done.len() - 1;
        for (number, step) in done.into_iter().enumerate() {
            match step {
                Done::Before(equation) => walk.recalculate(equation),
                Done::Makes(equation) => walk.forward(equation, None, span),
                Done::Takes { goal, known, need } => {
                    let holds = number < last || claimed == need || is_rounded(claimed, Some(need));
                    walk.need(goal, known, if holds { need } else { claimed }, holds, span);
                }
            }
        }
        self.attempt.began = walk.here();
        self.moved(Vec::new(), false);
        true
    }
}

/// What each operation of an expression does in the state `id`, when all can be done there and the last takes from the goal; and
/// how many numbers are left then.
fn all(walk: &Walk, id: NodeId, expression: &Expression, span: Span) -> Option<(Vec<Done>, usize)> {
    let (mut goal, mut numbers) = (walk.goal_of(id)?, walk.numbers_of(id).to_vec());
    if numbers.contains(&goal) || !expression.operands.contains(&goal) {
        return None;
    }
    let mut all = Vec::new();
    for step in &expression.steps {
        let done = one(walk, id, step, (goal, &numbers), span)?;
        match done {
            Done::Before(_) => {}
            Done::Makes(made) => {
                remove(&mut numbers, made.a)?;
                remove(&mut numbers, made.b)?;
                numbers.push(made.result);
            }
            Done::Takes { known, need, .. } => {
                remove(&mut numbers, known)?;
                goal = need;
            }
        }
        all.push(done);
    }
    matches!(all.last(), Some(Done::Takes { .. })).then_some((all, numbers.len()))
}

/// What an operation does where the goal and the numbers are these.
fn one(
    walk: &Walk,
    id: NodeId,
    step: &Step,
    (goal, numbers): (Number, &[Number]),
    span: Span,
) -> Option<Done> {
    let (a, b, result) = (step.a?, step.b?, step.result?);
    let equation = Equation {
        a,
        op: step.op,
        b,
        result,
        span,
    };
    let there = |number: &Number| numbers.contains(number);
    let takes = |known: Number| {
        there(&known).then_some(Done::Takes {
            goal,
            known,
            need: result,
        })
    };
    if a == goal {
        return takes(b);
    }
    if b == goal && step.op != Op::Div {
        return takes(a);
    }
    let both = if a == b {
        numbers.iter().filter(|number| **number == a).count() > 1
    } else {
        there(&a) && there(&b)
    };
    if both {
        return Some(Done::Makes(equation));
    }
    (there(&result) && walk.is_made(id, result)).then_some(Done::Before(equation))
}

fn remove(numbers: &mut Vec<Number>, number: Number) -> Option<()> {
    let at = numbers.iter().position(|it| *it == number)?;
    numbers.swap_remove(at);
    Some(())
}

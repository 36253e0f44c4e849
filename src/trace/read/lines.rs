//! The reader of the bundled language, `lines/1`: every line is a move, a note or the answer. A line that is none of
//! these (something a person inserted, a slip) is text and opens nothing.

use crate::{
    task::countdown::{Number, Op},
    trace::{
        Span,
        language::{Line, Operand, Parsed, Verdict},
        walk::{Equation, Walk},
    },
};
use std::ops::Range;

/// Follows one line, which covers `span`.
pub(super) fn read(walk: &mut Walk, parsed: &Parsed, span: Span) {
    let place = |range: Option<Range<usize>>| {
        range.map_or(span, |r| Span::new(span.start + r.start, span.start + r.end))
    };
    let equation = |a, op, b, result| Equation {
        a,
        op,
        b,
        result,
        span: place(parsed.equation.clone()),
    };
    let rest_span = place(parsed.rest.clone());
    match parsed.line {
        Line::Try {
            a,
            op,
            b,
            result,
            ref left,
        } => walk.forward(equation(a, op, b, result), Some((left, rest_span)), span),
        Line::Check {
            a,
            op,
            b,
            result,
            verdict,
        } => {
            let not = match verdict {
                Verdict::Yes => None,
                Verdict::Not(goal) => Some(goal),
            };
            walk.check(equation(a, op, b, result), (not, rest_span), span);
        }
        Line::Back { ref to } => {
            walk.back_to(to, span);
        }
        Line::Need {
            goal,
            left,
            op,
            right,
            need,
        } => {
            let (known, holds) = backward(goal, left, op, right, need);
            walk.need(goal, known, need, holds, span);
        }
        Line::Aim { .. } | Line::Answer { .. } => {}
    }
}

/// The known side of `goal = left op right`, and whether putting `need` for the other side makes it true.
fn backward(goal: Number, left: Operand, op: Op, right: Operand, need: Number) -> (Number, bool) {
    match (left, right) {
        (Operand::Known(known), _) => (known, op.apply(known, need) == Some(goal)),
        (_, Operand::Known(known)) => (known, op.apply(need, known) == Some(goal)),
        // The grammar has exactly one unknown.
        (Operand::Unknown, Operand::Unknown) => (need, false),
    }
}

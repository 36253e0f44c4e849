//! A first reader of free text, `free/1`: equations ("25 + 7 = 32", "(18 − 7) + 4 = 15") are moves.
//!
//! The operands decide what a move does: numbers of the state being worked on continue it; numbers of an earlier state
//! go back to the nearest one that holds them; anything else uses a number that is not there. A cue ("let's try",
//! "wait") makes the text prefer an earlier state. Simplification: equations with whole numbers only, no sentences.

use crate::{
    base::phrases::Phrases,
    task::countdown::{Expr, Number, Op},
    trace::{
        NodeId, Span, Status,
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
        "another",
        "instead",
        "start over",
        "alternatively",
    ])
});

/// Longest left side of an equation that is looked at, in bytes.
const LONGEST_EXPRESSION: usize = 256;

/// What the reader remembers between lines.
#[derive(Debug, Default)]
pub(super) struct Free {
    /// A cue seen since the last move.
    cue: Option<Span>,
}

impl Free {
    /// Follows one line, which covers `span`.
    pub(super) fn read(&mut self, walk: &mut Walk, line: &str, span: Span) {
        let mut from = 0;
        for (start, end, expression, result) in equations(line) {
            self.look_for_cue(line, from, start, span.start);
            from = end;
            self.follow(
                walk,
                &expression,
                result,
                Span::new(span.start + start, span.start + end),
            );
        }
        self.look_for_cue(line, from, line.len(), span.start);
    }

    fn look_for_cue(&mut self, line: &str, from: usize, to: usize, offset: usize) {
        if let Some(cue) = CUES.first(line.get(from..to).unwrap_or_default()) {
            self.cue = Some(Span::new(offset + from + cue.start, offset + from + cue.end));
        }
    }

    /// Makes the moves of one equation; all of them cover its bytes.
    fn follow(&mut self, walk: &mut Walk, expression: &Expr, claimed: Number, span: Span) {
        let mut steps = Vec::new();
        let Some(value) = flatten(expression, &mut steps) else {
            return;
        };
        if let Some(last) = steps.last_mut() {
            last.3 = claimed;
        }
        if is_restatement(walk, expression, value) {
            return;
        }
        let Some(&(a, _, b, _)) = steps.first() else {
            return;
        };
        let cue = self.cue.take();
        if let Some(to) = departure(walk, a, b, cue.is_some()) {
            walk.back(Some(to), cue.unwrap_or(span));
        }
        for (a, op, b, result) in steps {
            walk.forward(
                Equation {
                    a,
                    op,
                    b,
                    result,
                    span,
                },
                None,
                span,
            );
        }
    }
}

/// The earlier state a move with these operands starts from; `None` to go on from where the text is.
fn departure(walk: &Walk, a: Number, b: Number, prefer_earlier: bool) -> Option<NodeId> {
    let nodes = &walk.tree().nodes;
    let parent = |id: &NodeId| nodes.get(*id).and_then(|node| node.parent);
    let earlier = std::iter::successors(parent(&walk.here()), parent).find(|id| walk.holds(*id, a, b));
    if walk.holds(walk.here(), a, b) && !(prefer_earlier && earlier.is_some()) {
        None
    } else {
        earlier
    }
}

/// Whether the whole solution is only written down again: it uses all numbers, is right, and was found before.
fn is_restatement(walk: &Walk, expression: &Expr, value: Number) -> bool {
    let nodes = &walk.tree().nodes;
    let Some(root) = nodes.first() else { return false };
    if root.goal.as_deref() != Some(value.to_string().as_str()) {
        return false;
    }
    let mut used: Vec<String> = expression.numbers().iter().map(ToString::to_string).collect();
    let mut given: Vec<String> = root.state.split(' ').map(str::to_owned).collect();
    used.sort_unstable();
    given.sort_unstable();
    used == given && nodes.iter().any(|node| node.status == Status::Goal)
}

/// The binary steps of an expression, innermost first, with their true results; `None` without a value.
fn flatten(expression: &Expr, steps: &mut Vec<(Number, Op, Number, Number)>) -> Option<Number> {
    match expression {
        Expr::Number(value) => Some(Number::from(*value)),
        Expr::Binary(left, op, right) => {
            let (a, b) = (flatten(left, steps)?, flatten(right, steps)?);
            let result = op.apply(a, b)?;
            steps.push((a, *op, b, result));
            Some(result)
        }
    }
}

/// The equations of a line, `(start, end, left side, right side)`, in bytes: every `=` with an expression of at least
/// one operation before it and a whole number after it.
fn equations(line: &str) -> Vec<(usize, usize, Expr, Number)> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, _) in line.match_indices('=') {
        let (Some(before), Some(after)) = (line.get(from..at), line.get(at + 1..)) else {
            continue;
        };
        from = at + 1;
        let Some((result, length)) = whole_number(after) else {
            continue;
        };
        let Some((start, expression)) = left_side(before) else {
            continue;
        };
        found.push((at - before.len() + start, at + 1 + length, expression, result));
    }
    found
}

/// The whole number a text starts with and the bytes up to its end; decimals and thousands are not whole numbers.
fn whole_number(text: &str) -> Option<(Number, usize)> {
    let blanks = text.len() - text.trim_start_matches(' ').len();
    let digits: &str = text.get(blanks..)?;
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let mut after = digits.get(length..)?.chars();
    if matches!((after.next(), after.next()), (Some('.' | ','), Some(c)) if c.is_ascii_digit()) {
        return None;
    }
    let value: i64 = digits.get(..length)?.parse().ok()?;
    Some((Number::from(value), blanks + length))
}

/// The longest expression that ends a text, with its start.
fn left_side(text: &str) -> Option<(usize, Expr)> {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '(' | ')' | ' ') || Op::from_symbol(c).is_some();
    let run = text.trim_end_matches(part).len();
    // "2.5 * 2" and "1,000 * 2" end in a whole-number expression that was never written.
    let cut_in_number =
        text.get(..run)?.ends_with(['.', ',']) && text.get(run..)?.starts_with(|c: char| c.is_ascii_digit());
    let mut start = run;
    if cut_in_number || text.len() - run > LONGEST_EXPRESSION {
        return None;
    }
    // A list's dash, or a bracket that opened before the sentence, may stand in front of the expression.
    loop {
        let rest = text.get(start..)?;
        start += rest.len() - rest.trim_start().len();
        let rest = text.get(start..)?.trim_end();
        match Expr::parse(rest) {
            Ok(expression @ Expr::Binary(..)) => return Some((start, expression)),
            Ok(Expr::Number(_)) => return None,
            Err(_) => {
                let skip = rest.chars().next()?;
                let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                start += digits.max(skip.len_utf8());
            }
        }
    }
}

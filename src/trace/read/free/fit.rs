//! Where the calculations of a sentence start: the state in which they can follow each other.

use super::is_rounded;
use crate::{
    task::countdown::{Number, Op},
    trace::{
        NodeId,
        prose::{Expression, Link, Step},
        walk::{Walk, contains, take},
    },
};
use std::borrow::Cow;

/// How far up the reader looks for a state that holds the numbers of a move.
pub(super) const MOST_ANCESTORS: usize = 16;

/// Calculations of a sentence that are looked at before its first is placed.
const MOST_AHEAD: usize = 16;

/// Where a text says that it goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// It says nothing.
    #[default]
    On,
    /// In an earlier state ("wait", "instead").
    Earlier,
    /// From the beginning ("start over", "option 3").
    Anew,
}

/// Where a move starts.
pub(super) enum Departure {
    /// In the state being worked on.
    Here,
    /// In an earlier one.
    Earlier(NodeId),
    /// No state has its numbers.
    Nowhere,
}

/// Expressions that are said to be equal, chain by chain.
pub(super) fn chains(mut rest: &[Expression]) -> impl Iterator<Item = &[Expression]> {
    std::iter::from_fn(move || {
        let linked = rest.iter().skip(1);
        let tail = linked.take_while(|e| matches!(e.link, Link::Equal | Link::Near));
        let (chain, after) = rest.split_at_checked(1 + tail.count())?;
        rest = after;
        Some(chain)
    })
}

/// The result that a chain says its first expression has.
pub(super) fn claimed(chain: &[Expression]) -> Option<Number> {
    let last = chain.get(1..)?.last()?;
    last.value
        .filter(|_| last.steps.is_empty() && last.link == Link::Equal)
}

/// The state from which the calculations of `ahead`, all of a sentence from one on, can follow each other: the nearest
/// when the text goes on, an earlier one when it says so, the earliest when it begins anew.
pub(super) fn departure(walk: &Walk, ahead: &[Expression], turn: Turn) -> Departure {
    let here = fit(walk, walk.here(), ahead);
    let whole = || calculations(ahead).count();
    let all = here > 0 && here == whole();
    // "I need 12. Let me try 82 - 70" tries to make it.
    let goes_on = turn == Turn::On || turn == Turn::Earlier && walk.just_needs();
    if goes_on && (all || here == 0 && is_settled(walk, ahead)) {
        return Departure::Here;
    }
    // The better fit; of equals the nearer one, or the earlier.
    let mut best: Option<(usize, NodeId)> = None;
    let first = ahead.first().map_or(&[][..], |first| &first.operands);
    for id in walk.above(walk.here()).take(MOST_ANCESTORS) {
        // In most states nothing fits.
        if !contains(walk.numbers_of(id), first) {
            continue;
        }
        let fits = fit(walk, id, ahead);
        let better = best.is_none_or(|(most, _)| fits > most || turn == Turn::Anew && fits == most);
        if fits > 0 && better {
            best = Some((fits, id));
        }
    }
    match best {
        Some((fits, earlier)) => {
            let stays = match turn {
                // Only what fits from its first calculation to its last leaves a state without a word.
                Turn::On => here > 0 && (fits <= here || fits < whole()),
                Turn::Earlier | Turn::Anew => here > fits,
            };
            if stays {
                Departure::Here
            } else {
                Departure::Earlier(earlier)
            }
        }
        None if here > 0 || is_settled(walk, ahead) => Departure::Here,
        None => Departure::Nowhere,
    }
}

/// The calculations of a sentence, each with the result it is said to have.
fn calculations(expressions: &[Expression]) -> impl Iterator<Item = (&Expression, Option<Number>)> {
    chains(expressions)
        .filter_map(|chain| Some((chain.first()?, claimed(chain))))
        .filter(|(head, _)| !head.steps.is_empty())
        .take(MOST_AHEAD)
}

/// Whether a later calculation uses the result of the first: the sentence holds an attempt of its own.
pub(super) fn is_attempt(expressions: &[Expression]) -> bool {
    let mut each = calculations(expressions);
    let first = each.next().and_then(|(head, claimed)| claimed.or(head.value));
    first.is_some_and(|first| each.any(|(head, _)| head.operands.contains(&first)))
}

/// How many calculations can follow each other from the state `id` on.
fn fit(walk: &Walk, id: NodeId, ahead: &[Expression]) -> usize {
    let mut numbers = Cow::Borrowed(walk.numbers_of(id));
    let mut count = 0;
    let mut calculations = calculations(ahead).peekable();
    while let Some((head, claimed)) = calculations.next() {
        if !contains(&numbers, &head.operands) {
            break;
        }
        if calculations.peek().is_none() {
            return count + 1;
        }
        let mut rest = take(&numbers, &head.operands).unwrap_or_default();
        let result = claimed.filter(|claimed| !is_rounded(*claimed, head.value));
        rest.extend(result.or(head.value));
        (numbers, count) = (Cow::Owned(rest), count + 1);
    }
    count
}

/// Whether the first expression can be calculated in the state being worked on with what stands there for parts of it.
fn is_settled(walk: &Walk, ahead: &[Expression]) -> bool {
    let numbers = walk.numbers_of(walk.here());
    let first = ahead.first().filter(|_| !numbers.is_empty());
    first.is_some_and(|first| matches!(settled(first, numbers), Cow::Owned(_)))
}

/// The expression with the parts whose value is there, and whose numbers are not, taken as the numbers they are: of
/// `8 / (1/3)` the `1/3` that is left, of `91 - (24 + 16)` the 40 made before. A part that is all of it must be a fraction.
pub(super) fn settled<'a>(expression: &'a Expression, numbers: &[Number]) -> Cow<'a, Expression> {
    let as_it_is = Cow::Borrowed(expression);
    let is_there = |step: &Step| step.result.is_some_and(|value| numbers.contains(&value));
    if !expression.steps.iter().any(is_there) || contains(numbers, &expression.operands) {
        return as_it_is;
    }
    let last = expression.steps.len().saturating_sub(1);
    // The expression so far: values, each with the numbers and the steps it takes.
    let one = |number: &Number| (*number, vec![*number], Vec::new());
    let mut parts: Vec<(Number, Vec<Number>, Vec<Step>)> = expression.operands.iter().map(one).collect();
    for (number, step) in expression.steps.iter().enumerate() {
        let (Some(a), Some(b), Some(result)) = (step.a, step.b, step.result) else {
            return as_it_is;
        };
        let Some(first) = parts
            .windows(2)
            .position(|pair| matches!(pair, [x, y] if x.0 == a && y.0 == b))
        else {
            return as_it_is;
        };
        // All of it is no part, but for a fraction.
        let part = number < last || last == 0 && step.op == Op::Div && !result.is_integer();
        let there = part && numbers.contains(&result);
        let joined = parts
            .drain(first..first + 2)
            .fold((Vec::new(), Vec::new()), |mut all, part| {
                all.0.extend(part.1);
                all.1.extend(part.2);
                all
            });
        let joined = match there {
            true => one(&result),
            false => (result, joined.0, joined.1.into_iter().chain([*step]).collect()),
        };
        parts.insert(first, joined);
    }
    let mut settled = expression.clone();
    settled.operands = parts.iter().flat_map(|part| part.1.iter().copied()).collect();
    settled.steps = parts.into_iter().flat_map(|part| part.2).collect();
    if contains(numbers, &settled.operands) {
        Cow::Owned(settled)
    } else {
        as_it_is
    }
}

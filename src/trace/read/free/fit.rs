//! Where the calculations of a sentence start: the state in which they can follow each other.

use super::backward::needed;
use crate::{
    task::countdown::{Number, Op},
    trace::{
        NodeId,
        prose::{Expression, Link, Sentence, Step},
        read::rounding::is_rounded,
        walk::{Walk, contains, take},
    },
};
use std::borrow::Cow;

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
    /// Where this attempt began: an item of a list that holds an attempt of its own.
    Item,
    /// From the beginning ("start over", "option 3").
    Anew,
}

/// What is known of where a calculation starts before it is looked at.
pub(super) struct Place {
    /// What the text says.
    pub turn: Turn,
    /// The attempt before it is over.
    pub over: bool,
    /// It is the first of its line.
    pub fresh: bool,
    /// Where that attempt began.
    pub began: NodeId,
    /// Where another attempt begins.
    pub base: NodeId,
}

impl Place {
    /// Whether it is not to go on where the text is.
    pub fn is_elsewhere(&self) -> bool {
        self.over && self.fresh || self.turn != Turn::On
    }
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
/// when the text goes on, an earlier one when it says so, the earliest when it begins anew. After an attempt that is over,
/// the state in which that began goes before others, and numbers of the problem alone begin another.
pub(super) fn departure(walk: &Walk, ahead: &[Expression], place: &Place) -> Departure {
    let turn = place.turn;
    let here = fit(walk, walk.here(), ahead);
    let whole = || calculations(ahead).count();
    let all = here > 0 && here == whole();
    // "I need 12. Let me try 82 - 70" tries to make it.
    let goes_on = turn == Turn::On || turn == Turn::Earlier && walk.just_needs();
    let first = ahead.first().map_or(&[][..], |first| &first.operands);
    let anew = match turn {
        Turn::On => place.over && place.fresh,
        Turn::Earlier => !walk.just_needs(),
        Turn::Item | Turn::Anew => false,
    };
    let settled = here == 0 && is_settled(walk, ahead);
    let anew = anew && !settled && contains(walk.numbers_of(0), first);
    if !anew && goes_on && (all || settled) {
        return Departure::Here;
    }
    let earliest = match turn {
        Turn::Item => place.base,
        Turn::On | Turn::Earlier | Turn::Anew => 0,
    };
    // The better fit; of equals the nearer one, or the earlier.
    let mut best: Option<(usize, NodeId)> = None;
    // In most states nothing fits.
    for id in walk.above_with(first).filter(|id| *id >= earliest) {
        let fits = fit(walk, id, ahead);
        let better = best.is_none_or(|(most, _)| fits > most || turn >= Turn::Item && fits == most);
        if fits > 0 && better {
            best = Some((fits, id));
        }
    }
    let most = best.map_or(here, |(most, _)| most.max(here));
    if anew {
        let of_problem = [place.base, 0].map(|id| (fit(walk, id, ahead), id));
        if let Some((fits, id)) = of_problem.into_iter().find(|(fits, _)| *fits > 0)
            && fits >= most
        {
            return match id == walk.here() {
                true => Departure::Here,
                false => Departure::Earlier(id),
            };
        }
        if goes_on && all {
            return Departure::Here;
        }
    }
    // Of equals the one in which the attempt began that is over.
    if let Some((fits, id)) = &mut best
        && (place.over || turn == Turn::Earlier)
        && turn <= Turn::Earlier
        && walk.above(walk.here()).any(|above| above == place.began)
        && fit(walk, place.began, ahead) == *fits
    {
        *id = place.began;
    }
    match best {
        Some((fits, earlier)) => {
            let stays = match turn {
                // Only what fits from its first calculation to its last leaves a state without a word.
                Turn::On => here > 0 && (fits <= here || fits < whole()),
                Turn::Earlier | Turn::Item | Turn::Anew => here > fits,
            };
            if stays {
                Departure::Here
            } else {
                Departure::Earlier(earlier)
            }
        }
        None if here > 0 || settled => Departure::Here,
        None => Departure::Nowhere,
    }
}

/// The calculations of a sentence, each with the result it is said to have.
pub(super) fn calculations(
    expressions: &[Expression],
) -> impl Iterator<Item = (&Expression, Option<Number>)> {
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

/// Whether all calculations can follow each other from the state `id` on.
pub(super) fn fits_all(walk: &Walk, id: NodeId, ahead: &[Expression]) -> bool {
    fit(walk, id, ahead) == calculations(ahead).count()
}

/// How many calculations can follow each other from the state `id` on.
fn fit(walk: &Walk, id: NodeId, ahead: &[Expression]) -> usize {
    let mut numbers = Cow::Borrowed(walk.numbers_of(id));
    let mut count = 0;
    let mut from = id;
    let mut calculations = calculations(ahead).peekable();
    while let Some((head, claimed)) = calculations.next() {
        // Once what a step backward needs is made, the number set aside for it is there again.
        if let [made] = *numbers
            && let Some(step) = needed(walk, from).filter(|step| step.need == made)
        {
            (numbers, from) = (Cow::Owned(vec![made, step.known]), step.of);
        }
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
    first.is_some_and(|first| matches!(settled(walk, walk.here(), first), Cow::Owned(_)))
}

/// The expression with the parts whose value is there, and whose numbers are not, taken as the numbers they are: of
/// `8 / (1/3)` the `1/3` that is left, of `91 - (24 + 16)` the 40 made before. A part that is all of it must be a fraction.
pub(super) fn settled<'a>(walk: &Walk, id: NodeId, expression: &'a Expression) -> Cow<'a, Expression> {
    let (numbers, as_it_is) = (walk.numbers_of(id), Cow::Borrowed(expression));
    let is_made = |value: &Number| numbers.contains(value) && walk.is_made(id, *value);
    let is_there = |step: &Step| step.result.as_ref().is_some_and(is_made);
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
        let there = part && is_made(&result);
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

/// Whether an expression that no state has the numbers for and nothing claims a result for is an attempt all the same:
/// several operations, not all of them signs that also stand in dates and ranges, most of their numbers the problem's.
pub(super) fn is_try(walk: &Walk, sentence: &Sentence<'_>, expression: &Expression) -> bool {
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

/// Whether an expression goes on with what has been made here: with its first number, when there are several operations.
pub(super) fn uses_made(walk: &Walk, expression: &Expression) -> bool {
    let here = walk.here();
    let is_made = |operand: &Number| walk.holds_all(here, &[*operand]) && !walk.holds_all(0, &[*operand]);
    match expression.steps.len() {
        0 | 1 => expression.operands.iter().any(is_made),
        _ => expression.operands.first().is_some_and(is_made),
    }
}

/// Where an expression is calculated that no state has the numbers for, when it goes on with nothing that has been made:
/// where another attempt begins, or at the problem when that has more of the numbers of several operations.
pub(super) fn most_of(walk: &Walk, expression: &Expression, place: &Place) -> Option<NodeId> {
    let here = walk.here();
    // Nothing that won is given up for one number without a word.
    let stays = walk.is_at_goal() && place.turn == Turn::On && expression.steps.len() < 2;
    if here == 0 || uses_made(walk, expression) || stays {
        return None;
    }
    // A number that was made leads back to where it is.
    let given = walk.numbers_of(0);
    let mut made = expression
        .operands
        .iter()
        .filter(|operand| !given.contains(operand));
    if let Some(id) = made.find_map(|made| walk.above(here).find(|id| walk.numbers_of(*id).contains(made))) {
        return Some(id);
    }
    if place.is_elsewhere() {
        return Some(place.base).filter(|base| *base != here);
    }
    (held(walk, 0, expression) > held(walk, here, expression)).then_some(0)
}

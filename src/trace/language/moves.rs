//! The moves the teacher considers in a state, in the order it tries them.

use super::phrases::LARGEST_NUMBER;
use crate::{base::rng::Rng, task::countdown::Op};
use rand::Rng as _;

/// A number of a state with the expression that made it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) value: i64,
    pub(super) expression: String,
    pub(super) compound: bool,
}

/// A candidate for the next attempt.
#[derive(Clone, Debug)]
pub(super) enum Move {
    /// Combine items `x` and `y` (value of `x` at least that of `y`).
    Forward { x: usize, y: usize, op: Op, result: i64 },
    /// Leave item `k` out: `goal = ? op value` (or `value op ?` when `known_first`).
    Backward {
        k: usize,
        known_first: bool,
        op: Op,
        need: i64,
    },
}

/// `a op b` with what is compound in brackets.
pub(super) fn join(a: &Item, op: Op, b: &Item) -> String {
    let side = |item: &Item| {
        if item.compound {
            format!("({})", item.expression)
        } else {
            item.expression.clone()
        }
    };
    format!("{}{op}{}", side(a), side(b))
}

/// What `a` and `b` (with `a >= b`) give under the integer rules, in the order they are tried. Division by one is left
/// out: multiplication gives the same.
pub(super) fn results(a: i64, b: i64) -> Vec<(Op, i64)> {
    let mut all = vec![(Op::Add, a + b), (Op::Sub, a - b), (Op::Mul, a.saturating_mul(b))];
    if b > 1 && a % b == 0 {
        all.push((Op::Div, a / b));
    }
    all.retain(|(_, result)| (0..=LARGEST_NUMBER).contains(result));
    all
}

/// The state and goal a move opens.
pub(super) fn open(state: &[Item], goal: i64, step: &Move) -> Option<(Vec<Item>, i64)> {
    let without = |skip: &[usize]| {
        state
            .iter()
            .enumerate()
            .filter(|(i, _)| !skip.contains(i))
            .map(|(_, item)| item.clone())
            .collect::<Vec<_>>()
    };
    match *step {
        Move::Forward { x, y, op, result } => {
            let made = Item {
                value: result,
                expression: join(state.get(x)?, op, state.get(y)?),
                compound: true,
            };
            let mut child = vec![made];
            child.extend(without(&[x, y]));
            Some((child, goal))
        }
        Move::Backward { k, need, .. } => Some((without(&[k]), need)),
    }
}

/// One of the winning moves from `from` on, if there is one.
pub(super) fn pick_winning(winning: &[bool], from: usize, rng: &mut Rng) -> Option<usize> {
    let all: Vec<usize> = (from..winning.len())
        .filter(|&i| winning.get(i) == Some(&true))
        .collect();
    (!all.is_empty())
        .then(|| all.get(rng.random_range(0..all.len())).copied())
        .flatten()
}

/// All moves from a state, in the order they are tried.
pub(super) fn moves(state: &[Item], goal: i64, backward: f64, rng: &mut Rng) -> Vec<Move> {
    let n = state.len();
    let mut groups: Vec<Vec<Move>> = Vec::new();
    let mut seen: Vec<(i64, i64)> = Vec::new();
    for left_out in 0..n {
        if n == 3 {
            // Leaving one of three out is the same as combining the other two: one of the two ways is taken.
            let pair: Vec<usize> = (0..n).filter(|&i| i != left_out).collect();
            let &[i, j] = pair.as_slice() else { continue };
            let key = pair_key(state, i, j);
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            let way_back = rng.random_bool(backward);
            groups.push(if way_back {
                leave_out(state, goal, left_out)
            } else {
                combine(state, goal, i, j)
            });
        } else {
            if rng.random_bool(backward)
                && !state
                    .iter()
                    .take(left_out)
                    .any(|item| Some(item.value) == state.get(left_out).map(|i| i.value))
            {
                groups.push(leave_out(state, goal, left_out));
            }
            for other in left_out + 1..n {
                let key = pair_key(state, left_out, other);
                if !seen.contains(&key) {
                    seen.push(key);
                    groups.push(combine(state, goal, left_out, other));
                }
            }
        }
    }
    if !groups.is_empty() {
        let start = rng.random_range(0..groups.len());
        groups.rotate_left(start);
    }
    groups.into_iter().flatten().collect()
}

fn value(state: &[Item], i: usize) -> i64 {
    state.get(i).map_or(0, |item| item.value)
}

fn pair_key(state: &[Item], i: usize, j: usize) -> (i64, i64) {
    let (a, b) = (value(state, i), value(state, j));
    (a.max(b), a.min(b))
}

/// Forward moves of one pair. With three numbers a product is left out when the third can neither subtract nor divide
/// it down to the goal.
fn combine(state: &[Item], goal: i64, i: usize, j: usize) -> Vec<Move> {
    let (x, y) = if value(state, i) >= value(state, j) {
        (i, j)
    } else {
        (j, i)
    };
    let third = match state.len() {
        3 => (0..3).find(|k| *k != i && *k != j).map(|k| value(state, k)),
        _ => None,
    };
    let hopeless = |op: Op, result: i64| {
        op == Op::Mul && third.is_some_and(|t| result > goal + t && !(t > 1 && result % t == 0))
    };
    results(value(state, x), value(state, y))
        .into_iter()
        .filter(|(op, result)| !hopeless(*op, *result))
        .map(|(op, result)| Move::Forward { x, y, op, result })
        .collect()
}

/// Backward moves with one number: every way the goal can be it and something else, as long as the others could make
/// that something.
fn leave_out(state: &[Item], goal: i64, k: usize) -> Vec<Move> {
    let others = || {
        state
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != k)
            .map(|(_, item)| item.value)
    };
    let most = others()
        .fold(1_i64, i64::saturating_mul)
        .max(others().sum())
        .min(LARGEST_NUMBER);
    forms(goal, value(state, k))
        .filter(|(_, _, need)| *need <= most)
        .map(|(known_first, op, need)| Move::Backward {
            k,
            known_first,
            op,
            need,
        })
        .collect()
}

/// Every way `goal` can be made of `known` and something else that is a whole number above 0: whether the known number
/// stands first, the operation, and what is needed.
pub(super) fn forms(goal: i64, known: i64) -> impl Iterator<Item = (bool, Op, i64)> {
    let forms = [
        (false, Op::Add, Some(goal - known)),
        (false, Op::Sub, Some(goal + known)),
        (
            false,
            Op::Mul,
            (known > 1 && goal % known == 0).then(|| goal / known),
        ),
        (false, Op::Div, (known > 1).then(|| goal.saturating_mul(known))),
        (true, Op::Sub, Some(known - goal)),
        (
            true,
            Op::Div,
            (goal > 0 && known > goal && known % goal == 0).then(|| known / goal),
        ),
    ];
    forms
        .into_iter()
        .filter_map(|(known_first, op, need)| need.map(|need| (known_first, op, need)))
        .filter(|(_, _, need)| *need >= 1)
}

//! What the parts of a state can make, and how the whole makes a goal.
//!
//! Subset dynamic programming from below, inverse operations from above: the values of every subset up to half of the
//! numbers are listed; a larger subset makes `goal` when it splits into `A` and a smaller `B` with a value `b` of `B` such
//! that `A` makes the value which `b` turns into `goal`. A half-way table keeps a cold search of 6 numbers at a
//! few milliseconds where listing everything takes seconds.
//!
//! Subsets are bit masks over the positions of the state.

use super::{Number, Op, Rules};
use std::collections::HashSet;

/// Which numbers of the state: bit `i` is the number at position `i`.
type Mask = usize;

/// How a subset makes a value: `left op right`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) left: (Mask, Number),
    pub(super) op: Op,
    pub(super) right: (Mask, Number),
}

/// The values of the small subsets of one state. Kept between states to reuse its memory.
#[derive(Debug)]
pub(super) struct Table {
    rules: Rules,
    count: usize,
    /// The values of each mask of at most `depth` numbers, sorted by [`key`].
    values: Vec<Vec<Number>>,
    depth: u32,
    /// No fraction can occur: divisions that leave a rest need not be worked out.
    integral: bool,
    /// Larger subsets known not to make a value.
    failed: HashSet<(Mask, Number)>,
}

impl Table {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            count: 0,
            values: Vec::new(),
            depth: 0,
            integral: false,
            failed: HashSet::new(),
        }
    }

    /// Makes this the table of `state`.
    pub(super) fn load(&mut self, state: &[Number]) {
        let ordinary = state.iter().all(|n| self.rules.allows(*n));
        // With numbers that no legal move could have made, what is written below about zero does not hold.
        let depth = if ordinary {
            state.len().div_ceil(2)
        } else {
            state.len().min(5)
        };
        self.count = state.len();
        self.depth = (depth as u32).max(1);
        self.integral = self.rules == Rules::Integer && state.iter().all(|n| n.is_integer());
        self.failed.clear();
        let masks = 1 << state.len();
        if self.values.len() < masks {
            self.values.resize(masks, Vec::new());
        }
        for mask in 1..masks {
            let mut values = std::mem::take(&mut self.values[mask]);
            values.clear();
            if mask.is_power_of_two() {
                values.push(state[mask.trailing_zeros() as usize]);
            } else if mask.count_ones() <= self.depth {
                self.list(mask, &mut values);
            }
            self.values[mask] = values;
        }
    }

    /// The mask of the whole state.
    pub(super) fn whole(&self) -> Mask {
        (1 << self.count) - 1
    }

    /// All values of `mask` from those of its parts.
    fn list(&self, mask: Mask, values: &mut Vec<Number>) {
        for (a, b) in splits(mask) {
            for &x in &self.values[a] {
                for &y in &self.values[b] {
                    let results = [
                        self.rules.apply(x, Op::Add, y),
                        self.rules.apply(x, Op::Mul, y),
                        self.rules.apply(x, Op::Sub, y),
                        self.rules.apply(y, Op::Sub, x),
                        self.quotient(x, y),
                        self.quotient(y, x),
                    ];
                    values.extend(results.into_iter().flatten());
                }
            }
        }
        values.sort_unstable_by_key(key);
        values.dedup();
    }

    /// `a / b` as the rules allow it.
    fn quotient(&self, a: Number, b: Number) -> Option<Number> {
        if self.integral && a.numerator().checked_rem(b.numerator()) != Some(0) {
            return None;
        }
        self.rules.apply(a, Op::Div, b)
    }

    /// Whether the numbers of `mask`, all of them, make `goal`.
    pub(super) fn makes(&mut self, mask: Mask, goal: Number) -> bool {
        if mask.count_ones() <= self.depth {
            let values = &self.values[mask];
            return if values.len() <= 8 {
                values.contains(&goal)
            } else {
                values.binary_search_by_key(&key(&goal), key).is_ok()
            };
        }
        if !self.rules.allows(goal) || self.failed.contains(&(mask, goal)) {
            return false;
        }
        let found = self.step(mask, goal).is_some();
        // Below that, searching again is as quick as remembering.
        if !found && mask.count_ones() >= 4 && mask != self.whole() {
            self.failed.insert((mask, goal));
        }
        found
    }

    /// A last operation by which the numbers of `mask` make `goal`; `None` for single numbers too.
    pub(super) fn step(&mut self, mask: Mask, goal: Number) -> Option<Step> {
        if !self.rules.allows(goal) {
            return None;
        }
        // The most even splits first: their parts have the most values, and are the most likely to meet.
        for size in (1..=mask.count_ones() / 2).rev() {
            for (a, b) in splits(mask).filter(|(_, b)| b.count_ones() == size) {
                for index in 0..self.values[b].len() {
                    let y = self.values[b][index];
                    if let Some(step) = self.last(a, b, y, goal) {
                        return Some(step);
                    }
                }
            }
        }
        None
    }

    /// A value `x` of `a` and an operation that together with the value `y` of `b` give `goal`.
    fn last(&mut self, a: Mask, b: Mask, y: Number, goal: Number) -> Option<Step> {
        let zero = Number::ZERO;
        // 0 = 0 * anything: the one goal that does not determine the other operand. Any value of `a` will do, and
        // where they are not listed its sum is one.
        if y == zero && goal == zero {
            let x = match self.values[a].first() {
                Some(&listed) => listed,
                None => (0..self.count)
                    .filter(|i| a >> i & 1 == 1)
                    .try_fold(zero, |sum, i| sum.checked_add(self.values[1 << i][0]))?,
            };
            return self.makes(a, x).then_some(Step {
                left: (a, x),
                op: Op::Mul,
                right: (b, y),
            });
        }
        let skip = |a: Number, b: Number| {
            self.integral
                && a.numerator()
                    .checked_rem(b.numerator())
                    .is_none_or(|rest| rest != 0)
        };
        let candidates = operands(goal, y, skip);
        for (op, swapped, x) in candidates
            .into_iter()
            .filter_map(|(op, swapped, x)| Some((op, swapped, x?)))
        {
            if self.makes(a, x) {
                let (left, right) = if swapped {
                    ((b, y), (a, x))
                } else {
                    ((a, x), (b, y))
                };
                return Some(Step { left, op, right });
            }
        }
        None
    }
}

/// The value `x` that each operation needs to make `goal` with `y`: `x op y`, or `y op x` where swapped. Quotients that
/// `skip` rules out are not worked out.
fn operands(
    goal: Number,
    y: Number,
    skip: impl Fn(Number, Number) -> bool,
) -> [(Op, bool, Option<Number>); 6] {
    let zero = Number::ZERO;
    let quotient = |a: Number, b: Number| if skip(a, b) { None } else { a.checked_div(b) };
    [
        (Op::Add, false, goal.checked_sub(y)),
        (Op::Sub, false, goal.checked_add(y)),
        (Op::Sub, true, y.checked_sub(goal)),
        (Op::Mul, false, quotient(goal, y)),
        (Op::Div, false, if y == zero { None } else { goal.checked_mul(y) }),
        (Op::Div, true, if y == zero { None } else { quotient(y, goal) }),
    ]
}

/// The goals that are left to the other numbers once `y` is set aside as the last operand.
pub(super) fn goals_beside(goal: Number, y: Number) -> impl Iterator<Item = Number> {
    operands(goal, y, |_, _| false)
        .into_iter()
        .filter_map(|(_, _, x)| x)
}

/// All ways to part a mask in two, the part with fewer numbers second; each once.
fn splits(mask: Mask) -> impl Iterator<Item = (Mask, Mask)> {
    // The standard walk over the proper submasks, in descending order.
    let mut sub = mask;
    std::iter::from_fn(move || {
        sub = sub.checked_sub(1)? & mask;
        (sub != 0).then_some((sub, mask ^ sub))
    })
    .filter(|(a, b)| {
        let (more, fewer) = (a.count_ones(), b.count_ones());
        more > fewer || (more == fewer && a > b)
    })
}

/// An order for look-up that needs no multiplication (not the order of values).
fn key(number: &Number) -> (i64, i64) {
    (number.numerator(), number.denominator())
}

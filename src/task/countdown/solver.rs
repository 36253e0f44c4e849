//! What can still be reached, exactly, from any state.
//!
//! A state is the numbers left; a goal is reachable when some way of using all of them, each once, gives it. Numbers
//! that do not fit 64 bits are dropped.

use super::{
    Expr, MAX_NUMBERS, Move, Number, Rules, legal_moves,
    table::{Table, goals_beside},
};
use std::collections::HashMap;

/// Answers kept at most, before all are forgotten.
const MEMORY: usize = 1 << 16;
/// From this many numbers on answers are worth remembering.
const MEMORABLE: usize = 4;
/// A state of this many numbers takes milliseconds, and each of its successors a tenth of that: they are answered
/// along with it, so that following a trace through them costs a look-up.
const FORESEEN: usize = 6;

/// The exact solver of one rule set. Keep one: it reuses its memory and remembers states it was asked about.
#[derive(Debug)]
pub struct Solver {
    rules: Rules,
    table: Table,
    /// Sorted state with the goal at the end → whether it is reachable.
    memory: HashMap<Vec<Number>, bool>,
}

impl Solver {
    /// A solver that makes legal moves of `rules` only.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            table: Table::new(rules),
            memory: HashMap::new(),
        }
    }

    /// The rules it plays by.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Whether all numbers of `state` together can make `goal`. States of no or more than [`MAX_NUMBERS`] numbers
    /// cannot.
    #[must_use]
    pub fn reachable(&mut self, state: &[Number], goal: Number) -> bool {
        if state.is_empty() || state.len() > MAX_NUMBERS {
            return false;
        }
        if state.len() < MEMORABLE {
            return self.reachable_once(state, goal);
        }
        if let Some(&known) = self.memory.get(&memory_key(state, goal)) {
            return known;
        }
        if state.len() == FORESEEN {
            self.foresee(state, goal);
        }
        self.answer(state, goal)
    }

    /// As [`Solver::reachable`] for states that will not come again: remembers and foresees nothing.
    pub(super) fn reachable_once(&mut self, state: &[Number], goal: Number) -> bool {
        self.table.load(state);
        self.table.makes(self.table.whole(), goal)
    }

    fn answer(&mut self, state: &[Number], goal: Number) -> bool {
        let found = self.reachable_once(state, goal);
        if self.memory.len() >= MEMORY {
            self.memory.clear();
        }
        self.memory.insert(memory_key(state, goal), found);
        found
    }

    /// Answers every state one forward move or one backward step away.
    fn foresee(&mut self, state: &[Number], goal: Number) {
        for next in legal_moves(self.rules, state)
            .iter()
            .filter_map(|step| step.after(state))
        {
            self.answer(&next, goal);
        }
        for (i, &last) in state.iter().enumerate() {
            let mut rest = state.to_vec();
            rest.remove(i);
            for needed in goals_beside(goal, last) {
                self.answer(&rest, needed);
            }
        }
    }

    /// An expression that uses all numbers of `state` and makes `goal`, every step legal. `None` when there is none,
    /// or a number of the state is not a non-negative integer: expressions are written with those alone.
    #[must_use]
    pub fn solution(&mut self, state: &[Number], goal: Number) -> Option<Expr> {
        if !self.reachable(state, goal) {
            return None;
        }
        self.table.load(state);
        self.expression(self.table.whole(), goal)
    }

    fn expression(&mut self, mask: usize, goal: Number) -> Option<Expr> {
        if mask.is_power_of_two() {
            return goal.to_integer().and_then(Expr::number);
        }
        let step = self.table.step(mask, goal)?;
        let left = self.expression(step.left.0, step.left.1)?;
        let right = self.expression(step.right.0, step.right.1)?;
        Some(Expr::binary(left, step.op, right))
    }

    /// The legal moves after which `goal` can still be reached.
    #[must_use]
    pub fn winning_moves(&mut self, state: &[Number], goal: Number) -> Vec<Move> {
        let mut moves = legal_moves(self.rules, state);
        moves.retain(|step| step.after(state).is_some_and(|next| self.reachable(&next, goal)));
        moves
    }
}

fn memory_key(state: &[Number], goal: Number) -> Vec<Number> {
    let mut key = Vec::with_capacity(state.len() + 1);
    key.extend_from_slice(state);
    key.sort_unstable();
    key.push(goal);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::countdown::Op;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn state(numbers: &[i64]) -> Vec<Number> {
        numbers.iter().copied().map(Number::from).collect()
    }

    /// Everything a state can make, by trying every move.
    fn exhaust(rules: Rules, state: &[Number], values: &mut BTreeSet<Number>) {
        if let [value] = state {
            values.insert(*value);
        }
        for step in legal_moves(rules, state) {
            exhaust(rules, &step.after(state).unwrap(), values);
        }
    }

    fn agrees_with_exhaustion(rules: Rules, numbers: &[Number]) {
        let mut solver = Solver::new(rules);
        let mut values = BTreeSet::new();
        exhaust(rules, numbers, &mut values);
        for value in &values {
            assert!(solver.reachable(numbers, *value), "{rules:?} {numbers:?} {value}");
        }
        for goal in (-20..120).map(Number::from) {
            assert_eq!(
                solver.reachable(numbers, goal),
                values.contains(&goal),
                "{rules:?} {numbers:?} {goal}"
            );
        }
    }

    #[test]
    fn a_solution_uses_every_number_and_makes_the_goal() {
        let numbers = state(&[25, 50, 75, 100, 3, 6]);
        for rules in [Rules::Integer, Rules::Rational] {
            let found = Solver::new(rules).solution(&numbers, 952.into()).unwrap();
            assert_eq!(found.eval(), Some(952.into()), "{found}");
            let mut used = found.numbers();
            used.sort_unstable();
            assert_eq!(used, [3, 6, 25, 50, 75, 100]);
        }
    }

    #[test]
    fn rational_rules_reach_what_integer_rules_cannot() {
        let numbers = state(&[3, 3, 8, 8]);
        assert!(Solver::new(Rules::Rational).reachable(&numbers, 24.into()));
        assert!(!Solver::new(Rules::Integer).reachable(&numbers, 24.into()));
        let found = Solver::new(Rules::Rational)
            .solution(&numbers, 24.into())
            .unwrap();
        assert_eq!(found.eval(), Some(24.into()));
    }

    #[test]
    fn all_numbers_must_be_used() {
        let mut solver = Solver::new(Rules::Integer);
        assert!(!solver.reachable(&state(&[15, 7]), 15.into()));
        assert!(solver.reachable(&state(&[15]), 15.into()));
        assert!(!solver.reachable(&[], 15.into()));
        assert!(!solver.reachable(&state(&[1; 9]), 9.into()));
    }

    #[test]
    fn winning_moves_are_those_that_keep_the_goal_in_reach() {
        let moves = Solver::new(Rules::Integer).winning_moves(&state(&[1, 4, 7]), 35.into());
        assert_eq!(moves.iter().map(Move::to_string).collect::<Vec<_>>(), ["4+1=5"]);
        assert_eq!(moves[0].op, Op::Add);
    }

    #[test]
    fn states_after_illegal_moves_are_answered_too() {
        let odd = [
            Number::from(-3),
            Number::new(1, 2).unwrap(),
            Number::from(8),
            Number::from(0),
        ];
        for rules in [Rules::Integer, Rules::Rational] {
            agrees_with_exhaustion(rules, &odd);
        }
    }

    #[test]
    fn numbers_near_the_limit_are_dropped_without_panic() {
        let huge = state(&[i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1, 0, 1]);
        for rules in [Rules::Integer, Rules::Rational] {
            let mut solver = Solver::new(rules);
            let _ = solver.reachable(&huge, i64::MIN.into());
            assert!(solver.reachable(&huge[..1], i64::MAX.into()));
        }
    }

    #[test]
    fn the_successors_of_a_large_state_are_answered_along_with_it_and_rightly() {
        let numbers = state(&[2, 3, 7, 8, 9, 10]);
        let mut solver = Solver::new(Rules::Integer);
        assert!(solver.reachable(&numbers, 487.into()));
        for step in legal_moves(Rules::Integer, &numbers) {
            let next = step.after(&numbers).unwrap();
            let known = solver.memory.get(&memory_key(&next, 487.into())).copied();
            let cold = Solver::new(Rules::Integer).reachable_once(&next, 487.into());
            assert_eq!(known, Some(cold), "{step}");
        }
        assert!(solver.memory.contains_key(&memory_key(&numbers[1..], 489.into())));
    }

    #[test]
    fn memory_is_bounded() {
        let mut solver = Solver::new(Rules::Integer);
        solver
            .memory
            .extend((0..MEMORY as i64).map(|i| (state(&[i]), true)));
        assert!(solver.reachable(&state(&[1, 1, 1, 1, 1]), 5.into()));
        assert!(solver.memory.len() < MEMORY);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn the_solver_agrees_with_exhaustion(numbers in prop::collection::vec(0i64..13, 1..=4)) {
            for rules in [Rules::Integer, Rules::Rational] {
                agrees_with_exhaustion(rules, &state(&numbers));
            }
        }

        #[test]
        fn what_random_moves_make_is_reachable(
            numbers in prop::collection::vec(1i64..30, 5..=6), choices in prop::collection::vec(any::<usize>(), 5)
        ) {
            for rules in [Rules::Integer, Rules::Rational] {
                let mut left = state(&numbers);
                for choice in &choices {
                    let moves = legal_moves(rules, &left);
                    if !moves.is_empty() {
                        left = moves[choice % moves.len()].after(&left).unwrap();
                    }
                }
                let found = Solver::new(rules).solution(&state(&numbers), left[0]).unwrap();
                prop_assert_eq!(found.eval(), Some(left[0]));
            }
        }
    }
}

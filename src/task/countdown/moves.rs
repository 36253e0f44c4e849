//! One step: two numbers of a state become one.

use super::{Number, Op, Rules};
use std::fmt;

/// An operation on two numbers of a state, and its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Move {
    /// The left operand.
    pub left: Number,
    /// The operation.
    pub op: Op,
    /// The right operand.
    pub right: Number,
    /// The result.
    pub value: Number,
}

impl Move {
    /// The state after the move: the operands are gone and the result stands at the end. `None` when an operand is
    /// not there.
    #[must_use]
    pub fn after(&self, state: &[Number]) -> Option<Vec<Number>> {
        let mut next = state.to_vec();
        for operand in [self.left, self.right] {
            next.remove(next.iter().position(|number| *number == operand)?);
        }
        next.push(self.value);
        Some(next)
    }
}

/// `4-1=3`, as the bundled language writes it.
impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            left,
            op,
            right,
            value,
        } = self;
        write!(f, "{left}{op}{right}={value}")
    }
}

/// Every legal move from a state, each once: equal numbers are not told apart, and where the order of the operands
/// does not matter the larger one comes first.
#[must_use]
pub fn legal_moves(rules: Rules, state: &[Number]) -> Vec<Move> {
    let mut moves = Vec::new();
    for (i, &a) in state.iter().enumerate() {
        for &b in state.iter().skip(i + 1) {
            let (high, low) = (a.max(b), a.min(b));
            for op in Op::ALL {
                let orders = [(high, low), (low, high)];
                let distinct = if op.commutes() || high == low { 1 } else { 2 };
                for &(left, right) in orders.iter().take(distinct) {
                    let found = rules.apply(left, op, right).map(|value| Move {
                        left,
                        op,
                        right,
                        value,
                    });
                    moves.extend(found.filter(|found| !moves.contains(found)));
                }
            }
        }
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rules: Rules, state: &[i64]) -> Vec<String> {
        let state: Vec<_> = state.iter().copied().map(Number::from).collect();
        legal_moves(rules, &state).iter().map(Move::to_string).collect()
    }

    #[test]
    fn moves_follow_the_rules() {
        assert_eq!(
            written(Rules::Integer, &[2, 6]),
            ["6+2=8", "6-2=4", "6*2=12", "6/2=3"]
        );
        assert_eq!(
            written(Rules::Rational, &[2, 6]),
            ["6+2=8", "6-2=4", "2-6=-4", "6*2=12", "6/2=3", "2/6=1/3"]
        );
        assert_eq!(
            written(Rules::Integer, &[5, 5, 5]),
            ["5+5=10", "5-5=0", "5*5=25", "5/5=1"]
        );
        assert!(written(Rules::Integer, &[5]).is_empty());
    }

    #[test]
    fn a_move_replaces_its_operands() {
        let state = [Number::from(4), Number::from(1), Number::from(7)];
        let found = Move {
            left: state[0],
            op: Op::Sub,
            right: state[1],
            value: Number::from(3),
        };
        assert_eq!(found.after(&state), Some(vec![Number::from(7), Number::from(3)]));
        assert_eq!(found.after(&state[1..]), None);
    }
}

//! Which moves are legal.

use super::{Number, Op};
use serde::{Deserialize, Serialize};

/// The rule set of a problem. It governs generator, solver and moves; an answer is judged by its exact value alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Rules {
    /// The television game: no result below zero, divisions come out even.
    Integer,
    /// Any exact value, fractions and negative numbers included. What a row that names no rules gets.
    #[default]
    Rational,
}

impl Rules {
    /// The result of a legal move, `None` when the rules forbid it or there is no result.
    #[must_use]
    pub fn apply(self, a: Number, op: Op, b: Number) -> Option<Number> {
        op.apply(a, b).filter(|result| self.allows(*result))
    }

    /// Whether a move may have this result.
    #[must_use]
    pub fn allows(self, result: Number) -> bool {
        match self {
            Self::Integer => result.is_integer() && result.numerator() >= 0,
            Self::Rational => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_rules_refuse_what_rational_rules_allow() {
        let [a, b] = [Number::from(3), Number::from(7)];
        for op in [Op::Sub, Op::Div] {
            assert_eq!(Rules::Integer.apply(a, op, b), None);
            assert!(Rules::Rational.apply(a, op, b).is_some());
        }
        assert_eq!(Rules::Integer.apply(a, Op::Sub, a), Some(Number::ZERO));
        assert_eq!(Rules::Rational.apply(a, Op::Div, Number::ZERO), None);
    }

    #[test]
    fn rules_are_written_in_lower_case() {
        assert_eq!(serde_json::to_string(&Rules::Integer).unwrap(), r#""integer""#);
        assert_eq!(
            serde_json::from_str::<Rules>(r#""rational""#).unwrap(),
            Rules::Rational
        );
    }
}

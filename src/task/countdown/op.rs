//! The four operations.

use super::Number;
use std::fmt;

/// An operation on two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Op {
    /// Addition.
    Add,
    /// Subtraction.
    Sub,
    /// Multiplication.
    Mul,
    /// Division.
    Div,
}

impl Op {
    /// All four, in the order `+ - * /`.
    pub const ALL: [Self; 4] = [Self::Add, Self::Sub, Self::Mul, Self::Div];

    /// Its ASCII sign.
    #[must_use]
    pub fn symbol(self) -> char {
        match self {
            Self::Add => '+',
            Self::Sub => '-',
            Self::Mul => '*',
            Self::Div => '/',
        }
    }

    /// The operation a sign stands for, in ASCII or as models typeset it (`×`, `·`, `÷`, `−`…).
    /// A letter `x` is not one: it is too often a word or an unknown.
    #[must_use]
    pub fn from_symbol(symbol: char) -> Option<Self> {
        Some(match symbol {
            '+' | '＋' => Self::Add,
            '-' | '−' | '–' | '‐' | '‑' | '－' => Self::Sub,
            '*' | '×' | '·' | '⋅' | '∙' | '∗' | '✕' | '＊' => Self::Mul,
            '/' | '÷' | '∕' | '⁄' | '／' => Self::Div,
            _ => return None,
        })
    }

    /// `a op b`, exactly; `None` on division by zero and when the result does not fit.
    #[must_use]
    pub fn apply(self, a: Number, b: Number) -> Option<Number> {
        match self {
            Self::Add => a.checked_add(b),
            Self::Sub => a.checked_sub(b),
            Self::Mul => a.checked_mul(b),
            Self::Div => a.checked_div(b),
        }
    }

    /// Whether the order of the operands does not matter.
    #[must_use]
    pub fn commutes(self) -> bool {
        matches!(self, Self::Add | Self::Mul)
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.symbol())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_its_own_sign() {
        for op in Op::ALL {
            assert_eq!(Op::from_symbol(op.symbol()), Some(op));
        }
        assert_eq!(Op::from_symbol('x'), None);
    }

    #[test]
    fn operations_are_exact() {
        let [a, b] = [Number::from(7), Number::from(2)];
        let results = Op::ALL.map(|op| op.apply(a, b).unwrap().to_string());
        assert_eq!(results, ["9", "5", "14", "7/2"]);
        assert_eq!(Op::Div.apply(a, Number::ZERO), None);
    }
}

//! Arithmetic expressions over non-negative integers: the form every answer has.

use super::{Number, Op};
use std::fmt;
use thiserror::Error;

/// An expression; nothing in it is evaluated as code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A non-negative integer.
    Number(i64),
    /// `left op right`.
    Binary(Box<Expr>, Op, Box<Expr>),
}

/// Why a text is not an expression.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("x")]
pub struct ExprError;

impl Expr {
    /// A number; `None` below zero.
    #[must_use]
    pub fn number(value: i64) -> Option<Self> {
        (value >= 0).then_some(Self::Number(value))
    }

    /// `left op right`.
    #[must_use]
    pub fn binary(left: Self, op: Op, right: Self) -> Self {
        Self::Binary(Box::new(left), op, Box::new(right))
    }

    /// The exact value; `None` on division by zero and overflow.
    #[must_use]
    pub fn eval(&self) -> Option<Number> {
        match self {
            Self::Number(value) => Some(Number::from(*value)),
            Self::Binary(left, op, right) => op.apply(left.eval()?, right.eval()?),
        }
    }

    /// The numbers in it, from left to right.
    #[must_use]
    pub fn numbers(&self) -> Vec<i64> {
        match self {
            Self::Number(value) => vec![*value],
            Self::Binary(left, _, right) => [left.numbers(), right.numbers()].concat(),
        }
    }

    fn precedence(&self) -> u8 {
        match self {
            Self::Number(_) => 2,
            Self::Binary(_, Op::Mul | Op::Div, _) => 1,
            Self::Binary(..) => 0,
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => write!(f, "{value}"),
            Self::Binary(left, op, right) => write!(f, "({left}{op}{right})"),
        }
    }
}

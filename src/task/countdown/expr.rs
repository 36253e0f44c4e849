//! Arithmetic expressions over non-negative integers: the form every answer has.

use super::{
    Number, Op,
    parser::{self, ExprError},
};
use std::{fmt, str::FromStr};

/// An expression. It is data: nothing in it is ever run as code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expr {
    /// A non-negative integer.
    Number(i64),
    /// `left op right`.
    Binary(Box<Expr>, Op, Box<Expr>),
}

impl Expr {
    /// Reads `(18-7)+4`, also as models typeset it: `×`, `÷`, `−`, `\times`, `\frac{a}{b}`, blanks. `*` and `/` bind
    /// tighter than `+` and `-`; equals go from left to right.
    ///
    /// # Errors
    /// Anything else: signs, decimals, letters, more than [`MAX_BYTES`](super::MAX_BYTES) or
    /// [`MAX_DEPTH`](super::MAX_DEPTH).
    pub fn parse(text: &str) -> Result<Self, ExprError> {
        parser::parse(text).map(|written| written.expr)
    }

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
        let mut numbers = Vec::new();
        self.collect(&mut numbers);
        numbers
    }

    fn collect(&self, numbers: &mut Vec<i64>) {
        match self {
            Self::Number(value) => numbers.push(*value),
            Self::Binary(left, _, right) => {
                left.collect(numbers);
                right.collect(numbers);
            }
        }
    }

    /// Writes it as an operand: in parentheses unless it is a number.
    fn operand(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => write!(f, "{value}"),
            Self::Binary(..) => write!(f, "({self})"),
        }
    }
}

/// ASCII without blanks, every operation but the outermost in parentheses: `(18-7)+4`. A long row of operations, which needs
/// none to be read, may come out too deep or too long to be read again.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => write!(f, "{value}"),
            Self::Binary(left, op, right) => {
                left.operand(f)?;
                write!(f, "{op}")?;
                right.operand(f)
            }
        }
    }
}

impl FromStr for Expr {
    type Err = ExprError;

    fn from_str(text: &str) -> Result<Self, ExprError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn expressions() -> impl Strategy<Value = Expr> {
        let op = prop::sample::select(Op::ALL.to_vec());
        (0i64..100)
            .prop_map(Expr::Number)
            .prop_recursive(6, 64, 2, move |inner| {
                (inner.clone(), op.clone(), inner).prop_map(|(left, op, right)| Expr::binary(left, op, right))
            })
    }

    #[test]
    fn a_row_of_operations_that_is_too_long_to_be_read_back_is_read_and_written() {
        let row = format!("8{}", "/8".repeat(99));
        let expr = Expr::parse(&row).unwrap();
        assert_eq!(expr.numbers().len(), 100);
        let written = expr.to_string();
        assert!(written.starts_with("(((") && written.ends_with(")/8"));
        assert_eq!(Expr::parse(&written), Err(ExprError::TooDeep));
        let short = Expr::parse(&row[..99]).unwrap();
        assert_eq!(Expr::parse(&short.to_string()).as_ref(), Ok(&short));
    }

    /// The value as a fraction, the slow and obvious way.
    fn reference(expr: &Expr) -> Option<(i128, i128)> {
        let Expr::Binary(left, op, right) = expr else {
            return Some((expr.numbers()[0].into(), 1));
        };
        let ((a, b), (c, d)) = (reference(left)?, reference(right)?);
        let (n, m) = match op {
            Op::Add => (
                a.checked_mul(d)?.checked_add(c.checked_mul(b)?)?,
                b.checked_mul(d)?,
            ),
            Op::Sub => (
                a.checked_mul(d)?.checked_sub(c.checked_mul(b)?)?,
                b.checked_mul(d)?,
            ),
            Op::Mul => (a.checked_mul(c)?, b.checked_mul(d)?),
            Op::Div => (a.checked_mul(d)?, b.checked_mul(c)?),
        };
        (m != 0).then_some((n, m))
    }

    #[test]
    fn it_is_written_without_outer_parentheses() {
        let written = |text| Expr::parse(text).unwrap().to_string();
        assert_eq!(written("((18 - 7) + 4)"), "(18-7)+4");
        assert_eq!(written("18-7+4"), "(18-7)+4");
        assert_eq!(written("8/(3-8/3)"), "8/(3-(8/3))");
        assert_eq!(written("7"), "7");
    }

    #[test]
    fn division_by_zero_and_overflow_have_no_value() {
        let value = |text| Expr::parse(text).unwrap().eval();
        assert_eq!(value("1/(3-3)"), None);
        assert_eq!(value("9223372036854775807+1"), None);
        assert_eq!(value("1/3*3"), Some(1.into()));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(expr in expressions()) {
            prop_assert_eq!(Expr::parse(&expr.to_string()).unwrap(), expr);
        }

        #[test]
        fn the_value_is_that_of_fractions(expr in expressions()) {
            if let (Some(value), Some((n, m))) = (expr.eval(), reference(&expr)) {
                prop_assert_eq!(i128::from(value.numerator()) * m, n * i128::from(value.denominator()));
            }
        }
    }
}

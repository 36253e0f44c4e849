//! The arithmetic of the published scorers, which hand answers to Python: signs, decimals, `//` and `**` included.
//!
//! Simplifications: numbers beyond 64 bits become floating point; complex results, names and functions count as errors;
//! parentheses nest 64 deep.

use crate::task::countdown::{Number, Op};

/// What `/` does to two integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Division {
    /// Rounds to floating point (Python's own).
    Float,
    /// Stays a fraction (SymPy's).
    Exact,
}

/// The value Python would get, `None` where it would raise.
pub(super) fn eval(text: &str, division: Division) -> Option<f64> {
    let mut parser = Parser {
        rest: text,
        division,
        depth: 0,
    };
    let value = parser.sum()?;
    parser.blanks();
    parser
        .rest
        .is_empty()
        .then(|| value.to_f64())
        .filter(|value| !value.is_nan())
}

/// Every run of digits in `text`: `1.5` has two. Runs beyond 64 bits become the largest number.
pub(super) fn integers(text: &str) -> Vec<i64> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty())
        .map(|run| run.parse().unwrap_or(i64::MAX))
        .collect()
}

#[derive(Clone, Copy, Debug)]
enum Value {
    Exact(Number),
    Float(f64),
}

impl Value {
    fn to_f64(self) -> f64 {
        match self {
            Self::Exact(number) => number.to_f64(),
            Self::Float(value) => value,
        }
    }

    fn is_zero(self) -> bool {
        self.to_f64() == 0.0
    }
}

const MAX_DEPTH: usize = 64;

struct Parser<'a> {
    rest: &'a str,
    division: Division,
    depth: usize,
}

impl Parser<'_> {
    /// Python knows blanks, tabs and form feeds; line ends only within parentheses.
    fn blanks(&mut self) {
        let inside = self.depth > 0;
        self.rest = self
            .rest
            .trim_start_matches(|c| matches!(c, ' ' | '\t' | '\x0c') || inside && matches!(c, '\n' | '\r'));
    }

    fn take(&mut self, symbol: &str) -> bool {
        self.blanks();
        let rest = self.rest.strip_prefix(symbol);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn sum(&mut self) -> Option<Value> {
        let mut left = self.product()?;
        loop {
            let op = if self.take("+") {
                Op::Add
            } else if self.take("-") {
                Op::Sub
            } else {
                return Some(left);
            };
            left = apply(left, op, self.product()?);
        }
    }

    fn product(&mut self) -> Option<Value> {
        let mut left = self.signed()?;
        loop {
            left = if self.take("//") {
                floor(self.divide(left)?)
            } else if self.take("/") {
                self.divide(left)?
            } else if self.take("*") {
                // `**` was taken with its base.
                apply(left, Op::Mul, self.signed()?)
            } else {
                return Some(left);
            };
        }
    }

    fn divide(&mut self, left: Value) -> Option<Value> {
        let right = self.signed()?;
        if right.is_zero() {
            return None;
        }
        Some(match (left, right, self.division) {
            (Value::Exact(_), Value::Exact(_), Division::Exact) => apply(left, Op::Div, right),
            _ => Value::Float(left.to_f64() / right.to_f64()),
        })
    }

    /// A sign binds tighter than `*`, but less than `**`: `-2**2` is -4.
    fn signed(&mut self) -> Option<Value> {
        let mut negative = false;
        loop {
            if self.take("-") {
                negative = !negative;
            } else if !self.take("+") {
                break;
            }
        }
        let value = self.power()?;
        Some(if negative {
            apply(Value::Exact(Number::ZERO), Op::Sub, value)
        } else {
            value
        })
    }

    fn power(&mut self) -> Option<Value> {
        let base = self.atom()?;
        if !self.take("**") {
            return Some(base);
        }
        self.nested(Self::signed)
            .and_then(|exponent| power(base, exponent))
    }

    fn atom(&mut self) -> Option<Value> {
        if self.take("(") {
            let value = self.nested(|parser| {
                let value = parser.sum()?;
                parser.blanks();
                Some(value)
            })?;
            return self.take(")").then_some(value);
        }
        let length = self
            .rest
            .bytes()
            .take_while(|b| b.is_ascii_digit() || *b == b'.')
            .count();
        let (literal, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        if literal.contains('.') {
            // `1.` and `.5` are fine, `.` and `1.5.2` are not.
            return literal.parse().ok().map(Value::Float);
        }
        // `07` is an error in Python 3, `00` is not.
        if literal.starts_with('0') && literal.bytes().any(|b| b != b'0') {
            return None;
        }
        let integer = literal.parse::<i64>().map(|value| Value::Exact(value.into()));
        integer.ok().or_else(|| literal.parse().ok().map(Value::Float))
    }

    fn nested(&mut self, inner: impl Fn(&mut Self) -> Option<Value>) -> Option<Value> {
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let value = inner(self);
        self.depth -= 1;
        value
    }
}

fn apply(a: Value, op: Op, b: Value) -> Value {
    if let (Value::Exact(a), Value::Exact(b)) = (a, b)
        && let Some(exact) = op.apply(a, b)
    {
        return Value::Exact(exact);
    }
    let (a, b) = (a.to_f64(), b.to_f64());
    Value::Float(match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div => a / b,
    })
}

fn floor(value: Value) -> Value {
    match value {
        Value::Exact(number) => {
            Value::Exact(Number::from(number.numerator().div_euclid(number.denominator())))
        }
        Value::Float(value) => Value::Float(value.floor()),
    }
}

/// Exact for small non-negative integer exponents, floating point otherwise (a negative base of a root gives NaN, which counts as
/// an error).
fn power(base: Value, exponent: Value) -> Option<Value> {
    if base.is_zero() && exponent.to_f64() < 0.0 {
        return None;
    }
    if let (Value::Exact(number), Value::Exact(times)) = (base, exponent)
        && let Some(times @ 0..=64) = times.to_integer()
        && let Some(product) = (0..times).try_fold(Number::from(1), |product, _| product.checked_mul(number))
    {
        return Some(Value::Exact(product));
    }
    Some(Value::Float(base.to_f64().powf(exponent.to_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_pythons() {
        // Each pair was worked out with Python 3.
        for (text, value) in [
            ("-2**2", -4.0),
            ("2**-1", 0.5),
            ("2**3**2", 512.0),
            ("7//2*2", 6.0),
            ("-7//2", -4.0),
            ("1/3*3", 1.0),
            ("- - 3", 3.0),
            ("1.5+.5+1.", 3.0),
            ("2--3", 5.0),
            ("\t(1\n+2)", 3.0),
            ("00+1", 1.0),
            ("3*-4", -12.0),
        ] {
            assert_eq!(eval(text, Division::Float), Some(value), "{text}");
            assert_eq!(eval(text, Division::Exact), Some(value), "{text}");
        }
    }

    #[test]
    fn what_python_refuses_has_no_value() {
        for text in [
            "", "()", "07", "1 2", "2(3)", "1.5.2", "1/0", "1//0", "0**-1", "(1", "1)", "1\n+2", "1+", "x",
            "* 2", "1%2", ".",
        ] {
            assert_eq!(eval(text, Division::Float), None, "{text}");
        }
        assert_eq!(eval("(-8)**.5", Division::Float), None);
        assert_eq!(eval(&"(".repeat(100_000), Division::Float), None);
        assert_eq!(eval(&"2**".repeat(100_000), Division::Float), None);
        assert!(eval("9**9**9", Division::Float).is_some_and(f64::is_infinite));
    }

    #[test]
    fn runs_of_digits_are_integers() {
        assert_eq!(
            integers("1.5+(20-x3)*99999999999999999999"),
            [1, 5, 20, 3, i64::MAX]
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in r"([0-9+*/(). \n-]|\*\*|é){0,60}") {
            let _ = (eval(&text, Division::Float), eval(&text, Division::Exact));
        }
    }
}

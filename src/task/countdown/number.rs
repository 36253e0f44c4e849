//! An exact fraction of two 64-bit integers. Whatever does not fit is `None`: nothing is rounded.

use std::{cmp::Ordering, fmt, str::FromStr};
use thiserror::Error;

/// A fraction in lowest terms, the sign on the numerator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    numerator: i64,
    denominator: i64,
}

/// Why a text is not a [`Number`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a number: write an integer or a fraction such as 7/2, with at most 18 digits")]
pub struct NumberError(String);

impl Number {
    /// Zero.
    pub const ZERO: Self = Self {
        numerator: 0,
        denominator: 1,
    };

    /// `numerator / denominator` in lowest terms; `None` when the denominator is zero or the result does not fit.
    #[must_use]
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        if denominator == 1 {
            return Some(Self {
                numerator,
                denominator,
            });
        }
        Self::reduce(numerator.into(), denominator.into())
    }

    fn reduce(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let divisor = gcd_wide(numerator.unsigned_abs(), denominator.unsigned_abs());
        // Both come from products of two i64, far below i128::MAX.
        let divisor = divisor.cast_signed() * denominator.signum();
        Some(Self {
            numerator: i64::try_from(numerator / divisor).ok()?,
            denominator: i64::try_from(denominator / divisor).ok()?,
        })
    }

    /// The sum of a/b and c/d, whose parts are [`Number::small`].
    fn sum_small([a, b, c, d]: [i64; 4]) -> Self {
        let (numerator, denominator) = (a * d + c * b, b * d);
        // Beside a whole number a fraction stays in lowest terms.
        let divisor = if b == 1 || d == 1 {
            1
        } else {
            gcd(numerator, denominator)
        };
        Self {
            numerator: quotient(numerator, divisor),
            denominator: quotient(denominator, divisor),
        }
    }

    /// The product of a/b and c/d, whose parts are [`Number::small`]. Both are in lowest terms, so only one's numerator
    /// and the other's denominator have divisors in common.
    fn product_small([a, b, c, d]: [i64; 4]) -> Self {
        let (first, second) = (gcd(a, d), gcd(c, b));
        Self {
            numerator: quotient(a, first) * quotient(c, second),
            denominator: quotient(b, second) * quotient(d, first),
        }
    }

    /// The numerator, with the sign.
    #[must_use]
    pub fn numerator(self) -> i64 {
        self.numerator
    }

    /// The denominator, at least 1.
    #[must_use]
    pub fn denominator(self) -> i64 {
        self.denominator
    }

    /// Whether it has no fractional part.
    #[must_use]
    pub fn is_integer(self) -> bool {
        self.denominator == 1
    }

    /// The value as an integer, when it is one.
    #[must_use]
    pub fn to_integer(self) -> Option<i64> {
        self.is_integer().then_some(self.numerator)
    }

    /// The nearest floating-point value.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// Appends it as it is displayed; states are written so often that this is worth having.
    pub fn push_to(self, text: &mut String) {
        if self.numerator < 0 {
            text.push('-');
        }
        push_digits(self.numerator.unsigned_abs(), text);
        if !self.is_integer() {
            text.push('/');
            push_digits(self.denominator.unsigned_abs(), text);
        }
    }

    /// `self + other`, `None` on overflow.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if let Some(parts) = self.small(other) {
            return Some(Self::sum_small(parts));
        }
        let [a, b, c, d] = self.wide(other);
        Self::reduce((a * d).checked_add(c * b)?, b * d)
    }

    /// `self - other`, `None` on overflow.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        if let Some([a, b, c, d]) = self.small(other) {
            return Some(Self::sum_small([a, b, -c, d]));
        }
        let [a, b, c, d] = self.wide(other);
        Self::reduce((a * d).checked_sub(c * b)?, b * d)
    }

    /// `self * other`, `None` on overflow.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        if let Some(parts) = self.small(other) {
            return Some(Self::product_small(parts));
        }
        let [a, b, c, d] = self.wide(other);
        Self::reduce(a * c, b * d)
    }

    /// `self / other`, `None` when `other` is zero and on overflow.
    #[must_use]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        if other == Self::ZERO {
            return None;
        }
        if let Some([a, b, c, d]) = self.small(other) {
            return Some(Self::product_small([a, b, d * c.signum(), c.abs()]));
        }
        let [a, b, c, d] = self.wide(other);
        Self::reduce(a * d, b * c)
    }

    /// Both fractions, when no part exceeds 31 bits: then a sum of two products of them fits 64.
    fn small(self, other: Self) -> Option<[i64; 4]> {
        let parts = [
            self.numerator,
            self.denominator,
            other.numerator,
            other.denominator,
        ];
        parts
            .iter()
            .all(|part| i64::from(*part as i32) == *part && *part != i64::from(i32::MIN))
            .then_some(parts)
    }

    /// Both fractions, widened: products of two of these parts cannot overflow.
    fn wide(self, other: Self) -> [i128; 4] {
        [
            self.numerator,
            self.denominator,
            other.numerator,
            other.denominator,
        ]
        .map(i128::from)
    }
}

fn push_digits(number: u64, text: &mut String) {
    if number >= 10 {
        push_digits(number / 10, text);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// `a / b`; by 1 mostly, which needs no division, by far the slowest instruction here.
fn quotient(a: i64, b: i64) -> i64 {
    if b == 1 { a } else { a / b }
}

/// Greatest common divisor without divisions (Stein 1967); `b` is above zero.
fn gcd(a: i64, b: i64) -> i64 {
    if b == 1 || a == 0 {
        return b;
    }
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    loop {
        b >>= b.trailing_zeros();
        if a > b {
            (a, b) = (b, a);
        }
        b -= a;
        if b == 0 {
            return (a << twos).cast_signed();
        }
    }
}

/// Greatest common divisor (Euclid).
fn gcd_wide(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self {
            numerator: value,
            denominator: 1,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        let [a, b, c, d] = self.wide(*other);
        (a * d).cmp(&(c * b))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_integer() {
            write!(f, "{}", self.numerator)
        } else {
            write!(f, "{}/{}", self.numerator, self.denominator)
        }
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let error = || NumberError(text.chars().take(40).collect());
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        let part = |text: &str| text.trim().parse::<i64>().map_err(|_| error());
        Self::new(part(numerator)?, part(denominator)?).ok_or_else(error)
    }
}

/// Numbers with one blank between them, as states are written: `18 7 4`.
#[must_use]
pub fn spaced<N: Copy + Into<Number>>(numbers: &[N]) -> String {
    let mut text = String::with_capacity(4 * numbers.len());
    for (place, number) in numbers.iter().enumerate() {
        if place > 0 {
            text.push(' ');
        }
        (*number).into().push_to(&mut text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn a_fraction_is_kept_in_lowest_terms_with_the_sign_on_top() {
        assert_eq!(Number::new(6, -4).unwrap().to_string(), "-3/2");
        assert_eq!(number("14/2").to_string(), "7");
        assert_eq!(number("0/5"), Number::ZERO);
        assert_eq!(Number::new(1, 0), None);
        assert_eq!(Number::new(i64::MIN, -1), None);
        assert!("3/0".parse::<Number>().is_err() && "1.5".parse::<Number>().is_err());
    }

    #[test]
    fn what_does_not_fit_is_nothing_instead_of_wrong() {
        let big = Number::from(i64::MAX);
        assert_eq!(big.checked_add(1.into()), None);
        assert_eq!(big.checked_mul(2.into()), None);
        assert_eq!(Number::from(i64::MIN).checked_div((-1).into()), None);
        assert_eq!(Number::from(1).checked_div(Number::ZERO), None);
        let small = Number::new(1, i64::MAX).unwrap();
        assert_eq!(small.checked_add(Number::new(1, i64::MAX - 1).unwrap()), None);
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let mut list = [number("7/2"), number("3"), number("-1/2"), number("10/3")];
        list.sort();
        assert_eq!(list.map(|n| n.to_string()), ["-1/2", "3", "10/3", "7/2"]);
    }

    proptest! {
        #[test]
        fn small_and_large_fractions_are_worked_out_alike(
            a in -99i64..99, b in 1i64..99, c in -99i64..99, d in 1i64..99
        ) {
            let (x, y) = (Number::new(a, b).unwrap(), Number::new(c, d).unwrap());
            prop_assert_eq!(x.checked_add(y), Number::new(a * d + c * b, b * d));
            prop_assert_eq!(x.checked_sub(y), Number::new(a * d - c * b, b * d));
            prop_assert_eq!(x.checked_mul(y), Number::new(a * c, b * d));
            prop_assert_eq!(x.checked_div(y), Number::new(a * d, b * c));
        }

        #[test]
        fn operations_undo_each_other(a in -999i64..999, b in 1i64..99, c in -999i64..999, d in 1i64..99) {
            let (x, y) = (Number::new(a, b).unwrap(), Number::new(c, d).unwrap());
            prop_assert_eq!(x.checked_add(y).unwrap().checked_sub(y).unwrap(), x);
            if y != Number::ZERO {
                prop_assert_eq!(x.checked_mul(y).unwrap().checked_div(y).unwrap(), x);
            }
            prop_assert_eq!(x.to_string().parse::<Number>().unwrap(), x);
        }

        #[test]
        fn states_are_written_as_numbers_are_displayed(a: i64, b in 1i64..99, c in -99i64..99) {
            let numbers: Vec<Number> = [(a, b), (c, 1), (a / 1000, 1)]
                .into_iter()
                .filter_map(|(a, b)| Number::new(a, b))
                .collect();
            let displayed: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            prop_assert_eq!(spaced(&numbers), displayed.join(" "));
        }

        #[test]
        fn no_pair_of_numbers_panics(a: i64, b: i64, c: i64, d: i64) {
            if let (Some(x), Some(y)) = (Number::new(a, b), Number::new(c, d)) {
                let _ = (x.checked_add(y), x.checked_sub(y), x.checked_mul(y), x.checked_div(y), x.cmp(&y));
            }
        }
    }
}

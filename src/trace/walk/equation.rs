//! A move as the text claims it.

use crate::{
    task::countdown::{Number, Op},
    trace::Span,
};

/// `a op b = result`, as the text claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Equation {
    /// Left operand.
    pub a: Number,
    /// Operation.
    pub op: Op,
    /// Right operand.
    pub b: Number,
    /// Claimed result.
    pub result: Number,
    /// Where it stands.
    pub span: Span,
}

/// Bytes in which nearly every move can be written.
const WRITTEN: usize = 16;

impl Equation {
    /// Whether it is right.
    #[must_use]
    pub fn holds(self) -> bool {
        self.op.apply(self.a, self.b) == Some(self.result)
    }

    /// The same move with its operands the other way round, where that makes no difference.
    #[must_use]
    pub fn turned(self) -> Option<Self> {
        let turned = Self {
            a: self.b,
            b: self.a,
            ..self
        };
        matches!(self.op, Op::Add | Op::Mul).then_some(turned)
    }

    /// Whether it does what `other` does, its operands maybe the other way round, whatever comes of it.
    #[must_use]
    pub fn does_as(self, other: Self) -> bool {
        let same = |way: Self| (way.a, way.op, way.b) == (other.a, other.op, other.b);
        same(self) || self.turned().is_some_and(same)
    }

    /// Whether it is `other` once more.
    #[must_use]
    pub fn is_again(self, other: Self) -> bool {
        self.result == other.result && self.does_as(other)
    }

    /// `18+7=25`.
    #[must_use]
    pub fn written(self) -> String {
        let mut text = String::with_capacity(WRITTEN);
        self.a.push_to(&mut text);
        text.push(self.op.symbol());
        self.b.push_to(&mut text);
        text.push('=');
        self.result.push_to(&mut text);
        text
    }
}

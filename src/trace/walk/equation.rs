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

    /// `18+7`.
    #[must_use]
    pub fn operation(self) -> String {
        let mut text = String::with_capacity(WRITTEN);
        self.a.push_to(&mut text);
        text.push(self.op.symbol());
        self.b.push_to(&mut text);
        text
    }

    /// Whether it is written like this, its operands maybe the other way round.
    #[must_use]
    pub fn is_written(self, step: &str) -> bool {
        let ways = [Some(self), self.turned()];
        ways.into_iter().flatten().any(|way| way.written() == step)
    }

    /// `18+7=25`.
    #[must_use]
    pub fn written(self) -> String {
        let mut text = self.operation();
        text.push('=');
        self.result.push_to(&mut text);
        text
    }
}

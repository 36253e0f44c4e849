//! An expression that is worked out after it was written: `(5 + 7) * 2`, then `5 + 7 = 12`.

use super::{
    Free,
    exact::equations,
    fit::{calculations, fits_all},
};
use crate::{
    task::countdown::Number,
    trace::{
        Span,
        prose::Expression,
        read::rounding::is_rounded,
        walk::{Equation, Walk},
    },
};

impl Free {
    /// Whether the sentence goes on with another attempt behind a move of the expression that was written last.
    pub(super) fn begins_so(&self, walk: &Walk, ahead: &[Expression]) -> bool {
        let own = |(head, claimed)| self.has_part(&equations(head, claimed, Span::default()));
        let other = calculations(ahead).find(|calculation| !own(*calculation));
        other.is_some_and(|(head, _)| !walk.holds_all(walk.here(), &head.operands))
            && fits_all(walk, self.attempt.began, ahead)
    }

    /// Whether `moves` are among those of the expression that was written last, which has more or no result.
    pub(super) fn works_out(&self, moves: &[Equation]) -> bool {
        let fewer = moves.len() < self.whole.len() || self.open;
        fewer && self.has_part(moves)
    }

    /// Whether `moves` are among those of the expression that was written last.
    fn has_part(&self, moves: &[Equation]) -> bool {
        let same = |a: Number, b: Number| a == b || is_rounded(a, Some(b));
        let is_part = |equation: &Equation| {
            let ways = [Some(*equation), equation.turned()];
            self.whole.iter().any(|part| {
                ways.iter()
                    .flatten()
                    .any(|way| way.op == part.op && same(way.a, part.a) && same(way.b, part.b))
            })
        };
        !moves.is_empty() && moves.iter().all(is_part)
    }
}

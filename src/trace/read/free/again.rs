//! What a text says once more: an expression with a part worked out, the way it has gone, the move just made.

use super::{
    Free, Turn,
    backward::{closes, retells},
    exact::equations,
    fit::{chains, claimed},
    meet::begins_another,
};
use crate::trace::{
    Span,
    prose::{Expression, Sentence},
    walk::{Equation, LONGEST_WAY, Walk, contains},
};

impl Free {
    /// Whether an expression is the one before with a part worked out, or left out: `52 + 96` under `52 + 50 + 46`. Other
    /// numbers are another attempt.
    pub(super) fn rewrites(&self, walk: &Walk, expression: &Expression) -> bool {
        let Some((value, numbers)) = &self.written else {
            return false;
        };
        let shorter = expression.value == Some(*value) && expression.operands.len() < numbers.len();
        let parts = || contains(numbers, &expression.operands);
        shorter && (parts() || !walk.holds_all(0, &expression.operands))
    }

    /// Whether an expression, which these moves calculate, only goes once more through what has been done: the way to the
    /// goal, what was just made, what is needed.
    pub(super) fn is_check(
        &self,
        walk: &Walk,
        (expression, ahead): (&Expression, &[Expression]),
        moves: &[Equation],
    ) -> bool {
        let goes_on = self.turn == Turn::On;
        let known = |equation: &Equation| self.verifying || walk.led_to_goal(*equation);
        let led = !moves.is_empty() && moves.iter().all(known) || closes(walk, expression);
        // After "too big" all of it once more is another attempt.
        let repeats = moves.len() == 1 || !self.attempt.dismissed;
        let there = || walk.holds_all(walk.here(), &expression.operands);
        let made = || walk.just_made(moves) && !there() && !begins_another(walk, ahead);
        led || goes_on && (repeats && made() || retells(walk, expression))
    }

    /// Whether a sentence only looks once more at the move just made: "Wait, 75 + 9 is 84."
    pub(super) fn looks_again(
        &self,
        walk: &Walk,
        sentence: &Sentence<'_>,
        expression: &Expression,
        moves: &[Equation],
    ) -> bool {
        let says = || {
            let shape = sentence.shape;
            shape.contains("wait") && !shape.contains("try") && !shape.contains("what if")
        };
        self.turn == Turn::Earlier
            && moves.len() == 1
            && walk.just_made(moves)
            && !walk.holds_all(walk.here(), &expression.operands)
            && says()
    }

    /// Whether these moves, the first of `ahead`, are the next on the way to the state being worked on, through which the
    /// text goes once more: it says so, or its sentence holds all of that way's end.
    pub(super) fn retraces(&mut self, walk: &Walk, ahead: &[Expression], moves: &[Equation]) -> bool {
        if self.turn != Turn::On || moves.is_empty() {
            return false;
        }
        // One alone says nothing of a way.
        if self.retraced.is_none() && ahead.len() > 2 && !self.attempt.dismissed {
            let all: Vec<Equation> = chains(ahead)
                .filter_map(|chain| Some((chain.first()?, claimed(chain))))
                .flat_map(|(head, claimed)| equations(head, claimed, Span::default()))
                // More moves than one of a way are no way's end, however many there are.
                .take(LONGEST_WAY + 1)
                .collect();
            self.retraced = walk.ends_with(&all).filter(|_| all.len() > moves.len());
        }
        let next = self
            .retraced
            .and_then(|done| walk.leads_on(done, moves).then_some(done + moves.len()));
        self.retraced = next.or(self.retraced);
        next.is_some()
    }
}

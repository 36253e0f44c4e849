//! What a text says of its grid, judged where that is certain.

use super::{
    Sudoku,
    say::{Kind, Named},
    words::{LETTER, ORDINAL},
};
use crate::{
    task::sudoku::{Board, Unit, Written, repeated},
    trace::{ClaimKind, Span, Status},
};

impl Sudoku {
    /// `row 2 has 1 and 3`, `row 2 lacks 4`.
    pub(super) fn judge_unit(&mut self, unit: Named, values: &[u8], has: bool, span: Span) {
        let number = match unit {
            Named::Row(number) | Named::Column(number) => self.index(number),
        };
        let Some(number) = number.filter(|_| self.doubt.is_none() && self.guesses.is_empty()) else {
            return;
        };
        let (unit, name) = match unit {
            Named::Row(named) => (Unit::Row(number), format!("row {}", named & !(ORDINAL | LETTER))),
            Named::Column(named) => (Unit::Column(number), format!("column {}", named & !ORDINAL)),
        };
        let here = self.position.here();
        let there = self.position.board(here).values(unit);
        let against = values.iter().find(|value| (there >> **value & 1 == 1) != has);
        let certain = self.position.is_known() && self.shown == Some(here);
        let fault = match against {
            None => None,
            Some(value) if certain && has => Some(format!("there is no {value} in {name}")),
            Some(value) if certain => Some(format!("{name} has a {value}")),
            Some(_) => return,
        };
        if certain || has {
            self.position.claim(ClaimKind::State, span, fault);
        }
    }

    /// `each column contains 1-4 exactly once`: of a finished grid; of another it is a rule.
    pub(super) fn judge_every(&mut self, kind: Kind, span: Span) {
        let board = self.position.board(self.position.here());
        if board.is_full() && self.doubt.is_none() {
            let fault = twice(&board, &[kind]);
            self.position.claim(ClaimKind::Verdict, span, fault);
        }
    }

    /// `✓` behind a line, or that the finished grid is right.
    pub(super) fn judge_right(&mut self, line: Option<Vec<Written>>, span: Span) {
        let fault = match line {
            Some(cells) => {
                let again = repeated(cells.iter().filter_map(|cell| cell.value));
                again.map(|value| format!("{value} stands there twice"))
            }
            None => {
                let here = self.position.here();
                let board = self.position.board(here);
                if !board.is_full() || !self.position.is_known() || self.doubt.is_some() {
                    return;
                }
                (self.position.status(here) != Some(Status::Goal)).then(|| self.position.wrong_with(&board))
            }
        };
        self.position.claim(ClaimKind::Verdict, span, fault);
    }

    /// That the finished grid is not right.
    pub(super) fn judge_wrong(&mut self, span: Span) {
        let here = self.position.here();
        let full = self.position.board(here).is_full();
        if full && self.position.is_known() && self.shown == Some(here) {
            let fault =
                (self.position.status(here) == Some(Status::Goal)).then(|| "it is the solution".to_owned());
            self.position.claim(ClaimKind::Verdict, span, fault);
        }
    }
}

/// The first of these rows, columns or boxes that has a value twice, in a few words.
pub(super) fn twice(board: &Board, kinds: &[Kind]) -> Option<String> {
    let unit = |kind: &Kind, n: usize| match kind {
        Kind::Rows => Unit::Row(n),
        Kind::Columns => Unit::Column(n),
        Kind::Boxes => Unit::Box(n),
    };
    board.twice((0..board.shape().size()).flat_map(|n| kinds.iter().map(move |kind| unit(kind, n))))
}

//! What a text takes back before it says what takes its place.

use super::{Sudoku, board::Position, grid::Mark};
use crate::{
    task::sudoku::Board,
    trace::{NodeId, Span, read::returning::upwards},
};

/// Sentences and lines after which a doubt no longer means the move before it.
const FRESH: usize = 4;

/// Something is taken back, and no move has said yet what takes its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt {
    pub span: Span,
    /// Where it goes back to.
    pub to: NodeId,
    /// Whether it is no single value that is put anew, but everything.
    pub everything: bool,
    /// The cell whose value was refused with it: with another value for that, candidates are only gone through one by one.
    pub of: Option<usize>,
}

impl Doubt {
    /// Of a single value, which nobody refused.
    fn back(to: NodeId, span: Span) -> Self {
        Self {
            span,
            to,
            everything: false,
            of: None,
        }
    }

    /// The whole grid that answers it shows how much of the way to `position` still stands. A clue may be written over.
    pub fn show(&mut self, position: &Position, board: &Board) {
        let stands = |(cell, value)| board.get(cell) == Some(value) || position.given(cell) == Some(value);
        if !self.everything {
            let mut way = upwards(position.tree(), position.here());
            let stands = |id: &NodeId| position.board(*id).filled().all(stands);
            self.to = way.find(stands).unwrap_or_default();
        }
    }
}

impl Sudoku {
    /// The text takes back its last statement, its last guess, or everything.
    pub(super) fn doubted(&mut self, span: Span, everything: bool) {
        if self.position.here() == 0 || self.doubt.is_some() && !everything {
            return;
        }
        if everything {
            self.doubt = Some(Doubt {
                everything,
                ..Doubt::back(0, span)
            });
        } else if !self.doubt_guess(span) && self.clock - self.before.1 <= FRESH {
            let to = self.before.0;
            let above = upwards(self.tree(), self.position.here()).any(|id| id == to);
            self.doubt = above.then(|| Doubt::back(to, span));
        }
    }

    /// A value does not belong into its cell, the text says: where it stands there it is taken back.
    pub(super) fn refused(&mut self, cell: usize, value: u8, span: Span) {
        self.goes_through(cell);
        self.refusing = Some(cell);
        let here = self.position.here();
        let stands = |id: NodeId| self.position.board(id).get(cell) == Some(value);
        if self.doubt.is_some() || !stands(here) {
            return;
        }
        let before = upwards(self.tree(), here).find(|id| !stands(*id));
        self.doubt = before.map(|to| Doubt::back(to, span));
    }

    /// Something is said of a cell: where the doubt came with another value for it, no guess was doubted.
    pub(super) fn goes_through(&mut self, cell: usize) {
        if self.doubt.is_some_and(|doubt| doubt.of == Some(cell)) {
            self.doubt = None;
        }
    }

    /// Something cannot be: the guess that stands was wrong.
    pub(super) fn clash(&mut self, span: Span) {
        if self.doubt.is_none() {
            self.doubt_guess(span);
        }
    }

    /// Doubts the guess that stands; what is put next tells how much of it is given up.
    fn doubt_guess(&mut self, span: Span) -> bool {
        let opened = self.guesses.last().map(|(opened, _)| *opened);
        let to = opened.and_then(|opened| self.position.parent(opened));
        if let Some(to) = to {
            self.doubt = Some(Doubt {
                of: self.refusing,
                ..Doubt::back(to, span)
            });
        }
        to.is_some()
    }

    /// Where values that are put anew had stood otherwise, when a doubt allows going back less far than to `doubt.to`.
    pub(super) fn anew(&self, doubt: Doubt, marks: &[Mark]) -> Option<NodeId> {
        if doubt.everything {
            return None;
        }
        let here = self.position.here();
        let way = || upwards(self.tree(), here).take_while(|id| *id > doubt.to);
        let agrees = |id: &NodeId| self.position.agrees(*id, marks);
        let before = match marks {
            [mark] => {
                let before = self.put_otherwise(doubt, mark)?;
                way().find(|id| *id == before).filter(agrees)?
            }
            // Of a row of what was more than a row, where the first value stands that is another now.
            _ if agrees(&here) || way().take(marks.len() + 1).count() <= marks.len() => return None,
            _ => way().find(agrees)?,
        };
        let fits = |id: NodeId| {
            let board = self.position.board(id);
            marks.iter().all(|mark| board.fits(mark.cell, mark.value))
        };
        // What it does not fit is given up, too.
        (fits(before) || !fits(doubt.to)).then_some(before)
    }

    /// Where the cell of `mark` was given another value last, since what is doubted.
    fn put_otherwise(&self, doubt: Doubt, mark: &Mark) -> Option<NodeId> {
        /// Nodes looked at; hostile text stays cheap.
        const MOST: usize = 200;
        let nodes = (doubt.to + 1..self.tree().nodes.len()).rev().take(MOST);
        nodes.into_iter().find_map(|id| {
            let parent = self.position.parent(id)?;
            let value = |id: NodeId| self.position.board(id).get(mark.cell);
            let other = value(id).is_some_and(|value| value != mark.value);
            (other && value(parent) != value(id)).then_some(parent)
        })
    }
}

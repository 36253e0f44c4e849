//! The reader of Sudoku, `sudoku/1`: every value put into a cell is a move, whichever way it is written.
//!
//! A grid in the text puts whatever the grid before did not have. A cell that changes is a return to the nearest state
//! that does not contradict what is written now; a doubt ("that's wrong", "start over") or a clash under a guess says
//! earlier where to go back to. An empty cell of a grid takes nothing back, unless the grid is exactly an earlier state.
//! What the rules and the solver know is judged; what only our reading says is not: that a unit lacks something is held
//! against a text only where it has just shown its grid, or has not put anything yet.

mod board;
mod grid;
mod say;
mod words;

use super::returning::upwards;
use crate::{
    task::sudoku::{Board, Shape, Unit, Written},
    trace::{ClaimKind, NodeId, Span, Status, Tree, prose::Sentence},
};
use board::Position;
use grid::{Line, Lines, Mark, marks};
use say::{Named, Said, Speech, Topic, said};

/// Sentences and lines after which a doubt no longer means the move before it.
const FRESH: usize = 4;

/// Reads a text about one Sudoku.
#[derive(Debug)]
pub(super) struct Sudoku {
    position: Position,
    lines: Lines,
    topic: Topic,
    /// Whether the text counts cells from 0, once it is clear.
    from_zero: Option<bool>,
    /// Guesses that stand: the state each opened, and the line when it was an `if`.
    guesses: Vec<(NodeId, Option<usize>)>,
    /// A doubt that no move has answered yet.
    doubt: Option<Doubt>,
    /// The state before the last statement that put anything, and when that was.
    before: (NodeId, usize),
    /// Sentences and lines of grids so far.
    clock: usize,
    /// Lines so far.
    line: usize,
    /// The state whose grid the text has shown.
    shown: Option<NodeId>,
}

#[derive(Clone, Copy, Debug)]
struct Doubt {
    span: Span,
    to: NodeId,
}

impl Sudoku {
    /// At the beginning of a text about `given`, when that is known.
    pub fn new(reader: &str, given: Option<Board>) -> Self {
        Self {
            position: Position::new(reader, given),
            lines: Lines::default(),
            topic: Topic::default(),
            from_zero: None,
            guesses: Vec::new(),
            doubt: None,
            before: (0, 0),
            clock: 0,
            line: 0,
            shown: Some(0),
        }
    }

    /// The tree so far.
    pub fn tree(&self) -> &Tree {
        self.position.tree()
    }

    /// The finished tree.
    pub fn into_tree(self) -> Tree {
        self.position.into_tree()
    }

    /// Follows a line that may be a row of a grid; whether it was one. Its sentences are then nothing to follow.
    pub fn line(&mut self, line: &str, span: Span) -> bool {
        self.line += 1;
        self.topic = Topic::default();
        match self.lines.read(line, span.start, self.position.shape()) {
            Line::Part => true,
            Line::Grid(rows) => {
                self.clock += 1;
                self.grid(&rows);
                true
            }
            Line::Other => {
                self.finish();
                false
            }
        }
    }

    /// What was collected counts although no grid came of it.
    pub fn finish(&mut self) {
        let rows = self.lines.take();
        if !rows.is_empty() {
            self.clock += 1;
            self.rows(&rows);
        }
    }

    /// The text is over: a doubt that nothing answered gave up what it doubted.
    pub fn end(&mut self) {
        self.finish();
        if let Some(doubt) = self.doubt.take() {
            self.back(doubt.to, doubt.span);
        }
    }

    /// Follows a sentence.
    pub fn sentence(&mut self, sentence: &Sentence<'_>) {
        self.clock += 1;
        let size = self.position.shape().unwrap_or(Shape::Nine).size() as u8;
        for Said { what, at } in said(sentence.text, size, &mut self.topic) {
            let span = Span::new(sentence.span.start + at.start, sentence.span.start + at.end);
            match what {
                Speech::Put {
                    row,
                    column,
                    value,
                    guess,
                } => {
                    if let Some(cell) = self.cell(row, column, value) {
                        let conditional = sentence.shape.contains("if ");
                        self.write(&[Mark { cell, value, span }], guess.then_some(conditional), span);
                    }
                }
                Speech::Line {
                    unit,
                    mut cells,
                    guess,
                } => {
                    cells.iter_mut().for_each(|cell| cell.at += sentence.span.start);
                    let conditional = sentence.shape.contains("if ");
                    if let Some(marks) = self.written(unit, &cells) {
                        self.write(&marks, guess.then_some(conditional), span);
                    }
                }
                Speech::Undo => self.doubted(span, false),
                Speech::Clash => self.clash(span),
                Speech::Restart => self.doubted(span, true),
                Speech::Has { unit, values } => self.judge_unit(unit, &values, true, span),
                Speech::Lacks { unit, values } => self.judge_unit(unit, &values, false, span),
                Speech::Right(line) => self.judge_right(line, span),
                Speech::Wrong => self.judge_wrong(span),
            }
        }
    }

    /// The cell that the text means, by its way of counting.
    fn cell(&mut self, row: u8, column: u8, value: u8) -> Option<usize> {
        let size = self.position.shape().unwrap_or(Shape::Nine).size();
        let at = |base: u8| {
            let (row, column) = (
                usize::from(row.checked_sub(base)?),
                usize::from(column.checked_sub(base)?),
            );
            (row < size && column < size && usize::from(value) <= size && value > 0)
                .then_some(row * size + column)
        };
        if row == 0 || column == 0 {
            self.from_zero.get_or_insert(true);
        } else if usize::from(row.max(column)) == size {
            self.from_zero.get_or_insert(false);
        } else if self.from_zero.is_none() {
            // Who counts from 1 puts nothing into a cell that has another value from the start.
            let odd = |base: u8| {
                at(base).is_some_and(|cell| self.position.given(cell).is_some_and(|given| given != value))
            };
            if odd(1) && !odd(0) {
                self.from_zero = Some(true);
            }
        }
        at(u8::from(self.from_zero != Some(true)))
    }

    /// The number of a row or column from 0.
    fn index(&self, named: u8) -> Option<usize> {
        let size = self.position.shape()?.size();
        let index = usize::from(named.checked_sub(u8::from(self.from_zero != Some(true)))?);
        (index < size).then_some(index)
    }

    /// The marks of a row or column in a sentence. Without a name it is the one row whose clues it has.
    fn written(&self, unit: Option<Named>, cells: &[Written]) -> Option<Vec<Mark>> {
        let size = self.position.shape()?.size();
        if cells.len() != size {
            return None;
        }
        let row = match unit {
            Some(Named::Column(column)) => {
                let column = self.index(column)?;
                let mark = |(row, cell): (usize, &Written)| {
                    Some(Mark {
                        cell: row * size + column,
                        value: cell.value?,
                        span: Span::new(cell.at, cell.at + 1),
                    })
                };
                return Some(cells.iter().enumerate().filter_map(mark).collect());
            }
            Some(Named::Row(row)) => self.index(row),
            None => None,
        };
        let rows = [cells.to_vec()];
        let row = match row {
            Some(row) if unit.is_some() => row,
            _ => self.only_fit(&rows)?,
        };
        Some(marks(&rows, row, size))
    }

    /// Where rows fit the clues: the row of the first of them, when there is one place only.
    fn only_fit(&self, rows: &[Vec<Written>]) -> Option<usize> {
        let size = self.position.shape()?.size();
        let mut places = (0..=size.checked_sub(rows.len())?).filter(|first| {
            let (mut met, mut against) = (0, 0);
            for mark in marks(rows, *first, size) {
                match self.position.given(mark.cell) {
                    Some(given) if given == mark.value => met += 1,
                    Some(_) => against += 1,
                    None => {}
                }
            }
            met > 0 && against == 0
        });
        let first = places.next()?;
        let alone = places.next().is_none();
        (alone || first == 0 && rows.len() > 1).then_some(first)
    }

    /// A whole grid.
    fn grid(&mut self, rows: &[Vec<Written>]) {
        let Some(shape) = Shape::of(rows.len()) else {
            return;
        };
        let marks = marks(rows, 0, shape.size());
        let mut board = Board::empty(shape);
        marks
            .iter()
            .for_each(|mark| board.set(mark.cell, Some(mark.value)));
        let (Some(first), Some(last)) = (marks.first(), marks.last()) else {
            return;
        };
        let span = Span::new(first.span.start, last.span.end);
        if self.position.learn(board) {
            return;
        }
        let here = self.position.here();
        if self.position.board(here) == board {
            self.shown = Some(here);
            return;
        }
        // The problem is often only written down again.
        let earlier = self
            .position
            .find(&board)
            .filter(|id| *id != 0 || self.doubt.is_some());
        if let Some(earlier) = earlier {
            let span = self.doubt.take().map_or(span, |doubt| doubt.span);
            self.back(earlier, span);
        } else {
            self.write(&marks, None, span);
        }
        self.shown = Some(self.position.here()).filter(|here| self.position.board(*here) == board);
    }

    /// Rows that stopped before they were a grid.
    fn rows(&mut self, rows: &[Vec<Written>]) {
        let Some(shape) = self.position.shape() else {
            return;
        };
        let size = shape.size();
        let most = rows.len() * 2 > size;
        let first = self.only_fit(rows).or(most.then_some(0));
        if let Some(first) = first {
            let marks = marks(rows, first, size);
            if let (Some(head), Some(last)) = (marks.first(), marks.last()) {
                self.write(&marks, None, Span::new(head.span.start, last.span.end));
            }
        }
    }

    /// Puts values into cells, going back first where the text says so or a cell changes. `guess` says whether it is one, and
    /// whether an `if` made it.
    fn write(&mut self, marks: &[Mark], guess: Option<bool>, span: Span) {
        self.leave_if(marks);
        let here = self.position.here();
        let doubt = self.doubt.take();
        let from = doubt.map_or(here, |doubt| doubt.to);
        let to = upwards(self.tree(), from)
            .find(|id| self.position.agrees(*id, marks))
            .unwrap_or_default();
        if to != here {
            let span = doubt.map_or(span, |doubt| doubt.span);
            match self.position.complete(to, marks).filter(|_| guess.is_none()) {
                Some(known) => self.back(known, span),
                None => self.back(to, span),
            }
        }
        let before = self.position.here();
        for mark in marks {
            self.position.put(*mark);
        }
        let now = self.position.here();
        if now != before {
            self.before = (before, self.clock);
            self.shown = None;
            if let (Some(conditional), Some(opened)) = (guess, self.position.child_towards(before, now)) {
                self.guesses.push((opened, conditional.then_some(self.line)));
            }
        }
    }

    /// An `if` lasts as long as its line: what a later line puts is no part of it.
    fn leave_if(&mut self, marks: &[Mark]) {
        let Some(&(opened, Some(line))) = self.guesses.last() else {
            return;
        };
        let (Some(parent), Some(mark)) = (self.position.parent(opened), marks.first()) else {
            return;
        };
        if line < self.line && self.doubt.is_none() {
            // Who puts the same value after all goes on in the branch.
            let same = marks.iter().any(|mark| self.position.is_move(opened, mark));
            if same {
                self.guesses.pop();
            } else {
                self.back(parent, mark.span);
            }
        }
    }

    fn back(&mut self, to: NodeId, span: Span) {
        self.position.back(to, span);
        let tree = self.position.tree();
        let on_the_way = |id: NodeId| upwards(tree, to).any(|above| above == id);
        // Only guesses on the way from the root still stand, and these are the oldest.
        let kept = self.guesses.iter().take_while(|(id, _)| on_the_way(*id)).count();
        self.guesses.truncate(kept);
        self.shown = None;
    }

    /// The text takes back its last statement, its last guess, or everything.
    fn doubted(&mut self, span: Span, everything: bool) {
        if self.position.here() == 0 || self.doubt.is_some() && !everything {
            return;
        }
        if everything {
            self.doubt = Some(Doubt { span, to: 0 });
        } else if !self.leave_guess(span) && self.clock - self.before.1 <= FRESH {
            let to = self.before.0;
            let above = upwards(self.tree(), self.position.here()).any(|id| id == to);
            self.doubt = above.then_some(Doubt { span, to });
        }
    }

    /// Something cannot be: the guess that stands was wrong.
    fn clash(&mut self, span: Span) {
        if self.doubt.is_none() {
            self.leave_guess(span);
        }
    }

    fn leave_guess(&mut self, span: Span) -> bool {
        let Some(parent) = self
            .guesses
            .last()
            .and_then(|(opened, _)| self.position.parent(*opened))
        else {
            return false;
        };
        self.back(parent, span);
        true
    }

    /// `row 2 has 1 and 3`, `row 2 lacks 4`.
    fn judge_unit(&mut self, unit: Named, values: &[u8], has: bool, span: Span) {
        let number = match unit {
            Named::Row(number) | Named::Column(number) => self.index(number),
        };
        let Some(number) = number.filter(|_| self.doubt.is_none() && self.guesses.is_empty()) else {
            return;
        };
        let (unit, name) = match unit {
            Named::Row(named) => (Unit::Row(number), format!("row {named}")),
            Named::Column(named) => (Unit::Column(number), format!("column {named}")),
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

    /// `✓` behind a line, or that the finished grid is right.
    fn judge_right(&mut self, line: Option<Vec<Written>>, span: Span) {
        let fault = match line {
            Some(cells) => {
                let values = cells.iter().filter_map(|cell| cell.value);
                let seen = values.fold(0_u16, |seen, value| seen | 1 << value);
                (seen.count_ones() as usize != cells.len()).then(|| "a value stands there twice".to_owned())
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
    fn judge_wrong(&mut self, span: Span) {
        let here = self.position.here();
        let full = self.position.board(here).is_full();
        if full && self.position.is_known() && self.shown == Some(here) {
            let fault =
                (self.position.status(here) == Some(Status::Goal)).then(|| "it is the solution".to_owned());
            self.position.claim(ClaimKind::Verdict, span, fault);
        }
    }
}

#[cfg(test)]
mod tests;

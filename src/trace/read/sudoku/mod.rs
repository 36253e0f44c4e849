//! The reader of Sudoku: every value put into a cell is a move, whichever way it is written.
//!
//! A grid in the text puts whatever the grid before did not have. A cell that changes is a return to the nearest state
//! that does not contradict what is written now; a doubt ("that's wrong", "start over") or a clash under a guess says
//! earlier where to go back to. An empty cell of a grid takes nothing back, unless the grid is exactly an earlier state.
//! What the rules and the solver know is judged; what only our reading says is not: that a unit lacks something is held
//! against a text only where it has just shown its grid, or has not put anything yet.

mod behind;
mod board;
mod clash;
mod cues;
mod doubts;
mod grid;
mod judge;
mod letters;
mod names;
mod puts;
mod refusals;
mod say;
mod units;
mod wide;
mod words;

use super::returning::upwards;
use crate::{
    task::sudoku::{Board, Shape, Written, in_words, is_tex},
    trace::{NodeId, Span, Status, Tree, prose::Sentence},
};
use board::Position;
use doubts::Doubt;
use grid::{Line, Lines, Mark, marks, range};
use letters::{Letters, said_of_letters};
use names::counts_from_zero;
use say::{Named, Said, Speech, Topic, said};
use std::ops::Range;
use words::{LETTER, ORDINAL};

/// Moves of a branch that are looked at.
const MOST_IN_BRANCH: usize = 16;

/// Reads a text about one Sudoku.
#[derive(Debug)]
pub(super) struct Sudoku {
    position: Position,
    lines: Lines,
    topic: Topic,
    /// Whether the text counts cells from 0, once it is clear.
    from_zero: Option<bool>,
    /// Whether the line does.
    zero_line: bool,
    /// What the letters of cells such as `B1` count, once it is clear.
    letters: Option<Letters>,
    /// Bytes of the line that were read as rows already.
    taken: Vec<Range<usize>>,
    /// Moves that would only make sense if it did.
    odd: u8,
    /// Guesses that stand: the state each opened, and the line when it was an `if`.
    guesses: Vec<(NodeId, Option<usize>)>,
    /// A doubt that no move has answered yet.
    doubt: Option<Doubt>,
    /// The cell whose value the sentence refuses.
    refusing: Option<usize>,
    /// The state before the last statement that put anything, and when that was.
    before: (NodeId, usize),
    /// Sentences and lines of grids so far.
    clock: usize,
    /// Lines so far.
    line: usize,
    /// The state whose grid the text has shown.
    shown: Option<NodeId>,
}

impl Sudoku {
    /// At the beginning of a text about `given`, when that is known.
    pub fn new(reader: &str, given: Option<Board>) -> Self {
        Self {
            position: Position::new(reader, given),
            lines: Lines::default(),
            topic: Topic::default(),
            from_zero: None,
            zero_line: false,
            taken: Vec::new(),
            letters: None,
            odd: 0,
            guesses: Vec::new(),
            doubt: None,
            refusing: None,
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
        self.topic = self.topic.next(line);
        self.taken.clear();
        self.zero_line = counts_from_zero(line, self.position.shape());
        if is_tex(line) {
            self.tex(line, span.start)
        } else {
            self.piece(line, span.start)
        }
    }

    /// Follows what may be a row of a grid and begins at byte `from`; whether it was one.
    fn piece(&mut self, text: &str, from: usize) -> bool {
        match self.lines.read(text, from, self.position.shape()) {
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
        self.refusing = None;
        let size = self.position.shape().unwrap_or(Shape::Nine).size() as u8;
        let asks = sentence.text.trim_end().ends_with('?');
        self.letters = said_of_letters(sentence.text).or(self.letters);
        let counted = self.from_zero;
        if self.zero_line {
            self.from_zero = Some(true);
        }
        let in_tex = self.in_tex(sentence.text).filter(|_| !asks);
        if let Some(rows) = in_tex.as_deref().and_then(range) {
            let from = sentence.span.start;
            self.taken.push(from + rows.start..from + rows.end);
        }
        let mut whole = in_tex.or_else(|| in_words(sentence.text).filter(|_| !asks));
        for Said { what, at } in said(sentence.text, size, &mut self.topic) {
            let comes_first =
                |cells: &mut Vec<Written>| cells.first().is_some_and(|cell| cell.at <= at.start);
            if let Some(cells) = whole.take_if(comes_first) {
                self.word(cells, sentence.span.start);
            }
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
                        self.goes_through(cell);
                        self.write(&[Mark { cell, value, span }], guess.then_some(conditional), span);
                    }
                }
                // It is one of the grid.
                Speech::Line { .. } if self.taken.iter().any(|rows| rows.contains(&span.start)) => {}
                Speech::Line {
                    unit,
                    certain,
                    mut cells,
                    guess,
                } => {
                    cells.iter_mut().for_each(|cell| cell.at += sentence.span.start);
                    let conditional = sentence.shape.contains("if ");
                    if let Some(marks) = self.written(unit, certain, &cells) {
                        self.write(&marks, guess.then_some(conditional), span);
                    }
                }
                Speech::Refused { row, column, value } => {
                    if let Some(cell) = self.cell(row, column, value) {
                        self.refused(cell, value, span);
                    }
                }
                Speech::Denied { row, column, value } => {
                    let cell = self.index(row).zip(self.index(column));
                    let cell = cell.map(|(row, column)| row * usize::from(size) + column);
                    let board = self.position.board(self.position.here());
                    if cell.is_some_and(|cell| board.get(cell) == Some(value)) {
                        self.clash(span);
                    }
                }
                Speech::Undo => self.doubted(span, false),
                Speech::Clash => self.clash(span),
                Speech::Restart => self.doubted(span, true),
                Speech::Has { unit, values } => self.judge_unit(unit, &values, true, span),
                Speech::Lacks { unit, values } => self.judge_unit(unit, &values, false, span),
                Speech::Every(kind) => self.judge_every(kind, span),
                Speech::Right(line) => self.judge_right(line, span),
                Speech::Wrong => self.judge_wrong(span),
            }
        }
        if let Some(cells) = whole {
            self.word(cells, sentence.span.start);
        }
        // Who has counted from 1 goes on to.
        if counted == Some(false) {
            self.from_zero = counted;
        }
    }

    /// A whole grid that is one word of a sentence beginning at byte `from`.
    fn word(&mut self, mut cells: Vec<Written>, from: usize) {
        let size = Shape::ALL.into_iter().find(|shape| shape.cells() == cells.len());
        let known = self.position.shape();
        let Some(shape) = size.filter(|shape| known.is_none_or(|known| known == *shape)) else {
            return;
        };
        cells.iter_mut().for_each(|cell| cell.at += from);
        let rows: Vec<Vec<Written>> = cells.chunks(shape.size()).map(<[Written]>::to_vec).collect();
        self.grid(&rows);
    }

    /// The cell that the text means, by its way of counting.
    fn cell(&mut self, row: u8, column: u8, value: u8) -> Option<usize> {
        let size = self.position.shape().unwrap_or(Shape::Nine).size();
        if value == 0 || usize::from(value) > size {
            return None;
        }
        let (row, column) = if row & LETTER == 0 {
            (row, column)
        } else {
            self.lettered(row & !LETTER, column, value)
        };
        if (row | column) & ORDINAL == 0 && self.from_zero.is_none() {
            let at = |base: u8| {
                let (row, column) = (row.checked_sub(base)?, column.checked_sub(base)?);
                self.position.given(usize::from(row) * size + usize::from(column))
            };
            if row == 0 || column == 0 {
                self.from_zero = Some(true);
            } else if usize::from(row.max(column)) == size {
                self.from_zero = Some(false);
            } else if at(1).is_some_and(|given| given != value) && at(0).is_none() {
                // Who counts from 1 puts nothing into cells that have another value from the start.
                self.odd += 1;
                self.from_zero = (self.odd > 1).then_some(true);
            }
        }
        Some(self.index(row)? * size + self.index(column)?)
    }

    /// The number of a row or column from 0.
    fn index(&self, named: u8) -> Option<usize> {
        let size = self.position.shape().unwrap_or(Shape::Nine).size();
        if named & LETTER != 0 && self.letters == Some(Letters::Columns) {
            return None;
        }
        let named = named & !LETTER;
        let from_zero = named & ORDINAL == 0 && self.from_zero == Some(true);
        let index = usize::from((named & !ORDINAL).checked_sub(u8::from(!from_zero))?);
        (index < size).then_some(index)
    }

    /// The marks of a row or column in a sentence. Without a name it is the one row whose clues it has.
    fn written(&self, unit: Option<Named>, certain: bool, cells: &[Written]) -> Option<Vec<Mark>> {
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
        let keeps = |row: &usize| {
            let against = |mark: &Mark| {
                self.position
                    .given(mark.cell)
                    .is_some_and(|given| given != mark.value)
            };
            !marks(&rows, *row, size).iter().any(against)
        };
        let row = match row.filter(|row| certain || keeps(row)) {
            Some(row) => row,
            None => self.only_fit(&rows)?,
        };
        Some(marks(&rows, row, size))
    }

    /// Where rows fit the clues: the row of the first of them, when one place fits best. A row alone must break no clue,
    /// several may break a few.
    fn only_fit(&self, rows: &[Vec<Written>]) -> Option<usize> {
        let size = self.position.shape()?.size();
        let fit = |first: usize| {
            let (mut met, mut broken) = (0_usize, 0_usize);
            for mark in marks(rows, first, size) {
                match self.position.given(mark.cell) {
                    Some(given) if given == mark.value => met += 1,
                    Some(_) => broken += 1,
                    None => {}
                }
            }
            let fits = met > 2 * broken && (rows.len() > 1 || broken == 0);
            fits.then_some((met.saturating_sub(broken), first))
        };
        let mut places: Vec<(usize, usize)> = (0..=size.checked_sub(rows.len())?).filter_map(fit).collect();
        places.sort_unstable_by_key(|(fit, _)| std::cmp::Reverse(*fit));
        let &(best, first) = places.first()?;
        let alone = places.get(1).is_none_or(|(fit, _)| *fit < best);
        alone.then_some(first)
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
            if self.position.status(here) == Some(Status::Goal) {
                // It stands after all.
                self.doubt = None;
            }
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
            if let Some(doubt) = &mut self.doubt {
                doubt.show(&self.position, &board);
            }
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
        if let Some(first) = self.only_fit(rows) {
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
        let from = doubt.map_or(here, |doubt| self.anew(doubt, marks).unwrap_or(doubt.to));
        let to = upwards(self.tree(), from)
            .find(|id| self.position.agrees(*id, marks))
            .unwrap_or_default();
        let another_if = doubt.is_none()
            && guess == Some(true)
            && self
                .guesses
                .iter()
                .any(|(opened, line)| line.is_some() && self.position.parent(*opened) == Some(to));
        if another_if {
            // The other case of an alternative takes nothing back.
            self.leave(to, None);
        } else if to != here {
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
        let Some(parent) = self.position.parent(opened) else {
            return;
        };
        if line < self.line && self.doubt.is_none() {
            // Who puts a value of the branch after all goes on in it.
            let here = self.position.here();
            let same = |id: NodeId| marks.iter().any(|mark| self.position.is_move(id, mark));
            let branch = || upwards(self.tree(), here).take_while(|id| *id >= opened);
            let in_branch = || branch().take(MOST_IN_BRANCH).any(same);
            let goes_on = same(opened) || self.position.agrees(here, marks) && in_branch();
            if goes_on {
                self.guesses.pop();
            } else {
                self.leave(parent, None);
            }
        }
    }

    fn back(&mut self, to: NodeId, span: Span) {
        self.leave(to, Some(span));
    }

    /// Works on an earlier state; a return when the text takes something back.
    fn leave(&mut self, to: NodeId, said: Option<Span>) {
        match said {
            Some(span) => self.position.back(to, span),
            None => self.position.go(to),
        }
        let tree = self.position.tree();
        let on_the_way = |id: NodeId| upwards(tree, to).any(|above| above == id);
        // Only guesses on the way from the root still stand, and these are the oldest.
        let kept = self.guesses.iter().take_while(|(id, _)| on_the_way(*id)).count();
        self.guesses.truncate(kept);
        self.shown = None;
    }
}

#[cfg(test)]
mod tests;

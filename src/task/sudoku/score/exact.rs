//! Our scorer: the grid is full, keeps every given, and has no value twice in a row, column or box.

use crate::{
    base::slice::offset,
    task::{
        answer,
        court::Judgement,
        sudoku::{Board, Grid, Shape, grids},
    },
};
use std::ops::Range;

/// Judges the last whole grid in the last `<answer>…</answer>` of `text`; where there are no such tags, the last one of all.
/// Single values, however many cells they fill, are no answer: they are the work, of which some was taken back, and nobody
/// but a reader knows which still stand. Rows are a grid once all of them stand below each other.
#[must_use]
pub fn exact(puzzle: &Board, text: &str) -> Judgement {
    judge(puzzle.shape(), text, |cells| fault(puzzle, cells))
}

/// Judges the same grid where nobody says what the puzzle was, but a solution is on record. The puzzle may have had others:
/// that the solution is all there is to go by stands in the reason.
#[must_use]
pub fn against(solution: &Board, text: &str) -> Judgement {
    judge(solution.shape(), text, |cells| {
        let why = other(solution, cells)?;
        Some(format!("by the recorded solution alone: {why}"))
    })
}

fn judge(shape: Shape, text: &str, fault: impl Fn(&[Option<u8>]) -> Option<String>) -> Judgement {
    let Some(grid) = given(text, shape) else {
        let reason = match answer::tagged(text) {
            Some(_) => format!("the answer is no {0}x{0} grid", shape.size()),
            None => "no answer".to_owned(),
        };
        return Judgement::without_answer(reason);
    };
    let cells = grid.values();
    let reason = fault(&cells);
    let sign = |cell: &Option<u8>| cell.map_or('.', |value| char::from(b'0' + value));
    Judgement {
        answer: Some(cells.iter().map(sign).collect()),
        expression: None,
        value: None,
        correct: reason.is_none(),
        reason: reason.unwrap_or_default(),
        unknown: false,
    }
}

/// The bytes of `text` that [`exact`] takes for the answer, of whatever size; none when there is no answer.
#[must_use]
pub fn place(text: &str) -> Option<Range<usize>> {
    let found = Shape::ALL.into_iter().filter_map(|shape| given(text, shape));
    found.map(|grid| grid.place).max_by_key(|place| place.end)
}

/// The grid that a text gives as its answer.
fn given(text: &str, shape: Shape) -> Option<Grid> {
    let Some(tagged) = answer::tagged(text) else {
        return grids(text, shape).pop();
    };
    let before = offset(text, tagged);
    let mut grid = grids(tagged, shape).pop()?;
    grid.place = grid.place.start + before..grid.place.end + before;
    Some(grid)
}

/// What keeps a grid from being the solution, in a few words; `None` when nothing does.
pub(super) fn fault(puzzle: &Board, cells: &[Option<u8>]) -> Option<String> {
    let board = match board(puzzle.shape(), cells) {
        Ok(board) => board,
        Err(why) => return Some(why),
    };
    changed(puzzle, &board)
        .or_else(|| twice(&board))
        .or_else(|| empty(&board))
}

/// What makes a grid another one than `solution`, in a few words.
pub(super) fn other(solution: &Board, cells: &[Option<u8>]) -> Option<String> {
    let shape = solution.shape();
    let board = match board(shape, cells) {
        Ok(board) => board,
        Err(why) => return Some(why),
    };
    let differs = || {
        solution.filled().find_map(|(cell, value)| {
            let there = board.get(cell).filter(|there| *there != value)?;
            Some(format!(
                "has {there} in {}, where it has {value}",
                shape.name(cell)
            ))
        })
    };
    twice(&board).or_else(differs).or_else(|| empty(&board))
}

/// Cells as a grid of that shape.
///
/// # Errors
/// That it does not have one of their values, in a few words.
fn board(shape: Shape, cells: &[Option<u8>]) -> Result<Board, String> {
    let size = shape.size();
    let mut board = Board::empty(shape);
    for (cell, value) in cells.iter().enumerate() {
        if let Some(value) = value.filter(|value| usize::from(*value) > size) {
            return Err(format!("has {value}, which a {size}x{size} grid does not have"));
        }
        board.set(cell, *value);
    }
    Ok(board)
}

/// The first given that is not kept.
fn changed(puzzle: &Board, board: &Board) -> Option<String> {
    let shape = puzzle.shape();
    puzzle.filled().find_map(|(cell, value)| match board.get(cell) {
        Some(there) if there == value => None,
        Some(there) => Some(format!(
            "has {there} in {}, where {value} is given",
            shape.name(cell)
        )),
        None => Some(format!(
            "leaves out {value}, which is given in {}",
            shape.name(cell)
        )),
    })
}

/// The first value that stands twice in a row, column or box.
fn twice(board: &Board) -> Option<String> {
    board.twice(board.shape().units())
}

/// That cells are empty.
fn empty(board: &Board) -> Option<String> {
    let shape = board.shape();
    let mut empty = (0..shape.cells()).filter(|cell| board.get(*cell).is_none());
    let first = shape.name(empty.next()?);
    Some(match empty.count() {
        0 => format!("is not complete: {first} is empty"),
        more => format!("is not complete: {} cells are empty, {first} the first", more + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Judgement {
        exact(&".4.11.....23.2..".parse().unwrap(), text)
    }

    #[test]
    fn a_solution_is_right_in_tags_or_as_the_last_grid() {
        let solution = "2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4";
        for text in [
            format!("<answer>\n{solution}\n</answer>\nDone."),
            format!("2 4 _ 1\n1 _ _ _\n_ _ 2 3\n_ 2 _ _\n\nSo:\n```\n{solution}\n```\n"),
            format!("<answer>1 2 3 4</answer> no: <answer>Final grid:\n{solution}</answer>"),
        ] {
            let judgement = judged(&text);
            assert!(judgement.correct, "{text}: {}", judgement.reason);
            assert_eq!(judgement.answer.as_deref(), Some("2431134241233214"));
            assert_eq!(&text[place(&text).unwrap()], solution);
        }
    }

    #[test]
    fn where_only_a_solution_is_known_the_grid_must_be_that_one() {
        let solution: Board = "2431134241233214".parse().unwrap();
        let judged = |rows: &str| against(&solution, &rows.replace('/', "\n"));
        assert!(judged("2 4 3 1/1 3 4 2/4 1 2 3/3 2 1 4").correct);
        for (rows, why) in [
            ("1 2 3 4/3 4 1 2/2 1 4 3/4 3 2 1", "has 1 in r1c1, where it has 2"),
            ("2 4 3 1/1 3 4 2/4 1 2 3/3 2 1 1", "1 stands twice in row 4"),
            (
                "2 4 3 1/1 3 4 2/4 1 2 3/3 2 1 _",
                "is not complete: r4c4 is empty",
            ),
        ] {
            let judgement = judged(rows);
            assert_eq!(judgement.reason, format!("by the recorded solution alone: {why}"));
        }
        assert_eq!(judged("I give up.").reason, "no answer");
    }

    #[test]
    fn what_is_wrong_is_said_in_a_few_words() {
        let reason = |rows: &str| judged(&rows.replace('/', "\n")).reason;
        assert_eq!(
            reason("2 4 3 1/1 3 4 2/4 1 2 3/3 2 1 1"),
            "1 stands twice in row 4"
        );
        assert_eq!(
            reason("2 4 3 1/1 3 4 2/3 1 2 3/4 2 1 4"),
            "3 stands twice in row 3"
        );
        assert_eq!(
            reason("3 4 2 1/1 3 4 2/4 1 2 3/2 2 1 4"),
            "3 stands twice in box 1"
        );
        assert_eq!(
            reason("2 4 3 1/1 3 4 2/4 1 2 3/2 2 1 4"),
            "2 stands twice in column 1"
        );
        assert_eq!(
            reason("2 3 4 1/1 4 3 2/4 1 2 3/3 2 1 4"),
            "has 3 in r1c2, where 4 is given"
        );
        assert_eq!(
            reason("2 _ 3 1/1 3 4 2/4 1 2 3/3 2 1 4"),
            "leaves out 4, which is given in r1c2"
        );
        assert_eq!(
            reason("2 4 _ 1/1 3 4 2/4 1 2 3/3 2 1 _"),
            "is not complete: 2 cells are empty, r1c3 the first"
        );
        assert_eq!(
            reason("2 4 3 1/1 3 4 2/4 1 2 3/3 2 1 _"),
            "is not complete: r4c4 is empty"
        );
        assert_eq!(
            reason("2 4 3 1/1 3 4 2/4 1 2 3/3 2 1 9"),
            "has 9, which a 4x4 grid does not have"
        );
        assert_eq!(reason("I give up."), "no answer");
        assert_eq!(
            judged("<answer>2 4 3 1</answer>").reason,
            "the answer is no 4x4 grid"
        );
    }
}

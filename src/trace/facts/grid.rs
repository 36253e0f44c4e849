//! How much of a Sudoku a trace worked through, and how much of that was right.

use crate::{
    task::sudoku::{Board, solution},
    trace::{Style, Tree},
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Counts over the grids of one tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grids {
    /// Cells that the puzzle leaves open.
    pub open: usize,
    /// Those of them that the trace ever filled.
    pub filled: usize,
    /// Distinct grids that it was in beside the puzzle.
    pub distinct: usize,
    /// Values that it put into open cells, again and again too.
    pub placements: usize,
    /// Those that are the solution's; null when there is not just one solution.
    pub right: Option<usize>,
}

impl Tree {
    /// The counts over the grids of a Sudoku; `None` for the trees of other texts, and where the puzzle is not known.
    #[must_use]
    pub fn grids(&self) -> Option<Grids> {
        let root = self
            .nodes
            .first()
            .filter(|_| Style::Sudoku.has_read(&self.reader))?;
        let puzzle: Board = root.state.parse().ok()?;
        let solution = solution(&puzzle);
        let mut counts = Grids {
            open: puzzle.shape().cells() - puzzle.filled().count(),
            right: solution.map(|_| 0),
            ..Grids::default()
        };
        let mut boards = HashMap::from([(0, puzzle)]);
        let (mut cells, mut distinct) = (HashSet::new(), HashSet::from([puzzle]));
        for node in self.nodes.iter().skip(1) {
            // A board of another shape belongs to another puzzle.
            let board: Option<Board> = node.state.parse().ok();
            let Some(board) = board.filter(|board| board.shape() == puzzle.shape()) else {
                continue;
            };
            let before = node.parent.and_then(|parent| boards.get(&parent)).copied();
            for (cell, value) in board.filled().filter(|(cell, _)| puzzle.get(*cell).is_none()) {
                if before.is_some_and(|before| before.get(cell) == Some(value)) {
                    continue;
                }
                cells.insert(cell);
                counts.placements += 1;
                if let (Some(right), Some(solution)) = (&mut counts.right, solution) {
                    *right += usize::from(solution.get(cell) == Some(value));
                }
            }
            distinct.insert(board);
            boards.insert(node.id, board);
        }
        (counts.filled, counts.distinct) = (cells.len(), distinct.len() - 1);
        Some(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Reader, Subject};

    fn grids(text: &str) -> Option<Grids> {
        let puzzle = ".4.11.....23.2..".parse().unwrap();
        Reader::read(Subject::Sudoku(Some(puzzle)), text).grids()
    }

    #[test]
    fn what_was_put_where_is_counted_and_held_against_the_solution() {
        let text = "(1,1) = 3\n(1,3) = 2\nWait, (1,1) must be 2.\n(1,3) = 3";
        let counted = grids(text).unwrap();
        assert_eq!((counted.open, counted.filled), (10, 2), "{counted:?}");
        assert_eq!((counted.placements, counted.right), (4, Some(2)), "{counted:?}");
        assert_eq!(counted.distinct, 4, "{counted:?}");
        let whole = grids("<answer>\n2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\n</answer>").unwrap();
        assert_eq!((whole.filled, whole.right), (10, Some(10)));
        assert_eq!(
            grids("Nothing."),
            Some(Grids {
                open: 10,
                right: Some(0),
                ..Grids::default()
            })
        );
    }

    #[test]
    fn trees_of_other_texts_have_no_grids() {
        let tree = Reader::read(None::<crate::task::countdown::Problem>, "18 - 7 = 11");
        assert_eq!(tree.grids(), None);
    }
}

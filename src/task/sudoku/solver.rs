//! What can still become of a grid: bit masks of what each row, column and box has, the cell with the fewest candidates
//! first, values with one place left in their unit at once.

use super::Board;

/// What a grid can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solutions {
    /// It cannot be filled.
    None,
    /// There is one way.
    Unique(Board),
    /// There are several; one of them.
    Many(Board),
    /// The search was given up before it knew.
    Unknown,
}

/// The one solution of `board`, when it has just one and that is found with reasonable effort.
#[must_use]
pub fn solution(board: &Board) -> Option<Board> {
    let mut effort = 500_000;
    match solve(board, &mut effort) {
        Solutions::Unique(solution) => Some(solution),
        Solutions::None | Solutions::Many(_) | Solutions::Unknown => None,
    }
}

/// The solutions of `board`. Every cell that the search fills takes one from `effort`; at nothing left it gives up.
#[must_use]
pub fn solve(board: &Board, effort: &mut usize) -> Solutions {
    if !board.is_valid() {
        return Solutions::None;
    }
    let mut search = Search {
        board: *board,
        has: [[0; 9]; 3],
        found: None,
        effort,
    };
    for (cell, value) in board.filled() {
        search.mark(cell, value);
    }
    match (search.fill(), search.found) {
        (End::Several, Some(first)) => Solutions::Many(first),
        (End::Over, Some(only)) => Solutions::Unique(only),
        (End::Over, None) => Solutions::None,
        _ => Solutions::Unknown,
    }
}

struct Search<'a> {
    board: Board,
    /// The values of each row, column and box.
    has: [[u16; 9]; 3],
    found: Option<Board>,
    effort: &'a mut usize,
}

/// How a search ended.
#[derive(PartialEq)]
enum End {
    /// Everything has been looked at.
    Over,
    /// A second solution was found.
    Several,
    /// No effort is left.
    GivenUp,
}

impl Search<'_> {
    /// Adds a value to its row, column and box, or takes it away.
    fn mark(&mut self, cell: usize, value: u8) {
        let place = self.board.shape().place(cell);
        for (units, n) in self.has.iter_mut().zip(place) {
            if let Some(unit) = units.get_mut(n) {
                *unit ^= 1 << value;
            }
        }
    }

    fn candidates(&self, cell: usize) -> u16 {
        let shape = self.board.shape();
        let all = (1_u16 << (shape.size() + 1)) - 2;
        let place = shape.place(cell);
        let units = self.has.iter().zip(place);
        units.fold(all, |left, (units, n)| left & !units.get(n).copied().unwrap_or(0))
    }

    fn fill(&mut self) -> End {
        let Some((cell, mut candidates)) = self.tightest() else {
            return match self.found {
                Some(_) => End::Several,
                None => {
                    self.found = Some(self.board);
                    End::Over
                }
            };
        };
        while candidates != 0 {
            let value = candidates.trailing_zeros() as u8;
            candidates &= candidates - 1;
            match self.effort.checked_sub(1) {
                Some(left) => *self.effort = left,
                None => return End::GivenUp,
            }
            self.board.set(cell, Some(value));
            self.mark(cell, value);
            let end = self.fill();
            self.mark(cell, value);
            self.board.set(cell, None);
            if end != End::Over {
                return end;
            }
        }
        End::Over
    }

    /// The empty cell with the fewest candidates; where none has less than two, the only place of a value in its unit.
    fn tightest(&self) -> Option<(usize, u16)> {
        let shape = self.board.shape();
        let empty = |cell: &usize| self.board.get(*cell).is_none();
        let best = (0..shape.cells())
            .filter(empty)
            .map(|cell| (cell, self.candidates(cell)))
            .min_by_key(|(_, candidates)| candidates.count_ones())?;
        if best.1.count_ones() < 2 {
            return Some(best);
        }
        Some(self.only_place().unwrap_or(best))
    }

    fn only_place(&self) -> Option<(usize, u16)> {
        let shape = self.board.shape();
        for unit in shape.units() {
            let (mut once, mut twice) = (0_u16, 0_u16);
            let cells = || shape.unit(unit).filter(|cell| self.board.get(*cell).is_none());
            for candidates in cells().map(|cell| self.candidates(cell)) {
                twice |= once & candidates;
                once |= candidates;
            }
            let single = once & !twice;
            if single != 0 {
                let value = 1 << single.trailing_zeros();
                return cells()
                    .find(|cell| self.candidates(*cell) & value != 0)
                    .map(|cell| (cell, value));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::sudoku::Shape;
    use proptest::prelude::*;

    fn solved(grid: &str) -> Solutions {
        solve(&grid.parse().unwrap(), &mut 100_000)
    }

    #[test]
    fn the_one_solution_is_found() {
        let Solutions::Unique(board) =
            solved("53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79")
        else {
            panic!("it has one");
        };
        assert_eq!(
            board.to_string(),
            "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
        );
        // A puzzle that is hard for searches (A. Inkala, 2010).
        let hard =
            solved("..53.....8......2..7..1.5..4....53...1..7...6..32...8..6.5....9..4....3......97..");
        assert!(matches!(hard, Solutions::Unique(board) if board.is_full() && board.is_valid()));
        assert!(matches!(solved(".4.11.....23.2.."), Solutions::Unique(_)));
    }

    #[test]
    fn none_many_and_unknown_are_told_apart() {
        assert_eq!(solved("11.............."), Solutions::None);
        // Valid so far, and yet the last cell of the first row has nothing left.
        assert_eq!(solved("123....4........"), Solutions::None);
        assert!(matches!(solved("1..............."), Solutions::Many(_)));
        let empty = Board::empty(Shape::Nine);
        assert_eq!(solve(&empty, &mut 10), Solutions::Unknown);
        assert!(matches!(solve(&empty, &mut 10_000), Solutions::Many(_)));
    }

    proptest! {
        #[test]
        fn solutions_keep_the_clues_and_break_no_rule(clues in proptest::collection::vec((0_usize..36, 1_u8..=6), 0..14)) {
            let mut board = Board::empty(Shape::Six);
            for (cell, value) in clues {
                if board.fits(cell, value) {
                    board.set(cell, Some(value));
                }
            }
            if let Solutions::Unique(full) | Solutions::Many(full) = solve(&board, &mut 10_000) {
                prop_assert!(full.is_full() && full.is_valid() && full.keeps(&board));
            }
        }
    }
}

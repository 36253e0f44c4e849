//! A grid and the rules it obeys.

use std::fmt;

/// Cells of the largest grid.
const MOST_CELLS: usize = 81;

/// How large a grid is; the boxes follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// 4x4 with boxes of 2x2.
    Four,
    /// 6x6 with boxes two rows high and three columns wide.
    Six,
    /// 9x9 with boxes of 3x3.
    Nine,
}

impl Shape {
    /// All three, the smallest first.
    pub const ALL: [Self; 3] = [Self::Four, Self::Six, Self::Nine];

    /// The shape with so many rows, when there is one.
    #[must_use]
    pub const fn of(size: usize) -> Option<Self> {
        match size {
            4 => Some(Shape::Four),
            6 => Some(Shape::Six),
            9 => Some(Shape::Nine),
            _ => None,
        }
    }

    /// Rows, columns and values.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Shape::Four => 4,
            Shape::Six => 6,
            Shape::Nine => 9,
        }
    }

    /// Rows and columns of a box.
    #[must_use]
    pub const fn box_size(self) -> (usize, usize) {
        match self {
            Shape::Four => (2, 2),
            Shape::Six => (2, 3),
            Shape::Nine => (3, 3),
        }
    }

    /// Rows times columns.
    #[must_use]
    pub const fn cells(self) -> usize {
        self.size() * self.size()
    }

    /// The row, column and box of a cell, from 0.
    #[must_use]
    pub const fn place(self, cell: usize) -> [usize; 3] {
        let (size, (rows, columns)) = (self.size(), self.box_size());
        let (row, column) = (cell / size, cell % size);
        [row, column, row / rows * (size / columns) + column / columns]
    }

    /// A cell as people write it, from 1: `r1c2`.
    #[must_use]
    pub fn name(self, cell: usize) -> String {
        let [row, column, _] = self.place(cell);
        format!("r{}c{}", row + 1, column + 1)
    }

    /// Every row, column and box.
    pub fn units(self) -> impl Iterator<Item = Unit> {
        (0..self.size()).flat_map(|n| [Unit::Row(n), Unit::Column(n), Unit::Box(n)])
    }

    /// The cells of a unit; none when there is no such unit.
    pub fn unit(self, unit: Unit) -> impl Iterator<Item = usize> {
        let (size, (rows, columns)) = (self.size(), self.box_size());
        let (Unit::Row(number) | Unit::Column(number) | Unit::Box(number)) = unit;
        let length = if number < size { size } else { 0 };
        (0..length).map(move |at| match unit {
            Unit::Row(row) => row * size + at,
            Unit::Column(column) => at * size + column,
            Unit::Box(n) => {
                let across = size / columns;
                let (row, column) = (
                    n / across * rows + at / columns,
                    n % across * columns + at % columns,
                );
                row * size + column
            }
        })
    }
}

/// A row, column or box, from 0; boxes are counted as text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A row.
    Row(usize),
    /// A column.
    Column(usize),
    /// A box.
    Box(usize),
}

/// As people count them: `row 4`.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unit::Row(n) => write!(f, "row {}", n + 1),
            Unit::Column(n) => write!(f, "column {}", n + 1),
            Unit::Box(n) => write!(f, "box {}", n + 1),
        }
    }
}

/// A grid, some cells of which are empty. Cells are numbered row by row, from 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Board {
    shape: Shape,
    cells: [u8; MOST_CELLS],
}

impl Board {
    /// A grid with nothing in it.
    #[must_use]
    pub const fn empty(shape: Shape) -> Self {
        Self {
            shape,
            cells: [0; MOST_CELLS],
        }
    }

    /// Its shape.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// The value in a cell; none when it is empty.
    #[must_use]
    pub fn get(&self, cell: usize) -> Option<u8> {
        self.cells.get(cell).copied().filter(|value| *value > 0)
    }

    /// Writes a value into a cell, or empties it. A cell or value that the grid does not have changes nothing.
    pub fn set(&mut self, cell: usize, value: Option<u8>) {
        let value = value.unwrap_or(0);
        if cell < self.shape.cells()
            && usize::from(value) <= self.shape.size()
            && let Some(place) = self.cells.get_mut(cell)
        {
            *place = value;
        }
    }

    /// Every cell that is not empty, with its value.
    pub fn filled(&self) -> impl Iterator<Item = (usize, u8)> {
        (0..self.shape.cells()).filter_map(|cell| Some((cell, self.get(cell)?)))
    }

    /// The values of a unit as bits: bit 3 for a 3.
    #[must_use]
    pub fn values(&self, unit: Unit) -> u16 {
        let values = self.shape.unit(unit).filter_map(|cell| self.get(cell));
        values.fold(0, |bits, value| bits | 1 << value)
    }

    /// Whether no other cell of the row, column or box holds `value` already.
    #[must_use]
    pub fn fits(&self, cell: usize, value: u8) -> bool {
        let [row, column, block] = self.shape.place(cell);
        let units = [Unit::Row(row), Unit::Column(column), Unit::Box(block)];
        let mut others = units.into_iter().flat_map(|unit| self.shape.unit(unit));
        others.all(|other| other == cell || self.get(other) != Some(value))
    }

    /// Whether no value stands twice in a row, column or box.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.filled().all(|(cell, value)| self.fits(cell, value))
    }

    /// The first of `units` that has a value twice, in a few words: `3 stands twice in row 4`.
    pub fn twice(&self, units: impl IntoIterator<Item = Unit>) -> Option<String> {
        units.into_iter().find_map(|unit| {
            let value = repeated(self.shape.unit(unit).filter_map(|cell| self.get(cell)))?;
            Some(format!("{value} stands twice in {unit}"))
        })
    }

    /// Whether no cell is empty.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.cells.iter().take(self.shape.cells()).all(|value| *value > 0)
    }

    /// Whether it keeps everything that `given` has.
    #[must_use]
    pub fn keeps(&self, given: &Board) -> bool {
        let mut cells = given.cells.iter().zip(&self.cells);
        self.shape == given.shape && cells.all(|(given, here)| *given == 0 || given == here)
    }
}

/// The first value that comes a second time.
#[must_use]
pub fn repeated(values: impl IntoIterator<Item = u8>) -> Option<u8> {
    let mut seen = 0_u16;
    values.into_iter().find(|value| {
        let before = seen;
        seen |= 1 << value;
        before == seen
    })
}

/// Row by row, an empty cell as a point: `53..7....6..195...`
impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |value: u8| if value == 0 { b'.' } else { b'0' + value };
        let signs = self.cells.map(sign);
        let written = signs.get(..self.shape.cells()).unwrap_or_default();
        f.write_str(str::from_utf8(written).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Board({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_every_shape_hold_as_many_cells_as_rows_do() {
        for shape in Shape::ALL {
            for unit in shape.units() {
                assert_eq!(shape.unit(unit).count(), shape.size(), "{shape:?} {unit:?}");
            }
        }
        assert_eq!(
            Shape::Six.unit(Unit::Box(1)).collect::<Vec<_>>(),
            [3, 4, 5, 9, 10, 11]
        );
    }

    #[test]
    fn a_value_fits_where_row_column_and_box_lack_it() {
        let board: Board = ".4.11.....23.2..".parse().unwrap();
        assert!(board.fits(0, 2) && board.fits(0, 3));
        assert!(!board.fits(0, 1), "row, column and box have one");
        assert!(!board.fits(3, 3), "the column has one");
        assert!(board.is_valid() && !board.is_full());
    }
}

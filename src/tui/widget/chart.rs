//! Curves over steps. Each column of dots spans the smallest to the largest value that falls into it, so that no spike is
//! lost however many points there are.
//!
//! ```text
//!   0.712 ┤      ⢀⣀⡠⠤⠔⠊
//!         │ ⣀⠤⠒⠉
//!   0.250 ┤⠊
//!          0        ^              150
//! ```

use super::Canvas;
use ratatui::{layout::Rect, style::Style};

/// One curve.
pub struct Curve<'a> {
    /// Steps in order, each with its value.
    pub points: &'a [(u64, f64)],
    /// How it is drawn.
    pub style: Style,
    /// Whether only its points are drawn, thinly: a curve behind another.
    pub behind: bool,
}

/// What is drawn.
pub struct Chart<'a> {
    /// The curves; the first lies on top.
    pub curves: &'a [Curve<'a>],
    /// Intervals: step, low, high.
    pub intervals: &'a [(u64, f64, f64)],
    /// The step that is looked at.
    pub here: u64,
    /// Steps at which something was changed.
    pub marks: &'a [u64],
    /// How numbers are written.
    pub write: &'a dyn Fn(f64) -> String,
}

/// Columns left of the curves: a number and its tick.
const AXIS: u16 = 10;

/// What a column of dots spans: its first and last values, its smallest and largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// The first value.
    pub first: f64,
    /// The last.
    pub last: f64,
    /// The smallest.
    pub low: f64,
    /// The largest.
    pub high: f64,
}

/// The points in `width` columns from step `from` to step `to`; a column into which none falls is none.
#[must_use]
pub fn columns(points: &[(u64, f64)], (from, to): (u64, u64), width: usize) -> Vec<Option<Column>> {
    let mut columns: Vec<Option<Column>> = vec![None; width];
    let inside = points
        .iter()
        .filter(|(step, value)| (from..=to).contains(step) && value.is_finite());
    for &(step, value) in inside {
        let Some(column) = columns.get_mut(place(step, (from, to), width)) else {
            continue;
        };
        *column = Some(match *column {
            None => Column {
                first: value,
                last: value,
                low: value,
                high: value,
            },
            Some(column) => Column {
                last: value,
                low: column.low.min(value),
                high: column.high.max(value),
                ..column
            },
        });
    }
    columns
}

/// The column of a step.
fn place(step: u64, (from, to): (u64, u64), width: usize) -> usize {
    let (done, all) = (
        u128::from(step.saturating_sub(from)),
        u128::from(to.saturating_sub(from)).max(1),
    );
    (done * width.saturating_sub(1) as u128 / all) as usize
}

/// A field of dots.
struct Dots {
    width: usize,
    height: usize,
    set: Vec<bool>,
}

impl Dots {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            set: vec![false; width * height],
        }
    }

    /// Sets the dots of a column between two rows.
    fn span(&mut self, x: usize, a: usize, b: usize) {
        for y in a.min(b)..=a.max(b).min(self.height.saturating_sub(1)) {
            if let Some(dot) = self.set.get_mut(y * self.width + x).filter(|_| x < self.width) {
                *dot = true;
            }
        }
    }

    fn get(&self, x: usize, y: usize) -> bool {
        x < self.width && self.set.get(y * self.width + x) == Some(&true)
    }
}

/// The range of values, a little wider than they are.
fn range(chart: &Chart<'_>) -> Option<(f64, f64)> {
    let points = chart
        .curves
        .iter()
        .flat_map(|curve| curve.points)
        .map(|(_, value)| *value);
    let ends = chart.intervals.iter().flat_map(|(_, low, high)| [*low, *high]);
    let (low, high) = points
        .chain(ends)
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if low > high {
        return None;
    }
    // A flat line lies in the middle.
    let air = if high > low {
        0.0
    } else {
        high.abs().max(1.0) * 0.05
    };
    Some((low - air, high + air))
}

/// Draws the curves with their axes. The last row is the axis of steps.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, chart: &Chart<'_>) {
    let field = Rect {
        x: area.x + AXIS,
        width: area.width.saturating_sub(AXIS + 1),
        height: area.height.saturating_sub(1),
        ..area
    };
    let steps = chart
        .curves
        .iter()
        .flat_map(|curve| [curve.points.first(), curve.points.last()])
        .flatten();
    let (from, to) = steps.fold((u64::MAX, 0), |(from, to), (step, _)| {
        (from.min(*step), to.max(*step))
    });
    let (Some(values), true) = (range(chart), from <= to && field.width > 1 && field.height > 1) else {
        return;
    };
    axis(canvas, area, field, values, chart);
    intervals(canvas, field, (from, to), values, chart);
    for curve in chart.curves.iter().rev() {
        let (across, down) = if canvas.glyphs().dots { (2, 4) } else { (1, 1) };
        let size = (
            usize::from(field.width) * across,
            usize::from(field.height) * down,
        );
        let dots = plot(curve, (from, to), values, size);
        ink(canvas, field, &dots, curve);
    }
    steps_below(canvas, field, (from, to), chart);
}

/// The row of dots of a value, from the top.
fn row(value: f64, (low, high): (f64, f64), height: usize) -> usize {
    let last = height.saturating_sub(1);
    let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
    last - (share * last as f64).round() as usize
}

fn plot(curve: &Curve<'_>, steps: (u64, u64), values: (f64, f64), (width, height): (usize, usize)) -> Dots {
    let mut dots = Dots::new(width, height);
    let row = |value| row(value, values, height);
    let mut before: Option<(usize, f64)> = None;
    for (x, column) in columns(curve.points, steps, width).into_iter().enumerate() {
        let Some(column) = column else { continue };
        dots.span(x, row(column.low), row(column.high));
        if let Some((at, value)) = before.filter(|_| !curve.behind) {
            // A straight line from the last value of the one to the first of the other.
            let mut last = row(value);
            for between in at + 1..=x {
                let share = (between - at) as f64 / (x - at) as f64;
                let next = row(value + (column.first - value) * share);
                let toward = if next > last {
                    last + 1
                } else {
                    last.saturating_sub(usize::from(next < last))
                };
                dots.span(between, toward, next);
                last = next;
            }
        }
        before = Some((x, column.last));
    }
    dots
}

/// Draws a field of dots.
fn ink(canvas: &mut Canvas<'_>, field: Rect, dots: &Dots, curve: &Curve<'_>) {
    let plain = if curve.behind { ":" } else { "*" };
    let braille = canvas.glyphs().dots;
    for y in 0..field.height {
        for x in 0..field.width {
            let (column, line) = (usize::from(x), usize::from(y));
            let sign = if braille {
                braille_cell(dots, column, line)
            } else {
                dots.get(column, line).then(|| plain.to_owned())
            };
            if let Some(sign) = sign {
                canvas.put(field.x + x, field.y + y, field.right(), &sign, curve.style);
            }
        }
    }
}

/// The eight dots of a cell, numbered as the Unicode block of Braille patterns has them.
fn braille_cell(dots: &Dots, column: usize, line: usize) -> Option<String> {
    const BITS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
    let mut pattern = 0;
    for (down, pair) in BITS.iter().enumerate() {
        for (across, bit) in pair.iter().enumerate() {
            if dots.get(column * 2 + across, line * 4 + down) {
                pattern |= bit;
            }
        }
    }
    let sign = char::from_u32(0x2800 + pattern).filter(|_| pattern != 0);
    sign.map(String::from)
}

fn axis(canvas: &mut Canvas<'_>, area: Rect, field: Rect, (low, high): (f64, f64), chart: &Chart<'_>) {
    let standing = canvas.glyphs().rule[1];
    let (dim, plain) = (canvas.style("ui.rule"), canvas.style("ui.dim"));
    for y in field.y..field.bottom() {
        canvas.put(field.x - 1, y, field.right(), standing, dim);
    }
    let (middle, last) = ((field.height - 1) / 2, field.height - 1);
    let mut numbers = vec![(field.y, high), (field.bottom() - 1, low)];
    if field.height >= 5 {
        let share = f64::from(middle) / f64::from(last);
        numbers.push((field.y + middle, high - (high - low) * share));
    }
    for (y, value) in numbers {
        canvas.put(area.x, y, field.x, &format!("{:>8}", (chart.write)(value)), plain);
    }
}

fn intervals(canvas: &mut Canvas<'_>, field: Rect, steps: (u64, u64), values: (f64, f64), chart: &Chart<'_>) {
    let standing = canvas.glyphs().rule[1];
    let dim = canvas.style("ui.rule");
    for (step, low, high) in chart.intervals {
        let x = field.x + place(*step, steps, field.width.into()) as u16;
        let at = |value| row(value, values, field.height.into()) as u16;
        for y in at(*high)..=at(*low) {
            canvas.put(x, field.y + y, field.right(), standing, dim);
        }
    }
}

/// The axis of steps: first and last, the step that is looked at, and where something was changed.
fn steps_below(canvas: &mut Canvas<'_>, field: Rect, (from, to): (u64, u64), chart: &Chart<'_>) {
    let y = field.bottom();
    let dim = canvas.style("ui.dim");
    let end = to.to_string();
    canvas.put(field.x, y, field.right(), &format!("step {from}"), dim);
    // The last column is the mark's.
    canvas.put(
        field.right().saturating_sub(end.len() as u16 + 2),
        y,
        field.right(),
        &end,
        dim,
    );
    let mut mark = |step: u64, sign: &str, scope: &str| {
        if (from..=to).contains(&step) {
            let x = field.x + place(step, (from, to), field.width.into()) as u16;
            let style = canvas.style(scope);
            canvas.put(x, y, field.right(), sign, style);
        }
    };
    chart.marks.iter().for_each(|step| mark(*step, "=", "ui.key"));
    mark(chart.here, "^", "ui.current");
}

/// A curve of one row: the largest value of each column as one of eight bars.
#[must_use]
pub fn line(canvas: &Canvas<'_>, points: &[(u64, f64)], width: usize) -> String {
    let (Some((from, _)), Some((to, _))) = (points.first(), points.last()) else {
        return String::new();
    };
    let finite = points
        .iter()
        .map(|(_, value)| *value)
        .filter(|value| value.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| {
        (a.min(value), b.max(value))
    });
    let levels = canvas.glyphs().ribbon;
    let mut last = levels[0];
    let bars = columns(points, (*from, *to), width).into_iter().map(|column| {
        if let Some(column) = column {
            let share = if high > low {
                (column.high - low) / (high - low)
            } else {
                0.0
            };
            last = levels[((share * levels.len() as f64) as usize).min(levels.len() - 1)];
        }
        last
    });
    bars.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_spike_is_lost(values in prop::collection::vec(-1e6f64..1e6, 1..400), gap in 1u64..9, width in 1usize..90) {
            let points: Vec<(u64, f64)> = (0..).step_by(gap as usize).zip(values).collect();
            let steps = (0, points[points.len() - 1].0);
            let columns = columns(&points, steps, width);
            for (step, value) in &points {
                let column = columns[place(*step, steps, width)].unwrap();
                prop_assert!(column.low <= *value && *value <= column.high);
            }
            let highest = points.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
            let drawn = columns.iter().flatten().map(|column| column.high).fold(f64::NEG_INFINITY, f64::max);
            prop_assert_eq!(highest, drawn);
            // What is drawn reaches from the top of the field to its bottom.
            let lowest = points.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
            if highest > lowest {
                let curve = Curve { points: &points, style: Style::new(), behind: false };
                let dots = plot(&curve, steps, (lowest, highest), (width, 24));
                prop_assert!((0..width).any(|x| dots.get(x, 0)) && (0..width).any(|x| dots.get(x, 23)));
            }
        }
    }

    #[test]
    fn a_curve_has_no_holes_between_its_points() {
        let points = [(0, 0.0), (50, 1.0), (100, 0.2)];
        let curve = Curve {
            points: &points,
            style: Style::new(),
            behind: false,
        };
        let dots = plot(&curve, (0, 100), (0.0, 1.0), (60, 40));
        assert!((0..60).all(|x| (0..40).any(|y| dots.get(x, y))));
    }
}

//! Where everything is, from the terminal's size alone, so that the state machine knows how many rows a page has.
//!
//! ```text
//!  ───────────
//!  problem
//!  ─────┬─────
//!  trace│tree        one of the two below 100 columns
//!  ─────┴─────
//!  habits
//!  hints             on the first start
//! ```

use crate::tui::app::GUTTER;
use ratatui::layout::{Position, Rect};

/// From this width on, trace and tree stand side by side.
pub const SIDE_BY_SIDE: u16 = 100;
/// The text pane's share of the width in thousandths, at least and at most.
pub const SPLIT: [u16; 2] = [200, 800];
/// Columns of text that layers leave at least.
const LEAST_TEXT: u16 = 16;
/// Below this height the rules give way to text.
const ROOMY: u16 = 13;

/// The two panes that share the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The text.
    Trace,
    /// The states.
    Tree,
}

impl Pane {
    /// Its name in its header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "Trace",
            Self::Tree => "Tree",
        }
    }
}

/// The regions of the screen; a pane's first row is its header. Empty regions are not drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The problem and the verdict.
    pub problem: Rect,
    /// The text pane.
    pub trace: Rect,
    /// The tree pane.
    pub tree: Rect,
    /// Columns at the text pane's right end for the layers of detectors.
    pub beside: u16,
    /// Habits and entropy.
    pub habits: Rect,
    /// Hints of the first start.
    pub hints: Rect,
    /// Lying rules: their rows, top to bottom; the last two hold the ends of the standing one.
    pub rules: [Option<u16>; 3],
    /// The standing rule's column.
    pub split: Option<u16>,
}

impl Layout {
    /// The regions of `screen`; `split` is the text pane's share in thousandths.
    #[must_use]
    pub fn new(screen: Rect, focus: Pane, split: u16, hints: bool) -> Self {
        let Rect { width, height, .. } = screen;
        let roomy = height >= ROOMY;
        let hints = u16::from(hints && roomy);
        let mut row = screen.y;
        let mut take = |rows: u16| {
            let area = Rect::new(
                screen.x,
                row,
                width,
                rows.min(screen.bottom().saturating_sub(row)),
            );
            row = row.saturating_add(rows);
            area
        };
        let rule = |area: Rect| (area.height > 0).then_some(area.y);
        let lines = u16::from(roomy);
        let above_problem = rule(take(lines));
        let problem = take(1);
        let above = rule(take(lines));
        let body = take(height.saturating_sub(2 + 3 * lines + hints));
        let below = rule(take(lines));
        let habits = take(1);
        let hints = take(hints);
        let mut layout = Self {
            problem,
            habits,
            hints,
            rules: [above_problem, above, below],
            ..Self::default()
        };
        if width >= SIDE_BY_SIDE {
            let left = (u32::from(width) * u32::from(split) / 1000) as u16;
            layout.split = Some(left);
            layout.trace = Rect { width: left, ..body };
            layout.tree = Rect {
                x: left + 1,
                width: width.saturating_sub(left + 1),
                ..body
            };
        } else if focus == Pane::Trace {
            layout.trace = body;
        } else {
            layout.tree = body;
        }
        layout
    }

    /// The same with so many columns beside the text, as far as some text stays.
    #[must_use]
    pub fn with_beside(mut self, columns: u16) -> Self {
        let pane = match self.split {
            Some(_) => self.trace.width,
            // A hidden text keeps the width it will have.
            None => self.trace.width.max(self.tree.width),
        };
        if pane >= columns + GUTTER + 1 + LEAST_TEXT {
            self.beside = columns;
        }
        self
    }

    /// The `split` that puts the standing rule into this column, as near as it may go.
    #[must_use]
    pub fn split_at(column: u16, width: u16) -> u16 {
        let share = (u32::from(column) * 1000).div_ceil(u32::from(width).max(1));
        (share.min(1000) as u16).clamp(SPLIT[0], SPLIT[1])
    }

    /// Where the panes' names stand: each over its own pane, or as tabs over the one that is shown.
    #[must_use]
    pub fn tabs(&self) -> [(Pane, Rect); 2] {
        let name = |pane: Pane, x: u16, y: u16| (pane, Rect::new(x, y, pane.name().len() as u16, 1));
        if self.split.is_some() {
            [
                name(Pane::Trace, self.trace.x + 1, self.trace.y),
                name(Pane::Tree, self.tree.x + 1, self.tree.y),
            ]
        } else {
            let y = self.trace.y.max(self.tree.y);
            let second = 1 + Pane::Trace.name().len() as u16 + 3;
            [name(Pane::Trace, 1, y), name(Pane::Tree, second, y)]
        }
    }

    /// The pane drawn at this place, if any.
    #[must_use]
    pub fn pane_at(&self, place: Position) -> Option<Pane> {
        [(self.trace, Pane::Trace), (self.tree, Pane::Tree)]
            .into_iter()
            .find_map(|(area, pane)| area.contains(place).then_some(pane))
    }

    /// Rows of text or tree on the screen.
    #[must_use]
    pub fn page(&self) -> u16 {
        self.trace.height.max(self.tree.height).saturating_sub(1)
    }

    /// Columns of the text. In a tab of its own the hidden text keeps the width it will have.
    #[must_use]
    pub fn text_width(&self) -> u16 {
        let width = if self.trace.width > 0 {
            self.trace.width
        } else {
            self.tree.width
        };
        width.saturating_sub(GUTTER + 1 + self.beside).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::app::{Frame, SMALLEST};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_rule_goes_where_it_is_dragged(width in SIDE_BY_SIDE..400, column in 0u16..400) {
            let split = Layout::split_at(column, width);
            let layout = Layout::new(Rect::new(0, 1, width, 27), Pane::Trace, split, false);
            prop_assert_eq!(layout.split, Some(column.clamp(width / 5, width * 4 / 5)));
        }

        #[test]
        fn regions_stay_on_the_screen_and_do_not_overlap(
            width in 0u16..400, height in 0u16..120, tree in any::<bool>(), split in SPLIT[0]..=SPLIT[1], hints in any::<bool>(),
        ) {
            let focus = if tree { Pane::Tree } else { Pane::Trace };
            let frame = Frame::new((width, height));
            let layout = Layout::new(frame.body, focus, split, hints);
            let screen = Rect::new(0, 0, width, height);
            let areas = [frame.header, layout.problem, layout.trace, layout.tree, layout.habits, layout.hints,
                frame.status, frame.footer];
            for (i, a) in areas.iter().enumerate() {
                prop_assert!(a.is_empty() || screen.union(*a) == screen);
                prop_assert!(areas[i + 1..].iter().all(|b| a.intersection(*b).is_empty()));
            }
            if width >= SMALLEST.0 && height >= SMALLEST.1 {
                prop_assert!(layout.page() >= 3 && frame.footer.height == 1);
            }
        }
    }
}

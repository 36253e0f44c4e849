//! Where everything is on the Compare screen.
//!
//! ```text
//!  ─────────────
//!  problem
//!  ──────┬──────
//!  A     │ B            as many lanes as fit; the others are to the left and right of them
//!  ──────┴──────
//!  table                or the list of problems; a tab of its own when both do not fit
//! ```

use crate::tui::app::{Frame, GUTTER};
use ratatui::layout::Rect;

/// Columns a lane needs.
const LANE: u16 = 38;
/// Rows of lanes beside a whole table; with fewer, table and lanes are tabs.
const FEWEST: u16 = 9;
/// Below this height of the body the rules give way.
const ROOMY: u16 = 13;

/// Where the keys move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// In the texts of the lanes.
    #[default]
    Lanes,
    /// In the table, or the list over it.
    Table,
}

/// The regions of the screen. Empty regions are not drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The problem.
    pub problem: Rect,
    /// The lanes that fit, by number; first row header, last row habits.
    pub lanes: Vec<(usize, Rect)>,
    /// The table; its first row is its header.
    pub table: Rect,
    /// Rows of lying rules.
    pub rules: Vec<u16>,
    /// Columns of the standing rules between lanes.
    pub splits: Vec<u16>,
}

impl Layout {
    /// The regions of a terminal of this size: `count` lanes of which number `at` must be seen, a table of `lines`.
    #[must_use]
    pub fn new(size: (u16, u16), count: usize, at: usize, lines: usize, focus: Focus) -> Self {
        let body = Frame::new(size).body;
        let rules = u16::from(body.height >= ROOMY);
        let strip = |y: u16, rows: u16| {
            let y = y.min(body.bottom());
            Rect::new(body.x, y, body.width, rows.min(body.bottom() - y))
        };
        let mut layout = Self {
            problem: strip(body.y + rules, 1),
            ..Self::default()
        };
        let top = layout.problem.bottom() + rules;
        let rest = body.bottom().saturating_sub(top);
        let whole = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(1);
        let both = rest.saturating_sub(rules) >= whole.saturating_add(FEWEST);
        let table = match (both, focus) {
            (true, _) => whole,
            (false, Focus::Lanes) => 1,
            (false, Focus::Table) => rest,
        };
        let lanes = rest.saturating_sub(table);
        // The rule between lanes and table is part of the lanes' rows.
        let between = rules.min(lanes);
        let area = strip(top, lanes - between);
        layout.table = strip(top + lanes, table);
        if rules > 0 {
            layout.rules = vec![body.y, layout.problem.bottom()];
            layout.rules.extend((between > 0).then_some(area.bottom()));
        }
        layout.place(area, count, at);
        layout
    }

    /// Lays out the lanes side by side.
    fn place(&mut self, area: Rect, count: usize, at: usize) {
        if area.height == 0 || count == 0 {
            return;
        }
        let fit = usize::from((area.width / LANE).max(1)).min(count);
        let first = (at + 1).saturating_sub(fit);
        let share = |number: usize| {
            let columns = usize::from(area.width) + 1;
            u16::try_from(number * columns / fit).unwrap_or(area.width)
        };
        for number in 0..fit {
            let (left, right) = (share(number), share(number + 1).saturating_sub(1));
            let lane = Rect {
                x: area.x + left,
                width: right.saturating_sub(left),
                ..area
            };
            self.lanes.push((first + number, lane));
            if number + 1 < fit {
                self.splits.push(area.x + right);
            }
        }
    }

    /// Columns of a lane's text.
    #[must_use]
    pub fn text_width(lane: Rect) -> u16 {
        lane.width.saturating_sub(GUTTER).max(1)
    }

    /// Rows of a lane's text: without its header and its habits.
    #[must_use]
    pub fn page(lane: Rect) -> u16 {
        lane.height.saturating_sub(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn regions_stay_on_the_screen_do_not_overlap_and_show_the_lane_at_hand(
            width in 0u16..300, height in 0u16..90, count in 0usize..=4, at in 0usize..4, lines in 0usize..30,
            table in any::<bool>(),
        ) {
            let at = at.min(count.saturating_sub(1));
            let focus = if table { Focus::Table } else { Focus::Lanes };
            let layout = Layout::new((width, height), count, at, lines, focus);
            let screen = Rect::new(0, 0, width, height);
            let lanes = layout.lanes.iter().map(|(_, area)| *area);
            let areas: Vec<Rect> = lanes.chain([layout.problem, layout.table]).collect();
            for (i, a) in areas.iter().enumerate() {
                prop_assert!(a.is_empty() || screen.union(*a) == screen, "{:?}", layout);
                prop_assert!(areas[i + 1..].iter().all(|b| a.intersection(*b).is_empty()), "{:?}", layout);
            }
            prop_assert!(layout.lanes.is_empty() || layout.lanes.iter().any(|(number, _)| *number == at));
            if !table && count > 0 && width >= 40 && height >= 10 {
                prop_assert!(layout.lanes.iter().all(|(_, area)| area.height >= 3));
            }
        }
    }
}

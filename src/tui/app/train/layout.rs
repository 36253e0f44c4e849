//! Where everything is on the Train screen, when a run is looked at.
//!
//! ```text
//!  run, step, progress
//!  ────────┬────────
//!  numbers │ chart
//!  ────────┼────────
//!  samples │ tree            one of the two halves on a small terminal
//! ```

use crate::tui::app::{Frame, GUTTER};
use ratatui::layout::Rect;

/// Below this height of the body, or this width, only the half with the focus is drawn.
const ROOMY: (u16, u16) = (72, 16);

/// Rows for what the selected recipe or run is.
const DETAIL: u16 = 3;

/// Where the keys move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// Among the curves.
    Curves,
    /// Among the samples.
    #[default]
    Samples,
}

/// The regions of the screen. Empty regions are not drawn; a pane's first row is its header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The run and how it stands.
    pub run: Rect,
    /// The curves by name, with the numbers of the step.
    pub numbers: Rect,
    /// The curve that is looked at.
    pub chart: Rect,
    /// The samples of the step.
    pub samples: Rect,
    /// The tree of the sample that is looked at.
    pub tree: Rect,
    /// Rows of lying rules.
    pub rules: [Option<u16>; 2],
    /// The standing rule's column.
    pub split: Option<u16>,
}

impl Layout {
    /// The regions of a terminal of this size.
    #[must_use]
    pub fn new(size: (u16, u16), focus: Focus) -> Self {
        let body = Frame::new(size).body;
        let strip = |y: u16, rows: u16| {
            let y = y.min(body.bottom());
            Rect::new(body.x, y, body.width, rows.min(body.bottom() - y))
        };
        let run = strip(body.y, 1);
        let rest = body.height.saturating_sub(2);
        let top = body.y + 2;
        let mut layout = Self {
            run,
            rules: [(body.height > 1).then_some(body.y + 1), None],
            ..Self::default()
        };
        if body.width < ROOMY.0 {
            let all = strip(top, rest);
            match focus {
                Focus::Curves => layout.numbers = all,
                Focus::Samples => layout.samples = all,
            }
            return layout;
        }
        let left = (body.width * 2 / 5).clamp(44, 66);
        layout.split = Some(left);
        let halves = |area: Rect| {
            let right = Rect {
                x: area.x + left + 1,
                width: area.width.saturating_sub(left + 1),
                ..area
            };
            (Rect { width: left, ..area }, right)
        };
        if body.height < ROOMY.1 {
            let (left, right) = halves(strip(top, rest));
            match focus {
                Focus::Curves => (layout.numbers, layout.chart) = (left, right),
                Focus::Samples => (layout.samples, layout.tree) = (left, right),
            }
            return layout;
        }
        let upper = (rest * 11 / 20).clamp(6, 24);
        (layout.numbers, layout.chart) = halves(strip(top, upper));
        layout.rules[1] = Some(top + upper);
        (layout.samples, layout.tree) = halves(strip(top + upper + 1, rest.saturating_sub(upper + 1)));
        layout
    }

    /// Where the list of recipes and runs is, and below it what the selected one is.
    #[must_use]
    pub fn list(size: (u16, u16)) -> [Rect; 2] {
        let body = Frame::new(size).body;
        let below = DETAIL.min(body.height.saturating_sub(1));
        let list = Rect {
            y: body.y + 1,
            height: body.height.saturating_sub(1 + below),
            ..body
        };
        let detail = Rect {
            y: list.bottom(),
            height: below,
            ..body
        };
        [list, detail]
    }

    /// Columns of a text beside another.
    #[must_use]
    pub fn text_width(area: Rect) -> u16 {
        area.width.saturating_sub(GUTTER).max(1)
    }

    /// Rows of a text beside another: without its header and its habits.
    #[must_use]
    pub fn page(area: Rect) -> u16 {
        area.height.saturating_sub(2)
    }
}

/// Two texts side by side, below a row for what they are and a rule.
#[must_use]
pub fn beside(size: (u16, u16)) -> [Rect; 2] {
    let body = Frame::new(size).body;
    let height = body.height.saturating_sub(2);
    let y = (body.y + 2).min(body.bottom());
    let left = body.width.saturating_sub(1) / 2;
    let right = body.width.saturating_sub(left + 1);
    [
        Rect::new(body.x, y, left, height),
        Rect::new(body.x + left + 1, y, right, height),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn regions_stay_on_the_screen_and_do_not_overlap(width in 0u16..300, height in 0u16..90, curves in any::<bool>()) {
            let focus = if curves { Focus::Curves } else { Focus::Samples };
            let layout = Layout::new((width, height), focus);
            let screen = Rect::new(0, 0, width, height);
            let areas = [layout.run, layout.numbers, layout.chart, layout.samples, layout.tree];
            for (i, a) in areas.iter().enumerate() {
                prop_assert!(a.is_empty() || screen.union(*a) == screen, "{:?}", layout);
                prop_assert!(areas[i + 1..].iter().all(|b| a.intersection(*b).is_empty()), "{:?}", layout);
            }
            if width >= 40 && height >= 10 {
                let pane = if curves { layout.numbers } else { layout.samples };
                prop_assert!(pane.height >= 4, "{:?}", layout);
            }
        }
    }
}

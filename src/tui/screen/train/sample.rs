//! One sample of a run with its tree, laid out as Explore lays out a trace.
//!
//! ```text
//!  step 84   18 7 4 → 15   ✓ (18-7)+4 = 15              reward 1.00   advantage +0.87   58 tokens
//!  text │ tree
//!  V 2   B 1   S 0   C 0
//! ```

use super::samples::verdict;
use crate::{
    behavior::Habit,
    tui::{
        app::{App, Frame, Layout, Pane},
        screen::{inset, row, text},
        widget::{Canvas, tree},
    },
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Draws the sample.
pub fn draw(app: &App, canvas: &mut Canvas<'_>) {
    let Some(run) = app.train.run() else { return };
    let (Some(sample), Some(live)) = (run.shown(), &run.live) else {
        return;
    };
    let layout = Layout::new(Frame::new(app.size).body, app.train.pane, 50, false);
    super::super::explore::rules(canvas, &layout);
    let step = run.samples_of.unwrap_or_default();
    let mut left = vec![
        canvas.span(format!("step {step}   "), "ui.dim"),
        canvas.span(
            format!("{}   ", canvas.glyphs().write(&sample.problem.statement)),
            "ui.current",
        ),
    ];
    left.extend(verdict(canvas, sample));
    let answer = sample.trace.outcome.as_ref().and_then(|outcome| outcome.said());
    left.push(canvas.span(format!(" {}", answer.unwrap_or("no answer")), "ui"));
    if sample.is_faked() {
        left.push(canvas.span("   faked: a statement is false", "bad"));
    }
    let mut right: Vec<Span<'static>> = Vec::new();
    for (name, digits) in [("reward", 2), ("advantage", 2)] {
        if let Some(value) = sample.worth(name) {
            right.push(canvas.span(format!("{name} {value:.digits$}   "), "ui"));
        }
    }
    right.push(canvas.span(format!("{:>3} tokens", sample.tokens()), "ui"));
    canvas.row(inset(layout.problem), Line::from(left), Line::from(right));
    for (area, pane, name) in [
        (layout.trace, Pane::Trace, "Trace"),
        (layout.tree, Pane::Tree, "Tree"),
    ] {
        if area.is_empty() {
            continue;
        }
        let names: &[(Pane, &str)] = match layout.split {
            Some(_) => &[(pane, name)],
            None => &[(Pane::Trace, "Trace"), (Pane::Tree, "Tree")],
        };
        let heads = names.iter().map(|(of, name)| {
            let scope = if app.train.pane == *of {
                "ui.title"
            } else {
                "ui.dim"
            };
            canvas.span(format!("{name}   "), scope)
        });
        let head = Line::from_iter(heads);
        canvas.row(inset(row(area, area.y)), head, Line::default());
        let body = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(1),
            ..area
        };
        match pane {
            Pane::Trace => {
                let body = Rect {
                    width: body.width.saturating_sub(1),
                    ..body
                };
                text::draw(canvas, body, live, "");
            }
            Pane::Tree => tree::draw(canvas, body, live, app.train.pane == Pane::Tree),
        }
    }
    let mut habits = vec![canvas.span("Habits  ", "ui.dim")];
    for (habit, count) in Habit::ALL.into_iter().zip(sample.habits()) {
        habits.push(canvas.span(habit.letter().to_string(), &format!("habit.{habit}")));
        habits.push(canvas.span(format!(" {count}   "), "ui"));
    }
    canvas.row(inset(layout.habits), Line::from(habits), Line::default());
}

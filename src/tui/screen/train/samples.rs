//! ```text
//!  Samples of step 84   128   2 faked                         Tree   6 states   1 return
//!  18 7 4 → 15   3 of 8 right
//! ▸✓  reward 1.00  +0.87   58 tok  V2 B1 S0 C0
//!  ✓! reward 1.00  +0.87   31 tok  V1 B0 S0 C0
//! ```

use super::title;
use crate::{
    base::words::counted,
    behavior::{self, Habit},
    train::Kept,
    tui::{
        app::{
            App, Live,
            train::{Focus, Run, Sample, SampleRow, State},
        },
        screen::{begun, inset, row},
        text::wrap,
        widget::Canvas,
    },
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// From this width on there is room for score sheets.
const ROOMY: u16 = 60;

/// Draws the samples of the step, each prompt's together.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect, run: &Run) {
    if area.is_empty() {
        return;
    }
    let what = match run.kept {
        Kept::Rollouts => "Samples of step",
        Kept::Evaluation => "Held-out samples of step",
    };
    let step = run.samples_of.unwrap_or_else(|| run.here());
    let mut left = vec![canvas.span(format!("{what} {step}"), title(app, Focus::Samples))];
    let faked = run.samples.iter().filter(|sample| sample.is_faked()).count();
    if faked > 0 {
        let only = if run.faked { " only" } else { "" };
        left.push(canvas.span(format!("   {faked} faked{only}"), "bad"));
    }
    let right = canvas.span(run.samples.len().to_string(), "ui.dim");
    canvas.row(inset(row(area, area.y)), Line::from(left), right.into());
    let rows = run.rows();
    if rows.is_empty() {
        return nothing(app, canvas, area, run);
    }
    for (y, line) in (area.y + 1..area.bottom()).zip(rows.into_iter().skip(run.tops[1])) {
        let area = row(area, y);
        match line {
            SampleRow::Group(first, count) => {
                canvas.row(inset(area), group(canvas, run, first, count), Line::default())
            }
            SampleRow::Sample(index) => {
                let Some(sample) = run.samples.get(index) else {
                    continue;
                };
                canvas.row(
                    inset(area),
                    sample_line(canvas, run, sample, area.width),
                    Line::default(),
                );
                if index == run.sample {
                    let mark = canvas.glyphs().folded;
                    canvas.put(area.x, y, area.right(), mark, canvas.style("ui.current"));
                    if app.train.focus == Focus::Samples {
                        canvas.tint(inset(area), canvas.style("ui.selection"));
                    }
                }
            }
        }
    }
}

/// Why there is no sample.
fn nothing(app: &App, canvas: &mut Canvas<'_>, area: Rect, run: &Run) {
    let going = app
        .train
        .shown_job()
        .is_some_and(|job| matches!(job.state, State::Preparing | State::Training));
    let text = match &run.wrong {
        Some(sentence) => sentence.clone(),
        None if run.missing().is_some() => "Reading…".to_owned(),
        None if going && run.recipe.rl.is_some() => "The first step is being made…".to_owned(),
        None => "This run keeps no samples: runs of reinforcement learning do, and evaluations with rl.eval_samples above 1."
            .to_owned(),
    };
    let text = canvas.glyphs().write(&text);
    let area = inset(area);
    for (y, line) in (area.y + 1..area.bottom()).zip(wrap::rows(&text, 0, area.width.into())) {
        let words = canvas.span(line.of(&text).trim_end(), "ui.dim");
        canvas.row(row(area, y), words.into(), Line::default());
    }
}

fn group(canvas: &Canvas<'_>, run: &Run, first: usize, count: usize) -> Line<'static> {
    let members = run.samples.get(first..first + count).unwrap_or_default();
    let right = members.iter().filter(|sample| sample.is_right()).count();
    let statement = members
        .first()
        .map(|sample| canvas.glyphs().write(&sample.problem.statement));
    Line::from(vec![
        canvas.span(statement.unwrap_or_default(), "ui"),
        canvas.span(format!("   {right} of {count} right"), "ui.dim"),
    ])
}

fn sample_line(canvas: &Canvas<'_>, run: &Run, sample: &Sample, width: u16) -> Line<'static> {
    let mut parts = verdict(canvas, sample);
    match sample.worth("reward") {
        Some(reward) => {
            parts.push(canvas.span(format!(" {reward:>5.2}"), "ui"));
            let advantage = sample.worth("advantage").unwrap_or_default();
            parts.push(canvas.span(format!(" {advantage:>+6.2}"), "ui.dim"));
        }
        None if run.kept == Kept::Evaluation => {
            let statement = canvas.glyphs().write(&sample.problem.statement);
            parts.push(canvas.span(format!(" {statement:<16}"), "ui"));
        }
        None => {}
    }
    parts.push(canvas.span(format!(" {:>4} tok", sample.tokens()), "ui"));
    for (habit, count) in Habit::ALL.into_iter().zip(sample.habits()) {
        let scope = if count > 0 {
            format!("habit.{habit}")
        } else {
            "ui.dim".to_owned()
        };
        parts.push(canvas.span(format!(" {}{count}", habit.letter()), &scope));
    }
    if sample.is_cut() {
        parts.push(canvas.span(" cut", "unknown"));
    }
    if width >= ROOMY {
        let sheet = begun(&behavior::sheet(&sample.trace), canvas.glyphs());
        parts.push(canvas.span(format!("   {sheet}"), "ui.dim"));
    }
    Line::from(parts)
}

/// Right or wrong, and whether what is right rests on what is false.
pub fn verdict(canvas: &Canvas<'_>, sample: &Sample) -> Vec<Span<'static>> {
    let glyphs = canvas.glyphs();
    let (sign, scope) = if sample.is_right() {
        (glyphs.good, "good")
    } else {
        (glyphs.bad, "bad")
    };
    let fault = if sample.is_faked() { glyphs.fault } else { " " };
    vec![canvas.span(sign, scope), canvas.span(fault, "bad")]
}

/// The header over the tree of the sample that is looked at.
pub fn title_of_tree(canvas: &mut Canvas<'_>, area: Rect, run: &Run) {
    let left = match run.shown() {
        Some(sample) if sample.is_faked() => {
            let roomy = area.width >= 68;
            let what = if roomy {
                "right, but not every statement is true"
            } else {
                "faked"
            };
            canvas.span(format!("{} {what}", canvas.glyphs().fault), "bad")
        }
        _ => canvas.span("Tree", "ui.dim"),
    };
    let facts = run.live.as_deref().map(size_of_tree);
    let facts = canvas.span(facts.unwrap_or_default(), "ui.dim");
    canvas.row(area, left.into(), facts.into());
}

/// What there is in a sample's tree.
pub fn size_of_tree(live: &Live) -> String {
    let (states, returns) = (live.tree.nodes.len(), live.tree.backtracks.len());
    format!("{}   {}", counted(states, "state"), counted(returns, "return"))
}

//! ```text
//!  ✓ (18-7)+4 = 15   exact   58 tokens   0.04 s
//! ```

use crate::{
    trace::record::{Finish, Outcome},
    tui::{
        app::{Live, Phase},
        widget::Canvas,
    },
};
use ratatui::text::Span;

/// Below this width the scorer's name and the time are left out.
const ROOMY: u16 = 100;
/// Below this width only the verdict's sign and the tokens are left.
const NARROW: u16 = 64;

/// How a trace ended and what it cost, on a line of `width` columns.
pub fn verdict(canvas: &Canvas<'_>, live: &Live, width: u16) -> Vec<Span<'static>> {
    let glyphs = canvas.glyphs();
    let mut parts = Vec::new();
    // A text that was cut short without an answer is not wrong: it is cut short.
    let cut = matches!(live.phase, Phase::Done(Finish::Length | Finish::Cancelled));
    let outcome = live
        .outcome
        .as_ref()
        .filter(|outcome| !cut || outcome.answer.is_some());
    match (outcome, &live.phase) {
        (Some(outcome), _) => parts.extend(answer(canvas, outcome, width)),
        (None, Phase::Done(Finish::Stop) | Phase::Waiting | Phase::Running) => {}
        (None, Phase::Done(Finish::Length)) => parts.push(canvas.span("out of tokens", "unknown")),
        (None, Phase::Done(Finish::Cancelled)) => parts.push(canvas.span("stopped", "unknown")),
        (None, Phase::Done(Finish::Error) | Phase::Failed(_)) => {
            parts.push(canvas.span(format!("{} failed", glyphs.bad), "bad"));
        }
    }
    parts.push(canvas.span(format!("   {:>3} tokens", live.generated()), "ui"));
    if width >= ROOMY {
        parts.push(canvas.span(format!("   {:>5.2} s", live.seconds()), "ui"));
    }
    parts
}

fn answer(canvas: &Canvas<'_>, outcome: &Outcome, width: u16) -> Vec<Span<'static>> {
    let roomy = width >= ROOMY;
    let glyphs = canvas.glyphs();
    let (sign, scope) = if outcome.correct {
        (glyphs.good, "good")
    } else {
        (glyphs.bad, "bad")
    };
    let text = match (&outcome.answer, &outcome.value) {
        _ if width < NARROW => sign.to_string(),
        (Some(answer), Some(value)) => format!("{sign} {answer} = {value}"),
        (Some(answer), None) => format!("{sign} {answer}"),
        (None, _) => format!("{sign} no answer"),
    };
    let mut parts = vec![canvas.span(text, scope)];
    if !outcome.correct && roomy && outcome.answer.is_some() {
        parts.push(canvas.span(format!("   {}", outcome.reason), "ui"));
    }
    if roomy {
        parts.push(canvas.span(format!("   {}", outcome.scorer), "ui.dim"));
    }
    parts
}

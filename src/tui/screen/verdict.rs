//! ```text
//!  ✓ (18-7)+4 = 15   exact   58 tokens   0.04 s
//! ```

use super::clip;
use crate::{
    trace::record::{Finish, Outcome},
    tui::{
        app::{Dissent, Live, Phase},
        widget::{Canvas, Pieces},
    },
};

/// How a trace ended and what it cost, at the right end of a line of `width` columns.
pub fn verdict(canvas: &Canvas<'_>, live: &Live, width: u16, pieces: &mut Pieces) {
    let glyphs = canvas.glyphs();
    // A text that was cut short without an answer is not wrong: it is cut short.
    let cut = matches!(live.phase, Phase::Done(Finish::Length | Finish::Cancelled));
    let outcome = live
        .outcome
        .as_ref()
        .filter(|outcome| !cut || outcome.answer.is_some());
    match (outcome, &live.phase) {
        (Some(outcome), _) => {
            answer(canvas, outcome, width, pieces);
            if matches!(live.dissent, Some(Dissent::TreeSolves(_))) {
                let text = glyphs.write("the tree says ✓");
                pieces.right(2, "   ", canvas.span(text, "unknown"));
            }
        }
        (None, Phase::Done(Finish::Stop) | Phase::Waiting | Phase::Running) => {}
        (None, Phase::Done(Finish::Length)) => pieces.right(0, "", canvas.span("out of tokens", "unknown")),
        (None, Phase::Done(Finish::Cancelled)) => pieces.right(0, "", canvas.span("stopped", "unknown")),
        (None, Phase::Done(Finish::Error) | Phase::Failed(_)) => {
            pieces.right(0, "", canvas.span(format!("{} failed", glyphs.fault), "bad"));
        }
    }
    if let Some(tokens) = live.generated() {
        pieces.right(1, "   ", canvas.span(format!("{tokens:>3} tokens"), "ui"));
    }
    if let Some(seconds) = live.seconds() {
        pieces.right(7, "   ", canvas.span(format!("{seconds:>5.2} s"), "ui"));
    }
}

fn answer(canvas: &Canvas<'_>, outcome: &Outcome, width: u16, pieces: &mut Pieces) {
    let glyphs = canvas.glyphs();
    let (sign, scope) = if outcome.correct {
        (glyphs.good, "good")
    } else {
        (glyphs.bad, "bad")
    };
    // An answer may be as long as it likes; half the line is enough to recognise it.
    let text = match (outcome.said(), &outcome.value) {
        (Some(answer), Some(value)) => format!("{answer} = {value}"),
        (Some(answer), None) => answer.to_owned(),
        (None, _) => "no answer".into(),
    };
    pieces.right(0, "", canvas.span(sign, scope));
    pieces.right(
        4,
        " ",
        canvas.span(clip(&text, usize::from(width / 2), glyphs.more), scope),
    );
    if !outcome.correct && outcome.answer.is_some() {
        pieces.right(6, "   ", canvas.span(&outcome.reason, "ui"));
    }
    pieces.right(8, "   ", canvas.span(&outcome.scorer, "ui.dim"));
}

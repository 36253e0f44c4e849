//! What header, status line and footer say on this screen.

use crate::tui::{
    app::{
        Action, App,
        compare::{Focus, letter},
    },
    screen::status::sampler,
    widget::{Canvas, Pieces},
};

/// How many lanes there are, and whether they write.
pub fn facts(app: &App, canvas: &Canvas<'_>, pieces: &mut Pieces) {
    let compare = &app.compare;
    let lanes = canvas.span(format!("{} lanes", compare.lanes.len()), "ui");
    let state = match (&compare.making, compare.runs.is_empty()) {
        (Some(_), _) => canvas.span(format!("  {} comparing", canvas.glyphs().live), "ui.live"),
        (None, false) => canvas.span(format!("  {} live", canvas.glyphs().live), "ui.live"),
        (None, true) => canvas.span("  idle", "ui.dim"),
    };
    pieces.right(1, "", lanes);
    pieces.right(0, "", state);
}

/// How the lane is sampled, and which lane or entry this is.
pub fn status(app: &App, canvas: &Canvas<'_>, pieces: &mut Pieces) {
    let compare = &app.compare;
    let place = match (&compare.list, compare.focus) {
        (Some(list), Focus::Table) if !list.problems.is_empty() => {
            format!("problem {} of {}", list.selected + 1, list.problems.len())
        }
        _ => format!("lane {} of {}", letter(compare.at), compare.lanes.len()),
    };
    pieces.left(2, "", canvas.span(sampler(app), "ui.dim"));
    pieces.right(0, "", canvas.span(place, "ui.dim"));
}

/// The actions that matter now, with the word for them where the usual one would mislead.
pub fn matter(app: &App) -> Vec<(Action, &'static str)> {
    let compare = &app.compare;
    if compare.is_busy() {
        return vec![
            (Action::Cancel, "stop"),
            (Action::NextPane, ""),
            (Action::LaneRight, ""),
            (Action::Up, "look around"),
        ];
    }
    match (&compare.list, compare.focus) {
        (Some(_), Focus::Table) => vec![
            (Action::Down, "next problem"),
            (Action::Open, "to the traces"),
            (Action::Filter, ""),
            (Action::Cancel, "back"),
        ],
        (Some(_), Focus::Lanes) => vec![
            (Action::OpenTrace, ""),
            (Action::LaneRight, ""),
            (
                Action::Again,
                if compare.samples() > 1 { "next sample" } else { "" },
            ),
            (Action::Cancel, "back to the list"),
        ],
        (None, Focus::Table) => vec![
            (Action::Open, "its problems"),
            (Action::Filter, ""),
            (Action::CompareSet, ""),
            (Action::NextPane, "lanes"),
        ],
        (None, Focus::Lanes) => vec![
            (Action::NewProblem, ""),
            (Action::CompareSet, ""),
            (Action::LaneModel, ""),
            (Action::LaneAdd, ""),
            (Action::OpenTrace, ""),
            (Action::NextPane, ""),
        ],
    }
}

//! What header, status line, footer and the first row say on this screen.
//!
//! ```text
//!  grpo-20261125-101500   rl   step 84 of 150  [#########-------]   2.1 s/step   2 min 20 s left   training
//! ```

use crate::base::duration;
use crate::tui::{
    app::{
        Action, App, Notice, Pane,
        train::{Focus, Run, State, View},
    },
    widget::{Canvas, Pieces, bars},
};
use ratatui::{layout::Rect, text::Line};

/// Below this width the first row leaves things out.
const ROOMY: u16 = 100;

/// What is trained, and how it stands.
pub fn facts(app: &App, canvas: &Canvas<'_>, pieces: &mut Pieces) {
    if app.train.active().is_none() {
        pieces.right(1, "", canvas.span("nothing is trained", "ui.dim"));
    }
    badge(app, canvas, "", pieces);
}

/// That a run goes on, for every screen.
pub fn badge(app: &App, canvas: &Canvas<'_>, gap: &'static str, pieces: &mut Pieces) {
    let Some(job) = app.train.active() else { return };
    let step = match job.run.recipe.steps {
        Some(all) => format!("{}/{all}", job.run.last),
        None => format!("{:.0} %", 100.0 * job.progress),
    };
    let (sign, scope) = match job.state {
        State::Waiting | State::Paused(_) => (canvas.glyphs().open, "unknown"),
        _ => (canvas.glyphs().live, "ui.live"),
    };
    pieces.right(
        0,
        gap,
        canvas.span(format!("{} {step}", job.run.recipe.name), "ui"),
    );
    pieces.right(2, " ", canvas.span(format!("{sign} {}", job.state.word()), scope));
}

/// The run, its step, how far it is, how it stands.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect, run: &Run) {
    let job = app.train.shown_job();
    let roomy = area.width >= ROOMY;
    let mut left = vec![canvas.span(run.name(), "ui.title")];
    if roomy {
        left.push(canvas.span(format!("   {}", run.recipe.kind), "ui.dim"));
    }
    let steps = match run.recipe.steps {
        Some(all) => format!("step {} of {all}", run.last),
        None => format!("step {}", run.last),
    };
    left.push(canvas.span(format!("   {steps}"), "ui"));
    let mut right = Vec::new();
    if let Some(job) = job {
        let cells = if roomy { 20 } else { 8 };
        let filled = (job.progress * cells as f64).floor().clamp(0.0, cells as f64) as usize;
        left.push(canvas.span(format!("  [{}]", bars::bar(canvas, filled, cells, cells)), "ui"));
        let pace = run.at("step_time", run.last).filter(|_| roomy);
        right.extend(pace.map(|seconds| canvas.span(format!("{seconds:.1} s/step   "), "ui")));
        let left = job.seconds_left.filter(|_| job.state == State::Training);
        right.extend(left.map(|seconds| canvas.span(format!("{} left   ", duration::text(seconds)), "ui")));
    }
    let (word, scope) = match job.map(|job| &job.state) {
        None => of_disk(app, canvas, run, roomy),
        Some(state @ (State::Paused(_) | State::Waiting)) => (state.word().to_owned(), "unknown"),
        Some(state @ State::Failed(_)) => (state.word().to_owned(), "bad"),
        Some(state) if state.is_active() => (state.word().to_owned(), "ui.live"),
        Some(state) => (state.word().to_owned(), "ui.dim"),
    };
    right.push(canvas.span(word, scope));
    canvas.row(area, Line::from(left), Line::from(right));
}

/// Whether a run that was read from disk is still written.
fn of_disk(app: &App, canvas: &Canvas<'_>, run: &Run, roomy: bool) -> (String, &'static str) {
    let live = canvas.glyphs().live;
    match app.train.followed() {
        None => ("from disk".to_owned(), "ui.dim"),
        Some(follow) if follow.over && !run.is_unfinished() && run.recipe.steps.is_some() => {
            ("done".to_owned(), "ui.dim")
        }
        Some(follow) if follow.over => ("its trainer is gone".to_owned(), "unknown"),
        Some(_) if roomy => (format!("{live} followed: another process trains it"), "ui.live"),
        Some(_) => (format!("{live} followed"), "ui.live"),
    }
}

/// Why the run does not go on, with what to press.
pub fn standing(app: &App) -> Option<Notice> {
    let job = app.train.shown_job().filter(|_| app.train.view != View::List)?;
    let key = |action| app.keymap.key(action);
    match &job.state {
        State::Paused(sentence) => Some(Notice::warning(format!(
            "Paused ({} tries again, {} changes a knob, {} stops): {sentence}.",
            key(Action::TrainPause),
            key(Action::TrainKnob),
            key(Action::TrainStop)
        ))),
        State::Failed(sentence) => Some(Notice::error(sentence.clone())),
        _ => None,
    }
}

/// What is laid over the run, and what was changed in it.
pub fn status(app: &App, canvas: &Canvas<'_>, pieces: &mut Pieces) {
    let Some(run) = app.train.run().filter(|_| app.train.view != View::List) else {
        let home = app
            .train
            .listing
            .as_ref()
            .map(|listing| listing.home.display().to_string());
        let text = home
            .map(|home| format!("runs are kept in {home}"))
            .unwrap_or_default();
        return pieces.left(0, "", canvas.span(text, "ui.dim"));
    };
    let left = match &app.train.laid {
        Some(laid) => format!("thin: {}", laid.name()),
        None => String::new(),
    };
    let changed: Vec<String> = run
        .changes
        .iter()
        .rev()
        .take(2)
        .rev()
        .map(|change| format!("= {} {} from step {}", change.key, change.value, change.step + 1))
        .collect();
    pieces.left(1, "", canvas.span(left, "ui.dim"));
    pieces.right(0, "", canvas.span(changed.join("   "), "ui.dim"));
}

/// The actions that matter now, with the word for them where the usual one would mislead.
pub fn matter(app: &App) -> Vec<(Action, &'static str)> {
    let train = &app.train;
    let state = train.shown_job().map(|job| &job.state);
    let mut keys = match (train.view, state) {
        (View::Run, Some(State::Training | State::Preparing)) => vec![
            (Action::TrainPause, ""),
            (Action::TrainSave, ""),
            (Action::TrainStop, ""),
            (Action::TrainKnob, "knob"),
        ],
        (View::Run, Some(State::Waiting)) => vec![
            (Action::TrainPause, "go on"),
            (Action::TrainStop, ""),
            (Action::TrainKnob, "knob"),
        ],
        (View::Run, Some(State::Paused(_))) => vec![
            (Action::TrainPause, "try again"),
            (Action::TrainKnob, "knob"),
            (Action::TrainStop, ""),
        ],
        (View::Run, Some(State::Stopped)) => vec![(Action::TrainPause, "go on")],
        (View::Run, None)
            if train.active().is_none()
                && train.followed().is_none_or(|follow| follow.over)
                && train.run().is_some_and(Run::is_unfinished) =>
        {
            vec![(Action::TrainPause, "go on with it")]
        }
        _ => Vec::new(),
    };
    keys.extend(match train.view {
        View::List if train.laying => vec![(Action::Fold, "lay it over"), (Action::Cancel, "never mind")],
        View::List => vec![
            (Action::Fold, "begin or open"),
            (Action::TrainOpen, ""),
            (Action::TrainPause, "go on with it"),
        ],
        View::Run if train.focus == Focus::Curves => vec![
            (Action::Left, "step"),
            (Action::Down, "curve"),
            (Action::NextPane, "samples"),
            (Action::Emergence, ""),
            (Action::LayOver, ""),
            (Action::TrainOpen, ""),
            (Action::TrainCompare, ""),
        ],
        View::Run => vec![
            (Action::Left, "step"),
            (Action::Down, "sample"),
            (Action::Fold, "read it"),
            (Action::NextPane, "curves"),
            (Action::Emergence, ""),
            (Action::Faked, ""),
            (Action::HeldOut, ""),
            (Action::TrainOpen, ""),
        ],
        View::Sample => vec![
            (Action::Down, "row"),
            (Action::NextPane, ""),
            (Action::Cancel, "back to the run"),
            (Action::TrainOpen, ""),
        ],
        View::Emergence => vec![
            (Action::Down, "next prompt"),
            (
                Action::NextPane,
                match train.pairs.as_ref().map(|pairs| pairs.pane) {
                    Some(Pane::Tree) => "texts",
                    _ => "trees",
                },
            ),
            (Action::TrainOpen, "both to Explore"),
            (Action::Cancel, "back to the run"),
        ],
    });
    keys
}

//! What header, status line and footer say on this screen.
//!
//! ```text
//!  scout · cpu · T=0.6    1,812 tok/s ● live                                                     header
//!  top-k 0  top-p 1  min-p 0  seed 0  max 512                     trace 2 of 3 · fork of 1 at 14
//!                                                                 #7 · 8 of 46 · runs/gold.jsonl      from a file
//! ```

use crate::{
    base::sanitize,
    tui::{
        app::{Action, App, Live, ModelState, Pane},
        screen::{end_of, header::thousands, status},
        widget::{Canvas, Pieces},
    },
};

/// Columns of a model's name at most: the names of the screens stand beside it at 80.
const LONGEST_NAME: usize = 28;

/// Who wrote what is shown, or will; and the speed.
pub fn facts(app: &App, canvas: &Canvas<'_>, pieces: &mut Pieces) {
    let trace = app.explore.trace();
    match trace.filter(|live| !is_by(live, &app.explore.model)) {
        Some(live) => writer(canvas, live, pieces),
        None => model(app, canvas, pieces),
    }
    if let Some(rate) = trace.and_then(Live::rate) {
        let rate = format!("{:>7} tok/s", thousands(rate));
        pieces.right(5, "   ", canvas.span(rate, "ui"));
    }
    if app.explore.is_generating() {
        let live = format!("{} live", canvas.glyphs().live);
        pieces.right(0, " ", canvas.span(live, "ui.live"));
    } else {
        pieces.right(2, "  ", canvas.span("idle", "ui.dim"));
    }
}

/// Whether the current model wrote it, or will.
fn is_by(live: &Live, model: &ModelState) -> bool {
    let ModelState::Ready(info) = model else {
        return !live.is_foreign();
    };
    live.model() == Some(&info.record)
}

/// The current model.
fn model(app: &App, canvas: &Canvas<'_>, pieces: &mut Pieces) {
    let glyphs = canvas.glyphs();
    let name = short(canvas, app.explore.model.name());
    pieces.right(0, "", canvas.span(name, "ui.title"));
    match &app.explore.model {
        ModelState::None => {}
        ModelState::Loading(_) => pieces.right(0, "", canvas.span(glyphs.write(" · loading…"), "unknown")),
        ModelState::Failed(..) => {
            pieces.right(0, "", canvas.span(glyphs.write(" · could not be loaded"), "bad"));
        }
        ModelState::Ready(info) => {
            let temperature = Some(app.explore.sampler.temperature);
            conditions(canvas, info.record.device.as_deref(), temperature, pieces);
        }
    }
}

/// Whoever wrote the trace on the screen, as far as it says so.
fn writer(canvas: &Canvas<'_>, live: &Live, pieces: &mut Pieces) {
    if let Some(model) = live.model() {
        pieces.right(0, "", canvas.span(short(canvas, &model.name), "ui.title"));
        let temperature = live.sampler().map(|sampler| sampler.temperature);
        conditions(canvas, model.device.as_deref(), temperature, pieces);
    }
}

/// The name of a model, of a long one the end: a checkpoint's path says most there.
fn short(canvas: &Canvas<'_>, name: &str) -> String {
    end_of(&sanitize::line(name), LONGEST_NAME, canvas.glyphs().more)
}

/// Where it ran and how warm.
fn conditions(canvas: &Canvas<'_>, device: Option<&str>, temperature: Option<f32>, pieces: &mut Pieces) {
    let dot = canvas.glyphs().dot;
    if let Some(device) = device {
        pieces.right(7, "", canvas.span(format!(" {dot} {device}"), "ui"));
    }
    if let Some(temperature) = temperature {
        pieces.right(4, "", canvas.span(format!(" {dot} T={temperature}"), "ui"));
    }
}

/// The sampler, the token under the cursor, and which trace this is.
pub fn status(app: &App, canvas: &Canvas<'_>, pieces: &mut Pieces) {
    sampler(app, canvas, pieces);
    if let Some(live) = app.explore.trace() {
        place(app, canvas, live, pieces);
    }
}

/// Whether the cursor is where the text says it is thinking.
fn is_thinking(app: &App) -> bool {
    let live = app.explore.trace();
    live.is_some_and(|live| live.folds.at(live.cursor.byte).is_some())
}

/// What leads from a trace that was brought along to the others, where there are any.
fn others(app: &App) -> Vec<(Action, &'static str)> {
    let (shown, known) = (app.explore.shown, app.explore.traces.len());
    let ways = [
        (shown + 1 < known || app.explore.more, Action::TraceNext, ""),
        (shown > 0, Action::TracePrevious, "before"),
        (known > 1 || app.explore.more, Action::Traces, "list"),
    ];
    let there = ways.into_iter().filter(|(is_there, ..)| *is_there);
    there.map(|(_, action, word)| (action, word)).collect()
}

/// The actions that matter at a trace that was brought along: the others are nearer than a problem that nobody asked.
fn of_others(app: &App, live: &Live) -> Vec<(Action, &'static str)> {
    let plain = |action| (action, "");
    let is_tree = app.explore.focus == Pane::Tree;
    let mut actions = Vec::new();
    actions.extend((is_tree || is_thinking(app)).then_some(plain(Action::Fold)));
    actions.extend(others(app));
    actions.extend([Action::Why, Action::Fork].map(plain));
    actions.extend((!is_tree).then_some(plain(Action::Edit)));
    // Few files hold what else could have stood there.
    let has_choices = !live.tokens.top.is_empty() || !live.tokens.top_text.is_empty();
    actions.extend((!is_tree && has_choices).then_some(plain(Action::Alternatives)));
    actions.extend([Action::WholeProblem, Action::Layers].map(plain));
    actions.extend((!app.explore.unread.is_empty()).then_some(plain(Action::Unread)));
    actions.extend([Action::RandomProblem, Action::Model].map(plain));
    actions
}

/// The actions that matter now, with the word for them where the usual one would mislead.
pub fn matter(app: &App) -> Vec<(Action, &'static str)> {
    let plain = |actions: [Action; 6]| actions.map(|action| (action, "")).into();
    let foreign = app.explore.trace().filter(|live| live.is_foreign());
    if let Some(live) = foreign.filter(|_| !app.explore.is_generating()) {
        return of_others(app, live);
    }
    match app.explore.focus {
        _ if app.explore.is_generating() => {
            vec![
                (Action::Cancel, "stop"),
                (Action::Fork, ""),
                (Action::Up, "look around"),
                (Action::NextPane, ""),
            ]
        }
        Pane::Trace if is_thinking(app) => plain([
            Action::Fold,
            Action::Fork,
            Action::Edit,
            Action::Alternatives,
            Action::Why,
            Action::Model,
        ]),
        Pane::Trace => plain([
            Action::Fork,
            Action::Edit,
            Action::Alternatives,
            Action::Why,
            Action::RandomProblem,
            Action::Model,
        ]),
        Pane::Tree => plain([
            Action::Fold,
            Action::Fork,
            Action::Why,
            Action::RandomProblem,
            Action::Model,
            Action::NextPane,
        ]),
    }
}

fn sampler(app: &App, canvas: &Canvas<'_>, pieces: &mut Pieces) {
    let s = &app.explore.sampler;
    let mut say = |rank, gap, text: String| pieces.left(rank, gap, canvas.span(text, "ui.dim"));
    // What is shown was not written by the model that would go on from here.
    if let (Some(live), ModelState::Ready(info)) = (app.explore.trace(), &app.explore.model)
        && live.model().map(|model| &model.name) != Some(&info.record.name)
    {
        say(2, "", format!("{} goes on", info.record.name));
    }
    // The temperature stands in the header too.
    say(7, "  ", status::drawing(s));
    say(6, "  ", format!("seed {}", s.seed));
    say(8, "  ", format!("max {}", s.max_tokens));
    let pace = match app.pace.rate() {
        0 => "full speed".to_owned(),
        rate => format!("{rate} tok/s"),
    };
    say(4, "  ", format!("pace {pace}"));
}

/// The token under the cursor, and which trace this is.
fn place(app: &App, canvas: &Canvas<'_>, live: &Live, pieces: &mut Pieces) {
    if let Some(token) = live.token_at(live.cursor.byte) {
        let tokens = &live.tokens;
        pieces.right(
            3,
            "",
            canvas.span(format!("token {} of {}", token + 1, tokens.len()), "ui"),
        );
        if let Some(logprob) = tokens.logprob.get(token).filter(|logprob| !logprob.is_nan()) {
            pieces.right(5, "  ", canvas.span(format!("p {:.2}", logprob.exp()), "ui"));
        }
    }
    let glyphs = canvas.glyphs();
    let (dot, shown) = (glyphs.dot, app.explore.shown);
    let more = if app.explore.more { "+" } else { "" };
    let of = format!("{} of {}{more}", shown + 1, app.explore.traces.len());
    let (which, from) = match live.file() {
        Some(file) => (
            format!("{} {dot} {of}", live.number(shown)),
            end_of(&sanitize::line(file), 24, glyphs.more),
        ),
        None => (format!("trace {of}"), live.origin.clone()),
    };
    pieces.right(0, "   ", canvas.span(which, "ui.dim"));
    pieces.right(1, " ", canvas.span(format!("{dot} {from}"), "ui.dim"));
}

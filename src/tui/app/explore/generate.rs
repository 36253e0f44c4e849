//! Asking for text: a problem from the start, more samples of it, and all the ways to fork.

use crate::tui::app::{Action, App, Effect, Live, ModelState, Notice, Problem, live::Seedling};
use crate::{
    base::{cancel::Cancel, id},
    engine::{Request, api::Prefix},
    trace::{Span, Trace},
};
use std::sync::Arc;

/// How many of the most likely tokens are asked for with each token.
const TOP: usize = 8;
/// Traces of one session kept at most; the oldest finished one gives way.
const KEPT: usize = 200;
/// Longest line that can be edited, in bytes.
const LONGEST_LINE: usize = 4000;

/// Takes a problem and, when the model is ready, solves it.
pub fn take(app: &mut App, problem: Arc<Problem>) -> Vec<Effect> {
    if let Some(warning) = &problem.warning {
        app.say(Notice::warning(warning));
    }
    app.explore.problem = Some(problem);
    if matches!(app.explore.model, ModelState::Failed(..)) {
        return not_ready(app);
    }
    solve(app)
}

/// Solves the current problem, from the first sample nobody has seen. What still runs is stopped.
pub fn solve(app: &mut App) -> Vec<Effect> {
    let mut effects = app.explore.stop();
    if let Some(problem) = app.explore.problem.clone() {
        effects.extend(ask(app, problem, Vec::new(), 1, Seedling::default()));
    }
    effects
}

/// The current problem again.
pub fn regenerate(app: &mut App) -> Vec<Effect> {
    if !matches!(app.explore.model, ModelState::Ready(_)) {
        return not_ready(app);
    }
    solve(app)
}

/// `count` more traces of the current problem.
pub fn sample(app: &mut App, typed: &str) -> Vec<Effect> {
    match (typed.trim().parse::<usize>(), app.explore.problem.clone()) {
        (Ok(count @ 1..=64), Some(problem)) => ask(app, problem, Vec::new(), count, Seedling::default()),
        (Ok(1..=64), None) => not_ready(app),
        _ => {
            app.say(Notice::error(
                "Type how many traces to generate, a number from 1 to 64.",
            ));
            Vec::new()
        }
    }
}

fn not_ready(app: &mut App) -> Vec<Effect> {
    let text = match &app.explore.model {
        ModelState::Loading(name) => format!("{name} is still loading; try again in a moment."),
        ModelState::Failed(name, why) => format!("{name} could not be loaded: {why}"),
        ModelState::None => format!(
            "No model is loaded; {} chooses one.",
            app.keymap.key(Action::Model)
        ),
        ModelState::Ready(_) => "There is no problem yet.".into(),
    };
    app.say(Notice::warning(text));
    Vec::new()
}

/// Generates `count` samples behind `prefix` and shows the first. Waits for the model in silence: when it is ready
/// the current problem is solved.
fn ask(
    app: &mut App,
    problem: Arc<Problem>,
    prefix: Vec<Prefix>,
    count: usize,
    from: Seedling,
) -> Vec<Effect> {
    let ModelState::Ready(info) = &app.explore.model else {
        return Vec::new();
    };
    let model = info.record.clone();
    let siblings = app
        .explore
        .traces
        .iter()
        .filter(|live| live.problem == problem && live.model() == Some(&model));
    let next = siblings.map(|live| live.sample + 1).max().unwrap_or(0);
    let samples: Vec<u64> = (next..).take(count).collect();
    let run = app.next_run();
    let cancel = Cancel::default();
    let request = Request {
        run,
        prompt: problem.prompt.clone(),
        prefix,
        sampler: app.explore.sampler.clone(),
        index: problem.index,
        samples: samples.clone(),
        top: TOP,
        cancel: cancel.clone(),
        pace: app.pace.clone(),
    };
    let first = app.explore.traces.len();
    let created = app.timestamp();
    for sample in samples {
        let header = Trace {
            id: id::at(created, &format!("{run:?} {sample} {}", problem.prompt)),
            created: id::written(created),
            sample: usize::try_from(sample).unwrap_or(usize::MAX),
            index: usize::try_from(problem.index).unwrap_or(usize::MAX),
            task: Some(problem.task.clone()),
            problem: Some(problem.value.clone()),
            model: Some(model.clone()),
            strategy: Some("chain".into()),
            sampler: Some(app.explore.sampler.clone()),
            prompt: Some(problem.prompt.clone()),
            ..Trace::default()
        };
        let mut from = from.clone();
        if from.origin.is_empty() {
            from.origin = format!("sample {sample}");
        }
        app.explore
            .traces
            .push(Live::new(run, sample, problem.clone(), from, header, app.now));
    }
    app.explore.shown = first;
    app.explore.column = None;
    app.explore.runs.push((run, cancel));
    make_room(app);
    vec![Effect::Generate(Box::new(request))]
}

/// Lets the oldest finished traces go when there are too many.
fn make_room(app: &mut App) {
    while app.explore.traces.len() > KEPT
        && let Some(old) = app.explore.traces[..app.explore.shown]
            .iter()
            .position(|live| !live.is_running())
    {
        app.explore.traces.remove(old);
        app.explore.shown -= 1;
    }
}

/// What stands before the cursor's token is kept; `more` comes behind it.
fn fork(app: &mut App, keep: usize, more: Vec<Prefix>, verb: &str) -> Vec<Effect> {
    let ModelState::Ready(info) = &app.explore.model else {
        return not_ready(app);
    };
    let number = app.explore.shown + 1;
    let Some(live) = app.explore.trace() else {
        return not_ready(app);
    };
    let problem = live.problem.clone();
    let shared = Span::new(0, live.token_span(keep).start);
    let ids: Vec<u32> = live.tokens.ids.iter().take(keep).copied().collect();
    // Another model has other tokens; it gets the text.
    let same_tokens = live
        .model()
        .is_some_and(|model| model.tokenizer == info.record.tokenizer);
    let mut prefix = Vec::new();
    if keep > 0 {
        prefix.push(if same_tokens {
            Prefix::Tokens(ids)
        } else {
            Prefix::Text(shared.of(live.text.as_str()).to_string())
        });
    }
    let inherited = live.given().into_iter().filter(|given| given.start < shared.end);
    let from = Seedling {
        origin: format!("{verb} trace {number} at token {keep}"),
        parent: Some((live.id().to_string(), keep)),
        kept: if same_tokens { keep } else { 0 },
        inherited: inherited
            .map(|given| Span::new(given.start, given.end.min(shared.end)))
            .collect(),
    };
    prefix.extend(more);
    ask(app, problem, prefix, 1, from)
}

fn token_here(app: &App) -> usize {
    let here = app
        .explore
        .trace()
        .and_then(|live| live.token_at(live.cursor.byte));
    here.or(app.explore.trace().map(|live| live.tokens.len()))
        .unwrap_or(0)
}

/// Another end from the cursor's token on.
pub fn fork_here(app: &mut App) -> Vec<Effect> {
    let keep = token_here(app);
    fork(app, keep, Vec::new(), "fork of")
}

/// Another end that begins with a token of one's choice.
pub fn fork_with(app: &mut App, token: usize, choice: u32) -> Vec<Effect> {
    let same = app
        .explore
        .trace()
        .and_then(Live::model)
        .map(|model| &model.tokenizer);
    if let (ModelState::Ready(info), Some(tokenizer)) = (&app.explore.model, same)
        && info.record.tokenizer != *tokenizer
    {
        app.say(Notice::warning(
            "This trace was written with other tokens; choose its model first.",
        ));
        return Vec::new();
    }
    fork(app, token, vec![Prefix::Tokens(vec![choice])], "other token in")
}

/// Text put in before the cursor's token.
pub fn insert(app: &mut App, text: &str) -> Vec<Effect> {
    if text.is_empty() {
        return Vec::new();
    }
    let keep = token_here(app);
    fork(app, keep, vec![Prefix::Text(text.to_string())], "insertion in")
}

/// The line to edit, or why it cannot be.
pub fn line_here(app: &App) -> Result<String, Notice> {
    let live = app
        .explore
        .trace()
        .ok_or_else(|| Notice::warning("There is no text to edit yet."))?;
    let line = live.text.line_at(live.cursor.byte);
    if line.end - line.start > LONGEST_LINE {
        return Err(Notice::warning(format!(
            "This line is longer than {LONGEST_LINE} bytes; insert text instead."
        )));
    }
    Ok(line.of(live.text.as_str()).to_string())
}

/// The current line as `text`, and on from there.
pub fn edit(app: &mut App, text: &str) -> Vec<Effect> {
    let Some(live) = app.explore.trace() else {
        return Vec::new();
    };
    let line = live.text.line_at(live.cursor.byte);
    // Tokens may reach over the line's beginning: what they hold of the line before is put in with the new text.
    let keep = live.tokens.ends.partition_point(|end| *end <= line.start);
    let gap = Span::new(live.token_span(keep).start, line.start);
    let mut new = gap.of(live.text.as_str()).to_string();
    new.push_str(text);
    if line.end < live.text.len() {
        new.push('\n');
    }
    fork(app, keep, vec![Prefix::Text(new)], "edit of")
}

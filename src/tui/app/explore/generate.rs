//! Asking for text: a problem from the start, more samples of it, and all the ways to fork.

use crate::tui::app::{Action, App, Choice, Effect, Live, ModelState, Notice, Problem, live::Seedling};
use crate::{
    base::{cancel::Cancel, id},
    engine::{PromptKind, Request, api::Prefix, sample::Score},
    trace::{Span, Trace, read::Style},
};
use std::sync::Arc;

/// How many of the most likely tokens are asked for with each token.
const TOP: usize = 8;
/// Traces of one session kept at most; the oldest finished one gives way.
const KEPT: usize = 200;
/// What stands before a text that nobody asked for: a model needs something to begin after.
const NO_PROMPT: &str = "\n";
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
        effects.extend(ask(app, problem, Vec::new(), Vec::new(), 1, Seedling::default()));
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
        (Ok(count @ 1..=64), Some(problem)) => {
            ask(app, problem, Vec::new(), Vec::new(), count, Seedling::default())
        }
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
    known: Vec<Score>,
    count: usize,
    from: Seedling,
) -> Vec<Effect> {
    let ModelState::Ready(info) = &app.explore.model else {
        return Vec::new();
    };
    let model = info.record.clone();
    let unasked = problem.prompt.trim().is_empty();
    if unasked && prefix.is_empty() {
        let key = |action| app.keymap.key(action);
        let text = format!(
            "This trace names no problem, so there is nothing to begin from: {} types one, {} goes on from a later \
             place in the text.",
            key(Action::OwnProblem),
            key(Action::Fork)
        );
        app.say(Notice::warning(text));
        return Vec::new();
    }
    let foreign = !info.understands(&problem);
    let siblings = app
        .explore
        .traces
        .iter()
        .filter(|live| live.problem == problem && live.model() == Some(&model));
    let next = siblings.map(|live| live.sample + 1).max().unwrap_or(0);
    let samples: Vec<u64> = (next..).take(count).collect();
    let (prompt, kind) = match unasked {
        true => (NO_PROMPT.to_owned(), PromptKind::Raw),
        false => problem.asked(info.manner),
    };
    let run = app.next_run();
    let cancel = Cancel::default();
    let request = Request {
        run,
        prompt: prompt.clone(),
        kind,
        known,
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
            task: (!problem.task.is_empty()).then(|| problem.task.clone()),
            problem: Some(problem.value.clone()),
            model: Some(model.clone()),
            strategy: Some("chain".into()),
            sampler: Some(app.explore.sampler.clone()),
            prompt: Some(prompt.clone()),
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
    if foreign {
        let key = app.keymap.key(Action::OwnProblem);
        app.say(Notice::warning(format!(
            "{} reads only problems like 18 7 4 -> 15, and this trace names none: what it writes here is likely \
             nonsense. {key} types a problem.",
            app.explore.model.name()
        )));
    }
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

/// Where a text is cut: the byte, and how many tokens stand before it; none when nobody knows the tokens.
#[derive(Clone, Copy, Debug)]
struct Cut {
    byte: usize,
    tokens: Option<usize>,
}

/// Before the token that `byte` belongs to, or at the byte where there are no tokens.
fn cut_at(live: &Live, byte: usize) -> Cut {
    if live.tokens.is_empty() {
        return Cut { byte, tokens: None };
    }
    let keep = live.token_at(byte).unwrap_or(live.tokens.len());
    Cut {
        byte: live.token_span(keep).start,
        tokens: Some(keep),
    }
}

/// What stands before the cut is kept; `more` comes behind it.
fn fork(app: &mut App, cut: Cut, more: Vec<Prefix>, verb: &str) -> Vec<Effect> {
    let ModelState::Ready(info) = &app.explore.model else {
        return not_ready(app);
    };
    let Some(live) = app.explore.trace() else {
        return not_ready(app);
    };
    let number = live.number(app.explore.shown);
    let problem = live.problem.clone();
    let shared = Span::new(0, cut.byte);
    // Another model has other tokens; it gets the text.
    let same_tokens = live
        .model()
        .is_some_and(|model| model.tokenizer.is_some() && model.tokenizer == info.record.tokenizer);
    let ids = live.tokens.ids.len();
    let kept = cut.tokens.filter(|keep| same_tokens && *keep <= ids);
    // The same weights would say the same of them again.
    let same_weights = info.record.hash.is_some() && live.model() == Some(&info.record);
    let known = match kept.filter(|_| same_weights) {
        Some(keep) => live.tokens.scores(keep),
        None => Vec::new(),
    };
    let mut prefix = Vec::new();
    if cut.byte > 0 {
        prefix.push(match kept {
            Some(keep) => Prefix::Tokens(live.tokens.ids.iter().take(keep).copied().collect()),
            None => Prefix::Text(shared.of(live.text.as_str()).to_string()),
        });
    }
    let place = match cut.tokens {
        Some(token) => token.to_string(),
        None => format!("byte {}", cut.byte),
    };
    let inherited = live.given().into_iter().filter(|given| given.start < shared.end);
    let from = Seedling {
        origin: format!("{verb} {number} at {place}"),
        parent: Some(live.id().to_string()),
        fork_token: cut.tokens,
        kept: kept.unwrap_or(0),
        inherited: inherited
            .map(|given| Span::new(given.start, given.end.min(shared.end)))
            .collect(),
    };
    let foreign = info.knows_only_its_language() && Style::Free.has_read(&live.tree.reader) && cut.byte > 0;
    prefix.extend(more);
    let effects = ask(app, problem, prefix, known, 1, from);
    if foreign && app.notice.is_none() {
        let key = app.keymap.key(Action::Regenerate);
        app.say(Notice::warning(format!(
            "{} knows only its own language, and this text is in another: what it adds is likely nonsense. {key} lets \
             it solve the problem in its own words.",
            app.explore.model.name()
        )));
    }
    effects
}

fn cut_here(app: &App) -> Cut {
    let here = app.explore.trace().map(|live| cut_at(live, live.cursor.byte));
    here.unwrap_or(Cut {
        byte: 0,
        tokens: None,
    })
}

/// Another end from the cursor's token on.
pub fn fork_here(app: &mut App) -> Vec<Effect> {
    let cut = cut_here(app);
    fork(app, cut, Vec::new(), "fork of")
}

/// Another end that begins with a token of one's choice.
pub fn fork_with(app: &mut App, token: usize, choice: Choice) -> Vec<Effect> {
    let same = app
        .explore
        .trace()
        .and_then(Live::model)
        .map(|model| &model.tokenizer);
    if let (ModelState::Ready(info), Some(tokenizer)) = (&app.explore.model, same)
        && matches!(choice, Choice::Token(_))
        && info.record.tokenizer != *tokenizer
    {
        app.say(Notice::warning(
            "This trace was written with other tokens; choose its model first.",
        ));
        return Vec::new();
    }
    let byte = app.explore.trace().map_or(0, |live| live.token_span(token).start);
    let cut = Cut {
        byte,
        tokens: Some(token),
    };
    let choice = match choice {
        Choice::Token(id) => Prefix::Tokens(vec![id]),
        Choice::Text(text) => Prefix::Text(text),
    };
    fork(app, cut, vec![choice], "token swap in")
}

/// Text put in before the cursor's token.
pub fn insert(app: &mut App, text: &str) -> Vec<Effect> {
    if text.is_empty() {
        return Vec::new();
    }
    let cut = cut_here(app);
    fork(app, cut, vec![Prefix::Text(text.to_string())], "insertion in")
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
    let cut = cut_at(live, line.start);
    let gap = Span::new(cut.byte, line.start);
    let mut new = gap.of(live.text.as_str()).to_string();
    new.push_str(text);
    if line.end < live.text.len() {
        new.push('\n');
    }
    fork(app, cut, vec![Prefix::Text(new)], "edit of")
}

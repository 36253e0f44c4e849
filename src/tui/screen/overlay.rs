//! Popups: help, palette, alternatives, why, models, sampler. Their words come from the action table and the state.

mod traces;

use super::row;
use crate::tui::{
    app::{
        Action, App, Choice, Field, Findings, HelpRow, ModelEntry, Overlay, Screen, Setting, found,
        found_models,
    },
    widget::{
        Canvas, bars, field,
        popup::{self, Content},
    },
};
use ratatui::{
    layout::{Position, Rect},
    text::Line,
};
use strum::{EnumMessage, IntoEnumIterator};

/// Draws the popup that is open. Returns where the terminal's cursor belongs.
pub fn draw(app: &App, canvas: &mut Canvas<'_>) -> Option<Position> {
    let content = match app.overlay.as_ref()? {
        Overlay::Prompt(..) => return None,
        Overlay::Palette(typed, selected) => return palette(app, canvas, typed, *selected),
        Overlay::Help(top) => help(app, canvas, *top),
        Overlay::Why(findings, top) => findings_of(app, canvas, "Why", findings, *top),
        Overlay::Problem(findings, top) => findings_of(app, canvas, "Problem", findings, *top),
        Overlay::Unread(findings, top) => findings_of(app, canvas, "What could not be read", findings, *top),
        Overlay::Alternatives {
            token,
            choices,
            selected,
        } => alternatives(app, canvas, *token, choices, *selected),
        Overlay::Models(typed, selected) => return models(app, canvas, typed, *selected),
        Overlay::Traces(typed, selected) => return traces::draw(app, canvas, typed, *selected),
        Overlay::Sampler(selected) => sampler(app, canvas, *selected),
    };
    popup::draw(canvas, &content);
    None
}

/// `enter accept   esc close`, from the keys as they are bound.
fn keys(app: &App, actions: &[(Action, &str)]) -> String {
    let named = actions
        .iter()
        .map(|(action, what)| format!("{} {what}", app.keymap.key(*action)));
    named.collect::<Vec<_>>().join("   ")
}

/// The keys of what is only read; where all of it is in sight, none scrolls.
fn read_keys(app: &App) -> String {
    let all = [(Action::Down, "scroll"), (Action::Close, "close")];
    keys(app, &all[usize::from(!app.scrolls())..])
}

fn help(app: &App, canvas: &Canvas<'_>, top: usize) -> Content {
    let lines = app.help().into_iter().map(|row| match row {
        HelpRow::Blank => Line::default(),
        HelpRow::Title(text) => Line::from(canvas.span(text, "ui.title")),
        HelpRow::Entry(keys, text) => {
            let (written, column) = (canvas.glyphs().write(keys.trim_end()), keys.chars().count());
            Line::from(vec![
                canvas.span(format!("{written:<column$}"), "ui.key"),
                canvas.span(canvas.glyphs().write(&text), "ui"),
            ])
        }
    });
    let place = match app.screen {
        Screen::Explore => format!(", in the {}", app.explore.focus.name().to_lowercase()),
        _ => String::new(),
    };
    Content {
        title: format!("Keys of {}{place}", app.screen.name()),
        keys: read_keys(app),
        above: 0,
        lines: lines.collect(),
        size: None,
        selected: None,
        top,
    }
}

fn palette(app: &App, canvas: &mut Canvas<'_>, typed: &Field, selected: usize) -> Option<Position> {
    let line = |action: Action| {
        Line::from(vec![
            canvas.span(format!("{:<8}", app.keymap.key(action)), "ui.key"),
            canvas.span(format!("{:<20}", action.name().replace('_', " ")), "ui"),
            canvas.span(action.description(), "ui.dim"),
        ])
    };
    let widest = found("", app.screen)
        .into_iter()
        .map(|action| line(action).width());
    let size = (widest.max().unwrap_or(0), app.page());
    let mut lines: Vec<Line<'static>> = found(typed.text(), app.screen).into_iter().map(line).collect();
    let selected = (!lines.is_empty()).then_some(selected);
    if lines.is_empty() {
        lines.push(nothing_fits(canvas, typed, ""));
    }
    let content = Content {
        title: "Commands".into(),
        keys: keys(app, &[(Action::Accept, "do it"), (Action::Close, "close")]),
        above: 1,
        lines,
        size: Some(size),
        selected,
        top: 0,
    };
    filtered(canvas, &content, typed)
}

/// What a list says that holds nothing like what was typed, and where else that may be.
fn nothing_fits(canvas: &Canvas<'_>, typed: &Field, elsewhere: &str) -> Line<'static> {
    Line::from(canvas.span(format!("Nothing fits `{}`{elsewhere}.", typed.text()), "ui.dim"))
}

/// A list under the field that filters it, for which the row above it is left.
fn filtered(canvas: &mut Canvas<'_>, content: &Content, typed: &Field) -> Option<Position> {
    let area = popup::draw(canvas, content);
    let x = canvas.put(area.x, area.y, area.right(), ": ", canvas.style("ui.title"));
    field::draw(
        canvas,
        Rect {
            x,
            width: area.right().saturating_sub(x),
            ..row(area, area.y)
        },
        typed,
    )
}

fn findings_of(app: &App, canvas: &Canvas<'_>, title: &str, findings: &Findings, top: usize) -> Content {
    let (room, rows) = (app.page(), findings.rows());
    let seen = rows
        .iter()
        .skip(top.min(rows.len().saturating_sub(room)))
        .take(room);
    let lines = seen.map(|(scope, sign, text)| {
        let sign = sign.map_or_else(|| " ".into(), |sign| canvas.glyphs().write(&sign.to_string()));
        Line::from(canvas.span(format!("{sign} {text}"), scope))
    });
    let mut lines: Vec<Line<'static>> = lines.collect();
    // As wide whatever is in sight.
    if let Some(first) = lines.first_mut() {
        let missing = (2 + findings.widest()).saturating_sub(first.width());
        first.push_span(" ".repeat(missing));
    }
    Content {
        title: title.into(),
        keys: read_keys(app),
        above: 0,
        lines,
        size: None,
        selected: None,
        top: 0,
    }
}

fn alternatives(
    app: &App,
    canvas: &Canvas<'_>,
    token: usize,
    choices: &[(Choice, f32)],
    selected: usize,
) -> Content {
    let live = app.explore.trace();
    let line = |(choice, logprob): &(Choice, f32)| {
        let chance = f64::from(logprob.exp());
        let text = match choice {
            Choice::Token(id) => match app.explore.token_texts.get(id) {
                Some(text) => format!("{text:?}"),
                None => format!("token {id}"),
            },
            Choice::Text(text) => format!("{text:?}"),
        };
        let mark = if live.is_some_and(|live| live.has_taken(token, choice)) {
            canvas.glyphs().good
        } else {
            " "
        };
        let filled = (chance * 100.0).round() as usize;
        Line::from(vec![
            canvas.span(format!("{mark} {chance:>6.3} "), "ui"),
            canvas.span(bars::bar(canvas, filled, 100, 10), "ui.dim"),
            canvas.span(format!("  {text}"), "ui"),
        ])
    };
    Content {
        title: format!("Alternatives at token {}", token + 1),
        keys: keys(app, &[(Action::Accept, "fork with it"), (Action::Close, "close")]),
        above: 0,
        lines: choices.iter().map(line).collect(),
        size: None,
        selected: Some(selected),
        top: 0,
    }
}

fn models(app: &App, canvas: &mut Canvas<'_>, typed: &Field, selected: usize) -> Option<Position> {
    let line = |model: &ModelEntry| {
        let mark = if model.name == app.model().name() {
            canvas.glyphs().root
        } else {
            " "
        };
        let (about, scope) = match &model.needs {
            Some(needs) => (needs, "ui.warning"),
            None => (&model.summary, "ui.dim"),
        };
        Line::from(vec![
            canvas.span(format!("{mark} {:<14}", model.name), "ui"),
            canvas.span(about, scope),
        ])
    };
    let all: Vec<Line<'static>> = app.models.iter().map(line).collect();
    let found = found_models(typed.text(), &app.models);
    let mut lines: Vec<Line<'static>> = found
        .iter()
        .filter_map(|place| all.get(*place).cloned())
        .collect();
    lines.push(Line::from(vec![
        canvas.span(format!("  {:<14}", canvas.glyphs().write("another…")), "ui"),
        canvas.span("type a directory, .gguf, hf:ORG/NAME, openai:URL#MODEL", "ui.dim"),
    ]));
    let widest = all.iter().chain(lines.last()).map(Line::width).max().unwrap_or(0);
    let content = Content {
        title: "Model".into(),
        keys: keys(app, &[(Action::Accept, "take it"), (Action::Close, "close")]),
        above: 1,
        lines,
        size: Some((widest, all.len() + 1)),
        selected: Some(selected),
        top: 0,
    };
    filtered(canvas, &content, typed)
}

fn sampler(app: &App, canvas: &Canvas<'_>, selected: usize) -> Content {
    let line = |setting: Setting| {
        let value = app
            .sampler()
            .map(|sampler| setting.value(sampler))
            .unwrap_or_default();
        Line::from(vec![
            canvas.span(format!("{:<19}{value:>7}  ", setting.name()), "ui"),
            canvas.span(setting.get_message().unwrap_or_default(), "ui.dim"),
        ])
    };
    let (left, right) = (app.keymap.key(Action::Left), app.keymap.key(Action::Right));
    Content {
        title: "Sampler, from the next trace on".into(),
        keys: format!(
            "{left} {right} change   {}",
            keys(app, &[(Action::Accept, "type"), (Action::Close, "close")])
        ),
        above: 0,
        lines: Setting::iter().map(line).collect(),
        size: None,
        selected: Some(selected),
        top: 0,
    }
}

//! ```text
//!  Recipes                                                     enter begins one
//! ▸grpo      rl         GRPO for right answers on novice …
//!  Runs                                                        enter opens one
//!  grpo-20261125-101500   rl   step 150 of 150   held out 0.680
//! ```

use crate::{
    train::history::Summary,
    tui::{
        app::{
            Action, App, Frame,
            train::{Entry, Layout, Listing, RecipeEntry, RunEntry},
        },
        screen::{inset, row},
        text::wrap,
        widget::Canvas,
    },
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// From this width on every recipe says what it is; the selected one always does.
const ROOMY: u16 = 110;

/// Draws recipes and runs.
pub fn draw(app: &App, canvas: &mut Canvas<'_>) {
    let [list, below] = Layout::list(app.size);
    let body = Frame::new(app.size).body;
    rule(canvas, body);
    let Some(listing) = &app.train.listing else {
        let text = canvas.span(canvas.glyphs().write("Looking…"), "ui.dim");
        return canvas.row(inset(row(list, list.y)), text.into(), Line::default());
    };
    let selected = listing.row(app.train.selected);
    let lines = lines(app, canvas, listing);
    for (y, (number, line)) in (list.y..list.bottom()).zip(lines.into_iter().enumerate().skip(app.train.top))
    {
        let area = row(list, y);
        canvas.row(inset(area), line, Line::default());
        if number == selected && !listing.is_empty() {
            let mark = canvas.glyphs().folded;
            canvas.put(area.x, y, area.right(), mark, canvas.style("ui.current"));
            canvas.tint(inset(area), canvas.style("ui.selection"));
        }
    }
    detail(app, canvas, inset(below), listing);
}

/// What the selected entry is, in as many words as it takes.
fn detail(app: &App, canvas: &mut Canvas<'_>, area: Rect, listing: &Listing) {
    let (text, scope) = match listing.entry(app.train.selected) {
        Some(Entry::Recipe(recipe)) => (recipe.summary.clone(), "ui.dim"),
        Some(Entry::Run(run)) => match &run.summary {
            Ok(summary) => (summary.recipe.summary.clone(), "ui.dim"),
            Err(sentence) => (format!("{sentence}."), "bad"),
        },
        None => return,
    };
    let text = canvas.glyphs().write(&text);
    for (y, line) in (area.y..area.bottom()).zip(wrap::rows(&text, 0, area.width.into())) {
        let words = canvas.span(line.of(&text).trim_end(), scope);
        canvas.row(row(area, y), words.into(), Line::default());
    }
}

fn rule(canvas: &mut Canvas<'_>, body: Rect) {
    let lying = canvas.glyphs().rule[0];
    let style = canvas.style("ui.rule");
    canvas.put(
        body.x,
        body.y,
        body.right(),
        &lying.repeat(body.width.into()),
        style,
    );
}

fn lines(app: &App, canvas: &Canvas<'_>, listing: &Listing) -> Vec<Line<'static>> {
    let enter = app.keymap.key(Action::Fold);
    let head = |name: &str, what: String| {
        Line::from(vec![
            canvas.span(format!("{name}   "), "ui.title"),
            canvas.span(what, "ui.dim"),
        ])
    };
    let laid = app.train.run().filter(|_| app.train.laying).map(|run| run.name());
    let mut lines = vec![head(
        "Recipes",
        format!("{enter} begins one; it asks what to change first"),
    )];
    let roomy = app.size.0 >= ROOMY;
    lines.extend(
        listing
            .recipes
            .iter()
            .map(|recipe| self::recipe(canvas, recipe, roomy)),
    );
    let wrong =
        |sentence: &String| Line::from(canvas.span(format!("{} {sentence}", canvas.glyphs().fault), "bad"));
    lines.extend(listing.wrong.iter().map(wrong));
    lines.push(Line::default());
    lines.push(match laid {
        Some(name) => head("Runs", format!("{enter} lays one over {name}")),
        None => head("Runs", format!("{enter} opens one")),
    });
    if listing.runs.is_empty() {
        let says = [
            format!("None yet. {enter} on a recipe begins one; curves and samples come as it learns."),
            "`smoke` takes seconds and shows everything; `grpo` learns for some minutes.".to_owned(),
        ];
        lines.extend(says.map(|text| Line::from(canvas.span(text, "ui"))));
    }
    let widest = listing
        .runs
        .iter()
        .map(|run| run.name().chars().count())
        .max()
        .unwrap_or(0);
    lines.extend(
        listing
            .runs
            .iter()
            .map(|run| self::run(app, canvas, run, widest.min(40))),
    );
    lines
}

fn recipe(canvas: &Canvas<'_>, recipe: &RecipeEntry, roomy: bool) -> Line<'static> {
    let summary = if roomy { recipe.summary.as_str() } else { "" };
    Line::from(vec![
        canvas.span(format!("{:<12}", recipe.name), "ui"),
        canvas.span(format!("{:<10}", recipe.kind.to_string()), "ui.dim"),
        canvas.span(canvas.glyphs().write(summary), "ui.dim"),
    ])
}

fn run(app: &App, canvas: &Canvas<'_>, run: &RunEntry, width: usize) -> Line<'static> {
    let name = canvas.span(format!("{:<width$}  ", run.name()), "ui");
    let mut parts = vec![name];
    match &run.summary {
        Ok(summary) => parts.extend(stands(app, canvas, summary)),
        Err(_) => parts.push(canvas.span(format!("{} cannot be read", canvas.glyphs().fault), "bad")),
    }
    Line::from(parts)
}

fn stands(app: &App, canvas: &Canvas<'_>, summary: &Summary) -> Vec<Span<'static>> {
    let steps = match summary.recipe.steps {
        Some(all) => format!("step {:>5} of {all:<6}", summary.step),
        None => format!("step {:>5}{:10}", summary.step, ""),
    };
    let mut parts = vec![
        canvas.span(format!("{:<9}", summary.recipe.kind.to_string()), "ui.dim"),
        canvas.span(steps, "ui"),
    ];
    if let Some(accuracy) = summary.latest.get("eval/accuracy") {
        parts.push(canvas.span(format!("  held out {accuracy:.3}"), "ui"));
    }
    let ours = app.train.active().is_some_and(|job| job.run.root == summary.root);
    if ours {
        parts.push(canvas.span(format!("  {} trained here", canvas.glyphs().live), "ui.live"));
    } else if summary.in_use {
        parts.push(canvas.span(
            format!("  {} trained by another process", canvas.glyphs().live),
            "unknown",
        ));
    }
    parts
}

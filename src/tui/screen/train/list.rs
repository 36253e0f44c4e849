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
            train::{Listing, RecipeEntry, RunEntry},
        },
        screen::{inset, row},
        widget::Canvas,
    },
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Draws recipes and runs.
pub fn draw(app: &App, canvas: &mut Canvas<'_>) {
    let body = Frame::new(app.size).body;
    rule(canvas, body);
    let Some(listing) = &app.train.listing else {
        let text = canvas.span(canvas.glyphs().write("Looking…"), "ui.dim");
        return canvas.row(inset(row(body, body.y + 1)), text.into(), Line::default());
    };
    let selected = listing.row(app.train.selected);
    let lines = lines(app, canvas, listing);
    for (y, (number, line)) in
        (body.y + 1..body.bottom()).zip(lines.into_iter().enumerate().skip(app.train.top))
    {
        let area = row(body, y);
        canvas.row(inset(area), line, Line::default());
        if number == selected && !listing.is_empty() {
            let mark = canvas.glyphs().folded;
            canvas.put(area.x, y, area.right(), mark, canvas.style("ui.current"));
            canvas.tint(inset(area), canvas.style("ui.selection"));
        }
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
    lines.extend(listing.recipes.iter().map(|recipe| self::recipe(canvas, recipe)));
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
            format!(
                "None yet. Choose a recipe above and press {enter}: its curves and samples appear as it learns."
            ),
            "`smoke` takes a few seconds and shows everything; `grpo` learns for some minutes.".to_owned(),
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

fn recipe(canvas: &Canvas<'_>, recipe: &RecipeEntry) -> Line<'static> {
    Line::from(vec![
        canvas.span(format!("{:<12}", recipe.name), "ui"),
        canvas.span(format!("{:<10}", recipe.kind.to_string()), "ui.dim"),
        canvas.span(&recipe.summary, "ui.dim"),
    ])
}

fn run(app: &App, canvas: &Canvas<'_>, run: &RunEntry, width: usize) -> Line<'static> {
    let name = canvas.span(format!("{:<width$}  ", run.name()), "ui");
    let mut parts = vec![name];
    match &run.summary {
        Ok(summary) => parts.extend(stands(app, canvas, summary)),
        Err(sentence) => parts.push(canvas.span(format!("{} {sentence}", canvas.glyphs().fault), "bad")),
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

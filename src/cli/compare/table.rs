//! The table as text, Markdown and comma-separated values.

use super::letter;
use crate::{
    base::words::counted,
    experiment::compare::{LaneRow, Measure, Paired, Table},
    task::countdown::Split,
};
use std::fmt::Write as _;

/// Said where tokens are not the same thing in every lane.
const OWN_TOKENS: &str =
    "Each model counts its own tokens: they cannot be held against each other, nor a budget shared.\n";

/// Characters of a model's name that may stand above a column; longer names are listed first.
const WIDE: usize = 30;

/// One measure, and what each lane has of it.
struct Line {
    what: String,
    cells: Vec<String>,
}

/// For a terminal.
pub(super) fn text(table: &Table) -> String {
    let mut head = names(table);
    let mut caption = caption(table);
    if head.iter().any(|name| name.chars().count() > WIDE) {
        caption.push('\n');
        for name in &head {
            caption.push_str(&format!("\n{name}"));
        }
        head = (0..head.len()).map(|index| letter(index).to_owned()).collect();
    }
    let lines = lines(table);
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.cells.get(column));
        cells
            .chain(head.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let first = lines
        .iter()
        .map(|line| line.what.chars().count())
        .max()
        .unwrap_or(0);
    let row = |what: &str, cells: &[String]| {
        let mut row = format!("{what:<first$}");
        for (column, cell) in cells.iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(row, "   {cell:<width$}", width = width(column));
        }
        format!("{}\n", row.trim_end())
    };
    let mut text = format!("{caption}\n\n{}", row("", &head));
    lines
        .iter()
        .for_each(|line| text.push_str(&row(&line.what, &line.cells)));
    text.push('\n');
    for pair in &table.paired {
        text.push_str(&sentence(pair));
        text.push('\n');
    }
    if !table.counts_same_tokens() {
        text.push_str(OWN_TOKENS);
    }
    text
}

/// For a page.
pub(super) fn markdown(table: &Table) -> String {
    let row =
        |what: &str, cells: &[String]| format!("| {what} | {} |\n", cells.join(" | ").replace('\n', " "));
    let rule = "|---".repeat(table.lanes.len() + 1);
    let mut text = format!("{}\n\n{}{rule}|\n", caption(table), row("", &names(table)));
    for line in lines(table) {
        text.push_str(&row(&line.what, &line.cells));
    }
    text.push('\n');
    for pair in &table.paired {
        text.push_str(&format!("- {}\n", sentence(pair)));
    }
    if !table.counts_same_tokens() {
        text.push_str(&format!("- {OWN_TOKENS}"));
    }
    text
}

/// For a spreadsheet: a line a number.
pub(super) fn csv(table: &Table) -> String {
    let mut text = String::from("lane,model,measure,value,low,high\n");
    for (index, row) in table.lanes.iter().enumerate() {
        let mut line = |measure: &str, value: f64, interval: Option<[f64; 2]>| {
            let [low, high] = interval
                .map(|i| i.map(|bound| bound.to_string()))
                .unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{},{},{measure},{value},{low},{high}",
                letter(index),
                quoted(&row.model)
            );
        };
        line("solved", row.solved, Some(row.interval));
        line("sound", row.sound, None);
        line("tokens_mean", row.tokens_mean, None);
        for (habit, mean) in &row.behaviors_per_trace {
            line(habit, *mean, None);
        }
        for (k, value) in &row.pass_at {
            line(&format!("pass_at_{k}"), *value, None);
        }
        for budget in &row.at_budget {
            line(&format!("solved_within_{}", budget.tokens), budget.solved, None);
        }
    }
    for pair in &table.paired {
        let lanes = format!("{}-{}", letter(pair.a), letter(pair.b));
        let counts = [
            ("only_a", pair.only_a),
            ("only_b", pair.only_b),
            ("both", pair.both),
            ("none", pair.none),
        ];
        for (measure, count) in counts {
            let _ = writeln!(text, "{lanes},,{measure},{count},,");
        }
        let _ = writeln!(text, "{lanes},,p,{},,", pair.p);
    }
    text
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// `200 held-out problems (seed 0), 1 sample each`.
fn caption(table: &Table) -> String {
    let set = &table.problem_set;
    let side = match set.split {
        Some(Split::Heldout) => "held-out ",
        Some(Split::Train) => "training ",
        None => "",
    };
    format!(
        "{}{}, {} each",
        counted(table.problems, &format!("{side}problem")),
        set.seed
            .map_or_else(String::new, |seed| format!(" (seed {seed})")),
        counted(table.samples, "sample")
    )
}

fn names(table: &Table) -> Vec<String> {
    let name = |(index, row): (usize, &LaneRow)| {
        format!("{} {} T={}", letter(index), row.model, row.sampler.temperature)
    };
    table.lanes.iter().enumerate().map(name).collect()
}

fn lines(table: &Table) -> Vec<Line> {
    let line = |measure: Measure| Line {
        what: measure.name(),
        cells: table.lanes.iter().map(|row| measure.show(row, true)).collect(),
    };
    Measure::all(table).into_iter().map(line).collect()
}

/// `a against b: only a right 91, …`.
fn sentence(pair: &Paired) -> String {
    let (a, b) = (letter(pair.a), letter(pair.b));
    format!(
        "{a} against {b}: only {a} right {}, only {b} right {}, both {}, none {}; {}",
        pair.only_a,
        pair.only_b,
        pair.both,
        pair.none,
        pair.verdict()
    )
}

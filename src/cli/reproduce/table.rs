//! The table of an experiment as text, Markdown and comma-separated values.

use crate::{
    behavior::Habit,
    experiment::four_habits::{ConditionRow, Report, Verdict},
};
use std::fmt::Write as _;

const HEAD: [&str; 9] = [
    "condition",
    "start",
    "primed",
    "end [95 %]",
    "sound",
    "V B S C before",
    "V B S C after",
    "tokens",
    "paper",
];

/// For a terminal.
pub(super) fn text(report: &Report) -> String {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(report.conditions.iter().map(cells));
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|c| c.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..HEAD.len()).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = format!("{}\n\n", caption(report));
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            // Writing to a String cannot fail.
            let _ = write!(line, "{cell:<width$}   ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push('\n');
    for claim in &report.claims {
        let _ = writeln!(
            text,
            "{:<13}  {}\n{:15}{}",
            word(claim.verdict),
            claim.claim,
            "",
            claim.why
        );
    }
    text
}

/// For a page.
pub(super) fn markdown(report: &Report) -> String {
    let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = format!("{}\n\n{}", caption(report), row(&HEAD.map(str::to_owned)));
    let _ = writeln!(text, "{}|", "|---".repeat(HEAD.len()));
    for condition in &report.conditions {
        text.push_str(&row(&cells(condition)));
    }
    text.push('\n');
    for claim in &report.claims {
        let _ = writeln!(
            text,
            "- **{}**: {}. {}",
            word(claim.verdict),
            claim.claim,
            claim.why
        );
    }
    text
}

/// For a spreadsheet: a line a number.
pub(super) fn csv(report: &Report) -> String {
    let mut text = String::from("condition,measure,value,low,high\n");
    lines(report, "", &mut text);
    if let Some(gated) = &report.gated {
        lines(gated, "gated/", &mut text);
    }
    text
}

fn lines(report: &Report, prefix: &str, text: &mut String) {
    for row in &report.conditions {
        let mut line = |measure: &str, value: Option<f64>, interval: Option<[f64; 2]>| {
            let Some(value) = value else { return };
            let [low, high] = interval
                .map(|i| i.map(|bound| bound.to_string()))
                .unwrap_or_default();
            let _ = writeln!(text, "{prefix}{},{measure},{value},{low},{high}", row.name);
        };
        line("accuracy_start", Some(row.accuracy_start), None);
        line("accuracy_primed", row.accuracy_primed, None);
        line("accuracy_end", Some(row.accuracy_end), Some(row.interval));
        line("sound_before", Some(row.sound_before), None);
        line("sound_end", Some(row.sound_end), None);
        line("tokens_end", Some(row.tokens_end), None);
        for (habit, value) in &row.behaviors_before {
            line(&format!("{habit}_before"), Some(*value), None);
        }
        for (habit, value) in &row.behaviors_end {
            line(&format!("{habit}_end"), Some(*value), None);
        }
        for (step, value) in &row.curve {
            line(&format!("accuracy_at_{step}"), Some(*value), None);
        }
        for point in row.published_run.iter().flat_map(|run| &run.curve) {
            line(
                &format!("published_at_{}", point.step),
                Some(point.accuracy),
                None,
            );
        }
    }
}

fn caption(report: &Report) -> String {
    let [first, last] = report.seeds;
    let reward: Vec<String> = report
        .reward
        .iter()
        .filter(|(_, weight)| **weight != 0.0)
        .map(|(name, _)| name.clone())
        .collect();
    format!(
        "{}: {} steps of reinforcement learning for {}, seeds {first} to {last}, {} held-out problems{}, one sample each; \
         start is the bundled model, sound is right with every statement true, paper is Llama-3.2-3B (novice: Qwen-2.5-3B) at \
         its last step",
        report.name,
        report.steps,
        reward.join(" + "),
        report.problems,
        match report.first_problem {
            0 => String::new(),
            first => format!(" after the first {first}"),
        },
    )
}

fn cells(row: &ConditionRow) -> [String; 9] {
    let share = |value: f64| format!("{value:.2}");
    let optional = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), share);
    let habits = |of: &std::collections::BTreeMap<String, f64>| {
        let values =
            Habit::ALL.map(|habit| format!("{:.1}", of.get(habit.name()).copied().unwrap_or_default()));
        values.join(" ")
    };
    [
        row.name.to_owned(),
        share(row.accuracy_start),
        optional(row.accuracy_primed),
        format!(
            "{:.2} [{:.2} {:.2}]",
            row.accuracy_end, row.interval[0], row.interval[1]
        ),
        share(row.sound_end),
        habits(&row.behaviors_before),
        habits(&row.behaviors_end),
        format!("{:.0}", row.tokens_end),
        optional(row.published),
    ]
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Supported => "supported",
        Verdict::NotSupported => "not supported",
        Verdict::Undecided => "undecided",
    }
}

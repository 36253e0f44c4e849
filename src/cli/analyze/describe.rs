//! A trace in words: a headline, what is known of its course, then its habits.

use crate::{
    base::{sanitize, words::counted},
    behavior::{Habit, is_foreign, returns_in_words, rules, sheet},
    task::{countdown::score::exact, court},
    trace::{
        Subject, Trace,
        facts::{Grids, Summary},
        parts::thought,
    },
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// `words` with a share in place of `{}`; nothing when there is none.
fn percent(words: &str, share: Option<f64>) -> String {
    share.map_or_else(String::new, |share| {
        words.replace("{}", &format!("{:.0} %", 100.0 * share))
    })
}

/// How much of a Sudoku was worked through.
fn grid_facts(grids: &Grids) -> String {
    let right = grids.right.map_or_else(String::new, |right| {
        format!(", {right} of {} right", counted(grids.placements, "placement"))
    });
    format!(
        "    grids   {} of {} filled, {} visited{right}",
        grids.filled,
        counted(grids.open, "open cell"),
        counted(grids.distinct, "distinct grid"),
    )
}

/// The returns of a trace, and what the solver says they gave up; what it never says of any is left out.
fn returns(summary: &Summary, in_words: usize) -> String {
    let judged = summary.from_dead + summary.from_winning + summary.from_goal;
    let nowhere = summary.returns.saturating_sub(summary.returns_to_known);
    let unknown = summary.returns.saturating_sub(judged + nowhere);
    let parts = [
        (summary.from_dead, "from a dead end"),
        (summary.from_winning, "gave up on a winning branch"),
        (summary.from_goal, "from a solution"),
        (nowhere, "to a state that never existed"),
        (unknown, "that the solver cannot judge"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0 && (judged > 0 || *count == nowhere))
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let mut said = counted(summary.returns, "return");
    if !parts.is_empty() {
        said += &format!(" ({})", parts.join(", "));
    }
    if in_words > 0 {
        said += &format!(" and {in_words} in words alone");
    }
    said
}

/// What is known of the course of a trace, in a line: what a solver and arithmetic have to do with it only where they do.
fn course(trace: &Trace, summary: &Summary) -> String {
    let in_words = returns_in_words(trace.tree.as_ref(), &trace.behaviors);
    let mut said = vec![
        counted(summary.states, "state"),
        format!("depth {}", summary.depth),
        format!("breadth {}", summary.breadth),
        returns(summary, in_words),
    ];
    if summary.arithmetic > 0 {
        let (right, all) = (summary.arithmetic_true, summary.arithmetic);
        said.push(format!("{right} of {all} calculations true"));
    }
    if !summary.sound {
        let why = trace.tree.as_ref().and_then(|tree| tree.unsound(&trace.text));
        said.push(why.map_or_else(|| "not sound".to_owned(), |why| format!("not sound: {why}")));
    }
    if let Some(share) = summary.wasted {
        said.push(format!("{:.0} % of the states off the way", 100.0 * share));
    }
    said.join(", ")
}

fn ended_in(error: &str) -> String {
    format!("it ended in an error: {error}")
}

/// What became of a trace: its answer and what is wrong with it, each once.
fn verdict(trace: &Trace) -> String {
    let error = trace.error.as_ref().and_then(|error| error.lines().next());
    let empty = error.map_or_else(|| "the row has no text of a model".to_owned(), ended_in);
    match &trace.outcome {
        None if trace.text.trim().is_empty() => format!("no verdict: {empty}"),
        None => match Subject::of(trace) {
            // Of a known problem our scorer says itself why it gives none.
            Subject::Countdown(Some(problem)) => match exact(&problem, &trace.text, thought(&trace.parts)) {
                judgement if judgement.unknown => format!("no verdict: it {}", judgement.reason),
                _ => "no verdict".to_owned(),
            },
            _ => "no verdict: only Countdown and Sudoku with a known problem are judged".to_owned(),
        },
        Some(o) if o.correct => {
            format!("\u{2713} {}", o.said().unwrap_or("no answer that we can judge"))
        }
        Some(_) if trace.text.trim().is_empty() => format!("\u{2717} {empty}"),
        Some(o) => match (o.said(), o.reason.as_str()) {
            (Some(said), reason) => format!("\u{2717} {said} ({reason})"),
            (None, "") => "\u{2717} no answer".to_owned(),
            (None, reason) if o.scorer == court::RECORDED => {
                format!("\u{2717} no answer that we can judge ({reason})")
            }
            // Our own scorers say there what is the matter with the answer.
            (None, reason) => format!("\u{2717} {reason}"),
        },
    }
}

/// A trace for a person: a headline, what is known of its course, then its habits.
#[must_use]
pub fn describe(trace: &Trace) -> String {
    let mut lines = Vec::new();
    let counted_now = || trace.tree.as_ref().map(|tree| tree.summary());
    let summary = trace.facts.or_else(counted_now).unwrap_or_default();
    let verdict = verdict(trace);
    let model = trace
        .model
        .as_ref()
        .map_or_else(String::new, |model| format!("{}  ", sanitize::line(&model.name)));
    lines.push(format!("#{}  {model}{verdict}", trace.index));
    let error = trace.error.as_ref().filter(|_| !trace.text.trim().is_empty());
    lines.extend(error.and_then(|error| Some(format!("    {}", ended_in(error.lines().next()?)))));
    lines.push(format!("    {}", course(trace, &summary)));
    if trace.facts.is_some() {
        // Where no statement can be judged, as in a Sudoku, there is nothing to count.
        let statements = match summary.claims {
            0 => String::new(),
            claims => format!("{} of {claims} statements true, ", summary.claims_true),
        };
        lines.push(format!(
            "    facts   {statements}{} repeated{}{}",
            counted(summary.repeated, "move"),
            percent(", {} of the text off the way", summary.wasted_text),
            percent(", {} of the space covered", summary.coverage),
        ));
        lines.extend(summary.grids.map(|grids| grid_facts(&grids)));
    }
    if let Some(outcome) = &trace.outcome {
        let dissent = court::disagreements(trace.task.as_deref(), outcome.correct, &outcome.scorers);
        lines.extend(
            dissent
                .iter()
                .map(|reason| format!("    scorers disagree   {reason}")),
        );
    }
    lines.extend(values(trace).map(|values| format!("    recorded   {values}")));
    lines.push(format!("    sheet   {}", shortened(&sheet(trace))));
    let own = trace.behaviors.iter().map(|found| found.behavior.as_str());
    let own: BTreeSet<&str> = own.filter(|name| Habit::from_name(name).is_none()).collect();
    let names = Habit::ALL.iter().map(|habit| habit.name()).chain(own);
    lines.extend(names.filter_map(|name| found(trace, name)));
    if is_foreign(trace) {
        lines.push(
            "    habits are looked for in English; this text seems to be in another language".to_owned(),
        );
    }
    lines.extend(trace.judge.as_ref().map(judged));
    lines.join("\n") + "\n"
}

/// What the row has in numbers that are no verdict.
fn values(trace: &Trace) -> Option<String> {
    const MOST: usize = 6;
    let values = trace.source.as_ref()?.get("values")?.as_object()?;
    let shown = values.iter().take(MOST);
    let mut shown: Vec<String> = shown
        .map(|(name, value)| format!("{} {value}", sanitize::line(name)))
        .collect();
    if values.len() > MOST {
        shown.push("\u{2026}".to_owned());
    }
    (!shown.is_empty()).then(|| shown.join(", "))
}

/// The beginning of a sheet that is longer than anybody reads.
fn shortened(sheet: &str) -> String {
    const MOST: usize = 1000;
    match sheet.char_indices().nth(MOST) {
        Some((end, _)) => {
            let rest = sheet.chars().count() - MOST;
            format!(
                "{}\u{2026} and {rest} more signs",
                sheet.get(..end).unwrap_or_default()
            )
        }
        None => sheet.to_owned(),
    }
}

/// How often a behavior was found, by which detectors if by several, and where first.
fn found(trace: &Trace, behavior: &str) -> Option<String> {
    let found = || trace.behaviors.iter().filter(|found| found.behavior == behavior);
    let example = found()
        .next()?
        .span
        .of(&trace.text)
        .lines()
        .next()
        .unwrap_or_default();
    let mut by: BTreeMap<&str, usize> = BTreeMap::new();
    for found in found() {
        *by.entry(&found.detector).or_default() += 1;
    }
    let by: Vec<String> = by
        .iter()
        .map(|(detector, count)| format!("{detector} {count}"))
        .collect();
    let by = match by.len() {
        1 => String::new(),
        _ => format!("   ({})", by.join(", ")),
    };
    let letter = rules::current().letter(behavior).unwrap_or(' ');
    Some(format!(
        "    {letter} {behavior:<18} {:>3}{by}   {example}",
        found().count()
    ))
}

/// What a judge counted: `judge   V 3  B 1  S 0  C -   spans/1, model`.
pub(in crate::cli) fn judged(record: &Value) -> String {
    let count = |habit: Habit| {
        let count = record.get("counts").and_then(|counts| counts.get(habit.name()));
        let count = count.and_then(Value::as_u64);
        format!(
            "{} {}",
            habit.letter(),
            count.map_or_else(|| "-".to_owned(), |n| n.to_string())
        )
    };
    let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    format!(
        "    judge   {}   {}, {}",
        Habit::ALL.map(count).join("  "),
        text("protocol"),
        text("model")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn why_there_is_no_verdict_on_a_known_problem_is_what_the_scorer_says() {
        let said = |text: &str| {
            verdict(&Trace {
                problem: Some(json!({"numbers": [1, 2, 3, 4, 5, 6, 7, 8], "target": 999})),
                text: text.to_owned(),
                ..Trace::default()
            })
        };
        assert_eq!(
            said("There is no solution."),
            "no verdict: it says there is no solution, which of so many numbers is not known"
        );
        assert_eq!(said("The answer is 1 + 2."), "no verdict");
    }
}

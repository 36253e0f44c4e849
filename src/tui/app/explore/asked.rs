//! The whole of what was asked: the header has room for its first words only.

use crate::tui::app::{App, Finding};
use serde_json::Value;

/// What is asked, what the model was given, and the answer that is on record; empty where there is no problem.
pub(super) fn findings(app: &App) -> Vec<Finding> {
    let live = app.explore.trace();
    let Some(problem) = live.map(|live| &live.problem).or(app.explore.problem.as_ref()) else {
        return Vec::new();
    };
    // What a row says of its problem is in the record; the screen's own has only what is asked of our models.
    let header = live.filter(|live| live.is_foreign()).map(|live| &live.header);
    let recorded = header.and_then(|header| header.problem.as_ref());
    let field = |name: &str| recorded.and_then(|problem| problem.get(name));
    let question = field("question").and_then(Value::as_str).map(str::trim);
    let prompt = header.and_then(|header| header.prompt.as_deref());
    let prompt = prompt.unwrap_or(&problem.prompt).trim();
    let asked = question.unwrap_or(match problem.task.is_empty() {
        true if !prompt.is_empty() => prompt,
        _ => &problem.statement,
    });
    let part = |title: &str, text: &str| Finding {
        scope: "ui.title".to_owned(),
        sign: ' ',
        title: title.to_owned(),
        lines: text.lines().map(str::to_owned).collect(),
    };
    let title = match problem.title.trim() {
        // A problem of no task is called one by the popup already.
        _ if problem.task.is_empty() => "what is asked".to_owned(),
        title => format!("{title}   {}", problem.note).trim_end().to_owned(),
    };
    let mut found = vec![part(&title, asked)];
    // What our models would be given says nothing of a trace by others.
    let given = header.is_none_or(|header| header.prompt.is_some());
    if given && !prompt.is_empty() && prompt != asked.trim() {
        found.push(part("what the model was given", prompt));
    }
    match field("answer") {
        Some(Value::String(answer)) => found.push(part("the right answer, as recorded", answer)),
        Some(answer) if !answer.is_null() => {
            found.push(part("the right answer, as recorded", &answer.to_string()));
        }
        _ => {}
    }
    found
}

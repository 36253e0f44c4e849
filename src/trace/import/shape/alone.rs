//! What a model wrote, where nothing beside it says what was asked: a server's answer, or a row without its question.

use super::{
    super::{draft::Draft, json, speech::Conversation, verdict::Whose},
    Object, bound, columns, said,
    written::{Attempt, NAMES, attempts, ended, judged, speech, thoughts},
};
use serde_json::Value;

/// Names of what a model wrote that mean other things where nothing is asked.
const OTHERWISE: [&str; 3] = ["prediction", "predictions", "outputs"];
/// Puzzles that are asked by themselves, and what was written to them.
const PUZZLES: [&str; 2] = ["puzzle", "quiz"];
const OUTPUT: &str = "output";

pub(super) fn fits(object: &Object) -> bool {
    let is_asked = columns::QUESTIONS.iter().any(|name| said(object, name).is_some());
    !is_asked && column(object).is_some()
}

/// The column with what the model wrote.
fn column(object: &Object) -> Option<&'static str> {
    let names = NAMES.iter().filter(|name| !OTHERWISE.contains(*name));
    let output = PUZZLES
        .iter()
        .any(|name| said(object, name).is_some())
        .then_some(&OUTPUT);
    let served = columns::is_served(object).then_some(&columns::SERVED);
    let mut names = names.chain(output).chain(served).copied();
    names.find(|name| object.get(*name).is_some_and(|value| !attempts(value).is_empty()))
}

pub(super) fn read(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    let column = column(&object).unwrap_or(OUTPUT);
    let written = object.get(column);
    let answers = written.map(attempts).unwrap_or_default();
    let thoughts = thoughts(&object);
    let all = answers.len().max(thoughts.len());
    bound(all, json::sizes(&object) - written.map_or(0, json::size))?;
    let mut drafts = Vec::new();
    for attempt in 0..all {
        let mut draft = Draft::new("columns");
        if let Some(Attempt::Messages(messages)) = answers.get(attempt) {
            draft.ask(Conversation::messages(messages).map(|talk| talk.asked));
        }
        draft.say(speech(&thoughts, &answers, attempt)?);
        draft.by(object.get("model").or_else(|| about.get("model")));
        draft.called(object.get("id").filter(|id| !id.is_object()));
        draft.stated.look_in(&object);
        draft.stated.look(said(&object, "metadata"));
        draft.reference = said(&object, "answer")
            .filter(|answer| !matches!(answer, Value::Array(_)))
            .cloned();
        draft.trace.finish = ended(&object, written, attempt, all);
        draft.scored_as(judged(&object, written, attempt, all, Whose::Anybodys), None);
        draft.trace.sample = attempt;
        drafts.push(draft);
    }
    Ok(drafts)
}

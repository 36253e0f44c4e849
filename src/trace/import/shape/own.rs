//! Our own rows, `backtrail.trace/1`, and any row that has its text in `text` or `trace`.
//!
//! Beside a question, and in rows of reasoning-gym (whose `metadata` name a `source_dataset`), `answer` is the right one, as
//! in nearly all data sets. Beside nothing but a text it is taken for the one that the text gives, and is not held against it.

use super::{
    super::{
        draft::Draft,
        json,
        speech::Asked,
        verdict::{self, Whose},
    },
    Object, bound, chat, columns, failure, rollout, said, text,
    written::{texts, unread},
};
use crate::{
    task::court::RECORDED,
    trace::{Trace, parts, record},
};
use serde::Deserialize;
use serde_json::Value;

pub(super) fn fits(object: &Object) -> bool {
    // Training sets have a whole conversation rendered in `text`, beside its messages.
    let rendered = chat::list(object).is_some();
    // Responses have their settings in `text`.
    let settings = object.get("text").is_some_and(|text| !text.is_string()) && chat::fits(object);
    let theirs = !is_ours(object) && (rendered || settings);
    // A word is a trace's number in somebody's logs, where other columns hold what was said.
    let is_number = |trace: &&str| {
        !trace.contains(char::is_whitespace)
            && (chat::fits(object) || columns::are_named(object) || rollout::verl_fits(object))
    };
    let has_trace = text(object, "trace").filter(|trace| !is_number(trace)).is_some();
    (object.contains_key("text") || has_trace) && !theirs
}

pub(super) fn read(mut object: Object, _: &Object) -> Result<Vec<Draft>, String> {
    if !object.contains_key("text")
        && let Some(text) = object.remove("trace")
    {
        object.insert("text".to_owned(), text);
    }
    if let Some(texts) = object
        .get("text")
        .filter(|text| are_texts(text) && !is_ours(&object))
    {
        // Servers answer with a list even where it is one.
        let texts: Vec<String> = texts_of(texts);
        return several(object, &texts);
    }
    if !object.get("text").is_some_and(Value::is_string) {
        return Err(failure(&object).unwrap_or_else(|| "`text` is not a string".to_owned()));
    }
    one(object, 0, 1).map(|draft| vec![draft])
}

fn are_texts(value: &Value) -> bool {
    let list = value.as_array().filter(|list| !list.is_empty());
    list.is_some_and(|list| list.iter().all(Value::is_string))
}

/// A trace for each of several texts.
fn several(mut object: Object, texts: &[String]) -> Result<Vec<Draft>, String> {
    object.remove("text");
    bound(texts.len(), json::sizes(&object))?;
    let each = texts.iter().enumerate().map(|(sample, text)| {
        let mut object = object.clone();
        object.insert("text".to_owned(), Value::String(text.clone()));
        let mut draft = one(object, sample, texts.len())?;
        draft.trace.sample = sample;
        Ok(draft)
    });
    each.collect()
}

fn texts_of(value: &Value) -> Vec<String> {
    texts(value).into_iter().map(str::to_owned).collect()
}

/// The trace with the text of `object`, which is one of so many.
fn one(mut object: Object, attempt: usize, attempts: usize) -> Result<Draft, String> {
    let mut draft = Draft::default();
    let name = match object.get("model") {
        Some(Value::Object(model)) if !model.contains_key("name") => said(model, "id"),
        model => model,
    };
    if let Some(Value::String(name)) = name {
        let model = serde_json::json!({"name": name});
        object.insert("model".to_owned(), model);
    }
    // Others count their rows, and keep what was asked as messages.
    let ours = is_ours(&object);
    let mut theirs = |name| {
        let theirs = !ours && object.get(name).is_some_and(|value| !value.is_string());
        theirs.then(|| object.shift_remove(name)).flatten()
    };
    let (id, prompt) = (theirs("id"), theirs("prompt"));
    draft.called(id.as_ref());
    // Where a data set says in a word where it has a row from, that stands beside the place we found it at.
    if let Some(origin) = object
        .get("source")
        .filter(|s| !s.is_object() && !s.is_null())
        .cloned()
    {
        object.remove("source");
        draft.more.insert("origin".to_owned(), origin);
    }
    // What we were given is a rendered template.
    let asked = ["question", "problem", "prompt"];
    let asked = asked.iter().filter(|name| **name != "prompt" || !ours);
    let words = asked.into_iter().find_map(|name| text(&object, name));
    draft.question = words.map(str::to_owned);
    let answer = object.shift_remove("answer").filter(|answer| !answer.is_null());
    let metadata = said(&object, "metadata");
    let is_gym = metadata.is_some_and(|metadata| metadata.get("source_dataset").is_some());
    draft.reference = answer.filter(|_| is_gym || draft.question.is_some());
    draft.stated.look(said(&object, "problem"));
    draft.stated.look_in(&object);
    draft.stated.look(metadata);
    if !ours {
        let read = text(&object, "text").unwrap_or_default();
        draft.remarks.extend(unread(&object, "text", read));
    }
    let verdict = verdict::of(&object, attempt, attempts, Whose::Anybodys);
    draft.graded = verdict.graded.clone();
    let score = verdict.main.and_then(|main| verdict.scorers.get(&main).copied());
    draft.trace = trace(object)?;
    draft.ask(prompt.as_ref().and_then(Asked::of));
    // Our own traces have parts that were only read off the text.
    let parts = &draft.trace.parts;
    draft.trace.told_apart = !parts.is_empty() && *parts != parts::parts(&draft.trace.text);
    let offsets = [
        draft.trace.parts.len(),
        draft.trace.given.len(),
        draft.trace.behaviors.len(),
        draft.trace.annotations.len(),
    ];
    let unmarked = offsets.iter().all(|count| *count == 0)
        && draft.trace.tree.is_none()
        && draft.trace.token_stats.is_none();
    if !ours && unmarked {
        let text = std::mem::take(&mut draft.trace.text);
        draft.write(text);
    }
    // Our own verdict is given anew; what it had been held against stays.
    draft.recorded = draft.trace.outcome.as_ref().and_then(|outcome| {
        let recorded = outcome.scorers.get(RECORDED).copied();
        recorded.or_else(|| (!ours).then_some(outcome.score))
    });
    match (&draft.trace.outcome, score) {
        (None, Some(score)) => draft.judge(RECORDED, [(RECORDED.to_owned(), score)].into(), None),
        (None, None) => {}
        (Some(_), _) => draft.graded = None,
    }
    Ok(draft)
}

fn is_ours(object: &Object) -> bool {
    text(object, "schema") == Some(record::SCHEMA)
}

/// The object as a trace. Rows that do not say they are ours may mean other things by our names.
fn trace(object: Object) -> Result<Trace, String> {
    // It is read in place: a row may be long.
    let error = match Trace::deserialize(&object) {
        Ok(trace) => return Ok(trace),
        Err(error) => format!("a field has the wrong type: {error}"),
    };
    if is_ours(&object) {
        return Err(error);
    }
    let known = |name: &str| matches!(name, "text" | "id" | "task" | "prompt" | "problem" | "model");
    let alone = object
        .into_iter()
        .filter(|(name, _)| known(name))
        .map(|field| Object::from_iter([field]));
    let core = alone
        .filter(|field| Trace::deserialize(field).is_ok())
        .flatten()
        .collect();
    serde_json::from_value(Value::Object(core)).map_err(|_| error)
}

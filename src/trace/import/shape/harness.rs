//! Samples that lm-evaluation-harness logs: the document, what was asked of the model, its `resps`, and metrics.

use super::{
    super::{
        draft::Draft,
        speech::{Asked, Speech},
        verdict::{self, Whose},
    },
    Object, bound, said, text,
};
use crate::trace::import::json;
use serde_json::Value;

const QUESTIONS: [&str; 5] = ["question", "problem", "query", "prompt", "input"];

pub(super) fn fits(object: &Object) -> bool {
    said(object, "resps").is_some_and(Value::is_array)
        && ["doc", "doc_id", "arguments"]
            .iter()
            .any(|name| object.contains_key(*name))
}

pub(super) fn read(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    let answers = said(&object, "resps").and_then(Value::as_array);
    let texts: Vec<&str> = answers.into_iter().flatten().flat_map(texts).collect();
    if texts.is_empty() {
        return Err("its `resps` are likelihoods of choices, and no text of a model".to_owned());
    }
    let own = object.get("resps").map_or(0, json::size);
    bound(texts.len(), json::sizes(&object) - own)?;
    let document = said(&object, "doc").and_then(Value::as_object);
    let asked = QUESTIONS.iter().find_map(|name| text(document?, name));
    let mut drafts = Vec::new();
    for (sample, written) in texts.iter().enumerate() {
        let mut draft = Draft::new("lm-eval");
        draft.ask(argument(&object).and_then(Asked::of));
        if let Some(asked) = asked {
            draft.question = Some(asked.to_owned());
        }
        draft.say(Speech::of(written));
        draft.trace.sample = sample;
        draft.by(object.get("model").or_else(|| about.get("model")));
        draft.reference = said(&object, "target").cloned();
        draft.stated.look(said(&object, "doc"));
        // The metrics are those of what the filter made of all of them.
        if texts.len() == 1 {
            draft.scored_as(verdict::of(&object, 0, 1, Whose::Anybodys), None);
        }
        for name in ["doc_id", "filter"] {
            let value = said(&object, name).cloned();
            draft.more.extend(value.map(|value| (name.to_owned(), value)));
        }
        drafts.push(draft);
    }
    Ok(drafts)
}

/// The texts in one answer.
fn texts(answer: &Value) -> Vec<&str> {
    match answer {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The first argument that the model was called with.
fn argument(object: &Object) -> Option<&Value> {
    let arguments = said(object, "arguments")?;
    let first = arguments.get(0).or_else(|| arguments.get("gen_args_0"))?;
    first
        .get(0)
        .or_else(|| first.get("arg_0"))
        .filter(|value| value.is_string())
}

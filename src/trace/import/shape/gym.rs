//! reasoning-gym: what its evaluation writes of every question, and the rows of data sets that are only problems.

use super::{
    super::{draft::Draft, json, stated::Stated},
    Object, bound,
    rollout::worked_on,
    said, text,
    written::to_task,
};
use crate::trace::import::speech::{Asked, Speech};
use serde_json::Value;

const FORMAT: &str = "reasoning-gym";

pub(super) fn result_fits(object: &Object) -> bool {
    object.contains_key("best_full_model_response")
        || said(object, "completions")
            .and_then(Value::as_array)
            .and_then(|list| list.first())
            .is_some_and(|one| one.get("full_model_response").is_some())
}

/// A question with all answers that a model gave to it.
pub(super) fn result(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    let completions = said(&object, "completions").and_then(Value::as_array);
    let completions = completions.into_iter().flatten().filter_map(Value::as_object);
    let mut answers: Vec<&Object> = completions.collect();
    let mut names = ["full_model_response", "model_answer", "score"];
    if answers.is_empty() {
        answers.push(&object);
        names = ["best_full_model_response", "best_model_answer", "best_score"];
    }
    let own = object.get("completions").map_or(0, json::size);
    bound(answers.len(), json::sizes(&object) - own)?;
    let [response, answer, score] = names;
    let mut drafts = Vec::new();
    for (index, one) in answers.into_iter().enumerate() {
        let Some(written) = one.get(response).and_then(Value::as_str) else {
            continue;
        };
        let mut draft = question(&object);
        let mut speech = Speech::default();
        speech.say(written);
        draft.say(speech);
        draft.trace.sample = index;
        draft.by(object.get("model").or_else(|| about.get("model")));
        let score = one.get(score).and_then(Value::as_f64);
        let scores = score
            .map(|score| ("reasoning_gym".to_owned(), score))
            .into_iter()
            .collect();
        draft.judge("reasoning_gym", scores, one.get(answer));
        drafts.push(draft);
    }
    if drafts.is_empty() {
        let why = text(&object, "error").unwrap_or("it has no response");
        return Err(format!("the model gave no answer: {why}"));
    }
    Ok(drafts)
}

pub(super) fn problem_fits(object: &Object) -> bool {
    let gym = said(object, "metadata").is_some_and(|m| m.get("source_dataset").is_some());
    let countdown = ["nums", "numbers"]
        .iter()
        .any(|name| said(object, name).is_some_and(Value::is_array));
    // Without a target it is one that lacks it, when a model wrote something to it.
    gym && text(object, "question").is_some()
        || countdown && (object.contains_key("target") || !to_task(object).is_empty() && lacks(object))
}

fn lacks(object: &Object) -> bool {
    let mut stated = Stated::default();
    stated.look_in(object);
    stated.lack.is_some()
}

/// A problem, with what a model wrote to it if anything.
pub(super) fn problem(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    worked_on(&object, || {
        let mut draft = question(&object);
        draft.by(object.get("model").or_else(|| about.get("model")));
        if !object.contains_key("question") {
            draft.format = "countdown";
        }
        draft
    })
}

fn question(object: &Object) -> Draft {
    let mut draft = Draft::new(FORMAT);
    draft.ask(said(object, "question").and_then(Asked::of));
    draft.reference = said(object, "answer")
        .or_else(|| said(object, "expected_answer"))
        .cloned();
    draft.stated.look(said(object, "metadata"));
    draft.stated.look_in(object);
    if let Some(set) = said(object, "metadata").and_then(|metadata| metadata.get("source_dataset")) {
        draft.more.insert("dataset".to_owned(), set.clone());
    }
    draft
}

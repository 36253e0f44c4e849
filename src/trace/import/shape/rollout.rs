//! What trainers write down of their rollouts: verl, TRL, verifiers, TinyZero and cognitive-behaviors.

use super::{
    super::{
        draft::Draft,
        json,
        speech::{Asked, Conversation, Speech, is_messages},
    },
    Object, error, said, text,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Columns of TRL and verifiers rows that are numbers but no rewards.
const NO_REWARDS: [&str; 9] = [
    "step",
    "advantage",
    "example_id",
    "id",
    "index",
    "generation_ms",
    "scoring_ms",
    "total_ms",
    "rollout_id",
];

// ---- verl: one file per step, one line per rollout.

pub(super) fn verl_fits(object: &Object) -> bool {
    text(object, "input").is_some() && text(object, "output").is_some()
}

pub(super) fn verl(object: Object, _: &Object) -> Result<Vec<Draft>, String> {
    let mut draft = Draft::new("verl");
    draft.ask(said(&object, "input").and_then(Asked::of));
    draft.say(completion(object.get("output"))?);
    let names = ["score", "reward", "acc"];
    let scorers = numbers(&object, |name| names.contains(&name) || name.ends_with("_reward"));
    draft.judge("score", scorers, said(&object, "pred"));
    draft.trace.rollout = rollout(&object, object.get("score"));
    draft.reference = said(&object, "gts").cloned();
    draft.stated.look(draft.reference.as_ref());
    Ok(vec![draft])
}

// ---- TinyZero and cognitive-behaviors: task rows, priming rows and completions.

pub(super) fn tinyzero_fits(object: &Object) -> bool {
    text(object, "generated").is_some()
        || text(object, "query").is_some() && text(object, "completion").is_some()
        || said(object, "reward_model").is_some_and(Value::is_object) && object.contains_key("prompt")
}

pub(super) fn tinyzero(object: Object, _: &Object) -> Result<Vec<Draft>, String> {
    let priming = object.contains_key("query");
    let mut draft = Draft::new(if priming {
        "cognitive-behaviors"
    } else {
        "tinyzero"
    });
    draft.ask(said(&object, if priming { "query" } else { "prompt" }).and_then(Asked::of));
    // A task's row has no text yet.
    let written = said(&object, "generated").or_else(|| said(&object, "completion"));
    draft.unwritten = written.is_none();
    if written.is_some() {
        draft.say(completion(written)?);
    }
    draft.judge("score", numbers(&object, |name| name == "score"), None);
    let truth = said(&object, "ground_truth").or_else(|| said(&object, "reward_model")?.get("ground_truth"));
    draft.reference = truth.cloned();
    draft.stated.look(truth);
    if let Some(source) = said(&object, "data_source") {
        draft.more.insert("data_source".to_owned(), source.clone());
    }
    Ok(vec![draft])
}

// ---- verifiers: results.jsonl beside metadata.json.

pub(super) fn verifiers_fits(object: &Object) -> bool {
    object.contains_key("completion")
        && object.contains_key("prompt")
        && object.contains_key("reward")
        && !object.contains_key("advantage")
}

pub(super) fn verifiers(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    let mut draft = Draft::new("verifiers");
    draft.ask(said(&object, "prompt").and_then(Asked::of));
    draft.say(completion(object.get("completion"))?);
    draft.by(object.get("model").or_else(|| about.get("model")));
    draft.sampled_with(about.get("sampling_args"));
    draft.failed(error(&object));
    let scorers = numbers(&object, |name| !NO_REWARDS.contains(&name));
    draft.judge("reward", scorers, None);
    if let Some(example) = said(&object, "example_id").or_else(|| said(&object, "id")) {
        draft.sample = Some((plain(example), None));
    }
    for (name, value) in [
        ("env", said(about, "env_id").or_else(|| said(about, "env"))),
        ("env_task", said(&object, "task")),
    ] {
        if let Some(value) = value {
            draft.more.insert(name.to_owned(), value.clone());
        }
    }
    draft.reference = said(&object, "answer").cloned();
    for name in ["info", "answer", "metadata"] {
        draft.stated.look(said(&object, name));
    }
    Ok(vec![draft])
}

// ---- TRL: completions tables, and the shapes of its training sets.

pub(super) fn trl_fits(object: &Object) -> bool {
    said(object, "prompt").is_some()
        && ["completion", "completions", "chosen"]
            .iter()
            .any(|n| object.contains_key(*n))
        || is_conversation(object.get("chosen"))
}

pub(super) fn trl(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    let mut drafts = Vec::new();
    for name in ["completion", "completions", "chosen", "rejected"] {
        let Some(written) = said(&object, name) else {
            continue;
        };
        let mut draft = Draft::new("trl");
        draft.ask(said(&object, "prompt").and_then(Asked::of));
        match written {
            // Steps that are judged one by one are one text.
            Value::Array(steps) if name == "completions" && steps.iter().all(Value::is_string) => {
                let steps: Vec<&str> = steps.iter().filter_map(Value::as_str).collect();
                let mut speech = Speech::default();
                speech.say(&steps.join("\n"));
                draft.say(speech);
            }
            // Preferences may hold the prompt as their first messages.
            Value::Array(messages) if object.get("prompt").is_none() => {
                let whole = Conversation::messages(messages).ok_or("one of its messages has no `role`")?;
                draft.ask(Some(whole.asked));
                draft.say(whole.speech);
            }
            written => draft.say(completion(Some(written))?),
        }
        draft.trace.sample = drafts.len();
        draft.by(object.get("model").or_else(|| about.get("model")));
        if matches!(name, "chosen" | "rejected") {
            draft.more.insert("preference".to_owned(), json!(name));
        } else {
            let scorers = numbers(&object, |name| !NO_REWARDS.contains(&name));
            if object.contains_key("advantage") {
                draft.judge(&main(&scorers), scorers, None);
                draft.trace.rollout = rollout(&object, None);
            }
        }
        draft.stated.look_in(&object);
        draft.stated.look(said(&object, "ground_truth"));
        drafts.push(draft);
    }
    if drafts.is_empty() {
        return Err("its completion is empty".to_owned());
    }
    Ok(drafts)
}

/// A completion: a text, or the messages of the assistant.
fn completion(value: Option<&Value>) -> Result<Speech, String> {
    let mut speech = Speech::default();
    match value {
        Some(Value::String(text)) => speech.say(text),
        Some(Value::Array(messages)) if is_messages(messages) || messages.is_empty() => {
            let said = Conversation::messages(messages).ok_or("one of its messages has no `role`")?;
            speech = said.speech;
        }
        Some(Value::Object(message)) => speech.message(message),
        _ => return Err("its completion is neither a text nor a list of messages".to_owned()),
    }
    Ok(speech)
}

fn is_conversation(value: Option<&Value>) -> bool {
    value
        .and_then(Value::as_array)
        .is_some_and(|list| is_messages(list))
}

/// The reward that says whether the answer is right, by its name; else the lowest, so that a reward for form alone makes
/// nothing right.
fn main(rewards: &BTreeMap<String, f64>) -> String {
    const RIGHT: [&str; 5] = ["correct", "accuracy", "exact", "answer", "equation"];
    let telling = |name: &&String| RIGHT.iter().any(|word| name.contains(word));
    let lowest = || {
        rewards
            .iter()
            .min_by(|a, b| a.1.total_cmp(b.1))
            .map(|(name, _)| name)
    };
    rewards
        .keys()
        .find(telling)
        .or_else(lowest)
        .cloned()
        .unwrap_or_default()
}

/// The columns that `wanted` takes and that hold a number.
fn numbers(object: &Object, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, f64> {
    let number = |(name, value): (&String, &Value)| {
        let number = match value {
            // verl writes some of its numbers as text.
            Value::String(_) if name != "score" => None,
            value => json::number(value),
        };
        Some((name.clone(), number?))
    };
    object
        .iter()
        .filter(|(name, _)| wanted(name))
        .filter_map(number)
        .collect()
}

/// Step, reward and advantage of a rollout, as far as the row says them.
fn rollout(object: &Object, reward: Option<&Value>) -> Option<Value> {
    let mut rollout = Object::new();
    for (name, value) in [
        ("step", object.get("step")),
        ("reward", reward),
        ("advantage", object.get("advantage")),
    ] {
        if let Some(number) = value.and_then(json::number) {
            let value = json::count(&json!(number)).map_or_else(|| json!(number), |count| json!(count));
            rollout.insert(name.to_owned(), value);
        }
    }
    (!rollout.is_empty()).then_some(Value::Object(rollout))
}

/// A name, which may be a number.
pub(in crate::trace::import) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

//! What trainers write down of their rollouts: verl, TRL, verifiers, TinyZero and cognitive-behaviors.

use super::{
    super::{
        draft::Draft,
        json, rendered,
        speech::{Asked, Conversation, Speech, is_messages},
        verdict::{self, Whose},
    },
    Object, bound, chat, columns, error, said, text,
    written::{attempts, ended, judged, passed_over, speech, thoughts, to_task},
};
use serde_json::{Value, json};

// ---- verl: one file per step, one line per rollout.

pub(super) fn verl_fits(object: &Object) -> bool {
    // Data sets of instructions have both fields, too.
    let is_scored = ["score", "step", "gts", "reward", "acc"]
        .iter()
        .any(|name| object.contains_key(*name));
    let asks = match object.get("input") {
        Some(Value::Array(messages)) => is_messages(messages),
        input => input.is_some_and(Value::is_string),
    };
    is_scored && !object.contains_key("instruction") && asks && text(object, "output").is_some()
}

pub(super) fn verl(object: Object, _: &Object) -> Result<Vec<Draft>, String> {
    let mut draft = Draft::new("verl");
    draft.ask(said(&object, "input").and_then(Asked::of));
    // Where it is told that others have spoken, their turns stand in the output.
    let turns = said(&object, "num_turns").and_then(json::count);
    let output = text(&object, "output").filter(|_| turns.is_some_and(|turns| turns > 2));
    match output.and_then(|output| rendered::said(output, true)) {
        Some(turns) => {
            let mut speech = Speech::default();
            turns.iter().for_each(|turn| speech.say(turn));
            draft.say(speech);
        }
        None => draft.say(completion(object.get("output"))?),
    }
    draft.scored_as(verdict::of(&object, 0, 1, Whose::Trainers), said(&object, "pred"));
    draft.trace.rollout = rollout(&object, object.get("score"));
    draft.reference = said(&object, "gts")
        .or_else(|| said(&object, "ground_truth"))
        .cloned();
    draft.stated.look(draft.reference.as_ref());
    draft.stated.look_in(&object);
    Ok(vec![draft])
}

// ---- TinyZero and cognitive-behaviors: task rows, priming rows and completions.

pub(super) fn tinyzero_fits(object: &Object) -> bool {
    let has = |name| object.get(name).is_some_and(|value| !attempts(value).is_empty());
    let is_asked = ["question", "problem", "instruction"]
        .iter()
        .any(|name| object.contains_key(*name));
    has("generated") && !is_asked
        || has("query") && has("completion")
        || said(object, "reward_model").is_some_and(Value::is_object) && object.contains_key("prompt")
}

pub(super) fn tinyzero(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    let priming = object.contains_key("query");
    let truth = said(&object, "ground_truth").or_else(|| said(&object, "reward_model")?.get("ground_truth"));
    let task = || {
        let mut draft = Draft::new(if priming {
            "cognitive-behaviors"
        } else {
            "tinyzero"
        });
        draft.ask(said(&object, if priming { "query" } else { "prompt" }).and_then(Asked::of));
        draft.reference = truth.cloned();
        draft.stated.look(truth);
        draft.stated.look_in(&object);
        draft.by(object.get("model").or_else(|| about.get("model")));
        if let Some(source) = said(&object, "data_source") {
            draft.more.insert("data_source".to_owned(), source.clone());
        }
        draft
    };
    worked_on(&object, task)
}

/// A task with what was written to it; one that nobody has worked on yet is a trace without text.
pub(super) fn worked_on(object: &Object, task: impl Fn() -> Draft) -> Result<Vec<Draft>, String> {
    let (thoughts, written) = (thoughts(object), to_task(object));
    let all = thoughts.len().max(written.len());
    if all == 0 {
        let mut draft = task();
        draft.unwritten = true;
        draft.remarks.extend(passed_over(object));
        return Ok(vec![draft]);
    }
    bound(all, json::sizes(object))?;
    let mut drafts = Vec::new();
    for sample in 0..all {
        let mut draft = task();
        draft.say(speech(&thoughts, &written, sample)?);
        draft.trace.sample = sample;
        draft.trace.finish = ended(object, None, sample, all);
        draft.scored_as(verdict::of(object, sample, all, Whose::Anybodys), None);
        drafts.push(draft);
    }
    Ok(drafts)
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
    draft.trace.finish = ended(&object, None, 0, 1);
    draft.failed(error(&object));
    draft.scored_as(verdict::of(&object, 0, 1, Whose::Verifiers), None);
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
    draft.stated.look_in(&object);
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
        || chat::list(object).is_some() && ["chosen", "rejected"].iter().all(|n| object.contains_key(*n))
        || is_conversation(object.get("chosen"))
}

pub(super) fn trl(object: Object, about: &Object) -> Result<Vec<Draft>, String> {
    let mut drafts = Vec::new();
    let whose = match object.contains_key("advantage") {
        true => Whose::Trainers,
        false => Whose::Anybodys,
    };
    for name in ["completion", "completions", "chosen", "rejected"] {
        let Some(written) = said(&object, name) else {
            continue;
        };
        let preference = matches!(name, "chosen" | "rejected");
        let mut speeches = Vec::new();
        match written {
            // Steps that are judged one by one are one text.
            Value::Array(steps) if object.contains_key("labels") && steps.iter().all(Value::is_string) => {
                let steps: Vec<&str> = steps.iter().filter_map(Value::as_str).collect();
                speeches.push((Speech::of(&steps.join("\n")), None));
            }
            // Preferences may hold the prompt as their first messages.
            Value::Array(messages) if object.get("prompt").is_none() && is_messages(messages) => {
                let whole = Conversation::messages(messages).ok_or("one of its messages has no `role`")?;
                speeches.push((whole.speech, Some(whole.asked)));
            }
            Value::Array(messages) if messages.is_empty() => speeches.push((Speech::default(), None)),
            written => {
                let attempts = attempts(written);
                if attempts.is_empty() {
                    return Err(format!("its `{name}` is neither a text nor a list of messages"));
                }
                bound(attempts.len(), json::sizes(&object) - json::size(written))?;
                let thoughts = if preference { Vec::new() } else { thoughts(&object) };
                for attempt in 0..attempts.len() {
                    speeches.push((speech(&thoughts, &attempts, attempt)?, None));
                }
            }
        }
        let all = speeches.len();
        for (attempt, (speech, asked)) in speeches.into_iter().enumerate() {
            let mut draft = Draft::new("trl");
            let prompt = said(&object, "prompt").or_else(|| chat::list(&object));
            draft.ask(prompt.and_then(Asked::of).or(asked));
            draft.say(speech);
            draft.trace.sample = drafts.len();
            draft.by(object.get("model").or_else(|| about.get("model")));
            if preference {
                draft.more.insert("preference".to_owned(), json!(name));
            } else {
                draft.trace.finish = ended(&object, Some(written), attempt, all);
                draft.scored_as(judged(&object, Some(written), attempt, all, whose), None);
                if whose == Whose::Trainers {
                    draft.trace.rollout = rollout(&object, None);
                }
                draft.reference = columns::reference(&object, name).cloned();
            }
            draft.stated.look_in(&object);
            draft.stated.look(said(&object, "ground_truth"));
            drafts.push(draft);
        }
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

//! Pieces of answers in the words of other servers, as the chunks that they would be in OpenAI's: Ollama's, one object a line
//! with `done`, and Gemini's, which has candidates.

use super::super::{
    shape::{Object, has_words},
    speech::is_assistant,
};
use serde_json::{Value, json};

/// An object as a chunk, where it is a piece. The last piece of an answer looks like a whole one: it is a piece where an answer
/// without a name `is_open`.
pub(super) fn chunk(object: &Object, is_open: bool) -> Option<Object> {
    let chunk = if object.contains_key("done") {
        ollama(object, is_open)
    } else if object.contains_key("candidates") {
        gemini(object, is_open)
    } else {
        None
    };
    chunk.filter(|_| !has_words(object))
}

fn ollama(object: &Object, is_open: bool) -> Option<Object> {
    let done = object.get("done")?.as_bool()?;
    let model = object.get("model").filter(|model| model.is_string())?;
    if done && !is_open || object.contains_key("choices") {
        return None;
    }
    let message = object.get("message").and_then(Value::as_object);
    let (content, thinking) = match message {
        Some(message) if is_assistant(message) => (message.get("content"), message.get("thinking")),
        Some(_) => return None,
        None => (
            Some(object.get("response").filter(|said| said.is_string())?),
            object.get("thinking"),
        ),
    };
    let finish = match object.get("done_reason") {
        Some(reason) if done => reason.clone(),
        _ if done => "stop".into(),
        _ => Value::Null,
    };
    let delta = json!({"content": content, "thinking": thinking});
    let usage = usage(object, ["prompt_eval_count", "eval_count"]);
    Some(whole(
        model,
        vec![json!({"index": 0, "delta": delta, "finish_reason": finish})],
        usage,
    ))
}

fn gemini(object: &Object, is_open: bool) -> Option<Object> {
    let candidates = object.get("candidates")?.as_array()?;
    let ends = |candidate: &Value| candidate.get("finishReason").is_some_and(Value::is_string);
    if candidates.is_empty() || candidates.iter().any(ends) && !is_open {
        return None;
    }
    let mut choices = Vec::new();
    for candidate in candidates {
        let parts = candidate
            .get("content")
            .and_then(|content| content.get("parts")?.as_array());
        let (mut said, mut thought) = (String::new(), String::new());
        for part in parts.into_iter().flatten() {
            let is_thought = part.get("thought").and_then(Value::as_bool) == Some(true);
            let text = part.get("text").and_then(Value::as_str).unwrap_or_default();
            (if is_thought { &mut thought } else { &mut said }).push_str(text);
        }
        choices.push(json!({"index": candidate.get("index").unwrap_or(&json!(0)),
            "delta": {"content": said, "reasoning": thought}, "finish_reason": candidate.get("finishReason")}));
    }
    let counts = object.get("usageMetadata").and_then(Value::as_object);
    let usage = counts.and_then(|counts| usage(counts, ["promptTokenCount", "candidatesTokenCount"]));
    Some(whole(
        object.get("modelVersion").unwrap_or(&Value::Null),
        choices,
        usage,
    ))
}

fn whole(model: &Value, choices: Vec<Value>, usage: Option<Value>) -> Object {
    let mut chunk = Object::new();
    chunk.insert("object".to_owned(), "chat.completion.chunk".into());
    chunk.insert("model".to_owned(), model.clone());
    chunk.insert("choices".to_owned(), Value::Array(choices));
    chunk.extend(usage.map(|usage| ("usage".to_owned(), usage)));
    chunk
}

/// Tokens by the names that OpenAI has for them.
fn usage(counts: &Object, names: [&str; 2]) -> Option<Value> {
    let [prompt, completion] = names.map(|name| counts.get(name));
    Some(json!({"prompt_tokens": prompt?, "completion_tokens": completion?}))
}

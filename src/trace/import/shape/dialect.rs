//! Answers of Gemini and Bedrock in the words of OpenAI's API, which is read.

use super::Object;
use serde_json::{Value, json};

/// Turns what other APIs call by names of their own into what is read; also within a request and a response.
pub(super) fn translate(object: &mut Object) {
    for name in ["request", "response"] {
        if let Some(Value::Object(inner)) = object.get_mut(name) {
            answers(inner);
        }
    }
    answers(object);
}

fn answers(object: &mut Object) {
    if !object.contains_key("choices")
        && let Some(Value::Array(candidates)) = object.get("candidates")
        && candidates
            .iter()
            .any(|candidate| candidate.get("content").is_some())
    {
        let choices: Value = candidates.iter().map(candidate).collect();
        object.insert("choices".to_owned(), choices);
        object.remove("candidates");
        let counts = object.get("usageMetadata");
        let usage = counts.map(|counts| usage(counts, ["promptTokenCount", "candidatesTokenCount"]));
        put(object, "usage", usage);
        let model = object.get("modelVersion").cloned();
        put(object, "model", model);
    }
    if !object.contains_key("messages")
        && let Some(Value::Array(contents)) = object.get("contents")
        && contents
            .iter()
            .all(|turn| turn.get("parts").is_some_and(Value::is_array))
    {
        let messages: Value = contents.iter().map(turn).collect();
        object.insert("messages".to_owned(), messages);
    }
    // Bedrock has the message within the output.
    let message = object
        .get("output")
        .and_then(|output| output.get("message")?.as_object());
    if let Some(message) = message.filter(|message| message.contains_key("content")) {
        let mut message = message.clone();
        if let Some(Value::Array(blocks)) = message.get_mut("content") {
            blocks.iter_mut().for_each(block);
        }
        object.insert("message".to_owned(), Value::Object(message));
        object.remove("output");
        let counts = object
            .get("usage")
            .filter(|counts| counts.get("inputTokens").is_some());
        let usage = counts.map(|counts| usage(counts, ["inputTokens", "outputTokens"]));
        if usage.is_some() {
            object.remove("usage");
        }
        put(object, "usage", usage);
    }
}

fn put(object: &mut Object, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object.entry(name).or_insert(value);
    }
}

fn candidate(candidate: &Value) -> Value {
    let message = candidate.get("content").map(turn);
    json!({"index": candidate.get("index"), "finish_reason": candidate.get("finishReason"), "message": message})
}

/// A turn of Gemini's as a message.
fn turn(content: &Value) -> Value {
    let parts = content.get("parts").and_then(Value::as_array);
    let block = |part: &Value| {
        let text = part.get("text")?;
        Some(match part.get("thought").and_then(Value::as_bool) {
            Some(true) => json!({"type": "thinking", "thinking": text}),
            _ => json!({"type": "text", "text": text}),
        })
    };
    let blocks: Vec<Value> = parts.into_iter().flatten().filter_map(block).collect();
    json!({"role": content.get("role").and_then(Value::as_str).unwrap_or("model"), "content": blocks})
}

/// A block of Bedrock's that is thinking, as one that says so.
fn block(block: &mut Value) {
    let text = block
        .get("reasoningContent")
        .and_then(|thought| thought.get("reasoningText")?.get("text"));
    if let Some(text) = text {
        *block = json!({"type": "thinking", "thinking": text});
    }
}

fn usage(counts: &Value, names: [&str; 2]) -> Value {
    let [prompt, completion] = names.map(|name| counts.get(name));
    json!({"prompt_tokens": prompt, "completion_tokens": completion})
}

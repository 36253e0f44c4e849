//! Finds the chat template and the special tokens in the files of a Hugging Face directory.

use super::{TemplateError, error::shown};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const CONFIG: &str = "tokenizer_config.json";
const JINJA: &str = "chat_template.jinja";

/// The template, if there is one, and the special tokens by name.
pub(super) type Found = (Option<String>, BTreeMap<String, String>);

/// Reads both files; a separate template wins.
pub(super) fn read(tokenizer_config: Option<&[u8]>, jinja: Option<&[u8]>) -> Result<Found, TemplateError> {
    let config = tokenizer_config.map(parse).transpose()?.unwrap_or_default();
    let template = match jinja {
        Some(bytes) => Some(
            std::str::from_utf8(bytes)
                .map_err(|e| TemplateError::File {
                    file: JINJA,
                    reason: format!("not UTF-8: {e}"),
                })?
                .to_owned(),
        ),
        None => template(&config)?,
    };
    Ok((template, specials(&config)))
}

fn parse(bytes: &[u8]) -> Result<Map<String, Value>, TemplateError> {
    serde_json::from_slice(bytes).map_err(|e| wrong(&format!("not a JSON object: {e}")))
}

fn wrong(reason: &str) -> TemplateError {
    TemplateError::File {
        file: CONFIG,
        reason: shown(reason),
    }
}

/// A text, or a list of named ones of which `default` is for plain chats (the others are for tools).
fn template(config: &Map<String, Value>) -> Result<Option<String>, TemplateError> {
    let list = match config.get("chat_template") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => return Ok(Some(text.clone())),
        Some(Value::Array(list)) if list.is_empty() => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(wrong("`chat_template` is neither a text nor a list")),
    };
    let mut names = Vec::new();
    for entry in list {
        let text = |key: &str| entry.get(key).and_then(Value::as_str);
        let (Some(name), Some(template)) = (text("name"), text("template")) else {
            return Err(wrong(
                "an entry of `chat_template` has no `name` or no `template`",
            ));
        };
        if name == "default" {
            return Ok(Some(template.to_owned()));
        }
        names.push(name);
    }
    Err(TemplateError::NoDefault(shown(&names.join(", "))))
}

/// `bos_token` and its like: a text or an object with its `content`.
fn specials(config: &Map<String, Value>) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(token) => token.get("content").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    config
        .iter()
        .filter(|(name, _)| name.ends_with("_token"))
        .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
        .collect()
}

//! One JSON object of an answer, of either endpoint, streamed or whole, to what it adds to the text.
//!
//! Servers differ in the names: log-probabilities come as `content` (chat, and llama.cpp always) or as three lists
//! (completions); thoughts as `reasoning` or `reasoning_content`, some send both with the same text.

use serde::Deserialize;
use serde_json::{Map, Value};

/// What an object says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// More of the answer.
    Chunk(Chunk),
    /// An error, in the server's words.
    Error(String),
}

/// What an object adds to an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Chunk {
    /// Who answers.
    pub model: Option<String>,
    /// Thoughts that are sent apart.
    pub reasoning: String,
    /// Text.
    pub content: String,
    /// The tokens of both; `None` when the server tells none.
    pub tokens: Option<Vec<Scored>>,
    /// Why the text ends here.
    pub finish: Option<String>,
    /// Tokens of the prompt.
    pub prompt_tokens: Option<usize>,
}

/// A token with its log-probability.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scored {
    /// Bytes of text it stands for.
    pub bytes: usize,
    /// Its log-probability, at most 0.
    pub logprob: f32,
    /// The most likely tokens, most likely first.
    pub top: Vec<(String, f32)>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    choices: Option<Vec<Choice>>,
    #[serde(default)]
    usage: Option<Usage>,
    #[serde(default)]
    error: Option<Value>,
    #[serde(default)]
    object: Option<String>,
    #[serde(default)]
    message: Option<Value>,
    #[serde(default)]
    detail: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: u64,
    #[serde(default)]
    text: Option<String>,
    #[serde(default, alias = "message")]
    delta: Option<Delta>,
    #[serde(default)]
    logprobs: Option<Logprobs>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    reasoning: Option<String>,
    #[serde(default)]
    reasoning_content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: Option<usize>,
}

#[derive(Deserialize)]
struct Logprobs {
    #[serde(default)]
    content: Option<Vec<Entry>>,
    #[serde(default)]
    tokens: Option<Vec<String>>,
    #[serde(default)]
    token_logprobs: Option<Vec<Option<f64>>>,
    #[serde(default)]
    top_logprobs: Option<Vec<Option<Map<String, Value>>>>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    token: String,
    #[serde(default)]
    logprob: Option<f64>,
    #[serde(default)]
    bytes: Option<Vec<u8>>,
    #[serde(default)]
    top_logprobs: Option<Vec<Likely>>,
}

#[derive(Deserialize)]
struct Likely {
    #[serde(default)]
    token: String,
    #[serde(default)]
    logprob: Option<f64>,
}

/// Reads one object.
///
/// # Errors
/// What is wrong with it, without any of its text.
pub(super) fn parse(json: &str) -> Result<Said, String> {
    let object: Object = match serde_json::from_str(json) {
        Ok(object) => object,
        // What serde says of wrong types holds values, which may be anything.
        Err(error) if error.is_data() => return Err("JSON of another shape".into()),
        Err(_) => return unquoted(json).map(Said::Error).ok_or_else(|| "no JSON".into()),
    };
    let unchosen = object.choices.is_none() || object.object.as_deref() == Some("error");
    let error = object
        .error
        .filter(|error| !error.is_null() && *error != Value::Bool(false));
    if let Some(error) = error.or(object.message.or(object.detail).filter(|_| unchosen)) {
        return Ok(Said::Error(words(&error)));
    }
    let mut chunk = Chunk {
        model: object.model.filter(|model| !model.is_empty()),
        prompt_tokens: object.usage.and_then(|usage| usage.prompt_tokens),
        ..Chunk::default()
    };
    // One answer was asked for.
    let mut choices = object.choices.unwrap_or_default().into_iter();
    if let Some(choice) = choices.find(|choice| choice.index == 0) {
        let delta = choice.delta.unwrap_or_default();
        chunk.reasoning = [delta.reasoning, delta.reasoning_content]
            .into_iter()
            .flatten()
            .find(|text| !text.is_empty())
            .unwrap_or_default();
        chunk.content = choice.text.or(delta.content).unwrap_or_default();
        chunk.tokens = choice.logprobs.and_then(Logprobs::read);
        chunk.finish = choice.finish_reason.filter(|reason| !reason.is_empty());
    }
    Ok(Said::Chunk(chunk))
}

/// The words of an error that was put between quotes as it stood, with its own quotes and only up to the end of its first
/// line: transformers serve does so.
fn unquoted(json: &str) -> Option<String> {
    let said = json.trim().strip_prefix("{\"error\": \"")?;
    let said = said.strip_suffix("\"}").unwrap_or(said);
    Some(said.to_owned())
}

/// The words of an error in any of the forms servers give it.
pub(super) fn words(error: &Value) -> String {
    match error {
        Value::String(text) => text.clone(),
        Value::Object(fields) => ["message", "detail", "error", "msg", "type"]
            .iter()
            .find_map(|name| fields.get(*name).filter(|value| !value.is_null()))
            .map_or_else(|| error.to_string(), words),
        Value::Array(all) => all.iter().take(3).map(words).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

impl Logprobs {
    /// The tokens; `None` when there is no list, or a token without a number.
    fn read(self) -> Option<Vec<Scored>> {
        if let Some(entries) = self.content {
            return entries.into_iter().map(Entry::read).collect();
        }
        let (tokens, numbers) = (self.tokens?, self.token_logprobs?);
        if tokens.len() != numbers.len() {
            return None;
        }
        let mut top = self.top_logprobs.unwrap_or_default().into_iter();
        let scored = |(token, number): (String, Option<f64>)| {
            let likely = top.next().flatten().unwrap_or_default().into_iter();
            Some(Scored {
                bytes: token.len(),
                logprob: logprob(number?),
                top: sorted(likely.filter_map(|(token, number)| Some((token, number.as_f64()?)))),
            })
        };
        tokens.into_iter().zip(numbers).map(scored).collect()
    }
}

impl Entry {
    fn read(self) -> Option<Scored> {
        let likely = self.top_logprobs.unwrap_or_default().into_iter();
        Some(Scored {
            bytes: self.bytes.map_or(self.token.len(), |bytes| bytes.len()),
            logprob: logprob(self.logprob?),
            top: sorted(likely.filter_map(|likely| Some((likely.token, likely.logprob?)))),
        })
    }
}

/// A log-probability as a finite number, at most 0.
fn logprob(number: f64) -> f32 {
    number.clamp(f64::from(f32::MIN), 0.0) as f32
}

fn sorted(tokens: impl Iterator<Item = (String, f64)>) -> Vec<(String, f32)> {
    let mut tokens: Vec<_> = tokens.map(|(token, number)| (token, logprob(number))).collect();
    // Stable: equals stay in the server's order.
    tokens.sort_by(|a, b| b.1.total_cmp(&a.1));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(json: &str) -> Chunk {
        match parse(json) {
            Ok(Said::Chunk(chunk)) => chunk,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn both_endpoints_streamed_or_whole_are_read() {
        for (json, content) in [
            (
                r#"{"choices":[{"index":0,"text":"a","logprobs":null,"finish_reason":null}]}"#,
                "a",
            ),
            (
                r#"{"choices":[{"delta":{"role":"assistant","content":"b"}}]}"#,
                "b",
            ),
            (
                r#"{"choices":[{"message":{"content":"c","tool_calls":[]},"finish_reason":""}],"error":null}"#,
                "c",
            ),
            (r#"{"choices":[{"index":1,"text":"x"}]}"#, ""),
            (
                r#"{"choices":[{"delta":{"role":"assistant","content":null}}]}"#,
                "",
            ),
            (r#"{"type":"ping"}"#, ""),
        ] {
            let read = chunk(json);
            assert_eq!(
                (read.content.as_str(), read.tokens, read.finish),
                (content, None, None),
                "{json}"
            );
        }
        let last = chunk(r#"{"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}"#);
        assert_eq!((last.model.as_deref(), last.prompt_tokens), (Some("m"), Some(9)));
    }

    #[test]
    fn thoughts_are_read_under_either_name_and_never_twice() {
        for delta in [
            r#"{"reasoning":"hm"}"#,
            r#"{"reasoning_content":"hm","content":""}"#,
            r#"{"reasoning":"hm","reasoning_content":"hm"}"#,
            r#"{"reasoning":"","reasoning_content":"hm"}"#,
        ] {
            let read = chunk(&format!(r#"{{"choices":[{{"delta":{delta}}}]}}"#));
            assert_eq!(
                (read.reasoning.as_str(), read.content.as_str()),
                ("hm", ""),
                "{delta}"
            );
        }
    }

    #[test]
    fn log_probabilities_are_read_in_both_shapes() {
        let wanted = |bytes| {
            Some(vec![Scored {
                bytes,
                logprob: -0.5,
                top: vec![(" a".into(), -0.5), ("b".into(), -2.0)],
            }])
        };
        let chat = r#"{"choices":[{"delta":{"content":" a"},"logprobs":{"content":[{"token":" a","logprob":-0.5,"bytes":[32,97],"top_logprobs":[{"token":"b","logprob":-2.0,"bytes":null},{"token":" a","logprob":-0.5}]}]}}]}"#;
        assert_eq!(chunk(chat).tokens, wanted(2));
        let completions = r#"{"choices":[{"text":" a","logprobs":{"text_offset":[0],"tokens":[" a"],"token_logprobs":[-0.5],"top_logprobs":[{"b":-2.0," a":-0.5}]}}]}"#;
        assert_eq!(chunk(completions).tokens, wanted(2));
        for unknown in [
            r#"{"content":null}"#,
            r#"{"content":[{"token":"a","logprob":null}]}"#,
            r#"{"tokens":["a","b"],"token_logprobs":[-1]}"#,
            r#"{"tokens":["a"],"token_logprobs":[null],"top_logprobs":null}"#,
        ] {
            let json = format!(r#"{{"choices":[{{"text":"a","logprobs":{unknown}}}]}}"#);
            assert_eq!(chunk(&json).tokens, None, "{unknown}");
        }
        let wild = r#"{"choices":[{"text":"ab","logprobs":{"content":[{"token":"a","logprob":-1e300},{"token":"b","logprob":0.1}]}}]}"#;
        let wild: Vec<f32> = chunk(wild)
            .tokens
            .unwrap()
            .iter()
            .map(|token| token.logprob)
            .collect();
        assert_eq!(wild, [f32::MIN, 0.0]);
    }

    #[test]
    fn errors_are_found_in_all_their_forms_and_other_things_are_refused() {
        for json in [
            r#"{"error":{"message":"no room","type":"x","code":500}}"#,
            r#"{"error":"no room"}"#,
            r#"{"object":"error","message":"no room","choices":[]}"#,
            r#"{"message":"no room"}"#,
            r#"{"detail":[{"msg":"no room","loc":[]}]}"#,
            r#"{"error":{"error":{"message":"no room"}}}"#,
        ] {
            assert_eq!(parse(json), Ok(Said::Error("no room".into())), "{json}");
        }
        for (json, said) in [
            (r#"{"error": "`a` is "b", not c"}"#, r#"`a` is "b", not c"#),
            ("{\"error\": \"CUDA error: assert", "CUDA error: assert"),
        ] {
            assert_eq!(parse(json), Ok(Said::Error(said.into())), "{json}");
        }
        assert_eq!(parse("{\"choices\":"), Err("no JSON".into()));
        assert_eq!(
            parse("{\"choices\":\"secret\"}"),
            Err("JSON of another shape".into())
        );
    }
}

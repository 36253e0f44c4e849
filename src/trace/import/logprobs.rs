//! Log-probabilities as servers give them beside a text: a list of tokens (chat, Ollama, newer llama.cpp), or three lists
//! (completions). They count only where their tokens spell the text, byte for byte; servers differ in which they tell.

use super::speech::BLANK_LINE;
use crate::trace::record::TokenStats;
use serde_json::Value;

/// What servers call their lists.
pub(super) const LISTS: [&str; 5] = ["content", "refusal", "tokens", "token_logprobs", "top_logprobs"];

/// One token.
struct Scored {
    bytes: Vec<u8>,
    logprob: f32,
    top: Vec<(String, f32)>,
}

/// The numbers of the tokens of `text`, and the byte where they begin: servers may number the last turn alone, or the answer
/// but not the thinking before it. Then their first token is the one that ends there first. `None` when `value` tells
/// nothing.
///
/// # Errors
/// Why they cannot be taken, as part of a sentence.
pub(super) fn read(
    value: &Value,
    text: &str,
    joints: &[usize],
) -> Result<Option<(TokenStats, usize)>, &'static str> {
    let Some(tokens) = tokens(value)? else {
        return Ok(None);
    };
    let spelt = |from| spell(&tokens, text, joints, from).map(|ends| (from, ends));
    let (from, ends) = spelt(0).or_else(|why| {
        let last = joints.get(joints.len().saturating_sub(2)..).unwrap_or_default();
        let mut pieces = last.iter().map(|joint| joint + BLANK_LINE.len());
        pieces.find_map(|piece| spelt(piece).ok()).ok_or(why)
    })?;
    let mut stats = TokenStats {
        ends,
        ..TokenStats::default()
    };
    for token in tokens {
        stats.logprob.push(token.logprob);
        stats.top_text.push(token.top);
    }
    if stats.top_text.iter().all(Vec::is_empty) {
        stats.top_text.clear();
    }
    Ok(Some((stats, from)))
}

/// Where tokens end that spell `text` from a byte on; the last one may have no text. The blank lines at its `joints` are
/// ours: they belong to the token behind them.
fn spell(tokens: &[Scored], text: &str, joints: &[usize], from: usize) -> Result<Vec<usize>, &'static str> {
    let (mut at, mut ends) = (from, Vec::new());
    for (number, token) in (1..).zip(tokens) {
        if joints.binary_search(&at).is_ok() {
            at += BLANK_LINE.len();
        }
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let is_end = rest.is_empty() && number == tokens.len();
        if !is_end {
            if !rest.starts_with(&token.bytes) {
                return Err("their tokens do not spell the text");
            }
            at += token.bytes.len();
        }
        // A token that ends within a character ends before it.
        ends.push(text.floor_char_boundary(at));
    }
    if at == text.len() {
        Ok(ends)
    } else {
        Err("their tokens do not spell all of the text")
    }
}

fn tokens(value: &Value) -> Result<Option<Vec<Scored>>, &'static str> {
    const NO_NUMBER: &str = "one of their tokens has no number";
    // Of a refusal the tokens stand beside those of the answer that it is not.
    let mut lists = ["content", "refusal"]
        .iter()
        .filter_map(|name| array(value, name));
    let list = value.as_array().or_else(|| lists.find(|list| !list.is_empty()));
    let read: Option<Vec<Scored>> = if let Some(list) = list {
        list.iter().map(entry).collect()
    } else if let (Some(tokens), Some(numbers)) = (array(value, "tokens"), array(value, "token_logprobs")) {
        if tokens.len() != numbers.len() {
            return Err("their lists differ in length");
        }
        let top = array(value, "top_logprobs");
        let scored = tokens.iter().zip(numbers).enumerate();
        scored
            .map(|(at, (token, number))| {
                let top = top.and_then(|top| top.get(at)?.as_object());
                let top = top.into_iter().flatten();
                Some(Scored {
                    bytes: token.as_str()?.as_bytes().to_vec(),
                    logprob: logprob(number)?,
                    top: sorted(top.filter_map(|(token, number)| Some((token.clone(), logprob(number)?)))),
                })
            })
            .collect()
    } else {
        return Ok(None);
    };
    let read = read.ok_or(NO_NUMBER)?;
    Ok((!read.is_empty()).then_some(read))
}

/// A token of a list, with its rivals.
fn entry(entry: &Value) -> Option<Scored> {
    let token = entry.get("token")?.as_str()?;
    let byte = |byte: &Value| u8::try_from(byte.as_u64()?).ok();
    let bytes = array(entry, "bytes").and_then(|bytes| bytes.iter().map(byte).collect());
    let top = array(entry, "top_logprobs").into_iter().flatten();
    let rival = |top: &Value| {
        let token = top.get("token")?.as_str()?.to_owned();
        Some((token, logprob(top.get("logprob")?)?))
    };
    Some(Scored {
        bytes: bytes.unwrap_or_else(|| token.as_bytes().to_vec()),
        logprob: logprob(entry.get("logprob")?)?,
        top: sorted(top.filter_map(rival)),
    })
}

fn array<'a>(value: &'a Value, name: &str) -> Option<&'a Vec<Value>> {
    value.get(name).and_then(Value::as_array)
}

/// A log-probability as a finite number, at most 0.
fn logprob(number: &Value) -> Option<f32> {
    let number = number.as_f64()?;
    Some(number.clamp(f64::from(f32::MIN), 0.0) as f32)
}

/// Most likely first; equals stay in the server's order.
fn sorted(tokens: impl Iterator<Item = (String, f32)>) -> Vec<(String, f32)> {
    let mut tokens: Vec<_> = tokens.collect();
    tokens.sort_by(|a, b| b.1.total_cmp(&a.1));
    tokens
}

//! The tokenizer in a GGUF file, written as a `tokenizer.json`.
//!
//! Two kinds: `gpt2` is a byte-level BPE with its merges, `llama` is SentencePiece's BPE, whose merges are rebuilt from
//! the scores of its pieces. Others are refused by name.

mod byte_level;
mod pieces;

use super::{GgufError, error::short, metadata::Metadata};
use serde_json::{Map, Value, json};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

/// The key of the vocabulary.
pub(super) const TOKENS: &str = "tokenizer.ggml.tokens";
const MODEL: &str = "tokenizer.ggml.model";
const TYPES: &str = "tokenizer.ggml.token_type";
/// Bytes that a token may have: a few times the longest runs of blanks.
const MOST_TOKEN: usize = 1 << 12;

/// Tokens that end a text or a turn wherever they exist, whatever the file says of them (as llama.cpp has it).
const ENDS: [&str; 8] = [
    "<|eot_id|>",
    "<|eom_id|>",
    "<|im_end|>",
    "<|end|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<｜end▁of▁sentence｜>",
];

/// What a token is for: `tokenizer.ggml.token_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Part of text.
    Normal,
    /// Says something about text: begin, end, who speaks.
    Control,
    /// Text that is found before anything is split.
    Added,
    /// Stands for nothing.
    Unused,
    /// One byte of a character that has no token.
    Byte,
}

/// All tokens; the id of each is its place.
struct Vocabulary<'a> {
    tokens: Vec<(Cow<'a, str>, Use)>,
    ids: HashMap<&'a str, u32>,
}

impl<'a> Vocabulary<'a> {
    fn read(metadata: &'a Metadata) -> Result<Self, GgufError> {
        let texts = metadata
            .texts(TOKENS)?
            .ok_or_else(|| GgufError::Missing(TOKENS.to_owned()))?;
        let types = metadata.integers(TYPES)?;
        if types.is_some_and(|types| types.len() < texts.len()) {
            let text = format!("`{TYPES}` is shorter than `{TOKENS}`");
            return Err(GgufError::Damaged(text));
        }
        let mut tokens = Vec::with_capacity(texts.len());
        let mut ids = HashMap::with_capacity(texts.len());
        for (id, text) in texts.iter().enumerate() {
            if text.len() > MOST_TOKEN {
                let text = format!("token {id} has {} bytes", text.len());
                return Err(GgufError::Damaged(text));
            }
            let kind = match types.map(|types| types[id]) {
                _ if ENDS.contains(&text.as_str()) => Use::Control,
                Some(2 | 3) => Use::Control,
                Some(4) => Use::Added,
                Some(5) => Use::Unused,
                Some(6) => Use::Byte,
                _ => Use::Normal,
            };
            // Padding has no text in some files.
            if text.is_empty() {
                tokens.push((Cow::Owned(format!("[EMPTY_{id}]")), Use::Unused));
                continue;
            }
            // Ids are far below the longest list.
            if let Some(first) = ids.insert(text.as_str(), id as u32) {
                let text = format!("tokens {first} and {id} are both `{}`", short(text));
                return Err(GgufError::Damaged(text));
            }
            tokens.push((Cow::Borrowed(text.as_str()), kind));
        }
        Ok(Self { tokens, ids })
    }

    /// Whether a token is only there to make the embedding table longer.
    fn is_padding(&self, id: usize) -> bool {
        let Some((text, Use::Unused)) = self.tokens.get(id) else {
            return false;
        };
        **text == format!("[PAD{id}]") || **text == format!("[EMPTY_{id}]")
    }

    /// The `vocab` of a model: every token but padding, special ones included, because ids come from here.
    fn vocab(&self) -> Map<String, Value> {
        let real = (0..self.tokens.len()).filter(|id| !self.is_padding(*id));
        real.map(|id| (self.tokens[id].0.to_string(), json!(id)))
            .collect()
    }

    fn added(&self) -> Vec<Value> {
        let added = |(id, (text, kind)): (usize, &(Cow<'_, str>, Use))| {
            let special = match kind {
                Use::Control => true,
                Use::Added => false,
                _ => return None,
            };
            Some(
                json!({"id": id, "content": text, "single_word": false, "lstrip": false, "rstrip": false,
                        "normalized": false, "special": special}),
            )
        };
        self.tokens.iter().enumerate().filter_map(added).collect()
    }
}

/// See [`Gguf::tokenizer_json`](super::Gguf::tokenizer_json).
pub(super) fn json(metadata: &Metadata) -> Result<Vec<u8>, GgufError> {
    // Some converters keep the original file whole; it says more than the lists do.
    if let Some(whole) = metadata.text("tokenizer.huggingface.json")? {
        return Ok(whole.as_bytes().to_vec());
    }
    let model = metadata
        .text(MODEL)?
        .ok_or_else(|| GgufError::Missing(MODEL.to_owned()))?;
    let build = match model {
        "gpt2" => byte_level::json,
        "llama" => pieces::json,
        _ => return Err(GgufError::unsupported(MODEL, model)),
    };
    let vocabulary = Vocabulary::read(metadata)?;
    let value = build(metadata, &vocabulary)?;
    serde_json::to_vec(&value).map_err(|error| GgufError::Damaged(error.to_string()))
}

/// The token that `tokenizer.ggml.{name}_token_id` names. An id without a token means none, as llama.cpp has it: files
/// say −1 or the size of the vocabulary so.
fn id(metadata: &Metadata, name: &str) -> Option<u32> {
    let key = format!("tokenizer.ggml.{name}_token_id");
    let id = match metadata.count(&key) {
        Ok(Some(id)) => Some(id),
        Ok(None) if metadata.text(MODEL).ok().flatten() == Some("llama") => match name {
            "unknown" => Some(0),
            "bos" => Some(1),
            "eos" => Some(2),
            _ => None,
        },
        _ => None,
    };
    let tokens = metadata.texts(TOKENS).ok().flatten().map_or(0, <[String]>::len);
    id.and_then(|id| u32::try_from(id).ok())
        .filter(|id| (*id as usize) < tokens)
}

/// The id of the token before a text.
pub(super) fn bos(metadata: &Metadata) -> Option<u32> {
    id(metadata, "bos")
}

/// The ids of tokens that end a text or a turn: those that the file names, then those known by their text.
pub(super) fn ends(metadata: &Metadata) -> Vec<u32> {
    let mut ends: Vec<u32> = ["eos", "eot", "eom"]
        .iter()
        .filter_map(|name| id(metadata, name))
        .collect();
    let texts = metadata.texts(TOKENS).ok().flatten().unwrap_or_default();
    let known = (0..).zip(texts).filter(|(_, text)| ENDS.contains(&text.as_str()));
    ends.extend(known.map(|(id, _)| id));
    let mut seen = HashSet::new();
    ends.retain(|id| seen.insert(*id));
    ends
}

/// See [`Gguf::specials`](super::Gguf::specials).
pub(super) fn specials(metadata: &Metadata) -> BTreeMap<String, String> {
    let texts = metadata.texts(TOKENS).ok().flatten().unwrap_or_default();
    let named = [
        ("bos", "bos_token"),
        ("eos", "eos_token"),
        ("unknown", "unk_token"),
        ("padding", "pad_token"),
        // Spelt so in the format.
        ("seperator", "sep_token"),
        ("eot", "eot_token"),
        ("eom", "eom_token"),
    ];
    named
        .into_iter()
        .filter_map(|(key, name)| {
            let id = id(metadata, key)?;
            Some((name.to_owned(), texts.get(id as usize)?.clone()))
        })
        .collect()
}

/// See [`Gguf::adds_bos`](super::Gguf::adds_bos).
pub(super) fn adds_bos(metadata: &Metadata) -> Option<bool> {
    let model = metadata.text(MODEL).ok().flatten()?;
    if let Ok(Some(says)) = metadata.flag("tokenizer.ggml.add_bos_token") {
        return Some(says);
    }
    Some(model == "llama" || model == "gpt2" && byte_level::adds_bos(metadata))
}

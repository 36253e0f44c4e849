//! Text to token ids and back, byte by byte, from a Hugging Face `tokenizer.json`.
//!
//! Decoding does not go through the library: a token is the bytes it stands for, whatever stands beside it, and a
//! character that several tokens share appears when it is whole. That keeps streaming exact.
//! Simplification: byte-level and byte-fallback (SentencePiece) vocabularies; others are refused by name.

use crate::base::hash;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock, RwLockReadGuard},
};

/// A tokenizer and the exact bytes of each of its tokens.
pub struct Tokenizer {
    /// Written to only while special tokens are meant.
    inner: RwLock<tokenizers::Tokenizer>,
    bytes: Vec<Box<[u8]>>,
    hash: String,
}

/// Why a `tokenizer.json` cannot be used, or a text not encoded.
#[derive(Debug, thiserror::Error)]
pub enum TokenizerError {
    /// The file is not what the tokenizers library writes.
    #[error("tokenizer.json cannot be read: {0}")]
    Read(String),
    /// Its tokens cannot be turned into bytes one by one.
    #[error("tokenizer.json has the decoder {0}; only byte-level and byte-fallback tokenizers are supported")]
    Decoder(String),
    /// An id that no vocabulary has.
    #[error("tokenizer.json gives a token the id {0}, which is too large to be meant")]
    Id(u32),
    /// It knows tokens that have no row in the model.
    #[error("the tokenizer knows {tokens} tokens, the model {rows}; they do not belong together")]
    Fit {
        /// Tokens of the tokenizer.
        tokens: usize,
        /// Rows of the embedding table.
        rows: usize,
    },
    /// The library could not encode a text.
    #[error("the text cannot be encoded: {0}")]
    Encode(String),
}

impl Tokenizer {
    /// Reads the bytes of a `tokenizer.json`.
    ///
    /// # Errors
    /// [`TokenizerError`] when it is broken or of an unsupported kind.
    pub fn from_json(json: &[u8]) -> Result<Self, TokenizerError> {
        let read = |error: String| TokenizerError::Read(error);
        let value: Value = serde_json::from_slice(json).map_err(|e| read(e.to_string()))?;
        let mut inner = tokenizers::Tokenizer::from_bytes(json).map_err(|e| read(e.to_string()))?;
        // What a person writes is text, even when it spells a special token.
        inner.set_encode_special_tokens(true);
        let decode = Decode::of(&value["decoder"])?;
        let mut bytes: Vec<Box<[u8]>> = Vec::new();
        for (token, id) in inner.get_vocab(false) {
            place(&mut bytes, id, decode.bytes(&token))?;
        }
        for (id, token) in inner.get_added_tokens_decoder() {
            let text = if token.special && !marks_thinking(&token.content) {
                Vec::new()
            } else {
                token.content.into_bytes()
            };
            place(&mut bytes, id, text)?;
        }
        Ok(Self {
            inner: RwLock::new(inner),
            bytes,
            hash: hash::sha256(json),
        })
    }

    /// The tokens of `text`; nothing is put before or after it.
    ///
    /// # Errors
    /// [`TokenizerError::Encode`], which byte-level vocabularies never give.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, TokenizerError> {
        let encoding = self
            .inner()
            .encode_fast(text, false)
            .map_err(|e| TokenizerError::Encode(e.to_string()))?;
        Ok(encoding.get_ids().to_vec())
    }

    /// As [`Tokenizer::encode`], but special tokens written in `text` are meant: it comes from a chat template.
    ///
    /// # Errors
    /// [`TokenizerError::Encode`].
    pub fn encode_control(&self, text: &str) -> Result<Vec<u32>, TokenizerError> {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.set_encode_special_tokens(false);
        let encoding = inner.encode_fast(text, false);
        inner.set_encode_special_tokens(true);
        let encoding = encoding.map_err(|e| TokenizerError::Encode(e.to_string()))?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The bytes `token` stands for: none for special and unknown tokens.
    #[must_use]
    pub fn token_bytes(&self, token: u32) -> &[u8] {
        self.bytes.get(token as usize).map_or(&[], |bytes| bytes)
    }

    /// The id of the special or ordinary token written exactly `name`.
    #[must_use]
    pub fn special(&self, name: &str) -> Option<u32> {
        self.inner().token_to_id(name)
    }

    fn inner(&self) -> RwLockReadGuard<'_, tokenizers::Tokenizer> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more than the highest token id.
    #[must_use]
    pub fn vocab_size(&self) -> usize {
        self.bytes.len()
    }

    /// `sha256:…` of the file.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether every token has one of the `rows` of the model's table. A table may have spare rows.
    ///
    /// # Errors
    /// [`TokenizerError::Fit`].
    pub fn check(&self, rows: usize) -> Result<(), TokenizerError> {
        let tokens = self.vocab_size();
        if tokens > rows {
            return Err(TokenizerError::Fit { tokens, rows });
        }
        Ok(())
    }
}

/// Some fine-tunes made the marks around thinking special tokens; they are part of the text all the same.
fn marks_thinking(token: &str) -> bool {
    let token = token.to_lowercase();
    ["think", "thought", "reasoning"]
        .iter()
        .any(|word| token.contains(word))
}

/// Whether a tokenizer puts a start token before a text: its own file says it, or `tokenizer_config.json` does. `None`
/// when neither speaks of it, as for the tokenizers made here.
#[must_use]
pub fn adds_start(tokenizer: &[u8], config: Option<&[u8]>) -> Option<bool> {
    let value: Value = serde_json::from_slice(tokenizer).ok()?;
    let config: Option<Value> = config.and_then(|bytes| serde_json::from_slice(bytes).ok());
    let processor = &value["post_processor"];
    if !processor.is_null() {
        // Templates put it there; several steps may be one behind the other.
        let one = std::slice::from_ref(processor);
        let steps = processor["processors"].as_array().map_or(one, Vec::as_slice);
        let first = |step: &Value| {
            step["single"]
                .get(0)
                .is_some_and(|piece| piece.get("SpecialToken").is_some())
        };
        return Some(steps.iter().any(first));
    }
    let config = config?;
    Some(config["add_bos_token"].as_bool().unwrap_or(false))
}

fn place(bytes: &mut Vec<Box<[u8]>>, id: u32, token: Vec<u8>) -> Result<(), TokenizerError> {
    // Ten times the largest published vocabulary; a wild id must not allocate gigabytes.
    const MOST: u32 = 1 << 22;
    if id >= MOST {
        return Err(TokenizerError::Id(id));
    }
    let id = id as usize;
    if bytes.len() <= id {
        bytes.resize(id + 1, Box::default());
    }
    bytes[id] = token.into();
    Ok(())
}

/// How the vocabulary writes bytes.
enum Decode {
    /// Every byte is one printable character.
    ByteLevel(HashMap<char, u8>),
    /// Text as it is, a blank as `▁`, other bytes as `<0xNN>`.
    ByteFallback,
}

impl Decode {
    fn of(decoder: &Value) -> Result<Self, TokenizerError> {
        let one = std::slice::from_ref(decoder);
        let steps = decoder["decoders"].as_array().map_or(one, Vec::as_slice);
        let has = |kind: &str| steps.iter().any(|step| step["type"] == kind);
        if has("ByteLevel") {
            let symbols = byte_symbols().into_iter().zip(0..=u8::MAX);
            Ok(Self::ByteLevel(symbols.collect()))
        } else if has("ByteFallback") || has("Metaspace") {
            Ok(Self::ByteFallback)
        } else {
            Err(TokenizerError::Decoder(decoder["type"].to_string()))
        }
    }

    fn bytes(&self, token: &str) -> Vec<u8> {
        match self {
            Self::ByteLevel(byte) => {
                // A token with a character outside the alphabet was added by hand and means itself.
                let bytes: Option<Vec<u8>> = token.chars().map(|c| byte.get(&c).copied()).collect();
                bytes.unwrap_or_else(|| token.as_bytes().to_vec())
            }
            Self::ByteFallback => {
                let hex = token.strip_prefix("<0x").and_then(|rest| rest.strip_suffix('>'));
                match hex
                    .filter(|hex| hex.len() == 2)
                    .map(|hex| u8::from_str_radix(hex, 16))
                {
                    Some(Ok(byte)) => vec![byte],
                    _ => token.replace('▁', " ").into_bytes(),
                }
            }
        }
    }
}

/// The character that stands for each byte in a byte-level vocabulary: printable Latin-1 for itself, the others from
/// U+0100 on, in order (GPT-2's `bytes_to_unicode`).
pub(super) fn byte_symbols() -> [char; 256] {
    let mut next = 0x100;
    std::array::from_fn(|byte| match byte {
        0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff => char::from(byte as u8),
        _ => {
            next += 1;
            char::from_u32(next - 1).unwrap_or('\u{FFFD}')
        }
    })
}

/// Turns bytes that arrive in any pieces into whole characters.
#[derive(Clone, Debug, Default)]
pub struct Utf8Stream {
    waiting: Vec<u8>,
}

impl Utf8Stream {
    /// Appends the characters that `bytes` complete to `text`. An unfinished one waits; bytes that can never become
    /// one are U+FFFD, as [`String::from_utf8_lossy`] writes them.
    pub fn push(&mut self, bytes: &[u8], text: &mut String) {
        self.waiting.extend_from_slice(bytes);
        let mut done = 0;
        for chunk in self.waiting.utf8_chunks() {
            text.push_str(chunk.valid());
            done += chunk.valid().len();
            let invalid = chunk.invalid();
            let end = done + invalid.len();
            // At the very end, invalid may only mean unfinished: the decoder knows which.
            let unfinished = end == self.waiting.len()
                && std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            if unfinished {
                break;
            }
            if !invalid.is_empty() {
                text.push('\u{FFFD}');
            }
            done = end;
        }
        self.waiting.drain(..done);
    }

    /// The text is over: an unfinished character becomes U+FFFD.
    pub fn finish(&mut self, text: &mut String) {
        text.push_str(&String::from_utf8_lossy(&self.waiting));
        self.waiting.clear();
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    pub(crate) fn fallback() -> Value {
        json!({
            "version": "1.0", "truncation": null, "padding": null, "normalizer": null, "pre_tokenizer": null, "post_processor": null,
            "added_tokens": [{"id": 5, "content": "<call>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": false}],
            "decoder": {"type": "Sequence", "decoders": [
                {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]},
            "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null,
                "fuse_unk": true, "byte_fallback": true, "vocab": {"▁": 0, "a": 1, "▁a": 2, "<0xC3>": 3, "<0xA9>": 4}, "merges": [["▁", "a"]]}
        })
    }

    #[test]
    fn a_byte_fallback_vocabulary_gives_blanks_and_bytes() {
        let tokenizer = Tokenizer::from_json(fallback().to_string().as_bytes()).unwrap();
        assert_eq!(tokenizer.token_bytes(2), b" a");
        assert_eq!(tokenizer.token_bytes(3), [0xC3]);
        assert_eq!(tokenizer.token_bytes(5), b"<call>");
        assert_eq!(tokenizer.token_bytes(99), b"");
        assert_eq!(tokenizer.encode("é").unwrap(), [3, 4]);
        assert!(tokenizer.hash().starts_with("sha256:"));
    }

    #[test]
    fn broken_foreign_and_ill_fitting_tokenizers_are_sentences() {
        assert!(Tokenizer::from_json(b"{").is_err());
        let mut other = fallback();
        other["decoder"] = json!({"type": "WordPiece", "prefix": "##", "cleanup": true});
        let error = Tokenizer::from_json(other.to_string().as_bytes()).err().unwrap();
        assert!(error.to_string().contains("WordPiece"), "{error}");
        let tokenizer = Tokenizer::from_json(fallback().to_string().as_bytes()).unwrap();
        assert!(tokenizer.check(6).is_ok());
        let error = tokenizer.check(5).unwrap_err().to_string();
        assert!(error.contains("6 tokens, the model 5"), "{error}");
    }

    #[test]
    fn an_unfinished_character_waits_and_a_broken_one_does_not() {
        let (mut stream, mut text) = (Utf8Stream::default(), String::new());
        stream.push(&[b'a', 0xE2, 0x82], &mut text);
        assert_eq!(text, "a");
        stream.push(&[0xAC], &mut text);
        assert_eq!(text, "a€");
        stream.push(&[0xE2, b'b', 0xF0], &mut text);
        assert_eq!(text, "a€\u{FFFD}b");
        stream.finish(&mut text);
        assert_eq!(text, "a€\u{FFFD}b\u{FFFD}");
    }

    proptest! {
        #[test]
        fn the_text_does_not_depend_on_how_the_bytes_arrive(
            bytes in prop_oneof![any::<Vec<u8>>(), any::<String>().prop_map(String::into_bytes)], size in 1_usize..5
        ) {
            let (mut stream, mut text) = (Utf8Stream::default(), String::new());
            for piece in bytes.chunks(size) {
                stream.push(piece, &mut text);
            }
            stream.finish(&mut text);
            prop_assert_eq!(text, String::from_utf8_lossy(&bytes));
        }
    }
}

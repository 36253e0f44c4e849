//! SentencePiece's BPE (`llama` in GGUF): pieces with scores, blanks written as `▁`, bytes for what has no piece.
//!
//! SentencePiece joins the two neighbours whose piece has the highest score. The tokenizers library goes by an ordered
//! list of merges, so every way to make a piece of two becomes one, the highest score first.

use super::{Use, Vocabulary, id};
use crate::model::gguf::{GgufError, metadata::Metadata};
use serde_json::{Value, json};

const SCORES: &str = "tokenizer.ggml.scores";
const PREFIX: &str = "tokenizer.ggml.add_space_prefix";
/// Bytes that a piece may have: there is a merge for every place to part it at, and SentencePiece itself stops at a few
/// dozen characters.
const MOST_PIECE: usize = 512;

/// The `tokenizer.json` of a vocabulary of pieces.
pub(super) fn json(metadata: &Metadata, vocabulary: &Vocabulary<'_>) -> Result<Value, GgufError> {
    let scores = metadata
        .numbers(SCORES)?
        .ok_or_else(|| GgufError::Missing(SCORES.to_owned()))?;
    if scores.len() < vocabulary.tokens.len() {
        let text = format!("`{SCORES}` is shorter than `{}`", super::TOKENS);
        return Err(GgufError::Damaged(text));
    }
    let merges: Vec<Value> = merges(vocabulary, &scores)?
        .into_iter()
        .map(|(left, right)| json!([left, right]))
        .collect();
    let prefix = metadata.flag(PREFIX)?.unwrap_or(true);
    let blank = json!({"type": "Replace", "pattern": {"String": " "}, "content": "▁"});
    let mut normalizers = vec![blank];
    let mut decoders = vec![
        json!({"type": "Replace", "pattern": {"String": "▁"}, "content": " "}),
        json!({"type": "ByteFallback"}),
        json!({"type": "Fuse"}),
    ];
    if prefix {
        normalizers.insert(0, json!({"type": "Prepend", "prepend": "▁"}));
        decoders.push(json!({"type": "Strip", "content": " ", "start": 1, "stop": 0}));
    }
    let unknown = id(metadata, "unknown").and_then(|id| vocabulary.tokens.get(id as usize));
    Ok(json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": vocabulary.added(),
        "normalizer": {"type": "Sequence", "normalizers": normalizers},
        "pre_tokenizer": null,
        "post_processor": null,
        "decoder": {"type": "Sequence", "decoders": decoders},
        "model": {
            "type": "BPE",
            "dropout": null,
            "unk_token": unknown.map(|(text, _)| text),
            "continuing_subword_prefix": null,
            "end_of_word_suffix": null,
            "fuse_unk": true,
            "byte_fallback": true,
            "ignore_merges": false,
            "vocab": vocabulary.vocab(),
            "merges": merges,
        },
    }))
}

/// Every way to make a piece of two pieces, in the order they are done: the highest score first, of equal scores the
/// earlier piece (files whose converter knew no scores give all pieces the same), of the same piece the longer left.
fn merges<'a>(vocabulary: &'a Vocabulary<'_>, scores: &[f32]) -> Result<Vec<(&'a str, &'a str)>, GgufError> {
    // Control tokens and the like are never made of others.
    let is_piece = |text: &str| {
        let found = vocabulary
            .ids
            .get(text)
            .and_then(|id| vocabulary.tokens.get(*id as usize));
        found.is_some_and(|(_, kind)| *kind == Use::Normal)
    };
    let mut found = Vec::new();
    for (id, ((text, kind), score)) in vocabulary.tokens.iter().zip(scores).enumerate() {
        if *kind != Use::Normal {
            continue;
        }
        if text.len() > MOST_PIECE {
            let text = format!("the piece {id} of its vocabulary has {} bytes", text.len());
            return Err(GgufError::Damaged(text));
        }
        for (at, _) in text.char_indices().skip(1) {
            let (left, right) = text.split_at(at);
            if is_piece(left) && is_piece(right) {
                found.push((*score, id, left, right));
            }
        }
    }
    found.sort_by(|a, b| {
        let score = b.0.total_cmp(&a.0);
        score.then(a.1.cmp(&b.1)).then(b.2.len().cmp(&a.2.len()))
    });
    Ok(found
        .into_iter()
        .map(|(_, _, left, right)| (left, right))
        .collect())
}
